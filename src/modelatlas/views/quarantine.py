"""The quarantine: prices that are kept back, each with what makes it suspect, and what is let through."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.bands import BANDS
from modelatlas.domain.money import plain
from modelatlas.domain.publishing import Published
from modelatlas.domain.quarantine import Suspect, Suspicion, ratio_text, times
from modelatlas.domain.releases import Release, suspect_key
from modelatlas.domain.snapshot import Origin
from modelatlas.views.values import Dates, ValueView, value_view


class KeptBack(Struct, frozen=True):
    """A suspect price of a listing, under its key."""

    key: str
    provider: str
    id: str
    origin: Origin
    suspect: Suspect


class BandView(Struct, frozen=True):
    """What one single unit has ever cost anywhere, in USD, and which real prices lie near the ends."""

    least: str
    most: str
    reason: str


class SuspectView(Struct, frozen=True, kw_only=True):
    """A price that is kept back; `key` names it for as long as it is the same amount.

    `against` is the word that contradicts it, and `times` by how much; else it left the `band`. `others` are
    all that is said beside it. `release` is the path that lets it through.
    """

    key: str
    provider: str
    id: str
    unit: str
    origin: Origin
    suspicion: Suspicion
    detail: str
    value: ValueView
    against: ValueView | None
    times: str | None
    band: BandView | None
    others: tuple[ValueView, ...]
    release: str


class QuarantineAnswer(Struct, frozen=True, kw_only=True):
    """Prices that are kept back, in (provider, id) order, counted by provider and by unit."""

    data: tuple[SuspectView, ...]
    total: int
    returned: int
    providers: dict[str, int]
    units: dict[str, int]
    simulated: bool | UnsetType = UNSET


class ReleaseView(Struct, frozen=True, kw_only=True):
    """What an operator let through: this amount of this unit and no other, who said so, when and why.

    `amount` is null in a release of a version that kept none; it lets nothing through.
    """

    key: str
    provider: str
    id: str
    unit: str
    amount: str | None
    currency: str
    source: str
    note: str
    by: str
    released_at: datetime


class ReleasesAnswer(Struct, frozen=True):
    """All releases, in (provider, id, unit) order."""

    data: tuple[ReleaseView, ...]
    total: int


def kept_back(kept: Mapping[str, Published], *, sees_all: bool) -> Iterator[KeptBack]:
    """Go through the prices in quarantine in (provider, id) order; account listings for who sees all."""
    for slug, found in sorted(kept.items()):
        if not found.suspects:
            continue
        private = {each.id for each in found.snapshot.listings if each.visibility == "account"}
        for id_, suspects in sorted(found.suspects.items()):
            if id_ in private and not sees_all:
                continue
            for suspect in suspects:
                cost = suspect.said.cost
                key = suspect_key(slug, id_, suspect.unit, cost.amount, cost.currency)
                yield KeptBack(key, slug, id_, found.snapshot.origin, suspect)


def release_of(found: KeptBack, *, note: str, by: str, at: datetime) -> Release:
    """Return the word that lets a price through."""
    said = found.suspect.said
    cost = said.cost
    return Release(
        found.provider, found.id, found.suspect.unit, cost.amount, cost.currency, said.source, note, by, at
    )


def quarantine_answer(
    chosen: Iterable[KeptBack], limit: int, offset: int, dates: Dates, *, simulated: bool = False
) -> QuarantineAnswer:
    """Show a page of what is kept back."""
    found = list(chosen)
    page = tuple(suspect_view(each, dates) for each in found[offset : offset + limit])
    return QuarantineAnswer(
        data=page,
        total=len(found),
        returned=len(page),
        providers=dict(sorted(Counter(each.provider for each in found).items())),
        units=dict(sorted(Counter(each.suspect.unit for each in found).items())),
        simulated=True if simulated else UNSET,
    )


def suspect_view(found: KeptBack, dates: Dates) -> SuspectView:
    """Show a price that is kept back."""
    suspect, as_of = found.suspect, dates.of(found.provider)
    against = suspect.against
    ratio = None if against is None else times(suspect.said.cost, against.cost)
    band = BANDS.get(suspect.unit) if suspect.suspicion == "outside_band" else None
    return SuspectView(
        key=found.key,
        provider=found.provider,
        id=found.id,
        unit=suspect.unit,
        origin=found.origin,
        suspicion=suspect.suspicion,
        detail=suspect.detail,
        value=value_view(suspect.said, as_of),
        against=None if against is None else value_view(against, as_of),
        times=None if ratio is None else ratio_text(ratio),
        band=None if band is None else BandView(plain(band.least), plain(band.most), band.reason),
        others=tuple(value_view(each, as_of) for each in suspect.others),
        release=f"/admin/quarantine/{found.key}/release",
    )


def release_view(said: Release) -> ReleaseView:
    """Show a release."""
    return ReleaseView(
        key=said.key,
        provider=said.provider,
        id=said.id,
        unit=said.unit,
        amount=None if said.amount is None else plain(said.amount),
        currency=said.currency,
        source=said.source,
        note=said.note,
        by=said.by,
        released_at=said.at,
    )


def releases_answer(said: Iterable[Release]) -> ReleasesAnswer:
    """Show all releases."""
    views = tuple(map(release_view, said))
    return ReleasesAnswer(views, len(views))
