"""How prices change in the store: quotes appended, history ended and begun, the published ones replaced."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from modelatlas.domain.price import Condition, PromptOver, Rule, Window, usd
from modelatlas.domain.snapshot import READING_VERSION, Snapshot, snapshot
from modelatlas.storage.history import SqlHistory
from tests.builders import NOON, listing
from tests.storage.stores import Store

HOUR = timedelta(hours=1)
FIRST, THEN, LATER = (
    "2026-11-23T12:00:00.000000Z",
    "2026-11-23T13:00:00.000000Z",
    "2026-11-23T14:00:00.000000Z",
)

AT_NIGHT = (
    '{"tier":"batch","valid_from":"2026-12-01T00:00:00Z",'
    '"windows":[{"end":240,"start":60,"zone":"Asia/Shanghai"}]}'
)
HISTORY = "SELECT unit, state, amount, valid_from, valid_to FROM model_pricing_history ORDER BY id"
QUOTES = "SELECT unit, state, raw, amount, observed_at FROM price_quotes ORDER BY id"
PUBLISHED = "SELECT unit, state, amount, usd FROM model_pricing ORDER BY model_id, position"


def priced(hours: int, *prices: Rule, **more: Any) -> Snapshot:
    """A list of one listing with these prices."""
    return snapshot("acme", NOON + hours * HOUR, [listing("a", prices=prices, **more)])


def free(unit: str, raw: str = "0") -> Rule:
    return Rule(unit, "free", raw=raw, path=f"pricing.{unit}")


def test_a_first_price_has_a_quote_and_a_row_in_the_history(store: Store) -> None:  # F15
    run = store.sync(priced(0, usd("input_token", "0.10", "1M tokens", path="pricing.input")))
    assert store.rows(
        "SELECT model_id, run_id, unit, path, raw, unit_text, state, amount, condition, source, observed_at "
        "FROM price_quotes"
    ) == [
        (
            1,
            run.id,
            "input_token",
            "pricing.input",
            "0.10",
            "USD per 1M tokens",
            "known",
            "0.1",
            "{}",
            "provider",
            FIRST,
        )
    ]
    assert store.rows(
        "SELECT model_id, unit, state, amount, currency, per, usd, usd_per_million_approx, condition, rank, "
        "source FROM model_pricing"
    ) == [(1, "input_token", "known", "0.1", "USD", "1M tokens", "0.0000001", 0.1, "{}", 0, "provider")]
    assert store.rows(HISTORY) == [("input_token", "known", "0.1", FIRST, None)]


def test_a_change_of_the_last_digit_is_a_change(store: Store) -> None:  # F13
    store.sync(priced(0, usd("input_token", "0.000000100000000000")))
    assert store.sync(priced(1, usd("input_token", "0.000000100000000001"))).prices_changed == 1
    assert store.rows(HISTORY) == [
        ("input_token", "known", "0.0000001", FIRST, THEN),
        ("input_token", "known", "0.000000100000000001", THEN, None),
    ]
    assert store.rows(PUBLISHED) == [("input_token", "known", "0.000000100000000001", "0.000000100000000001")]


def test_another_text_of_the_same_amount_is_a_quote_and_no_change(store: Store) -> None:
    store.sync(priced(0, usd("input_token", "0.10")))
    run = store.sync(priced(1, usd("input_token", "1e-1", raw="1e-1")))
    assert (run.updated, run.prices_changed) == (1, 0)
    assert store.rows(QUOTES) == [
        ("input_token", "known", "0.10", "0.1", FIRST),
        ("input_token", "known", "1e-1", "0.1", THEN),
    ]
    assert store.rows(HISTORY) == [("input_token", "known", "0.1", FIRST, None)]


def test_becoming_free_and_becoming_unknown_are_recorded(store: Store) -> None:  # F8, F14
    known = usd("input_token", "1", path="pricing.input_token")
    store.sync(priced(0, known, usd("output_token", "2")))
    assert store.sync(priced(1, free("input_token"), usd("output_token", "2"))).prices_changed == 1
    assert store.sync(priced(2)).prices_changed == 2
    assert store.rows(QUOTES)[2:] == [
        ("input_token", "free", "0", None, THEN),
        ("input_token", "unknown", "", None, LATER),
        ("output_token", "unknown", "", None, LATER),
    ]
    assert store.rows(HISTORY) == [
        ("input_token", "known", "1", FIRST, THEN),
        ("output_token", "known", "2", FIRST, LATER),
        ("input_token", "free", None, THEN, LATER),
        ("input_token", "unknown", None, LATER, None),
        ("output_token", "unknown", None, LATER, None),
    ]
    assert store.rows(PUBLISHED) == []


def test_free_costs_nothing_and_varying_has_no_number(store: Store) -> None:  # F8, F10
    varying = Rule("output_token", "varying", raw="-1", path="pricing.output")
    yuan = Rule("request", "known", Decimal(3), "CNY", "request", "3", "pricing.request")
    store.sync(priced(0, free("input_token"), varying, yuan))
    assert store.rows(
        "SELECT unit, state, amount, currency, usd, usd_per_million_approx FROM model_pricing ORDER BY unit"
    ) == [
        ("input_token", "free", None, "USD", "0", 0.0),
        ("output_token", "varying", None, "USD", None, None),
        ("request", "known", "3", "CNY", None, None),
    ]


def test_a_change_elsewhere_in_the_listing_touches_no_price(store: Store) -> None:
    store.sync(priced(0, usd("input_token", "1")))
    before = {
        name: rows for name, rows in store.dump().items() if "pric" in name and name != "pricing_sync_log"
    }
    assert store.sync(priced(1, usd("input_token", "1"), name="New")).updated == 1
    assert before.items() <= store.dump().items()
    assert len(before) == 3


def test_conditions_make_rules_of_their_own(store: Store) -> None:
    night = Condition(windows=(Window(60, 240, "Asia/Shanghai"),), tier="batch")
    long = Condition(prompt_over=PromptOver(200_000))
    base = usd("input_token", "1")
    rules = [
        base,
        msgspec.structs.replace(usd("input_token", "2"), when=long, rank=1),
        msgspec.structs.replace(
            usd("input_token", "0.5"), when=night, rank=2, valid_from="2026-12-01T00:00:00Z"
        ),
    ]
    store.sync(priced(0, *rules))
    cheaper = msgspec.structs.replace(rules[1], amount=Decimal("1.5"), raw="1.5")
    assert store.sync(priced(1, base, cheaper)).prices_changed == 1
    assert store.rows("SELECT amount, condition, rank FROM model_pricing ORDER BY position") == [
        ("1", "{}", 0),
        ("1.5", '{"prompt_over":{"inclusive":false,"tokens":200000}}', 1),
    ]
    assert store.rows("SELECT amount, valid_to FROM model_pricing_history ORDER BY id") == [
        ("1", None),
        ("2", THEN),
        ("0.5", THEN),
        ("1.5", None),
        (None, None),
    ]
    assert store.rows("SELECT state, condition FROM price_quotes WHERE id > 3 ORDER BY id") == [
        ("known", '{"prompt_over":{"inclusive":false,"tokens":200000}}'),
        ("unknown", AT_NIGHT),
    ]


def test_a_price_announced_for_a_date_stands_beside_the_one_of_today(store: Store) -> None:
    today = usd("input_token", "1")
    store.sync(priced(0, today, msgspec.structs.replace(today, amount=Decimal(2), valid_from="2027-01-01")))
    assert store.rows("SELECT amount, condition FROM model_pricing ORDER BY position") == [
        ("1", "{}"),
        ("2", '{"valid_from":"2027-01-01"}'),
    ]


def test_a_rule_said_twice_is_published_once(store: Store) -> None:
    store.sync(priced(0, usd("input_token", "1", path="a"), usd("input_token", "1.0", path="b")))
    assert store.rows("SELECT path FROM price_quotes ORDER BY id") == [("a",), ("b",)]
    assert store.rows(PUBLISHED) == [("input_token", "known", "1", "1")]
    assert len(store.rows(HISTORY)) == 1


def test_a_better_reading_of_the_same_text_replaces_the_row_it_corrects(store: Store) -> None:  # F4
    wrong = usd("input_token", "0.0001", "token", path="cents")
    right = usd("input_token", "0.000001", "token", path="cents", raw="0.0001")
    store.sync(priced(0, wrong, usd("output_token", "1", path="out")))
    corrected = msgspec.structs.replace(priced(1, right, usd("output_token", "2", path="out")), reading=99)
    assert store.sync(corrected).prices_changed == 2
    assert store.rows(
        "SELECT id, unit, amount, reading, valid_from, valid_to, superseded_by FROM model_pricing_history "
        "ORDER BY id"
    ) == [
        (1, "input_token", "0.0001", READING_VERSION, FIRST, None, 3),
        (2, "output_token", "1", READING_VERSION, FIRST, THEN, None),
        (3, "input_token", "0.000001", 99, FIRST, None, None),
        (4, "output_token", "2", 99, THEN, None, None),
    ]
    assert store.rows("SELECT state, reading FROM price_quotes WHERE unit = 'input_token' ORDER BY id") == [
        ("known", READING_VERSION),
        ("known", 99),
    ]


def test_a_row_that_was_corrected_is_never_touched_again(store: Store) -> None:
    store.sync(priced(0, usd("input_image", "0.001", "image", path="pricing.image")))
    right = usd("input_image_token", "0.001", path="pricing.image")
    assert store.sync(msgspec.structs.replace(priced(1, right), reading=99)).prices_changed == 2
    assert store.rows("SELECT state FROM price_quotes ORDER BY id") == [("known",), ("known",)]
    dearer = usd("input_image_token", "0.002", path="pricing.image")
    store.sync(msgspec.structs.replace(priced(2, dearer), reading=99))
    assert store.rows(
        "SELECT unit, amount, valid_from, valid_to, superseded_by FROM model_pricing_history ORDER BY id"
    ) == [
        ("input_image", "0.001", FIRST, None, 2),
        ("input_image_token", "0.001", FIRST, LATER, None),
        ("input_image_token", "0.002", LATER, None, None),
    ]


def test_what_no_store_can_hold_was_never_seen(store: Store) -> None:
    store.sync(priced(0, usd("input_token", "1")))
    history = SqlHistory(store.engine)
    assert history.prices_at("acme", "a\0", NOON) is None
    assert history.of("acme", "a\0") is None


def test_quotes_and_ended_rows_stay_as_they_were_written(store: Store) -> None:  # F4, F15
    store.sync(priced(0, usd("input_token", "1")))
    store.sync(priced(1, usd("input_token", "2")))
    quotes, history = store.rows("SELECT * FROM price_quotes ORDER BY id"), store.rows(HISTORY)
    store.sync(priced(2, free("input_token")))
    assert store.rows("SELECT * FROM price_quotes ORDER BY id")[: len(quotes)] == quotes
    assert store.rows(HISTORY)[0] == history[0]


def test_each_row_of_the_history_names_its_quote(store: Store) -> None:
    store.sync(priced(0, usd("input_token", "0.00000015"), usd("output_token", "1000", "100M tokens")))
    assert store.rows(
        "SELECT h.unit, q.raw, q.unit_text FROM model_pricing_history h "
        "JOIN price_quotes q ON q.id = h.quote_id ORDER BY h.id"
    ) == [("input_token", "0.00000015", "USD per token"), ("output_token", "1000", "USD per 100M tokens")]
