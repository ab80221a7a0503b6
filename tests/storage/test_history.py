"""Whatever happens in whatever order, the stored half agrees with an independent account of it."""

from collections import defaultdict
from datetime import timedelta
from itertools import count, pairwise
from typing import Any, NamedTuple

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from modelatlas.domain.discrepancy import provider_discrepancy
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Snapshot, listing_digest, snapshot
from modelatlas.storage.encoding import listing_from
from tests.builders import NOON, listing
from tests.storage.stores import Store

Prices = dict[str, str]
"""Unit -> amount; 0 is free."""

GRACE = 2
IDS = ("a", "b", "c")
amounts = st.sampled_from(["0", "1", "1.0", "0.000000000001", "0.000000000002"])
prices = st.dictionaries(st.sampled_from(["input_token", "output_token"]), amounts)
lists = st.dictionaries(st.sampled_from(IDS), prices)
words = st.tuples(st.sampled_from(IDS), st.sampled_from(["keep", "exclude", None]))
steps = st.lists(st.one_of(lists, words), min_size=1, max_size=12)
new_provider = count()


class Seen(NamedTuple):
    """What an honest observer wrote down of one listing at one run."""

    hour: int
    listed: bool
    prices: Prices


@given(kind=st.sampled_from(["host", "gateway"]), steps=steps)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_store_agrees_with_an_independent_account(
    store: Store, kind: ProviderKind, steps: list[dict[str, Prices] | tuple[str, Any]]
) -> None:  # F15, F25, F28, F29
    slug = f"provider-{next(new_provider)}"  # every example in a corner of its own of one store
    account = Account(kind)
    for hour, step in enumerate(steps):
        if isinstance(step, tuple):
            say(store, slug, *step)
            account.said(*step)
            continue
        part = list_of(slug, hour, step)
        run = store.sync(part, kind, GRACE)
        account.heard(hour, step)
        stored = store.ledger.stored([slug])[slug]
        assert stored.active == account.active
        assert stored.synced_ids == set(step)
        assert (run.fetched, run.skipped) == (len(step), len(stored.exclusions))
        assert run.fetched == run.inserted + run.updated + run.unchanged + run.skipped
        difference = provider_discrepancy(slug, part, stored, in_list=True)
        assert len(step) - len(stored.active) == sum(difference.by_reason.values())
        assert "unexplained" not in difference.by_reason
        check_rows(store, slug)
        check_history(store, slug, account)


class Account:
    """The same rules, told in another way: what is active, and what was observed."""

    def __init__(self, kind: ProviderKind) -> None:
        self.kind = kind
        self.words: dict[str, str | None] = {}
        self.absent: dict[str, int] = {}
        self.active: set[str] = set()
        self.seen: dict[str, list[Seen]] = defaultdict(list)

    def said(self, id_: str, word: str | None) -> None:
        self.words[id_] = word

    def heard(self, hour: int, step: dict[str, Prices]) -> None:
        for id_ in IDS:
            word, was_active = self.words.get(id_), id_ in self.active
            if id_ in step:
                unpriced = self.kind == "gateway" and not step[id_] and word != "keep"
                out = word == "exclude" or unpriced
                self.absent[id_] = 0
                if was_active or not out:
                    self.seen[id_].append(Seen(hour, listed=True, prices=step[id_]))
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


def list_of(slug: str, hour: int, step: dict[str, Prices]) -> Snapshot:
    at = NOON + timedelta(hours=hour)
    return snapshot(
        slug,
        at,
        [
            listing(id_, slug, prices=tuple(rule(unit, amount) for unit, amount in units.items()))
            for id_, units in step.items()
        ],
    )


def rule(unit: str, amount: str) -> Rule:
    return usd(unit, amount) if amount != "0" else Rule(unit, "free", raw="0")


def check_rows(store: Store, slug: str) -> None:
    """Each row says one thing in all its places: digest, listing, published prices, open history."""
    for id_, digest, text in store.rows(
        "SELECT m.id, m.digest, m.listing FROM models m JOIN providers p ON p.id = m.provider_id "
        "WHERE p.slug = :slug",
        slug=slug,
    ):
        kept = listing_from(text)
        assert digest == listing_digest(kept)
        published = store.rows(
            "SELECT unit, state, amount, currency, per, condition, rank, source, usd FROM model_pricing "
            "WHERE model_id = :id ORDER BY unit",
            id=id_,
        )
        holding = store.rows(
            "SELECT unit, state, amount, currency, per, condition, rank, source, usd "
            "FROM model_pricing_history WHERE model_id = :id AND valid_to IS NULL AND superseded_by IS NULL "
            "ORDER BY unit",
            id=id_,
        )
        assert published == holding
        assert [unit for unit, *_ in published] == sorted(each.unit for each in kept.prices)


def check_history(store: Store, slug: str, account: Account) -> None:
    """At every hour that was observed the history says what was seen, and its rows do not overlap."""
    for id_, seen in account.seen.items():
        rows = store.rows(
            "SELECT h.unit, h.usd, h.valid_from, h.valid_to FROM model_pricing_history h "
            "JOIN models m ON m.id = h.model_id JOIN providers p ON p.id = m.provider_id "
            "WHERE p.slug = :slug AND m.provider_model_id = :id ORDER BY h.unit, h.valid_from",
            slug=slug,
            id=id_,
        )
        for (unit, _, _, ended), (next_unit, _, begun, _) in pairwise(rows):
            assert unit != next_unit or (ended is not None and ended <= begun)
        for each in seen:
            at = (NOON + timedelta(hours=each.hour)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            then = {
                unit: usd for unit, usd, begun, ended in rows if begun <= at and (ended is None or at < ended)
            }
            assert then == {unit: {"1.0": "1"}.get(amount, amount) for unit, amount in each.prices.items()}
        changes = {(unit, begun) for unit, _, begun, _ in rows}
        assert len(changes) == len(rows)  # and no row was begun twice
