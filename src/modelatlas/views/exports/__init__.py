"""Exports: the catalog in the shapes that other tools read, each a pure function of published listings."""
