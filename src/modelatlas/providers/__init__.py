"""What we know of each provider's API, as declarations, and the one reader that obeys them."""
