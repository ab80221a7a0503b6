"""Time passes on request, in the same way each time, at the rates that were measured."""

import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import declared
from modelatlas.simulator.world import GONE_A_MONTH, NEW_A_MONTH, REPRICED_A_MONTH, Drifted, generated
from tests.simulator.client import calls, payloads, snapshot_of

MONTH = 365.25 / 12
DRIFTING = [pytest.param(declared()[slug], id=slug) for slug in ("openrouter", "huggingface", "deepinfra")]


@pytest.mark.parametrize("provider", DRIFTING)
async def test_a_drift_changes_what_it_says_and_nothing_else(provider: Provider) -> None:
    world = generated("real")
    async with calls(world) as client:
        before = await snapshot_of(client, provider)
        answer = (await client.post("/_simulator/drift", params={"days": 60})).json()
        after = await snapshot_of(client, provider)
    said = Drifted(**answer["providers"][provider.slug])
    assert answer["step"] == 1
    assert seen(before, after) == said
    assert min(said.new, said.gone, said.repriced) > 0
    assert (
        len(after.listings) == len(before.listings) + said.new - said.gone == world.listings()[provider.slug]
    )


def seen(before: Snapshot, after: Snapshot) -> Drifted:
    old = {listing.id: listing for listing in before.listings}
    new = {listing.id: listing for listing in after.listings}
    changed = [id_ for id_ in old.keys() & new.keys() if old[id_] != new[id_]]
    assert all(old[id_].name == new[id_].name and old[id_].prices != new[id_].prices for id_ in changed)
    return Drifted(len(new.keys() - old.keys()), len(old.keys() - new.keys()), len(changed))


async def test_the_same_steps_lead_to_the_same_lists() -> None:
    provider = declared()["openrouter"]
    lists = []
    for _ in range(2):
        world = generated("real", providers={provider.slug: provider})
        world.drift(30)
        world.drift(1)
        lists.append(await payloads(calls(world), provider))
    assert lists[0] == lists[1]


def test_a_month_has_the_measured_rates() -> None:
    drifted = generated("seed").drift(MONTH)["openrouter"]
    assert drifted.new == pytest.approx(3_500 * NEW_A_MONTH, abs=1)
    assert drifted.gone == pytest.approx(3_500 * GONE_A_MONTH, abs=1)
    assert drifted.repriced == pytest.approx(3_500 * 0.92 * 0.92 * REPRICED_A_MONTH, rel=0.05)


def test_many_small_steps_are_as_much_as_one_large_one() -> None:
    stock = generated("real").stocks["openrouter"]
    steps = [stock.drift(MONTH / 60, step) for step in range(60)]
    assert sum(step.new for step in steps) == pytest.approx(421 * NEW_A_MONTH, abs=15)


def test_no_time_changes_nothing() -> None:
    assert set(generated("real").drift(0).values()) == {Drifted(0, 0, 0)}


def test_a_name_never_comes_back_for_another_model() -> None:
    stock = generated("real").stocks["openrouter"]
    seen = set(stock.changes)
    for step in range(5):
        before = set(stock.changes)
        stock.drift(60, step)
        assert not (set(stock.changes) - before) & seen
        seen.update(stock.changes)


async def test_after_a_price_change_the_amount_is_another() -> None:
    provider = declared()["together"]
    world = generated("real")
    first = await snapshot_of(calls(world), provider)
    for step in range(12):
        world.stocks[provider.slug].drift(MONTH / REPRICED_A_MONTH, step)  # every priced listing changes
        second = await snapshot_of(calls(world), provider)
        before = {listing.id: listing.prices for listing in first.listings}
        same = [each.id for each in second.listings if each.prices and before.get(each.id) == each.prices]
        assert not same
        first = second


@pytest.mark.parametrize("days", ["-1", "soon", "nan", "1e9"])
async def test_days_that_cannot_be_are_refused(days: str) -> None:
    async with calls(generated("real")) as client:
        answer = await client.post("/_simulator/drift", params={"days": days})
    assert answer.status_code == 400
    assert "expected a number from 0 to 366" in answer.json()["error"]["message"]
