"""An account's own listings are for the holder of a key; nobody else sees them or counts them."""

import httpx2
import msgspec
import pytest

from modelatlas.domain.ledger import StoredListing
from tests.web.builders import WITH_KEY, FakeAtlas, client_of, decoded, small_world

OWN = "ft:rocket:our-own"
PUBLIC = (
    "/", "/models", "/models?gateway=acme", "/models?q=rocket", "/models?fields=id", "/providers",
    "/providers/acme", "/discrepancies", "/discrepancies/acme", f"/models/acme/{OWN}", "/models?sort=name",
)  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk-of-some-client"}])
async def test_without_a_key_of_ours_nothing_of_them_is_seen(
    atlas: FakeAtlas, client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    await client.get(
        path, headers=WITH_KEY
    )  # what a holder of the key asked for before is not kept for others
    atlas.ledger.rows["acme"] = {"ft:old": StoredListing("ft:old", b"", is_active=True)}
    text = (await client.get(path, headers=headers)).text
    assert "our-own" not in text.replace(f"acme lists no '{OWN}'", "")
    assert "ft:old" not in text


async def test_the_counts_leave_them_out(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    await client.post("/admin/model-sync/provider/acme?wait=5", headers=WITH_KEY)
    found = {
        key is not None: {
            "models": decoded(await client.get("/models", headers=key))["total"],
            "provider": [
                decoded(await client.get("/providers/acme", headers=key))[n] for n in ("live", "stored")
            ],
            "difference": decoded(await client.get("/discrepancies/acme", headers=key))["totals"],
        }
        for key in (None, WITH_KEY)
    }
    assert (found[False]["models"], found[True]["models"]) == (7, 8)
    assert (found[False]["provider"], found[True]["provider"]) == ([3, 3], [4, 4])
    for sees_all, count in ((False, 3), (True, 4)):
        totals = found[sees_all]["difference"]
        assert (totals["live"], totals["stored"], totals["difference"]) == (count, count, 0)


async def test_the_holder_of_a_key_sees_them(client: httpx2.AsyncClient) -> None:
    whole = await client.get("/models?gateway=acme", headers=WITH_KEY)
    assert decoded(whole)["data"][0]["id"] == OWN
    one = await client.get(f"/models/acme/{OWN}", headers=WITH_KEY)
    assert decoded(one)["visibility"] == "account"
    for response in (whole, one):
        assert response.headers["cache-control"] == "private, no-store"
    assert len(decoded(await client.get("/models?gateway=acme"))["data"]) == 3


async def test_where_writing_is_shut_nobody_sees_them() -> None:
    atlas = small_world()
    atlas.settings = msgspec.structs.replace(atlas.settings, admin_keys=())
    async with client_of(atlas, public_bind=True) as client:
        await atlas.hear("acme")
        for key in (WITH_KEY, {"Authorization": "Bearer "}):
            assert decoded(await client.get("/models?gateway=acme", headers=key))["total"] == 3
