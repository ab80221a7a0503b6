"""Alibaba makes Qwen and hosts it beside others. It prices as text in a unit that each price names."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Unread, usd
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.contract import Bearer, Entry, ModelList, PageNumber, Price, Provider
from modelatlas.providers.fields import day_text, first_known, known_words, paths, usd_text
from modelatlas.providers.payload import raw_text

# `input_token_cache` is a hit of the implicit cache; the explicit one is priced apart and stays unread.
UNITS = {
    "input_token": "input_token",
    "output_token": "output_token",
    "input_token_cache": "cache_read_token",
    "input_token_cache_creation_5m": "cache_write_token",
    "input_token_cache_creation_1h": "cache_write_1h_token",
    "image_number": "output_image",
}
# The international list is in US dollars and English. The mainland list, in yuan, names its units in
# Chinese; no currency is said, so these are refused (documented, 2026-09).
PER = {"Per 1M tokens": "1M tokens", "per image": "image"}
FEATURES = {"function-calling": "tools", "structured-outputs": "structured_outputs"}
MODALITIES = {"Text": "text", "Image": "image", "Video": "video", "Audio": "audio"}
QUOTED = "prices[].prices[].price"


EXAMPLES = ((
    {"model": "rocket-2-max", "name": "Rocket-2-Max", "provider": "acme",
     "capabilities": ["TG", "Reasoning"], "published_time": "2026-08-05 10:00:00",
     "features": ["function-calling"],
     "inference_metadata": {"request_modality": ["Text", "Image"], "response_modality": ["Text"]},
     "model_info": {"context_window": 131072, "max_output_tokens": 32768},
     "prices": [{"range_name": "Default", "prices": [
         {"type": "input_token", "price": "1.2", "price_unit": "Per 1M tokens"},
         {"type": "output_token", "price": "6", "price_unit": "Per 1M tokens", "time_band": "standard"},
         {"type": "input_token_batch", "price": "0.6", "price_unit": "Per 1M tokens"},
         {"type": "image_number", "price": "0.04", "price_unit": "per image"}]}]},
    Listing("alibaba", "rocket-2-max", name="Rocket-2-Max", lab="acme", mode="chat",
            context_tokens=131072, max_output_tokens=32768, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("reasoning", "tools"),
            released="2026-08-05", prices=(
                usd("input_token", "0.0000012"), usd("output_token", "0.000006"),
                usd("output_image", "0.04", per="image"))),
), (
    {"model": "rocket-2-long", "prices": [
        {"range_name": "Input<=32k", "prices": [
            {"type": "input_token", "price": "1.2", "price_unit": "Per 1M tokens"}]},
        {"range_name": "Default", "prices": [
            {"type": "output_token", "price": "8", "price_unit": "每百万tokens"}]}]},
    Listing("alibaba", "rocket-2-long"),
))  # fmt: skip


class Quote(Struct):
    """One price of a band."""

    type: str
    price: str
    price_unit: str
    time_band: str | None = None


class Band(Struct):
    """The prices for one range of prompt lengths; `Default` is for all."""

    range_name: str
    prices: list[Quote]


def banded_prices(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read the prices that hold always; those for a prompt's length, a time of day or a batch stay unread."""
    said = entry.get("prices")
    try:
        bands = msgspec.convert([] if said is None else said, list[Band])
    except msgspec.ValidationError as error:
        return listing, (Unread(listing.id, "prices", raw_text(said), str(error)),)
    found: dict[str, tuple[str, Price, Any]] = {}
    unread: list[Unread] = []
    for range_name, quote in ((band.range_name, quote) for band in bands for quote in band.prices):
        reason = unreadable(range_name, quote) or ("a second price" if UNITS[quote.type] in found else None)
        if reason is None:
            price = usd_text(QUOTED, per=PER[quote.price_unit])
            found[UNITS[quote.type]] = (UNITS[quote.type], price, quote.price)
        else:
            raw = f"{range_name}: {raw_text(asdict(quote))}"
            unread.append(Unread(listing.id, QUOTED, raw, reason))
    rules, more = read_prices(listing.id, found.values(), entry)
    return replace(listing, prices=rules), (*unread, *more)


def unreadable(range_name: str, quote: Quote) -> str | None:
    """Return why a price is left alone, if it is."""
    if range_name != "Default" or quote.time_band not in {None, "standard"}:
        return "conditional price"
    if quote.type not in UNITS:
        return f"a price of the type {quote.type}"
    return None if quote.price_unit in PER else f"a price {quote.price_unit}"


MODELS = ModelList(
    url="https://dashscope-intl.aliyuncs.com/api/v1/models",
    params={"language": "en-US"},
    paging=PageNumber("page_no", "page_size", size=100, total="output.total"),
    entries="output.models",
    id="model",
    fields={
        "name": "name",
        "lab": "provider",
        "mode": first_known("capabilities", {"TG": "chat", "VU": "chat", "IG": "image"}, otherwise="other"),
        "context_tokens": "model_info.context_window",
        "max_output_tokens": "model_info.max_output_tokens",
        "input_modalities": known_words("inference_metadata.request_modality", MODALITIES),
        "output_modalities": known_words("inference_metadata.response_modality", MODALITIES),
        "supported_parameters": known_words("features", FEATURES)
        | known_words("capabilities", {"Reasoning": "reasoning"}),
        "released": day_text("published_time"),
    },
    quirk=banded_prices,
    quirk_paths=paths("prices"),
    unpriced="not said, or only under conditions",
    ignored=paths(
        "description inference_provider source opensource model_info.max_input_tokens "
        "model_info.max_reasoning_tokens model_info.reasoning_max_output_tokens"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="alibaba",
    name="Alibaba Cloud Model Studio",
    kind="host",
    docs="https://www.alibabacloud.com/help/en/model-studio/list-models",
    evidence="documented 2026-09, never recorded",
    auth=Bearer("DASHSCOPE_API_KEY"),
    aliases=("alibaba-cloud", "dashscope", "model-studio"),
    lists=(MODELS,),
)
