"""docs/api.md is complete, and its examples work."""

import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import msgspec
import pytest

from modelatlas.storage.engine import open_engine
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade
from modelatlas.views.models_answer import ModelsAnswer
from modelatlas.web.models import ModelsParameters
from modelatlas.web.openapi import path_of
from modelatlas.web.parameters import types_of, words_of
from modelatlas.web.problems import SORTS, Problem
from modelatlas.web.route import Route
from modelatlas.web.routes import ROUTES
from tests.builders import snapshot_of
from tests.storage.stores import Store
from tests.web.builders import BASE, KEY, ZETA, FakeAtlas, client_of

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))


SAME_AS = {
    "/api.json": "GET /exports/litellm.json",
    "/exports/": "GET /exports/litellm.json",
    "/models.json": "GET /exports/litellm.json",
    "/v2/providers": "GET /exports/litellm.json",
    "/admin/model-sync/provider/": "POST /admin/model-sync/all",
    "/discrepancies/": "GET /discrepancies",
}
"""Where a path begins -> the section that explains its parameters."""


class Example(NamedTuple):
    line: str
    method: str
    path: str
    headers: dict[str, str]
    params: dict[str, str]
    status: int | None
    content: str


def examples() -> list[Example]:
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    return [example(line) for block in blocks for line in block.splitlines()]


def example(line: str) -> Example:
    command, _, comment = line.partition("  # ")
    words = shlex.split(command.replace("$KEY", KEY))
    assert words.pop(0) == "curl"
    method, headers, params, url, content = "GET", {}, {}, "", ""
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "--data-urlencode":
                name, _, value = words.pop(0).partition("=")
                params[name] = value
            case "-d":
                content = words.pop(0)
            case "-G" | "--compressed":
                pass
            case url:
                assert url.startswith(BASE)
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Example(line, method, path, headers, params, int(comment) if comment else None, content)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    providers = {slug: msgspec.structs.replace(ZETA, slug=slug, name=slug) for slug in ("groq", "openrouter")}
    atlas = FakeAtlas({slug: ["openai/gpt-oss-120b", "a-llama"] for slug in providers}, providers=providers)
    engine = open_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    upgrade(engine)
    Store(engine).sync(snapshot_of("openai/gpt-oss-120b", provider="groq"))
    atlas.history = SqlHistory(engine)
    async with client_of(atlas) as client:
        await atlas.hear(*providers)
        await client.post(
            "/admin/model-sync/provider/groq?wait=10", headers={"Authorization": f"Bearer {KEY}"}
        )
        yield client
    engine.dispose()


def test_every_route_has_its_heading_and_no_other_is_promised() -> None:
    promised = [heading for heading in SECTIONS if heading.split()[0] in {"GET", "POST", "DELETE"}]
    assert promised == [f"{route.method} {path_of(route)}" for route in ROUTES]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_has_an_example_and_every_parameter_is_named(route: Route) -> None:
    body = SECTIONS[f"{route.method} {path_of(route)}"]
    assert "\ncurl " in body
    assert ("Authorization: Bearer" in body) == route.needs_key
    whole = body + next((SECTIONS[of] for start, of in SAME_AS.items() if route.path.startswith(start)), "")
    for name in route.query.__struct_fields__:
        assert f"`{name}" in whole or f"?{name}=" in whole, name


def test_the_words_of_a_parameter_are_all_there() -> None:
    for name, type_ in types_of(ModelsParameters).items():
        for word in words_of(type_):
            assert f"`{word.removeprefix('-')}`" in SECTIONS["GET /models"], f"{name}={word}"


def test_every_status_of_a_problem_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \|", SECTIONS["Problems"], flags=re.MULTILINE)
    assert rows == [str(sort.status) for sort in SORTS.values()]


def test_the_answers_shown_have_the_true_shape() -> None:
    shown = re.findall(r"^```json\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    answer = msgspec.json.decode(shown[0], type=ModelsAnswer)
    assert answer.total == answer.returned == len(answer.data)
    msgspec.json.decode(shown[1], type=Problem)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.line)
async def test_an_example_works(client: httpx2.AsyncClient, example: Example) -> None:
    response = await client.request(
        example.method,
        example.path,
        headers=example.headers,
        params=example.params or None,
        content=example.content or None,
    )
    assert response.status_code in ({200, 202} if example.status is None else {example.status}), response.text
