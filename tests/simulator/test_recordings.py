"""Recordings are served byte for byte; what is no recording of a declared list is left out and said."""

import gzip
from pathlib import Path

import pytest

from modelatlas.domain.errors import Misconfigured
from modelatlas.providers.contract import ModelList, PageNumber, Provider
from modelatlas.providers.registry import declared
from modelatlas.simulator.recordings import load
from modelatlas.simulator.world import World, recorded
from tests.simulator.client import NOON, address, ask, calls, snapshot_of


def provider(slug: str, *lists: ModelList, **more: object) -> Provider:
    return Provider(slug=slug, name=slug, kind="host", docs="", evidence="", lists=lists, **more)  # type: ignore[arg-type]


def models(slug: str, name: str = "models", **more: object) -> ModelList:
    return ModelList(url=f"https://{slug}.example/{name}", name=name, **more)  # type: ignore[arg-type]


ACME = provider("acme", models("acme"), models("acme", "images"), aliases=("acme-ai",))
BARE = provider("bare", models("bare", entries=""))
PAGED = provider("paged", models("paged", paging=PageNumber("page", "size", 2, total="total")))
KNOWN = {each.slug: each for each in (ACME, BARE, PAGED)}

BODY = b'{ "object": "list",\n "data": [{"id": "x", "price": 1.50e-7}, {"id":"y"}] }'


def directory(path: Path, **files: bytes) -> Path:
    for name, content in files.items():
        file = path / name.replace("__", ".")
        file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    return path


def world(path: Path) -> World:
    return recorded(path, providers=KNOWN)


@pytest.mark.parametrize(
    "name", ["acme__json", "acme__json__gz", "acme__models__2026-02-03__json", "acme-ai__json"]
)
async def test_a_recording_is_served_byte_for_byte(tmp_path: Path, name: str) -> None:
    async with calls(world(directory(tmp_path, **{name: BODY}))) as client:
        answer = await client.get(address(ACME.lists[0]))
    assert answer.content == BODY


@pytest.mark.parametrize(
    ("names", "served"),
    [
        (["acme", "acme.2026-05", "acme.2025-01-01"], "acme"),
        (["acme.2025-01-01", "acme.2026-05", "acme.2026-04-30"], "acme.2026-05"),
        (["acme.documented", "acme.2019-01-01"], "acme.2019-01-01"),
        (["acme.documented"], "acme.documented"),
        (["acme.documented", "acme"], "acme"),
    ],
)
async def test_the_undated_recording_is_served_else_the_newest(
    tmp_path: Path, names: list[str], served: str
) -> None:
    bodies = {f"{name}.json": b'{"data": [{"id": "%s"}]}' % name.encode() for name in names}
    async with calls(world(directory(tmp_path, **bodies))) as client:
        answer = await client.get(address(ACME.lists[0]))
        state = (await client.get("/_simulator/state")).json()
    assert answer.json() == {"data": [{"id": served}]}
    assert state["recordings"]["acme.models"] == f"{served}.json"
    assert state["left_out"].keys() == {f"{name}.json" for name in names} - {f"{served}.json"}


async def test_a_dated_one_is_served_where_the_undated_has_another_shape(tmp_path: Path) -> None:
    files = {"acme.json": b'{"status": 401}', "acme.2026-01-01.json": BODY}
    made = world(directory(tmp_path, **files))
    async with calls(made) as client:
        assert (await client.get(address(ACME.lists[0]))).content == BODY
    assert made.recordings is not None
    assert made.recordings.left_out == {"acme.json": "not the declared shape: no list at 'data'"}


async def test_the_other_list_of_a_recorded_provider_is_empty_and_says_so(tmp_path: Path) -> None:
    async with calls(world(directory(tmp_path, acme__json=BODY))) as client:
        answer = await client.get(address(ACME.lists[1]))
        state = (await client.get("/_simulator/state")).json()
    assert answer.json() == {"data": []}
    assert state["recordings"]["acme.images"] == "empty: only another list was recorded"


