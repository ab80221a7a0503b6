"""The AWS Price List of Bedrock: three offers, which differ in unit and in how they name models.

The files need no key. Layout, units and words of usage types are inferred from public programs that read
them (2026-07 to 2026-10); nothing was recorded. Prices in the region stand beside those of calls that are
routed anywhere, which are some ten percent lower; the latter have the region `global`.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
"""

from typing import Any

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.providers.contract import ModelList, Open
from modelatlas.providers.price_rows import Counted, Layout, Only, PriceRows, Usage, vocabulary

TERMS = "JRTCKXETXF"
"""The code of the terms without commitment."""

WORDS = vocabulary(
    side={"input": "input", "output": "output"},
    cache={"read": "cache read", "write": "cache write", "write_1h": "cache write 1h, cache write tokens 1h"},
    of={"text": "text", "image": "image", "audio": "audio, speech", "video": "video"},
    tier={"standard": "standard", "batch": "batch", "flex": "flex", "priority": "priority"},
    region={"global": "global, cross region global"},
    count={"1000000": "million"},
    nothing={"": "tokens, token, count, 5m"},
    unread={
        "a price for long prompts, of which the length is not said": "long ctx, long context, l ctx",
        "a price of answers that are made faster": "latency optimized",
        "a price of a customised model": "custom model, customization training",
        "a price within a geography, which is not said": "geo, cross region geo",
    },
)

_PREFIX = r"(?:[A-Z]+\d*-)?"
MANTLE = Usage(
    path="attributes.usagetype", pattern=_PREFIX + r"(?P<name>[a-z0-9].*?)-mantle-(?P<words>.+)", by="id"
)
NAMED = Usage(path="attributes.usagetype", pattern=_PREFIX + r"(?P<rest>.+)")
MARKETPLACE = Usage(path="attributes.usagetype", pattern=_PREFIX + r"(?:MP:)?[A-Z]+\d*_(?P<words>.+)-Units")

# Profiles of a geography cost what the region does from which they are called (documented, 2026-11):
# https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
ROUTES = {"global": "global", **dict.fromkeys(("us", "us-gov", "eu", "apac", "au", "ca", "jp"), "")}

UNITS = {"1K tokens": Counted(1_000, "token"), "1M tokens": Counted(1_000_000, "token")}
WHATEVER_IS_USED = (
    Only("beginRange", ("0", None), "a price that depends on how much is used"),
    Only("endRange", ("Inf", None), "a price that depends on how much is used"),
)


def unfold(document: Any) -> list[Any]:
    """Return one row for each price of each product: its attributes beside unit and amount."""
    terms = document.get("terms") if isinstance(document, dict) else None
    products = document.get("products") if isinstance(document, dict) else None
    if not isinstance(products, dict) or not isinstance(terms, dict):
        msg = "expected an offer of the AWS Price List with products and terms: it may have changed"
        raise Unreadable(msg)
    on_demand = terms.get("OnDemand")
    return [
        {"sku": sku, "attributes": product.get("attributes") if isinstance(product, dict) else None, **price}
        for sku, product in products.items()
        for term in _values(_values_of(on_demand, sku))
        for price in _values(_values_of(term, "priceDimensions"))
        if isinstance(price, dict)
    ]


def fold(rows: list[Any]) -> Any:
    """Return the offer that such rows stand in."""
    products: dict[str, Any] = {}
    terms: dict[str, Any] = {}
    for row in rows:
        sku, price = row["sku"], {key: row[key] for key in row.keys() - {"sku", "attributes"}}
        products[sku] = {"sku": sku, "attributes": row["attributes"]}
        dimensions = terms.setdefault(sku, {f"{sku}.{TERMS}": {"priceDimensions": {}}})
        dimensions[f"{sku}.{TERMS}"]["priceDimensions"][row["rateCode"]] = price
    return {"formatVersion": "v1.0", "products": products, "terms": {"OnDemand": terms}}


