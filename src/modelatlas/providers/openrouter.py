"""OpenRouter resells hundreds of models. It prices in US dollars for one token, as text."""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread, Window, usd
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.conditions import PartialPrices
from modelatlas.providers.contract import Bearer, Entry, ModelList, Provider
from modelatlas.providers.fields import date_text, is_negative, paths, unix_date, usd_text
from modelatlas.providers.payload import dig, raw_text

OFF = ("pricing.discount",)  # a price times 1 - discount is charged (documented, 2026-08; never seen here)
HOURS = ("utc_start", "utc_end")
LONG = Condition(prompt_over=PromptOver(128000))
NIGHT = Condition(windows=(Window(22 * 60 + 30, 6 * 60),))
BOTH = Condition(windows=NIGHT.windows, prompt_over=LONG.prompt_over)

EXAMPLES = ((
    {"id": "~acme/rocket-latest", "canonical_slug": "acme/rocket-2-20260805", "created": 1785888000,
     "hugging_face_id": "acme-ai/Rocket-2", "name": "Acme: Rocket Latest", "context_length": 262144,
     "architecture": {"modality": "text+image->text", "input_modalities": ["text", "image"],
                      "output_modalities": ["text"], "tokenizer": "Other"},
     "pricing": {"prompt": "0.000002", "completion": "0.000008", "internal_reasoning": "0.000009",
                 "input_cache_read": "0.0000002", "input_cache_write": "0.0000025",
                 "input_cache_write_1h": "0.000004", "audio": "0.000003", "audio_output": "0.00003",
                 "input_audio_cache": "3e-7", "image": "0.000002", "image_output": "0.00004",
                 "web_search": "0.01", "request": "0.005",
                 "overrides": [{"min_prompt_tokens": 128000, "prompt": "0.000004"}]},
     "top_provider": {"context_length": 131072, "max_completion_tokens": 32768},
     "supported_parameters": ["tools", "reasoning", "max_tokens"], "knowledge_cutoff": "2026-01-31",
     "expiration_date": "2027-01-31", "alias_target": {"slug": "acme/rocket-2", "name": "Rocket"}},
    Listing("openrouter", "~acme/rocket-latest", name="Acme: Rocket Latest", mode="chat",
            context_tokens=262144, max_output_tokens=32768, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("max_tokens", "reasoning", "tools"),
            released="2026-08-05", retires_at="2027-01-31", knowledge_cutoff="2026-01-31",
            tokenizer="Other", repository="acme-ai/Rocket-2", canonical_id="acme/rocket-2-20260805",
            alias_of="acme/rocket-2", prices=(
                usd("input_token", "0.000002"), usd("output_token", "0.000008"),
                usd("cache_read_token", "0.0000002"), usd("cache_write_token", "0.0000025"),
                usd("cache_write_1h_token", "0.000004"), usd("reasoning_token", "0.000009"),
                usd("input_audio_token", "0.000003"), usd("output_audio_token", "0.00003"),
                usd("cache_read_audio_token", "0.0000003"), usd("output_image_token", "0.00004"),
                usd("web_search", "0.01", per="search"), usd("request", "0.005", per="request"),
                replace(usd("input_token", "0.000004"), when=LONG, rank=1),
                usd("input_image_token", "0.000002"))),
), (
    {"id": "acme/rocket-by-night", "pricing": {"prompt": "0.000002", "completion": "0.000008", "overrides": [
        {"utc_start": 2230, "utc_end": 600, "prompt": "0.000001", "completion": "0.000004"},
        {"min_prompt_tokens": 128000, "utc_start": 2230, "utc_end": 600, "prompt": "0"},
        {"min_prompt_tokens": 128000, "weekday": 7, "prompt": "0.000003"}]}},
    Listing("openrouter", "acme/rocket-by-night", prices=(
        usd("input_token", "0.000002"), usd("output_token", "0.000008"),
        replace(usd("input_token", "0.000001"), when=NIGHT, rank=1),
        replace(usd("output_token", "0.000004"), when=NIGHT, rank=1),
        Rule("input_token", "free", when=BOTH, rank=2))),
), (
    {"id": "acme/rocket-sale", "pricing": {"prompt": "0.000002", "completion": "0", "discount": 0.25}},
    Listing("openrouter", "acme/rocket-sale", prices=(
        usd("input_token", "0.0000015"), Rule("output_token", "free"))),
), (
    {"id": "openrouter/any", "pricing": {"prompt": "-1", "completion": "-1"},
     "expiration_date": "2098-12-31"},
    Listing("openrouter", "openrouter/any",
            prices=(Rule("input_token", "varying"), Rule("output_token", "varying"))),
), (
    {"id": "acme/rocket-1:free",
     "pricing": {"prompt": "0", "completion": "0", "request": "0", "image": "0.0048"}},
    Listing("openrouter", "acme/rocket-1:free", prices=(
        Rule("input_token", "free"), Rule("output_token", "free"),
        usd("input_image", "0.0048", per="image"))),
), (
    {"id": "acme/rocket-2", "created": 1785888000, "architecture": {"output_modalities": ["text"]},
     "pricing": {"prompt": "0.000002", "completion": "0.000008", "input_cache_read": "0.0000002"}},
    Listing("openrouter", "acme/rocket-2", mode="chat", output_modalities=("text",),
            released="2026-08-05", prices=(
                usd("input_token", "0.000002"), usd("output_token", "0.000008"),
                usd("cache_read_token", "0.0000002"))),
))  # fmt: skip


