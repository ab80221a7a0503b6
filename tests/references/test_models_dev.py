"""The catalog of models.dev becomes labelled listings."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.units import UNITS as KINDS
from modelatlas.references.models_dev import PROVIDERS, SECOND_LISTS, UNITS, read, read_model
from tests.builders import is_same_float

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROCKET = {
    "name": "Rocket 2",
    "release_date": "2026-03-05",
    "tool_call": True,
    "reasoning": False,
    "status": "beta",
    "knowledge": "2025-08",
    "limit": {"context": 1_000_000, "output": "64000.0"},
    "modalities": {"input": ["text", "image"], "output": ["text"]},
    "cost": {
        "input": "2.5",
        "output": 15,
        "cache_write": 0,
        "request": 1,
        "tiers": [{"tier": {"size": 272_000}, "input": 5}],
    },
}


def amounts(cost: dict[str, Any], prompt: int) -> dict[str, Decimal | None]:
    listing, _ = read_model("acme", "rocket-2", {"cost": cost}, "reference:models.dev@1")
    found = {unit: evaluate(listing.prices, unit, Circumstances(NOON, prompt)) for unit in UNITS.values()}
    return {unit: cost.amount for unit, cost in found.items() if cost is not None}


def test_every_unit_is_of_tokens() -> None:
    assert {KINDS[unit] for unit in UNITS.values()} == {"token"}


def test_a_model_is_read_in_our_words() -> None:
    listing, unread = read_model("acme", "rocket-2", ROCKET, "reference:models.dev@1")
    assert (listing.name, listing.released, listing.status) == ("Rocket 2", "2026-03-05", "preview")
    assert (listing.context_tokens, listing.max_output_tokens) == (1_000_000, 64_000)
    assert (listing.input_modalities, listing.supported_parameters) == (("image", "text"), ("tools",))
    assert sorted((each.path, each.reason) for each in unread) == [
        ("cost.cache_write", "a zero of a reference does not say free"),
        ("cost.request", "a unit that is unknown here"),
    ]


def test_a_longer_prompt_pays_by_its_tier_and_inherits_the_rest() -> None:
    short, long = (amounts(ROCKET["cost"], prompt) for prompt in (272_000, 272_001))  # type: ignore[arg-type]
    assert short == {"input_token": Decimal("0.0000025"), "output_token": Decimal("0.000015")}
    assert long == {"input_token": Decimal("0.000005"), "output_token": Decimal("0.000015")}


def test_the_older_spelling_of_a_tier_counts_where_there_is_no_newer_one() -> None:
    cost = {"input": 1, "context_over_200k": {"input": 2}}
    assert amounts(cost, 200_001) == {"input_token": Decimal("0.000002")}
    both = {**cost, "tiers": [{"tier": {"size": 200_000}, "input": 3}]}
    assert amounts(both, 200_001) == {"input_token": Decimal("0.000003")}


@pytest.mark.parametrize("document", [b"", b"[]", b"<html>"])
def test_another_document_is_refused(document: bytes) -> None:
    with pytest.raises(Unreadable, match=r"models\.dev: expected"):
        read(document, "1")


def test_a_broken_provider_harms_no_other() -> None:
    """F23."""
    document = {"a": 1, "b": {"models": {"x": {"cost": "?"}, "y": 2}}, "c": {"models": []}}
    assert [
        (part.provider, len(part.listings))
        for part in read(msgspec.json.encode(document), "1").snapshots(NOON)
    ] == [("b", 1)]


def test_the_real_catalog_is_read_whole(shared: Path) -> None:
    path = max((shared / "data" / "models.dev").glob("2*.json.gz"))
    document = gzip.decompress(path.read_bytes())
    parts = {part.provider: part for part in read(document, path.stem).snapshots(NOON)}
    theirs = json.loads(document, parse_float=Decimal)["providers"]
    assert sum(len(part.listings) + len(part.duplicates) for part in parts.values()) == sum(
        len(each["models"]) for each in theirs.values()
    )
    for name, provider in theirs.items():
        if name in SECOND_LISTS:
            continue
        for listing in parts[PROVIDERS.get(name, name)].listings:
            if listing.id not in provider["models"]:
                continue  # it is in the second list only
            amount = provider["models"][listing.id].get("cost", {}).get("input")
            found = evaluate(listing.prices, "input_token", Circumstances(NOON))
            said = found.amount if found and found.amount else Decimal(0)
            assert is_same_float(said * 1_000_000, Decimal(amount or 0))