def offer(name: str, code: str, rows: PriceRows, *examples: tuple[Any, Listing]) -> ModelList:
    """Declare one offer, of the region whose models are listed."""
    return ModelList(
        name=name,
        yields="prices",
        url=f"https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{code}/current/"
        "{AWS_REGION=us-east-1}/index.json",
        auth=Open(),
        rows=rows,
        unpriced="no row of this offer prices it",
        examples=examples,
    )


def row(sku: str, unit: str, amount: str, **attributes: str) -> dict[str, Any]:
    """Write a row as `unfold` returns it."""
    return {
        "sku": sku,
        "attributes": attributes,
        "rateCode": f"{sku}.{TERMS}.6YS6EN2CT7",
        "unit": unit,
        "pricePerUnit": {"USD": amount},
        "beginRange": "0",
        "endRange": "Inf",
    }


def _values(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else []


def _values_of(holder: Any, key: str) -> Any:
    return holder.get(key) if isinstance(holder, dict) else None


def _rows(*usages: Usage, name: str = "attributes.model", ending: str = "") -> PriceRows:
    return PriceRows(
        usages=usages,
        words=WORDS,
        amount="pricePerUnit.USD",
        form="text",
        unit="unit",
        units=UNITS,
        zero="free",  # Nova's cache is written free of charge, and so is its price (seen by others, 2026)
        name=name,
        name_ending=ending,
        key="sku",
        routes=ROUTES,
        only=WHATEVER_IS_USED,
        layout=Layout(unfold, fold),
    )


def _listing(*rules: Rule) -> Listing:
    return Listing("amazon-bedrock", "acme.rocket-2-v1:0", prices=rules)


_GLOBAL = Rule(
    "cache_write_1h_token", "known", usd("x", "0.000004").amount, when=Condition(region="global"), rank=1
)
_FLEX = Rule("output_token", "known", usd("x", "0.0000006").amount, when=Condition(tier="flex"))

BEDROCK = offer(
    "prices",
    "AmazonBedrock",
    _rows(MANTLE, NAMED),
    (
        row("R2MANTLE", "1K tokens", "0.0001500000", model="Rocket 2",
            usagetype="USE1-acme.rocket-2-v1:0-mantle-input-tokens-standard"),
        _listing(usd("input_token", "0.00000015")),
    ),
    (
        row("R2OUTPUT", "1K tokens", "0.0006", model="Rocket 2", usagetype="USE1-Rocket2-output-tokens"),
        _listing(usd("output_token", "0.0000006")),
    ),
    (
        row("R2FLEX", "1K tokens", "0.0006000000", model="Rocket 2",
            usagetype="USE1-Rocket2-output-tokens-flex"),
        _listing(_FLEX),
    ),
)  # fmt: skip

SERVICE = offer(
    "service-prices",
    "AmazonBedrockService",
    _rows(MANTLE, NAMED),
    (
        row("R2IMAGE", "1K tokens", "0.0002", model="Rocket 2",
            usagetype="USE1-Rocket2-input-image-token-count"),
        _listing(usd("input_image_token", "0.0000002")),
    ),
)  # fmt: skip

MODELS = offer(
    "model-prices",
    "AmazonBedrockFoundationModels",
    _rows(MARKETPLACE, name="attributes.servicename", ending=" (Amazon Bedrock Edition)"),
    (
        row("R2WRITE", "1M tokens", "4.0000000000", servicename="Rocket 2 (Amazon Bedrock Edition)",
            usagetype="USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units"),
        _listing(_GLOBAL),
    ),
    (
        row("R2READ", "1M tokens", "0.2", servicename="Rocket 2 (Amazon Bedrock Edition)",
            usagetype="USE1-MP:USE1_cache_read_tokens_standard-Units"),
        _listing(usd("cache_read_token", "0.0000002")),
    ),
)  # fmt: skip
