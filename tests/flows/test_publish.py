"""Each list is published once, and again only when there is a reason."""

from datetime import timedelta

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.releases import by_listing
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.publish import Publisher
from tests.builders import NOON, FakeClock, release_of
from tests.domain.test_publishing import Source, from_

BEGINS = NOON + timedelta(hours=1)
LATER = replace(usd("input_token", "0.000002"), valid_from=BEGINS.isoformat(), rank=1)
UNTIL = replace(usd("input_token", "0.000001"), valid_to=BEGINS.isoformat())
HEARD = snapshot("acme", NOON, [Listing("acme", "a", prices=(UNTIL, LATER))])


def amounts(part: Snapshot) -> list[str]:
    return [str(rule.amount) for listing in part.listings for rule in listing.prices]


def test_the_same_list_is_published_once_and_dated_anew_when_it_is_heard_again() -> None:
    publisher = Publisher(FakeClock())
    first = publisher.of(HEARD)
    assert publisher.of(HEARD) is first
    again = publisher.of(replace(HEARD, fetched_at=NOON + timedelta(minutes=1)))
    assert again.listings is first.listings
    assert again.fetched_at == NOON + timedelta(minutes=1)


def test_a_price_that_begins_is_published_when_it_does() -> None:
    clock = FakeClock()
    publisher = Publisher(clock)
    assert amounts(publisher.of(HEARD)) == ["0.000001", "0.000002"]
    assert not publisher.has_turned()
    clock.pass_(hours=1)
    assert publisher.has_turned()
    assert amounts(publisher.of(HEARD)) == ["0.000002"]
    assert not publisher.has_turned()


def test_new_sources_and_releases_are_obeyed_at_once() -> None:
    publisher = Publisher(FakeClock())
    heard = snapshot("acme", NOON, [Listing("acme", "a", prices=(usd("input_token", "1"),))])
    assert amounts(publisher.of(heard)) == []
    assert list(publisher.kept["acme"].suspects) == ["a"]
    assert publisher.obey(by_listing([release_of("1")]))
    assert not publisher.obey(by_listing([release_of("1")]))
    assert amounts(publisher.of(heard)) == ["1"]
    assert not publisher.kept["acme"].suspects
    publisher.take([Source("file", "operator", a=(from_("file", "input_token", "0.000003"),))])
    assert amounts(publisher.of(heard)) == ["0.000003"]
