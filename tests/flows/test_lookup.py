"""A price is looked up by any word for a provider, in every source, and one source answers."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.releases import by_listing
from modelatlas.domain.snapshot import snapshot
from modelatlas.flows.lookup import Heard, Lookup
from modelatlas.prices.files import CuratedPrices, bundled
from modelatlas.providers.registry import declared, words
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.sources import Document
from tests.builders import release_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def reference(name: str, amount: int, provider: str = "acme", **names: str) -> ReferenceCatalog:
    source = f"reference:{name}@1"
    listing = Listing(
        provider,
        "rocket-2",
        prices=(Rule("input_token", "known", Decimal(amount), per="1M tokens", source=source),),
    )
    return ReferenceCatalog(name, "1", {provider: Part((Entry(listing),))}, names)


def known(word: str) -> str | None:
    return words(declared().values()).get(word.lower())


def test_a_word_may_be_ours_or_a_references_own() -> None:
    lookup = Lookup(known, [reference("few", 1, provider="nobodys-cloud", nc="nobodys-cloud")])
    assert [lookup.slug_of(word) for word in ("NearAI", "nc", "nobodys-cloud")] == [
        "near",
        "nobodys-cloud",
        "nobodys-cloud",
    ]
    assert lookup.prices("nobody", "x", NOON).reason == "unknown_provider"
    assert lookup.prices("nc", "x", NOON).reason == "unknown_model"


def test_a_dispute_is_settled_and_stays_visible() -> None:
    lookup = Lookup(lambda _: "acme", [reference("few", 1), reference("many", 2)])
    priced = lookup.prices("acme", "rocket-2", NOON)
    assert priced.settled is not None
    (choice,) = priced.settled.choices
    assert (choice.chosen.source, choice.is_disputed) == ("reference:few@1", True)
    assert [each.source for each in choice.others] == ["reference:many@1"]
    assert priced.costs(Circumstances(NOON))["input_token"].usd == Decimal("0.000001")


def test_agreeing_sources_are_found_again(shared: Path) -> None:
    """How well aggregation works, not how true it is: rows on which two families of files agree.

    Target of the benchmark: 97 % of the amounts covered, 99 % of these within half a percent.
    """
    newest = max((shared / "data" / "litellm").glob("*.json.gz"))
    litellm = Document("litellm", newest).load()
    lookup = Lookup(known, [CuratedPrices(bundled()), GenaiPrices().load(), litellm])
    amounts, covered, equal = 0, 0, 0
    for line in (shared / "data" / "prices" / "dev.jsonl").read_text().splitlines():
        row = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        costs = lookup.prices(row["provider"], row["model_id"], NOON).costs(Circumstances(NOON))
        for key in {"input", "output", "cache_read", "cache_write"} & row.keys():
            cost = costs.get(f"{key}_token")
            amounts += 1
            if cost is not None and cost.usd is not None:
                covered += 1
                equal += abs(cost.usd * 1_000_000 - row[key]) * 200 <= row[key]
    assert amounts > 1_000
    assert covered >= Decimal("0.97") * amounts
    assert equal >= Decimal("0.99") * covered


def test_what_an_operator_let_out_of_quarantine_is_answered() -> None:
    """F17: the same list, with and without the operator's word."""
    dear = snapshot("acme", NOON, [Listing("acme", "a", prices=(usd("input_token", "1"),))])
    heard = Heard(lambda slug: dear if slug == "acme" else None, sees_all=True)
    kept_back = Lookup(lambda word: word, [heard]).prices("acme", "a", NOON)
    assert (kept_back.costs(Circumstances(NOON)), len(kept_back.suspects)) == ({}, 1)
    released = by_listing([release_of("1")])
    let_out = Lookup(lambda word: word, [heard], released).prices("acme", "a", NOON)
    assert [str(cost.usd) for cost in let_out.costs(Circumstances(NOON)).values()] == ["1"]
