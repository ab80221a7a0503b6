"""Identity: which model a listing is, with the evidence (docs/identity.md)."""

from modelatlas.domain.identity.match import Evidence, EvidenceKind, Match
from modelatlas.domain.identity.matching import match

__all__ = ["Evidence", "EvidenceKind", "Match", "match"]
