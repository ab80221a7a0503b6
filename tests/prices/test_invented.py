"""Invented providers as curated files: other zones, daylight saving, wrapping hours, tiers and batch.

Minute by minute around each turn, a second evaluator that shares no code agrees.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.price import Tier
from modelatlas.prices.file import Curated, read_file
from tests.domain.naive_prices import naive_cost, same

HEAD = 'source = "https://acme.example/"\nread = 2026-01-01\nexpires = 2027-01-01\n'
NEW_YORK = """
# Nights cost half in New York, and the nights that begin on a Friday or a Saturday a quarter.
[[price]]
ids = ["rocket"]
prices = { input_token = "4", output_token = "16" }
[[price]]
ids = ["rocket"]
hours = ["22:00-06:00"]
zone = "America/New_York"
rank = 1
prices = { input_token = "2", output_token = "8" }
[[price]]
ids = ["rocket"]
hours = ["22:00-06:00"]
weekdays = [5, 6]
zone = "America/New_York"
rank = 2
prices = { input_token = "1" }
"""
LORD_HOWE = """
# Two peaks a day on an island whose clocks move by half an hour, dearer from a date on, free in one tier.
[[price]]
ids = ["rocket"]
until = 2026-04-05T12:00:00Z
prices = { input_token = "3" }
[[price]]
ids = ["rocket"]
from = 2026-04-05T12:00:00Z
prices = { input_token = "5" }
[[price]]
ids = ["rocket"]
hours = ["01:45-02:15", "13:00-14:00"]
zone = "Australia/Lord_Howe"
rank = 1
prices = { input_token = "9" }
[[price]]
ids = ["rocket"]
tier = "flex"
prices = { input_token = "free" }
"""
BERLIN = """
# Long prompts cost more, batches half of either, and what is served in the EU a tenth more on top.
[[price]]
ids = ["rocket"]
prices = { input_token = "1", output_token = "4" }
[[price]]
ids = ["rocket"]
prompt_over = 3
rank = 1
prices = { input_token = "2" }
[[price]]
ids = ["rocket"]
prompt_over = 5
inclusive = true
hours = ["08:00-20:00"]
weekdays = [1, 2, 3, 4, 5]
zone = "Europe/Berlin"
rank = 2
prices = { input_token = "3" }
[[price]]
ids = ["rocket"]
tier = "priority"
prices = { input_token = "6" }
[[factor]]
ids = ["rocket"]
tier = "batch"
factor = "0.5"
[[factor]]
ids = ["rocket"]
region = "eu"
factor = "1.1"
units = ["input_token"]
rank = 1
"""
FILES = {"New York": NEW_YORK, "Lord Howe": LORD_HOWE, "Berlin": BERLIN}
TURNS = {
    "New York": ("2026-03-08T07:00", "2026-11-01T06:00", "2026-07-04T02:00", "2026-07-05T10:00"),
    "Lord Howe": ("2026-04-04T15:00", "2026-10-03T15:30", "2026-04-05T12:00", "2026-01-01T02:00"),
    "Berlin": ("2026-03-29T01:00", "2026-10-25T01:00", "2026-03-30T06:00", "2026-10-23T18:00"),
}
"""Where clocks move (the first two), and where hours or days begin or end."""
TIERS: tuple[Tier, ...] = ("standard", "batch", "flex", "priority")


def minutes_around(instants: tuple[str, ...]) -> Iterator[datetime]:
    for text in instants:
        turn = datetime.fromisoformat(text).replace(tzinfo=UTC)
        yield from (turn + timedelta(minutes=minute) for minute in range(-150, 151))


def curated(name: str) -> Curated:
    return read_file("acme", (HEAD + FILES[name]).encode())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("tier", TIERS)
def test_minute_by_minute_a_naive_evaluator_agrees(name: str, tier: Tier) -> None:
    file = curated(name)
    rules, factors = file.rules["rocket"], file.factors.get("rocket", ())
    seen = set()
    for number, at in enumerate(minutes_around(TURNS[name])):
        prompt, region = number % 7, (None, "eu")[number % 2]
        for unit in ("input_token", "output_token"):
            cost = evaluate(rules, unit, Circumstances(at, prompt, tier, region), factors)
            naive = naive_cost(rules, factors, unit, at, prompt, tier, region)
            assert naive is None if cost is None else same(cost.amount, naive), (at, unit, prompt, region)
            seen.add(naive)
    assert seen


@pytest.mark.parametrize(
    ("name", "at", "usd_per_million"),
    [
        ("New York", "2026-07-03T01:59", "4"),  # 21:59 on a Thursday in summer
        ("New York", "2026-07-03T02:00", "2"),
        ("New York", "2026-07-04T09:59", "1"),  # Saturday morning: the night that began on Friday
        ("New York", "2026-07-04T10:00", "4"),
        ("New York", "2026-01-03T02:59", "4"),  # an hour later by UTC in winter
        ("New York", "2026-01-03T03:00", "1"),
        ("Lord Howe", "2026-04-04T14:44", "3"),
        ("Lord Howe", "2026-04-04T14:45", "9"),  # 01:45
        ("Lord Howe", "2026-04-04T15:00", "3"),  # clocks go back from 02:00 to 01:30
        ("Lord Howe", "2026-04-04T15:15", "9"),  # 01:45 for the second time
        ("Lord Howe", "2026-04-04T15:45", "3"),  # 02:15
        ("Lord Howe", "2026-04-05T12:00", "5"),
        ("Berlin", "2026-03-29T12:00", "1"),
    ],
)
def test_some_instants_as_the_page_would_tell_them(name: str, at: str, usd_per_million: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    cost = evaluate(curated(name).rules["rocket"], "input_token", Circumstances(instant))
    assert cost is not None
    assert cost.usd == Decimal(usd_per_million) / 1_000_000


def test_tiers_prompts_and_regions_add_up() -> None:
    file = curated("Berlin")
    rules, factors = file.rules["rocket"], file.factors["rocket"]
    monday = datetime(2026, 3, 30, 8, tzinfo=UTC)
    asked: list[tuple[int, Tier, str | None, str]] = [
        (3, "standard", None, "1"),
        (4, "standard", None, "2"),
        (5, "standard", None, "3"),
        (5, "batch", None, "1.5"),
        (5, "priority", None, "6"),
        (5, "standard", "eu", "3.3"),
    ]
    for prompt, tier, region, expected in asked:
        cost = evaluate(rules, "input_token", Circumstances(monday, prompt, tier, region), factors)
        assert cost is not None
        assert cost.usd == Decimal(expected) / 1_000_000
    assert evaluate(rules, "output_token", Circumstances(monday, tier="flex"), factors) is None
