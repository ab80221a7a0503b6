"""Curated prices: those that a provider states on a page only, kept by hand (docs/prices.md)."""
