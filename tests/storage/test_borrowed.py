"""Borrowed prices on their whole way: lists as they are published, synced, stored, and asked for again."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from modelatlas.domain.borrowing import BORROWED, Lender
from modelatlas.domain.changes import ChangeQuery
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, per_single_unit, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.publish import Publisher
from modelatlas.prices.files import CuratedPrices, bundled
from modelatlas.providers.registry import declared, lenders
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.lists import SqlLists
from tests.builders import NOON, FakeClock
from tests.providers.test_recordings import snapshot_of
from tests.storage.stores import Store

EXAMPLES: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    # The id names Anthropic's own dated snapshot: 1 and 5 for a million, a cache read a tenth, a write five
    # quarters. Azure's list of deployable models says no price.
    ("azure-openai", "claude-haiku-4-5-20251001"): (
        "anthropic/claude-haiku-4-5-20251001",
        {"input_token": "1", "output_token": "5", "cache_read_token": "0.1", "cache_write_token": "1.25"},
    ),
    # The same date in both ids, so the same weights; OpenAI's page says 2.50, 1.25 and 10.
    ("azure-openai", "gpt-4o-2024-08-06"): (
        "openai/gpt-4o-2024-08-06",
        {"input_token": "2.5", "output_token": "10", "cache_read_token": "1.25"},
    ),
    # OpenAI's id without a date has had this one snapshot only, at 150 and 600.
    ("azure-openai", "o1-pro-2025-03-19"): ("openai/o1-pro", {"input_token": "150", "output_token": "600"}),
    # Anthropic's own list has it no more, and OpenRouter passes Anthropic's price through: 0.25 and 1.25.
    ("amazon-bedrock", "anthropic.claude-3-haiku-20240307-v1:0"): (
        "openrouter/anthropic/claude-3-haiku",
        {"input_token": "0.25", "output_token": "1.25", "cache_read_token": "0.03"},
    ),
    # Vertex serves Google's own model under Google's own name: 0.10 and 0.40.
    ("google-vertex", "gemini-2.5-flash-lite"): (
        "google-ai-studio/gemini-2.5-flash-lite",
        {"input_token": "0.1", "output_token": "0.4"},
    ),
}
"""Borrower -> lender, and USD for a million tokens.

