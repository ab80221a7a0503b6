"""What is invented for a provider is read by its own declaration, whole and without surprise."""

from collections import Counter

import msgspec
import pytest

from modelatlas.domain.listing import is_priced
from modelatlas.domain.price import ALWAYS, usd_per_unit
from modelatlas.domain.units import UNITS
from modelatlas.providers.contract import Provider
from modelatlas.providers.payload import decode, offers
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared
from modelatlas.simulator.amounts import PRICED
from modelatlas.simulator.profiles import PROFILES
from modelatlas.simulator.world import Stock, generated
from tests.simulator.client import calls, snapshot_of

ACTIVE = [pytest.param(each, id=slug) for slug, each in declared().items() if each.retired is None]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", ACTIVE)
async def test_every_listing_of_a_profile_is_read(provider: Provider, profile: str) -> None:
    world = generated(profile)
    async with calls(world) as client:
        read = await snapshot_of(client, provider)
    assert len(read.listings) == world.listings()[provider.slug]
    assert len(read.rejected) == world.stocks[provider.slug].rejected()
    assert read.surprises == {}
    assert {(each.path, each.reason) for each in read.unread} <= unread_of_examples(provider)
    assert len({each.id for each in read.unread}) < 0.25 * len(read.listings) + 3


def unread_of_examples(provider: Provider) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for each in provider.lists:
        for entry in offers(each, [decode(msgspec.json.encode(example)) for example, _ in each.examples]):
            found.update((unread.path, unread.reason) for unread in Reader(provider, each).read(entry).unread)
    return found


@pytest.mark.parametrize("provider", ACTIVE)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(provider: Provider) -> None:
    first, again, other = (
        [Stock(provider, seed, 300).contents(each).entries for each in provider.lists] for seed in (1, 1, 2)
    )
    assert first == again
    assert all(one != another for one, another in zip(first, other, strict=True))


@pytest.mark.parametrize("provider", ACTIVE)
async def test_most_listings_are_ordinary(provider: Provider) -> None:
    read = await snapshot_of(calls(generated("seed")), provider)
    statuses = Counter(listing.status for listing in read.listings)
    assert statuses["active"] > 0.85 * len(read.listings)
    states = [
        {rule.state for rule in listing.prices if rule.unit in {"input_token", "output_token"}}
        for listing in read.listings
    ]
    if any("known" in each for each in states):
        assert sum("known" in each for each in states) > 0.6 * len(states)


@pytest.mark.parametrize("provider", ACTIVE)
async def test_amounts_are_those_of_their_unit(provider: Provider) -> None:
    """F1: a unit that the generator and the reader understand differently shows as an absurd amount."""
    read = await snapshot_of(calls(generated("seed")), provider)
    for rule in (rule for listing in read.listings for rule in listing.prices if rule.state == "known"):
        least, most = (1e-10, 1e-3) if UNITS[rule.unit] == "token" else (1e-7, 3)
        assert least < (usd_per_unit(rule) or 0) < most, rule


async def test_a_gateway_has_free_varying_and_unpriced_listings() -> None:
    """F8: free, varying and unknown are three things, so the simulator shows all three."""
    provider = declared()["openrouter"]
    read = await snapshot_of(calls(generated("seed")), provider)
    states = Counter(
        rule.state for listing in read.listings for rule in listing.prices if rule.unit == "input_token"
    )
    assert states.keys() == {"known", "free", "varying"}
    unpriced = sum(not is_priced(listing) for listing in read.listings)
    assert 0.02 < unpriced / len(read.listings) < 0.04


async def test_one_model_has_offers_of_several_providers_at_similar_prices() -> None:
    world = generated("seed")
    priced: dict[str, dict[str, float]] = {}
    for slug in ("openrouter", "together", "deepinfra"):
        read = await snapshot_of(calls(world), declared()[slug])
        for listing in read.listings:
            for rule in listing.prices:
                if rule.unit == "input_token" and rule.state == "known" and rule.when == ALWAYS:
                    name = listing.id.lower().partition(":")[0].rpartition("/")[2]
                    priced.setdefault(name, {})[slug] = float(usd_per_unit(rule) or 0)
    shared = [list(offers.values()) for offers in priced.values() if len(offers) > 1]
    assert len(shared) > 100
    assert all(max(offers) <= 2 * min(offers) for offers in shared)


def test_every_unit_can_be_priced() -> None:
    assert UNITS.keys() == PRICED
