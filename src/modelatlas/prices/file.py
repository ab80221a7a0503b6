"""A curated file: prices that stand on a provider's page only, each with source, date read and expiry.

TOML, one file for each provider; docs/prices.md says how one is written. Amounts are texts, so that none
ever is a float.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.money import exact
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.price import ALWAYS, Condition, Factor, PromptOver, Rule, State, Tier, Window
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.units import PER, UNITS

_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
STATES: Final[Mapping[str, State]] = {"free": "free", "varies": "varying"}
"""Word in the place of an amount -> the state that it says."""

SOON: Final = timedelta(days=30)
"""How long before its expiry a file is named."""

Weekday = Annotated[int, Meta(ge=1, le=7)]


class Amount(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount that is quoted per something else than the file's `per`."""

    amount: str
    per: str


class Conditions(Struct, frozen=True, kw_only=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """When a block holds; `hours` are those of clocks in `zone`, weekdays are ISO numbers there."""

    from_: datetime | None = None
    until: datetime | None = None
    hours: tuple[str, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    zone: str = "UTC"
    prompt_over: Annotated[int, Meta(ge=1)] | None = None
    inclusive: bool = False
    tier: Tier = "standard"
    region: str | None = None
    cache_seconds: Annotated[int, Meta(ge=1)] | None = None
    rank: int = 0


class PriceBlock(Conditions, frozen=True, kw_only=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """Prices of some ids under the same conditions: an amount, one with its own `per`, `free` or `varies`."""

    ids: Annotated[tuple[str, ...], Meta(min_length=1)]
    prices: Mapping[str, str | Amount]
    currency: str | None = None


class FactorBlock(
    Conditions, frozen=True, kw_only=True, rename={"from_": "from"}, forbid_unknown_fields=True
):
    """A factor on the prices of some ids under conditions."""

    ids: Annotated[tuple[str, ...], Meta(min_length=1)]
    factor: str
    units: tuple[str, ...] = ()


class _Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Annotated[str, Meta(pattern="^https://")]
    via: str = ""
    read: date
    expires: date
    per: str = "1M tokens"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "USD"
    price: Annotated[tuple[PriceBlock, ...], Meta(min_length=1)]
    factor: tuple[FactorBlock, ...] = ()


class Curated(Struct, frozen=True):
    """The curated prices of one provider, by id: what stood on the page `source` on the day `read`.

    `via` names who relayed the page, where it was not read itself.
    """

    provider: str
    source: str
    via: str
    read: date
    expires: date
    rules: Mapping[str, tuple[Rule, ...]]
    factors: Mapping[str, tuple[Factor, ...]]

    @property
    def name(self) -> str:
        """What the prices of this file give as their source."""
        return f"curated:{self.provider}@{self.read.isoformat()}"

    def is_expired(self, today: date) -> bool:
        """Tell whether somebody has to look at the page again."""
        return today > self.expires

    def expires_soon(self, today: date) -> bool:
        """Tell whether the file expires within `SOON`, and has not yet."""
        return not self.is_expired(today) and self.expires - today <= SOON

    def find(self, id_: str, today: date) -> Quoted | None:
        """Return what the file says of an id; once it has expired that counts less than references do."""
        rules = self.rules.get(id_)
        if rules is None:
            return None
        factors = self.factors.get(id_, ())
        if self.is_expired(today):
            return Quoted(self.name, "expired", rules, factors)
        ends = datetime.combine(self.expires + timedelta(days=1), time(), UTC)
        return Quoted(self.name, "curated", rules, factors, ends)


def read_file(provider: str, document: bytes) -> Curated:
    """Read and check a curated file. Raises `Misconfigured` with the place and what was expected there."""
    where = f"prices/{provider}.toml"
    try:
        found = msgspec.convert(tomllib.loads(document.decode()), _Document)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Misconfigured(f"{where}: {error}; docs/prices.md says how the file is written") from error
    if found.expires <= found.read:
        raise Misconfigured(f"{where}: expires {found.expires} is not after read {found.read}")
    source = f"curated:{provider}@{found.read.isoformat()}"
    rules: dict[str, list[Rule]] = {}
    factors: dict[str, list[Factor]] = {}
    for number, block in enumerate(found.price, 1):
        place = f"{where}: price {number}"
        of_block = _rules(block, found, source, place)
        for id_ in block.ids:
            rules.setdefault(id_, []).extend(of_block)
    for number, each in enumerate(found.factor, 1):
        place = f"{where}: factor {number}"
        factor = _factor(each, source, place)
        for id_ in each.ids:
            if id_ not in rules:
                raise Misconfigured(f"{place}: {id_!r} has no price in this file")
            factors.setdefault(id_, []).append(factor)
    _check(where, rules)
    return Curated(
        provider,
        found.source,
        found.via,
        found.read,
        found.expires,
        {id_: tuple(those) for id_, those in rules.items()},
        {id_: tuple(those) for id_, those in factors.items()},
    )


def _check(where: str, rules: Mapping[str, Sequence[Rule]]) -> None:
    for id_, those in rules.items():
        for one, other in contradictions(those):
            raise Misconfigured(
                f"{where}: {id_} has two prices of {one.unit} that hold at once with rank {one.rank}, "
                f"{one.raw} and {other.raw}: give one a higher rank, or conditions that exclude each other"
            )


def _rules(block: PriceBlock, found: _Document, source: str, place: str) -> list[Rule]:
    when = _condition(block, place)
    begin, end = _instant(block.from_, place), _instant(block.until, place)
    rules: list[Rule] = []
    for unit, said in block.prices.items():
        text = said.amount if isinstance(said, Amount) else said
        if unit not in UNITS:
            raise Misconfigured(f"{place}: {unit!r} is no unit; expected one of {', '.join(UNITS)}")
        state = STATES.get(text, "known")
        rules.append(
            Rule(
                unit,
                state,
                _positive(text, f"{place}: {unit}") if state == "known" else None,
                block.currency or found.currency,
                _per(unit, said, found.per, place),
                raw=text,
                path=f"{found.source}#{unit}",
                when=when,
                valid_from=begin,
                valid_to=end,
                rank=block.rank,
                source=source,
            )
        )
    return rules


def _per(unit: str, said: str | Amount, usual: str, place: str) -> str:
    """Return what an amount is quoted per: its own `per`, else the file's; what has no amount needs none."""
    if isinstance(said, str) and said in STATES:
        return UNITS[unit]
    per = said.per if isinstance(said, Amount) else usual
    if per not in PER or PER[per][0] != UNITS[unit]:
        fitting = ", ".join(name for name, (kind, _) in PER.items() if kind == UNITS[unit])
        raise Misconfigured(f"{place}: {unit} cannot be priced per {per!r}; expected one of {fitting}")
    return per


def _factor(block: FactorBlock, source: str, place: str) -> Factor:
    for unit in block.units:
        if unit not in UNITS:
            raise Misconfigured(f"{place}: {unit!r} is no unit; expected one of {', '.join(UNITS)}")
    return Factor(
        _positive(block.factor, f"{place}: factor"),
        block.units,
        _condition(block, place),
        _instant(block.from_, place),
        _instant(block.until, place),
        block.rank,
        block.factor,
        source=source,
    )


def _condition(block: Conditions, place: str) -> Condition:
    try:
        ZoneInfo(block.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Misconfigured(
            f"{place}: zone {block.zone!r} is not known; expected a name such as UTC"
        ) from None
    hours = block.hours or (("00:00-24:00",) if block.weekdays else ())
    condition = Condition(
        windows=tuple(_window(text, block.zone, place) for text in hours),
        weekdays=tuple(sorted(set(block.weekdays))),
        prompt_over=None if block.prompt_over is None else PromptOver(block.prompt_over, block.inclusive),
        tier=block.tier,
        region=block.region,
        cache_seconds=block.cache_seconds,
    )
    return ALWAYS if condition == ALWAYS else condition  # the very one is looked for first


def _window(text: str, zone: str, place: str) -> Window:
    parts = _HOURS.fullmatch(text)
    if parts is None:
        raise Misconfigured(
            f"{place}: hours {text!r}: expected a span such as 01:00-04:00, until 24:00 at most"
        )
    start, end = (int(parts[at]) * 60 + int(parts[at + 1]) for at in (1, 3))
    return Window(start, end, zone)


def _instant(at: datetime | None, place: str) -> str | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise Misconfigured(f"{place}: {at} has no zone: expected an instant such as 2026-08-16T16:00:00Z")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _positive(text: str, place: str) -> Decimal:
    amount = exact(text)
    if amount is None or amount <= 0:
        raise Misconfigured(
            f'{place}: {text!r}: expected an amount above 0 as a text, such as "0.14", or free, or varies'
        )
    return amount
