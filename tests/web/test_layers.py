"""What lies around every answer: protecting headers, reads open to all pages, faults that end politely."""

from typing import Any

import httpx2
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from modelatlas.web.layers import Boundary, Headers
from tests.web.builders import BASE, WITH_KEY, FakeAtlas, client_of, decoded

PATHS = ("/", "/docs", "/models", "/models?limit=-1", "/nowhere", "/health", "/admin/model-sync/runs")


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_protected(client: httpx2.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert len(headers.get_list("content-security-policy")) == 1


@pytest.mark.parametrize("path", PATHS)
async def test_reads_are_open_to_pages_of_any_site_and_the_operators_are_not(
    client: httpx2.AsyncClient, path: str
) -> None:
    headers = (await client.get(path, headers={"Origin": "https://other.example", **WITH_KEY})).headers
    assert headers.get("access-control-allow-origin") == (None if path.startswith("/admin") else "*")
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/models", "GET", 204),
        ("/providers/acme", "HEAD", 204),
        ("/models", "POST", 405),
        ("/admin/model-sync/all", "POST", 405),
        ("/admin/model-sync/runs", "GET", 405),
    ],
)
async def test_only_reads_are_allowed_beforehand(
    client: httpx2.AsyncClient, path: str, method: str, status: int
) -> None:
    asked = {
        "Origin": "https://other.example",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    response = await client.options(path, headers=asked)
    assert response.status_code == status
    if status == 204:
        assert response.headers["access-control-allow-methods"] == "GET, HEAD"
        assert "uthorization" not in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/models", "/providers", "/models/acme/silent", "/"])
async def test_a_fault_of_ours_is_a_500_without_its_text_and_is_logged(
    atlas: FakeAtlas, client: httpx2.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F27: it is neither hidden nor taken for an empty answer."""

    def fail() -> Any:
        raise ZeroDivisionError("postgres://user:secret@host")

    monkeypatch.setattr(atlas.clock, "now", fail)
    with structlog.testing.capture_logs() as logged:
        response = await client.get(path)
    assert (response.status_code, decoded(response)["type"]) == (500, "/docs#internal")
    assert "secret" not in response.text
    assert [(each["event"], each["path"], each["log_level"]) for each in logged] == [
        ("a request failed", path, "error"),
    ]  # fmt: skip


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    async def breaks(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with structlog.testing.capture_logs():
        await Headers(Boundary(breaks))(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_the_program_starts_and_stops_its_atlas(atlas: FakeAtlas) -> None:
    async with client_of(atlas) as client:
        assert atlas.running
        assert str(client.base_url).startswith(BASE)
    assert not atlas.running