Checked by hand: whose the weights are, which snapshot both ids name, and the amounts by the labs' pages as
LiteLLM's newest map that has the model and genai-prices 0.2.3 both relay them.
"""

NOT_BORROWED: dict[tuple[str, str], str] = {
    ("azure-openai", "gpt-4"): "a moving name: nobody knows which snapshot it is here",
    ("amazon-bedrock", "meta.llama3-3-70b-instruct-v1:0"): "open weights, which each host prices for itself",
}
SLUGS = (
    "amazon-bedrock", "anthropic", "azure-openai", "google-ai-studio", "google-vertex", "openai",
    "openrouter", "perplexity",
)  # fmt: skip


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, Snapshot]:
    """Recordings of these providers, published beside each other."""
    known = declared()
    abstaining = {slug for slug, each in known.items() if each.by_subscription}
    curated = CuratedPrices(bundled())
    publisher = Publisher(FakeClock(), (curated,), lenders(known.values()), Matches().of, abstaining)
    return {part.provider: part for part in publisher.all(snapshot_of(slug, shared) for slug in SLUGS)}


def of(part: Snapshot, id_: str) -> Listing:
    return next(each for each in part.listings if each.id == id_)


def test_five_borrowed_prices_are_those_of_the_pages(published: dict[str, Snapshot], store: Store) -> None:
    for slug in {slug for slug, _ in EXAMPLES}:
        store.sync(published[slug], kind="gateway")  # without a price they would be left out
    stored = SqlLists(store.engine).load({})
    for (slug, id_), (offer, expected) in EXAMPLES.items():
        part = stored[slug].snapshot
        assert part is not None
        found = {rule.unit: rule for rule in of(part, id_).prices}
        assert {rule.source for rule in found.values()} == {BORROWED + offer}
        for unit, amount in expected.items():
            rule = found[unit]
            assert rule.amount is not None
            assert per_single_unit(rule.amount, rule.per) == Decimal(amount) / 1_000_000
        then = SqlHistory(store.engine).prices_at(slug, id_, NOON, None)
        assert then is not None
        assert {rule.source for rule in then.rules} == {BORROWED + offer}


def test_what_must_not_be_borrowed_is_not(published: dict[str, Snapshot]) -> None:
    for (slug, id_), why in NOT_BORROWED.items():
        sources = {rule.source for rule in of(published[slug], id_).prices}
        assert not any(source.startswith(BORROWED) for source in sources), (id_, why)


def test_no_search_is_borrowed(published: dict[str, Snapshot]) -> None:
    """It is whoever runs the model that searches, at a price of his own."""
    lent = {
        rule.unit
        for part in published.values()
        for each in part.listings
        for rule in each.prices
        if rule.source.startswith(BORROWED)
    }
    assert {"input_token", "output_token"} <= lent
    assert not lent & {"web_search", "storage_search"}


HOUR = timedelta(hours=1)
MODEL = Match("anthropic/claude-rocket-2")


def heard(slug: str, *rules: Rule, after: int = 0) -> Snapshot:
    return snapshot(slug, NOON + after * HOUR, [Listing(slug, "a", prices=rules)])


def test_a_sync_keeps_what_is_borrowed_and_follows_the_lender(store: Store) -> None:
    """The gateway's listing is not left out for want of a price; what the lender says anew is told so."""
    clock = FakeClock()
    publisher = Publisher(clock, (), (Lender("lab", "anthropic"),), lambda part: {"a": MODEL})
    prices = {hour: usd("input_token", amount) for hour, amount in enumerate(("0.000003", "0.000004"))}
    for hour, price in prices.items():
        lists = publisher.all([heard("lab", price, after=hour), heard("gate", after=hour)])
        for part in lists:
            run = store.sync(part, kind="gateway")
            assert (run.status, run.skipped) == ("success", 0)
        clock.pass_(hours=1)
    current = store.rows(
        "SELECT p.slug, q.unit, q.amount, q.source FROM model_pricing q "
        "JOIN models m ON q.model_id = m.id JOIN providers p ON m.provider_id = p.id ORDER BY p.slug"
    )
    assert current == [
        ("gate", "input_token", "0.000004", "borrowed:lab/a"),
        ("lab", "input_token", "0.000004", "provider"),
    ]
    changes = SqlHistory(store.engine).changes(ChangeQuery()).changes
    assert {(each.provider, each.kind, each.cause) for each in changes if each.kind == "repriced"} == {
        ("gate", "repriced", "borrowed"),
        ("lab", "repriced", "provider"),
    }
    then = SqlHistory(store.engine).prices_at("gate", "a", NOON + HOUR / 2, None)
    assert then is not None
    assert [(rule.amount, rule.source) for rule in then.rules] == [(Decimal("0.000003"), "borrowed:lab/a")]


def test_a_loan_that_ends_leaves_no_price_behind(store: Store) -> None:
    clock = FakeClock()
    publisher = Publisher(clock, (), (Lender("lab", "anthropic"),), lambda part: {"a": MODEL})
    free = replace(usd("input_token", "1"), state="free", amount=None)
    for hour, price in enumerate((usd("input_token", "0.000003"), free)):
        _, gate = publisher.all([heard("lab", price, after=hour), heard("gate", after=hour)])
        run = store.sync(gate, kind="gateway")
        clock.pass_(hours=1)
    assert run.skipped == 1
    reasons = store.rows("SELECT reason FROM sync_exclusions")
    assert reasons == [("no_price",)]
    assert store.rows("SELECT amount FROM model_pricing") == []
