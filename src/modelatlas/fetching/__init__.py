"""The only code that calls providers: one client, its limits, and what came of every fetch."""
