"""The parts are put together as the settings say, and what they cannot mean is refused at start."""

import contextlib
import errno
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from modelatlas.domain.errors import Misconfigured, Unavailable
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.settings import read
from modelatlas.wiring.building import build, synced_slugs
from modelatlas.wiring.first_start import prepare_apart
from modelatlas.wiring.keys import ADMIN_KEY_FILE, admin_keys
from tests.builders import FakeClock


def provider(slug: str, *, aliases: tuple[str, ...] = (), retired: str | None = None) -> Provider:
    return Provider(
        slug=slug,
        name=slug.title(),
        kind="host",
        docs="https://example.com",
        lists=(ModelList(url=f"https://{slug}.example.com/models"),),
        evidence="inferred",
        aliases=aliases,
        retired=retired,
    )


KNOWN = {
    each.slug: each
    for each in (
        provider("acme", aliases=("acme-cloud",)),
        provider("zeta"),
        provider("omega", retired="closed in 2026-05"),
    )
}


def test_sync_lists_take_slugs_aliases_and_all_and_leave_the_retired_out() -> None:
    assert synced_slugs(["Acme-Cloud"], KNOWN) == {"acme"}
    assert synced_slugs(["all"], KNOWN) == {"acme", "zeta"}
    assert synced_slugs(["omega", "zeta"], KNOWN) == {"zeta"}
    assert synced_slugs([], KNOWN) == frozenset()


def test_an_unknown_word_in_the_sync_list_is_refused_naming_the_nearest() -> None:
    """F22, F30."""
    with pytest.raises(
        Misconfigured, match="PRICING_SYNC_PROVIDERS: unknown provider 'acne': did you mean 'acme'"
    ):
        synced_slugs(["acne"], KNOWN)


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """F52."""
    settings = read({"MODELATLAS_HOME": str(tmp_path)})
    (key,) = admin_keys(settings)
    assert len(key) >= 32
    assert admin_keys(settings) == (key,)
    assert stat.S_IMODE((tmp_path / ADMIN_KEY_FILE).stat().st_mode) == 0o600


def test_a_configured_key_is_the_only_one(tmp_path: Path) -> None:
    settings = read({"MODELATLAS_HOME": str(tmp_path), "ADMIN_API_KEY": "mine"})
    assert admin_keys(settings) == ("mine",)
    assert not (tmp_path / ADMIN_KEY_FILE).exists()


async def test_a_store_of_real_data_refuses_simulated_data_and_the_other_way_round(tmp_path: Path) -> None:
    real = read({"MODELATLAS_HOME": str(tmp_path), "PRICING_SYNC_PROVIDERS": "acme"})
    simulated = read(
        {
            "MODELATLAS_HOME": str(tmp_path),
            "PRICING_SYNC_PROVIDERS": "acme",
            "PROVIDERS_VIA": "http://127.0.0.1:9",
        }
    )
    atlas = build(real, clock=FakeClock(), providers=KNOWN, references=[])
    await atlas.stop()
    with pytest.raises(Misconfigured, match="MODELATLAS_HOME"):
        build(simulated, clock=FakeClock(), providers=KNOWN, references=[])


async def test_without_keys_and_network_the_references_answer(tmp_path: Path) -> None:
    settings = read({"MODELATLAS_HOME": str(tmp_path), "PRICING_SYNC_PROVIDERS": "acme"})
    atlas = build(settings, clock=FakeClock(), providers=KNOWN)
    await atlas.load()
    assert atlas.live.catalog.count() > 2_000
    assert not atlas.live.catalog.live
    await atlas.stop()


async def test_who_only_reads_asks_no_provider_and_fetches_no_reference(tmp_path: Path) -> None:
    def called(_: httpx2.Request) -> httpx2.Response:
        raise AssertionError("nothing is to be fetched")

    variables = {"PRICING_SYNC_PROVIDERS": "acme", "PRICE_REFERENCES": "litellm=https://example.com/map"}
    settings = read({"MODELATLAS_HOME": str(tmp_path), **variables})
    transport = httpx2.MockTransport(called)
    atlas = build(settings, clock=FakeClock(), providers=KNOWN, reading=True, transport=transport)
    with pytest.raises(Unavailable, match="acme is not asked here"):
        await atlas.live.look("acme")
    await atlas.prices.references.refresh("litellm")
    assert atlas.prices.references.states[0].tried_at is None
    await atlas.stop()


def test_who_only_reads_is_refused_the_same_simulators(tmp_path: Path) -> None:
    variables = {"PRICING_SYNC_PROVIDERS": "acme", "PROVIDERS_VIA": "http://simulator.example:9000"}
    settings = read({"MODELATLAS_HOME": str(tmp_path), **variables})
    for reading in (False, True):
        with pytest.raises(Misconfigured, match="expected a simulator on this machine"):
            build(settings, clock=FakeClock(), providers=KNOWN, references=[], reading=reading)


