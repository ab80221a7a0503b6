"""Cloudflare hosts open models on its network. Limits and prices stand in a list of properties."""

import re
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Unread, usd
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.contract import Bearer, Entry, Field, ModelList, PageNumber, Provider
from modelatlas.providers.fields import day_text, flag, paths, text, usd_number
from modelatlas.providers.payload import raw_text
from modelatlas.providers.workers_ai_tokens import tokens

MODES = {"Text Generation": "chat", "Image-to-Text": "chat", "Text Embeddings": "embedding",
         "Text-to-Image": "image", "Text-to-Speech": "audio",
         "Automatic Speech Recognition": "audio"}  # fmt: skip
PER_MILLION = usd_number("properties", per="1M tokens")
UNITS = {
    "per M input tokens": ("input_token", PER_MILLION),
    "per M output tokens": ("output_token", PER_MILLION),
    "per M cached input tokens": ("cache_read_token", PER_MILLION),
    "per audio minute": ("audio_minute", usd_number("properties", per="minute")),
}
PARAMETERS = {"function_calling": "tools", "reasoning": "reasoning"}
HALF_A_PRICE = {"per 512 by 512 tile", "per step"}
"""An image costs its tiles and its steps: neither is a price by itself."""
KNOWN = paths("context_window reasoning_effort vision function_calling reasoning async_queue beta info lora "
              "max_total_tokens partner realtime require_workers_paid terms")  # fmt: skip

EXAMPLES = ((
    {"name": "@cf/acme/rocket-2", "created_at": "2026-08-05 10:27:29.131", "deprecated": True,
     "task": {"name": "Text Generation"}, "properties": [
         {"property_id": "context_window", "value": "131072"}, {"property_id": "vision", "value": "true"},
         {"property_id": "function_calling", "value": "true"},
         {"property_id": "reasoning_effort", "value": {"mandatory": True}},
         {"property_id": "price", "value": [
             {"unit": "per M input tokens", "price": 0.35, "currency": "USD"},
             {"unit": "per audio minute", "price": 0, "currency": "USD"},
             {"unit": "per step", "price": 0.0001, "currency": "USD"}]}]},
    Listing("cloudflare-workers-ai", "@cf/acme/rocket-2", lab="acme", mode="chat", status="deprecated",
            context_tokens=131072, input_modalities=("image", "text"), released="2026-08-05",
            supported_parameters=("reasoning_effort", "tools"),
            prices=(usd("input_token", "0.00000035"),)),
),)  # fmt: skip


class Property(Struct):
    """One fact of a model; its value is a text, but for prices and efforts."""

    property_id: str
    value: Any = None


class Quote(Struct):
    """One price."""

    unit: str
    price: Any
    currency: str


def properties(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read context, parameters and prices out of the list of properties; a new property stays unread."""
    said = entry.get("properties")
    try:
        values = {each.property_id: each.value for each in msgspec.convert(said or [], list[Property])}
        quotes = msgspec.convert(values.pop("price", None) or [], list[Quote])
    except msgspec.ValidationError as error:
        return listing, (Unread(listing.id, "properties", raw_text(said), str(error)),)
    known = {UNITS[each.unit][0]: each for each in quotes if each.unit in UNITS and each.currency == "USD"}
    found = ((*UNITS[each.unit], each.price) for each in known.values())
    rules, unread = read_prices(listing.id, found, entry)
    left = [(_reason(each), asdict(each)) for each in quotes if each not in known.values()]
    window = re.fullmatch("[0-9]{1,12}", str(values.get("context_window")))
    new = values.keys() - (KNOWN if window else KNOWN - {"context_window"})
    left += [(f"a property {name}", values[name]) for name in sorted(new)]
    parameters = {ours for theirs, ours in PARAMETERS.items() if values.get(theirs) == "true"}
    return replace(
        listing,
        context_tokens=int(window[0]) or None if window else None,
        input_modalities=("image", "text") if values.get("vision") == "true" else (),
        supported_parameters=tuple(sorted(parameters | values.keys() & {"reasoning_effort"})),
        prices=rules,
    ), (*unread, *(Unread(listing.id, "properties", raw_text(raw), why[:80]) for why, raw in left))


def _reason(quote: Quote) -> str:
    half = ": one of two by which an image is billed" if quote.unit in HALF_A_PRICE else ""
    return f"a price {quote.unit}{half}"


MODELS = ModelList(
    url="https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/models/search",
    paging=PageNumber("page", "per_page", size=1000, total="result_info.total_count"),
    success=("success", True),
    entries="result",
    id="name",  # `id` is a number of the catalog's own
    fields={
        "lab": Field("name", lambda value: text(value.split("/")[1]) if value.count("/") > 1 else None),
        "mode": Field("task.name", lambda value: MODES.get(text(value) or "", "other")),
        "status": flag("deprecated", true="deprecated"),
        "released": day_text("created_at"),
    },
    quirk=properties,
    quirk_paths=paths("properties"),
    unpriced="not said",
    ignored=paths("id source description tags schema task.id task.description"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="cloudflare-workers-ai",
    name="Cloudflare Workers AI",
    kind="host",
    docs="https://developers.cloudflare.com/workers-ai/models/",
    evidence="recorded 2026, in part; paging and the list `tokens` are inferred",
    auth=Bearer("CLOUDFLARE_API_TOKEN", others=("CLOUDFLARE_API_KEY",)),
    aliases=("cloudflare", "workers-ai"),
    lists=(MODELS, tokens(MODELS.url)),
)
