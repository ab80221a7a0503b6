"""The names of LiteLLM's cost fields: what each is the price of, and under which conditions.

A name is a base, then conditions in any order: `input_cost_per_token_above_200k_tokens_batches`. Facts: the
keys of the map itself and `litellm/litellm_core_utils/llm_cost_calc/utils.py` (litellm 1.109.1).
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.price import Condition, PromptOver, Tier

HOUR: Final = 3_600

BASES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "input_cost_per_token": ("input_token", "token"),
        "output_cost_per_token": ("output_token", "token"),
        "output_cost_per_reasoning_token": ("reasoning_token", "token"),
        "citation_cost_per_token": ("citation_token", "token"),
        "cache_read_input_token_cost": ("cache_read_token", "token"),
        "cache_creation_input_token_cost": ("cache_write_token", "token"),
        "input_cost_per_audio_token": ("input_audio_token", "token"),
        "output_cost_per_audio_token": ("output_audio_token", "token"),
        "cache_read_input_audio_token_cost": ("cache_read_audio_token", "token"),
        "cache_creation_input_audio_token_cost": ("cache_write_audio_token", "token"),
        "input_cost_per_image_token": ("input_image_token", "token"),
        "output_cost_per_image_token": ("output_image_token", "token"),
        "cache_read_input_image_token_cost": ("cache_read_image_token", "token"),
        "input_cost_per_video_token": ("input_video_token", "token"),
        "output_cost_per_video_token": ("output_video_token", "token"),
        "input_cost_per_image": ("input_image", "image"),
        "output_cost_per_image": ("output_image", "image"),
        "input_cost_per_pixel": ("input_pixel", "pixel"),
        "output_cost_per_pixel": ("output_pixel", "pixel"),
        "input_cost_per_character": ("input_character", "character"),
        "output_cost_per_character": ("output_character", "character"),
        "input_cost_per_query": ("query", "query"),
        "input_cost_per_request": ("request", "request"),
        "input_cost_per_text_message": ("text_message", "message"),
        "ocr_cost_per_page": ("input_page", "page"),
        "annotation_cost_per_page": ("annotated_page", "page"),
        "input_cost_per_audio_per_second": ("input_audio_second", "second"),
        "input_cost_per_video_per_second": ("input_video_second", "second"),
        "output_cost_per_video_per_second": ("output_video_second", "second"),
    }
)
"""The base of a field's name -> our unit and what it is quoted per."""

SECONDS_BY_MODE: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("input_cost_per_second", "audio_transcription"): "input_audio_second",
        ("output_cost_per_second", "audio_speech"): "output_audio_second",
        ("output_cost_per_second", "video_generation"): "output_video_second",
    }
)
"""(field, the entry's mode) -> our unit: what a second is of depends on what the model does."""

TIERS: Final[Mapping[str, Tier]] = MappingProxyType(
    {"batches": "batch", "flex": "flex", "priority": "priority"}
)
LIFETIMES: Final[Mapping[str, int]] = MappingProxyType({"above_1hr": HOUR, "above_12hr": 12 * HOUR})
_CONDITION: Final = re.compile(
    r"_(?:above_(?P<thousands>[0-9]+)k_tokens|(?P<lifetime>above_1hr|above_12hr)"
    r"|(?P<tier>batches|flex|priority))(?=_|$)"
)


class PricedField(Struct, frozen=True):
    """What a field prices: our unit, the quotation, and when; of those that hold the highest rank wins."""

    unit: str
    per: str
    when: Condition
    rank: int


@cache
def priced_field(name: str, mode: str | None) -> PricedField | None:
    """Read the name of a cost field, or return None when any part of it is not known here."""
    conditions = list(_CONDITION.finditer(name))
    base = name[: conditions[0].start()] if conditions else name
    if base + "".join(match[0] for match in conditions) != name:
        return None
    found = _unit(base, mode)
    if found is None:
        return None
    unit, per = found
    lifetimes = [LIFETIMES[match["lifetime"]] for match in conditions if match["lifetime"]]
    thresholds = [int(match["thousands"]) for match in conditions if match["thousands"]]
    tiers = [TIERS[match["tier"]] for match in conditions if match["tier"]]
    if max(len(lifetimes), len(thresholds), len(tiers)) > 1 or (lifetimes and unit != "cache_write_token"):
        return None
    if lifetimes == [HOUR]:
        unit, lifetimes = "cache_write_1h_token", []
    when = Condition(
        prompt_over=PromptOver(thresholds[0] * 1_000) if thresholds else None,
        tier=tiers[0] if tiers else "standard",
        cache_seconds=lifetimes[0] if lifetimes else None,
    )
    return PricedField(unit, per, when, rank=2 * sum(thresholds) + len(lifetimes))


def is_cost(name: str) -> bool:
    """Tell whether a field holds money, be it one that is known here or not."""
    return "cost" in name or name.endswith("_pricing") or "uplift" in name


def _unit(base: str, mode: str | None) -> tuple[str, str] | None:
    by_mode = SECONDS_BY_MODE.get((base, mode or ""))
    return BASES.get(base) if by_mode is None else (by_mode, "second")
