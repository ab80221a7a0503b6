"""A catalog and its store in someone's shape: what the API, the command line and other tools show."""
