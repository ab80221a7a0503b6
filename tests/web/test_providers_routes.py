"""The providers and the difference, from outside."""

from collections.abc import Collection
from typing import Any

import httpx2
import msgspec
import pytest

from modelatlas.domain.ledger import Active
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.discrepancies import DiscrepanciesAnswer
from modelatlas.views.providers import ProvidersAnswer, ProviderView
from tests.builders import NOON, listing
from tests.web.builders import WITH_KEY, FakeAtlas, client_of, decoded


async def row(client: httpx2.AsyncClient, slug: str) -> dict[str, Any]:
    response = await client.get(f"/providers/{slug}")
    assert response.headers["cache-control"] == "no-store"
    found: dict[str, Any] = decoded(response)
    return found


async def sync(client: httpx2.AsyncClient, path: str = "all") -> None:
    response = await client.post(f"/admin/model-sync/{path}?wait=10", headers=WITH_KEY)
    assert response.status_code == 200, response.text


async def difference(client: httpx2.AsyncClient, path: str = "") -> DiscrepanciesAnswer:
    response = await client.get(f"/discrepancies{path}")
    assert response.headers["cache-control"] == "no-store"
    return msgspec.json.decode(response.content, type=DiscrepanciesAnswer)


async def test_every_provider_is_there_also_those_that_only_a_reference_knows(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("/providers")
    answer = msgspec.json.decode(response.content, type=ProvidersAnswer)
    assert [each.slug for each in answer.data] == ["acme", "gone", "omega", "zeta"]
    assert response.headers["cache-control"] == "no-store"
    models = decoded(await client.get("/models"))
    assert sum(each.listings for each in answer.data) == models["total"]
    assert sum(each.live for each in answer.data) == models["totals"]["live"]


async def test_a_row_says_what_is_needed_and_never_the_key(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F52: keys appear nowhere."""
    response = await client.get("/providers")
    assert "secret-of-acme" not in response.text
    acme = await row(client, "acme-cloud")
    assert acme["slug"] == "acme"
    assert acme["key"] == {"variables": ["ACME_API_KEY"], "needed": True, "is_set": True}
    assert (acme["kind"], acme["retired"], acme["synced"], acme["outcome"]["kind"]) == (
        "host",
        None,
        False,
        "ok",
    )
    atlas.settings = msgspec.structs.replace(atlas.settings, keys={})
    assert (await row(client, "acme"))["key"]["is_set"] is False
    assert (await row(client, "zeta"))["key"] is None


async def test_a_retired_provider_says_why(client: httpx2.AsyncClient) -> None:
    gone = await row(client, "gone")
    assert (gone["retired"], gone["listings"], gone["origin"]) == ("it closed on 2026-01-01", 0, None)


async def test_a_failing_provider_keeps_its_listings_and_shows_its_age(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F24, F49."""
    atlas.fetcher.answers["zeta"] = "timeout"
    atlas.clock.pass_(hours=2)
    await atlas.hear("zeta")
    zeta = await row(client, "zeta")
    assert (zeta["outcome"]["kind"], zeta["failures"], zeta["listings"]) == ("timeout", 1, 2)
    assert (zeta["age_seconds"], zeta["next_try"]) == (7200, "2026-11-23T14:00:24Z")
    answer = msgspec.json.decode((await client.get("/providers/zeta")).content, type=ProviderView)
    assert answer.heard_at is not None


async def test_an_unknown_provider_is_a_404_with_the_nearest(client: httpx2.AsyncClient) -> None:
    for path in ("/providers/zetta", "/discrepancies/zetta"):
        response = await client.get(path)
        assert (response.status_code, "did you mean 'zeta'?" in response.text) == (404, True)


async def test_the_difference_before_and_after_a_sync(client: httpx2.AsyncClient) -> None:
    """Each listing with the reason that the operation gave it."""
    before = await difference(client)
    assert (before.totals.live, before.totals.stored, before.totals.models) == (5, 0, 7)
    assert {(each.provider, each.reason) for each in before.data} == {
        ("acme", "provider_not_synced"), ("zeta", "provider_never_synced"),
    }  # fmt: skip
    await sync(client)
    after = await difference(client)
    assert [(each.provider, each.id, each.sign, each.reason) for each in after.data] == [
        ("zeta", "unpriced", 1, "no_price"),
    ]  # fmt: skip
    assert after.totals.unexplained == before.totals.unexplained == 0
    assert after.totals.difference == sum(each.count for each in after.reasons) == 1


async def test_what_is_stored_is_counted_anew_once_a_run_has_ended(
    atlas: FakeAtlas, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Collection[str]] = []
    active = atlas.ledger.active

    def counting(ids_of: Collection[str]) -> Active:
        reads.append(set(ids_of))
        return active(ids_of)

    monkeypatch.setattr(atlas.ledger, "active", counting)
    assert [(await row(client, "acme"))["stored"] for _ in range(3)] == [0, 0, 0]
    await sync(client, "provider/acme")
    assert [(await row(client, "acme"))["stored"] for _ in range(3)] == [3, 3, 3]
    assert reads == [{"acme"}, {"acme"}]  # the one that may have listings of an account


async def test_a_provider_of_a_reference_is_asked_by_its_own_name_though_another_has_it_for_an_alias() -> (
    None
):
    theirs = snapshot("acme-cloud", NOON, [listing("elsewhere", "acme-cloud")], origin="reference")
    atlas = FakeAtlas({"acme": ["a"]}, [theirs])
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        assert [each["id"] for each in decoded(await client.get("/models?provider=acme-cloud"))["data"]] == [
            "elsewhere"
        ]
        assert (await row(client, "acme-cloud"))["slug"] == "acme-cloud"


async def test_one_provider_alone(client: httpx2.AsyncClient) -> None:
    zeta = await difference(client, "/zeta")
    assert [part.provider for part in zeta.providers] == ["zeta"]
    assert (zeta.totals.live, zeta.totals.reference, zeta.total) == (2, 0, 2)
    omega = await difference(client, "/omega")
    assert (omega.totals.live, omega.totals.reference, omega.providers[0].live) == (0, 2, None)


async def test_what_hinders_is_told_and_a_run_s_own_words_to_the_key_alone(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F52: an error may name the operator's own places."""
    run = atlas.ledger.start_run("acme", atlas.clock.now())
    atlas.ledger.end_run(run, "failed", atlas.clock.now(), "the store /srv/own/place is away")
    public = await difference(client)
    (told,) = public.hindered
    assert (told.kind, told.to_do) == ("run_not_successful", ["acme: failed"])
    own = decoded(await client.get("/discrepancies/acme", headers=WITH_KEY))["hindered"]
    assert own[0]["to_do"] == ["acme: failed: the store /srv/own/place is away"]
    first = public.reasons[0]
    assert (first.reason, first.providers) == ("provider_not_synced", {"acme": 3})
    assert first.to_do[0].startswith(
        "set PRICING_SYNC_PROVIDERS=openrouter,featherless,nearai,alibaba-cloud,acme"
    )


async def test_the_listings_come_in_parts(client: httpx2.AsyncClient) -> None:
    page = await difference(client, "?limit=2&offset=3")
    assert ([each.id for each in page.data], page.total, page.returned) == (
        ["lab/rocket-2-70b", "unpriced"], 5, 2,
    )  # fmt: skip
    only = await difference(client, "?reason=provider_never_synced")
    assert only.total == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("reason=no_prise", "did you mean 'no_price'?"),
        ("limit=-1", "from 0 to"),
        ("page=1", "unknown parameter"),
    ],
)
async def test_what_cannot_be_is_refused(client: httpx2.AsyncClient, query: str, said: str) -> None:
    response = await client.get(f"/discrepancies?{query}")
    assert (response.status_code, said in response.text) == (400, True)
