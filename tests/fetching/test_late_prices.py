"""A list of prices that is late costs no listing, and takes no price away."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import httpx2
import msgspec
import pytest
import stamina

from modelatlas.domain.outcome import Fetched
from modelatlas.domain.refresh import ProviderState, after, taken
from modelatlas.fetching.limits import Limits
from modelatlas.providers.contract import ByIds, ModelList
from modelatlas.providers.fields import usd_number
from tests.builders import NOON, FakeClock
from tests.fetching.acme import HOST, KEY, KEYED, KEYS, URL, acme, answer, fetch, fetcher, ids

PRICES = ModelList(
    url=f"https://{HOST}/v1/prices",
    name="prices",
    yields="prices",
    paging=ByIds("id", of="models", size=2),
    prices={"output_image": usd_number("image", per="image")},
)
PRICED = acme(ModelList(url=URL), PRICES, auth=KEYED)
HOUR = timedelta(hours=1)


class Acme:
    """Lists models, and prices them until told otherwise."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids
        self.image = "0.25"
        self.late: httpx2.Response | None = None
        self.late_calls = 10**6
        self.calls = 0

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/models":
            return answer(*self.ids)
        self.calls += 1
        if self.late is not None and self.late_calls > 0:
            self.late_calls -= 1
            return httpx2.Response(self.late.status_code, headers=self.late.headers)
        rows = [{"id": each, "image": msgspec.Raw(self.image.encode())} for each in
                request.url.params.get_list("id")]  # fmt: skip
        return httpx2.Response(200, content=msgspec.json.encode({"data": rows}))


def amounts(fetched: Fetched) -> dict[str, Decimal | None]:
    assert fetched.snapshot is not None, fetched.outcome
    return {each.id: each.prices[0].amount if each.prices else None for each in fetched.snapshot.listings}


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
async def test_prices_that_are_late_are_those_of_last_time_and_the_models_are_new(code: int) -> None:
    acme_, clock = Acme("a", "b"), FakeClock()
    asking = fetcher(acme_, PRICED, keys=KEYS, clock=clock)
    await asking.fetch("acme")
    clock.pass_(hours=1)
    acme_.ids, acme_.image, acme_.late = ("b", "c"), "0.5", httpx2.Response(code)
    second = await asking.fetch("acme")
    assert amounts(second) == {"b": Decimal("0.25"), "c": None}
    assert (second.outcome.kind, second.late) == ("ok", None)
    assert f"its list prices is that of 2026-11-23 12:00 UTC: acme answered {code}" in second.outcome.detail
    assert KEY not in second.outcome.detail
    clock.pass_(hours=1)
    third = await asking.fetch("acme")
    assert "its list prices is that of 2026-11-23 12:00 UTC" in third.outcome.detail
    acme_.late = None
    assert amounts(await asking.fetch("acme")) == {"b": Decimal("0.5"), "c": Decimal("0.5")}


async def test_models_come_without_prices_where_none_were_ever_heard() -> None:
    acme_ = Acme("a")
    acme_.late = httpx2.Response(429)
    fetched = await fetch(acme_, PRICED, keys=KEYS)
    assert amounts(fetched) == {"a": None}
    assert "without its list prices: acme answered 429" in fetched.outcome.detail
    assert fetched.late is not None
    assert fetched.late.kind == "rate_limited"


async def test_after_a_restart_a_late_list_takes_no_price_away() -> None:
    """F26: what the store kept stays, with its age, until the prices come."""
    acme_ = Acme("a")
    held = after(ProviderState("acme"), await fetch(acme_, PRICED, keys=KEYS), HOUR, 0.0)
    acme_.late = httpx2.Response(503)
    fetched = await fetch(acme_, PRICED, keys=KEYS)
    later = after(held, fetched, HOUR, 0.0)
    assert later.snapshot is held.snapshot
    assert later.outcome is not None
    assert (later.outcome.kind, later.failures) == ("bad_status", 1)


async def test_where_no_price_is_lost_the_new_models_count() -> None:
    acme_ = Acme("a")
    acme_.late = httpx2.Response(403)
    before = await fetch(acme_, PRICED, keys=KEYS)
    acme_.ids = ("a", "b")
    fetched = await fetch(acme_, PRICED, keys=KEYS)
    assert taken(before.snapshot, fetched) is fetched
    assert ids(fetched) == ["a", "b"]


async def test_prices_have_their_own_time() -> None:
    """F40: prices that drip cost no listing."""

    async def hangs(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/v1/models":
            await asyncio.Event().wait()
        return answer("a")

    fetched = await fetch(hangs, PRICED, keys=KEYS, limits=Limits(seconds=0.3, retries=0))
    assert amounts(fetched) == {"a": None}
    assert fetched.outcome.detail == "without its list prices: not finished within 0.3 s"


async def test_a_short_wait_asked_for_in_the_middle_is_waited_and_nothing_is_late() -> None:
    acme_ = Acme("a", "b", "c")
    acme_.late, acme_.late_calls = httpx2.Response(429, headers={"retry-after": "2"}), 1
    with stamina.set_testing(True, attempts=3, cap=True):  # no waits
        fetched = await fetch(acme_, PRICED, keys=KEYS, limits=Limits(seconds=20.0, retries=2))
    assert fetched.late is None
    assert set(amounts(fetched).values()) == {Decimal("0.25")}
    assert acme_.calls == 3


async def test_an_unchanged_list_says_what_is_late_all_the_same() -> None:
    acme_, clock = Acme("a"), FakeClock()
    asking = fetcher(acme_, PRICED, keys=KEYS, clock=clock)
    held = after(ProviderState("acme"), await asking.fetch("acme"), HOUR, 0.0)
    acme_.late = httpx2.Response(429)
    clock.pass_(hours=1)
    told = after(held, await asking.fetch("acme"), HOUR, 0.0).outcome
    assert told is not None
    assert told.kind == "unchanged"
    assert f"its list prices is that of {NOON:%Y-%m-%d} 12:00 UTC" in told.detail
