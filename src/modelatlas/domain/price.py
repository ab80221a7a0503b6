"""Prices: rules as they were billed, and the one function that turns them into USD for one single unit."""

from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct, field

from modelatlas.domain.money import EXACT
from modelatlas.domain.units import PER

State = Literal["known", "free", "varying"]
Tier = Literal["standard", "batch", "flex", "priority"]


class Window(Struct, frozen=True, gc=False):
    """Hours of a day in a named zone, `[start, end)` in minutes after midnight; it may wrap midnight."""

    start: int
    end: int
    zone: str = "UTC"


class PromptOver(Struct, frozen=True, gc=False):
    """The prompt is longer than `tokens` (or exactly that long, when `inclusive`); the whole request pays."""

    tokens: int
    inclusive: bool = False


class Condition(Struct, frozen=True, omit_defaults=True, gc=False):
    """When a rule holds: all members that are set must hold at once; none set means always.

    `weekdays` are ISO numbers (Monday is 1) of the local day in the window's zone; a window that wraps
    midnight belongs to the day it starts on. The validity in time stands on the rule itself.
    """

    windows: tuple[Window, ...] = ()
    weekdays: tuple[int, ...] = ()
    prompt_over: PromptOver | None = None
    tier: Tier = "standard"
    region: str | None = None
    cache_seconds: int | None = None


ALWAYS: Final = Condition()


class Rule(Struct, frozen=True, gc=False):
    """One unit's price under its conditions, as billed.

    `amount` is in `currency` (ISO 4217) for `per` (a key of `units.PER`); it is present exactly when the
    state is known. `raw` and `path` are the quote: the text as received and where it stood. `valid_from`
    and `valid_to` are instants as ISO 8601 text, `[from, to)`. Of several rules that hold, the highest
    `rank` wins. `source` is who said it: `provider`, or `reference:<name>` and the like.
    """

    unit: str
    state: State
    amount: Decimal | None = None
    currency: str = "USD"
    per: str = "token"
    raw: str = ""
    path: str = ""
    when: Condition = field(default=ALWAYS)
    valid_from: str | None = None
    valid_to: str | None = None
    rank: int = 0
    source: str = "provider"


class Factor(Struct, frozen=True, gc=False):
    """A multiplication of prices under conditions: an uplift, a batch percentage, a discount.

    It applies to `units`, to all when there are none. Several that hold multiply in the order of their
    ranks. `raw` and `path` are the quote.
    """

    factor: Decimal
    units: tuple[str, ...] = ()
    when: Condition = field(default=ALWAYS)
    valid_from: str | None = None
    valid_to: str | None = None
    rank: int = 0
    raw: str = ""
    path: str = ""
    source: str = "provider"


class Unread(Struct, frozen=True, order=True, gc=False):
    """A value that was seen and not turned into a rule or a field, kept with the reason."""

    id: str
    path: str
    raw: str
    reason: str


def per_single_unit(amount: Decimal, per: str) -> Decimal:
    """Return the amount for one single unit; every member of `PER` is a power of ten, so this is exact.

    Raises `KeyError` for a quotation that `PER` does not name.
    """
    return EXACT.divide(amount, PER[per][1])


def usd_per_unit(rule: Rule) -> Decimal | None:
    """Return a rule's USD for one single unit; None when it is varying or in another currency."""
    if rule.state == "free":
        return Decimal(0)
    if rule.amount is None or rule.currency != "USD":
        return None
    return per_single_unit(rule.amount, rule.per)


def usd(unit: str, amount: str, per: str = "token", path: str = "", raw: str | None = None) -> Rule:
    """Build a known USD rule from the amount's text: short to write in examples and tests."""
    return Rule(
        unit=unit,
        state="known",
        amount=Decimal(amount),
        per=per,
        path=path,
        raw=amount if raw is None else raw,
    )
