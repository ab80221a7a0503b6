"""Prices under conditions: worked out here once more from the JSON alone, and what is no rule is told."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.headline import headline, varies_by
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Condition, PromptOver, Tier, usd, usd_per_unit
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import merged, read_snapshot
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.short import received

MIDNIGHT: Final = datetime(2026, 8, 22, tzinfo=UTC)
INSTANTS: Final = [
    MIDNIGHT + timedelta(hours=hour, minutes=minute, seconds=second)
    for hour in range(24)
    for minute, second in ((0, 0), (30, 0), (59, 59))
]
LENGTHS: Final = [0, 1, 31_999, 127_999, 199_999, 255_999, 271_999, 524_287, 1_000_000]

NO_CONDITION: Final = "expected the length of a prompt, or hours with a begin and an end"
NO_CLOCK: Final = "expected a clock time such as 1030"
NO_BASE: Final = "it stands above a price of input_audio_token, of which there is none"
GAP: Final = "expected ranges that begin where the one before ends"
BACKWARDS: Final = "expected ranges from the shortest to the longest prompt"
OTHER_FLAT: Final = "the first range differs from the flat price of input_token"
NOT_ALL: Final = "no input_token for prompts of every length, or two"
NO_LENGTH: Final = "a price of long prompts, and no length at long_context_threshold"

KEYS: Final = {
    "prompt": "input_token", "completion": "output_token", "input_cache_read": "cache_read_token",
    "input_cache_write": "cache_write_token", "input_cache_write_1h": "cache_write_1h_token",
    "audio": "input_audio_token", "input_audio_cache": "cache_read_audio_token",
    "internal_reasoning": "reasoning_token",
}  # fmt: skip


def test_openrouter_costs_what_its_overrides_say(shared: Path) -> None:
    """F12: each key, minute and length; the last override that holds says it, what none says is inherited."""
    entries = document(shared, "openrouter")["data"]
    listings = {each.id: each for each in snapshot(shared, "openrouter").listings}
    compared = 0
    for entry in (each for each in entries if each["pricing"].get("overrides")):
        overrides = entry["pricing"]["overrides"]
        timed = any("utc_start" in each for each in overrides)
        for (key, unit), at, tokens in product(
            KEYS.items(), INSTANTS if timed else INSTANTS[:1], lengths(overrides)
        ):
            said = entry["pricing"].get(key)
            for each in overrides:
                if key in each and overridden(each, at, tokens):
                    said = each[key]
            assert cost(listings[entry["id"]], unit, at, tokens) == (None if said is None else Decimal(said))
            compared += said is not None
    assert compared > 3_000


def overridden(override: Mapping[str, Any], at: datetime, tokens: int) -> bool:
    if "min_prompt_tokens" in override and not tokens > int(override["min_prompt_tokens"]):
        return False
    if "utc_start" not in override:
        return True
    clock, start, end = at.hour * 100 + at.minute, int(override["utc_start"]), int(override["utc_end"])
    return start <= clock < end if start < end else clock >= start or clock < end


def lengths(overrides: Iterable[Mapping[str, Any]]) -> list[int]:
    edges = {int(each["min_prompt_tokens"]) for each in overrides if "min_prompt_tokens" in each}
    return sorted({*LENGTHS, *(edge + step for edge in edges for step in (-1, 0, 1))})


@pytest.mark.parametrize(
    ("name", "within"), [("vercel-ai-gateway", ""), ("vercel-ai-gateway.documented", "models")]
)
def test_vercel_costs_what_its_tiers_say(name: str, within: str, shared: Path) -> None:
    """F12: `min` belongs to a tier and `max` to the next one."""
    entries = document(shared, name)
    entries = entries[within]["data"] if within else entries
    read = of_rows("vercel-ai-gateway", entries)
    assert not read.unread
    tiered = 0
    for entry, listing in zip(sorted(entries, key=lambda each: each["id"]), read.listings, strict=True):
        for key, unit in (
            ("input", "input_token"), ("output", "output_token"),
            ("input_cache_read", "cache_read_token"), ("input_cache_write", "cache_write_token"),
        ):  # fmt: skip
            flat = entry["pricing"].get(key)
            tiers = entry["pricing"].get(f"{key}_tiers") or []
            tiered += bool(tiers)
            edges = {int(each["min"]) for each in tiers}
            around = {max(edge + step, 0) for edge in edges for step in (-1, 0, 1)}
            for tokens in {*LENGTHS, *around}:
                said = flat
                for each in tiers:
                    if int(each["min"]) <= tokens and ("max" not in each or tokens < int(each["max"])):
                        said = each["cost"]
                assert cost(listing, unit, NOON, tokens) == (None if said is None else Decimal(said))
    assert tiered == (4 if within else 10)


@pytest.mark.parametrize(
    ("within", "entries"), [("GET /v1/models", "data"), ("GET /v1/language-models", "models")]
)
def test_xai_costs_what_its_long_context_says(within: str, entries: str, shared: Path) -> None:
    """F12: from the threshold on; a zero means that the price of short prompts goes on."""
    rows = document(shared, "xai.documented")[within][entries]
    name = "models" if entries == "data" else "language"
    read = read_snapshot(declared()["xai"], {name: [json.dumps({entries: integers(rows)}).encode()]}, NOON)
    assert not read.unread
    by_id = {each.id: each for each in read.listings}
    long_ones = 0
    for row, tokens in product(rows, [*LENGTHS, 127_999, 128_000, 128_001, 200_000]):
        for path, unit in (
            ("prompt_text_token_price", "input_token"),
            ("cached_prompt_text_token_price", "cache_read_token"),
            ("completion_text_token_price", "output_token"),
        ):  # fmt: skip
            said, threshold = int(row.get(path, 0)), int(row.get("long_context_threshold", 0))
            more = int(row.get(f"{path}_long_context", 0))
            if threshold and tokens >= threshold and more:
                said, long_ones = more, long_ones + 1
            expected = Decimal(said) / 10**10 if said else None
            assert cost(by_id[row["id"]], unit, NOON, tokens) == expected
    assert long_ones > 0


def test_alibaba_costs_what_its_ranges_say(shared: Path) -> None:
    """F12: the documented answer with the unit of the international list; that of the mainland is refused."""
    text = (shared / "payloads" / "alibaba.documented.json").read_text(encoding="utf-8")
    rows = json.loads(text)["output"]["models"]
    named = json.loads(json.dumps(rows).replace(json.dumps("每百万tokens"), '"Per 1M tokens"'))
    by_id = {each.id: each for each in alibaba(named).listings}
    plus, maximum = by_id["qwen3.7-plus"], by_id["qwen3.8-max"]
    for tokens, input_, output in (
        (0, "2", "8"), (255_999, "2", "8"), (256_000, "2", "8"), (256_001, "6", "24"), (900_000, "6", "24"),
    ):  # fmt: skip
        assert cost(plus, "input_token", NOON, tokens) == Decimal(input_) / 10**6
        assert cost(plus, "output_token", NOON, tokens) == Decimal(output) / 10**6
    assert cost(maximum, "input_token", NOON, 0, "batch") == Decimal(6) / 10**6
    assert cost(maximum, "input_token", NOON, 0) == Decimal(12) / 10**6
    assert not [rule for listing in alibaba(rows).listings for rule in listing.prices]


def test_no_recorded_set_contradicts_itself(shared: Path) -> None:
    """F12: every circumstance has one price at most."""
    for name in ("openrouter", "vercel-ai-gateway"):
        for listing in snapshot(shared, name).listings:
            assert not contradictions(listing.prices)


def test_each_rule_keeps_where_it_stood_and_what_was_sent(shared: Path) -> None:
    entries = {each["id"]: each for each in document(shared, "openrouter")["data"]}
    for listing in snapshot(shared, "openrouter").listings:
        for rule in (each for each in listing.prices if each.when != ALWAYS):
            _, _, place = rule.path.partition("pricing.overrides[")
            number, _, key = place.partition("].")
            assert entries[listing.id]["pricing"]["overrides"][int(number)][key] == rule.raw
            assert rule.rank == int(number) + 1


def test_the_headline_price_is_of_the_shortest_prompt_and_the_dearest_hour(shared: Path) -> None:
    by_id = {each.id: each for each in snapshot(shared, "openrouter").listings}
    long_ones = by_id["qwen/qwen3-max"].prices
    by_night = by_id["deepseek/deepseek-v4-flash-vision-exp"].prices
    (shortest, dearest) = (headline(rules, "input_token") for rules in (long_ones, by_night))
    assert shortest is not None
    assert dearest is not None
    assert (usd_per_unit(shortest), varies_by(long_ones, "input_token")) == (
        Decimal("0.00000078"),
        ("prompt",),
    )
    assert (usd_per_unit(dearest), varies_by(by_night, "input_token")) == (Decimal("0.00000044"), ("time",))


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ({"min_prompt_tokens": 1, "weekday": 7, "prompt": "2"}, "an unknown condition or price: weekday"),
        ({"utc_start": 100, "prompt": "2"}, NO_CONDITION),
        ({"prompt": "2"}, NO_CONDITION),
        ({"utc_start": 100, "utc_end": 100, "prompt": "2"}, "hours that end when they begin"),
        ({"utc_start": 160, "utc_end": 300, "prompt": "2"}, NO_CLOCK),
        ({"utc_start": 2401, "utc_end": 300, "prompt": "2"}, NO_CLOCK),
        ({"min_prompt_tokens": "1k", "prompt": "2"}, "expected a whole number, 0 or more"),
        ({"min_prompt_tokens": 1, "prompt": 2}, "expected a number as text"),
        ({"min_prompt_tokens": 1, "prompt": None}, "expected an amount"),
        ({"min_prompt_tokens": 1, "web_search": "0"}, "a zero that does not say free"),
        ({"min_prompt_tokens": 1, "audio": "2"}, NO_BASE),
        ("2", "expected an object"),
    ],
)  # fmt: skip
def test_an_override_that_is_not_understood_is_kept_unread(override: Any, reason: str) -> None:
    """F12: nothing is guessed, and the other overrides are not touched."""
    other = {"min_prompt_tokens": 9, "completion": "3"}
    pricing = {"prompt": "1", "completion": "1", "web_search": "1", "overrides": [override, other]}
    listing, reasons = read("openrouter", {"id": "a", "pricing": pricing})
    assert reasons == [reason]
    assert [rule.path for rule in listing.prices if rule.when != ALWAYS] == [
        "pricing.overrides[1].completion"
    ]


@pytest.mark.parametrize(
    ("tiers", "reason"),
    [
        ([{"cost": "1", "max": 9}, {"cost": "2", "min": 10}], GAP),
        ([{"cost": "1", "max": 9}, {"cost": "2", "min": 8}], GAP),
        ([{"cost": "1"}, {"cost": "2", "min": 8}], GAP),
        ([{"cost": "1", "min": 9, "max": 9}, {"cost": "2", "min": 9}],
         BACKWARDS),
        ([{"cost": "3", "max": 9}, {"cost": "2", "min": 9}], OTHER_FLAT),
        ([{"cost": "1", "max": 9}, {"cost": "0", "min": 9}], "a zero that does not say free"),
        ([{"cost": "1", "max": 9}, {"min": 9}], "no input_token for prompts of every length"),
        ([{"cost": "1", "max": 9}, {"cost": "2", "min": 9, "max": 99}], "no price from 99 tokens on"),
        ([{"cost": "1", "max": 9, "region": "eu"}, {"cost": "2", "min": 9}],
         "an unknown key in a range: region"),
        ([1], "expected a list of objects"),
        ({"cost": "1"}, "expected a list"),
    ],
)  # fmt: skip
def test_tiers_that_do_not_fit_together_are_kept_unread(tiers: Any, reason: str) -> None:
    """F12: the flat price stays, and says nothing of long prompts."""
    entry = {"id": "a", "context_window": 1000, "pricing": {"input": "1", "input_tiers": tiers}}
    listing, reasons = read("vercel-ai-gateway", entry)
    assert reasons == [reason]
    assert {rule.when for rule in listing.prices} == {ALWAYS}


def test_a_long_price_without_a_length_is_kept_unread() -> None:
    listing, reasons = read("xai", {"id": "a", "prompt_text_token_price_long_context": 4})
    assert (listing.prices, reasons) == (
        (),
        [NO_LENGTH],
    )


@pytest.mark.parametrize(
    ("bands", "reasons"),
    [
        ([("Default", "1"), ("Default", "2")], ["two prices under the same conditions"] * 2),
        ([("Input<=32k", "1"), ("64k<Input<=128k", "2")], [NOT_ALL] * 2),
        ([("32k<Input<=128k", "2")], [NOT_ALL]),
        ([("Default", "1"), ("32k<Input<=128k", "2")], [NOT_ALL] * 2),
        ([("Input<=32k", "1")], ["no input_token for the longest prompts"]),
        ([("Input<=32k", "1"), ("32k<Input<=128k", "0")], ["a zero that does not say free"] * 2),
        ([("Output<=32k", "1")], ["a price for the range Output<=32k"]),
    ],
)  # fmt: skip
def test_ranges_that_do_not_fit_together_are_kept_unread(
    bands: list[tuple[str, str]], reasons: list[str]
) -> None:
    """F12."""
    row = {"model": "a", "model_info": {"context_window": 131_072}, "prices": [
        {"range_name": name, "prices": [
            {"type": "input_token", "price": price, "price_unit": "Per 1M tokens"}]}
        for name, price in bands
    ]}  # fmt: skip
    listing, found = read("alibaba", row)
    assert (listing.prices, found) == ((), reasons)


def test_a_price_by_time_of_day_without_hours_is_kept_unread() -> None:
    """F12: the standard band is no price of every hour when there is another one."""
    quotes = [
        {"type": "input_token", "price": price, "price_unit": "Per 1M tokens", "time_band": band}
        for price, band in (("1", "standard"), ("2", "peak"))
    ]
    listing, reasons = read(
        "alibaba", {"model": "a", "prices": [{"range_name": "Default", "prices": quotes}]}
    )
    assert (listing.prices, reasons) == ((), ["by time of day, and the hours are not said"] * 2)


def test_a_later_list_adds_conditions_but_no_second_price_at_once() -> None:
    """F12, F13: what an earlier list says stays; a rule beside which it would be ambiguous is kept unread."""
    native = {"model_name": "acme/rocket", "pricing": {
        "type": "tokens", "cents_per_input_token": 1e-05, "rate_per_service_tier_flex": 0.5}}  # fmt: skip
    first = {"data": [{"id": "acme/rocket", "metadata": {"pricing": {"input_tokens": 0.1}}}]}
    payloads = {"models": [json.dumps(first).encode()], "native": [json.dumps([native]).encode()]}
    (joined,) = read_snapshot(declared()["deepinfra"], payloads, NOON).listings
    assert [rule.when.tier for rule in joined.prices] == ["standard", "flex"]
    long_ones = [
        replace(usd("input_token", "2"), when=Condition(prompt_over=PromptOver(tokens)), rank=2)
        for tokens in (1000, 2000)
    ]
    kept, unread = merged(*(Listing("acme", "a", prices=(rule,)) for rule in long_ones))
    assert kept.prices == (long_ones[0],)
    assert [each.reason for each in unread] == ["an earlier list of the provider says another price"]


def cost(listing: Listing, unit: str, at: datetime, tokens: int, tier: Tier = "standard") -> Decimal | None:
    found = evaluate(listing.prices, unit, Circumstances(at, tokens, tier))
    return None if found is None else found.usd


def read(slug: str, entry: Any) -> tuple[Listing, list[str]]:
    provider = declared()[slug]
    reading = Reader(provider, provider.lists[0]).read(received(entry))
    assert isinstance(reading.result, Listing)
    return reading.result, [each.reason for each in reading.unread]


def document(shared: Path, name: str) -> Any:
    """Decode a recording without any of our own reading, each number as text."""
    text = (shared / "payloads" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=str, parse_int=str)


def integers(value: Any) -> Any:
    """Turn the texts of numbers back into numbers."""
    if isinstance(value, list):
        return [integers(each) for each in value]
    if isinstance(value, dict):
        return {key: integers(each) for key, each in value.items()}
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def snapshot(shared: Path, name: str) -> Snapshot:
    sent = (shared / "payloads" / f"{name}.json").read_bytes()
    whole = sent if sent.lstrip().startswith(b"{") else b'{"data":%s}' % sent
    return read_snapshot(declared()[name], {"models": [whole]}, NOON)


def of_rows(slug: str, rows: Any) -> Snapshot:
    numbers = [{**row, "pricing": row["pricing"]} for row in rows]
    for row in numbers:
        for key, tiers in row["pricing"].items():
            if key.endswith("_tiers"):
                row["pricing"] = {**row["pricing"], key: [
                    {name: value if name == "cost" else int(value) for name, value in tier.items()}
                    for tier in tiers
                ]}  # fmt: skip
        for key in ("created", "released", "context_window", "max_tokens"):
            if key in row:
                row[key] = int(row[key])
    return read_snapshot(declared()[slug], {"models": [json.dumps({"data": numbers}).encode()]}, NOON)


def alibaba(rows: Any) -> Snapshot:
    payload = json.dumps({"success": True, "output": {"models": rows}}).encode()
    return read_snapshot(declared()["alibaba"], {"models": [payload]}, NOON)
