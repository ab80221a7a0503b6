"""AIHubMix resells models of many labs. It prices in US dollars for one million tokens, as numbers."""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread, usd
from modelatlas.providers.contract import Bearer, Entry, ModelList, Provider
from modelatlas.providers.fields import all_words, comma_words, first_known, known_words, paths
from modelatlas.providers.price_path import Price

MODES = {"image_generation": "image", "video": "video", "embedding": "embedding", "rerank": "rerank",
         "tts": "audio", "stt": "audio", "llm": "chat", "search": "other", "ocr": "other"}  # fmt: skip
FEATURES = {"tools": "tools", "tool": "tools", "function_calling": "tools", "thinking": "reasoning",
            "structured_outputs": "structured_outputs"}  # fmt: skip

EXAMPLES = ((
    {"model_id": "rocket-2", "model_name": "Rocket 2", "desc": "", "developer_id": 7, "endpoints": "openai",
     "types": "llm", "features": "thinking\N{FULLWIDTH COMMA}tools,web", "input_modalities": "text,image,pdf",
     "context_length": 1000000, "max_output": 128000,
     "pricing": {"input": 1.25, "output": 10, "cache_read": 0.125, "cache_write": 1.5625}},
    Listing("aihubmix", "rocket-2", name="Rocket 2", mode="chat", context_tokens=1000000,
            max_output_tokens=128000, input_modalities=("file", "image", "text"),
            supported_parameters=("reasoning", "tools"), prices=(
                usd("input_token", "0.00000125"), usd("output_token", "0.00001"),
                usd("cache_read_token", "0.000000125"), usd("cache_write_token", "0.0000015625"))),
), (
    {"model_id": "rocket-2-free", "types": "", "context_length": 8192, "max_output": 8192,
     "pricing": {"input": 0, "output": 0, "cache_read": None}},
    Listing("aihubmix", "rocket-2-free", context_tokens=8192,
            prices=(Rule("input_token", "free"), Rule("output_token", "free"))),
), (
    {"model_id": "rocket-film", "types": "video", "pricing": {"input": 0, "output": 0}},
    Listing("aihubmix", "rocket-film", mode="video"),
))  # fmt: skip


def usd_for_1m(path: str) -> Price:
    """Declare a price of which a zero is free only in ids that say so; elsewhere nothing is said by it."""
    return Price(path, "1M tokens", free_ending=("model_id", "-free"))


def true_limit(_: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Leave out a longest output that only repeats the context (recorded, 2026-07)."""
    if listing.max_output_tokens != listing.context_tokens:
        return listing, ()
    return replace(listing, max_output_tokens=None), ()


MODELS = ModelList(
    url="https://aihubmix.com/api/v1/models",
    success=("success", True),
    id="model_id",
    fields={
        "name": "model_name",
        "mode": comma_words(first_known("types", MODES)),
        "context_tokens": "context_length",
        "max_output_tokens": "max_output",
        "input_modalities": comma_words(all_words("input_modalities", {"pdf": "file"})),
        "supported_parameters": comma_words(known_words("features", FEATURES)),
    },
    # The provider's own instructions for agents say "USD / 1M tokens"; pages that say 1K are wrong (2026).
    prices={
        "input_token": usd_for_1m("pricing.input"),
        "output_token": usd_for_1m("pricing.output"),
        "cache_read_token": usd_for_1m("pricing.cache_read"),
        "cache_write_token": usd_for_1m("pricing.cache_write"),
    },
    quirk=true_limit,
    quirk_paths=paths("max_output context_length"),
    unpriced="not said",
    ignored=paths("desc developer_id endpoints"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="aihubmix",
    name="AIHubMix",
    kind="gateway",
    docs="https://docs.aihubmix.com",
    evidence="documented 2026, values seen in another project's copy 2026-07-02",
    auth=Bearer("AIHUBMIX_API_KEY", required=False),
    lists=(MODELS,),
)
