"""Prices of Azure: which meters bill a model, by the management API; what they cost, by the retail one.

The meter is the exact way from a model to its price; the two documents and their fields are documented, their
being joined by it is inferred. Meter names are abbreviated; the words below were seen in 3,289 recorded rows
(2026-08-11), and what stands before them must be a part of the model's own id.
https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
"""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.providers.contract import Bearer, ModelList, NextUrl, Open
from modelatlas.providers.price_rows import Counted, Meters, Only, PriceRows, Usage, vocabulary

WORDS = vocabulary(
    side={"input": "input, inp, inpt, in", "output": "output, outp, outpt, opt, out"},
    cache={"read": "cached, cchd, cched, cd"},
    of={"text": "text, txt", "image": "image, img", "audio": "audio, aud"},
    kind={"token": "tokens, 1m tokens", "image": "images"},
    count={"1000000": "1m tokens"},
    tier={"batch": "batch", "priority": "priority, pp"},
    # A global deployment costs the same wherever the resource is, so its price stands without a condition.
    region={
        "everywhere": "global, glbl, gl",
        "data-zone": "data zone, d zone, dzone, d zn, dz",
        "own": "regional, regnl, rgnl",
    },
    nothing={"": "standard, std, short co"},
    unread={
        "a price for long prompts, of which the length is not said": "long co, longco",
        "a price of a fine-tuned model": "ft, fine tuned",
        "a price of grading": "grader, grdr, model grader, mdel grdr",
        "a price of capacity, not of use": "unit, overage",
    },
)

ROWS = PriceRows(
    usages=(Usage(path="meterName", pattern=r"(?P<rest>.+)"),),
    words=WORDS,
    amount="retailPrice",
    unit="unitOfMeasure",
    units={"1K": Counted(1_000, ""), "1M": Counted(1_000_000, ""), "1": Counted(1, "")},
    currency="{currencyCode}",
    meters="meters",
    meter="meterId",
    key="meterId",
    region="armRegionName",
    since="effectiveStartDate",
    only=(
        Only("type", ("Consumption",), "a price of capacity, not of use"),
        Only("tierMinimumUnits", (0, "0.0"), "a price that depends on how much is used"),
    ),
)

# `az account get-access-token --resource https://management.azure.com` prints such a token.
METERS = ModelList(
    name="meters",
    yields="meters",
    url="https://management.azure.com/subscriptions/{AZURE_SUBSCRIPTION_ID}/providers/"
    "Microsoft.CognitiveServices/locations/{AZURE_LOCATION}/models",
    auth=Bearer("AZURE_MANAGEMENT_TOKEN"),
    params={"api-version": "2025-09-01"},
    paging=NextUrl("nextLink"),
    entries="value",
    id="{model.name}-{model.version}",  # as the other list writes ids (inferred, 2026-11)
    meters=Meters("model.skus[].cost[].meterId"),
    unpriced="it names meters, not prices",
    examples=((
        {"kind": "OpenAI", "skuName": "S0", "model": {
            "format": "OpenAI", "name": "rocket-2", "version": "2026-08-05", "skus": [
                {"name": "GlobalStandard", "cost": [
                    {"name": "Input", "meterId": "6f1c0000-0000-4000-8000-000000000001", "unit": "1K"},
                    {"name": "Output", "meterId": "6f1c0000-0000-4000-8000-000000000002", "unit": "1M"}]},
                {"name": "GlobalBatch", "cost": [
                    {"name": "Cached", "meterId": "6f1c0000-0000-4000-8000-000000000003", "unit": "1M"}]}]}},
        Listing("azure-openai", "rocket-2-2026-08-05"),
    ),),
)  # fmt: skip


def row(number: int, meter: str, unit: str, amount: float) -> dict[str, object]:
    """Write a row of the retail prices, of the meter with such a number at its end."""
    return {
        "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": amount, "unitPrice": amount,
        "armRegionName": "swedencentral", "location": "SE Central",
        "effectiveStartDate": "2026-03-01T00:00:00Z",
        "meterId": f"6f1c0000-0000-4000-8000-{number:012}", "meterName": meter,
        "productId": "DZH318Z0BQ4W", "skuId": f"DZH318Z0BQ4W/{number:04}",
        "productName": "Azure OpenAI", "skuName": meter, "serviceName": "Foundry Models",
        "serviceId": "DZH318Z0BQ4L", "serviceFamily": "AI + Machine Learning", "unitOfMeasure": unit,
        "type": "Consumption", "isPrimaryMeterRegion": True, "armSkuName": "",
    }  # fmt: skip


_BATCH = Condition(tier="batch", region="data-zone")
RETAIL = ModelList(
    name="prices",
    yields="prices",
    url="https://prices.azure.com/api/retail/prices",
    auth=Open(),
    params={
        "api-version": "2023-01-01-preview",
        "currencyCode": "USD",
        # Values are compared with their case (documented); that `contains` works is told by others (2026-08).
        "$filter": "armRegionName eq '{AZURE_LOCATION}' and contains(productName,'Azure OpenAI')",
    },
    paging=NextUrl("NextPageLink", size=1_000),
    entries="Items",
    rows=ROWS,
    unpriced="none of the meters that are known to bill it has a row",
    examples=(
        (
            row(1, "rocket 2 0805 Inp glbl Tokens", "1K", 0.0004),
            Listing("azure-openai", "rocket-2-2026-08-05", prices=(usd("input_token", "0.0000004"),)),
        ),
        (
            row(2, "rocket 2 opt Gl 1M Tokens", "1M", 1.6),
            Listing("azure-openai", "rocket-2-2026-08-05", prices=(usd("output_token", "0.0000016"),)),
        ),
        (
            row(3, "rocket 2 Batch cd inp Dz 1M Tokens", "1M", 0.055),
            Listing(
                "azure-openai",
                "rocket-2-2026-08-05",
                prices=(
                    Rule("cache_read_token", "known", usd("x", "0.000000055").amount, when=_BATCH, rank=1),
                ),
            ),
        ),
    ),
)
