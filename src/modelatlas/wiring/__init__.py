"""The one place that picks the real parts and puts them together."""
