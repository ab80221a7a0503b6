"""The Cloud Billing Catalog of Google: a price for each SKU, whose description names model and use.

The call and its fields are documented; the numbers of services, the words of descriptions, and that a count
shown by the million is of tokens, are told by public programs that read it (2026-07 to 2026-10).
https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list
"""

from typing import Any

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Cursor, FirstOf, GoogleServiceAccount, Header, ModelList
from modelatlas.providers.price_rows import Counted, Layout, Only, PriceRows, Usage, vocabulary

WORDS = vocabulary(
    side={"input": "input", "output": "output"},
    cache={"read": "caching"},
    of={"text": "text", "image": "image", "audio": "audio", "video": "video", "reasoning": "thinking text"},
    tier={"batch": "batch", "flex": "flex", "priority": "priority"},
    region={"global": "global"},
    nothing={"": "predictions, ga, short, short input"},
    unread={
        "a price for long prompts, of which the length is not said": "long, long input",
        "a price of keeping a cache, by the hour": "caching storage",
        "a price of a fine-tuned model": "tuning, tuned",
        "a price of capacity, not of use": "provisioned, provisioned throughput",
    },
)

# A key in the URL is accepted too, but URLs end up in logs.
KEY = FirstOf((Header("x-goog-api-key", "GOOGLE_CLOUD_API_KEY"), GoogleServiceAccount()))


def unfold(document: Any) -> list[Any]:
    """Return one row for each SKU: its description beside the unit and the amount of its last tier.

    `tiers` tells whether an amount holds whatever is used: `one`, `free first` (nothing is paid for the first
    so many) or `many`.
    """
    skus = document.get("skus") if isinstance(document, dict) else None
    if not isinstance(skus, list):
        msg = "expected a page of the Cloud Billing Catalog with skus: it may have changed"
        raise Unreadable(msg)
    return [_row(sku) if isinstance(sku, dict) else sku for sku in skus]


def _row(sku: dict[str, Any]) -> dict[str, Any]:
    infos = sku.get("pricingInfo")
    newest = infos[-1] if isinstance(infos, list) and infos else None
    pricing = newest.get("pricingExpression") if isinstance(newest, dict) else None
    pricing = pricing if isinstance(pricing, dict) else {}
    rates = pricing.get("tieredRates")
    prices = [
        rate.get("unitPrice") if isinstance(rate, dict) else None
        for rate in (rates if isinstance(rates, list) else ())
    ]
    return {
        "skuId": sku.get("skuId"),
        "description": sku.get("description"),
        "unit": f"{pricing.get('usageUnit')}, shown by {pricing.get('displayQuantity')}",
        "price": prices[-1] if prices else None,
        "tiers": _tiers(prices),
    }


def _tiers(prices: list[Any]) -> str:
    if len(prices) <= 1:
        return "one"
    return "many" if any(map(_is_paid, prices[:-1])) else "free first"


def _is_paid(price: Any) -> bool:
    return not isinstance(price, dict) or any(
        price.get(part, 0) not in (0, "0") for part in ("units", "nanos")
    )


def skus(service: str, usage: Usage, *examples: tuple[Any, Listing]) -> ModelList:
    """Declare the SKUs of one service."""
    return ModelList(
        name="prices",
        yields="prices",
        url=f"https://cloudbilling.googleapis.com/v1/services/{service}/skus",
        auth=KEY,
        params={"currencyCode": "USD"},
        paging=Cursor("pageToken", next="nextPageToken", size_param="pageSize", size=5_000),
        entries="skus",
        rows=PriceRows(
            usages=(usage,),
            words=WORDS,
            amount="price",
            form="money",
            unit="unit",
            units={"count, shown by 1000000": Counted(1, "token")},
            currency="{price.currencyCode}",
            key="skuId",
            only=(Only("tiers", ("one", "free first"), "a price that depends on how much is used"),),
            layout=Layout(unfold),
        ),
        unpriced="no SKU of this service names it",
        examples=examples,
    )


def sku(number: str, description: str, nanos: int, *, free_first: bool = False) -> dict[str, Any]:
    """Write an SKU as the catalog has it."""
    price = {"currencyCode": "USD", "units": "0", "nanos": nanos}
    nothing = {"startUsageAmount": 0, "unitPrice": {**price, "nanos": 0}}
    rates = [nothing, {"startUsageAmount": 1_000, "unitPrice": price}]
    expression = {
        "usageUnit": "count", "displayQuantity": 1_000_000, "usageUnitDescription": "count",
        "baseUnit": "count", "baseUnitDescription": "count", "baseUnitConversionFactor": 1,
        "tieredRates": rates if free_first else [{**rates[1], "startUsageAmount": 0}],
    }  # fmt: skip
    return {
        "name": f"services/X/skus/{number}", "skuId": number, "description": description,
        "category": {"serviceDisplayName": "X", "resourceFamily": "ApplicationServices",
                     "resourceGroup": "GenAI", "usageType": "OnDemand"},
        "serviceRegions": ["global"], "serviceProviderName": "Google",
        "pricingInfo": [{"summary": "", "pricingExpression": expression, "currencyConversionRate": 1,
                         "effectiveTime": "2026-11-01T00:00:00Z"}],
    }  # fmt: skip
