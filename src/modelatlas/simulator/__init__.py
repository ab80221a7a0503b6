"""A program that answers like every declared provider: from their declarations, or from recordings."""
