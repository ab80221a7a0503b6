"""A fetch brings a snapshot, or the one outcome that says why there is none."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
import zstandard

from modelatlas.domain.errors import NotFound
from modelatlas.domain.outcome import Kind
from modelatlas.domain.refresh import ProviderState, after
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching import reading
from modelatlas.fetching.limits import Limits
from modelatlas.providers.contract import ModelList, Offset, PageNumber, Provider
from tests.builders import NOON
from tests.fetching.acme import (
    HOST,
    KEY,
    KEYED,
    KEYS,
    URL,
    Handler,
    acme,
    answer,
    fetch,
    fetcher,
    ids,
    listed,
    raising,
    sent,
    status,
)

PAGED = ModelList(url=URL, paging=PageNumber("page", "size", 2))
OPEN = ModelList(url=f"https://{HOST}/public", name="public", needs_key=False)
CLOSED = ModelList(url=f"https://{HOST}/private", name="private")
BOTH = acme(OPEN, CLOSED, auth=KEYED)


def by_page(request: httpx2.Request) -> httpx2.Response:
    page = int(request.url.params["page"])
    return answer(*(f"m{number}" for number in range(2 * page - 2, min(2 * page, 5))))


def by_path(request: httpx2.Request) -> httpx2.Response:
    return answer(request.url.path.strip("/"), "shared")


async def test_a_list_becomes_a_snapshot_with_what_it_was_read_from() -> None:
    fetched = await fetch(lambda _request: answer("b", "a"))
    assert fetched.outcome.kind == "ok"
    assert fetched.outcome.listings == 2
    assert fetched.outcome.seconds == 0.0
    assert ids(fetched) == ["a", "b"]
    assert unpacked(fetched.payload) == [json.loads(listed("b", "a"))]


async def test_all_pages_are_one_snapshot_and_one_payload() -> None:
    """F25."""
    fetched = await fetch(by_page, acme(PAGED))
    assert ids(fetched) == ["m0", "m1", "m2", "m3", "m4"]
    assert [len(page["data"]) for page in unpacked(fetched.payload)] == [2, 2, 1]


async def test_all_lists_are_one_snapshot_and_one_payload() -> None:
    fetched = await fetch(by_path, BOTH, keys=KEYS)
    assert ids(fetched) == ["private", "public", "shared"]
    assert len(unpacked(fetched.payload)) == 2
    assert fetched.outcome.detail == ""


@pytest.mark.parametrize(
    ("handler", "kind", "detail"),
    [
        (status(401), "unauthorised", "acme answered 401: set ACME_API_KEY"),
        (status(403), "unauthorised", "acme answered 403: set ACME_API_KEY"),
        (status(429, retry_after="7"), "rate_limited", "in 7 s"),
        (status(500), "bad_status", "acme answered 500, expected 200"),
        (status(404), "bad_status", "acme answered 404, expected 200"),
        (status(304), "bad_status", "acme answered 304, expected 200"),
        (sent(b"<!doctype html><title>Hm</title>"), "unreadable", "HTML"),
        (sent(b""), "unreadable", "empty answer"),
        (sent(b'{"data": [{"id": "a"}'), "unreadable", "expected JSON"),
        (sent(b'{"data": "none"}'), "unreadable", "expected a list at 'data'"),
        (sent(b'{"error": "x"}'), "unreadable", "expected a list at 'data'"),
        (sent(b'{"data": [{"name": "a"}]}'), "unreadable", "1 entries that are none"),
        (sent(b'{"data": ' + b"[" * 99 + b"]" * 99 + b"}"), "unreadable", "at most 64 levels"),
        (sent(b"[]", content_encoding="br"), "unreadable", "packed as gzip, deflate, zstd, got 'br'"),
    ],
)
async def test_what_is_no_list_is_an_outcome_and_no_snapshot(
    handler: Handler, kind: Kind, detail: str
) -> None:
    """F24, F27: an error is never an empty list."""
    fetched = await fetch(handler, acme(auth=KEYED), keys=KEYS)
    assert fetched.outcome.kind == kind
    assert detail in fetched.outcome.detail
    assert fetched.snapshot is None
    assert fetched.payload == b""


async def test_the_wait_that_a_provider_asks_for_is_told() -> None:
    later = format_datetime(NOON + timedelta(minutes=5), usegmt=True)
    assert (await fetch(status(429, retry_after=later))).outcome.retry_after == 300.0


async def test_a_server_in_trouble_takes_nothing_away() -> None:
    """F31: after a 500 the last good snapshot stays."""
    before = await fetch(lambda _request: answer("a", "b"))
    held = after(ProviderState("acme"), before, timedelta(hours=1), 0.0)
    later = after(held, await fetch(status(500)), timedelta(hours=1), 0.0)
    assert later.snapshot is not None
    assert [each.id for each in later.snapshot.listings] == ["a", "b"]


async def test_without_a_key_nothing_is_asked() -> None:
    fetched = await fetch(raising(AssertionError("called")), acme(auth=KEYED))
    assert fetched.outcome.kind == "not_configured"
    assert fetched.outcome.detail == "set ACME_API_KEY (docs/operating.md#keys)"


async def test_a_retired_provider_is_not_asked() -> None:
    fetched = await fetch(raising(AssertionError("called")), acme(retired="closed in 2026-05"), keys=KEYS)
    assert (fetched.outcome.kind, fetched.outcome.detail) == ("retired", "closed in 2026-05")


async def test_lists_for_everybody_are_read_without_a_key() -> None:
    fetched = await fetch(by_path, BOTH)
    assert ids(fetched) == ["public", "shared"]
    assert fetched.outcome.detail == "without its list private: set ACME_API_KEY (docs/operating.md#keys)"


async def test_if_one_list_fails_none_is_published() -> None:
    """F26: half of a provider is no snapshot of it."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer("a") if request.url.path == "/public" else httpx2.Response(500)

    fetched = await fetch(handler, BOTH, keys=KEYS)
    assert fetched.outcome.kind == "bad_status"
    assert fetched.snapshot is None


