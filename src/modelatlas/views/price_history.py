"""What a listing cost: all of its history, or at one instant."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.evaluation import Cost
from modelatlas.domain.history import ListingHistory, SightingKind, Spell, as_read
from modelatlas.domain.money import plain
from modelatlas.domain.price import State
from modelatlas.domain.rates import Display
from modelatlas.views.models import BilledView, WhenView, price_view, when_view
from modelatlas.views.shown import ShownView, shown_view
from modelatlas.views.values import QuoteView


class SightingView(Struct, frozen=True):
    """When a listing was first seen, first missed, or seen again."""

    kind: SightingKind
    at: datetime


class SpellView(Struct, frozen=True):
    """A time in which the same was said of one price: `[valid_from, valid_to)`, null while it still holds.

    `state` is `unknown` from when it was said no more. `reading` is the version that read it, `replaced_in`
    the one that read it better. `quote` is what it was read from.
    """

    unit: str
    state: str
    usd: str | None
    billed: BilledView | None
    when: WhenView | None
    source: str
    valid_from: datetime
    valid_to: datetime | None
    reading: int
    replaced_in: int | None
    quote: QuoteView


class PriceHistoryAnswer(Struct, frozen=True):
    """All that was observed of one listing's prices, the oldest first; `readings` are its versions."""

    provider: str
    id: str
    as_read: int | None
    readings: tuple[int, ...]
    sightings: tuple[SightingView, ...]
    prices: tuple[SpellView, ...]
    simulated: bool | UnsetType = UNSET


class UnitPriceView(Struct, frozen=True):
    """What one single unit costs; `usd` is null when it varies or is billed in another currency.

    `shown` is there where a currency was asked for: the same for display, at the rate of the day.
    """

    state: State
    usd: str | None
    billed: BilledView | None
    when: WhenView | None
    source: str
    shown: ShownView | UnsetType | None = UNSET


class PricesAnswer(Struct, frozen=True):
    """What each unit of a listing costs at an instant; `prices` is null, with a reason, if none is known.

    `unknown` has the units whose price is kept back, or of which a source says two things, with the reason.
    `announced` is there for an instant that is yet to come: what is known today of it, not what was observed.
    """

    provider: str
    id: str
    at: datetime
    prices: dict[str, UnitPriceView] | None
    reason: str | None
    unknown: dict[str, str] | UnsetType = UNSET
    announced: bool | UnsetType = UNSET
    simulated: bool | UnsetType = UNSET


def price_history_answer(
    history: ListingHistory, unit: str | None, reading: int | None, *, simulated: bool = False
) -> PriceHistoryAnswer:
    """Show a history, of one unit or of all, as it is read today or was by an older version."""
    spells = [each for each in as_read(history.spells, reading) if unit in {None, each.rule.unit}]
    return PriceHistoryAnswer(
        history.provider,
        history.id,
        reading,
        tuple(sorted({each.reading for each in history.spells})),
        tuple(SightingView(each.kind, each.at) for each in history.sightings),
        tuple(map(_spell, spells)),
        True if simulated else UNSET,
    )


def looked_up(
    provider: str,
    id_: str,
    at: datetime,
    costs: Iterable[Cost],
    reason: str | None,
    unknown: dict[str, str] | None = None,
    *,
    display: Display | None = None,
    announced: bool = False,
    simulated: bool = False,
) -> PricesAnswer:
    """Show what a lookup found; `prices` is null where a reason says why nothing was.

    Raises `BadRequest` where a currency is asked for and there is no rate of the day.
    """
    prices = None if reason else {cost.unit: _cost(cost, display) for cost in costs}
    return PricesAnswer(
        provider,
        id_,
        at,
        prices,
        reason,
        unknown or UNSET,
        True if announced else UNSET,
        True if simulated else UNSET,
    )


def _spell(spell: Spell) -> SpellView:
    rule, view = spell.rule, price_view(spell.rule)
    return SpellView(
        view.unit, spell.state, view.usd if spell.is_said else None, view.billed, view.when, view.source,
        spell.begins, spell.ends, spell.reading, spell.replaced_in, QuoteView(rule.path, rule.raw),
    )  # fmt: skip


def _cost(cost: Cost, display: Display | None) -> UnitPriceView:
    usd, rule = cost.usd, cost.rule
    if cost.state == "varying":
        usd = None
    return UnitPriceView(
        cost.state,
        None if usd is None else plain(usd),
        price_view(rule).billed,
        when_view(rule),
        rule.source,
        UNSET if display is None else _shown(cost, display),
    )


def _shown(cost: Cost, display: Display) -> ShownView | None:
    return None if cost.amount is None else shown_view(display.of(cost.amount, cost.currency))
