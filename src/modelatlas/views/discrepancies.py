"""Why live and stored differ, for a reader: totals that add up, each reason in a sentence, each listing."""

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.discrepancy import (
    LIVE_ONLY,
    STORED_ONLY,
    UNEXPLAINED,
    Difference,
    Discrepancies,
    ProviderDiscrepancy,
)
from modelatlas.views.advice import NOTHING_KNOWN, Circumstances, Hindrance, hindrances, to_do

SENTENCES: Final[Mapping[str, str]] = {
    **LIVE_ONLY,
    **STORED_ONLY,
    UNEXPLAINED: "no rule explains this: a fault of Model Atlas, please report it",
}
"""Reason -> what it means; docs/discrepancies.md says what can be done about each."""


class DifferenceTotals(Struct, frozen=True):
    """`live` - `stored` = `difference`, the signed sum of all reasons; `unexplained` must be 0.

    `models` is the total of /models: `live` + `reference`, or, where the store is served, what that makes.
    """

    live: int
    stored: int
    difference: int
    unexplained: int
    reference: int
    models: int


class ReasonView(Struct, frozen=True):
    """How many listings have a reason, in all and by provider, the most first; and what can be done.

    They are counted up when live only, down when stored only.
    """

    reason: str
    count: int
    sentence: str
    providers: dict[str, int]
    to_do: list[str]


class ProviderDifference(Struct, frozen=True):
    """One provider's counts; `live` is null without a snapshot, `outcome` is how its last fetch went."""

    provider: str
    live: int | None
    stored: int
    difference: int
    unexplained: int
    reasons: dict[str, int]
    outcome: str | None


class DiscrepanciesAnswer(Struct, frozen=True, kw_only=True):
    """The difference of one catalog and the store; `data` is a part of its `total` listings.

    `reasons` begin with the largest. `hindered` says what keeps providers from being heard or synced; it
    counts for nothing in the difference.
    """

    catalog: str
    totals: DifferenceTotals
    reasons: list[ReasonView]
    providers: list[ProviderDifference]
    hindered: list[Hindrance]
    data: tuple[Difference, ...]
    total: int
    returned: int
    simulated: bool | UnsetType = UNSET


class Page(Struct, frozen=True):
    """Which listings of the difference are wanted: of one reason, so many, from which one on."""

    reason: str | None = None
    limit: int = 1000
    offset: int = 0


def discrepancies_answer(
    found: Discrepancies,
    outcomes: Mapping[str, str | None],
    reference: int,
    page: Page,
    known: Circumstances = NOTHING_KNOWN,
    *,
    models: int | None = None,
    simulated: bool = False,
) -> DiscrepanciesAnswer:
    """Show a difference; `outcomes` of the providers to be shown even when both sides have nothing.

    `models` is the total of /models where that is not what is live.
    """
    by_slug = {part.provider: part for part in found.providers}
    parts = [
        by_slug.get(slug, ProviderDiscrepancy(slug, None, 0, ())) for slug in sorted({*by_slug, *outcomes})
    ]
    everything = [each for part in parts for each in part.differences]
    wanted = [each for each in everything if page.reason in {None, each.reason}]
    data = tuple(wanted[page.offset : page.offset + page.limit])
    live, stored = found.live, found.stored
    return DiscrepanciesAnswer(
        catalog=found.catalog,
        totals=DifferenceTotals(
            live,
            stored,
            live - stored,
            found.unexplained,
            reference,
            live + reference if models is None else models,
        ),
        reasons=reasons(found, known),
        hindered=hindrances((part.provider for part in parts), known),
        providers=[_provider(part, outcomes.get(part.provider)) for part in parts],
        data=data,
        total=len(wanted),
        returned=len(data),
        simulated=True if simulated else UNSET,
    )


def reasons(found: Discrepancies, known: Circumstances) -> list[ReasonView]:
    """Show each reason with the providers that have it and what to do about it, the largest first."""
    return [_reason(found, reason, count, known) for reason, count in found.by_reason.items()]


def without(found: Discrepancies, private: Mapping[str, Collection[str]]) -> Discrepancies:
    """Take an account's own listings out of both counts and the difference; `private` are ids by provider."""
    return Discrepancies(
        found.catalog,
        tuple(_without(part, private.get(part.provider, ())) for part in found.providers),
    )


def of_provider(found: Discrepancies, slug: str) -> Discrepancies:
    """Return the difference of one provider alone."""
    return Discrepancies(found.catalog, tuple(part for part in found.providers if part.provider == slug))


def _reason(found: Discrepancies, reason: str, count: int, known: Circumstances) -> ReasonView:
    counts = {part.provider: part.by_reason[reason] for part in found.providers if reason in part.by_reason}
    providers = dict(sorted(counts.items(), key=lambda item: (-abs(item[1]), item[0])))
    return ReasonView(reason, count, SENTENCES[reason], providers, to_do(reason, list(providers), known))


def _provider(part: ProviderDiscrepancy, outcome: str | None) -> ProviderDifference:
    return ProviderDifference(
        part.provider,
        part.live,
        part.stored,
        (part.live or 0) - part.stored,
        sum(each.reason == UNEXPLAINED for each in part.differences),
        part.by_reason,
        outcome,
    )


def _without(part: ProviderDiscrepancy, private: Collection[str]) -> ProviderDiscrepancy:
    """Each private id is live or stands in the differences, so that both counts follow from these."""
    hidden = [each.sign for each in part.differences if each.id in private]
    in_live = len(private) - hidden.count(-1)
    return ProviderDiscrepancy(
        part.provider,
        None if part.live is None else part.live - in_live,
        part.stored - (in_live - hidden.count(1) + hidden.count(-1)),
        tuple(each for each in part.differences if each.id not in private),
    )
