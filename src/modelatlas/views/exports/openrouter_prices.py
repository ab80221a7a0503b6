"""OpenRouter's `pricing`: decimal texts in USD for one single unit, "0" for free, "-1" for what varies.

Under conditions other prices hold (`overrides`): longer prompts, hours of UTC, days; of two that name one key
the later wins. Facts: types of `@openrouter/sdk` 1.3.19, and `providers/openrouter.py`.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.money import plain
from modelatlas.views.exports.format import NO_PRICE, Offered
from modelatlas.views.exports.hours import A_DAY, Stretch
from modelatlas.views.exports.rates import VARIES, Lost

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input_token": "prompt",
        "output_token": "completion",
        "cache_read_token": "input_cache_read",
        "cache_write_token": "input_cache_write",
        "cache_write_1h_token": "input_cache_write_1h",
        "reasoning_token": "internal_reasoning",
        "input_audio_token": "audio",
        "output_audio_token": "audio_output",
        "cache_read_audio_token": "input_audio_cache",
        "input_image_token": "image_token",
        "input_image": "image",
        "output_image": "image_output",
        "request": "request",
        "web_search": "web_search",
    }
)
NEEDED: Final = ("input_token", "output_token")
DYNAMIC: Final = "-1"
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNIT: Final = "OpenRouter has no key for this unit"
_TIER: Final = "a price of another service tier"
_LIFETIME: Final = "a price for a lifetime of a cache"
_HALF: Final = "OpenRouter needs the prices of input and output, and one of them is unknown"


def pricing_of(offer: Offered) -> dict[str, Any] | None:
    """Return what a listing costs, None where input or output have no price; neither is ever guessed."""
    rates = offer.rates
    pricing: dict[str, Any] = _texts(rates.base)
    pricing.update({KEYS[unit]: DYNAMIC for unit in rates.varying if unit in KEYS})
    if any(KEYS[unit] not in pricing for unit in NEEDED):
        return None
    overrides = [_hours(each) for each in rates.hours if _texts(each.usd)]
    overrides += [
        {"min_prompt_tokens": tokens, **_texts(dearer)}
        for tokens, dearer in rates.over().items()
        if _texts(dearer)
    ]
    return {**pricing, "overrides": overrides} if overrides else pricing


def lost_of(offer: Offered) -> list[Lost]:
    """Say what of a listing's prices is not in `pricing`."""
    rates = offer.rates
    lost = [each for each in rates.lost if each.reason != VARIES or each.what not in KEYS]
    for rate in rates.rates:
        if rate.unit not in KEYS:
            lost.append(Lost(rate.unit, _UNIT))
        elif rate.tier != "standard":
            lost.append(Lost(rate.unit, _TIER))
        elif rate.cache_seconds is not None:
            lost.append(Lost(rate.unit, _LIFETIME))
    if not rates.rates and not rates.varying:
        lost.append(Lost("", NO_PRICE))
    elif pricing_of(offer) is None:
        lost += [Lost(unit, _HALF) for unit in rates.base]
    return lost


def _texts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {KEYS[unit]: plain(usd) for unit, usd in amounts.items() if unit in KEYS}


def _hours(each: Stretch) -> dict[str, Any]:
    """Write hours as HHMM numbers, half-open; a whole day needs none."""
    when: dict[str, Any] = {}
    if (each.start, each.end) != (0, A_DAY):
        when = {"utc_start": _clock(each.start), "utc_end": _clock(each.end % A_DAY)}
    if each.weekdays:
        when["utc_days"] = [_DAYS[day - 1] for day in each.weekdays]
    return {**when, **_texts(each.usd)}


def _clock(minutes: int) -> int:
    return minutes // 60 * 100 + minutes % 60