async def test_a_provider_without_a_recording_answers_503(tmp_path: Path) -> None:
    async with calls(world(directory(tmp_path, acme__json=BODY))) as client:
        answer = await client.get(address(BARE.lists[0]))
    assert answer.status_code == 503
    assert "nothing was recorded of bare" in answer.json()["error"]["message"]


async def test_a_bare_list_gets_the_declared_envelope(tmp_path: Path) -> None:
    async with calls(
        world(directory(tmp_path, acme__json=b'[{"id": 1.50}]', bare__json=b'[{"id": 1.50}]'))
    ) as client:
        assert (await client.get(address(ACME.lists[0]))).content == b'{"data":[{"id": 1.50}]}'
        assert (await client.get(address(BARE.lists[0]))).content == b'[{"id": 1.50}]'


async def test_a_recording_is_paged_where_the_provider_pages(tmp_path: Path) -> None:
    body = b'{"data": [{"id":"a"}, {"id": "b"}, {"id": "c"}], "total": 99}'
    async with calls(world(directory(tmp_path, paged__json=body))) as client:
        first = await ask(client, PAGED, PAGED.lists[0], {"size": 2})
        second = await ask(client, PAGED, PAGED.lists[0], {"size": 2, "page": 2})
    assert first.json() == {"data": [{"id": "a"}, {"id": "b"}], "total": 3}
    assert second.json() == {"data": [{"id": "c"}], "total": 3}


async def test_a_recording_can_be_faulty_too(tmp_path: Path) -> None:
    async with calls(world(directory(tmp_path, acme__json=BODY)), faults=["half-list"]) as client:
        assert (await client.get(address(ACME.lists[0]))).json() == {"data": [{"id": "x", "price": 1.5e-7}]}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("acme.catwalk-derived.json", "'catwalk-derived' is neither a list (models, images) nor a date"),
        ("acme.sample.json", "'sample' is neither a list"),
        ("acme.error-bad-key.json", "'error-bad-key' is neither a list"),
        ("acme.docs-blob.partial.json", "'docs-blob.partial' is neither a list"),
        ("nobody.json", "no provider 'nobody' is declared"),
        ("ORIGIN.md", "not named .json"),
        ("bare.json", "not the declared shape"),
        ("bare.2026-01-01.json.gz", "not the declared shape"),
    ],
)
def test_what_is_no_recording_is_left_out_with_the_reason(tmp_path: Path, file: str, reason: str) -> None:
    directory(tmp_path, acme__json=BODY)
    (tmp_path / file).write_bytes(b"<html>")
    assert reason in load(tmp_path, KNOWN).left_out[file]


def test_a_directory_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"no file of a declared provider"):
        load(tmp_path, KNOWN)
    with pytest.raises(Misconfigured, match=r"expected a directory"):
        load(tmp_path / "missing", KNOWN)


async def test_recordings_do_not_drift(tmp_path: Path) -> None:
    async with calls(world(directory(tmp_path, acme__json=BODY))) as client:
        assert (await client.post("/_simulator/drift")).json() == {"step": 1, "providers": {}}
        assert (await client.get(address(ACME.lists[0]))).content == BODY


@pytest.mark.parametrize(
    ("slug", "listings", "duplicates"),
    [("featherless", 15_695, 3), ("openrouter", 421, 0), ("deepinfra", 142, 0), ("anthropic", 11, 0)],
)
async def test_the_real_recordings_are_served_whole(
    shared: Path, slug: str, listings: int, duplicates: int
) -> None:
    provider = declared()[slug]
    async with calls(recorded(shared / "payloads")) as client:
        read = await snapshot_of(client, provider)
    assert (len(read.listings), len(read.duplicates), len(read.rejected)) == (listings, duplicates, 0)
    assert read.fetched_at == NOON


def test_a_real_recording_is_read_as_its_declared_list(shared: Path) -> None:
    lists = load(shared / "payloads", declared()).lists
    assert {file.file for file in lists.values()} >= {
        "openrouter.json",
        "featherless.json.gz",
        "deepinfra.json",
    }
    assert lists["huggingface", "models"].file == "huggingface.documented.json"
