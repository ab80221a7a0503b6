"""The data of genai-prices, version 2: an array of providers with match rules and prices; USD.

That client takes a price that is not there for 0, so a model that talks needs those of input and of output.
A price that begins or ends later is a step with a `start_date`, cheaper hours of every day are a step with a
`start_time`, tiers are variants. Facts: `references/genai_prices.py` and `genai_prices.types` (0.2.3).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from msgspec import Raw, structs

from modelatlas.domain.evaluation import instant_of
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Tier
from modelatlas.domain.rule_sets import standing
from modelatlas.domain.units import PER
from modelatlas.references.genai_prices import PROVIDERS, UNITS, VARIANTS
from modelatlas.views.exports.format import (
    HALF,
    NO_PRICE,
    Export,
    Format,
    Loss,
    Offered,
    Rows,
    Source,
    array_of,
    encode,
    losses_of,
    number,
)
from modelatlas.views.exports.genai_units import Price, completed
from modelatlas.views.exports.hours import Stretch
from modelatlas.views.exports.rates import LATER, Lost, Rate, Rates, rates_of, tokens_above

_KEYS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {unit: (key, per) for key, (unit, per) in UNITS.items()}
)
_THEIRS: Final[Mapping[str, str]] = MappingProxyType({slug: name for name, slug in PROVIDERS.items()})
_WHEN: Final[Mapping[Tier, tuple[str, str]]] = MappingProxyType(
    {tier: when for when, tier in VARIANTS.items()}
)
_NOWHERE: Final = "(?!)"
"""A pattern that no URL matches: the host of the provider's API is not known."""
_LONGEST: Final = 100
"""Characters of a provider's id, and of a model's name."""
_UNIT: Final = "genai-prices has no key for this unit"
_WEEKDAYS: Final = "hours of certain weekdays; the highest price stands for all hours"
_NO_BASE: Final = "a price for long prompts of a unit that has none for short ones"
_LIFETIME: Final = "a price for a lifetime of a cache"
_BOTH: Final = "hours and a price that begins later; the highest price stands for all hours"
_DAY: Final = "a price that begins or ends inside of a day of UTC"
_CASE: Final = "another id of the provider differs from this one by upper and lower case only"


def rows(source: Source, *, slim: bool = False) -> Rows:
    """Write one provider."""
    facts = source.facts
    models: list[bytes] = []
    losses: list[Loss] = []
    taken: set[str] = set()
    for offer in source.offers:
        entry, lost = model_of(offer, slim=slim)
        if offer.listing.id.lower() in taken:
            lost.append(Lost("", _CASE))
        elif entry is not None:
            taken.add(offer.listing.id.lower())
            models.append(encode(entry))
        losses.extend(losses_of(offer, lost))
    id_ = _THEIRS.get(facts.slug, facts.slug)[:_LONGEST].replace(" ", "-")
    head: dict[str, Any] = {
        "id": id_,
        "name": facts.name,
        "api_pattern": _NOWHERE if facts.host is None else rf"https?://{re.escape(facts.host)}",
        "provider_match": {
            "or": [{"equals": word.lower()} for word in {facts.slug: 0, **dict.fromkeys(facts.aliases)}]
        },
    }
    if facts.docs and not slim:
        head["pricing_urls"] = [facts.docs]
    whole_ = encode(head)[:-1] + b',"models":[' + b",\n".join(models) + b"]}"
    return Rows(((id_, whole_),) if models else (), tuple(losses), len(models))


def whole(parts: Sequence[Rows]) -> Export:
    """Put the providers together; entries are models."""
    content, _, losses = array_of(parts)
    return Export(content, sum(part.count for part in parts), tuple(losses))


GENAI_PRICES: Final = Format(
    "genai-prices", "/exports/genai-prices.json", "genai-prices, pydantic-ai", rows, whole
)
GENAI_PRICES_SLIM: Final = Format(
    "genai-prices-slim",
    "/exports/genai-prices-slim.json",
    "genai-prices in a browser",
    partial(rows, slim=True),
    whole,
)


def model_of(offer: Offered, *, slim: bool = False) -> tuple[dict[str, Any] | None, list[Lost]]:
    """Return a listing's entry, None where no price is known; and what is lost."""
    listing = offer.listing
    prices, variants, lost = _prices(listing, offer.rates)
    if not prices:
        return None, [*lost, Lost("", NO_PRICE)]
    if offer.is_half_priced:
        return None, [*lost, *(Lost(unit, HALF) for unit in offer.rates.base)]
    if slim and set(offer.rates.base.values()) == {Decimal(0)}:
        return None, [*lost, Lost("", "free models are not in the slim file")]
    ids = dict.fromkeys(id_.lower() for id_ in (listing.id, *listing.aliases))
    clauses = [{"equals": id_} for id_ in ids]
    entry: dict[str, Any] = {
        "id": listing.id,
        "match": clauses[0] if len(clauses) == 1 else {"or": clauses},
        "name": None if slim or listing.name is None else listing.name[:_LONGEST],
        "context_window": listing.context_tokens,
        "deprecated": listing.status == "deprecated" or None,
        "prices": prices,
        "price_variants": variants or None,
        "canonical_id": None if slim else offer.model,
    }
    return {name: value for name, value in entry.items() if value is not None}, lost


