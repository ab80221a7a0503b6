"""One listing is shown with where each of its prices was read."""

import msgspec
import pytest

from modelatlas.domain.price import Unread, usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.models import listing_json
from modelatlas.views.one_listing import listing_answer
from tests.builders import NOON, listing, snapshot_of


@pytest.mark.parametrize("id_", ["a", "b/c", "z"])
def test_every_listed_id_is_found(id_: str) -> None:
    """F27b."""
    found = snapshot_of("z", "a", "b/c").find(id_)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize("id_", ["", "A", "b", "zz"])
def test_nothing_near_an_id_is_taken_for_it(id_: str) -> None:
    assert snapshot_of("z", "a", "b/c").find(id_) is None


def test_each_price_tells_its_quote_and_what_was_not_read_is_told() -> None:
    rule = usd("input_token", "0.10", per="1M tokens", path="pricing.prompt", raw="0.10")
    part = snapshot(
        "acme",
        NOON,
        [listing("a", prices=(rule,), aliases=("a-latest",))],
        unread=[Unread("a", "pricing.overrides", "[...]", "conditional price"), Unread("b", "x", "y", "z")],
    )
    told = msgspec.json.decode(msgspec.json.encode(listing_answer(part, part.listings[0])))
    assert told["prices"][0]["quote"] == {"path": "pricing.prompt", "raw": "0.10"}
    assert told["prices"][0]["usd"] == "0.0000001"
    assert told["unread"] == [{"path": "pricing.overrides", "raw": "[...]", "reason": "conditional price"}]
    assert told["aliases"] == ["a-latest"]


def test_it_agrees_with_the_listing_in_the_catalog() -> None:
    """F32: one projection."""
    part = snapshot_of("a")
    short = msgspec.json.decode(listing_json(part.listings[0], part.origin))
    full = msgspec.json.decode(msgspec.json.encode(listing_answer(part, part.listings[0])))
    for price in full["prices"]:
        del price["quote"]
    assert short == {name: full[name] for name in short}
