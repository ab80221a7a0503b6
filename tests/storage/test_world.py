"""Fetch, drift, fail, sync, dry run, override, release, restart and crash, in any order, on a real store.

Beside them goes an account that knows what each operation left behind. What corrected declarations make of a
history is told by `test_history`, in operations of the same kind.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import structlog
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.history import rules_at
from modelatlas.domain.ledger import OverrideKind
from modelatlas.domain.price import Rule, usd_per_unit
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.sync import FRESH_ENOUGH, Sync, Synced
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.ledger import SqlLedger
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.storage.tables import provider_snapshots
from tests.builders import NOON, FakeClock, FakeFetcher, listing
from tests.causes import LEFT_OUT, Causes
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import KilledError, Statements, Store

IDS = st.sampled_from("abcdefgh")
SAID = st.sampled_from(["0", "1e-6", "0.0000010", "0.000002", "unpriced", "inactive", "suspect"])
"""What a provider says of a listing: a price, or what else it is."""
AMOUNTS = {"inactive": "1e-6", "suspect": "1"}
"""What is priced all the same; no token ever cost a dollar."""
FAILURES = st.sampled_from(["timeout", "unreachable", "unauthorised", "rate_limited", "unreadable"])
MINUTES = st.sampled_from([0, 6, 6])
"""Until a run: the list in hand is taken, or is too old."""
GRACE = 1
new_provider = count()


class World(RuleBasedStateMachine):
    """A gateway of its own on a store that all examples share, and the service that hears and syncs it."""

    def __init__(self, store: Store, statements: Statements) -> None:
        super().__init__()
        self.store, self.statements = store, statements
        self.loop = asyncio.Runner()
        self.slug = f"gateway-{next(new_provider)}"
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock)
        self.upstream: dict[str, str] = {}
        self.live_list: dict[str, str] | None = None
        self.live_at = NOON
        self.held: dict[str, str] | None = None
        self.seen: list[tuple[datetime, Mapping[str, str]]] = []
        self.start()

    def teardown(self) -> None:
        self.loop.close()

    def start(self) -> None:
        """Start a service: memory is empty, the store is as it was left."""
        self.ledger = SqlLedger(self.store.engine)
        kept = SqlSnapshots(self.store.engine)
        self.live = Live(
            Memory([self.slug]), self.fetcher, kept, self.clock, ttl=timedelta(hours=1), jitter=lambda: 0.0
        )
        gateway = Synced(self.slug, "Gateway", "gateway")
        self.flow = Sync(self.live, self.ledger, self.clock, [gateway], GRACE)
        self.loop.run(self.live.load())

    @initialize(in_list=st.booleans())
    def is_or_is_not_synced_by_itself(self, in_list: bool) -> None:
        self.causes = Causes(GRACE, in_list=in_list)
        self.answer("timeout")

    @rule(changes=st.dictionaries(IDS, st.none() | SAID, min_size=1, max_size=5), heard=st.booleans())
    def drift(self, changes: dict[str, str | None], heard: bool) -> None:
        for id_, said in changes.items():
            self.upstream.pop(id_, None) if said is None else self.upstream.update({id_: said})
        self.answer(list_of(self.slug, self.upstream))
        if heard:
            self.fetch()

    @rule()
    def all_is_dropped(self) -> None:
        self.upstream.clear()
        self.answer(list_of(self.slug, self.upstream))
        self.fetch()

    @rule(how=FAILURES)
    def fail(self, how: str) -> None:
        self.answer(how)
        self.fetch()

    def fetch(self) -> None:
        self.clock.pass_(seconds=1)
        self.loop.run(self.live.refresh(self.slug))
        self.expect_fetched()

    @precondition(lambda self: self.held is not None)
    @rule()
    def release(self) -> None:
        self.loop.run(self.live.release(self.slug))
        self.now_live(self.held or {}, self.held_at)

    @rule(minutes=MINUTES)
    def sync(self, minutes: int) -> None:
        self.clock.pass_(minutes=minutes, seconds=1)
        run = self.ledger.start_run(self.slug, self.clock.now())
        ended = self.loop.run(self.flow.write(run))
        assert ended.status == ("success" if self.expect_heard() else "failed")
        if ended.status == "success":
            self.expect_written()

    @rule(minutes=MINUTES, after=st.integers(0, 15), resumed=st.booleans())
    def crash_in_a_sync_and_restart(self, minutes: int, after: int, resumed: bool) -> None:
        """The process is gone before one of the statements that write; a next one finds what is left."""
        self.clock.pass_(minutes=minutes, seconds=1)
        run = self.ledger.start_run(self.slug, self.clock.now())
        self.statements.all.clear()
        self.statements.fail_at = after
        try:
            self.loop.run(self.flow.write(run))
        except KilledError:
            self.statements.fail_at = None
        else:  # it had fewer statements, or wrote its end only
            self.statements.fail_at = None
            if self.expect_heard():
                self.expect_written()
            self.restart()
            return
        assert self.ledger.stored([self.slug])[self.slug].active == self.causes.stored.keys()
        self.start()
        self.expect_kept()
        if not resumed:
            self.ledger.end_run(run, "failed", self.clock.now(), "its process is gone")

    @rule(minutes=MINUTES)
    def dry_run(self, minutes: int) -> None:
        self.clock.pass_(minutes=minutes, seconds=1)
        before = self.store.dump()
        self.statements.all.clear()
        try:
            planned = self.loop.run(self.flow.plan(self.slug))
        except Unavailable:
            assert not isinstance(self.fetcher.answers[self.slug], Snapshot)
        else:
            young = self.live_list is not None and self.clock.now() - self.live_at < FRESH_ENOUGH
            listed = self.live_list if young else self.upstream
            assert {each.id for each in planned.snapshot.listings} == set(listed or {})
        assert self.statements.writing == []
        assert self.store.dump() == before

    @rule(id_=IDS, word=st.sampled_from(["exclude", "keep"]) | st.none())
    def override(self, id_: str, word: OverrideKind | None) -> None:
        self.causes.said(id_, word)
        if word is None:
            self.ledger.forget_override(self.slug, id_)
        else:
            self.ledger.override(self.slug, id_, word, self.clock.now())

    @rule(lost=st.booleans())
    def restart(self, lost: bool = False) -> None:
        if lost:  # what was heard; what is written stays
            with self.store.engine.begin() as connection:
                this = provider_snapshots.c.provider_slug == self.slug
                connection.execute(provider_snapshots.delete().where(this))
            self.live_list = None
            self.causes.lost()
        self.held = None  # nothing is shared with another process here
        self.start()

    @invariant()
    def each_difference_has_the_reason_of_the_operation_that_caused_it(self) -> None:
        told = self.loop.run(explain(self.live, self.ledger, self.in_list()))
        theirs = [part for part in told.providers if part.provider == self.slug]
        got = {(each.id, each.sign): each.reason for part in theirs for each in part.differences}
        assert got == self.causes.expected()
        for part in theirs:
            assert (part.live or 0) - part.stored == sum(part.by_reason.values())
            assert part.live == (None if self.live_list is None else len(self.live_list))
            assert part.stored == len(self.causes.stored)

    @invariant()
    def history_has_no_gap_and_ends_with_the_current_price(self) -> None:
        check_rows(self.store, self.slug)
        check_chains(self.store, self.slug)

    @invariant()
    def at_each_list_that_was_written_history_says_what_it_said(self) -> None:
        asked = SqlHistory(self.store.engine)
        for id_ in {id_ for _, listed in self.seen for id_ in listed}:
            history = asked.of(self.slug, id_)
            assert history is not None
            for at, listed in self.seen:
                if id_ in listed:
                    kept_back = listed[id_] == "suspect"
                    heard = () if kept_back else prices_of(listed[id_])
                    expected = {each.unit: usd_per_unit(each) for each in heard}
                    said = {each.unit: usd_per_unit(each) for each in rules_at(history.spells, at)}
                    assert said == expected

    def answer(self, answer: Any) -> None:
        self.fetcher.answers[self.slug] = answer

    def in_list(self) -> list[str]:
        return [self.slug] if self.causes.in_list else []

    def expect_heard(self) -> bool:
        """Account for the list that a run takes: a young one, else what the provider says now."""
        if self.live_list is not None and self.clock.now() - self.live_at < FRESH_ENOUGH:
            return True
        return self.expect_fetched()

    def expect_fetched(self) -> bool:
        """Account for what a fetch brings; an empty list after another is believed the second time."""
        if not isinstance(self.fetcher.answers[self.slug], Snapshot):
            return False
        if self.live_list and not self.upstream and self.held is None:
            self.held, self.held_at = {}, self.clock.now()
            return False
        self.now_live(self.upstream, self.clock.now())
        return True

    def now_live(self, listed: Mapping[str, str], at: datetime) -> None:
        self.live_list, self.live_at, self.held = dict(listed), at, None
        self.causes.heard({id_: kind_of(said) for id_, said in listed.items()})

    def expect_written(self) -> None:
        self.causes.synced()
        self.seen.append((self.live_at, dict(self.live_list or {})))

    def expect_kept(self) -> None:
        """After a crash the list from before is live, or the one that was just heard; a hold is forgotten."""
        part = self.live.states[self.slug].snapshot
        self.held = None
        if part is not None and (self.live_list is None or part.fetched_at != self.live_at):
            assert part.fetched_at == self.clock.now()
            assert part.listings == list_of(self.slug, self.upstream).listings
            self.now_live(self.upstream, part.fetched_at)


def test_whatever_happens_each_difference_is_explained_and_history_is_whole(
    store: Store, statements: Statements
) -> None:  # F15, F23, F25, F28, F29, F45, F47
    with structlog.testing.capture_logs():  # each crash would be told at length
        run_state_machine_as_test(
            lambda: World(store, statements),  # type: ignore[arg-type]  # any maker will do
            settings=settings(max_examples=20, stateful_step_count=50),
        )


def list_of(slug: str, listed: Mapping[str, str]) -> Snapshot:
    return snapshot(
        slug,
        NOON,
        [
            listing(id_, slug, prices=prices_of(said), status="inactive" if said == "inactive" else "active")
            for id_, said in listed.items()
        ],
    )


def prices_of(said: str) -> tuple[Rule, ...]:
    if said == "unpriced":
        return ()
    raw = AMOUNTS.get(said, said)
    if raw == "0":
        return (Rule("input_token", "free", raw=raw, path="p"),)
    return (Rule("input_token", "known", Decimal(raw), raw=raw, path="p"),)


def kind_of(said: str) -> str:
    return said if said in LEFT_OUT else "priced"
