"""Servers of the operator's become providers whose listings are nobody else's."""

import json
from pathlib import Path

import pytest

from modelatlas.domain.errors import Misconfigured, Unreadable
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import needs_key
from modelatlas.providers.openai_compatible import named
from modelatlas.providers.reading import read_entry
from tests.builders import NOON

TWO = "gpu-room=https://llm.example.internal/v1/, desk=http://127.0.0.1:8000/v1"


def test_without_the_setting_there_are_none() -> None:
    assert named("", {}) == named(" , ", {}) == ()


def test_several_servers_each_have_slug_url_and_key_of_their_own() -> None:
    room, desk = named(TWO, {"GPU_ROOM_API_KEY": "k"})
    assert (room.slug, room.lists[0].url) == ("gpu-room", "https://llm.example.internal/v1/models")
    assert (desk.slug, desk.lists[0].url) == ("desk", "http://127.0.0.1:8000/v1/models")
    assert (room.key_variables, desk.key_variables) == (("GPU_ROOM_API_KEY",), ("DESK_API_KEY",))
    assert [needs_key(each, each.lists[0]) for each in (room, desk)] == [True, False]


@pytest.mark.parametrize("base", ["http://localhost/v1", "http://[::1]:8000/v1", "https://10.0.0.7:8443/v1"])
def test_a_server_at_hand_may_be_named(base: str) -> None:
    (provider,) = named(f"desk={base}", {})
    assert provider.lists[0].url == f"{base}/models"


@pytest.mark.parametrize(
    "setting",
    [
        "desk",
        "=https://acme.example/v1",
        "Desk=https://acme.example/v1",
        "desk=",
        "desk=acme.example/v1",
        "desk=http://acme.example/v1",
        "desk=http://10.0.0.7/v1",
        "desk=http://localhost.acme.example/v1",
        "desk=file:///etc/passwd",
        "desk=https://me:pw@acme.example/v1",
        "desk=https://acme.example/v1?key=hush",
        "desk=https://acme.example/v1#x",
        "desk=https://{AWS_REGION}.acme.example/v1",
        "desk=https://acme.example:port/v1",
        "desk=https://[acme/v1",
        "desk=https://",
        "desk=https://a.example/v1,desk=https://b.example/v1",
        "openrouter=https://acme.example/v1",
    ],
)
def test_what_cannot_be_is_refused_without_repeating_the_url(setting: str) -> None:
    with pytest.raises(Misconfigured, match="OPENAI_COMPATIBLE: ") as refused:
        named(setting, {}, {"openrouter"})
    assert "pw" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_every_listing_is_the_account_s() -> None:
    """F28: paths and adapters of a private server are in no shared catalog."""
    (provider,) = named("desk=https://acme.example/v1", {})
    for shape in (provider.lists[0], *provider.lists[0].variants):
        for entry, expected in shape.examples:
            assert read_entry(provider, entry, shape) == expected
    rows = [{"id": "/home/me/model.gguf", "object": "model"}, {"id": "acme/rocket-2", "root": "/data"}]
    read = read_snapshot(provider, {"models": [json.dumps({"data": rows}).encode()]}, NOON)
    assert {each.visibility for each in read.listings} == {"account"}
    assert not read.surprises


@pytest.mark.parametrize("file", ["gpustack.2025-11-03", "gpustack.2026-01-09"])
def test_a_recorded_answer_of_gpustack_reads(file: str, shared: Path) -> None:
    """The envelope is `items`, and what a caller writes is `name`."""
    (provider,) = named("desk=http://127.0.0.1:8080/v1", {})
    payload = (shared / "payloads" / f"{file}.json").read_bytes()
    read = read_snapshot(provider, {"models": [payload]}, NOON)
    (listing,) = read.listings
    (row,) = json.loads(payload)["items"]
    assert (listing.id, listing.context_tokens, listing.repository) == (
        row["name"],
        row["meta"]["n_ctx"],
        row["huggingface_repo_id"],
    )
    assert listing.visibility == "account"
    assert (read.rejected, dict(read.surprises), read.unread) == ((), {}, ())


def test_a_first_page_of_gpustack_is_no_whole_list() -> None:
    """F25: what stands on later pages would be missing without a word."""
    (provider,) = named("desk=http://127.0.0.1:8080/v1", {})
    payload = b'{"items": [{"name": "rocket-2"}], "pagination": {"page": 1, "totalPage": 2}}'
    with pytest.raises(Unreadable, match=r"expected pagination\.totalPage to be 1, got 2"):
        read_snapshot(provider, {"models": [payload]}, NOON)


def test_a_recorded_answer_of_llama_cpp_reads(shared: Path) -> None:
    (provider,) = named("desk=http://127.0.0.1:8080/v1", {})
    for file, count in (("llamacpp", 1), ("ollama-openai-compat", 3)):
        payload = (shared / "payloads" / f"{file}.json").read_bytes()
        read = read_snapshot(provider, {"models": [payload]}, NOON)
        assert (len(read.listings), len(read.rejected), dict(read.surprises)) == (count, 0, {})
        assert {each.visibility for each in read.listings} == {"account"}
