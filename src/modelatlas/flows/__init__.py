"""The journeys data makes: live (fetch and publish), sync (write to the store), explain (why they differ)."""
