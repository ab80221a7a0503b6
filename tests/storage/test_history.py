"""Whatever happens in whatever order, the stored half agrees with an independent account of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import hypothesis.strategies as st
import msgspec
from hypothesis import HealthCheck, given, settings

from modelatlas.domain.discrepancy import provider_discrepancy
from modelatlas.domain.history import rules_at
from modelatlas.domain.ledger import Run
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.price import Rule, usd_per_unit
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.ledger import SqlLedger
from tests.builders import NOON, listing
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import KilledError, Statements, Store

Prices = dict[str, str]
"""Unit -> amount; 0 is free."""

GRACE = 2
IDS = ("a", "b", "c")
amounts = st.sampled_from(["0", "1", "1.0", "0.000000000001", "0.000000000002"])
prices = st.dictionaries(st.sampled_from(["input_token", "output_token"]), amounts)
lists = st.dictionaries(st.sampled_from(IDS), prices)
words = st.tuples(st.sampled_from(IDS), st.sampled_from(["keep", "exclude", None]))
corrections = st.sampled_from([Decimal(10), Decimal("0.001")])
steps = st.lists(st.one_of(lists, words, corrections), min_size=1, max_size=12)
new_provider = count()


class Seen(NamedTuple):
    """What an honest observer wrote down of one listing at one run."""

    hour: int
    reading: int
    prices: Prices


@given(
    kind=st.sampled_from(["host", "gateway"]),
    steps=steps,
    dying=st.lists(st.integers(0, 15), max_size=12),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_store_agrees_with_an_independent_account(
    store: Store,
    statements: Statements,
    kind: ProviderKind,
    steps: list[dict[str, Prices] | tuple[str, Any] | Decimal],
    dying: list[int],
) -> None:  # F4, F15, F25, F28, F29
    slug = f"provider-{next(new_provider)}"  # every example in a corner of its own of one store
    account = Account(kind)
    readings = [Decimal(1)]  # what each version of the reading multiplies amounts by
    store.ledger = SqlLedger(store.engine, reread=lambda _, texts: meaning(texts, readings[-1]))
    for hour, step in enumerate(steps):
        if isinstance(step, tuple):
            say(store, slug, *step)
            account.said(*step)
            continue
        if isinstance(step, Decimal):
            readings.append(readings[-1] * step)
            continue
        part = list_of(slug, hour, step, readings)
        died = die(store, statements, part, kind, dying[hour]) if hour < len(dying) else None
        run = died or store.sync(part, kind, GRACE)
        account.heard(hour, step, len(readings))
        stored = store.ledger.stored([slug])[slug]
        assert stored.active == account.active
        assert stored.synced_ids == set(step)
        assert (run.fetched, run.skipped) == (len(step), len(stored.exclusions))
        assert run.fetched == run.inserted + run.updated + run.unchanged + run.skipped
        difference = provider_discrepancy(slug, part, stored, in_list=True)
        assert len(step) - len(stored.active) == sum(difference.by_reason.values())
        assert "unexplained" not in difference.by_reason
        check_rows(store, slug)
        check_history(store, slug, account, readings)
        check_chains(store, slug)


class Account:
    """The same rules, told in another way: what is active, and what was observed."""

    def __init__(self, kind: ProviderKind) -> None:
        self.kind = kind
        self.words: dict[str, str | None] = {}
        self.absent: dict[str, int] = {}
        self.active: set[str] = set()
        self.readings: set[int] = set()
        self.seen: dict[str, list[Seen]] = defaultdict(list)

    def said(self, id_: str, word: str | None) -> None:
        self.words[id_] = word

    def heard(self, hour: int, step: dict[str, Prices], reading: int) -> None:
        self.readings.add(reading)
        for id_ in IDS:
            word, was_active = self.words.get(id_), id_ in self.active
            if id_ in step:
                unpriced = self.kind == "gateway" and not step[id_] and word != "keep"
                out = word == "exclude" or unpriced
                self.absent[id_] = 0
                self.seen[id_].append(Seen(hour, reading, step[id_]))
                (self.active.discard if out else self.active.add)(id_)
            elif was_active:
                kept = word == "keep"  # while an operator keeps it, no further absence is counted
                self.absent[id_] = max(self.absent[id_], 1) if kept else self.absent[id_] + 1
                if word == "exclude" or (not kept and self.absent[id_] > GRACE):
                    self.active.discard(id_)


def say(store: Store, slug: str, id_: str, word: Any) -> None:
    if word is None:
        store.ledger.forget_override(slug, id_)
    else:
        store.ledger.override(slug, id_, word, NOON)


def die(store: Store, statements: Statements, part: Snapshot, kind: ProviderKind, after: int) -> Run | None:
    """Let a sync end after so many statements that write; one that has fewer comes to its end."""
    run = store.ledger.start_run(part.provider, part.fetched_at)
    planned = store.plan(part, kind, GRACE)
    statements.all.clear()
    statements.fail_at = after
    try:
        return store.ledger.apply(run, planned, name=part.provider.title(), kind=kind, at=part.fetched_at)
    except KilledError:
        return None
    finally:
        statements.fail_at = None


def list_of(slug: str, hour: int, step: dict[str, Prices], readings: list[Decimal]) -> Snapshot:
    at = NOON + timedelta(hours=hour)
    part = snapshot(
        slug,
        at,
        [
            listing(id_, slug, prices=tuple(rule(unit, raw, readings[-1]) for unit, raw in units.items()))
            for id_, units in step.items()
        ],
    )
    return msgspec.structs.replace(part, reading=len(readings))


def rule(unit: str, raw: str, times: Decimal) -> Rule:
    if raw == "0":
        return Rule(unit, "free", raw="0", path=unit)
    return Rule(unit, "known", Decimal(raw) * times, raw=raw, path=unit)


def meaning(texts: Mapping[str, str], times: Decimal) -> dict[str, tuple[Rule, ...]]:
    return {path: (rule(path, raw, times),) for path, raw in texts.items()}


def check_history(store: Store, slug: str, account: Account, readings: list[Decimal]) -> None:
    """At every hour the history says what was seen, as it is read today and as each version read it then."""
    for id_, seen in account.seen.items():
        history = SqlHistory(store.engine).of(slug, id_)
        assert history is not None
        for each in seen:
            at = NOON + timedelta(hours=each.hour, minutes=30)
            for reading in (*(used for used in account.readings if used >= each.reading), None):
                times = readings[(reading or max(account.readings)) - 1]
                said = {rule.unit: usd_per_unit(rule) for rule in rules_at(history.spells, at, reading)}
                assert said == {unit: Decimal(raw) * times for unit, raw in each.prices.items()}