async def test_a_provider_just_heard_is_synced_once_per_interval(tmp_path: Path) -> None:
    """The first sync follows the first fetch; the next waits for the interval since the last success."""
    variables = {
        "MODELATLAS_HOME": str(tmp_path),
        "PRICING_SYNC_PROVIDERS": "acme",
        "PROVIDERS_VIA": "http://127.0.0.1:9",
    }
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": [{"id": "rocket-2"}]}))
    clock = FakeClock()
    atlas = build(read(variables), clock=clock, providers=KNOWN, references=[], transport=answer)
    await atlas.load()
    await atlas.jobs.start(takes_work=True)
    atlas.live.heard = atlas.jobs.heard

    async def runs_after(**time: float) -> int:
        clock.pass_(**time)
        await atlas.live.refresh("acme")
        ended = await atlas.jobs.wait(atlas.ledger.runs("acme"), 20)
        assert {run.status for run in ended} == {"success"}
        return len(atlas.ledger.runs("acme"))

    assert await runs_after(minutes=0) == 1
    assert await runs_after(hours=1) == 1
    assert await runs_after(hours=5, minutes=1) == 2
    await atlas.live.refresh("zeta")
    assert atlas.ledger.runs("zeta") == []
    await atlas.stop()


async def test_what_a_provider_says_again_after_a_restart_is_held_once(tmp_path: Path) -> None:
    variables = {
        "MODELATLAS_HOME": str(tmp_path),
        "PRICING_SYNC_PROVIDERS": "acme",
        "PROVIDERS_VIA": "http://127.0.0.1:9",
    }
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": [{"id": "rocket-2"}]}))
    clock = FakeClock()
    held = []
    for _ in range(2):
        atlas = build(read(variables), clock=clock, providers=KNOWN, references=[], transport=answer)
        await atlas.load()
        held.append(atlas.live.states["acme"].snapshot)
        clock.pass_(hours=1)
        await atlas.live.refresh("acme")
        held.append(atlas.live.states["acme"].snapshot)
        await atlas.stop()
    _, _, loaded, heard = held
    assert loaded is not None
    assert heard is not None
    shown = atlas.live.catalog.snapshots["acme"]
    assert heard.listings[0] is loaded.listings[0] is shown.listings[0]
    assert heard.fetched_at > loaded.fetched_at


def test_servers_of_the_operator_s_are_providers_but_not_of_a_simulator(tmp_path: Path) -> None:
    variables = {
        "MODELATLAS_HOME": str(tmp_path),
        "OPENAI_COMPATIBLE": "desk=http://127.0.0.1:8000/v1",
        "PRICING_SYNC_PROVIDERS": "acme",
    }
    atlas = build(read(variables), providers=KNOWN, references=[], clock=FakeClock())
    assert sorted(atlas.providers) == ["acme", "desk", "omega", "zeta"]
    assert synced_slugs(["desk"], atlas.providers) == {"desk"}
    simulated = {
        **variables,
        "PROVIDERS_VIA": "http://127.0.0.1:9000",
        "MODELATLAS_HOME": str(tmp_path / "s"),
    }
    assert sorted(
        build(read(simulated), providers=KNOWN, references=[], clock=FakeClock()).providers
    ) == sorted(KNOWN)


def test_a_server_cannot_take_the_name_of_another_provider(tmp_path: Path) -> None:
    """F22."""
    variables = {
        "MODELATLAS_HOME": str(tmp_path),
        "OPENAI_COMPATIBLE": "acme-cloud=https://a.example/v1",
        "PRICING_SYNC_PROVIDERS": "acme",
    }
    with pytest.raises(Misconfigured, match="'acme-cloud' is the name of another provider"):
        build(read(variables), providers=KNOWN, references=[], clock=FakeClock())


def test_what_only_a_first_start_needs_is_not_in_the_memory_of_a_service(tmp_path: Path) -> None:
    """It is imported by a process that ends; who starts again needs it no more."""
    script = f"""
import asyncio
import sys
from modelatlas.settings import read
from modelatlas.wiring.building import build
from modelatlas.wiring.first_start import prepare_apart

if __name__ == "__main__":
    settings = read({{"MODELATLAS_HOME": {str(tmp_path / "home")!r}}})
    prepare_apart(settings)
    atlas = build(settings)
    asyncio.run(atlas.prices.read())
    print([reference.name for reference in atlas.prices.references.loaded])
    print(sorted({{"alembic", "genai_prices", "mako"}} & {{*sys.modules}}))
"""
    (tmp_path / "script.py").write_text(script)
    told = subprocess.run(
        [sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split("\n") == ["['genai-prices']", "[]", ""]


def test_what_another_process_refuses_is_refused_here(tmp_path: Path) -> None:
    """The tables of a newer version are left alone, and the reason is told."""
    settings = read({"MODELATLAS_HOME": str(tmp_path)})
    build(settings).engine.dispose()
    with contextlib.closing(sqlite3.connect(tmp_path / "modelatlas.sqlite")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Misconfigured, match="not known to this version"):
        prepare_apart(settings)


def test_where_there_is_no_other_process_a_service_starts_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system may have no shared memory."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("modelatlas.wiring.first_start.ProcessPoolExecutor", fail)
    settings = read({"MODELATLAS_HOME": str(tmp_path)})
    prepare_apart(settings)
    atlas = build(settings)
    assert atlas.query("SELECT version_num FROM alembic_version")[1]
    atlas.engine.dispose()
