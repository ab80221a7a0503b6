"""Traps of price documents: what reads alike and is not, and what nobody may guess."""

from collections import Counter
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.headline import headline
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Tier, Unread, per_single_unit
from modelatlas.domain.rule_sets import contradictions
from modelatlas.providers import aws_price_list, azure_retail
from modelatlas.providers.contract import ModelList
from modelatlas.providers.google_billing import sku
from modelatlas.providers.payload import decode, rows_of
from modelatlas.providers.registry import declared
from modelatlas.providers.row_naming import Known, known
from modelatlas.providers.row_reading import DIFFERENT, UNKNOWN_ID, UNKNOWN_WORDS, RowPrices, read_rows
from modelatlas.providers.row_words import spelled
from tests.builders import NOON

BEDROCK = {
    "amazon.nova-pro-v1:0": "Nova Pro",
    "anthropic.claude-haiku-4-5-20251001-v1:0": "Claude Haiku 4.5",
    "openai.gpt-oss-120b": None,
    "openai.gpt-oss-120b-1:0": "gpt-oss-120b",
    "amazon.titan-embed-text-v2:0": "Titan Text Embeddings V2",
    "amazon.titan-embed-g1-text-02": "Titan Text Embeddings v2",
}
CAPACITY = "a price of capacity, not of use"
LONG = "a price for long prompts, of which the length is not said"


def listed(provider: str, names: dict[str, str | None], **meters: frozenset[str]) -> Known:
    return known({id_: Listing(provider, id_, name=name) for id_, name in names.items()}, meters)


def read(of: ModelList, document: Any, to: Known) -> RowPrices:
    assert of.rows is not None
    return read_rows(of.rows, rows_of(of, decode(msgspec.json.encode(document))), to)


def aws(of: ModelList, *rows: dict[str, Any]) -> RowPrices:
    return read(of, aws_price_list.fold(list(rows)), listed("amazon-bedrock", BEDROCK))


def usage(
    sku_: str, amount: str, usagetype: str, unit: str = "1K tokens", **attributes: str
) -> dict[str, Any]:
    return aws_price_list.row(sku_, unit, amount, usagetype=usagetype, **attributes)


def cost(
    rules: tuple[Rule, ...], unit: str, tier: Tier = "standard", region: str | None = None
) -> Decimal | None:
    found = evaluate(rules, unit, Circumstances(NOON, tier=tier, region=region))
    return None if found is None else found.usd


def reasons(read_: RowPrices) -> list[str]:
    return [each.reason for each in read_.unread]


def test_offers_of_one_provider_differ_in_unit() -> None:
    """B.md 35: `AmazonBedrock` is per thousand tokens, the models' own offer per million."""
    thousand = aws(
        aws_price_list.BEDROCK, usage("A", "0.0008000000", "USE1-NovaPro-input-tokens", model="Nova Pro")
    )
    million = aws(
        aws_price_list.MODELS,
        usage("B", "1.1", "USE1-MP:USE1_InputTokenCount-Units", "1M tokens",
              servicename="Claude Haiku 4.5 (Amazon Bedrock Edition)"),
    )  # fmt: skip
    assert cost(thousand.rules["amazon.nova-pro-v1:0"], "input_token") == Decimal("0.0000008")
    assert cost(million.rules["anthropic.claude-haiku-4-5-20251001-v1:0"], "input_token") == Decimal(
        "0.0000011"
    )


