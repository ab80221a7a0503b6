"""The evidence of the README: how often files of others differ from what a provider itself said."""

import importlib.util
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from tests.builders import NOON, listing

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "compare_references.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_references", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_price_differs_when_it_is_more_than_half_a_percent_off(script: ModuleType) -> None:
    prices = (usd("input_token", "1"), usd("output_token", "2"))
    part = snapshot(
        "acme", NOON, [listing("a", prices=prices), listing("b", prices=prices), listing("c", prices=())]
    )
    theirs = (
        Rule("input_token", "known", Decimal("1.004"), source="reference:r@1"),
        Rule("output_token", "known", Decimal("2.02"), source="reference:r@1"),
    )
    entry = Entry(listing("a", prices=theirs))
    found = script.compared(part, ReferenceCatalog("r", "1", {"acme": Part((entry,))}, {}))
    assert (found.said, found.priced, found.differing) == (4, 2, 1)
    assert (found.models, found.models_differing) == (1, 1)
    (row,) = [*script.table([part], {"r": ReferenceCatalog("r", "1", {}, {})})][2:]
    assert row == "| acme 2026-11-23 | r | 4 | 0 | 0 | 0 | 0 |"


def test_recorded_lists_are_those_that_the_script_names(script: ModuleType, shared: Path) -> None:
    assert [len(part.listings) for part in script.recorded(shared / "payloads")] == [421, 142]
