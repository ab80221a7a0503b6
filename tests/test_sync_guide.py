"""docs/sync.md does what it says: each command, setting, call and question is tried on both databases."""

import asyncio
import contextlib
import io
import re
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import httpx2
import msgspec
import pytest
import structlog

from modelatlas.cli import main
from modelatlas.cli.opening import settings_via
from modelatlas.domain.ledger import RunStatus
from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.refresh import after
from modelatlas.domain.snapshot import snapshot
from modelatlas.providers.registry import declared
from modelatlas.settings import DEFAULTS
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import recorded
from modelatlas.storage.engine import open_engine
from modelatlas.storage.reading import query
from modelatlas.web.app import create
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build
from tests.postgresql import PostgreSQL
from tests.web.builders import BASE, KEY, lifespan
from tests.web.test_documentation import Example, example

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "sync.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


LINES = [line for block in blocks("sh") for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.startswith("modelatlas ")]
CALLS = [example(line) for line in LINES if line.startswith("curl ")]
SETTINGS = [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks("env")]
QUESTIONS = [line for block in blocks("sql") for line in block.splitlines()]


def entry(id_: str) -> dict[str, Any]:
    return {"id": id_, "pricing": {"prompt": "0.0000001", "completion": "0.0000004"}}


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """OpenRouter and Groq answer; the others have nothing recorded."""
    folder = tmp_path_factory.mktemp("recordings")
    openrouter = {"data": [entry("a"), entry("b"), {"id": "c"}]}
    (folder / "openrouter.json").write_bytes(msgspec.json.encode(openrouter))
    (folder / "groq.json").write_bytes(msgspec.json.encode({"data": [{"id": "a"}]}))
    with background(recorded(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def variables(
    request: pytest.FixtureRequest, tmp_path: Path, providers: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The environment of commands and services of a new store."""
    for name in {*DEFAULTS, *(name for each in declared().values() for name in each.variables)}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    said = {
        "MODELATLAS_HOME": str(tmp_path), "PROVIDERS_VIA": providers, "ADMIN_API_KEY": KEY,
        "PRICING_SYNC_ENABLED": "false",
    }  # fmt: skip
    if request.param == "sqlite":
        yield {**said, "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"}
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield {**said, "DATABASE_URL": url}


@pytest.fixture
def modelatlas(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str], tuple[int, str]]]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("modelatlas.wiring.building.sources", lambda *_: [])

    def run(line: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        code: object = 0
        try:
            main(shlex.split(line)[1:])
        except SystemExit as end:
            code = end.code or 0
        assert isinstance(code, int)
        return code, capsys.readouterr().out

    yield run
    structlog.reset_defaults()


def service(variables: dict[str, str]) -> Atlas:
    return build(settings_via(variables, None), references=[])


@pytest.fixture
async def atlas(variables: dict[str, str]) -> Atlas:
    return service(variables)


@pytest.fixture
async def client(atlas: Atlas) -> AsyncIterator[httpx2.AsyncClient]:
    async with served(atlas) as client:
        yield client


@contextlib.asynccontextmanager
async def served(atlas: Atlas) -> AsyncIterator[httpx2.AsyncClient]:
    app = create(atlas)
    transport = httpx2.ASGITransport(app=app, client=("203.0.113.9", 50_000))
    async with lifespan(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


def test_the_commands_do_what_the_guide_says(
    modelatlas: Callable[[str], tuple[int, str]], variables: dict[str, str]
) -> None:
    assert len(COMMANDS) >= 10
    told = {line: modelatlas(line) for line in COMMANDS}
    codes = {line: code for line, (code, _) in told.items() if code}
    assert codes == {"modelatlas sync --all": 3}  # nobody else has anything recorded
    rows = told["modelatlas sync openrouter groq"][1].splitlines()[1:]
    assert sorted(row.split()[:2] for row in rows) == [["groq", "success"], ["openrouter", "success"]]
    assert "unexplained 0" in told["modelatlas explain"][1]
    engine = open_engine(variables["DATABASE_URL"])
    stored = query(
        engine, "SELECT m.provider_model_id FROM models m JOIN providers p ON p.id = m.provider_id "
        "WHERE m.is_active = true AND p.slug = 'openrouter' ORDER BY m.provider_model_id"
    )  # fmt: skip
    assert stored[1] == [("b",), ("c",)]  # a is excluded, c is kept though it has no price
    engine.dispose()


def test_the_questions_are_answered(
    modelatlas: Callable[[str], tuple[int, str]], variables: dict[str, str]
) -> None:
    modelatlas("modelatlas sync openrouter groq")
    engine = open_engine(variables["DATABASE_URL"])
    total, by_provider, runs, slugs = (query(engine, question)[1] for question in QUESTIONS)
    assert total == [(3,)]
    assert by_provider == [("openrouter", 2), ("groq", 1)]
    assert {(row[0], row[2], row[3]) for row in runs} == {
        ("openrouter", 0, "success"),
        ("groq", 0, "success"),
    }
    assert sorted(slugs) == [("groq",), ("openrouter",)]
    engine.dispose()


async def test_the_calls_are_answered(atlas: Atlas, client: httpx2.AsyncClient) -> None:
    assert len(CALLS) >= 15
    for call in CALLS:
        if call.path.startswith("/admin/holds/"):
            hold(atlas)
        response = await said(client, call)
        assert response.status_code == (call.status or 200), (call.line, response.text)
        if "wait=" in call.path:
            runs = {run["provider"]: run["status"] for run in response.json()["runs"]}
            assert {runs.get("openrouter"), runs.get("groq")} <= {"success", None}, runs
    assert (await client.get("/models?gateway=openrouter")).json()["total"] == 1  # what was released


async def said(client: httpx2.AsyncClient, call: Example) -> httpx2.Response:
    return await client.request(call.method, call.path, headers=call.headers, params=call.params or None)


def hold(atlas: Atlas) -> None:
    """Let OpenRouter have listed one model only, all of a sudden."""
    state, now = atlas.live.states["openrouter"], atlas.clock.now()
    assert state.snapshot is not None
    many = snapshot("openrouter", now, [
        msgspec.structs.replace(state.snapshot.listings[0], id=f"m{number}") for number in range(30)
    ])  # fmt: skip
    few = snapshot("openrouter", now, state.snapshot.listings[:1])
    held = after(
        msgspec.structs.replace(state, snapshot=many),
        Fetched(Outcome("openrouter", "ok", now, listings=1), few, b""),
        timedelta(hours=1),
        0.0,
    )
    assert held.held is not None
    atlas.live._cache.put(held)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: " ".join(f"{k}={v}" for k, v in each.items()))
async def test_the_settings_do_what_the_guide_says(
    variables: dict[str, str], settings: dict[str, str]
) -> None:
    assert settings.keys() <= DEFAULTS.keys()
    headers = {"Authorization": f"Bearer {KEY}"}
    quiet = {**variables, **settings, "PRICING_SYNC_ENABLED": "false"}  # nobody is synced behind our back
    atlas = service(quiet if "PRICING_SYNC_ENABLED" not in settings else {**variables, **settings})
    async with served(atlas) as client:
        await asyncio.gather(*(atlas.live.refresh(slug) for slug in ("openrouter", "groq")))
        await client.post("/admin/model-sync/provider/openrouter?wait=60", headers=headers)
        status = (await client.get("/admin/model-sync/status", headers=headers)).json()
        providers = (await client.get("/providers")).json()
        assert status["enabled"] is False
        if (words := settings.get("PRICING_SYNC_PROVIDERS")) == "all":
            there = [slug for slug, each in declared().items() if each.retired is None]
            assert status["providers"] == sorted(there)
        elif words is not None:
            known = {name: slug for slug, each in declared().items() for name in (slug, *each.aliases)}
            assert status["providers"] == sorted(known[word] for word in words.split(","))
        hours = settings.get("PRICING_SYNC_INTERVAL_HOURS", "6")
        assert status["interval_seconds"] == int(float(hours) * 3600)
        source = settings.get("MODEL_CATALOG_SOURCE", "live")
        assert providers["source"] == source
        origins = {each["slug"]: each["origin"] for each in providers["data"]}
        assert origins["openrouter"] == ("store" if source == "database" else "provider")
        assert origins["groq"] == "provider"


def test_every_status_of_a_run_is_in_the_table() -> None:
    table = GUIDE.split("## What the status of a run means")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \|", table, flags=re.MULTILINE)
    assert rows[1:] == list(get_args(RunStatus))


def test_the_quick_reference_names_only_what_there_is() -> None:
    table = GUIDE.split("## Quick reference")[1].split("\n## ")[0]
    commands = {word.split(' "')[0] for word in re.findall(r"`(modelatlas [^`]+)`", table)}
    tried = {*COMMANDS, "modelatlas sync", "modelatlas sql"}
    assert commands <= tried
    routes = re.findall(r"`(GET|POST) ([^`]+)`", table)
    called = {(call.method, call.path.partition("?")[0]) for call in CALLS} | {("GET", "/discrepancies")}
    assert {(method, path.partition("?")[0]) for method, path in routes} <= called