def test_routing_anywhere_is_a_condition_beside_the_price_in_the_region() -> None:
    name = {"servicename": "Claude Haiku 4.5 (Amazon Bedrock Edition)"}
    rows = [
        usage("A", "1.1", "USE1-MP:USE1_InputTokenCount-Units", "1M tokens", **name),
        usage("B", "1", "USE1-MP:USE1_InputTokenCount_Global-Units", "1M tokens", **name),
        usage("C", "0.5", "USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "1M tokens", **name),
        usage("D", "0.55", "USE1-MP:USE1_MillionBatchInputTokens-Units", "1M tokens", **name),
        usage("E", "2.2", "USE1-MP:USE1_cache_write_tokens_1h_standard-Units", "1M tokens", **name),
        usage("F", "1.375", "USE1-MP:USE1_CacheWriteInputTokenCount-Units", "1M tokens", **name),
    ]
    (rules,) = aws(aws_price_list.MODELS, *rows).rules.values()
    assert not contradictions(rules)
    asked: dict[tuple[str, Tier, str | None], str] = {
        ("input_token", "standard", None): "0.0000011",
        ("input_token", "standard", "global"): "0.000001",
        ("input_token", "batch", None): "0.00000055",
        ("input_token", "batch", "global"): "0.0000005",
        ("cache_write_1h_token", "standard", None): "0.0000022",
        ("cache_write_token", "standard", None): "0.000001375",
    }
    assert {each: cost(rules, *each) for each in asked} == {
        each: Decimal(text) for each, text in asked.items()
    }
    main = headline(rules, "input_token")
    assert main is not None
    assert main.raw == "1.1 per 1M tokens: USE1-MP:USE1_InputTokenCount-Units"


@pytest.mark.parametrize(
    ("usagetype", "reason"),
    [
        ("USE1-NovaPro-input-tokens-latency-optimized", "a price of answers that are made faster"),
        ("USE1-NovaPro-input-tokens-custom-model", "a price of a customised model"),
        ("USE1-openai.gpt-oss-120b-mantle-input-tokens-long-ctx-standard", LONG),
        ("USE1-openai.gpt-oss-120b-mantle-input-tokens-5m-turbo", UNKNOWN_WORDS),
        ("USE1-NovaProX-input-tokens", UNKNOWN_WORDS),
        ("USE1-NovaPro-hidden-input-tokens", UNKNOWN_WORDS),
        ("USE1-NovaPro-tokens", "the words do not say whether input or output is billed"),
        ("USE1-NovaPro-input-output-tokens", "the words say side input and output at once"),
        ("USE1-NovaPro-input-tokens-batch-flex", "the words say tier batch and flex at once"),
        ("USE1-NovaPro-output-video-cache-read-tokens", "the words say cache and output at once"),
    ],
)
def test_what_is_no_plain_price_stays_unread(usagetype: str, reason: str) -> None:
    found = aws(aws_price_list.BEDROCK, usage("A", "0.1", usagetype, model="Nova Pro"))
    assert (found.rules, reasons(found)) == ({}, [reason])


def test_capacity_and_amounts_of_use_are_no_price_of_a_token() -> None:
    hour = usage("A", "22", "USE1-NovaPro-input-tokens", "1M TPM Hour", model="Nova Pro")
    first = {**usage("B", "22", "USE1-NovaPro-input-tokens", model="Nova Pro"), "endRange": "1000"}
    then = {**usage("C", "21", "USE1-NovaPro-input-tokens", model="Nova Pro"), "beginRange": "1000"}
    assert reasons(aws(aws_price_list.BEDROCK, hour, first, then)) == [
        "the unit text '1M TPM Hour' is not known",
        "a price that depends on how much is used",
        "a price that depends on how much is used",
    ]


def test_a_name_that_two_models_have_names_none() -> None:
    found = aws(
        aws_price_list.BEDROCK,
        usage("A", "0.00002", "USE1-TitanTextEmbeddingsV2-input-tokens", model="Titan Text Embeddings V2"),
        usage("B", "0.00002", "USE1-Other3-input-tokens", model="Other 3"),
    )
    assert [(each.id, each.reason) for each in found.unread] == [
        ("Titan Text Embeddings V2", "several models have this name"),
        ("Other 3", UNKNOWN_ID),
    ]


def test_an_id_in_the_words_names_that_id_and_no_other() -> None:
    found = aws(
        aws_price_list.BEDROCK,
        usage("A", "0.00015", "USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", model="gpt-oss-120b"),
        usage("B", "0.00014", "USE1-gpt-oss-120b-input-tokens", model="gpt-oss-120b"),
    )
    assert {id_: cost(rules, "input_token") for id_, rules in found.rules.items()} == {
        "openai.gpt-oss-120b": Decimal("0.00000015"),
        "openai.gpt-oss-120b-1:0": Decimal("0.00000014"),
    }


def test_equal_rows_count_once_and_different_ones_not_at_all() -> None:
    one = usage("A", "0.0008", "USE1-NovaPro-input-tokens", model="Nova Pro")
    same = usage("B", "0.00080", "USE1-NovaPro-input-tokens-standard", model="Nova Pro")
    other = usage("C", "0.0009", "USE1-NovaPro-text-input-tokens", model="Nova Pro")
    assert len(aws(aws_price_list.BEDROCK, one, same).rules["amazon.nova-pro-v1:0"]) == 1
    found = aws(aws_price_list.BEDROCK, one, same, other)
    assert (found.rules, reasons(found)) == ({}, [DIFFERENT] * 3)


def test_zero_is_free_at_aws_and_not_said_at_azure() -> None:
    """B.md 0.3."""
    words = "USE1-NovaPro-cache-write-input-token-count"
    free = aws(aws_price_list.BEDROCK, usage("A", "0.0000000000", words, model="Nova Pro"))
    assert [rule.state for rule in free.rules["amazon.nova-pro-v1:0"]] == ["free"]
    zero = azure(azure_retail.row(1, "gpt 4o Inp glbl Tokens", "1K", 0.0))
    assert (zero.rules, reasons(zero)) == ({}, ["zero, which is not said to mean free"])


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


VERTEX = declared()["google-vertex"].list_named("prices")
STUDIO = declared()["google-ai-studio"].list_named("prices")
GEMINI: dict[str, str | None] = {
    "gemini-2.5-flash": None, "gemini-2.5-flash-image": None, "gemini-3.5-flash": "Gemini 3.5 Flash",
}  # fmt: skip


def google(of: ModelList | None, *skus: dict[str, Any]) -> RowPrices:
    assert of is not None
    return read(of, {"skus": skus}, listed("google-vertex", GEMINI))


def only(found: RowPrices) -> tuple[str, Rule]:
    ((id_, (rule,)),) = found.rules.items()
    return id_, rule


@pytest.mark.parametrize(
    ("name", "words", "unit", "tier", "region"),
    [
        ("Gemini 3.5 Flash", "Global Text Input - Predictions", "input_token", "standard", "global"),
        ("Gemini 3.5 Flash", "Text Output - Batch Predictions", "output_token", "batch", None),
        ("Gemini 3.5 Flash", "Text Input Caching Flex", "cache_read_token", "flex", None),
        ("Gemini 2.5 Flash", "GA Input Text Caching", "cache_read_token", "standard", None),
        ("Gemini 2.5 Flash", "GA Audio Input - Predictions", "input_audio_token", "standard", None),
        ("Gemini 2.5 Flash", "GA Thinking Text Output - Predictions", "reasoning_token", "standard", None),
    ],
)
def test_a_description_is_read_to_its_last_word(
    name: str, words: str, unit: str, tier: str, region: str | None
) -> None:
    found, rule = only(google(VERTEX, sku("1", f"{name} {words}", 300)))
    assert found == name.lower().replace(" ", "-")
    assert (rule.unit, rule.when.tier, rule.when.region) == (unit, tier, region)
    assert (rule.amount, rule.per, rule.currency) == (Decimal("0.0000003"), "token", "USD")


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("Gemini 2.5 Flash Text Input (Long) - Predictions", LONG),
        ("Gemini 2.5 Flash Text Input Caching Storage", "a price of keeping a cache, by the hour"),
        ("CodeMender Gemini 2.5 Flash Text Output", UNKNOWN_ID),
        ("Gemini 2.5 Flash Live Text Input - Predictions", UNKNOWN_ID),
        ("Gemini 2.5 Flash Text Input (>200k) - Predictions", UNKNOWN_ID),
        ("Gemini 2.5 Flash Image Output - Predictions", "its words can be read in two ways"),
        ("Grounding with Google Search on Gemini 3", UNKNOWN_WORDS),
    ],
)
def test_what_a_description_leaves_open_stays_unread(description: str, reason: str) -> None:
    found = google(VERTEX, sku("1", description, 300))
    assert (found.rules, reasons(found)) == ({}, [reason])


