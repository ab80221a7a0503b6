"""OneRouter, now Infron, routes to many hosts. Its prices stand in a list of their own, as `$1.14` for 1M."""

from functools import partial

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread, usd
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.contract import Bearer, Entry, Field, ModelList, Provider
from modelatlas.providers.fields import comma_words, count_text, known_words, paths, unix_date
from modelatlas.providers.payload import raw_text
from modelatlas.providers.price_path import Price

MODALITIES = {"Text": "text", "Code": "text", "Image": "image", "Images": "image", "Audio": "audio",
              "Video": "video", "Videos": "video", "File": "file", "Files": "file"}  # fmt: skip

dollars = partial(Price, per="1M tokens", form="dollars")
# A sale at zero is free where the discount says so; else there is no sale (a public client, 2026-01).
SALE = {
    "input_token": dollars("sale_input_cost", free_ending=("discount", "FREE")),
    "output_token": dollars("sale_output_cost", free_ending=("discount", "FREE")),
}
RETAIL = {"input_token": dollars("retail_input_cost"), "output_token": dollars("retail_output_cost")}
NO_SALE = (None, "$0", "$0.00")

EXAMPLES = ((
    {"id": "rocket-2", "object": "model", "created": 1785888000, "owned_by": "acme"},
    Listing("onerouter", "rocket-2", lab="acme", released="2026-08-05"),
),)  # fmt: skip

PRICE_EXAMPLES = ((
    {"id": 1, "name": "Rocket 2", "invoke_name": "rocket-2", "sale_input_cost": "$1.14",
     "sale_output_cost": "$0", "retail_input_cost": "$1.14", "retail_output_cost": "$1,000.50",
     "input_token_limit": "16,384", "output_token_limit": "65,536", "input_modalities": "Text, Code, Images",
     "output_modalities": "Text"},
    Listing("onerouter", "rocket-2", name="Rocket 2", mode="chat", max_output_tokens=65536,
            input_modalities=("image", "text"), output_modalities=("text",),
            prices=(usd("input_token", "0.00000114"), usd("output_token", "0.0010005"))),
), (
    {"invoke_name": "rocket-1", "sale_input_cost": "$0", "retail_input_cost": "$0.10", "discount": "FREE",
     "output_modalities": "Text"},
    Listing("onerouter", "rocket-1", mode="chat", output_modalities=("text",),
            prices=(Rule("input_token", "free"),)),
))  # fmt: skip


def without_sale(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read the price of a unit that is not on sale; beside one that is, keep it unread."""
    sold = {rule.unit: rule.raw for rule in listing.prices}
    found = {unit: (unit, price, entry.get(price.path)) for unit, price in RETAIL.items()}
    regular = [
        found[unit] for unit, sale in SALE.items() if unit not in sold and entry.get(sale.path) in NO_SALE
    ]
    rules, unread = read_prices(listing.id, regular, entry)
    before = (
        Unread(listing.id, price.path, raw_text(value), "price before a discount")
        for unit, price, value in found.values()
        if unit in sold and value is not None and raw_text(value) != sold[unit]
    )
    return replace(listing, prices=(*listing.prices, *rules)), (*unread, *before)


MODELS = ModelList(
    url="https://llm.onerouter.pro/v1/models",
    fields={"lab": "owned_by", "released": unix_date("created")},
    unpriced="not among the models that are displayed with prices",
    ignored=paths("object"),
    examples=EXAMPLES,
)

PRICES = ModelList(
    name="prices",
    yields="prices",
    url="https://app.infron.ai/api/display_models/",  # without the last slash it redirects
    needs_key=False,
    id="invoke_name",
    fields={
        "name": "name",
        "max_output_tokens": Field("output_token_limit", count_text),
        "input_modalities": comma_words(known_words("input_modalities", MODALITIES)),
        "output_modalities": comma_words(known_words("output_modalities", MODALITIES)),
    },
    prices=SALE,
    quirk=without_sale,
    quirk_paths=paths("retail_input_cost retail_output_cost"),
    unpriced="not said",
    ignored=paths("id input_token_limit"),  # of the prompt alone, which can be less than of the output
    examples=PRICE_EXAMPLES,
)

PROVIDER = Provider(
    slug="onerouter",
    name="OneRouter (Infron)",
    kind="gateway",
    docs="https://infron.ai/docs",
    evidence="documented 2026-01 (tests of a public client), never recorded",
    auth=Bearer("ONEROUTER_API_KEY"),
    aliases=("infron",),
    lists=(MODELS, PRICES),
)
