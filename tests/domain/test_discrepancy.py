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
from modelatlas.domain.ledger import OverrideKind, StoredProvider
from modelatlas.domain.plan import Policy, plan
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON, MemoryLedger, listing, snapshot_of
from tests.causes import Causes

IDS = st.sampled_from("abcdefgh")
KINDS = st.sampled_from(["priced", "unpriced", "inactive"])
POLICY = Policy("gateway")


class World(RuleBasedStateMachine):
    """One gateway, its live snapshot and its stored rows in memory, beside the account of causes."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = MemoryLedger()
        self.now = NOON
        self.upstream: dict[str, str] = {}
        self.live: Snapshot | None = None
        self.causes = Causes(POLICY.grace_runs)

    @rule(changes=st.dictionaries(IDS, st.none() | KINDS, max_size=4))
    def provider_changes_and_is_heard(self, changes: dict[str, str | None]) -> None:
        self.now += timedelta(minutes=1)
        for id_, kind in changes.items():
            self.upstream.pop(id_, None) if kind is None else self.upstream.update({id_: kind})
        self.live = self.listed()
        self.causes.heard(self.upstream)

    @precondition(lambda self: self.live is not None)
    @rule()
    def sync(self) -> None:
        assert self.live is not None
        run = self.ledger.start_run("acme", self.now)
        planned = plan(self.live, self.rows(), POLICY)
        self.ledger.apply(run, planned, name="Acme", kind="gateway", at=self.now)
        self.causes.synced()

    @rule(id_=IDS, kind=st.sampled_from(["exclude", "keep"]) | st.none())
    def operator_says(self, id_: str, kind: OverrideKind | None) -> None:
        self.causes.said(id_, kind)
        if kind is None:
            self.ledger.forget_override("acme", id_)
        else:
            self.ledger.override("acme", id_, kind, self.now)

    @precondition(lambda self: self.live is not None)
    @rule()
    def live_snapshot_is_lost(self) -> None:
        self.live = None
        self.causes.lost()

    @invariant()
    def every_difference_has_the_reason_of_its_cause(self) -> None:
        part = provider_discrepancy("acme", self.live, self.rows(), in_list=True)
        told = {(each.id, each.sign): each.reason for each in part.differences}
        assert told == self.causes.expected()
        assert (part.live or 0) - part.stored == sum(part.by_reason.values())

    def rows(self) -> StoredProvider:
        return self.ledger.stored(["acme"])["acme"]

    def listed(self) -> Snapshot:
        more: dict[str, dict[str, Any]] = {
            "priced": {},
            "unpriced": {"prices": ()},
            "inactive": {"status": "inactive"},
        }
        return snapshot("acme", self.now, [listing(id_, **more[kind]) for id_, kind in self.upstream.items()])


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
