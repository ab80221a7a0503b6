"""All formats by name, in the order in which documents and help texts show them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.query import nearest
from modelatlas.views.exports.catwalk import CATWALK
from modelatlas.views.exports.format import Format
from modelatlas.views.exports.genai_prices import GENAI_PRICES, GENAI_PRICES_SLIM
from modelatlas.views.exports.litellm import LITELLM
from modelatlas.views.exports.llm_prices import LLM_PRICES
from modelatlas.views.exports.models_dev import METADATA, MODELS_DEV
from modelatlas.views.exports.openai import OPENAI
from modelatlas.views.exports.openrouter import OPENROUTER
from modelatlas.views.exports.table import TABLE

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        each.name: each
        for each in (
            LITELLM,
            MODELS_DEV,
            METADATA,
            GENAI_PRICES,
            GENAI_PRICES_SLIM,
            OPENROUTER,
            OPENAI,
            LLM_PRICES,
            CATWALK,
            TABLE,
        )
    }
)
HISTORICAL: Final = "llm-prices-historical"
HISTORICAL_PATH: Final = "/exports/llm-prices/historical-v1.json"
"""The format that is made of the past that the store observed, and of no catalog."""


def format_named(name: str) -> Format:
    """Return a format. Raises `BadRequest` naming the nearest."""
    if name not in FORMATS:
        raise BadRequest(f"format {name[:100]!r}: {nearest(name[:100], [*FORMATS, HISTORICAL])}")
    return FORMATS[name]
