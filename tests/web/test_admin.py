"""The operator's routes."""

import asyncio
from typing import Any

import httpx2
import msgspec
import pytest

from modelatlas.views.runs import PlansAnswer, RunsAnswer, RunView, SyncProvidersAnswer, SyncStatusAnswer
from tests.web.builders import WITH_KEY, FakeAtlas, decoded


async def post(client: httpx2.AsyncClient, path: str) -> httpx2.Response:
    return await client.post(f"/admin/{path}", headers=WITH_KEY)


async def get(client: httpx2.AsyncClient, path: str) -> httpx2.Response:
    return await client.get(f"/admin/{path}", headers=WITH_KEY)


async def test_a_sync_is_begun_and_answered_at_once(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    """F40: 202 with the run and where to ask for it, however long the provider takes."""
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.gates["zeta"] = asyncio.Event()
    response = await post(client, "model-sync/provider/zeta")
    answer = msgspec.json.decode(response.content, type=RunsAnswer)
    assert (response.status_code, response.headers["location"]) == (202, answer.status_url)
    (run,) = answer.runs
    assert (run.provider, run.status, answer.status_url) == (
        "zeta",
        "running",
        f"/admin/model-sync/runs/{run.id}",
    )
    again = msgspec.json.decode((await post(client, "model-sync/provider/zeta")).content, type=RunsAnswer)
    assert again.runs[0].id == run.id
    waited = await post(client, "model-sync/provider/zeta?wait=1")
    assert waited.status_code == 202
    atlas.fetcher.gates["zeta"].set()
    ended = await post(client, "model-sync/provider/zeta?wait=10")
    assert (ended.status_code, decoded(ended)["runs"][0]["status"]) == (200, "success")
    shown = msgspec.json.decode((await get(client, f"model-sync/runs/{run.id}")).content, type=RunView)
    assert (shown.status, shown.inserted, shown.skipped) == ("success", 1, 1)


async def test_all_is_every_provider_that_is_not_retired(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    response = await post(client, "model-sync/all?wait=10")
    answer = msgspec.json.decode(response.content, type=RunsAnswer)
    assert (response.status_code, [run.provider for run in answer.runs]) == (200, ["acme", "zeta"])
    assert answer.status_url == "/admin/model-sync/status"
    assert {run.provider for run in atlas.ledger.log} == {"acme", "zeta"}


async def test_a_provider_that_cannot_be_heard_fails_alone(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F23."""
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.answers["acme"] = "unauthorised"
    runs = {run["provider"]: run for run in decoded(await post(client, "model-sync/all?wait=10"))["runs"]}
    assert (runs["acme"]["status"], runs["zeta"]["status"]) == ("failed", "success")
    assert "unauthorised" in runs["acme"]["error"]


def frozen(atlas: FakeAtlas) -> Any:
    """Return all that a dry run must leave as it is."""
    parts = {slug: part.listings for slug, part in atlas.live.catalog.snapshots.items()}
    return msgspec.json.encode(
        [atlas.ledger.log, str(atlas.ledger.rows), atlas.snapshots.saved, atlas.live.catalog.id, str(parts)],
        enc_hook=str,
    ), dict(atlas.live.states)


@pytest.mark.parametrize("path", ["all", "provider/zeta"])
async def test_a_dry_run_says_what_would_be_written_and_leaves_everything_untouched(
    atlas: FakeAtlas, client: httpx2.AsyncClient, path: str
) -> None:
    """F47."""
    await post(client, "model-sync/all?wait=10")
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.answers["zeta"] = ["new-one", "new-two"]
    before = frozen(atlas)
    response = await post(client, f"model-sync/{path}?dry_run=true")
    answer = msgspec.json.decode(response.content, type=PlansAnswer)
    assert response.status_code == 200
    assert frozen(atlas) == before
    zeta = next(plan for plan in answer.plans if plan.provider == "zeta")
    assert zeta.inserted.ids == ("new-one", "new-two")
    assert zeta.missed.ids == ("lab/rocket-2-70b", "unpriced")  # which was left out, and is seen to be gone
    assert zeta.rows_written == 4


async def test_a_dry_run_of_all_names_those_that_could_not_be_heard(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.answers["acme"] = "not_configured"
    answer = msgspec.json.decode(
        (await post(client, "model-sync/all?dry_run=true")).content, type=PlansAnswer
    )
    assert [plan.provider for plan in answer.plans] == ["zeta"]
    assert [(each.provider, each.detail.partition(":")[0]) for each in answer.unplanned] == [
        ("acme", "not_configured"),
    ]  # fmt: skip


async def test_a_dry_run_of_one_that_cannot_be_heard_is_a_503(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.answers["zeta"] = "rate_limited"
    response = await post(client, "model-sync/provider/zeta?dry_run=true")
    assert (response.status_code, "rate_limited" in decoded(response)["detail"]) == (503, True)
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("model-sync/provider/zetta", 404, "did you mean 'zeta'?"),
        ("model-sync/provider/omega", 404, "known from a reference only"),
        ("model-sync/provider/gone", 400, "gone is retired: it closed on 2026-01-01"),
        ("model-sync/all?wait=301", 400, "from 0 to 300"),
        ("model-sync/all?wait=-1", 400, "from 0 to 300"),
        ("model-sync/all?dry_run=perhaps", 400, "true or false"),
        ("model-sync/all?dry_run=true&wait=5", 400, "leave wait out"),
        ("model-sync/all?key=secret", 400, "unknown parameter 'key'"),
        ("refresh/zetta", 404, "did you mean 'zeta'?"),
        ("refresh/gone", 400, "retired"),
        ("holds/zeta/release", 404, "no list of zeta is held"),
        ("holds/omega/release", 404, "no list of omega is held"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_happens(
    atlas: FakeAtlas, client: httpx2.AsyncClient, path: str, status: int, said: str
) -> None:
    asked = list(atlas.fetcher.asked)
    response = await post(client, path)
    assert (response.status_code, said in decoded(response)["detail"]) == (status, True), response.text
    assert not atlas.ledger.log
    assert atlas.fetcher.asked == asked


async def test_the_providers_with_their_last_runs(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    await post(client, "model-sync/provider/zeta?wait=10")
    atlas.clock.pass_(minutes=10)
    atlas.fetcher.answers["zeta"] = "timeout"
    await post(client, "model-sync/provider/zeta?wait=10")
    answer = msgspec.json.decode(
        (await get(client, "model-sync/providers")).content, type=SyncProvidersAnswer
    )
    rows = {each.slug: each for each in answer.data}
    assert list(rows) == ["acme", "gone", "zeta"]
    zeta = rows["zeta"]
    assert zeta.last_run is not None
    assert zeta.last_success is not None
    assert (zeta.synced, zeta.last_run.status, zeta.last_success.id) == (True, "failed", 1)
    assert (rows["acme"].synced, rows["acme"].last_run) == (False, None)


async def test_the_status_tells_what_is_overdue(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    """F52: absence is reported."""

    async def status() -> SyncStatusAnswer:
        return msgspec.json.decode((await get(client, "model-sync/status")).content, type=SyncStatusAnswer)

    assert (await status()).overdue == ["zeta"]
    await post(client, "model-sync/provider/zeta?wait=10")
    told = await status()
    assert (told.overdue, told.enabled, told.interval_seconds, told.providers) == ([], True, 21_600, ["zeta"])
    assert [run.provider for run in told.last] == ["zeta"]
    atlas.clock.pass_(hours=13)
    assert (await status()).overdue == ["zeta"]


async def test_the_runs_newest_first(client: httpx2.AsyncClient) -> None:
    await post(client, "model-sync/all?wait=10")

    async def runs(query: str) -> list[str]:
        answer = msgspec.json.decode((await get(client, f"model-sync/runs{query}")).content, type=RunsAnswer)
        return [run.provider for run in answer.runs]

    assert await runs("") == ["zeta", "acme"]
    assert await runs("?limit=1") == ["zeta"]
    assert await runs("?provider=acme-cloud") == ["acme"]
    assert (await get(client, "model-sync/runs?limit=0")).status_code == 400
    assert (await get(client, "model-sync/runs?provider=nobody")).status_code == 400


@pytest.mark.parametrize("id_", ["7", "0", "-1", "seven", "9" * 30, "9" * 5000, "٣", "1.0"])
async def test_a_run_that_is_not_there(client: httpx2.AsyncClient, id_: str) -> None:
    response = await get(client, f"model-sync/runs/{id_}")
    assert (response.status_code, "there is no run" in response.text) == (404, True)


async def test_a_refresh_asks_now_and_shows_what_is_held_afterwards(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.fetcher.answers["zeta"] = ["one", "two", "three"]
    response = await post(client, "refresh/zeta")
    assert (response.status_code, decoded(response)["listings"]) == (200, 3)


async def test_a_refresh_that_takes_longer_goes_on(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    """F40."""
    atlas.fetcher.answers["zeta"] = ["one", "two", "three"]
    atlas.fetcher.gates["zeta"] = asyncio.Event()
    response = await post(client, "refresh/zeta?wait=0")
    assert (response.status_code, response.headers["location"]) == (202, "/providers/zeta")
    assert decoded(response)["listings"] == 2
    atlas.fetcher.gates["zeta"].set()
    await atlas.live.refresh("zeta")
    assert decoded(await client.get("/providers/zeta"))["listings"] == 3


async def test_a_held_list_is_released(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    """F28: the guard has an operator's word."""
    atlas.fetcher.answers["zeta"] = [f"m{number}" for number in range(40)]
    await atlas.hear("zeta")
    atlas.fetcher.answers["zeta"] = ["m1", "m2"]
    await atlas.hear("zeta")
    held = decoded(await client.get("/providers/zeta"))
    assert (held["listings"], held["held"]["listings"], held["outcome"]["kind"]) == (
        40,
        2,
        "suspicious_shrink",
    )
    response = await post(client, "holds/zeta/release")
    assert (response.status_code, decoded(response)["listings"], decoded(response)["held"]) == (200, 2, None)
    assert decoded(await client.get("/models?gateway=zeta"))["total"] == 2
