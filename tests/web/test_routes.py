"""The table of routes: complete, in a good order, and shut where it writes."""

import re
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Match
from starlette.routing import Route as StarletteRoute

from modelatlas.web.openapi import document, path_of
from modelatlas.web.route import Route
from modelatlas.web.routes import ROUTES
from tests.web.builders import BASE, KEY, WITH_KEY, FakeAtlas, client_of, decoded, small_world


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def concrete(route: Route) -> str:
    """Return a path that this route is meant for."""
    return re.sub(r"{(\w+)(:path)?}", lambda found: "some/thing" if found[2] else "zeta", route.path)


def framework(atlas: FakeAtlas) -> Starlette:
    """Dig the framework out of its layers."""
    app: Any = atlas.app()
    while not isinstance(app, Starlette):
        app = app._app
    return app


def test_the_framework_serves_the_table_and_nothing_else(atlas: FakeAtlas) -> None:
    """F22: each path stands once, in the table's order, with all methods the table has for it."""
    served = [
        (each.path, each.methods) for each in framework(atlas).routes if isinstance(each, StarletteRoute)
    ]
    assert len(served) == len(framework(atlas).routes)
    table: dict[str, set[str]] = {}
    for route in ROUTES:
        methods = {"GET", "HEAD"} if route.method == "GET" else {route.method}
        table[route.path] = table.get(route.path, set()) | methods
    assert served == list(table.items())


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_no_route_stands_in_the_way_of_another(atlas: FakeAtlas, route: Route) -> None:
    """F51: the first one that matches a route's path is the route itself."""
    scope: dict[str, Any] = {"type": "http", "method": route.method, "path": concrete(route), "headers": []}
    first = next(each for each in framework(atlas).routes if each.matches(scope)[0] == Match.FULL)
    assert isinstance(first, StarletteRoute)
    assert first.path == route.path


def test_the_only_post_that_needs_no_key_asks_what_something_costs() -> None:
    assert [route.path for route in ROUTES if route.method != "GET" and not route.needs_key] == ["/cost"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.writes], ids=name)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"X-Api-Key": KEY}]
)
@pytest.mark.parametrize("peer", ["203.0.113.9", "127.0.0.1"])
async def test_every_write_demands_the_key(route: Route, headers: dict[str, str], peer: str) -> None:
    """F52: denied by default, from this machine as well."""
    atlas = small_world()
    async with client_of(atlas, peer=peer) as client:
        response = await client.request(route.method, concrete(route), headers=headers, params={"key": KEY})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="modelatlas"'
        assert decoded(response)["type"] == "/docs#key-missing"
        assert not atlas.ledger.log
        assert not atlas.fetcher.asked


@pytest.mark.parametrize("route", [route for route in ROUTES if route.path.startswith("/admin")], ids=name)
async def test_all_that_is_the_operators_demands_the_key(client: httpx2.AsyncClient, route: Route) -> None:
    refused = await client.request(route.method, concrete(route))
    assert refused.status_code == 401
    admitted = await client.request(route.method, concrete(route), headers=WITH_KEY)
    assert admitted.status_code not in {401, 403}
    for response in (refused, admitted):
        assert "access-control-allow-origin" not in response.headers
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.any_query], ids=name)
async def test_an_unknown_parameter_is_refused_everywhere(client: httpx2.AsyncClient, route: Route) -> None:
    response = await client.request(
        route.method, concrete(route), params={"surprise": "1"}, headers=WITH_KEY if route.needs_key else {}
    )
    assert (response.status_code, decoded(response)["parameter"]) == (400, "surprise")


@pytest.mark.parametrize("path", ["/models", "/providers", "/health", "/", "/admin/model-sync/status"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_what_cannot_be_done_is_a_405_problem(
    client: httpx2.AsyncClient, path: str, method: str
) -> None:
    response = await client.request(method, path, headers=WITH_KEY)
    assert (response.status_code, decoded(response)["type"]) == (405, "/docs#method-not-allowed")
    assert "GET" in response.headers["allow"]


async def test_the_demo_needs_no_key_at_this_machine_and_only_there() -> None:
    path = "/admin/model-sync/all?wait=10"
    cases: tuple[tuple[str, dict[str, str], int], ...] = (
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"Origin": BASE}, 200),
        ("127.0.0.1", {"Origin": "https://evil.example"}, 401),
        ("127.0.0.1", {"Host": "evil.example:8080"}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("203.0.113.9", {}, 401),
        ("203.0.113.9", WITH_KEY, 200),
    )
    for peer, headers, status in cases:
        async with client_of(small_world(), demo=True, peer=peer) as client:
            served = await client.post(path, headers=headers)
        assert served.status_code == status, (peer, headers, served.text)


async def test_where_others_can_reach_it_and_no_key_is_configured_nobody_writes() -> None:
    atlas = small_world()
    atlas.settings = msgspec.structs.replace(atlas.settings, admin_keys=())
    async with client_of(atlas, public_bind=True, demo=True, peer="127.0.0.1") as client:
        for headers in ({}, WITH_KEY):
            response = await client.post("/admin/model-sync/all", headers=headers)
            assert (response.status_code, "set ADMIN_API_KEY" in response.text) == (403, True)
        assert (await client.get("/admin/model-sync/runs")).status_code == 403
        assert (await client.get("/models")).status_code == 200
    atlas = small_world()
    async with client_of(atlas, public_bind=True) as client:
        assert (await client.get("/admin/model-sync/runs", headers=WITH_KEY)).status_code == 200


async def test_every_route_is_in_the_document_with_its_parameters(client: httpx2.AsyncClient) -> None:
    shown = decoded(await client.get("/openapi.json"))
    assert shown == msgspec.json.decode(msgspec.json.encode(document(ROUTES)))
    described = {
        (method.upper(), path): of for path, each in shown["paths"].items() for method, of in each.items()
    }
    assert list(described) == [(route.method, path_of(route)) for route in ROUTES]
    for route in ROUTES:
        of = described[route.method, path_of(route)]
        named = [each["name"] for each in of["parameters"] if each["in"] == "query"]
        assert named == list(route.query.__struct_fields__)
        assert ("security" in of) == route.needs_key
        assert "400" in of["responses"]
    assert len({of["operationId"] for of in described.values()}) == len(ROUTES)


def test_every_parameter_says_what_it_is() -> None:
    for route in ROUTES:
        for each in document([route])["paths"][path_of(route)][route.method.lower()]["parameters"]:
            assert each["description"], each["name"]


def test_no_list_of_references_is_broken() -> None:
    text = msgspec.json.encode(document(ROUTES)).decode()
    names = document(ROUTES)["components"]["schemas"].keys()
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) <= names
    assert not names & {route.query.__name__ for route in ROUTES}
