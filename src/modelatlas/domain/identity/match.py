"""A match: 'this listing is that model', with the evidence that says so."""

from typing import Final, Literal

from msgspec import Struct

EvidenceKind = Literal["operator", "repository", "declared_alias", "alias_table", "parse"]
EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = (
    "operator",
    "repository",
    "declared_alias",
    "alias_table",
    "parse",
)
"""From the strongest to the weakest."""

Confidence = Literal["certain", "high", "conflicting"]


class Evidence(Struct, frozen=True, gc=False):
    """One reason for a match: of which kind, and the text that it rests on."""

    kind: EvidenceKind
    detail: str


class Match(Struct, frozen=True, gc=False):
    """One listing's model.

    `model` is `lab/name`, lower case. `variant` names the serving differences in alphabetical order
    (`fp8`, `free`, `turbo`, `us`); the empty tuple is the model as it was released. A moving alias
    (`is_alias`) is an item of its own; `points_at` is the model that a source says it points at now.
    `conflicts` say what contradicts the match (a size, a context); such a match is `conflicting`.
    """

    model: str
    variant: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = "high"
    is_alias: bool = False
    points_at: str | None = None
    conflicts: tuple[str, ...] = ()

    @property
    def lab(self) -> str:
        """Who made the model."""
        return self.model.partition("/")[0]

    @property
    def name(self) -> str:
        """The model's name without its lab."""
        return self.model.partition("/")[2]