@pytest.mark.parametrize("code", [404, 410])
async def test_a_list_that_is_not_there_is_left_out_and_said(code: int) -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer("a") if request.url.path == "/public" else httpx2.Response(code)

    fetched = await fetch(handler, BOTH, keys=KEYS)
    assert fetched.outcome.kind == "ok"
    assert fetched.outcome.detail == f"its list private ({code}) is not there"
    assert ids(fetched) == ["a"]


@pytest.mark.parametrize("code", [400, 403, 404])
async def test_a_list_that_nobody_ever_saw_harms_no_other_one(code: int) -> None:
    guess = ModelList(url=f"https://{HOST}/guess", name="guess", inferred=True)

    def handler(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(code) if request.url.path == "/guess" else answer("a")

    fetched = await fetch(handler, acme(OPEN, guess), keys=KEYS)
    assert (fetched.outcome.kind, ids(fetched)) == ("ok", ["a"])
    assert fetched.outcome.detail == f"its list guess ({code}) is not there"


@pytest.mark.parametrize(
    ("code", "inferred", "kind"),
    [(403, False, "unauthorised"), (401, True, "unauthorised"), (429, True, "rate_limited")],
)
async def test_what_says_nothing_of_a_list_fails_the_provider(code: int, inferred: bool, kind: str) -> None:
    """F26."""
    other = ModelList(url=f"https://{HOST}/other", name="other", inferred=inferred)

    def handler(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(code) if request.url.path == "/other" else answer("a")

    fetched = await fetch(handler, acme(OPEN, other), keys=KEYS)
    assert (fetched.outcome.kind, fetched.snapshot) == (kind, None)


async def test_when_no_list_is_there_the_provider_failed() -> None:
    """F24."""
    fetched = await fetch(status(404), BOTH, keys=KEYS)
    assert fetched.outcome.kind == "bad_status"
    assert "404" in fetched.outcome.detail


async def test_a_list_that_ends_in_not_found_is_cut_and_not_gone() -> None:
    """F25."""
    paged = ModelList(url=URL, name="paged", paging=Offset("offset", "limit", 1))

    def handler(request: httpx2.Request) -> httpx2.Response:
        first = request.url.path == "/public" or request.url.params["offset"] == "0"
        return answer("a") if first else httpx2.Response(404)

    fetched = await fetch(handler, acme(OPEN, paged))
    assert fetched.outcome.kind == "bad_status"
    assert fetched.snapshot is None


async def test_each_list_gets_its_own_headers_and_only_closed_ones_the_key() -> None:
    seen: dict[str, httpx2.Headers] = {}

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen[request.url.path] = request.headers
        return answer("a")

    versioned = ModelList(url=f"https://{HOST}/private", name="private", headers={"x-version": "2026-01-01"})
    await fetch(handler, acme(OPEN, versioned, auth=KEYED), keys=KEYS)
    assert "authorization" not in seen["/public"]
    assert seen["/private"]["authorization"] == f"Bearer {KEY}"
    assert seen["/private"]["x-version"] == "2026-01-01"


async def test_a_simulator_gets_every_call_and_no_real_key() -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return answer("a")

    fetched = await fetch(handler, BOTH, keys=KEYS, via="http://127.0.0.1:9000/")
    assert fetched.outcome.kind == "ok"
    assert [str(request.url) for request in seen] == [
        f"http://127.0.0.1:9000/{HOST}/public",
        f"http://127.0.0.1:9000/{HOST}/private",
    ]
    assert [request.headers.get("authorization") for request in seen] == [None, "Bearer demo"]


async def test_an_unknown_slug_is_the_callers_mistake() -> None:
    with pytest.raises(NotFound, match="unknown provider 'acne'"):
        await fetcher(by_path).fetch("acne")


async def test_a_declared_url_without_tls_is_never_called() -> None:
    plain = acme(ModelList(url=f"http://{HOST}/v1/models"), auth=KEYED)
    fetched = await fetch(raising(AssertionError("called")), plain, keys=KEYS)
    assert fetched.outcome.kind == "bad_status"
    assert f"expected https://{HOST}" in fetched.outcome.detail


async def test_the_time_for_a_provider_holds_for_all_its_pages() -> None:
    """F40: a provider that drips has no more time than one that hangs."""
    calls = 0

    async def slowly(_request: httpx2.Request) -> httpx2.Response:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.02)
        return answer(f"a{calls}", f"b{calls}")

    fetched = await fetch(slowly, acme(PAGED), limits=Limits(seconds=0.5, retries=0))
    assert fetched.outcome.kind == "timeout"
    assert fetched.outcome.detail == "acme did not finish within 0.5 s: it is asked again later"
    assert 1 < calls < 30


async def test_waits_between_tries_count_as_well() -> None:
    async with asyncio.timeout(20):
        fetched = await fetch(status(503), limits=Limits(seconds=0.1, retries=50))
    assert fetched.outcome.kind == "timeout"


async def test_who_cancels_a_fetch_is_obeyed() -> None:
    started = asyncio.Event()

    async def hang(_request: httpx2.Request) -> httpx2.Response:
        started.set()
        await asyncio.Event().wait()
        return answer()

    task = asyncio.create_task(fetch(hang))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_fault_of_ours_is_an_outcome_and_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """F23, F27: nothing is swallowed."""

    def breaks(provider: Provider, _pages: Mapping[str, Sequence[bytes]], _at: datetime) -> Snapshot:
        raise ZeroDivisionError(f"while reading {provider.slug}, with {KEY}")

    monkeypatch.setattr(reading, "read_snapshot", breaks)
    fetched = await fetch(lambda _request: answer("a"), acme(auth=KEYED), keys=KEYS)
    assert fetched.outcome.kind == "unreadable"
    assert "ZeroDivisionError: while reading acme, with (key)" in fetched.outcome.detail
    logged = "".join(capsys.readouterr())  # to either, as the command line may have set it up
    assert "Traceback" in logged
    assert "ZeroDivisionError" in logged
    assert KEY not in logged


async def test_the_limit_of_bytes_holds_for_all_lists_together() -> None:
    """F48."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer(request.url.path, "x" * 600)

    large = acme(*(ModelList(url=f"https://{HOST}/{name}", name=name) for name in ("a", "b", "c")))
    assert (await fetch(handler, large, limits=Limits(payload_bytes=2_100))).outcome.kind == "ok"
    fetched = await fetch(handler, large, limits=Limits(payload_bytes=1_500))
    assert fetched.outcome.kind == "unreadable"
    assert "bytes, got more" in fetched.outcome.detail


async def test_the_limit_of_bytes_holds_for_all_pages_together() -> None:
    """F48."""
    limits = Limits(seconds=5.0, payload_bytes=len(listed("m0", "m1")) * 2)
    fetched = await fetch(by_page, acme(PAGED), limits=limits)
    assert "bytes, got more" in fetched.outcome.detail


def unpacked(payload: bytes) -> list[dict[str, list[object]]]:
    pages: list[dict[str, list[object]]] = json.loads(zstandard.ZstdDecompressor().decompress(payload))
    return pages
