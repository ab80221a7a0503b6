"""Curated prices beside what others say of the same ids: each difference is known here, with its reason."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import agree
from modelatlas.domain.price import Tier
from modelatlas.prices.files import bundled
from modelatlas.references import litellm
from modelatlas.references.genai_prices import GenaiPrices

READ: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday off peak, the day of the newest reference."""
PROMPTS: Final = (0, 1_000_000)
TIERS: Final[tuple[Tier, ...]] = ("standard", "batch")

Difference = tuple[str, str, str, Tier]

ROUNDED: Final[dict[Difference, str]] = {
    ("openai", id_, "cache_read_token", "batch"): "half of 0.25 is 0.125, which they round to 0.13"
    for id_ in ("gpt-5.4", "gpt-5.4-2026-03-05")
}
GENAI: Final[dict[Difference, str]] = {
    **ROUNDED,
    **{
        ("openai", id_, unit, "batch"): "they have no long prompt of a batch; LiteLLM has, at half of it"
        for id_ in ("gpt-5.5-pro", "gpt-5.5-pro-2026-04-23")
        for unit in ("input_token", "output_token")
    },
    **{
        ("perplexity", id_, "request", "standard"): "they know one size of search context, the page three"
        for id_ in ("sonar", "sonar-pro", "sonar-reasoning-pro")
    },
    **{
        (
            "xai",
            id_,
            unit,
            "standard",
        ): "the page makes this id an alias of grok-build-0.1, they have its past"
        for id_ in ("grok-code-fast", "grok-code-fast-1", "grok-code-fast-1-0825")
        for unit in ("input_token", "output_token", "cache_read_token")
    },
}
LITELLM: Final[dict[Difference, str]] = {
    **ROUNDED,
    **{
        ("xai", id_, "input_image", "standard"): "their 0.02 is the page's price of an image that is made"
        for id_ in ("grok-imagine-image", "grok-imagine-image-2026-03-02")
    },
}
"""What differs between a curated price and a reference's -> why ours stays."""


def differences(source: PriceSource) -> tuple[set[Difference], int]:
    """Where a source prices a unit of a curated id otherwise; and how many prices were compared."""
    found: set[Difference] = set()
    compared = 0
    for slug, curated in bundled().items():
        for id_, rules in curated.rules.items():
            quoted = source.find(slug, id_, READ)
            if quoted is None or quoted.standing != "reference":
                continue
            factors = curated.factors.get(id_, ())
            for unit in dict.fromkeys(rule.unit for rule in rules):
                for tier in TIERS:
                    if tier not in {rule.when.tier for rule in quoted.rules if rule.unit == unit}:
                        continue
                    for prompt in PROMPTS:
                        asked = Circumstances(READ, prompt, tier)
                        ours = evaluate(rules, unit, asked, factors)
                        theirs = evaluate(quoted.rules, unit, asked, quoted.factors)
                        if ours is None or theirs is None:
                            continue
                        compared += 1
                        if not agree(ours, theirs):
                            found.add((slug, id_, unit, tier))
    return found, compared


def test_the_bundled_reference_differs_only_where_it_is_known_why() -> None:
    found, compared = differences(GenaiPrices().load())
    assert found == GENAI.keys()
    assert compared > 1_500


def test_the_map_of_litellm_differs_only_where_it_is_known_why(shared: Path) -> None:
    document = gzip.decompress((shared / "data" / "litellm" / "2026-11-23_1.109.1.json.gz").read_bytes())
    found, compared = differences(litellm.read(document, "1.109.1"))
    assert found == LITELLM.keys()
    assert compared > 1_500


def test_prices_of_xai_are_those_inside_of_its_page(shared: Path) -> None:
    """Its amounts are in hundredths of a cent for a million tokens; from the threshold on, not after it."""
    page = json.loads((shared / "payloads" / "xai.docs-blob.partial.json").read_text(encoding="utf-8"))
    curated = bundled()["xai"]
    for model in (each for cluster in page["clusterConfigs"] for each in cluster["languageModels"]):
        threshold = int(model["longContextThreshold"])
        for id_ in (model["name"], *model.get("aliases", ())):
            said = [
                evaluate(curated.rules[id_], unit, Circumstances(READ, prompt))
                for unit in ("input_token", "output_token", "cache_read_token")
                for prompt in (threshold - 1, threshold)
            ]
            assert [cost and cost.usd for cost in said] == [
                Decimal(model[name]) / 10_000 / 1_000_000
                for name in (
                    "promptTextTokenPrice",
                    "promptTextTokenPriceLongContext",
                    "completionTextTokenPrice",
                    "completionTokenPriceLongContext",
                    "cachedPromptTokenPrice",
                    "cachedPromptTokenPriceLongContext",
                )
            ]