def image_price(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read `pricing.image`, which had two units: one image until 2026-01, one token since.

    The specification says "per input image", and so it was as long as every key was quoted, `request`
    too (recorded, 2026-01). Since 2026-02 a key is there only when priced, and each of the 29 amounts
    equals the prompt's for one token (recorded, 2026-08).
    """
    said = dig(entry, "pricing.image")
    if said == dig(entry, "pricing.prompt"):
        found = ("input_image_token", usd_text("pricing.image", per="token", discount=OFF), said)
    elif dig(entry, "pricing.request") is not None:
        found = ("input_image", usd_text("pricing.image", per="image", discount=OFF), said)
    elif said is None:
        return listing, ()
    else:
        return listing, (Unread(listing.id, "pricing.image", raw_text(said), "per image or per token"),)
    rules, unread = read_prices(listing.id, [found], entry)
    return replace(listing, prices=(*listing.prices, *rules)), unread


MODELS = ModelList(
    url="https://openrouter.ai/api/v1/models",
    params={"output_modalities": "all"},  # without it, models that put out text only (documented, 2026-08)
    fields={
        "name": "name",
        "context_tokens": "context_length",
        "max_output_tokens": "top_provider.max_completion_tokens",
        "input_modalities": "architecture.input_modalities",
        "output_modalities": "architecture.output_modalities",
        "supported_parameters": "supported_parameters",
        "tokenizer": "architecture.tokenizer",
        "knowledge_cutoff": "knowledge_cutoff",
        "released": unix_date("created"),
        "retires_at": date_text("expiration_date", never="2098-12-31"),
        "repository": "hugging_face_id",
        "canonical_id": "canonical_slug",
        "alias_of": "alias_target.slug",
    },
    prices={
        # A router says -1: the price depends on where it sends the request (recorded, 2026-08).
        "input_token": usd_text(
            "pricing.prompt", per="token", zero="free", varying=is_negative, discount=OFF
        ),
        "output_token": usd_text(
            "pricing.completion", per="token", zero="free", varying=is_negative, discount=OFF
        ),
        "cache_read_token": usd_text(
            "pricing.input_cache_read", per="token", zero="free", varying=is_negative, discount=OFF
        ),
        "cache_write_token": usd_text(
            "pricing.input_cache_write", per="token", zero="free", varying=is_negative, discount=OFF
        ),
        "cache_write_1h_token": usd_text(
            "pricing.input_cache_write_1h", per="token", zero="free", varying=is_negative, discount=OFF
        ),
        # Below, a zero was written for what is not billed apart (recorded, 2026-01).
        "reasoning_token": usd_text(
            "pricing.internal_reasoning", per="token", varying=is_negative, discount=OFF
        ),
        "input_audio_token": usd_text("pricing.audio", per="token", varying=is_negative, discount=OFF),
        "output_audio_token": usd_text(
            "pricing.audio_output", per="token", varying=is_negative, discount=OFF
        ),
        "cache_read_audio_token": usd_text(
            "pricing.input_audio_cache", per="token", varying=is_negative, discount=OFF
        ),
        # The specification says "per output image"; USD 30 to 120 for 1M are those of a token (2026-08).
        "output_image_token": usd_text(
            "pricing.image_output", per="token", varying=is_negative, discount=OFF
        ),
        "web_search": usd_text("pricing.web_search", per="search", varying=is_negative, discount=OFF),
        "request": usd_text("pricing.request", per="request", varying=is_negative, discount=OFF),
    },
    quirk=image_price,
    quirk_paths=paths("pricing.image"),
    # Documented with its conditions, and so recorded (2026-08).
    conditional=(
        PartialPrices("pricing.overrides", of="pricing", prompt_over="min_prompt_tokens", hours=HOURS),
    ),
    unpriced="not said",
    ignored=paths(
        "description architecture.modality architecture.instruct_type top_provider.context_length "
        "top_provider.is_moderated per_request_limits default_parameters supported_voices links reasoning "
        "benchmarks alias_target.name"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="openrouter",
    name="OpenRouter",
    kind="gateway",
    docs="https://openrouter.ai/docs/api-reference/list-available-models",
    passthrough="https://openrouter.ai/docs/faq",  # says so in a copy of 2026, seen 2026-11-28
    evidence="recorded 2026-08-22",
    auth=Bearer("OPENROUTER_API_KEY", required=False),
    aliases=("open-router",),
    lists=(MODELS,),
)
