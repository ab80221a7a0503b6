"""What a format does not hold, for who asks: every single thing, and how many of each sort."""

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import UNSET, Struct, UnsetType

from modelatlas.views.exports.format import Export, Format, Loss


class FormatView(Struct, frozen=True):
    """A format: its name, where it is served, which tools read it, where its losses are told."""

    name: str
    url: str
    readers: str
    media_type: str
    losses: str


class FormatsAnswer(Struct, frozen=True):
    """All formats."""

    data: list[FormatView]


class LossCount(Struct, frozen=True):
    """How often something is lost: a unit or a field (empty: the whole listing), and why."""

    what: str
    reason: str
    count: int


class LossesAnswer(Struct, frozen=True, kw_only=True):
    """What an export does not hold of a catalog: `returned` of `total`, counted by what and why."""

    format: str
    catalog: str
    entries: int
    total: int
    returned: int
    counts: list[LossCount]
    data: list[Loss]
    simulated: bool | UnsetType = UNSET


def counts_of(losses: Sequence[Loss]) -> list[LossCount]:
    """Count losses by what and why, the most frequent first."""
    counts = Counter((loss.what, loss.reason) for loss in losses)
    return [LossCount(*which, count) for which, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]


class Part(Struct, frozen=True):
    """Which part of all losses: `limit` of them, all where it is None, from `offset` on."""

    offset: int = 0
    limit: int | None = None


def losses_answer(
    name: str, export: Export, catalog: str, part: Part, *, simulated: bool = False
) -> LossesAnswer:
    """Tell a part of what an export does not hold."""
    end = None if part.limit is None else part.offset + part.limit
    data = list(export.losses[part.offset : end])
    return LossesAnswer(
        format=name,
        catalog=catalog,
        entries=export.entries,
        total=len(export.losses),
        returned=len(data),
        counts=counts_of(export.losses),
        data=data,
        simulated=True if simulated else UNSET,
    )


def formats_answer(formats: Collection[Format], historical: str, path: str) -> FormatsAnswer:
    """Show all formats."""
    views = [
        FormatView(each.name, each.path, each.reader, each.media_type, f"/exports/{each.name}/losses")
        for each in formats
    ]
    past = FormatView(historical, path, "llm-prices", "application/json", f"/exports/{historical}/losses")
    return FormatsAnswer([*views, past])
