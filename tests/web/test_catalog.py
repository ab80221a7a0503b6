"""The catalog by model: pages, one model, what a listing resolves to, and what is not matched."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, listing
from tests.web.builders import WITH_KEY, FakeAtlas, client_of, decoded

MODEL = "openai/gpt-oss-120b"


def offers() -> FakeAtlas:
    cheap, dear = (usd("input_token", amount, per="1M tokens") for amount in ("0.1", "0.3"))
    acme = [
        listing("openai/gpt-oss-120b", prices=(cheap,), context_tokens=131_072, mode="chat"),
        listing("qwen/qwen3-32b-fp8", prices=(dear,), mode="chat"),
        listing("what-is-this", prices=()),
        listing("ft:gpt-oss-120b:ours", visibility="account", prices=()),
    ]
    zeta = [listing("gpt-oss-120b", "zeta", prices=(dear,), context_tokens=32_768, mode="chat")]
    return FakeAtlas({"acme": snapshot("acme", NOON, acme), "zeta": snapshot("zeta", NOON, zeta)})


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    atlas = offers()
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta")
        yield client


async def test_a_row_says_who_offers_a_model_for_how_much(client: httpx2.AsyncClient) -> None:
    found = decoded(await client.get("/catalog/models?sort=-listings"))
    assert (found["total"], found["returned"], found["listings"], found["unmatched"]) == (2, 2, 3, 1)
    first = found["data"][0]
    assert (first["model"], first["listings"], first["providers"]) == (MODEL, 2, ["acme", "zeta"])
    assert first["context_tokens"] == {"min": 32_768, "max": 131_072}
    (price,) = first["prices"]
    assert (price["min"]["usd"], price["min"]["provider"]) == ("0.0000001", "acme")
    assert (price["median"], price["max"]["usd"]) == ("0.0000002", "0.0000003")


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("lab=qwen", ["qwen/qwen3-32b"]),
        ("q=oss 120b", [MODEL]),
        ("gateway=zeta", [MODEL]),
        ("mode=image", []),
        ("sort=input_price", [MODEL, "qwen/qwen3-32b"]),
        ("sort=-input_price", ["qwen/qwen3-32b", MODEL]),
        ("limit=1&offset=1", ["qwen/qwen3-32b"]),
    ],
)
async def test_questions_choose_and_order(client: httpx2.AsyncClient, query: str, models: list[str]) -> None:
    found = decoded(await client.get(f"/catalog/models?{query}"))
    assert [each["model"] for each in found["data"]] == models


async def test_one_model_has_all_its_offers_and_why(client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/catalog/models/{MODEL}")
    found = decoded(response)
    assert [(each["provider"], each["id"], each["model"]) for each in found["offers"]] == [
        ("acme", "openai/gpt-oss-120b", MODEL),
        ("zeta", "gpt-oss-120b", MODEL),
    ]
    assert all(each["evidence"] for each in found["offers"])
    again = await client.get(f"/catalog/models/{MODEL}", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


async def test_a_model_that_nobody_lists_is_told_with_the_nearest(client: httpx2.AsyncClient) -> None:
    response = await client.get("/catalog/models/openai/gpt-oss-12b")
    assert response.status_code == 404
    assert "did you mean 'openai/gpt-oss-120b'" in decoded(response)["detail"]


async def test_a_listing_says_its_model_and_variant_everywhere(client: httpx2.AsyncClient) -> None:
    """F32: one projection."""
    listed = decoded(await client.get("/models?model=Qwen/qwen3-32b"))["data"]
    one = decoded(await client.get("/models/acme/qwen/qwen3-32b-fp8"))
    assert [(each["model"], each["variant"]) for each in (*listed, one)] == [("qwen/qwen3-32b", "fp8")] * 2
    assert one["match"]["model"] == "qwen/qwen3-32b"
    assert decoded(await client.get("/models?variant=fp8&fields=id,variant"))["data"] == [
        {"id": "qwen/qwen3-32b-fp8", "variant": "fp8"}
    ]
    assert decoded(await client.get("/models?variant=fp4"))["total"] == 0


async def test_any_listing_can_be_resolved(client: httpx2.AsyncClient) -> None:
    known = decoded(await client.get("/resolve?provider=acme-cloud&id=openai/gpt-oss-120b"))
    assert (known["provider"], known["listed"], known["match"]["model"]) == ("acme", True, MODEL)
    foreign = decoded(
        await client.get("/resolve", params={"provider": "oci", "id": "meta.llama-3.3-70b-instruct"})
    )
    assert (foreign["listed"], foreign["match"]["model"]) == (False, "meta-llama/llama-3.3-70b-instruct")
    nothing = decoded(await client.get("/resolve?provider=acme&id=what-is-this"))
    assert (nothing["listed"], nothing["match"]) == (True, None)


@pytest.mark.parametrize("query", ["", "provider=acme", "id=x"])
async def test_a_listing_needs_a_provider_and_an_id(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(f"/resolve?{query}")
    assert response.status_code == 400
    assert "expected ?provider=WORD&id=ID" in decoded(response)["detail"]


async def test_what_is_not_matched_is_listed(client: httpx2.AsyncClient) -> None:
    found: dict[str, Any] = decoded(await client.get("/unmatched"))
    assert [(each["key"], each["count"]) for each in found["data"]] == [("what is this", 1)]
    assert found["listings"] == {"unmatched": 1, "conflicting": 0}
    assert decoded(await client.get("/unmatched?problem=conflicting"))["data"] == []


async def test_listings_of_the_account_are_for_the_key_only(client: httpx2.AsyncClient) -> None:
    """F52: neither as an offer nor as a question."""
    for path in (f"/catalog/models/{MODEL}", "/catalog/models", "/unmatched", "/resolve?provider=acme&id=x"):
        public = await client.get(path)
        assert "ft:gpt" not in public.text
        assert "public" in public.headers["cache-control"]
        keyed = await client.get(path, headers=WITH_KEY)
        assert keyed.headers["cache-control"] == "private, no-store"


async def test_listings_of_one_model_stand_together(client: httpx2.AsyncClient) -> None:
    """Groups come in the order of their first listing; a part of the answer counts groups."""
    found = decoded(await client.get("/models?gateway=acme,zeta&group=model"))
    whole = decoded(await client.get("/models?gateway=acme,zeta"))
    assert [(group["model"], group["count"]) for group in found["data"]] == [
        (MODEL, 2),
        ("qwen/qwen3-32b", 1),
        (None, 1),
    ]
    assert [each["provider"] for each in found["data"][0]["listings"]] == ["acme", "zeta"]
    assert (found["total"], found["groups"], found["returned"]) == (4, 3, 3)
    listings = [each for group in found["data"] for each in group["listings"]]
    assert sorted(listings, key=lambda each: (each["provider"], each["id"])) == whole["data"]
    assert {name: found[name] for name in ("totals", "gateway", "catalog", "providers")} == {
        name: whole[name] for name in ("totals", "gateway", "catalog", "providers")
    }


async def test_groups_are_sorted_cut_and_thinned_as_listings_are(client: httpx2.AsyncClient) -> None:
    asked = "gateway=acme,zeta&group=model&sort=-input_price&fields=id"
    found = decoded(await client.get(f"/models?{asked}&limit=1&offset=1"))
    assert [group["model"] for group in found["data"]] == [MODEL]
    assert [each["id"] for each in found["data"][0]["listings"]] == ["gpt-oss-120b", "openai/gpt-oss-120b"]
    assert found["data"][0]["listings"][0].keys() == {"id"}
    assert (found["returned"], found["groups"], found["total"]) == (1, 3, 4)
    none = decoded(await client.get("/models?gateway=acme&group=model&q=nothing"))
    assert (none["data"], none["groups"]) == ([], 0)
    refused = await client.get("/models?group=lab")
    assert (refused.status_code, "model" in refused.text) == (400, True)


async def test_a_moving_name_is_an_item_that_says_what_it_points_at_and_since_when() -> None:
    moving = listing("gpt-4o", alias_of="gpt-4o-2024-08-06", mode="chat")
    atlas = FakeAtlas({"acme": snapshot("acme", NOON, [moving, listing("gpt-4o-2024-08-06", mode="chat")])})
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        told = decoded(await client.get("/catalog/models/openai/gpt-4o"))
        assert (told["is_alias"], told["points_at"], told["listings"]) == (
            True,
            ["openai/gpt-4o-2024-08-06"],
            1,
        )
        since = "2026-11-23T12:00:00Z"
        assert told["offers"][0]["points_at_since"] == since
        resolved = decoded(await client.get("/resolve?provider=acme&id=gpt-4o"))["match"]
        assert (resolved["points_at"], resolved["points_at_since"]) == ("openai/gpt-4o-2024-08-06", since)
        one = decoded(await client.get("/models/acme/gpt-4o"))["match"]
        assert one["points_at_since"] == since
        still = decoded(await client.get("/catalog/models/openai/gpt-4o-2024-08-06"))
        assert (still["is_alias"], still["offers"][0]["points_at_since"]) == (False, None)
