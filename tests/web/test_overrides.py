"""Operators' words over HTTP: only with the key, obeyed at once, taken back again."""

from typing import Any

import httpx2
import pytest

from tests.web.builders import WITH_KEY, decoded

WORDS = "/admin/overrides"
IDENTITY = {"kind": "identity", "provider": "acme-cloud", "id": "silent"}


async def model_of(client: httpx2.AsyncClient, id_: str = "silent") -> Any:
    (row,) = [each for each in decoded(await client.get("/models?gateway=acme"))["data"] if each["id"] == id_]
    one = decoded(await client.get(f"/models/acme/{id_}"))
    assert one["model"] == row["model"]  # F32
    return row["model"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_nothing_is_told_or_kept_without_the_key(client: httpx2.AsyncClient, method: str) -> None:
    answer = await client.request(method, WORDS, params=IDENTITY if method != "GET" else None)
    assert answer.status_code == 401


async def test_a_model_that_is_said_is_answered_from_then_on(client: httpx2.AsyncClient) -> None:
    before = await client.get("/models?gateway=acme")
    said = {**IDENTITY, "model": "Lab/Quiet-1", "note": "as they say"}
    kept = await client.post(WORDS, params=said, headers=WITH_KEY)
    assert kept.status_code == 201
    assert decoded(kept)["model"] == "lab/quiet-1"
    after = await client.get("/models?gateway=acme")
    assert await model_of(client) == "lab/quiet-1"
    assert after.headers["etag"] != before.headers["etag"]
    assert decoded(after)["catalog"] != decoded(before)["catalog"]
    told = decoded(await client.get(WORDS, headers=WITH_KEY))
    assert [(each["kind"], each["provider"], each["id"], each["note"]) for each in told["data"]] == [
        ("identity", "acme", "silent", "as they say")
    ]
    gone = await client.request("DELETE", WORDS, params=IDENTITY, headers=WITH_KEY)
    assert decoded(gone) == {"forgotten": True}
    again = await client.get("/models?gateway=acme")
    assert again.content == before.content


async def test_a_listing_can_be_said_to_be_no_model(client: httpx2.AsyncClient) -> None:
    id_ = "lab/rocket-2-70b"
    assert await model_of(client, id_) is not None
    said = {"kind": "identity", "provider": "acme", "id": id_, "model": "none"}
    assert (await client.post(WORDS, params=said, headers=WITH_KEY)).status_code == 201
    assert await model_of(client, id_) is None


async def test_a_listing_can_be_left_out(client: httpx2.AsyncClient) -> None:
    said = {"kind": "exclude", "provider": "zeta", "id": "lab/rocket-2-70b"}
    assert (await client.post(WORDS, params=said, headers=WITH_KEY)).status_code == 201
    ran = await client.post("/admin/model-sync/provider/zeta?wait=10", headers=WITH_KEY)
    assert decoded(ran)["runs"][0]["inserted"] == 0
    gone = await client.request("DELETE", WORDS, params=said, headers=WITH_KEY)
    assert decoded(gone) == {"forgotten": True}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "identify"}, "identity"),
        ({"model": "rocket"}, "lab/name"),
        ({"model": "a/b/c"}, "lab/name"),
        ({"provider": "acm"}, "acme"),
        ({"kind": "keep"}, "leave it out"),
        ({"modle": "a/b"}, "model"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_kept(
    client: httpx2.AsyncClient, wrong: dict[str, str], said: str
) -> None:
    asked = {**IDENTITY, "model": "lab/quiet-1", **wrong}
    answer = await client.post(WORDS, params=asked, headers=WITH_KEY)
    assert answer.status_code == 400
    assert said in decoded(answer)["detail"]
    assert decoded(await client.get(WORDS, headers=WITH_KEY))["total"] == 0


async def test_a_word_without_its_listing_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post(WORDS, params={"kind": "keep", "provider": "acme"}, headers=WITH_KEY)
    assert answer.status_code == 400
    assert decoded(answer)["parameter"] == "id"


async def test_what_a_path_can_do_is_named_whole(client: httpx2.AsyncClient) -> None:
    answer = await client.request("PUT", WORDS, headers=WITH_KEY)
    assert answer.status_code == 405
    assert {word.strip() for word in answer.headers["allow"].split(",")} == {"GET", "HEAD", "POST", "DELETE"}