def test_the_prompt_of_the_gemini_api_is_no_input_where_output_is_billed() -> None:
    text = "Generate content output token count gemini 2.5 flash short input text"
    found, rule = only(google(STUDIO, sku("1", text, 2_500)))
    assert (found, rule.unit, rule.amount) == ("gemini-2.5-flash", "output_token", Decimal("0.0000025"))
    long = google(STUDIO, sku("1", text.replace("short", "long"), 2_500))
    assert (long.rules, reasons(long)) == ({}, [LONG])
    other = google(STUDIO, sku("1", "Generate content search query gemini 3 free", 2_500))
    assert reasons(other) == ["its usage is written in no form that is known"]


def test_money_is_whole_units_and_billionths() -> None:
    """B.md 37: only `nanos` would lose whole dollars, only `units` everything else."""
    dear = sku("1", "Gemini 3.5 Flash Text Input", 500_000_000)
    rate = dear["pricingInfo"][0]["pricingExpression"]["tieredRates"][0]
    rate["unitPrice"]["units"] = "12"
    assert only(google(VERTEX, dear))[1].amount == Decimal("12.5")
    rate["unitPrice"] = {"currencyCode": "USD", "nanos": 1}
    assert only(google(VERTEX, dear))[1].amount == Decimal("0.000000001")
    for wrong in (
        {"units": "1.5"},
        {"units": 1, "nanos": 10**9},
        {"units": -1, "nanos": 1},
        {"nanos": 0.5},
        7,
    ):
        rate["unitPrice"] = wrong if isinstance(wrong, int) else {"currencyCode": "USD", **wrong}
        found = google(VERTEX, dear)
        assert not found.rules
        assert reasons(found)[0] in {
            "expected units and nanos of money",
            "expected a currency of three letters",
        }


