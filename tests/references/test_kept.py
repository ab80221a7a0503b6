"""A reference that was read before says what it says when it is read; another version of it is read."""

from pathlib import Path

import msgspec
import pytest

from modelatlas.caching.derived import DerivedFiles
from modelatlas.references import kept as module
from modelatlas.references.catalog import Part, ReferenceCatalog
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.kept import kept
from modelatlas.references.sources import Document
from tests.builders import NOON

MAP = b'{"rocket": {"litellm_provider": "acme", "input_cost_per_token": 0.000001}}'


def refuse() -> ReferenceCatalog:
    raise AssertionError("it was read before")


def test_what_is_kept_is_what_was_read_and_one_provider_is_decoded_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = GenaiPrices(DerivedFiles(tmp_path, "1")).load()
    again = kept(DerivedFiles(tmp_path, "1"), read.name, read.version, refuse)
    decoded: list[Part] = []
    decode = module._part

    def counting(raw: msgspec.Raw) -> Part:
        decoded.append(decode(raw))
        return decoded[-1]

    monkeypatch.setattr(module, "_part", counting)
    assert again.count() == read.count()
    assert again.slug_of("x-ai") == "xai"
    assert not decoded
    assert again.find("groq", "llama-3.3-70b-versatile", NOON) is not None
    assert len(decoded) == 1
    assert msgspec.json.encode(again.snapshots(NOON)) == msgspec.json.encode(read.snapshots(NOON))
    for slug, part in read.parts.items():
        assert again.parts[slug] == part
    assert (again.names, again.also) == (read.names, read.also)


def test_another_program_and_another_version_read_it_anew(tmp_path: Path) -> None:
    version = GenaiPrices(DerivedFiles(tmp_path, "1")).load().version
    with pytest.raises(AssertionError):
        kept(DerivedFiles(tmp_path, "2"), "genai-prices", version, refuse)
    with pytest.raises(AssertionError):
        kept(DerivedFiles(tmp_path, "1"), "genai-prices", "another", refuse)


def test_another_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    document = Document("litellm", path, derived=DerivedFiles(tmp_path / "derived", "1"))
    path.write_bytes(MAP)
    first, second = document.load(), document.load()
    path.write_bytes(MAP.replace(b"0.000001", b"0.000002"))
    other = document.load()
    found = [each.listing("acme", "rocket") for each in (first, second, other)]
    assert [str(each.prices[0].amount) for each in found if each is not None] == [
        "0.000001", "0.000001", "0.000002",
    ]  # fmt: skip
