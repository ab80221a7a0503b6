"""The labelled listings of `../shared/data/matching`, scored by the script that lies beside them."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from modelatlas.domain.identity import match
from modelatlas.domain.listing import Listing


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predicted(row: dict[str, Any]) -> dict[str, str | None]:
    found = match(Listing(row["provider"], row["model_id"], name=row.get("display_name")))
    return {
        "provider": row["provider"],
        "model_id": row["model_id"],
        "canonical": None if found is None else found.model,
    }


def test_labelled_listings_are_grouped_as_labelled(shared: Path) -> None:
    folder = shared / "data" / "matching"
    script = scorer(folder)
    gold = script.read_jsonl(str(folder / "dev.jsonl"))
    negatives = script.read_jsonl(str(folder / "dev_negatives.jsonl"))
    result = script.score(gold, list(map(predicted, gold)), negatives)
    assert result["listings"] > 1_000
    assert result["bcubed"]["f1"] >= 0.95, json.dumps(result["worst"], indent=1)
    assert result["pairwise"]["precision"] >= 0.99, json.dumps(result["worst"], indent=1)
    assert result["hard_positive_recall"] >= 0.85
    assert result["negatives_merged_rate"] <= 0.01
