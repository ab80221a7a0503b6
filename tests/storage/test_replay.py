"""Dated lists replayed into a store: what it says of the past equals a count by hand of the raw files."""

import json
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.changes import ChangeQuery
from modelatlas.domain.history import PricesThen
from modelatlas.domain.price import usd_per_unit
from modelatlas.flows.replay import LaterFacts, replay
from modelatlas.flows.sync import Synced
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from modelatlas.storage.history import SqlHistory
from tests.recount import Prices, Step, lists, steps
from tests.storage.checks import check_chains
from tests.storage.stores import Store

OPENROUTER = Synced("openrouter", "OpenRouter", "gateway")
DAY = timedelta(days=1)
START = datetime(2025, 1, 1, tzinfo=UTC)

Dated = Sequence[tuple[datetime, bytes]]


def entry(id_: str, *, created: int = 1, **pricing: str | None) -> dict[str, Any]:
    return {"id": id_, "created": created, "pricing": pricing or None}


ODD: Dated = [
    (START + day * DAY, json.dumps({"data": entries}).encode())
    for day, entries in enumerate(
        [
            [entry("a", prompt="1", completion="2"), entry("b", prompt="0", completion="0"), entry("c")],
            [entry("a", prompt="1.0", completion="2"), entry("b", prompt="0", completion="0"), entry("c")],
            [entry("a", prompt="2", completion="2"), entry("c", prompt="1", completion="1")],  # b is gone
            [
                entry("a", prompt="-1", completion="-1"),
                entry("b", prompt="3", completion="0"),
            ],  # another price
            [entry("a", prompt="-1", completion="0"), entry("b", prompt="3"), entry("c")],
            [entry("a", prompt="1e0", completion="0"), entry("b")],  # nothing is said of b
            [entry("a", prompt="1", completion="0"), entry("b")],
            [
                entry("b", created=1, prompt="9", completion="9"),
                entry("b", created=2, prompt="8", completion="9", input_cache_read="0"),
                entry("d", prompt="0.000001", completion="1", image="0.000001", request="0"),
            ],
            [],
            [entry("d", prompt="0.000001", completion="1", image="0.000002", request="0.1"), entry("a")],
        ]
    )
]
"""Texts, zeros, nulls, -1, duplicates, an empty list; ids that come back cheaper, dearer, or silent."""


def real(shared: Path) -> Dated:
    with tarfile.open(shared / "data" / "openrouter_replay" / "2024-09_2025-05.tar.xz", "r:xz") as archive:
        found = []
        for member in archive.getmembers():
            file = archive.extractfile(member)
            if file is not None:
                at = datetime.fromisoformat(Path(member.name).stem).replace(tzinfo=UTC)
                found.append((at, file.read()))
        return sorted(found)


def replayed(store: Store, dated: Dated) -> SqlHistory:
    openrouter = declared()["openrouter"]
    parts = (read_snapshot(openrouter, {"models": [payload]}, at) for at, payload in dated)
    runs = list(replay(store.ledger, OPENROUTER, parts, grace_runs=3))
    assert [run.status for run in runs] == ["success"] * len(dated)
    return SqlHistory(store.engine)


def test_the_real_lists_are_counted_as_by_hand(store: Store, shared: Path) -> None:  # F14, F15
    dated = real(shared)
    assert len(dated) == 20
    check(replayed(store, dated), dated)
    check_chains(store, "openrouter")


def test_odd_lists_are_counted_as_by_hand(store: Store) -> None:  # F8, F10, F14, F28
    check(replayed(store, ODD), ODD)
    check_chains(store, "openrouter")


def test_the_same_lists_one_by_one_or_twice_say_the_same(store: Store) -> None:
    again = [(at + shift, payload) for at, payload in ODD for shift in (timedelta(0), DAY / 2)]
    history = replayed(store, again)
    check(history, again)
    counted = [step for step in steps(lists([payload for _, payload in again])) if any(step)]
    assert len(counted) < len(again) / 2


def test_what_is_not_after_all_that_is_known_is_refused(store: Store) -> None:
    replayed(store, ODD)
    before = store.dump("pricing_sync_log")
    for at in (START, ODD[-1][0]):
        with pytest.raises(LaterFacts, match=r"what openrouter said at 2025-01-10.*only ever appended"):
            replayed(store, [(at, ODD[0][1])])
    assert store.dump("pricing_sync_log") == before


def check(history: SqlHistory, dated: Dated) -> None:
    found = lists([payload for _, payload in dated])
    for (at, _), expected, said in zip(dated, steps(found), found, strict=True):
        got = observed(history, at)
        assert [got.repriced - expected.repriced, expected.repriced - got.repriced] == [set(), set()], at
        assert got == expected, at
        between = at + timedelta(minutes=7)
        past = history.list_at("openrouter", between)
        assert past is not None
        listed = {
            each.id: said_of(PricesThen(seen=True, listed=True, rules=each.prices)) for each in past.listings
        }
        assert listed == said
        for id_ in {id_ for each in found for id_ in each}:
            then = history.prices_at("openrouter", id_, between)
            assert then is not None
            assert then.listed == (id_ in said)
            if then.listed:
                assert said_of(then) == said[id_]


def observed(history: SqlHistory, at: datetime) -> Step:
    """What the feed says happened at an instant, read in small pages."""
    asked = ChangeQuery(since=at, until=at + timedelta(seconds=1), limit=37)
    step = Step(set(), set(), set(), set())
    while True:
        page = history.changes(asked)
        for each in page.changes:
            match each.kind:
                case "new":
                    step.new.add(each.id)
                case "gone":
                    step.gone.add(each.id)
                case "back":
                    step.back.add(each.id)
                case "attribute":
                    assert each.attribute is not None
                case _:
                    assert each.price is not None
                    step.repriced.add((each.id, each.price.new.rule.unit))
        if page.next is None:
            return step
        asked = ChangeQuery(since=asked.since, until=asked.until, limit=37, after=page.next)


def said_of(then: PricesThen) -> Prices:
    return {rule.unit: usd_per_unit(rule) if rule.state == "known" else rule.state for rule in then.rules}
