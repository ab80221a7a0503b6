"""Identity: which model a listing is, with the evidence (docs/identity.md)."""
