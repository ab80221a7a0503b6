"""Traps of the AWS Price List: what reads alike and is not, and what nobody may guess."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.headline import headline
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Tier, Unread
from modelatlas.domain.rule_sets import contradictions
from modelatlas.providers import aws_price_list
from modelatlas.providers.contract import ModelList
from modelatlas.providers.price_rows import vocabulary
from modelatlas.providers.row_naming import known
from modelatlas.providers.row_reading import DIFFERENT, UNKNOWN_ID, UNKNOWN_WORDS, RowPrices
from modelatlas.providers.row_words import spelled
from tests.providers.rows import LONG, cost, listed, read, reasons

BEDROCK = {
    "amazon.nova-pro-v1:0": "Nova Pro",
    "anthropic.claude-haiku-4-5-20251001-v1:0": "Claude Haiku 4.5",
    "openai.gpt-oss-120b": None,
    "openai.gpt-oss-120b-1:0": "gpt-oss-120b",
    "amazon.titan-embed-text-v2:0": "Titan Text Embeddings V2",
    "amazon.titan-embed-g1-text-02": "Titan Text Embeddings v2",
}


def aws(of: ModelList, *rows: dict[str, Any]) -> RowPrices:
    return read(of, aws_price_list.fold(list(rows)), listed("amazon-bedrock", BEDROCK))


def usage(
    sku_: str, amount: str, usagetype: str, unit: str = "1K tokens", **attributes: str
) -> dict[str, Any]:
    return aws_price_list.row(sku_, unit, amount, usagetype=usagetype, **attributes)


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


def test_a_profile_costs_what_its_route_does() -> None:
    """B.md 6 and 35: profiles are listings of their own; through `global` a call is cheaper."""
    base = "anthropic.claude-haiku-4-5-20251001-v1:0"
    profiles = {f"{route}.{base}": base for route in ("global", "us", "elsewhere")}
    listings = {base: Listing("amazon-bedrock", base, name="Claude Haiku 4.5")}
    listings |= {
        id_: Listing("amazon-bedrock", id_, name="Profile", canonical_id=of) for id_, of in profiles.items()
    }
    name = {"servicename": "Claude Haiku 4.5 (Amazon Bedrock Edition)"}
    rows = [
        usage("A", "1.1", "USE1-MP:USE1_InputTokenCount-Units", "1M tokens", **name),
        usage("B", "1", "USE1-MP:USE1_InputTokenCount_Global-Units", "1M tokens", **name),
        usage("C", "0.5", "USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "1M tokens", **name),
    ]
    rules = read(aws_price_list.MODELS, aws_price_list.fold(rows), known(listings, {})).rules
    assert set(rules) == {base, f"global.{base}", f"us.{base}"}
    assert not any(map(contradictions, rules.values()))
    assert {id_: cost(each, "input_token") for id_, each in rules.items()} == {
        base: Decimal("0.0000011"),
        f"us.{base}": Decimal("0.0000011"),
        f"global.{base}": Decimal("0.000001"),
    }
    assert cost(rules[f"us.{base}"], "input_token", "batch") is None
    assert cost(rules[f"global.{base}"], "input_token", "batch") == Decimal("0.0000005")


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


def test_a_name_in_another_order_is_the_same_words_and_no_fewer() -> None:
    """`AmazonBedrockService` writes `Claude4Sonnet` of `Claude Sonnet 4` (told by others, 2026-10)."""
    to = listed("amazon-bedrock", {"anthropic.claude-sonnet-4-20250514-v1:0": "Claude Sonnet 4"})
    for product, is_read in (("Claude4Sonnet", True), ("Claude4", False), ("Claude4SonnetV2", False)):
        row = usage("A", "0.003", f"USE1-{product}-input-tokens-cross-region-global", model="Claude Sonnet 4")
        assert bool(read(aws_price_list.SERVICE, aws_price_list.fold([row]), to).rules) == is_read


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


def test_zero_is_free() -> None:
    """B.md 0.3."""
    words = "USE1-NovaPro-cache-write-input-token-count"
    free = aws(aws_price_list.BEDROCK, usage("A", "0.0000000000", words, model="Nova Pro"))
    assert [rule.state for rule in free.rules["amazon.nova-pro-v1:0"]] == ["free"]


def test_names_are_compared_by_letters_and_numbers_and_never_run_together() -> None:
    """F38: `Qwen2.5-7B` is not `Qwen2-57B`."""
    assert spelled("Llama 3.1 405B") == spelled("Llama3-1-405B") == spelled("llama-3.1-405b")
    different = ["Qwen2.5-7B", "Qwen2-57B", "Qwen 25 7B", "Command R", "Command R+", "Nova 2", "Nova 2 Pro"]
    assert len({spelled(name) for name in different}) == len(different)


def test_a_phrase_that_would_never_be_met_is_refused() -> None:
    with pytest.raises(ValueError, match="'a b c d e': expected at most 4 words"):
        vocabulary(side={"input": "in, a b c d e"})


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
