"""Traps of Azure's retail prices: what reads alike and is not, and what nobody may guess."""

from decimal import Decimal

import pytest

from modelatlas.domain.headline import headline
from modelatlas.domain.price import per_single_unit
from modelatlas.domain.rule_sets import contradictions
from modelatlas.providers import azure_retail
from modelatlas.providers.row_reading import UNKNOWN_ID, UNKNOWN_WORDS, RowPrices
from tests.providers.rows import CAPACITY, LONG, cost, listed, read, reasons

GPT_4O = "gpt-4o-2024-08-06"


def azure(*rows: dict[str, object], known_: str = GPT_4O) -> RowPrices:
    meters = {
        str(azure_retail.row(number, "", "", 0)["meterId"]): frozenset({known_}) for number in range(1, 9)
    }
    return read(azure_retail.RETAIL, {"Items": rows}, listed("azure-openai", {GPT_4O: None}, **meters))


def test_thousands_and_millions_stand_side_by_side_at_azure() -> None:
    """B.md 36: `1K` and `1M` in one product; the name of the meter must not say otherwise."""
    thousand = azure(azure_retail.row(1, "gpt 4o 0806 Inp glbl Tokens", "1K", 0.0025))
    million = azure(azure_retail.row(1, "gpt 4o 0806 Inp glbl 1M Tokens", "1M", 2.5))
    both = azure(azure_retail.row(1, "gpt 4o 0806 Inp glbl 1M Tokens", "1K", 2.5))
    assert cost(thousand.rules[GPT_4O], "input_token") == cost(million.rules[GPT_4O], "input_token")
    assert cost(million.rules[GPT_4O], "input_token") == Decimal("0.0000025")
    assert (both.rules, reasons(both)) == (
        {},
        ["the words and the unit text disagree about what is counted"],
    )


def test_a_deployment_anywhere_is_the_price_and_others_are_conditions() -> None:
    rows = [
        azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0025),
        azure_retail.row(2, "gpt 4o Inp Data Zone Tokens", "1K", 0.00275),
        azure_retail.row(3, "gpt 4o Inp regnl Tokens", "1K", 0.003),
        azure_retail.row(4, "gpt 4o Batch Inp glbl Tokens", "1K", 0.00125),
    ]
    (rules,) = azure(*rows).rules.values()
    assert not contradictions(rules)
    assert [cost(rules, "input_token", region=region) for region in (None, "data-zone", "swedencentral")] == [
        Decimal("0.0000025"), Decimal("0.00000275"), Decimal("0.000003"),
    ]  # fmt: skip
    assert cost(rules, "input_token", "batch") == Decimal("0.00000125")


def test_a_price_that_begins_later_follows_the_one_of_today() -> None:
    now = azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0025)
    later = {**now, "retailPrice": 0.002, "effectiveStartDate": "2026-12-01T00:00:00Z"}
    (rules,) = azure(later, now).rules.values()
    told = [
        (per_single_unit(rule.amount or Decimal(0), rule.per), rule.valid_from, rule.valid_to)
        for rule in rules
    ]
    assert told == [
        (Decimal("0.0000025"), None, "2026-12-01T00:00:00Z"),
        (Decimal("0.000002"), "2026-12-01T00:00:00Z", None),
    ]
    main = headline(rules, "input_token")
    assert main is not None
    assert main.amount == Decimal("0.0025")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"meterName": "gpt 4o FT Inp glbl Tokens"}, "a price of a fine-tuned model"),
        ({"meterName": "gpt 4o LongCo Inp glbl Tokens"}, LONG),
        ({"meterName": "gpt 4o mini Inp glbl Tokens"}, UNKNOWN_WORDS),
        ({"meterName": "gpt 4o 1120 Inp glbl Tokens"}, UNKNOWN_WORDS),
        ({"meterName": "gpt 4o hosted Inp glbl Tokens"}, UNKNOWN_WORDS),
        ({"meterName": "gpt 4o Provisioned Unit", "unitOfMeasure": "1/Hour"}, CAPACITY),
        ({"meterName": "gpt 4o Inp glbl Video", "unitOfMeasure": "1 Second"}, UNKNOWN_WORDS),
        ({"unitOfMeasure": "1K/Month"}, "the unit text '1K/Month' is not known"),
        ({"unitOfMeasure": "100"}, "the unit text '100' is not known"),
        ({"type": "Reservation"}, CAPACITY),
        ({"tierMinimumUnits": 5000.0}, "a price that depends on how much is used"),
        ({"meterId": "6f1c0000-0000-4000-8000-000000000099"}, "no model is billed by this meter"),
        ({"currencyCode": "Dollar"}, "expected a currency of three letters"),
        ({"retailPrice": "0.0025"}, "expected a number"),
        ({"retailPrice": -0.0025}, "expected an amount of 0 or more"),
    ],
)
def test_what_is_not_known_of_a_meter_stays_unread(change: dict[str, object], reason: str) -> None:
    found = azure({**azure_retail.row(1, "gpt 4o 0806 Inp glbl Tokens", "1K", 0.0025), **change})
    assert (found.rules, reasons(found)) == ({}, [reason])


def test_a_word_that_may_be_of_the_name_or_tell_something_must_not_decide() -> None:
    id_ = "gpt-audio-2026-08-05"
    rows = [
        azure_retail.row(1, "gpt audio Inp glbl Tokens", "1K", 0.01),
        azure_retail.row(2, "gpt audio txt Outp glbl Tokens", "1K", 0.02),
        azure_retail.row(3, "gpt audio audio Outp glbl Tokens", "1K", 0.03),
    ]
    meters = {str(row["meterId"]): frozenset({id_}) for row in rows}
    found = read(azure_retail.RETAIL, {"Items": rows}, listed("azure-openai", {id_: None}, **meters))
    assert reasons(found) == ["its words can be read in two ways"] * 2
    assert [(rule.unit, rule.amount) for rule in found.rules[id_]] == [("output_token", Decimal("0.02"))]


def test_another_currency_stays_another_currency() -> None:
    (rules,) = azure(
        {**azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0025), "currencyCode": "EUR"}
    ).rules.values()
    assert [(rule.currency, rule.amount) for rule in rules] == [("EUR", Decimal("0.0025"))]
    assert cost(rules, "input_token") is None


def test_a_meter_of_a_model_that_is_not_listed_prices_nothing() -> None:
    found = azure(azure_retail.row(1, "gpt 5 Inp glbl Tokens", "1K", 0.1), known_="gpt-5-2025-08-07")
    assert [(each.id, each.reason) for each in found.unread] == [("gpt-5-2025-08-07", UNKNOWN_ID)]


def test_a_meter_may_bill_several_models_of_which_each_gets_the_price() -> None:
    ids = frozenset({"gpt-4o-2024-08-06", "gpt-4o-2024-11-20"})
    row = azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0025)
    to = listed("azure-openai", dict.fromkeys(ids), **{str(row["meterId"]): ids})
    assert set(read(azure_retail.RETAIL, {"Items": [row]}, to).rules) == ids


def test_zero_is_not_said_to_be_free() -> None:
    """B.md 0.3."""
    zero = azure(azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0))
    assert (zero.rules, reasons(zero)) == ({}, ["zero, which is not said to mean free"])
