"""References come from a package, a file or a URL; a broken one is told with the next step."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modelatlas.domain.errors import Misconfigured, Unavailable, Unreadable
from modelatlas.references import sources as module
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.sources import Document, sources

MAP = json.dumps({"rocket": {"litellm_provider": "acme", "input_cost_per_token": 1}}).encode()


def test_each_word_names_a_reference(tmp_path: Path) -> None:
    package, file, url = sources(
        ["genai-prices", "litellm = /tmp/map.json", "models.dev=https://models.dev/api.json"], tmp_path
    )
    assert isinstance(package, GenaiPrices)
    assert file == Document("litellm", Path("/tmp/map.json"))
    assert url == Document("models.dev", tmp_path / "models.dev.json", "https://models.dev/api.json")


@pytest.mark.parametrize(
    "word",
    ["litellm", "litelm=/x", "genai-prices=/x", "litellm=http://acme.example/map.json", "litellm=ftp://acme"],
)
def test_another_word_is_refused(word: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"PRICE_REFERENCES: .* expected genai-prices, litellm=PATH"):
        sources([word], tmp_path)


def test_a_reference_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="names litellm twice"):
        sources(["litellm=a", "litellm=b"], tmp_path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_document_has_a_version_of_its_content_packed_or_not(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "map"
    path.write_bytes(pack(MAP))
    catalog = Document("litellm", path).load()
    assert catalog.version == Document("litellm", path).read(MAP).version
    assert catalog.listing("acme", "rocket") is not None


def test_a_file_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="check PRICE_REFERENCES"):
        Document("litellm", tmp_path / "none").load()
    with pytest.raises(Unavailable, match="has not answered yet"):
        Document("litellm", tmp_path / "none", "https://acme.example/map.json").load()


def test_a_document_that_is_cut_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document("litellm", tmp_path)
    with pytest.raises(Unreadable, match="cut short"):
        document.read(gzip.compress(MAP)[:-4])
    with pytest.raises(Unreadable, match="expected gzip or JSON"):
        document.read(b"\x1f\x8b" + b"x" * 20)
    monkeypatch.setattr(module, "LARGEST", 10)
    with pytest.raises(Unreadable, match="at most 10 bytes"):
        document.read(gzip.compress(MAP))
