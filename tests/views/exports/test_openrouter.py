"""OpenRouter's shape: models with their offers, prices as texts, its filters and pages."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import PromptOver, usd
from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.exports.openrouter import (
    OPENROUTER,
    OpenRouterQuery,
    endpoints,
    items_of,
    models,
)
from modelatlas.views.exports.openrouter_prices import KEYS
from tests.builders import listing
from tests.views.exports.made import (
    FREE,
    IN_YUAN,
    PEAK_AND_NIGHT,
    VARYING,
    decoded,
    exported,
    lost,
    sources,
    unpriced,
    when,
)


def same(part: Snapshot) -> dict[str, Match]:
    return {each.id: Match("lab/rocket-2") for each in part.listings if "rocket" in each.id}


def priced(id_: str, provider: str, usd_in: str, **more: Any) -> Listing:
    prices = (usd("input_token", usd_in, per="1M tokens"), usd("output_token", "1", per="1M tokens"))
    return listing(id_, provider, prices=prices, **more)


WORLD = (
    priced("lab/rocket-2", "acme", "0.30", context_tokens=8_000, supported_parameters=("tools",)),
    priced("rocket-2", "zeta", "0.20", context_tokens=4_000, quantization="fp8"),
    priced("other", "zeta", "0.10", released="2026-05-01", input_modalities=("image", "text")),
    priced("embed", "zeta", "0.01", mode="embedding"),
    listing("free", "zeta", prices=FREE),
    listing("auto", "zeta", prices=VARYING),
    unpriced("silent", provider="zeta"),
)


def asked(**question: Any) -> Any:
    return decoded(models(sources(*WORLD, matched=same), OpenRouterQuery(**question), "/next").content)


def ids(**question: Any) -> list[str]:
    return [each["id"] for each in asked(**question)["data"]]


def test_a_model_is_one_item_at_the_price_of_its_cheapest_endpoint() -> None:
    item = next(each for each in asked()["data"] if each["id"] == "lab/rocket-2")
    assert item["pricing"] == {"prompt": "0.0000002", "completion": "0.000001"}
    assert item["canonical_slug"] == item["canonical_id"] == "lab/rocket-2"
    (found,) = [each for each in items_of(sources(*WORLD, matched=same)) if each.id == "lab/rocket-2"]
    offers = endpoints(found)["data"]["endpoints"]
    assert [(each["tag"], each["pricing"]["prompt"], each["quantization"]) for each in offers] == [
        ("zeta", "0.0000002", "fp8"),
        ("acme", "0.0000003", None),
    ]


def test_the_fields_that_its_sdk_demands_are_there() -> None:
    """Required members of `Model` in the types of `@openrouter/sdk` 1.3.19."""
    answer = asked(output_modalities=("all",))
    assert answer["total_count"] == len(answer["data"]) == 5
    for item in answer["data"]:
        assert item.keys() >= {
            "id", "canonical_slug", "name", "created", "context_length", "architecture", "pricing", "links",
            "top_provider", "per_request_limits", "supported_parameters", "default_parameters",
        }  # fmt: skip
        assert item["pricing"].keys() >= {"prompt", "completion"}
        assert all(isinstance(value, str) for key, value in item["pricing"].items() if key != "overrides")


def test_free_is_0_varying_is_minus_1_and_unknown_is_left_out_and_told() -> None:  # F8
    found = {each["id"]: each["pricing"]["prompt"] for each in asked()["data"]}
    assert (found["zeta/free"], found["zeta/auto"]) == ("0", "-1")
    assert "zeta/silent" not in found
    export = exported(OPENROUTER, *WORLD, listing("yuan", prices=IN_YUAN))
    assert {loss.id for loss in export.losses} == {"silent", "yuan"}


def test_long_prompts_and_hours_are_overrides() -> None:
    long = when(usd("input_token", "2", per="1M tokens"), 1, prompt_over=PromptOver(200_000, inclusive=True))
    base = (usd("input_token", "1", per="1M tokens"), usd("output_token", "3", per="1M tokens"))
    weekend = when(usd("input_token", "0.5", per="1M tokens"), 2, weekdays=(6, 7))
    (one, two, three) = decoded(
        exported(OPENROUTER, listing("a", prices=(*base, long)), listing("b", prices=PEAK_AND_NIGHT),
                 listing("c", prices=(*base, weekend))).content
    )["data"]  # fmt: skip
    assert one["pricing"]["overrides"] == [{"min_prompt_tokens": 199_999, "prompt": "0.000002"}]
    assert two["pricing"]["overrides"] == [{"utc_start": 1630, "utc_end": 30, "prompt": "0.00000025"}]
    assert three["pricing"]["overrides"] == [{"utc_days": ["saturday", "sunday"], "prompt": "0.0000005"}]


def test_a_unit_without_a_key_is_told() -> None:
    pages = listing(prices=(usd("input_page", "1", per="page"), *WORLD[0].prices))
    assert {what for what, _ in lost(exported(OPENROUTER, pages))} == {"input_page"}
    assert "input_page" not in KEYS


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({}, ["lab/rocket-2", "zeta/auto", "zeta/free", "zeta/other"]),
        ({"output_modalities": ("embeddings",)}, ["zeta/embed"]),
        ({"q": "ROCKET lab"}, ["lab/rocket-2"]),
        ({"model_authors": ("lab",)}, ["lab/rocket-2"]),
        ({"supported_parameters": ("tools",)}, ["lab/rocket-2"]),
        ({"input_modalities": ("image",)}, ["zeta/other"]),
        ({"context": 4_000}, ["lab/rocket-2"]),
        ({"max_price": Decimal("0.15")}, ["zeta/free", "zeta/other"]),
        ({"min_price": Decimal("0.05"), "max_output_price": Decimal(1)}, ["lab/rocket-2", "zeta/other"]),
        ({"sort": "pricing-low-to-high"}, ["zeta/free", "zeta/other", "lab/rocket-2", "zeta/auto"]),
        ({"sort": "pricing-high-to-low"}, ["lab/rocket-2", "zeta/other", "zeta/free", "zeta/auto"]),
        ({"sort": "newest", "limit": 1}, ["zeta/other"]),
        ({"sort": "context-high-to-low", "limit": 1}, ["lab/rocket-2"]),
        ({"providers": frozenset({"acme"})}, ["lab/rocket-2"]),
        ({"providers": frozenset({"zeta"})}, ["auto", "free", "other", "rocket-2"]),
    ],
)
def test_a_question_is_answered(question: dict[str, Any], found: list[str]) -> None:
    assert ids(**question) == found


def test_pages_follow_upon_one_another_and_end() -> None:
    first, last = asked(limit=3), asked(limit=3, offset=3)
    assert [len(each["data"]) for each in (first, last)] == [3, 1]
    assert (first["links"]["next"], last["links"]["next"]) == ("/next", None)
    assert first["total_count"] == last["total_count"] == 4
