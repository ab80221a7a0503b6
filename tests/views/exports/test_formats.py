"""What holds of every format, and the small ones: OpenAI, llm-prices, catwalk, the table."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.history import PlainSpell, Sighting, while_listed
from modelatlas.domain.price import PromptOver, usd
from modelatlas.views.exports.catwalk import CATWALK
from modelatlas.views.exports.format import Format
from modelatlas.views.exports.formats import FORMATS, format_named
from modelatlas.views.exports.llm_prices import LLM_PRICES, historical
from modelatlas.views.exports.openai import OPENAI
from modelatlas.views.exports.openai import rows as openai_rows
from modelatlas.views.exports.table import COLUMNS, TABLE
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
    sources,
    unpriced,
    when,
)
from tests.web.builders import ACME

LONG = (
    usd("input_token", "1", per="1M tokens"),
    usd("output_token", "4", per="1M tokens"),
    when(usd("input_token", "2", per="1M tokens"), 1, prompt_over=PromptOver(200_000)),
)
WORLD = (
    listing("plain", mode="chat"),
    listing("free", prices=FREE, mode="chat"),
    listing("auto", prices=VARYING),
    listing("yuan", prices=IN_YUAN),
    listing("long", prices=LONG),
    listing("night", prices=PEAK_AND_NIGHT),
    unpriced(),
)


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_what_belongs_to_an_account_is_in_no_export_and_in_no_loss(format_: Format) -> None:
    export = exported(
        format_,
        *WORLD,
        listing("ft:secret-own", visibility="account"),
        unpriced("ft:secret-too", visibility="account"),
    )
    assert b"secret" not in export.content
    assert not [loss for loss in export.losses if "secret" in loss.id]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_equal_catalogs_give_equal_bytes_whatever_their_order(format_: Format) -> None:
    assert exported(format_, *WORLD).content == exported(format_, *reversed(WORLD)).content


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_an_empty_catalog_is_an_empty_document(format_: Format) -> None:
    export = exported(format_)
    assert (export.entries, export.losses) == (0, ())
    if format_ is not TABLE:
        json.loads(export.content)


@pytest.mark.parametrize("format_", [each for each in FORMATS.values() if each not in {TABLE, OPENAI}])
def test_no_number_has_an_exponent_or_the_tail_of_a_float(format_: Format) -> None:  # F6, F7
    tiny = listing(
        "tiny", prices=(usd("input_token", "0.0000000015"), usd("output_token", "1.10", per="1M tokens"))
    )
    content = exported(format_, tiny, *WORLD).content.decode()
    numbers = re.findall(r'[:\[,]"?(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)"?(?=[,}\]])', content)
    assert not [each for each in numbers if "e" in each.lower() or len(each) > 20]


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadRequest, match="litellm"):
        format_named("litelm")


def test_openais_list_names_each_listing_once_and_says_what_it_costs_beside() -> None:
    answer = read(OPENAI, listing("a/b", lab="a", released="2026-01-02", retires_at="2027-01-01T00:00:00Z"))
    assert answer["object"] == "list"
    assert answer["data"] == [
        {"id": "acme/a/b", "object": "model", "created": 1767312000, "owned_by": "a", "provider": "acme",
         "shutdown_date": "2027-01-01", "usd": {"input_token": "0.0000001", "output_token": "0.0000004"}}
    ]  # fmt: skip
    (source,) = sources(listing("a/b"))
    assert [name for name, _ in openai_rows(source, own_ids=True).entries] == ["a/b"]


def test_llm_prices_has_a_row_for_long_prompts_and_none_for_what_is_unknown() -> None:
    export = exported(LLM_PRICES, *WORLD)
    answer = decoded(export.content)
    assert answer["updated_at"] == "2026-11-23"
    found = {row["id"]: (row["input"], row["output"], row["input_cached"]) for row in answer["prices"]}
    assert found == {
        "free": (0, 0, None),
        "long": (1, 4, None),
        "long-200k": (2, 4, None),
        "night": (Decimal("0.5"), 2, None),
        "plain": (Decimal("0.1"), Decimal("0.4"), None),
    }
    assert {loss.id for loss in export.losses} == {"auto", "yuan", "night", "silent"}


def spell(unit: str, usd_: str, begins: int, ends: int | None, rank: int = 0) -> PlainSpell:
    days = [None if day is None else NOON + timedelta(days=day) for day in (begins, ends)]
    return PlainSpell("acme", "r", "R", unit, Decimal(usd_), rank, days[0] or NOON, days[1])


def test_the_history_of_prices_is_told_by_days() -> None:
    spells = [
        spell("input_token", "0.000001", 0, 10),
        spell("input_token", "0.000002", 10, None),
        spell("output_token", "0.000004", 0, None),
        spell("cache_read_token", "0.0000001", 5, None),
    ]
    rows = decoded(historical(spells).content)["prices"]
    assert [(row["from_date"], row["to_date"], row["input"], row["input_cached"]) for row in rows] == [
        ("2026-11-23", "2026-11-28", 1, None),
        ("2026-11-28", "2026-12-03", 1, Decimal("0.1")),
        ("2026-12-03", None, 2, Decimal("0.1")),
    ]


def test_a_price_of_less_than_a_day_and_half_a_price_are_told() -> None:
    short = PlainSpell("acme", "s", None, "input_token", Decimal(1), 0, NOON, NOON + timedelta(hours=1))
    both = [
        short,
        PlainSpell("acme", "s", None, "output_token", Decimal(1), 0, NOON, NOON + timedelta(hours=1)),
    ]
    assert (historical(both).entries, len(historical(both).losses)) == (0, 2)
    assert historical([spell("input_token", "1", 0, None)]).losses


def test_while_a_listing_was_not_there_it_had_no_price() -> None:
    seen = [
        Sighting("new", NOON),
        Sighting("gone", NOON + timedelta(days=2)),
        Sighting("back", NOON + timedelta(days=4)),
    ]
    parts = list(while_listed(spell("input_token", "1", 0, None), seen))
    assert [(each.begins, each.ends) for each in parts] == [
        (NOON, NOON + timedelta(days=2)),
        (NOON + timedelta(days=4), None),
    ]
    assert not list(while_listed(spell("input_token", "1", 3, 4), seen[:2]))


def test_crush_gets_the_highest_price_and_two_models_to_begin_with() -> None:
    (provider,) = read(CATWALK, *WORLD, listing("e", mode="embedding"), providers=[ACME])
    assert (provider["id"], provider["type"], provider["api_key"]) == (
        "acme",
        "openai-compat",
        "$ACME_API_KEY",
    )
    found = {each["id"]: (each["cost_per_1m_in"], each["cost_per_1m_out"]) for each in provider["models"]}
    assert found["long"] == (2, 4)
    assert found["night"] == (Decimal("0.5"), 2)
    assert found.keys() == {"free", "long", "night", "plain"}
    assert (provider["default_large_model_id"], provider["default_small_model_id"]) == ("long", "plain")
    assert any("all lengths" in reason for _, reason in lost(exported(CATWALK, *WORLD)))


def test_cached_tokens_that_no_source_prices_cost_crush_what_input_does() -> None:  # F8
    read_price = usd("cache_read_token", "0.00000001")
    both = listing("both", prices=(*LONG[:2], read_price))
    export = exported(CATWALK, listing("none", prices=LONG[:2]), both)
    by_id = {each["id"]: each for each in decoded(export.content)[0]["models"]}
    keys = ("cost_per_1m_in", "cost_per_1m_in_cached", "cost_per_1m_out_cached")
    assert [by_id["none"][key] for key in keys] == [1, 1, 1]
    assert [by_id["both"][key] for key in keys] == [1, 1, Decimal("0.01")]
    assert [(loss.id, loss.what) for loss in export.losses] == [
        ("both", "cache_write_token"),
        ("none", "cache_write_token"),
        ("none", "cache_read_token"),
    ]
    free = decoded(exported(CATWALK, listing("free", prices=FREE)).content)[0]["models"][0]
    assert [free[key] for key in keys] == [0, 0, 0]


def test_the_table_holds_every_price_and_tells_three_states_apart() -> None:  # F8
    lines: list[dict[str, Any]] = list(
        csv.DictReader(io.StringIO(exported(TABLE, *WORLD).content.decode(), newline=""))
    )
    assert tuple(lines[0]) == COLUMNS
    inputs = {line["id"]: line["input_token_usd_per_million"] for line in lines}
    assert inputs == {
        "auto": "varies",
        "free": "free",
        "long": "1",
        "night": "0.5",
        "plain": "0.1",
        "silent": "",
        "yuan": "",
    }
    long = next(line for line in lines if line["id"] == "long")
    assert (long["varies_by"], len(json.loads(long["prices"]))) == ("prompt", 3)
    assert exported(TABLE, *WORLD).losses == ()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("@cf/meta/llama", "'@cf/meta/llama"),
        ('=HYPERLINK("https://evil.test")', '\'=HYPERLINK("https://evil.test")'),
        ("+1+1", "'+1+1"),
        ("-1+cmd|'/c calc'!A1", "'-1+cmd|'/c calc'!A1"),
        ("\t=1+1", "'\t=1+1"),
        ("-12.5", "-12.5"),
        ("a=b@c", "a=b@c"),
        ("'quoted", "'quoted"),
    ],
)
def test_no_cell_of_the_table_is_taken_for_a_formula(text: str, cell: str) -> None:
    content = exported(TABLE, listing("x", name=text)).content.decode()
    (line,) = csv.DictReader(io.StringIO(content, newline=""))
    assert line["name"] == cell


def test_a_day_of_the_year_1970_is_no_release_of_a_model() -> None:
    assert read(OPENAI, listing(released="2026-03"))["data"][0]["created"] == 0
    assert datetime(1970, 1, 1, tzinfo=UTC).timestamp() == 0
