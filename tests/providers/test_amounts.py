"""The traps of foreign prices, one by one."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.headline import headline
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import plain
from modelatlas.domain.price import Rule, usd_per_unit
from modelatlas.providers.amounts import read_price
from modelatlas.providers.contract import Number, Unfit
from modelatlas.providers.fields import (
    cents,
    number,
    usd_number,
)
from modelatlas.providers.reading import Reader, read_entry
from modelatlas.providers.registry import declared
from tests.providers.short import one, received, said

AMOUNTS = st.decimals(min_value="1e-12", max_value="1e3", places=15).filter(lambda amount: amount > 0)


@given(amount=AMOUNTS)
def test_plain_and_scientific_notation_are_the_same_amount(amount: Decimal) -> None:
    """F6."""
    written = {plain(amount), f"{amount:E}", f"{amount:e}", str(amount)}
    assert {number(Number(form)) for form in written} == {amount}


@given(amount=AMOUNTS)
def test_the_unit_is_never_guessed_from_the_size(amount: Decimal) -> None:
    """F1, F2: what is a million times as much reads as a million times as much."""
    price = usd_number("price", per="1M tokens")
    small, large = (per_token(price, Number(plain(each))) for each in (amount, amount.scaleb(6)))
    assert large == amount
    assert large == small.scaleb(6)


def test_the_same_key_has_another_unit_at_another_provider() -> None:
    """F1."""
    per_million = one("perplexity", pricing={"input": 0.5, "unit": "usd_per_1m_tokens"})
    per_one = one("openrouter", pricing={"prompt": "0.0000005"})
    assert said(per_million) == said(per_one) == {"input_token": Decimal("5E-7")}


def test_two_lists_of_one_provider_have_two_units() -> None:
    """F1: US dollars for 1M tokens in one list, cents for one token in the other."""
    dollars = one("deepinfra", metadata={"pricing": {"input_tokens": 0.1}})
    native = one("deepinfra", "native", pricing={"cents_per_input_token": 1e-05})
    assert said(dollars) == said(native) == {"input_token": Decimal("1E-7")}


def test_no_digit_is_lost() -> None:
    """F7."""
    read = one("openrouter", pricing={"prompt": "0.00000008333333333333334"})
    assert said(read) == {"input_token": Decimal("0.00000008333333333333334")}


@pytest.mark.parametrize(
    "value", ["1e400", "1e-400", "1e150", "1e-190", "NaN", "Infinity", "1_000", "0x1", "", "1" * 70]
)
def test_what_is_no_amount_stays_unread(value: str) -> None:
    entry = received({"id": "a", "pricing": {"prompt": value}})
    reading = Reader(declared()["openrouter"], declared()["openrouter"].lists[0]).read(entry)
    assert isinstance(reading.result, Listing)
    assert reading.result.prices == ()
    assert [(each.path, each.raw) for each in reading.unread] == [("pricing.prompt", value)]


def test_a_number_is_not_taken_for_a_text_nor_a_text_for_a_number() -> None:
    assert one("openrouter", pricing={"prompt": 0.1}).prices == ()
    assert one("together", pricing={"input": "0.1"}).prices == ()
    assert one("together", pricing={"input": True}).prices == ()


def test_what_is_not_said_is_not_zero() -> None:
    """F8."""
    assert one("openrouter", pricing={}).prices == ()
    assert one("openrouter", pricing={"prompt": None}).prices == ()


def test_a_zero_is_free_only_where_the_provider_says_so() -> None:
    """F8, F10."""
    assert [rule.state for rule in one("openrouter", pricing={"prompt": "0"}).prices] == ["free"]
    assert [rule.state for rule in one("near", pricing={"input_cache_read": "0"}).prices] == ["free"]
    assert one("near", pricing={"prompt": "0"}).prices == ()
    assert one("together", pricing={"input": 0, "output": 0}).prices == ()


def test_nothing_is_free_by_its_name() -> None:
    """F9."""
    assert one("openrouter", id="acme/rocket:free", pricing={}).prices == ()
    paid = one("openrouter", id="acme/rocket:free", pricing={"prompt": "0.001"})
    assert [rule.state for rule in paid.prices] == ["known"]


def test_minus_one_is_a_price_that_varies() -> None:
    read = one("openrouter", pricing={"prompt": "-1", "completion": "-1"})
    assert [(rule.state, rule.amount) for rule in read.prices] == [("varying", None)] * 2


def test_minus_one_is_nothing_where_it_was_never_met() -> None:
    assert one("together", pricing={"input": -1}).prices == ()


def test_free_is_what_the_host_calls_free() -> None:
    assert said(hosted(pricing={"input": 0, "output": 0}, is_free=True)) == {
        "input_token": Decimal(0),
        "output_token": Decimal(0),
    }
    assert said(hosted(is_free=True)) == {"input_token": Decimal(0), "output_token": Decimal(0)}
    assert hosted(pricing={"input": 0, "output": 0}).prices == ()
    assert hosted(is_free=False).prices == ()


def test_free_beside_an_amount_is_neither() -> None:
    assert hosted(pricing={"input": 1}, is_free=True).prices == (
        Rule("output_token", "free", per="1M tokens", raw="true", path="providers.pricing.output"),
    )


def test_an_amount_in_a_unit_that_is_not_known_is_refused() -> None:
    """F2: the entry says its unit, and it is not the declared one."""
    for unit in ({"unit": "usd_per_1k_tokens"}, {}):
        entry = received({"id": "a", "pricing": {"input": 10, **unit}})
        reading = Reader(declared()["perplexity"], declared()["perplexity"].lists[0]).read(entry)
        assert isinstance(reading.result, Listing)
        assert reading.result.prices == ()
        assert reading.unread[0].reason.endswith("expected usd_per_1m_tokens")


def test_running_time_is_not_turned_into_images() -> None:
    """F11: nothing is invented from a price of another kind."""
    read = one("deepinfra", "native", type="text-to-image", pricing={"type": "time", "cents_per_sec": 0.05})
    assert said(read) == {"compute_second": Decimal("0.0005")}
    own = one("deepinfra", "native", pricing={"type": "uptime", "cents_per_sec": 0.05})
    assert own.prices == ()


def test_image_prices_of_openrouter_had_two_units() -> None:
    now = one("openrouter", pricing={"prompt": "0.000002", "image": "0.000002"})
    once = one("openrouter", pricing={"prompt": "0.000002", "image": "0.0048", "request": "0"})
    neither = one("openrouter", pricing={"prompt": "0.000002", "image": "0.0048"})
    assert [rule.unit for rule in now.prices] == ["input_token", "input_image_token"]
    assert [rule.unit for rule in once.prices] == ["input_token", "input_image"]
    assert [rule.unit for rule in neither.prices] == ["input_token"]


DISCOUNTED = cents("price", per="token", discount=("off", "ends"))


def test_a_discount_without_an_end_is_the_price() -> None:
    (rule,) = read_price("input_token", DISCOUNTED, Number("0.4"), {"off": Number("0.25")})
    assert rule.amount == Decimal("0.003")
    assert rule.raw == "0.4 - 0.25 of it"


def test_a_discount_that_ends_stands_above_the_full_price() -> None:
    rules = read_price("input_token", DISCOUNTED, Number("0.4"), {"off": Number("0.25"), "ends": 1788220800})
    assert [(rule.amount, rule.valid_to, rule.rank) for rule in rules] == [
        (Decimal("0.003"), "2026-09-01T00:00:00Z", 1),
        (Decimal("0.004"), None, 0),
    ]
    assert headline(rules, "input_token") == rules[0]


def test_nothing_off_changes_nothing() -> None:
    plainly = read_price("input_token", DISCOUNTED, Number("0.4"), {})
    assert [rule.amount for rule in plainly] == [Decimal("0.004")]
    assert read_price("input_token", DISCOUNTED, Number("0.4"), {"off": 0, "ends": 1788220800}) == plainly


def test_all_off_is_free() -> None:
    (rule,) = read_price("input_token", DISCOUNTED, Number("0.4"), {"off": 1})
    assert (rule.state, rule.amount) == ("free", None)


def test_more_than_all_off_is_no_discount() -> None:
    with pytest.raises(Unfit, match="between 0 and 1"):
        read_price("input_token", DISCOUNTED, Number("0.4"), {"off": Number("1.5")})


def test_a_rate_is_a_factor_and_not_a_price() -> None:
    read = one(
        "deepinfra",
        "native",
        pricing={"cents_per_input_token": 1e-05, "rate_per_input_token_cached": 0.2},
    )
    assert said(read)["cache_read_token"] == Decimal("2E-8")
    alone = one("deepinfra", "native", pricing={"rate_per_input_token_cached": 0.2})
    assert alone.prices == ()


def test_a_unit_in_chinese_is_the_mainland_list_in_yuan() -> None:
    band = {"range_name": "Default", "prices": [quote("input_token", "12", price_unit="每百万tokens")]}
    assert quoted(band) == ({}, ["a price 每百万tokens"])


def test_two_prices_of_one_unit_are_not_mixed() -> None:
    band = {"range_name": "Default", "prices": [quote("input_token", "1.2"), quote("input_token", "2.4")]}
    assert quoted(band) == ({}, ["two prices under the same conditions"] * 2)


def test_a_zero_stands_for_no_price_yet() -> None:
    assert quoted({"range_name": "Default", "prices": [quote("input_token", "0")]}) == ({}, [])


def test_another_shape_is_kept_whole() -> None:
    amounts, (reason,) = quoted({"range_name": 1})
    assert amounts == {}
    assert reason.startswith("Expected `str`, got `int`")


def hosted(**offer: Any) -> Listing:
    result = read_entry(
        declared()["huggingface"], {"id": "m", "providers": {"provider": "a", "status": "live", **offer}}
    )
    assert isinstance(result, Listing)
    return result


def quote(type_: str, price: str, **more: str) -> dict[str, str]:
    return {"type": type_, "price": price, "price_unit": "Per 1M tokens", **more}


def quoted(band: Any) -> tuple[dict[str, Decimal | None], list[str]]:
    """Return what an Alibaba entry with this band of prices is read as, and why the rest is not."""
    provider = declared()["alibaba"]
    reading = Reader(provider, provider.lists[0]).read(received({"model": "a", "prices": [band]}))
    assert isinstance(reading.result, Listing)
    return said(reading.result), [each.reason for each in reading.unread]


def per_token(price: Any, value: Any) -> Decimal:
    (rule,) = read_price("input_token", price, value, {})
    amount = usd_per_unit(rule)
    assert amount is not None
    return amount
