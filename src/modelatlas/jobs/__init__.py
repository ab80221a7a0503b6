"""Durable runs of the flows: when a sync runs, in which process, and who takes over when that one dies."""
