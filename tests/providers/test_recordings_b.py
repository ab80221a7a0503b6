"""Answers of labs and of some hosts read without surprise: as many listings as entries, all as recorded."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.recorded_b import COUNTS
from tests.providers.short import one, said


@pytest.mark.parametrize("name", COUNTS)
def test_a_recording_reads_without_surprise(name: str, shared: Path) -> None:
    read = snapshot_of(name, shared)
    priced = sum(bool(each.prices) for each in read.listings)
    assert (len(read.listings), priced, len(read.rejected), len(read.unread)) == COUNTS[name]
    assert len(rows_of(name, shared)) == read.entries == len(read.listings)
    assert not read.surprises


def test_ids_are_written_as_callers_write_them(shared: Path) -> None:
    sent = {row["name"] for row in rows_of("google-ai-studio", shared)}
    read = {each.id for each in snapshot_of("google-ai-studio", shared).listings}
    assert {f"models/{id_}" for id_ in read} == sent
    assert "gemini-2.5-flash" in read


def test_what_answers_in_pictures_or_sound_is_no_chat_model(shared: Path) -> None:
    read = by_id("google-ai-studio", shared)
    modes = {
        "gemini-2.5-pro": "chat",
        "gemma-4-31b-it": "chat",
        "gemini-2.5-flash-image": "image",
        "nano-banana-pro-preview": "image",
        "imagen-4.0-generate-001": "image",
        "gemini-2.5-pro-preview-tts": "audio",
        "lyria-3-pro-preview": "audio",
        "gemini-3.1-flash-live-preview": "audio",
        "gemini-embedding-2": "embedding",
        "veo-3.1-generate-preview": "video",
        "aqa": "other",
    }
    assert {id_: read[id_].mode for id_ in modes} == modes


def test_features_that_are_not_said_are_not_none(shared: Path) -> None:
    read = by_id("cohere.documented", shared)
    assert read["c4ai-aya-vision-32b"].input_modalities == ("image", "text")
    assert read["c4ai-aya-expanse-32b"].supported_parameters == ()
    assert read["command-r7b-12-2024"].context_tokens == 132_000


def test_each_price_of_hyperbolic_is_the_recorded_number(shared: Path) -> None:
    """F1, F7: USD for one token, from the text of the number by division alone."""
    expected = {
        row["id"]: {
            "input_token": Decimal(row["input_price"]) / 1_000_000,
            "output_token": Decimal(row["output_price"]) / 1_000_000,
        }
        for row in rows_of("hyperbolic", shared)
    }
    assert {each.id: said(each) for each in snapshot_of("hyperbolic", shared).listings} == expected


def test_the_time_of_the_call_is_no_release(shared: Path) -> None:
    assert {row["created"] for row in rows_of("hyperbolic", shared)} == {"1791366236"}
    assert {each.released for each in snapshot_of("hyperbolic", shared).listings} == {None}


def test_copilot_names_what_a_moving_name_points_at(shared: Path) -> None:
    read = by_id("github-copilot", shared)
    assert (read["gpt-4"].canonical_id, read["gpt-4"].lab) == ("gpt-4-0613", "Azure OpenAI")
    assert read["gpt-41-copilot"].mode == "chat"
    assert read["text-embedding-ada-002"].mode == "embedding"
    assert {each.tokenizer for each in read.values()} == {None}
    assert "reasoning" in read["claude-opus-4.7"].supported_parameters


def rows_of(name: str, shared: Path) -> list[dict[str, Any]]:
    """Return the entries of a recording without any of our own reading."""
    document = json.loads(payload_of(name, shared), parse_float=str, parse_int=str)
    rows: list[dict[str, Any]] = document["data"] if "data" in document else document["models"]
    return rows


def payload_of(name: str, shared: Path) -> bytes:
    return (shared / "payloads" / f"{name}.json").read_bytes()


def snapshot_of(name: str, shared: Path) -> Snapshot:
    provider = declared()[name.partition(".")[0]]
    return read_snapshot(provider, {provider.lists[0].name: [payload_of(name, shared)]}, NOON)


def by_id(name: str, shared: Path) -> dict[str, Listing]:
    return {each.id: each for each in snapshot_of(name, shared).listings}


SENTINELS = {"nvidia-nim": 735790403, "siliconflow": 0, "openai": 0, "minimax": 0, "sybil": 0}
"""Provider -> a time that it sends and that is no release: nothing is as old as 1993 or 1970."""


@pytest.mark.parametrize("slug", SENTINELS)
def test_a_sentinel_is_no_release(slug: str) -> None:
    assert one(slug, created=SENTINELS[slug]).released is None


@pytest.mark.parametrize(
    ("slug", "pricing"),
    [
        ("akash", {"input": "0.25", "output": "0", "request": "0"}),
        ("anannas", {"input": 0.25, "output": 0}),
    ],
)
def test_a_price_in_an_undocumented_unit_is_kept_and_not_published(
    slug: str, pricing: dict[str, Any]
) -> None:
    """F1: no unit is guessed, not even that a zero is free (F8)."""
    payload = json.dumps({"data": [{"id": "a", "pricing": pricing}]}).encode()
    read = read_snapshot(declared()[slug], {"models": [payload]}, NOON)
    assert [each.prices for each in read.listings] == [()]
    assert {(each.path, each.raw) for each in read.unread} == {
        (f"pricing.{path}", str(sent)) for path, sent in pricing.items()
    }
    assert {each.reason for each in read.unread} == {"price in an undocumented unit"}


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("openai", {"id": "ft:gpt-4o-mini-2024-07-18:acme::0123"}),
        ("google-ai-studio", {"name": "tunedModels/acme-0123"}),
        ("cohere", {"name": "0123-ft", "finetuned": True}),
    ],
)
def test_what_belongs_to_the_account_is_marked(slug: str, entry: dict[str, Any]) -> None:
    assert one(slug, **entry).visibility == "account"


@pytest.mark.parametrize("names", [["chat"], ["audio", "chat"]])
def test_siliconflow_tells_the_kind_of_a_model_by_the_list_that_holds_it(names: list[str]) -> None:
    payload = b'{"data": [{"id": "acme-ai/Rocket-2"}]}'
    read = read_snapshot(declared()["siliconflow"], {name: [payload] for name in ("models", *names)}, NOON)
    assert [(each.id, each.mode) for each in read.listings] == [("acme-ai/Rocket-2", "chat")]
