"""The stored half: listings, prices, runs and snapshots in SQL."""
