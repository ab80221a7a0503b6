"""The answer to a question is whole, adds up, and is encoded once."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.query import ModelQuery
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.models import FIELDS
from modelatlas.views.models_answer import ModelsAnswer, models_json
from modelatlas.views.rows import EncodedListings
from tests.builders import NOON, listing, snapshot_of


def world() -> Catalog:
    return catalog(
        [
            snapshot_of("a", "b", "c"),
            snapshot_of("a", provider="zeta", mode="embedding"),
            snapshot("omega", NOON, [listing("r", "omega")], origin="reference"),
        ]
    )


def rows_kept() -> EncodedListings:
    return EncodedListings(Matches().of)


def answer(query: ModelQuery, *, of: Catalog | None = None) -> Mapping[str, Any]:
    decoded: Mapping[str, Any] = msgspec.json.decode(models_json(of or world(), query, rows_kept()).joined())
    return decoded


def test_an_answer_has_its_parts_and_adds_up() -> None:
    decoded = msgspec.json.decode(
        models_json(world(), ModelQuery(), rows_kept()).joined(), type=ModelsAnswer, strict=True
    )
    assert (decoded.total, decoded.returned) == (5, 5)
    assert decoded.total == decoded.totals.live + decoded.totals.reference
    assert {slug: part.count for slug, part in decoded.providers.items()} == {
        "acme": 3,
        "omega": 1,
        "zeta": 1,
    }
    assert decoded.catalog == world().id
    assert decoded.providers["omega"].content_since is None  # read anew at every start, whatever it says
    assert [(each.provider, each.id) for each in decoded.data][:2] == [("acme", "a"), ("acme", "b")]


def test_an_answer_holds_nothing_that_its_shape_does_not_name() -> None:
    """F36."""
    told = answer(ModelQuery())
    assert set(told) == {"data", "total", "returned", "totals", "gateway", "catalog", "providers", "next"}
    assert all(set(each) == set(FIELDS) for each in told["data"])


def test_a_provider_asked_for_by_name_is_there_with_nothing() -> None:
    """F51: to be known and to have listings are two things."""
    told = answer(ModelQuery(providers=frozenset({"acme", "gone"}), mode="embedding"))
    assert (told["total"], told["gateway"]) == (0, "acme,gone")
    assert told["providers"]["acme"] == {
        "count": 0, "origin": "provider", "content_since": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    assert told["providers"]["gone"] == {"count": 0, "origin": None, "content_since": None}


def test_chosen_fields_come_in_the_order_asked_for() -> None:
    told = answer(ModelQuery(fields=("prices", "id"), limit=1))
    assert list(told["data"][0]) == ["prices", "id"]
    assert told["data"][0]["prices"][0]["usd"] == "0.0000001"


def test_a_key_that_no_listing_has_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="did you mean 'context_tokens'"):
        models_json(world(), ModelQuery(fields=("context_token",)), rows_kept())


def test_simulated_answers_say_so() -> None:
    assert msgspec.json.decode(models_json(world(), ModelQuery(), rows_kept(), simulated=True).joined())[
        "simulated"
    ]


def test_only_what_changed_is_encoded_anew() -> None:
    encoded = rows_kept()
    acme, zeta = snapshot_of("a"), snapshot_of("a", provider="zeta")
    before = encoded.of(acme), encoded.of(zeta)
    after = encoded.of(snapshot_of("a", "b")), encoded.of(zeta)
    assert after[1] is before[1]
    assert after[0].keys() == {"a", "b"}


def test_the_same_list_from_elsewhere_is_encoded_anew() -> None:
    """F50: origin is part of what is shown, though not of the digest."""
    encoded = rows_kept()
    told = [
        encoded.of(msgspec.structs.replace(snapshot_of("a"), origin=origin))["a"]
        for origin in ("provider", "store")
    ]
    assert [msgspec.json.decode(each)["origin"] for each in told] == ["provider", "store"]


def test_what_left_the_catalog_is_forgotten() -> None:
    encoded = rows_kept()
    first = encoded.of(snapshot_of("a"))
    encoded.forget_all_but(catalog([snapshot_of("a", provider="zeta")]))
    assert encoded.of(snapshot_of("a")) is not first
