"""Every fault does what its line says, to the provider that has it and to no other."""

import asyncio
import time

import httpx2
import msgspec
import pytest

from modelatlas.domain.errors import BadRequest, Unreadable
from modelatlas.domain.price import usd_per_unit
from modelatlas.providers.registry import declared
from modelatlas.simulator.answers import ANSWERS
from modelatlas.simulator.app import simulator
from modelatlas.simulator.faults import FAULTS, Faults
from modelatlas.simulator.serve import background
from modelatlas.simulator.spoiling import SPOILERS
from modelatlas.simulator.world import World, generated
from tests.simulator.client import address, ask, calls, snapshot_of

PROVIDER = declared()["openrouter"]
LIST = PROVIDER.lists[0]


@pytest.fixture(scope="module")
def world() -> World:
    return generated("real")


async def faulty(world: World, fault: str) -> httpx2.Response:
    async with calls(world, faults=[f"{fault}={PROVIDER.slug}"]) as client:
        return await ask(client, PROVIDER, LIST)


async def test_too_many_requests_say_when_to_come_back(world: World) -> None:
    answer = await faulty(world, "429")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


async def test_a_server_error(world: World) -> None:
    assert (await faulty(world, "500")).status_code == 500


async def test_a_page_for_people_with_200(world: World) -> None:
    answer = await faulty(world, "html-200")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


async def test_json_without_a_list(world: World) -> None:
    answer = await faulty(world, "wrong-json")
    assert answer.status_code == 200
    assert "data" not in answer.json()


async def test_half_a_body_under_the_length_of_the_whole(world: World) -> None:
    """F26: a truncated body must not become a list."""
    answer = await faulty(world, "cut-body")
    assert len(answer.content) * 2 == pytest.approx(int(answer.headers["content-length"]), abs=2)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer.content)


def test_on_a_real_connection_a_cut_body_is_a_broken_one(world: World) -> None:
    with (
        background(world, faults=["cut-body"]) as url,
        pytest.raises(httpx2.RemoteProtocolError),
        httpx2.Client(trust_env=False) as client,
    ):
        client.get(url + address(LIST))


async def test_slow_answers_are_complete(world: World) -> None:
    async with calls(world) as client:
        await client.post(f"/_simulator/faults/{PROVIDER.slug}/slow", params={"seconds": 0.2})
        started = time.perf_counter()
        read = await snapshot_of(client, PROVIDER)
        assert time.perf_counter() - started >= 0.2
    assert len(read.listings) == 421


async def test_a_hanging_provider_never_answers(world: World) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await faulty(world, "hang")


async def test_an_empty_list_is_a_list(world: World) -> None:
    assert (await faulty(world, "empty-list")).json() == {"data": []}


async def test_half_a_list(world: World) -> None:
    assert len((await faulty(world, "half-list")).json()["data"]) == 210


async def test_ids_twice(world: World) -> None:
    async with calls(world, faults=["duplicate-ids"]) as client:
        read = await snapshot_of(client, PROVIDER)
    assert (len(read.listings), len(read.duplicates)) == (421, 43)


async def test_a_renamed_price_is_a_surprise_and_no_free_model(world: World) -> None:
    """F8: a price that cannot be found any more is unknown."""
    async with calls(world, faults=["renamed-field"]) as client:
        read = await snapshot_of(client, PROVIDER)
    assert read.surprises["pricing.new_prompt"] > 300
    assert not any(rule.unit == "input_token" for listing in read.listings for rule in listing.prices)


async def test_without_prices_the_id_is_renamed(world: World) -> None:
    async with calls(world, faults=["renamed-field"]) as client:
        with pytest.raises(Unreadable, match="no_id"):
            await snapshot_of(client, declared()["featherless"])


@pytest.mark.parametrize("slug", ["openrouter", "deepinfra", "huggingface", "together"])
async def test_a_unit_slip_multiplies_every_amount(world: World, slug: str) -> None:
    """F1: the same price a million times higher, as if the unit had changed overnight."""
    provider = declared()[slug]
    before = await snapshot_of(calls(world), provider)
    after = await snapshot_of(calls(world, faults=["unit-slip"]), provider)
    old, new = (
        {
            (listing.id, rule.unit): usd_per_unit(rule)
            for listing in read.listings
            for rule in listing.prices
            if rule.unit in {"input_token", "output_token"} and rule.state == "known"
        }
        for read in (before, after)
    )
    assert old
    assert new == {key: amount * 1_000_000 for key, amount in old.items() if amount is not None}


async def test_an_endless_body_is_as_long_as_is_asked(world: World) -> None:
    async with calls(world) as client:
        await client.post(f"/_simulator/faults/{PROVIDER.slug}/endless-body", params={"bytes": 300_000})
        answer = await ask(client, PROVIDER, LIST)
    assert len(answer.content) >= 300_000
    assert "content-length" not in answer.headers


async def test_a_bomb_is_small_on_the_wire(world: World) -> None:
    async with calls(world) as client:
        await client.post(f"/_simulator/faults/{PROVIDER.slug}/bomb", params={"bytes": 50_000_000})
        async with client.stream("GET", address(LIST)) as answer:
            packed = b"".join([part async for part in answer.aiter_raw()])
        answer = await ask(client, PROVIDER, LIST)
    assert len(packed) < 100_000
    assert len(answer.content) == 50_000_000


async def test_a_redirect_leads_to_another_host(world: World) -> None:
    answer = await faulty(world, "redirect-elsewhere")
    assert answer.status_code == 302
    assert httpx2.URL(answer.headers["location"]).host not in LIST.url


async def test_other_providers_are_well(world: World) -> None:
    """F23: one provider's trouble is its own."""
    async with calls(world, faults=["500=openrouter"]) as client:
        assert (await ask(client, declared()["together"], declared()["together"].lists[0])).status_code == 200


async def test_faults_are_switched_on_and_off(world: World) -> None:
    async with calls(world) as client:
        for method, path, on in (
            ("POST", "openrouter/500", {"openrouter": ["500"]}),
            ("POST", "all/slow?seconds=0", {"all": ["slow"], "openrouter": ["500"]}),
            ("DELETE", "openrouter/500", {"all": ["slow"]}),
            ("DELETE", "all/all", {}),
        ):
            answer = await client.request(method, f"/_simulator/faults/{path}")
            assert answer.json() == {"faults": on}
            assert (await client.get("/_simulator/state")).json()["faults"] == on
        assert (await ask(client, PROVIDER, LIST)).status_code == 200


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("5000", "did you mean '500'"),
        ("slow=openruter", "did you mean 'openrouter'"),
        ("", "expected one of"),
    ],
)
def test_an_unknown_fault_or_provider_is_refused_with_the_nearest(
    world: World, written: str, hint: str
) -> None:
    with pytest.raises(BadRequest, match=hint):
        simulator(world, faults=[written])


async def test_an_unknown_fault_is_refused_on_the_wire_too(world: World) -> None:
    async with calls(world) as client:
        assert (await client.post("/_simulator/faults/openrouter/nothing")).status_code == 400
        assert (await client.post("/_simulator/faults/nobody/slow")).status_code == 400
        assert (await client.post("/_simulator/faults/all/slow?seconds=x")).status_code == 400


def test_every_fault_is_done_somewhere() -> None:
    assert FAULTS.keys() == {*ANSWERS, *SPOILERS, "slow", "cut-body"}


def test_a_fault_of_one_provider_wins_over_that_of_all() -> None:
    faults = Faults(["a", "b"], ["slow", "500=a"])
    assert faults.of("a").keys() == {"slow", "500"}
    assert faults.of("b").keys() == {"slow"}
