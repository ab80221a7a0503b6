"""Plausible prices: what each unit of an invented model may cost, in USD for one single unit, exactly."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from modelatlas.simulator.chance import pick

_MANTISSAS: Final = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")))
_TOKENS: Final = tuple(map(Decimal, ("1E-8", "1E-7", "1E-7", "1E-6")))
_MARGINS: Final = tuple(map(Decimal, ("0.8", "0.9", "1", "1", "1", "1.1", "1.25")))
_CHANGES: Final = tuple(map(Decimal, ("1", "0.8", "0.5", "1.25", "0.75", "1.5", "0.9", "1.1")))
"""What a price is multiplied with after each of its changes; two that follow one another differ."""

_OF_INPUT: Final[Mapping[str, tuple[str, ...]]] = {
    "input_token": ("1",),
    "output_token": ("2", "3", "4", "5"),
    "reasoning_token": ("3", "4"),
    "cache_read_token": ("0.1", "0.25"),
    "cache_write_token": ("1.25",),
    "cache_write_1h_token": ("2",),
    "input_audio_token": ("4", "8"),
    "output_audio_token": ("10", "20"),
    "cache_read_audio_token": ("0.4",),
    "cache_write_audio_token": ("5",),
    "input_image_token": ("1", "2"),
    "output_image_token": ("12", "20"),
    "cache_read_image_token": ("0.1",),
    "input_video_token": ("1", "2"),
    "output_video_token": ("12", "20"),
    "citation_token": ("1",),
}
"""Unit -> its price as a multiple of the price of an input token."""

_SCALES: Final[Mapping[str, str]] = {
    "input_image": "0.001",
    "output_image": "0.01",
    "output_megapixel": "0.01",
    "input_pixel": "0.000000001",
    "output_pixel": "0.00000001",
    "input_character": "0.000001",
    "output_character": "0.000001",
    "input_page": "0.001",
    "annotated_page": "0.001",
    "request": "0.001",
    "query": "0.001",
    "web_search": "0.001",
    "storage_search": "0.001",
    "text_message": "0.001",
    "audio_second": "0.0001",
    "audio_minute": "0.001",
    "audio_hour": "0.1",
    "input_audio_second": "0.0001",
    "input_audio_minute": "0.001",
    "input_audio_hour": "0.1",
    "output_audio_second": "0.0001",
    "input_video_second": "0.001",
    "output_video_second": "0.01",
    "output_video": "0.1",
    "compute_second": "0.0001",
}
"""Unit -> the order of magnitude of its price."""

PRICED: Final = frozenset({*_OF_INPUT, *_SCALES})
"""The units that can be priced here: all there are."""


def amount(unit: str, model: int, seed: int, provider: str, changes: int) -> Decimal:
    """Return what a provider asks for one single unit of a model, in USD, after so many changes of price.

    What one model costs differs little between providers.
    """
    factor = pick(_MARGINS, seed, "margin", provider, model) * _CHANGES[changes % len(_CHANGES)]
    if unit in _OF_INPUT:
        input_ = pick(_MANTISSAS, seed, "mantissa", model) * pick(_TOKENS, seed, "tokens", model)
        return input_ * Decimal(pick(_OF_INPUT[unit], seed, unit, model)) * factor
    return pick(_MANTISSAS, seed, unit, model) * Decimal(_SCALES[unit]) * factor


def quoted(usd: Decimal, singles: Decimal, scale: Decimal) -> Decimal:
    """Return the number that a provider sends for an amount in USD: for `singles` units, in its scale."""
    return usd * singles / scale