def test_a_first_tier_of_nothing_is_an_allowance_and_no_price() -> None:
    text = "Gemini 3.5 Flash Text Input"
    assert only(google(VERTEX, sku("1", text, 300, free_first=True)))[1].amount == Decimal("0.0000003")
    paid = sku("1", text, 300, free_first=True)
    paid["pricingInfo"][0]["pricingExpression"]["tieredRates"][0]["unitPrice"]["nanos"] = 1
    assert reasons(google(VERTEX, paid)) == ["a price that depends on how much is used"]


def test_a_count_shown_otherwise_is_no_token() -> None:
    picture = sku("1", "Gemini 3.5 Flash Text Input", 300)
    picture["pricingInfo"][0]["pricingExpression"]["displayQuantity"] = 1
    assert reasons(google(VERTEX, picture)) == ["the unit text 'count, shown by 1' is not known"]
    del picture["pricingInfo"]
    assert reasons(google(VERTEX, picture)) == ["the unit text 'None, shown by None' is not known"]


def test_names_are_compared_by_letters_and_numbers_and_never_run_together() -> None:
    """F38: `Qwen2.5-7B` is not `Qwen2-57B`."""
    assert spelled("Llama 3.1 405B") == spelled("Llama3-1-405B") == spelled("llama-3.1-405b")
    different = ["Qwen2.5-7B", "Qwen2-57B", "Qwen 25 7B", "Command R", "Command R+", "Nova 2", "Nova 2 Pro"]
    assert len({spelled(name) for name in different}) == len(different)


def test_an_unread_row_tells_its_model_unit_text_and_words() -> None:
    found = aws(
        aws_price_list.BEDROCK, usage("A", "0.1", "USE1-NovaPro-hidden-input-tokens", model="Nova Pro")
    )
    assert found.unread == (
        Unread(
            "Nova Pro",
            "pricePerUnit.USD",
            "0.1 per 1K tokens: USE1-NovaPro-hidden-input-tokens",
            UNKNOWN_WORDS,
        ),
    )
    assert Counter(reasons(found)) == {UNKNOWN_WORDS: 1}
