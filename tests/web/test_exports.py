"""Other tools' formats over HTTP: whole, kept, compressed, and nothing in them that is not for everybody."""

import asyncio
import gzip
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from modelatlas.domain.pins import Pin, hash_of
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.views.exports.format import Source, source_of
from modelatlas.views.exports.formats import FORMATS, HISTORICAL
from modelatlas.web import documents
from tests.builders import NOON, listing
from tests.web.builders import WITH_KEY, FakeAtlas, big_world, client_of, decoded, small_world

PATHS = [each.path for each in FORMATS.values()]


@pytest.mark.parametrize("path", [*PATHS, "/v1/models/acme/lab/rocket-2-70b", "/exports/litellm/losses"])
@pytest.mark.parametrize("headers", [{}, WITH_KEY])
async def test_nothing_of_an_account_leaves_not_even_with_the_key(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200
    assert "our-own" not in response.text


@pytest.mark.parametrize("path", PATHS)
async def test_a_price_in_quarantine_never_leaves(path: str) -> None:
    dear = listing("dear", "zeta", prices=(usd("input_token", "3.21"), usd("output_token", "6.54")))
    atlas = FakeAtlas({"zeta": snapshot("zeta", NOON, [dear, listing("good", "zeta")])})
    async with client_of(atlas) as client:
        await atlas.hear("zeta")
        text = (await client.get(path)).text
    assert "good" in text or path == "/models.json"
    assert not [amount for amount in ("3.21", "6.54", "3210000", "6540000") if amount in text]


@pytest.mark.parametrize("path", PATHS)
async def test_an_export_is_kept_by_its_tag_and_comes_compressed(
    client: httpx2.AsyncClient, path: str
) -> None:
    plain = await client.get(path)
    packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.content == plain.content
    if len(plain.content) >= 1_000:
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["etag"] != plain.headers["etag"]
    again = await client.get(path, headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == plain.headers["etag"]
    assert plain.headers["cache-control"].startswith("public, max-age=60")
    assert plain.headers["vary"] == "Accept-Encoding, Authorization"
    assert plain.headers["age"] == "0"


async def test_a_document_is_written_once_for_a_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = small_world()
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        written = _counted(monkeypatch)
        for _ in range(3):
            await client.get("/exports/litellm.json?provider=zeta")
        assert len(written) == 1
        await atlas.hear("zeta")
        answer = decoded(await client.get("/exports/litellm.json?provider=zeta"))
        assert len(written) == 2
        assert "zeta/lab/rocket-2-70b" in answer


async def test_a_whole_export_is_made_anew_while_readers_get_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"FIRST_AFTER": 0.0, "LOOK_EVERY": 0.001, "RESTS": 0}.items():
        monkeypatch.setattr(documents, name, value)
    atlas = small_world()
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        before = await client.get("/exports/models.csv")
        atlas.clock.pass_(seconds=90)
        await atlas.hear("zeta")
        async with asyncio.timeout(10):
            while (answer := await client.get("/exports/models.csv")).text == before.text:
                assert answer.headers["etag"] == before.headers["etag"]
                assert answer.headers["age"] == "90"
                await asyncio.sleep(0.001)
        assert "zeta" in answer.text
        assert answer.headers["etag"] != before.headers["etag"]


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    written: list[None] = []
    sources_of: Callable[..., Any] = __import__("modelatlas.web.exports", fromlist=["sources_of"]).sources_of

    def counting(*args: Any) -> Any:
        written.append(None)
        return sources_of(*args)

    monkeypatch.setattr("modelatlas.web.exports.sources_of", counting)
    return written


async def test_what_a_format_does_not_hold_is_counted_and_told(client: httpx2.AsyncClient) -> None:
    response = await client.get("/exports/litellm.json")
    assert (response.headers["x-entries"], response.headers["x-losses"]) == ("5", "2")
    assert response.headers["link"] == '</exports/litellm/losses>; rel="describedby"'
    told = decoded(await client.get("/exports/litellm/losses?limit=1"))
    assert (told["total"], told["returned"], told["entries"]) == (2, 1, 5)
    assert told["counts"] == [{"what": "", "reason": "no price is known", "count": 2}]
    assert told["data"] == [{"provider": "acme", "id": "silent", "what": "", "reason": "no price is known"}]
    of_acme = decoded(await client.get("/exports/litellm/losses?provider=acme-cloud"))
    assert of_acme["total"] == 1


async def test_an_unknown_format_provider_or_word_is_said(client: httpx2.AsyncClient) -> None:
    for path, status in (
        ("/exports/litelm/losses", 404),
        ("/exports/litellm.json?provider=acne", 400),
        ("/exports/litellm.json?gateway=acme&provider=acme", 400),
        ("/api/v1/models?sort=best", 400),
        ("/api/v1/models?limit=1001", 400),
        ("/v1/models/acme/nothing", 404),
        ("/v1/models/nothing", 404),
        ("/api/v1/models/acme/nothing/endpoints", 404),
        ("/pins/0123", 404),
    ):
        response = await client.get(path)
        assert (response.status_code, response.headers["content-type"]) == (
            status,
            "application/problem+json",
        )


async def test_clients_of_openai_and_openrouter_read_an_error_in_their_own_words(
    client: httpx2.AsyncClient,
) -> None:
    nothing = decoded(await client.get("/v1/models/acme/nothing"))
    assert nothing["error"] == {
        "message": nothing["detail"],
        "type": "invalid_request_error",
        "param": None,
        "code": "not-found",
    }
    wrong = decoded(await client.get("/v1/models?provider=acne"))["error"]
    assert (wrong["param"], wrong["code"]) == ("provider", "bad-request")
    theirs = decoded(await client.get("/api/v1/models?limit=0"))
    assert theirs["error"] == {"code": 400, "message": theirs["detail"]}
    assert "error" not in decoded(await client.get("/exports/nothing/losses"))


async def test_a_part_of_the_catalog_is_exported_by_provider(client: httpx2.AsyncClient) -> None:
    assert list(decoded(await client.get("/api.json?provider=acme-cloud"))) == ["acme"]
    ids = [each["id"] for each in decoded(await client.get("/v1/models?provider=acme"))["data"]]
    assert ids == ["lab/rocket-2-70b", "lab/rocket-2-8b:free", "silent"]
    assert decoded(await client.get("/v1/models/silent?provider=acme"))["id"] == "silent"
    assert decoded(await client.get("/v1/models/acme/silent"))["id"] == "acme/silent"
    assert (await client.get("/exports/models.csv")).headers["content-type"] == "text/csv; charset=utf-8"


async def test_the_next_page_of_openrouters_list_is_where_it_says() -> None:
    atlas = big_world(90)
    async with client_of(atlas) as client:
        await atlas.hear(*atlas.providers)
        whole = decoded(await client.get("/api/v1/models?output_modalities=all"))
        url, found = "/api/v1/models?output_modalities=all&limit=1&q=model", []
        while url:
            page = decoded(await client.get(url))
            found += page["data"]
            url = page["links"]["next"]
    assert found == whole["data"]
    assert len(found) == whole["total_count"]


async def test_an_item_of_openrouters_list_leads_to_its_offers(client: httpx2.AsyncClient) -> None:
    (item, *_) = decoded(await client.get("/api/v1/models?q=70b"))["data"]
    offers = decoded(await client.get(item["links"]["details"]))["data"]
    assert offers["id"] == item["id"]
    assert [each["tag"].partition("/")[0] for each in offers["endpoints"]] == ["acme"]


@pytest.mark.parametrize("providers", ["", "&providers=acme", "&providers=acme,zeta"])
async def test_every_item_leads_to_its_offers_whatever_its_id(providers: str) -> None:
    ids = ("lab/rocket-2-70b:free", "@cf/a/b.c", "no-slash", "with space", "a/100%?x=1#2")
    atlas = FakeAtlas({"acme": snapshot("acme", NOON, [listing(id_) for id_ in ids])})
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        items = decoded(await client.get(f"/api/v1/models?output_modalities=all{providers}"))["data"]
        assert len(items) == len(ids)
        for item in items:
            answer = await client.get(item["links"]["details"])
            assert (answer.status_code, item["links"]["details"]) == (200, item["links"]["details"])
            assert decoded(answer)["data"]["id"] == item["id"]


async def test_all_formats_are_named(client: httpx2.AsyncClient) -> None:
    rows = decoded(await client.get("/exports"))["data"]
    assert [row["name"] for row in rows] == [*FORMATS, HISTORICAL]
    for row in rows:
        assert (await client.get(row["url"])).status_code == 200
        assert (await client.get(row["losses"])).status_code == 200


async def test_a_pin_is_served_by_its_hash_for_ever(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    content = b'{"a":1}' * 400
    pin = Pin(hash_of(content), "csv", "text/csv; charset=utf-8", "c", NOON, 2, 1, len(content))
    atlas.pins.keep(pin, content)
    (shown,) = decoded(await client.get("/pins"))["data"]
    response = await client.get(shown["url"], headers={"Accept-Encoding": "gzip"})
    assert hash_of(response.content) == shown["hash"]
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    again = await client.get(shown["url"], headers={"If-None-Match": response.headers["etag"],
                                                    "Accept-Encoding": "gzip"})  # fmt: skip
    assert again.status_code == 304
    assert len(gzip.compress(content)) < len(content)


async def test_prices_leave_as_exact_numbers(client: httpx2.AsyncClient) -> None:  # F7
    text = (await client.get("/exports/litellm.json?provider=zeta")).text
    assert '"input_cost_per_token":0.00000015' in text
    assert Decimal("0.00000015") * 10**6 == Decimal("0.15")


async def test_heavy_answers_are_written_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """F48: whoever asks for many of them at once takes one thread, not all."""
    inside = threading.Semaphore(1)
    done: list[str] = []

    def alone(source: Snapshot, *rest: Any) -> Source:
        assert inside.acquire(blocking=False)
        time.sleep(0.002)
        inside.release()
        done.append(source.provider)
        return source_of(source, *rest)

    monkeypatch.setattr("modelatlas.views.exports.format.source_of", alone)
    paths = ["/exports/litellm/losses", "/exports/csv/losses", "/exports/litellm.json"]
    atlas = small_world()
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta")
        answers = await asyncio.gather(
            *(client.get(path) for path in [*paths, "/api/v1/models/a/b/endpoints"])
        )
    assert [each.status_code for each in answers] == [200, 200, 200, 404]
    assert len(done) >= 2 * len(answers)
