"""Every difference of live and stored has the reason of the operation that caused it.

The machine below does what operators, providers and syncs do, and notes at each step which listing now
differs and why. The accounting, which sees only the two sides, must come to the same reasons key by key.
"""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from modelatlas.domain.discrepancy import (
    LIVE_ONLY,
    STORED_ONLY,
    UNEXPLAINED,
    discrepancies,
    provider_discrepancy,
)
from modelatlas.domain.ledger import StoredProvider
from modelatlas.domain.plan import Policy, plan
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON, MemoryLedger, listing, snapshot_of

IDS = st.sampled_from("abcdefgh")
KINDS = st.sampled_from(["priced", "unpriced", "inactive"])
POLICY = Policy("gateway")
LEFT_OUT = {"unpriced": "no_price", "inactive": "inactive_upstream"}


class World(RuleBasedStateMachine):
    """One gateway, its live snapshot and its stored rows; `cause` is what each operation left behind."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = MemoryLedger()
        self.now = NOON
        self.upstream: dict[str, str] = {}
        self.live: Snapshot | None = None
        self.cause: dict[str, str] = {}
        self.stored: dict[str, int] = {}
        self.overrides: dict[str, str] = {}
        self.in_list = True
        self.ever_synced = False
        self.left_out: dict[str, str] = {}

    @rule(changes=st.dictionaries(IDS, st.none() | KINDS, max_size=4))
    def provider_changes_and_is_heard(self, changes: dict[str, str | None]) -> None:
        self.now += timedelta(minutes=1)
        for id_, kind in changes.items():
            self.upstream.pop(id_, None) if kind is None else self.upstream.update({id_: kind})
        before = self.live_ids()
        self.live = self.listed()
        never = "provider_never_synced" if self.in_list else "provider_not_synced"
        for id_ in self.live_ids() - before:
            if id_ in self.stored:
                self.cause.pop(id_, None)
            else:
                later = self.left_out.get(id_, "appeared_since_sync")
                self.cause[id_] = later if self.ever_synced else never
        for id_ in before - self.live_ids():
            self.cause.pop(id_, None)
        for id_ in self.stored.keys() - self.live_ids():
            if id_ in before or self.cause.get(id_) == "no_live_snapshot":
                self.cause[id_] = "missing_grace" if self.stored[id_] else "vanished_since_sync"

    @precondition(lambda self: self.live is not None)
    @rule()
    def sync(self) -> None:
        assert self.live is not None
        self.write(self.live)
        self.ever_synced = True
        self.cause = {}
        for id_, kind in self.upstream.items():
            said = self.overrides.get(id_)
            if said == "exclude":
                self.cause[id_] = "operator_excluded"
            elif kind in LEFT_OUT and said != "keep":
                self.cause[id_] = LEFT_OUT[kind]
        self.left_out = dict(self.cause)
        self.missed_runs()
        self.stored |= {id_: 0 for id_ in self.upstream if id_ not in self.cause}
        for id_ in self.cause:
            if id_ in self.upstream:
                self.stored.pop(id_, None)

    def missed_runs(self) -> None:
        for id_ in list(self.stored):
            if id_ in self.upstream:
                continue
            self.stored[id_] += 1
            said = self.overrides.get(id_)
            if said == "exclude" or (said != "keep" and self.stored[id_] > POLICY.grace_runs):
                del self.stored[id_]
            else:
                self.cause[id_] = "missing_grace"

    @rule(id_=IDS, kind=st.sampled_from(["exclude", "keep"]))
    def operator_says(self, id_: str, kind: str) -> None:
        self.overrides[id_] = kind
        self.ledger.overrides.setdefault("acme", {})[id_] = kind  # type: ignore[assignment]

    @precondition(lambda self: self.live is not None)
    @rule()
    def live_snapshot_is_lost(self) -> None:
        self.live = None
        self.cause = dict.fromkeys(self.stored, "no_live_snapshot")

    @invariant()
    def every_difference_has_the_reason_of_its_cause(self) -> None:
        part = provider_discrepancy("acme", self.live, self.rows(), in_list=self.in_list)
        told = {(each.id, each.sign): each.reason for each in part.differences}
        expected = {}
        for id_, cause in self.cause.items():
            sign = 1 if cause in LIVE_ONLY else -1
            said = self.overrides.get(id_)
            if sign == 1 and said == "exclude":
                expected[id_, sign] = "operator_excluded"
            elif sign == -1 and said == "keep":
                expected[id_, sign] = "operator_kept"
            else:
                expected[id_, sign] = cause
        assert told == expected
        assert (part.live or 0) - part.stored == sum(part.by_reason.values())

    def live_ids(self) -> set[str]:
        return set() if self.live is None else {each.id for each in self.live.listings}

    def rows(self) -> StoredProvider:
        return self.ledger.stored(["acme"])["acme"]

    def listed(self) -> Snapshot:
        more: dict[str, dict[str, Any]] = {
            "priced": {},
            "unpriced": {"prices": ()},
            "inactive": {"status": "inactive"},
        }
        return snapshot("acme", self.now, [listing(id_, **more[kind]) for id_, kind in self.upstream.items()])

    def write(self, part: Snapshot) -> None:
        run = self.ledger.start_run("acme", self.now)
        self.ledger.apply(run, plan(part, self.rows(), POLICY), name="Acme", kind="gateway", at=self.now)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=25)


def written(part: Snapshot) -> MemoryLedger:
    ledger = MemoryLedger()
    run = ledger.start_run(part.provider, part.fetched_at)
    made = plan(part, StoredProvider(part.provider), POLICY)
    ledger.apply(run, made, name="Acme", kind="gateway", at=part.fetched_at)
    return ledger


def test_live_behind_is_told_from_vanished_by_which_list_is_newer() -> None:
    newer = snapshot_of("a", "b", at=NOON + timedelta(minutes=5))
    stored = written(newer).stored()
    (older,) = provider_discrepancy("acme", snapshot_of("a"), stored["acme"], in_list=True).differences
    assert older.reason == "live_behind"
    live = snapshot_of("a", at=NOON + timedelta(minutes=9))
    (later,) = provider_discrepancy("acme", live, stored["acme"], in_list=True).differences
    assert later.reason == "vanished_since_sync"


def test_a_row_lost_by_a_fault_of_ours_is_unexplained() -> None:
    """The bucket can fill: the last run saw the listing, left nothing out, and the row is not there."""
    part = snapshot_of("a", "b")
    ledger = written(part)
    del ledger.rows["acme"]["b"]
    assert discrepancies("x", {"acme": part}, ledger.stored(), ["acme"]).unexplained == 1


def test_a_row_too_many_is_unexplained() -> None:
    part = snapshot_of("a")
    ledger = written(part)
    ledger.rows["acme"]["ghost"] = msgspec.structs.replace(ledger.rows["acme"]["a"], id="ghost")
    told = discrepancies("x", {"acme": part}, ledger.stored(), ["acme"])
    assert told.by_reason == {UNEXPLAINED: -1}
    assert told.unexplained == 1


def test_providers_add_up_and_those_without_any_listing_do_not_occur() -> None:
    ledger = written(snapshot_of("a", "b", provider="acme"))
    live = {
        "acme": snapshot_of("a", "b", provider="acme"),
        "zeta": snapshot_of("c", provider="zeta"),
    }
    told = discrepancies("x", live, ledger.stored(), ["acme"])
    assert (told.live, told.stored, told.by_reason) == (3, 2, {"provider_not_synced": 1})
    assert [part.provider for part in told.providers] == ["acme", "zeta"]


def test_the_reasons_of_both_sides_are_different_words() -> None:
    assert not LIVE_ONLY.keys() & STORED_ONLY.keys()
