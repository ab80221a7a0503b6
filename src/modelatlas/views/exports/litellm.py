"""LiteLLM's cost map: an object of models by the name that a caller of LiteLLM passes; USD for one unit.

That client takes a price that is not there for 0. So a listing of which no price is known is left out, or
only that of input or of output: a cost that is unknown is then an error there, and not free of charge.
Facts: `references/litellm_fields.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import Factor
from modelatlas.references.litellm import MODES, PARAMETERS, UPLIFTS
from modelatlas.references.litellm_fields import BASES, LIFETIMES, SECONDS_BY_MODE, TIERS
from modelatlas.views.exports.format import (
    HALF,
    NO_PRICE,
    Export,
    Format,
    Loss,
    Offered,
    Rows,
    Source,
    encode,
    losses_of,
    number,
    object_of,
)
from modelatlas.views.exports.hours import Stretch
from modelatlas.views.exports.litellm_names import names_of
from modelatlas.views.exports.rates import REGION, Lost, Rate

ONE_HOUR: Final = "cache_creation_input_token_cost_above_1hr"
SEARCH: Final = "search_context_cost_per_query"
_SIZES: Final = ("low", "medium", "high")
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {unit: field for field, (unit, _) in BASES.items()} | {"cache_write_1h_token": ONE_HOUR}
)
_SECONDS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {(unit, mode): field for (field, mode), unit in SECONDS_BY_MODE.items()}
)
_SUFFIX: Final[Mapping[str, str]] = MappingProxyType(
    {"standard": ""} | {tier: f"_{suffix}" for suffix, tier in TIERS.items()}
)
_LIFETIME: Final[Mapping[int, str]] = MappingProxyType(
    {seconds: f"_{infix}" for infix, seconds in LIFETIMES.items()}
)
_MODE: Final[Mapping[Mode, str]] = MappingProxyType(
    {"image": "image_generation", "video": "video_generation", "chat": "chat"}
)
_INPUTS: Final = (
    ("image", "supports_vision"),
    ("audio", "supports_audio_input"),
    ("video", "supports_video_input"),
    ("file", "supports_pdf_input"),
    ("pdf", "supports_pdf_input"),
)
_THOUSAND: Final = 1_000
_UNIT: Final = "LiteLLM has no field for this unit"
_STEP: Final = "a prompt size that is no whole thousand of tokens"
_HOURS: Final = "more than two prices in a week; the highest stands for all hours"
_INCLUSIVE: Final = "one threshold counts itself and another one does not"
_TAKEN: Final = "another listing has this name"


def rows(source: Source) -> Rows:
    """Write one provider's part."""
    usual: list[tuple[str, bytes]] = []
    others: list[tuple[str, bytes]] = []
    losses: list[Loss] = []
    for offer in source.offers:
        entry, lost = entry_of(offer)
        losses.extend(losses_of(offer, lost))
        if entry is not None:
            first, *more = [
                (name, encode({"litellm_provider": provider, **entry}))
                for name, provider in names_of(offer.listing)
            ]
            usual.append(first)
            others.extend(more)
    return Rows(tuple(usual + others), tuple(losses), slug=source.facts.slug)


def whole(parts: Sequence[Rows]) -> Export:
    """Put the parts together; a name that two listings have is that of the first one."""
    content, count, losses = object_of(parts)
    taken: dict[str, bytes] = {}
    for part in parts:
        for name, entry in part.entries:
            if taken.setdefault(name, entry) != entry:
                losses.append(Loss(part.slug, name, "name", _TAKEN))
    return Export(content, count, tuple(losses))


LITELLM: Final = Format("litellm", "/exports/litellm.json", "LiteLLM, aider, tokencost", rows, whole)


def entry_of(offer: Offered) -> tuple[dict[str, Any] | None, list[Lost]]:
    """Return a listing's entry without its provider, None where no price is known; and what is lost."""
    listing, rates = offer.listing, offer.rates
    mode = mode_of(listing)
    costs, lost = _costs(rates.rates, mode)
    lost = [*rates.lost, *lost]
    uplifts, left = _uplifts(rates.factors)
    lost += left
    off_peak, left = _off_peak(rates.hours, mode)
    lost += left
    if not costs:
        return None, [*lost, Lost("", NO_PRICE)]
    if offer.is_half_priced:
        return None, [*lost, *(Lost(unit, HALF) for unit in rates.base)]
    entry: dict[str, Any] = {
        "mode": mode,
        "max_tokens": listing.max_output_tokens,
        "max_input_tokens": listing.context_tokens,
        "max_output_tokens": listing.max_output_tokens,
        **costs,
        **uplifts,
        "off_peak_pricing": off_peak,
        **{flag: True for flag, ours in PARAMETERS.items() if ours in listing.supported_parameters},
        **{flag: True for kind, flag in _INPUTS if kind in listing.input_modalities},
        "supports_audio_output": "audio" in listing.output_modalities or None,
        "supports_prompt_caching": "cache_read_token" in rates.base or None,
        "deprecation_date": None if listing.retires_at is None else listing.retires_at[:10],
        "canonical_id": offer.model,
        "variant": offer.variant,
    }
    return {name: value for name, value in entry.items() if value is not None}, lost


