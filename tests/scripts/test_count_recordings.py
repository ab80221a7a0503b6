"""The table of recordings counts each entry once, and names what is no answer of a declared list."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from modelatlas.domain.snapshot import REJECT_REASONS

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "count_recordings.py"
UNREADABLE = REJECT_REASONS.keys() & {"not_an_object", "no_id", "bad_id"}


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location(PROGRAM.stem, PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


UNCONDITIONAL = "expected the length of a prompt, or hours with a begin and an end"


def test_each_answer_in_a_directory_is_a_row(program: ModuleType, tmp_path: Path) -> None:
    priced = {"id": "a/b", "pricing": {"prompt": "0.1", "overrides": [{"prompt": "0.2"}]}}
    answers = {
        "openrouter": {"data": [priced, {"id": "c/d"}, 7]},
        "openrouter.error-bad-key": {"error": "no"},
        "amazon-bedrock-mantle": {"data": [{"id": "acme.rocket"}]},
        "together.documented": {"models": [{"id": "a"}], "endpoints": {"data": [{"model": "a"}]}},
        "never-heard-of": {"data": [{"id": "a"}, {"id": "a"}]},
    }
    for name, answer in answers.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(answer), encoding="utf-8")
    assert program.table(program.counted(tmp_path)).splitlines()[2:] == [
        "| amazon-bedrock-mantle | mantle | 1 | 1 | 0 | 0 | 0 | 0 |",
        "| never-heard-of | models | 2 | 1 | 0 | 1 | 0 | 0 |",
        f"| openrouter | models | 3 | 2 | 1 not_an_object | 0 | 1 | 1 {UNCONDITIONAL} |",
        "| together.documented, models | models | 1 | 1 | 0 | 0 | 0 | 0 |",
        "| together.documented, endpoints | endpoints | 1 | 1 | 0 | 0 | 0 | 0 |",
        "| all |  | 8 | 6 | 1 | 1 | 1 | 1 |",
        "",
        "No answer of a declared list: openrouter.error-bad-key",
    ]


def test_of_all_recordings_no_entry_is_unreadable(program: ModuleType, shared: Path) -> None:
    """F24: an entry may be no listing for a reason of the provider's, never because it could not be read."""
    counts = list(program.counted(shared / "payloads"))
    read = [count for count in counts if count.reading is not None]
    assert len(read) > 50
    for count in read:
        whole = count.reading
        assert not UNREADABLE & {each.reason for each in whole.rejected}, count.file
        assert count.entries == len(whole.listings) + len(whole.rejected) + len(whole.duplicates), count.file


def test_every_file_that_is_no_answer_is_known(program: ModuleType, shared: Path) -> None:
    counts = program.counted(shared / "payloads")
    left = {count.file for count in counts if count.reading is None and ".error-" not in count.file}
    assert left == {
        *(f"{slug}.catwalk-derived" for slug in ("aihubmix", "chutes", "fireworks", "huggingface", "nebius")),
        *(f"{slug}.catwalk-derived" for slug in ("vercel-ai-gateway", "xai")),
        "aihubmix.derived",
        "azure-retail-prices.grouped",
        "github-models.documented",
        "huggingface.hub-api.documented",
        "morpheus.blockchain",
        "openrouter.price-history",
        "xai.docs-blob.partial",
    }
