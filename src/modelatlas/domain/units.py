"""What is billed (units), and the quantities prices are quoted per.

A price is quoted per some quantity of one kind of thing: 'USD per million tokens', 'USD per hour'.
`UNITS` says of which kind each billed unit is; `PER` says of which kind a quotation is and how many
single things it covers. A price can be quoted per a quantity of its own kind only.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input_token": "token",
        "output_token": "token",
        "reasoning_token": "token",
        "cache_read_token": "token",
        "cache_write_token": "token",
        "cache_write_1h_token": "token",
        "input_audio_token": "token",
        "output_audio_token": "token",
        "cache_read_audio_token": "token",
        "cache_write_audio_token": "token",
        "input_image_token": "token",
        "output_image_token": "token",
        "cache_read_image_token": "token",
        "input_video_token": "token",
        "output_video_token": "token",
        "citation_token": "token",
        "input_image": "image",
        "output_image": "image",
        "output_megapixel": "megapixel",
        "input_pixel": "pixel",
        "output_pixel": "pixel",
        "input_character": "character",
        "output_character": "character",
        "input_page": "page",
        "annotated_page": "page",
        "request": "request",
        "query": "query",
        "web_search": "search",
        "storage_search": "search",
        "text_message": "message",
        "audio_second": "second",
        "audio_minute": "minute",
        "audio_hour": "hour",
        "input_audio_second": "second",
        "input_audio_minute": "minute",
        "input_audio_hour": "hour",
        "output_audio_second": "second",
        "input_video_second": "second",
        "output_video_second": "second",
        "output_video": "video",
        "compute_second": "second",
    }
)
"""Billed unit -> kind of thing.

Seconds, minutes and hours are kinds of their own: an hourly price has no exact price per second.
`cache_write_token` is the default write (five minutes where the provider names a lifetime),
`cache_write_1h_token` the one-hour write. `compute_second` is a second of running time, `output_video` a
whole film whatever its length.
"""

PER: Final[Mapping[str, tuple[str, Decimal]]] = MappingProxyType(
    {
        "token": ("token", Decimal(1)),
        "1K tokens": ("token", Decimal(1_000)),
        "1M tokens": ("token", Decimal(1_000_000)),
        "100M tokens": ("token", Decimal(100_000_000)),
        "image": ("image", Decimal(1)),
        "1K images": ("image", Decimal(1_000)),
        "megapixel": ("megapixel", Decimal(1)),
        "1K megapixels": ("megapixel", Decimal(1_000)),
        "pixel": ("pixel", Decimal(1)),
        "character": ("character", Decimal(1)),
        "1K characters": ("character", Decimal(1_000)),
        "1M characters": ("character", Decimal(1_000_000)),
        "page": ("page", Decimal(1)),
        "1K pages": ("page", Decimal(1_000)),
        "request": ("request", Decimal(1)),
        "1K requests": ("request", Decimal(1_000)),
        "query": ("query", Decimal(1)),
        "search": ("search", Decimal(1)),
        "1K searches": ("search", Decimal(1_000)),
        "message": ("message", Decimal(1)),
        "1K messages": ("message", Decimal(1_000)),
        "video": ("video", Decimal(1)),
        "second": ("second", Decimal(1)),
        "minute": ("minute", Decimal(1)),
        "hour": ("hour", Decimal(1)),
    }
)
"""Quotation -> (kind of thing, how many single things it covers)."""
