"""The views of a longer time, beside a recount by hand of the lists that were written."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pytest

from modelatlas.domain.analytics import Coverage, DayTotals, PriceRank, ProviderDay, Span
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.ports import Analytics
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.storage.analytics import SqlAnalytics
from modelatlas.storage.ledger import SqlLedger
from tests.builders import NOON, listing
from tests.storage.stores import Store

HOUR = timedelta(hours=1)
PRICES: tuple[str | None, ...] = (None, "0", "1", "2.5", "0.1", "0.10")
"""Dollars for a million tokens; 0 is free, None is not said, and 0.10 is 0.1 in other words."""


class Told(NamedTuple):
    """What one list says: id -> the price of an input token."""

    provider: str
    at: datetime
    prices: dict[str, str | None]

    def part(self) -> Snapshot:
        listed = [listing(id_, self.provider, prices=rules(said)) for id_, said in self.prices.items()]
        return snapshot(self.provider, self.at, listed)


def rules(said: str | None) -> tuple[Rule, ...]:
    if said is None:
        return ()
    if said == "0":
        return (Rule("input_token", "free", raw="0", path="p"),)
    return (usd("input_token", said, per="1M tokens", path="p"),)


def lists(seed: int) -> Iterator[Told]:
    """Two providers over some weeks: models come, go and return, and cost something else now and then."""
    chance = random.Random(seed)
    at = NOON
    ids = {"acme": ["gpt-4o", "gpt-4o-mini", "o3", "x1"], "zeta": ["openai/gpt-4o", "openai/o3", "x2"]}
    for _ in range(24):
        at += timedelta(hours=chance.choice([3, 11, 26, 70]))
        for slug in chance.choice([["acme"], ["zeta"], ["acme", "zeta"]]):
            here = [id_ for id_ in ids[slug] if chance.random() < 0.75]
            yield Told(slug, at, {id_: chance.choice(PRICES) for id_ in here})


@pytest.fixture(params=[1, 2, 3])
def told(request: pytest.FixtureRequest, store: Store) -> list[Told]:
    made = list(lists(request.param))
    store.ledger = SqlLedger(store.engine, Matches().of)
    for each in made:
        store.sync(each.part())
    return made


def days(told: list[Told]) -> list[str]:
    first, last = told[0].at.date(), max(each.at for each in told).date()
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def last_list(told: list[Told], slug: str, day: str) -> Told | None:
    return next((t for t in reversed(told) if t.provider == slug and t.at.date().isoformat() <= day), None)


def test_the_days_are_those_that_a_recount_of_the_lists_gives(store: Store, told: list[Told]) -> None:
    analytics: Analytics = SqlAnalytics(store.engine)
    expected = []
    for day in days(told):
        for slug in ("acme", "zeta"):
            earlier = [t for t in told if t.provider == slug and t.at.date().isoformat() <= day]
            if any(each.prices for each in earlier):
                here = earlier[-1].prices
                priced = sum(said is not None for said in here.values())
                expected.append(ProviderDay(day, slug, len(here), priced))
    assert analytics.listings(Span()) == expected
    totals = {each.day: each for each in analytics.totals(Span())}
    for day, found in totals.items():
        parts = [each for each in expected if each.day == day]
        assert (found.listings, found.priced_listings, found.providers) == (
            sum(each.listings for each in parts),
            sum(each.priced_listings for each in parts),
            sum(each.listings > 0 for each in parts),
        )


def test_the_models_of_a_day_are_those_of_its_lists(store: Store, told: list[Told]) -> None:
    matches = Matches()
    for found in SqlAnalytics(store.engine).totals(Span()):
        parts = [last_list(told, slug, found.day) for slug in ("acme", "zeta")]
        models = {
            match.model
            for part in parts
            if part is not None
            for each in part.part().listings
            if (match := matches.match(each)) is not None and match.model is not None
        }
        assert found.canonical_models == len(models)
    assert 2 <= max(each.canonical_models for each in SqlAnalytics(store.engine).totals(Span())) <= 3


def test_the_changes_of_a_week_are_those_between_the_lists(store: Store, told: list[Told]) -> None:
    expected: dict[tuple[str, str], list[str]] = {}
    for slug in ("acme", "zeta"):
        for before, after in pairwise([each for each in told if each.provider == slug]):
            for id_ in before.prices.keys() & after.prices.keys():
                kind = kind_of(before.prices[id_], after.prices[id_])
                if kind is not None:
                    monday = after.at.date() - timedelta(days=after.at.weekday())
                    expected.setdefault((monday.isoformat(), slug), []).append(kind)
    found = SqlAnalytics(store.engine).price_changes(Span())
    assert {(each.week, each.provider): each.changes for each in found} == {
        key: len(kinds) for key, kinds in expected.items()
    }
    for each in found:
        kinds = expected[each.week, each.provider]
        counted = [each.up, each.down, each.became_known, each.became_free, each.became_unknown]
        assert counted == [
            kinds.count(kind) for kind in ("up", "down", "became_known", "became_free", "became_unknown")
        ]
        assert date.fromisoformat(each.week).weekday() == 0


def kind_of(before: str | None, after: str | None) -> str | None:
    if after is None:
        return None if before is None else "became_unknown"
    if after == "0":
        return None if before == "0" else "became_free"
    if before is None or before == "0":
        return "became_known"
    was, is_now = Decimal(before), Decimal(after)
    return None if was == is_now else "up" if is_now > was else "down"


def test_a_span_of_days_and_one_provider(store: Store, told: list[Told]) -> None:
    analytics = SqlAnalytics(store.engine)
    day = days(told)[10]
    span = Span(since=day, until=day, providers=frozenset({"zeta"}))
    assert analytics.listings(span) == [
        each for each in analytics.listings(Span()) if (each.day, each.provider) == (day, "zeta")
    ]
    assert [each.day for each in analytics.totals(Span(until=days(told)[1]))] == days(told)[:2]


def test_the_cheapest_and_the_dearest_of_a_unit(store: Store) -> None:
    dollars = {"a": "3", "b": "0.000000000000000001", "c": "20", "d": None, "e": "0"}
    store.sync(Told("acme", NOON, dollars).part())
    cny = Rule("input_token", "known", Decimal(1), currency="CNY", per="1M tokens", raw="1", path="p")
    store.sync(
        snapshot(
            "zeta", NOON, [listing("z", "zeta", prices=(cny,)), listing("y", "zeta", visibility="account")]
        )
    )
    analytics = SqlAnalytics(store.engine)
    assert analytics.extremes("input_token", "cheapest", 2) == [
        PriceRank("input_token", "acme", "b", None, Decimal("1E-24"), 1, 3),
        PriceRank("input_token", "acme", "a", None, Decimal("0.000003"), 2, 2),
    ]
    assert [each.id for each in analytics.extremes("input_token", "dearest", 10)] == ["c", "a", "b"]
    assert analytics.extremes("output_token", "dearest", 10) == []


def test_what_is_covered_and_how_fresh_it_is(store: Store) -> None:
    store.sync(Told("acme", NOON, {"a": "1", "b": None}).part())
    store.sync(
        snapshot(
            "acme",
            NOON + HOUR,
            [
                *Told("acme", NOON, {"a": "1", "b": None}).part().listings,
                listing("own", visibility="account"),
            ],
        )
    )
    for at in (NOON + 2 * HOUR, NOON + 3 * HOUR):
        store.ledger.end_run(store.ledger.start_run("acme", at), "failed", at, "timeout: 30 s")
    store.ledger.end_run(store.ledger.start_run("never", NOON), "skipped", NOON, "no key")
    acme, never = SqlAnalytics(store.engine).coverage()
    assert (acme.provider, acme.listings, acme.priced_listings, acme.listings_with_context) == (
        "acme",
        2,
        1,
        0,
    )
    assert (acme.heard_at, acme.changed_at) == (NOON + HOUR, NOON)
    assert (acme.last_run_at, acme.last_run_status, acme.failed_since) == (NOON + 3 * HOUR, "failed", 2)
    assert never == Coverage("never", 0, 0, 0, 0, None, None, NOON, "skipped", 0)


def test_an_empty_store_has_no_days(store: Store) -> None:
    analytics = SqlAnalytics(store.engine)
    assert (analytics.as_of(), analytics.totals(Span()), analytics.coverage()) == (0, [], [])
    store.sync(Told("acme", NOON, {"a": "1"}).part())
    assert analytics.as_of() > 0
    assert analytics.totals(Span()) == [
        DayTotals("2026-11-23", 1, 1, 1, analytics.totals(Span())[0].canonical_models)
    ]


def test_an_account_s_listings_are_not_counted(store: Store) -> None:
    store.sync(snapshot("acme", NOON, [listing("a"), listing("own", visibility="account")]))
    analytics = SqlAnalytics(store.engine)
    assert [each.listings for each in analytics.listings(Span())] == [1]
