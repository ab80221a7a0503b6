"""A list that yields prices adds them to listings and makes none."""

import json
from decimal import Decimal

from msgspec import structs

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, usd
from modelatlas.providers.assembling import merged, read_snapshot
from modelatlas.providers.contract import ModelList, Provider, Reject
from modelatlas.providers.fields import usd_number
from tests.builders import NOON
from tests.providers.short import said

MODELS = ModelList(url="https://api.acme.example/models", fields={"name": "name"})
PRICES = ModelList(
    url="https://api.acme.example/prices",
    name="prices",
    yields="prices",
    fields={"name": "name", "context_tokens": "context"},
    prices={
        "input_token": usd_number("in", per="1M tokens"),
        "output_token": usd_number("out", per="1M tokens"),
    },
    reject=(Reject("not_a_model", "unit", lambda unit: unit == "credits"),),
)
ACME = Provider(slug="acme", name="Acme", kind="host", docs="", evidence="", lists=(MODELS, PRICES))


def read(models: list[object], prices: list[object]) -> tuple[dict[str, Listing], list[tuple[str, str]], int]:
    payloads = {
        name: [json.dumps({"data": rows}).encode()] for name, rows in (("models", models), ("prices", prices))
    }
    found = read_snapshot(ACME, payloads, NOON)
    listings = {each.id: each for each in found.listings}
    return listings, [(each.id, each.reason) for each in found.unread], found.entries


def test_prices_and_missing_fields_are_added() -> None:
    listings, unread, entries = read(
        [{"id": "a", "name": "A"}, {"id": "b"}], [{"id": "a", "name": "other", "context": 8, "in": 1}]
    )
    a = listings["a"]
    assert (a.name, a.context_tokens, said(a)) == ("A", 8, {"input_token": Decimal("0.000001")})
    assert listings["b"].prices == ()
    assert (unread, entries) == ([], 2)


def test_a_price_under_another_condition_is_added_and_not_another_word() -> None:
    """A batch price beside a standard one says nothing else of the same thing."""
    first = Listing("acme", "a", prices=(usd("input_token", "0.000002"),))
    batch = structs.replace(usd("input_token", "0.000001"), when=Condition(tier="batch"))
    other = usd("input_token", "0.000003")
    joined, unread = merged(first, Listing("acme", "a", prices=(batch, other)))
    assert joined.prices == (*first.prices, batch)
    assert [(each.id, each.raw) for each in unread] == [("a", "0.000003")]


def test_a_price_of_nothing_is_unread_and_counted_nowhere_else() -> None:
    """F3: a price alone is no model."""
    listings, unread, entries = read([{"id": "a"}], [{"id": "z", "in": 1}, {"id": "y", "unit": "credits"}, 7])
    assert sorted(listings) == ["a"]
    assert unread == [("", "not_an_object"), ("y", "not_a_model"), ("z", "a price of an unknown id")]
    assert entries == 1


def test_of_two_prices_of_one_id_one_counts_and_the_other_is_named() -> None:
    listings, unread, entries = read([{"id": "a"}], [{"id": "a", "in": 1}, {"id": "a", "in": 2}])
    assert len(listings["a"].prices) == 1
    assert unread == [("a", "a second price of this id")]
    assert entries == 1
