"""A match as everybody sees it."""

from datetime import datetime

from msgspec import Struct

from modelatlas.domain.identity.match import Confidence, Evidence, EvidenceKind, Match
from modelatlas.domain.snapshot import Snapshot


class EvidenceView(Struct, frozen=True):
    """One reason for a match, and the text that it rests on."""

    kind: EvidenceKind
    detail: str


class MatchView(Struct, frozen=True):
    """Which model a listing is: `lab/name`, the variant it is served in, and why.

    `points_at_since` is since when its provider's list is known to say what a moving name points at.
    """

    model: str
    variant: str | None
    confidence: Confidence
    is_alias: bool
    points_at: str | None
    points_at_since: datetime | None
    evidence: tuple[EvidenceView, ...]
    conflicts: tuple[str, ...]


def match_view(match: Match, part: Snapshot | None = None) -> MatchView:
    """Project a match of a listing of this list, if it is of any."""
    said = match.points_at is not None and part is not None and part.origin != "reference"
    return MatchView(
        match.model,
        variant_text(match),
        match.confidence,
        match.is_alias,
        match.points_at,
        part.content_since if said and part is not None else None,
        tuple(map(_evidence, match.evidence)),
        match.conflicts,
    )


def variant_text(match: Match) -> str | None:
    """Write a variant as one text, its words in alphabetical order: `fp8+turbo`; None where there is none."""
    return "+".join(match.variant) or None


def _evidence(evidence: Evidence) -> EvidenceView:
    return EvidenceView(evidence.kind, evidence.detail)
