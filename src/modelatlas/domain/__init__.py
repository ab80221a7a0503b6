"""Values and pure functions: what a listing, a price, a snapshot and a catalog are; nothing here does IO."""
