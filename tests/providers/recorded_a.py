"""What the recordings of some hosts and gateways hold, list by list; `test_recordings_a` reads them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

ONE, MILLION, TEN_BILLION = Decimal(1), Decimal(10**6), Decimal(10**10)


class Row(NamedTuple):
    """One list in one file: where it stands in the file, and how much of what is in it.

    `prices` says where an entry quotes what of one unit costs, and for how many units it is quoted.
    """

    slug: str
    file: str
    within: str = ""
    list_name: str = "models"
    listings: int = 0
    rejected: int = 0
    duplicates: int = 0
    unread: int = 0
    priced: int = 0
    prices: Mapping[str, tuple[str, Decimal]] = {}


XAI = {
    "prompt_text_token_price": ("input_token", TEN_BILLION),
    "cached_prompt_text_token_price": ("cache_read_token", TEN_BILLION),
    "prompt_image_token_price": ("input_image_token", TEN_BILLION),
    "completion_text_token_price": ("output_token", TEN_BILLION),
    "image_price": ("output_image", TEN_BILLION),
}
NOVITA = {
    "input_token_price_per_m": ("input_token", TEN_BILLION),
    "output_token_price_per_m": ("output_token", TEN_BILLION),
}
VERCEL = {
    "pricing.input": ("input_token", ONE),
    "pricing.output": ("output_token", ONE),
    "pricing.input_cache_read": ("cache_read_token", ONE),
    "pricing.input_cache_write": ("cache_write_token", ONE),
}

ROWS = (
    Row("fireworks", "fireworks.documented", "management_v1_accounts_fireworks_models", listings=3),
    Row("fireworks", "fireworks.documented", "inference_v1_models", "callable", listings=1),
    Row("nebius", "nebius", listings=46),
    Row(
        "nebius", "nebius.verbose.documented", listings=2, priced=2,
        prices={"pricing.prompt": ("input_token", ONE), "pricing.completion": ("output_token", ONE)},
    ),
    Row("xai", "xai", listings=13),
    Row("xai", "xai.documented", "GET /v1/models", listings=3, priced=3, prices=XAI),
    Row("xai", "xai.documented", "GET /v1/language-models", "language", listings=2, priced=2,
        prices=XAI),
    Row("novita", "novita", listings=2, priced=2, prices=NOVITA),
    Row("novita", "novita.documented", listings=1, priced=1, prices=NOVITA),
    Row(
        "chutes", "chutes.documented", listings=2, priced=2, prices={
            "pricing.prompt": ("input_token", MILLION), "pricing.completion": ("output_token", MILLION),
            "pricing.input_cache_read": ("cache_read_token", MILLION),
        },
    ),
    Row(
        "helicone", "helicone.documented", listings=1, priced=1, prices={
            "pricing.prompt": ("input_token", MILLION), "pricing.completion": ("output_token", MILLION),
            "pricing.cacheRead": ("cache_read_token", MILLION),
            "pricing.cacheWrite": ("cache_write_token", MILLION),
        },
    ),
    Row("vercel-ai-gateway", "vercel-ai-gateway", listings=9, priced=9, prices=VERCEL),
    Row("vercel-ai-gateway", "vercel-ai-gateway.documented", "models", listings=1, priced=1,
        prices=VERCEL),
    Row("onerouter", "onerouter.documented", "v1_models", listings=2),
)  # fmt: skip

OTHER_SHAPES = {
    "vercel-ai-gateway.catwalk-derived": "another project's words",
    "aihubmix.catwalk-derived": "another project's words",
    "aihubmix.derived": "another project's words; `test_traps_a` puts them back",
    "chutes.catwalk-derived": "another project's words",
    "fireworks.catwalk-derived": "another project's words",
    "nebius.catwalk-derived": "another project's words",
    "xai.catwalk-derived": "another project's words",
    "xai.docs-blob.partial": "data inside a page, not an answer",
}
"""Files that are named after a provider and are no answer of a declared list."""

FILES = {*(row.file for row in ROWS), *OTHER_SHAPES}
