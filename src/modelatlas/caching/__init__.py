"""Where the newest snapshots are kept to be served at once."""
