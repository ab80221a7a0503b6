"""llm-prices: input, output and cached input in USD per million tokens, today (`current`) and by days.

A price above some length of the prompt is a row of its own, as in that project's data: its id ends in the
length. Facts: that repository's README and `scripts/build.py` (2026-08-05).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from modelatlas.domain.history import PlainSpell
from modelatlas.views.exports.format import (
    NO_PRICE,
    Export,
    Format,
    Loss,
    Offered,
    Rows,
    Source,
    encode,
    losses_of,
    per_million,
)
from modelatlas.views.exports.rates import Lost

KEYS: Final[Mapping[str, str]] = {
    "input_token": "input",
    "output_token": "output",
    "cache_read_token": "input_cached",
}
_UNIT: Final = "llm-prices has no column for this unit"
_TIER: Final = "a price of another service tier"
_HALF: Final = "a row needs the prices of input and output, and one of them is unknown"
_SHORT: Final = "a price that held within one day of UTC only"
_HOURS: Final = "cheaper hours; the highest price stands for all hours"


def rows(source: Source) -> Rows:
    """Write one provider's part."""
    entries: list[tuple[str, bytes]] = []
    losses: list[Loss] = []
    for offer in source.offers:
        found, lost = _rows(offer)
        losses.extend(losses_of(offer, lost))
        entries.extend((row["id"], encode(row)) for row in found)
    return Rows(tuple(entries), tuple(losses))


def whole(sources: Sequence[Source]) -> Export:
    """Write the rows of all providers, under the day on which any of them last said something new."""
    parts = list(map(rows, sources))
    found = [entry for part in parts for _, entry in part.entries]
    days = [source.content_since for source in sources if source.content_since is not None]
    about = b'"updated_at":' + encode(_day(max(days))) + b"," if days else b""
    content = b"{" + about + b'"prices":[' + b",\n".join(found) + b"]}\n"
    return Export(content, len(found), tuple(loss for part in parts for loss in part.losses))


LLM_PRICES: Final = Format("llm-prices", "/exports/llm-prices/current-v1.json", "llm-prices", None, whole)


def historical(spells: Iterable[PlainSpell]) -> Export:
    """Write what each listing cost from day to day, as the store observed it.

    Of a day of UTC that has two prices the later one counts. What held within one day only is not in it.
    """
    found: list[bytes] = []
    losses: list[Loss] = []
    for (provider, id_), some in groupby(spells, key=lambda spell: (spell.provider, spell.id)):
        mine = list(some)
        for usd, begin, end in periods(mine):
            if not {"input_token", "output_token"} <= usd.keys():
                losses += [Loss(provider, id_, unit, _HALF) for unit in usd]
            elif end is not None and begin.date() == end.date():
                losses += [Loss(provider, id_, unit, _SHORT) for unit in usd]
            else:
                row = _row(id_, provider, mine[0].name or id_, usd)
                days = {"from_date": _day(begin), "to_date": None if end is None else _day(end)}
                found.append(encode(row | days))
    return Export(b'{"prices":[' + b",\n".join(found) + b"]}\n", len(found), tuple(dict.fromkeys(losses)))


def periods(
    spells: Sequence[PlainSpell],
) -> Iterator[tuple[dict[str, Decimal], datetime, datetime | None]]:
    """Go through the times in which no price changed: what each unit cost, from when, until when."""
    turns = sorted({at for each in spells for at in (each.begins, each.ends) if at is not None})
    held: tuple[dict[str, Decimal], datetime] | None = None
    for at in turns:
        usd = {
            each.unit: each.usd
            for each in sorted(spells, key=lambda spell: spell.rank)
            if each.begins <= at and (each.ends is None or at < each.ends)
        }
        if held is not None and held[0] == usd:
            continue
        if held is not None and held[0]:
            yield held[0], held[1], at
        held = usd, at
    if held is not None and held[0]:
        yield held[0], held[1], None


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _rows(offer: Offered) -> tuple[list[dict[str, Any]], list[Lost]]:
    listing, rates = offer.listing, offer.rates
    base = {unit: usd for unit, usd in rates.base.items() if unit in KEYS}
    lost = list(rates.lost)
    lost += [Lost(each.unit, _UNIT) for each in rates.rates if each.unit not in KEYS]
    lost += [Lost(each.unit, _TIER) for each in rates.rates if each.unit in KEYS and each.tier != "standard"]
    lost += [Lost(unit, _HOURS) for each in rates.hours for unit in each.usd]
    if not rates.rates:
        return [], [*lost, Lost("", NO_PRICE)]
    if not {"input_token", "output_token"} <= base.keys():
        return [], [*lost, *(Lost(unit, _HALF) for unit in base)]
    name = listing.name or listing.id
    found = [_row(listing.id, listing.provider, name, base)]
    for size, dearer in rates.over().items():
        base = base | {unit: usd for unit, usd in dearer.items() if unit in KEYS}
        label = f"{size // 1_000}k" if size % 1_000 == 0 else str(size)
        found.append(_row(f"{listing.id}-{label}", listing.provider, f"{name} >{label}", base))
    return found, lost


def _row(id_: str, vendor: str, name: str, usd: Mapping[str, Decimal]) -> dict[str, Any]:
    amounts = {key: per_million(usd[unit]) if unit in usd else None for unit, key in KEYS.items()}
    return {"id": id_, "vendor": vendor, "name": name, **amounts}