def mode_of(listing: Listing) -> str | None:
    """Return LiteLLM's mode: an audio model speaks, or writes what it hears, as its units say."""
    if listing.mode is None:
        return None
    if listing.mode == "audio":
        units = {rule.unit for rule in listing.prices}
        if "output_audio_second" in units:
            return "audio_speech"
        hears = any(unit.startswith(("input_audio", "audio_")) for unit in units)
        return "audio_transcription" if hears or "audio" in listing.input_modalities else "audio_speech"
    return _MODE.get(listing.mode) or (listing.mode if listing.mode in MODES else None)


def field_of(rate: Rate, mode: str | None) -> str | None:
    """Return the name of the field that holds a rate, None where there is none.

    >>> field_of(Rate("input_token", Decimal(1), "batch", PromptOver(200_000)), "chat")
    'input_cost_per_token_above_200k_tokens_batches'
    """
    base = _SECONDS.get((rate.unit, mode or "")) or _FIELDS.get(rate.unit)
    if base is None or (rate.cache_seconds is not None and rate.cache_seconds not in _LIFETIME):
        return None
    lifetime = "" if rate.cache_seconds is None else _LIFETIME[rate.cache_seconds]
    over = "" if rate.over is None else f"_above_{rate.over.tokens // _THOUSAND}k_tokens"
    return f"{base}{lifetime}{over}{_SUFFIX[rate.tier]}"


def _costs(rates: Iterable[Rate], mode: str | None) -> tuple[dict[str, Any], list[Lost]]:
    costs: dict[str, Any] = {}
    lost: list[Lost] = []
    inclusive: set[bool] = set()
    for rate in rates:
        if rate.unit == "web_search" and rate.over is None and rate.tier == "standard":
            costs[SEARCH] = {f"search_context_size_{size}": number(rate.usd) for size in _SIZES}
            continue
        name = field_of(rate, mode)
        if name is None:
            lost.append(Lost(rate.unit, _UNIT))
        elif rate.over is not None and rate.over.tokens % _THOUSAND:
            lost.append(Lost(rate.unit, _STEP))
        else:
            costs[name] = number(rate.usd)
            if rate.over is not None:
                inclusive.add(rate.over.inclusive)
                if len(inclusive) > 1:
                    lost.append(Lost(rate.unit, _INCLUSIVE))
    if True in inclusive:
        costs["threshold_is_inclusive"] = True
    return costs, lost


def _uplifts(factors: Iterable[Factor]) -> tuple[dict[str, Any], list[Lost]]:
    regions = {region: field for field, region in UPLIFTS.items()}
    found: dict[str, Any] = {}
    lost: list[Lost] = []
    for factor in factors:
        field = regions.get(factor.when.region or "")
        if field is None or factor.units or factor.valid_from is not None:
            lost.append(Lost("", REGION))
        else:
            found[field] = number(factor.factor)
    return found, lost


def _off_peak(hours: Sequence[Stretch], mode: str | None) -> tuple[dict[str, Any] | None, list[Lost]]:
    """Write the cheaper hours, where all of them cost the same: the other fields are the highest prices."""
    if not hours:
        return None, []
    rates = {unit: usd for each in hours for unit, usd in each.usd.items()}
    if any(each.usd != rates for each in hours):
        return None, [Lost(unit, _HOURS) for unit in rates]
    named = {field_of(Rate(unit, usd), mode): number(usd) for unit, usd in rates.items()}
    if None in named:
        return None, [Lost(unit, _UNIT) for unit in rates]
    found: dict[str, Any] = {str(name): usd for name, usd in named.items()}
    if all(not each.weekdays for each in hours):
        return found | {"hours_utc": [_span(each) for each in hours]}, []
    return found | {"windows": [_window(each) for each in hours], "weekday_timezone": "UTC"}, []


def _window(each: Stretch) -> dict[str, Any]:
    window: dict[str, Any] = {"hours_utc": [_span(each)]}
    return window | ({"weekdays": list(each.weekdays)} if each.weekdays else {})


def _span(each: Stretch) -> str:
    return f"{_clock(each.start)}-{_clock(each.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
