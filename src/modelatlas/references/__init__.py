"""Catalogs kept by others, read like providers and always labelled as what they are."""
