"""genai-prices: read by that package itself, priced as it was, and its own data written again."""

import importlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from modelatlas.domain.catalog import catalog
from modelatlas.domain.identity.matches import nothing_matched
from modelatlas.domain.price import PromptOver, Rule, usd
from modelatlas.references.genai_prices import read_providers
from modelatlas.views.exports.format import Export, sources_of
from modelatlas.views.exports.genai_prices import GENAI_PRICES, GENAI_PRICES_SLIM
from modelatlas.views.exports.genai_units import UPPER_BOUND, Price, completed, highest
from tests.builders import NOON, listing
from tests.views.exports.made import (
    FREE,
    IN_YUAN,
    PEAK_AND_NIGHT,
    VARYING,
    decoded,
    exported,
    lost,
    read,
    unpriced,
    when,
)
from tests.web.builders import ACME

types: Any = importlib.import_module("genai_prices.types")
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def as_they_read(export: Export) -> dict[str, Any]:
    """Return the providers as the package reads a fetched document."""
    return {each.id: each for each in types._providers_from_raw(decoded(export.content))}


def model(*rules: Rule, **more: Any) -> Any:
    providers = as_they_read(exported(GENAI_PRICES, listing("rocket", prices=rules, **more)))
    return providers["acme"].find_model("rocket")


def total(model: Any, at: datetime = NOON, context: Any = None, **usage: int) -> Decimal:
    price = model.get_prices(at, context).calc_price(types.Usage(**usage))
    return cast("Decimal", price["total_price"])


def test_a_provider_is_found_by_its_words_and_its_host() -> None:
    (provider,) = read(GENAI_PRICES, listing(), providers=[ACME])
    assert provider["id"] == "acme"
    assert provider["api_pattern"] == r"https?://acme\.test"
    assert provider["provider_match"] == {"or": [{"equals": "acme"}, {"equals": "acme-cloud"}]}
    assert read(GENAI_PRICES, listing("x", "xai"))[0]["id"] == "x-ai"
    assert read(GENAI_PRICES, listing())[0]["api_pattern"] == "(?!)"


def test_a_model_is_found_by_its_id_in_any_case_and_by_its_aliases() -> None:
    export = exported(GENAI_PRICES, listing("Lab/Rocket-2", aliases=("rocket-latest",)))
    provider = as_they_read(export)["acme"]
    assert {provider.find_model(ref).id for ref in ("lab/rocket-2", "Lab/ROCKET-2", "rocket-latest")} == {
        "Lab/Rocket-2"
    }
    twins = exported(GENAI_PRICES, listing("A"), listing("a"))
    assert twins.entries == 1
    assert any("upper and lower case" in reason for _, reason in lost(twins))


def test_amounts_are_exact_in_the_units_of_each_key() -> None:  # F7
    found = read(
        GENAI_PRICES,
        listing(prices=(usd("input_token", "0.00000015"), usd("request", "0.005", per="request"),
                        usd("input_audio_hour", "0.111", per="hour"))),
    )[0]["models"][0]["prices"]  # fmt: skip
    assert found == {
        "input_mtok": Decimal("0.15"),
        "requests_kcount": 5,
        "input_audio_hours": Decimal("0.111"),
        "audio_hours": Decimal("0.111"),
    }


def test_long_prompts_tiers_and_hours_cost_what_they_cost() -> None:
    token = usd("input_token", "1", per="1M tokens")
    long = when(usd("input_token", "2", per="1M tokens"), 1, prompt_over=PromptOver(200_000, inclusive=True))
    batch = when(usd("input_token", "0.5", per="1M tokens"), 2, tier="batch")
    found = model(token, long, batch)
    assert total(found, input_tokens=100_000) == Decimal("0.1")
    assert total(found, input_tokens=200_000) == Decimal("0.4")
    assert total(found, input_tokens=100_000, context={"processing": "batch"}) == Decimal("0.05")
    by_night = model(*PEAK_AND_NIGHT)
    assert total(by_night, NOON, input_tokens=10**6) == Decimal("0.5")
    assert total(by_night, NOON.replace(hour=23), input_tokens=10**6, output_tokens=10**6) == Decimal("2.25")


