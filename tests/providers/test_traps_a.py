"""Traps of hosts and gateways: one key in several units, zeros that are not free, lists in odd texts."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import PromptOver, usd_per_unit
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import Unfit
from modelatlas.providers.fields import comma_words, count_text, dollar_text, known_words
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.short import one, received, said

HALF_A_DOLLAR = Decimal("0.0000005")
"""Per token: half a dollar for a million of them."""


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("openrouter", {"pricing": {"prompt": "0.0000005"}}),
        ("cerebras", {"pricing": {"prompt": "0.0000005"}}),
        ("nebius", {"pricing": {"prompt": "0.0000005"}}),
        ("chutes", {"pricing": {"prompt": 0.5}}),
        ("helicone", {"id": "a", "endpoints": {"provider": "b", "pricing": {"prompt": 0.5}}}),
    ],
)
def test_pricing_prompt_is_per_token_here_and_per_million_there(slug: str, entry: dict[str, Any]) -> None:
    """F1: the key does not tell the unit, the declaration does."""
    assert said(one(slug, **entry)) == {"input_token": HALF_A_DOLLAR}


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("vercel-ai-gateway", {"pricing": {"input": "0.0000005"}}),
        ("together", {"pricing": {"input": 0.5}}),
        ("huggingface", {"id": "a", "providers": {
            "provider": "b", "status": "live", "pricing": {"input": 0.5}}}),
        ("aihubmix", {"pricing": {"input": 0.5}}),
    ],
)  # fmt: skip
def test_pricing_input_is_per_token_here_and_per_million_there(slug: str, entry: dict[str, Any]) -> None:
    """F1."""
    assert said(one(slug, **entry)) == {"input_token": HALF_A_DOLLAR}


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("nebius", {"pricing": {"prompt": 0.5}}),
        ("vercel-ai-gateway", {"pricing": {"input": 0.5}}),
        ("chutes", {"pricing": {"prompt": "0.5"}}),
        ("aihubmix", {"pricing": {"input": "0.5"}}),
        ("xai", {"prompt_text_token_price": "12500"}),
        ("novita", {"input_token_price_per_m": "3900"}),
    ],
)
def test_an_amount_in_another_form_is_not_read(slug: str, entry: dict[str, Any]) -> None:
    """F1: a number where a text was declared may be in another unit."""
    assert said(one(slug, **entry)) == {}


@pytest.mark.parametrize("list_", ["models", "language", "images", "videos"])
def test_xai_prices_in_cents_for_100_million_tokens(list_: str) -> None:
    read = one("xai", list_, prompt_text_token_price=12500, completion_text_token_price=150000)
    assert said(read) == {"input_token": Decimal("0.00000125"), "output_token": Decimal("0.000015")}


def test_xai_prices_an_image_in_cents_times_1e_8() -> None:
    assert said(one("xai", image_price=200000000)) == {"output_image": Decimal("0.02")}
    assert said(one("xai", image_price=500000000)) == {"output_image": Decimal("0.05")}


def test_a_zero_of_xai_is_never_free() -> None:
    """F8."""
    read = one("xai", prompt_text_token_price=0, cached_prompt_text_token_price=0, image_price=0)
    assert read.prices == ()


def test_xai_prices_of_long_prompts_are_rules_once() -> None:
    """F12: said by two lists in the same words; the zero means the price of a short prompt."""
    row = {"id": "rocket", "prompt_text_token_price": 20000, "prompt_text_token_price_long_context": 40000,
           "cached_prompt_text_token_price_long_context": 0, "long_context_threshold": 128000}  # fmt: skip
    payloads = {"models": [sent({"data": [row]})], "language": [sent({"models": [row]})]}
    read = read_snapshot(declared()["xai"], payloads, NOON)
    assert not read.unread
    assert [(rule.unit, usd_per_unit(rule), rule.when.prompt_over) for rule in read.listings[0].prices] == [
        ("input_token", Decimal("0.000002"), None),
        ("input_token", Decimal("0.000004"), PromptOver(128000, inclusive=True)),
    ]


def test_the_lists_of_xai_make_one_listing() -> None:
    payloads = {
        "models": [sent({"data": [{"id": "rocket", "context_length": 256000}]})],
        "language": [sent({"models": [{"id": "rocket", "output_modalities": ["text"]}]})],
        "images": [sent({"models": [{"id": "paint", "output_modalities": ["image"]}]})],
    }
    read = read_snapshot(declared()["xai"], payloads, NOON)
    assert [(each.id, each.mode, each.context_tokens) for each in read.listings] == [
        ("paint", "image", None),
        ("rocket", "chat", 256000),
    ]


def test_novita_prices_in_ten_thousandths_of_a_dollar_for_a_million() -> None:
    read = one("novita", input_token_price_per_m=3900, output_token_price_per_m=25000)
    assert said(read) == {"input_token": Decimal("0.00000039"), "output_token": Decimal("0.0000025")}


def test_novita_is_not_read_in_yuan() -> None:
    """F1: its sister has the same list in another currency."""
    reader = Reader(declared()["novita"], declared()["novita"].lists[0])
    reading = reader.read(received({"id": "a", "input_token_price_per_m": 3900, "currency": "CNY"}))
    assert isinstance(reading.result, Listing)
    assert reading.result.prices == ()
    assert [(each.raw, each.reason) for each in reading.unread] == [("3900", "currency is CNY, expected USD")]


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("novita", {"input_token_price_per_m": 0, "output_token_price_per_m": 0}),
        ("nebius", {"pricing": {"prompt": "0", "completion": "0"}}),
        ("chutes", {"pricing": {"prompt": 0, "completion": 0}}),
        ("aihubmix", {"pricing": {"input": 0, "output": 0}}),
        ("vercel-ai-gateway", {"pricing": {"input": "0", "output": "0"}}),
    ],
)
def test_a_zero_alone_is_not_free(slug: str, entry: dict[str, Any]) -> None:
    """F8."""
    assert one(slug, **entry).prices == ()


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("aihubmix", {"model_id": "rocket-free", "pricing": {"input": 0, "output": 10}}),
        ("vercel-ai-gateway", {"id": "rocket-free", "pricing": {"input": "0", "output": "0.00001"}}),
    ],
)
def test_a_zero_of_an_id_that_says_free_is_free_and_an_amount_stays(slug: str, entry: Any) -> None:
    """F8: the second signal makes zeros free, and nothing else."""
    assert said(one(slug, **entry)) == {"input_token": Decimal(0), "output_token": Decimal("0.00001")}


def test_chutes_are_not_rounded_to_cents() -> None:
    """F7."""
    assert said(one("chutes", pricing={"prompt": 0.2989})) == {"input_token": Decimal("0.0000002989")}


def test_helicone_multiplies_the_price_of_one_search_by_a_million_too() -> None:
    offer = {"provider": "b", "pricing": {"prompt": 15, "web_search": 10000}}
    read = one("helicone", id="a", endpoints=offer)
    assert said(read) == {"input_token": Decimal("0.000015"), "web_search": Decimal("0.01")}


def test_each_host_of_a_model_of_helicone_is_an_offer() -> None:
    hosts = [{"provider": name, "pricing": {"prompt": price}} for name, price in (("b", 15), ("c", 12))]
    read = snapshot_of("helicone", {"data": {"models": [{"id": "a", "endpoints": hosts}]}, "error": None})
    assert {each.id: said(each)["input_token"] for each in read.listings} == {
        "a/b": Decimal("0.000015"),
        "a/c": Decimal("0.000012"),
    }


@pytest.mark.parametrize(
    ("slug", "document"),
    [
        ("helicone", {"data": {"models": []}, "error": "Failed to fetch models"}),
        ("helicone", {"data": None, "error": "Failed to fetch models"}),
        ("aihubmix", {"data": [], "message": "busy", "success": False}),
    ],
)
def test_an_error_in_an_answer_that_looks_well_is_no_list(slug: str, document: Any) -> None:
    """F24, F27: an error is an error, never an empty list."""
    with pytest.raises(Unreadable, match=r"expected (error to be null|success to be true), got (Fail|fals)"):
        snapshot_of(slug, document)


def test_an_answer_that_says_success_is_a_list() -> None:
    assert snapshot_of("aihubmix", {"data": [{"model_id": "a"}], "success": True}).entries == 1


def test_aihubmix_prices_for_a_million_not_for_a_thousand() -> None:
    """F1: public clients that read 1K are wrong by a thousand; gpt-5 costs 1.25 dollars for a million."""
    read = one("aihubmix", pricing={"input": 1.25, "output": 10, "cache_read": 0.125})
    assert said(read) == {
        "input_token": Decimal("0.00000125"),
        "output_token": Decimal("0.00001"),
        "cache_read_token": Decimal("0.000000125"),
    }


def test_aihubmix_separates_words_by_commas_of_two_widths() -> None:
    read = one("aihubmix", features="thinking\N{FULLWIDTH COMMA}tools", input_modalities="text, image")
    assert (read.supported_parameters, read.input_modalities) == (("reasoning", "tools"), ("image", "text"))
    assert one("aihubmix", types="").mode is None


def test_all_of_aihubmix_reads_as_another_project_kept_it(shared: Path) -> None:
    """F7: 804 models whose texts were taken apart there are put together again, as they are sent."""
    text = (shared / "payloads" / "aihubmix.derived.json").read_text(encoding="utf-8")
    kept = json.loads(text)["models"]
    read = snapshot_of("aihubmix", {"data": [wire(each) for each in kept], "success": True})
    assert (len(read.listings), len(read.unread), read.surprises) == (804, 0, {})
    prices = {each.id: said(each) for each in read.listings}
    for each in json.loads(text, parse_float=Decimal, parse_int=Decimal)["models"]:
        for key, unit in {"input": "input_token", "output": "output_token"}.items():
            amount = each["metadata"]["pricing"][key]
            free = each["id"].endswith("-free")
            assert prices[each["id"]].get(unit) == (amount / 10**6 if amount or free else None)
    assert sum(set(each.values()) == {Decimal(0)} for each in prices.values()) == 31
    assert sum(not each for each in prices.values()) == 0


def test_the_placeholder_of_nebius_is_no_context() -> None:
    assert one("nebius", context_length=8000).context_tokens is None
    assert one("nebius", context_length=8192).context_tokens == 8192


def test_the_time_of_an_answer_is_no_date_of_release() -> None:
    assert one("nebius", created=1771550732).released is None
    assert one("chutes", created=1771550732).released is None


def test_models_of_an_account_of_fireworks_are_private() -> None:
    """What belongs to the account behind the key is not shown to others."""
    mine = one("fireworks", "callable", id="accounts/me/models/tuned")
    theirs = one("fireworks", "callable", id="accounts/fireworks/models/rocket")
    assert (mine.visibility, theirs.visibility) == ("account", "public")


@pytest.mark.parametrize("said_", [{"year": 2027}, {"year": 2027, "month": 13, "day": 1}, "2027-01-31", 7])
def test_what_is_no_date_in_three_numbers_stays_unread(said_: Any) -> None:
    reader = Reader(declared()["fireworks"], declared()["fireworks"].lists[0])
    reading = reader.read(received({"name": "a", "deprecationDate": said_}))
    assert [each.path for each in reading.unread] == ["deprecationDate"]


def test_a_sale_of_onerouter_counts_and_the_price_before_it_is_kept() -> None:
    row = {"sale_input_cost": "$0.57", "retail_input_cost": "$1.14", "retail_output_cost": "$1,000.50"}
    read = priced_by_onerouter(row)
    assert said(read.listings[0]) == {
        "input_token": Decimal("0.00000057"),
        "output_token": Decimal("0.0010005"),
    }
    assert [(each.raw, each.reason) for each in read.unread] == [("$1.14", "price before a discount")]


def test_onerouter_is_free_only_where_it_says_so() -> None:
    """F8: a sale at zero is free where it is called free; else the regular price holds."""
    free = priced_by_onerouter({"sale_input_cost": "$0", "retail_input_cost": "$0.10", "discount": "FREE"})
    assert said(free.listings[0]) == {"input_token": Decimal(0)}
    dear = priced_by_onerouter({"sale_input_cost": "$0", "retail_input_cost": "$0.10"})
    assert said(dear.listings[0]) == {"input_token": Decimal("0.0000001")}


def test_a_sale_of_onerouter_that_is_not_read_is_not_replaced() -> None:
    """F1: a regular price beside a sale that we do not understand is not what is charged."""
    read = priced_by_onerouter({"sale_input_cost": "0.57 credits", "retail_input_cost": "$1.14"})
    assert read.listings[0].prices == ()


def test_the_answers_of_onerouter_in_a_client_s_tests_are_joined(shared: Path) -> None:
    whole = json.loads((shared / "payloads" / "onerouter.documented.json").read_text(encoding="utf-8"))
    payloads = {"models": [sent(whole["v1_models"])], "prices": [sent(whole["display_models"])]}
    read = read_snapshot(declared()["onerouter"], payloads, NOON)
    assert (read.entries, len(read.listings), len(read.unread), read.surprises) == (2, 2, 2, {})
    assert {each.id: said(each) for each in read.listings} == {
        "gemini-2.0-flash": {"input_token": Decimal(0), "output_token": Decimal(0)},
        "deepseek-v3-250324": {
            "input_token": Decimal("0.00000114"),
            "output_token": Decimal("0.00000456"),
        },
    }


@pytest.mark.parametrize(("value", "amount"), [("$1.14", "1.14"), ("$0", "0"), ("$1,234,567.5", "1234567.5")])
def test_dollars_are_read_exactly(value: str, amount: str) -> None:
    assert dollar_text(value) == Decimal(amount)


@pytest.mark.parametrize("value", ["1.14", "$", "$1,2", "$1.", "$-1", "€1", "$1e3", "$1 / 1K", "", 1, None])
def test_what_are_no_dollars_is_refused(value: Any) -> None:
    with pytest.raises(Unfit):
        dollar_text(value)


def test_counts_are_read_with_commas_and_without() -> None:
    assert [count_text(each) for each in ("16,384", "65536", "0")] == [16384, 65536, None]


@pytest.mark.parametrize("value", ["16,38", "1.5", "-1", "128K", "", 5, None])
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(Unfit):
        count_text(value)


@pytest.mark.parametrize("value", [["a"], 1, {"a": True}])
def test_words_with_commas_are_one_text(value: Any) -> None:
    with pytest.raises(Unfit):
        comma_words(known_words("words", "a")).read(value)


def wire(kept: dict[str, Any]) -> dict[str, Any]:
    """Put a model back into the words in which it was sent."""
    of = kept["metadata"]
    words = {"types": "typeHints", "features": "features", "input_modalities": "inputModalities"}
    return {
        "model_id": kept["id"],
        "desc": of.get("description", ""),
        "pricing": of["pricing"],
        "context_length": kept["limit"].get("context", 0),
        "max_output": kept["limit"].get("output", 0),
        **{ours: ",".join(of.get(theirs, [])) for ours, theirs in words.items()},
    }


def priced_by_onerouter(row: dict[str, Any]) -> Snapshot:
    payloads = {
        "models": [sent({"data": [{"id": "rocket"}]})],
        "prices": [sent({"data": [{"invoke_name": "rocket", **row}]})],
    }
    return read_snapshot(declared()["onerouter"], payloads, NOON)


def snapshot_of(slug: str, document: Any) -> Snapshot:
    return read_snapshot(declared()[slug], {"models": [sent(document)]}, NOON)


def sent(document: Any) -> bytes:
    return json.dumps(document).encode()