def _prices(listing: Listing, rates: Rates) -> tuple[Any, list[dict[str, Any]], list[Lost]]:
    price, lost = _price(rates.rates)
    lost = [*(each for each in rates.lost if each.reason != LATER), *lost]
    later, left = _later(listing)
    lost += left
    steps = [{"constraint": _from(day), "prices": _price(then.rates)[0]} for day, then in later]
    if steps:
        lost += [Lost(unit, _BOTH) for each in rates.hours for unit in each.usd]
    elif any(each.weekdays for each in rates.hours):
        lost += [Lost(unit, _WEEKDAYS) for each in rates.hours for unit in each.usd]
    else:
        steps = [_step(rates, each) for each in rates.hours]
    if not price:
        return None, [], lost
    variants = [
        {"constraint": _from(day), **each} for day, then in reversed(later) for each in _variants(then)
    ]
    return ([{"prices": price}, *steps] if steps else price), [*variants, *_variants(rates)], lost


def _later(listing: Listing) -> tuple[list[tuple[date, Rates]], list[Lost]]:
    """Return what a listing costs from each day on which something begins or ends."""
    turns: defaultdict[datetime, list[str]] = defaultdict(list)
    for rule in listing.prices:
        for text in (rule.valid_from, rule.valid_to):
            if text is not None:
                turns[instant_of(text)].append(rule.unit)
    found: list[tuple[date, Rates]] = []
    lost: list[Lost] = []
    for at, units in sorted(turns.items()):
        if at.time() != time(0):
            lost.extend(Lost(unit, _DAY) for unit in units)
            continue
        then = rates_of(structs.replace(listing, prices=standing(listing.prices, at)))
        if then.base:
            found.append((at.date(), then))
    return found, lost


def _from(day: date) -> dict[str, str]:
    return {"start_date": day.isoformat()}


def _price(rates: Iterable[Rate]) -> tuple[dict[str, Any], list[Lost]]:
    """Write what the standard tier costs."""
    base: dict[str, Decimal] = {}
    tiers: defaultdict[str, dict[int, Decimal]] = defaultdict(dict)
    lost: list[Lost] = []
    for rate in rates:
        if rate.tier != "standard":
            continue
        if rate.unit not in _KEYS:
            lost.append(Lost(rate.unit, _UNIT))
        elif rate.cache_seconds is not None:
            lost.append(Lost(rate.unit, _LIFETIME))
        elif rate.over is None:
            base[_KEYS[rate.unit][0]] = _amount(rate)
        else:
            tiers[_KEYS[rate.unit][0]][tokens_above(rate.over)] = _amount(rate)
    lost += [Lost(UNITS[key][0], _NO_BASE) for key in tiers if key not in base]
    prices, left = completed({key: Price(usd, tiers.get(key, {})) for key, usd in base.items()})
    return {key: _written(price) for key, price in prices.items()}, [*lost, *left]


def _written(price: Price) -> Raw | dict[str, object]:
    if not price.tiers:
        return number(price.base)
    tiers = [{"start": start, "price": number(usd)} for start, usd in sorted(price.tiers.items())]
    return {"base": number(price.base), "tiers": tiers}


def _step(rates: Rates, hours: Stretch) -> dict[str, Any]:
    """Write the whole price of some hours of every day."""
    cheaper = (
        structs.replace(each, usd=hours.usd[each.unit])
        if each.over is None and each.unit in hours.usd
        else each
        for each in rates.rates
        if each.tier == "standard"
    )
    constraint = {"start_time": _clock(hours.start), "end_time": _clock(hours.end)}
    return {"constraint": constraint, "prices": _price(cheaper)[0]}


def _variants(rates: Rates) -> list[dict[str, Any]]:
    """Write what other tiers cost."""
    found: list[dict[str, Any]] = []
    for tier, (key, value) in _WHEN.items():
        mine = [structs.replace(each, tier="standard") for each in rates.rates if each.tier == tier]
        price, _ = _price(mine)
        if price:
            found.append({"when": {key: value}, "prices": price})
    return found


def _amount(rate: Rate) -> Decimal:
    return EXACT.multiply(rate.usd, PER[_KEYS[rate.unit][1]][1])


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"