def test_hours_of_weekdays_are_told_and_the_highest_price_stands() -> None:
    cheap = when(usd("input_token", "1"), 1, weekdays=(6, 7))
    export = exported(GENAI_PRICES, listing(prices=(usd("input_token", "2"), cheap)))
    assert decoded(export.content)[0]["models"][0]["prices"] == {"input_mtok": 2_000_000}
    assert any("weekdays" in reason for _, reason in lost(export))


def test_a_price_that_begins_later_has_its_date() -> None:
    then = Rule(
        "input_token", "known", Decimal(3), per="1M tokens", valid_from="2027-02-01T00:00:00Z", rank=1
    )
    found = model(usd("input_token", "1", per="1M tokens"), then)
    assert total(found, NOON, input_tokens=10**6) == 1
    assert total(found, datetime(2027, 2, 1, tzinfo=UTC), input_tokens=10**6) == 3


def test_free_is_zero_and_unknown_and_varying_are_left_out_and_told() -> None:  # F8
    export = exported(GENAI_PRICES, listing("free", prices=FREE), unpriced(), listing("auto", prices=VARYING),
                      listing("yuan", prices=IN_YUAN))  # fmt: skip
    (provider,) = decoded(export.content)
    assert [(each["id"], each["prices"]) for each in provider["models"]] == [
        ("free", {"input_mtok": 0, "output_mtok": 0})
    ]
    assert {loss.id for loss in export.losses} == {"silent", "auto", "yuan"}
    assert exported(GENAI_PRICES_SLIM, listing("free", prices=FREE)).entries == 0


def test_what_it_wants_beside_a_price_is_bounded_and_told() -> None:
    """Image tokens and cached tokens without cached image tokens make that package refuse all costs."""
    prices, told = completed(
        {
            "input_mtok": Price(Decimal(1)),
            "input_image_mtok": Price(Decimal(3)),
            "cache_read_mtok": Price(Decimal("0.1")),
        }
    )
    assert prices["cache_image_read_mtok"] == Price(Decimal(3))
    assert [(each.what, each.reason) for each in told] == [("cache_image_read_mtok", UPPER_BOUND)]
    assert completed({"cache_read_mtok": Price(Decimal(1))})[0] == {}
    assert completed({"output_audio_mtok": Price(Decimal(4))})[0]["output_mtok"] == Price(Decimal(4))


def test_a_bound_is_one_at_every_length_of_a_prompt() -> None:
    one, other = Price(Decimal(1), {10: Decimal(5)}), Price(Decimal(2), {20: Decimal(6)})
    assert highest(one, other) == Price(Decimal(2), {10: Decimal(5), 20: Decimal(6)})


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_its_own_data_written_again_says_the_same_at_every_instant_and_in_every_tier() -> None:
    data = importlib.import_module("genai_prices.data")
    reference = read_providers(data.providers, "1")
    export = GENAI_PRICES.export(sources_of(catalog(reference.snapshots(NOON)), nothing_matched, {}))
    again = as_they_read(export)
    instants = [NOON, NOON.replace(hour=3), NOON.replace(hour=18), datetime(2027, 3, 1, tzinfo=UTC)]
    contexts = [None, {"processing": "batch"}, {"service_tier": "flex"}, {"service_tier": "priority"}]
    compared = 0
    for provider in data.providers:
        models = {each.id: each for each in again[provider.id].models}
        for before in provider.models:
            for at in instants:
                for context in contexts:
                    wanted = _said(before.get_prices(at, context))
                    found = models.get(before.id)
                    assert wanted == ({} if found is None else _said(found.get_prices(at, context))), (
                        before.id
                    )
                    compared += len(wanted)
    assert compared > 90_000
    assert {loss.reason for loss in export.losses} == {"no price is known"}


def _said(price: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(price).items() if value is not None}
