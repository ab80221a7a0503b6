"""What is read back is what was kept, and what many listings say alike takes memory once."""

from decimal import Decimal

import msgspec

from modelatlas.domain.alike import Alike
from modelatlas.domain.codec import snapshot_bytes, snapshot_from, to_msgpack
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON

PLAIN = Rule("input_token", "known", Decimal("0.5"), per="1M tokens", raw="0.5", path="price.in")
LONGER = msgspec.structs.replace(PLAIN, amount=Decimal("0.50"), when=Condition(tier="batch"))


def copies(*rules: Rule) -> list[Listing]:
    """Make two listings that say the same in values of their own."""
    made = [Listing("acme", each, lab="lab", input_modalities=("text",), prices=rules) for each in "ab"]
    return [msgspec.msgpack.decode(to_msgpack(each), type=Listing) for each in made]


def test_listings_are_the_same_to_the_last_digit() -> None:
    """0.5 and 0.50 are equal amounts and not the same text."""
    before = [*copies(PLAIN, LONGER), *copies(LONGER)]
    after = Alike().listings(before)
    assert list(map(to_msgpack, after)) == list(map(to_msgpack, before))
    assert str(after[0].prices[0].amount) == "0.5"
    assert str(after[0].prices[1].amount) == str(after[2].prices[0].amount) == "0.50"


def test_what_is_said_alike_is_one_value() -> None:
    one, other = Alike().listings(copies(PLAIN, LONGER))
    assert one.prices is other.prices
    assert one.provider is other.provider
    assert one.lab is other.lab
    assert one.input_modalities is other.input_modalities
    assert one.prices[0].unit is one.prices[1].unit


def test_a_snapshot_that_is_read_back_shares_what_it_says() -> None:
    kept = snapshot("acme", NOON, copies(PLAIN))
    back = snapshot_from(snapshot_bytes(kept), fetched_at=NOON, content_since=NOON)
    assert back == kept
    assert back.listings[0].prices is back.listings[1].prices
