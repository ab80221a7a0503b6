"""What references call providers: no word leads elsewhere than where its prices are filed."""

import gzip
import json
from pathlib import Path

import pytest

from modelatlas.providers.registry import declared, words
from modelatlas.references import litellm, models_dev
from modelatlas.references.catalog import ReferenceCatalog
from modelatlas.references.genai_prices import GenaiPrices

SAME = {
    "voyage": "voyageai",
    "bigmodel": "zhipuai",
    "friendliai": "friendli",
    "meta_llama": "llama",
    "snowflake": "snowflake-cortex",
    "opencode_go": "opencode-go",
    "gmi": "gmicloud",
}
"""LiteLLM's word -> that of genai-prices or models.dev for the same provider, which we do not declare."""


@pytest.fixture(scope="module")
def references(shared: Path) -> list[ReferenceCatalog]:
    newest = [max((shared / "data" / name).glob("2*.json.gz")) for name in ("litellm", "models.dev")]
    map_, catalog = (gzip.decompress(path.read_bytes()) for path in newest)
    return [GenaiPrices().load(), litellm.read(map_, "1"), models_dev.read(catalog, "1")]


def test_no_alias_of_ours_hides_the_prices_of_a_reference(references: list[ReferenceCatalog]) -> None:
    """A word that leads to one of ours must not be the name under which others are filed."""
    ours = words(declared().values())
    for reference in references:
        filed = {**{slug: slug for slug in reference.parts}, **reference.names}
        hidden = {word: ours[word] for word, slug in filed.items() if ours.get(word, slug) != slug}
        assert hidden == {}, reference.name


def test_references_call_a_provider_that_we_do_not_declare_alike(references: list[ReferenceCatalog]) -> None:
    """Else two of them would never agree on it."""
    genai, map_, catalog = references
    for word, name in SAME.items():
        assert map_.slug_of(word) == name
        assert name in map_.parts
        assert name in genai.parts or name in catalog.parts


def test_the_second_list_of_a_provider_adds_to_the_first() -> None:
    first = {"models": {"gemini": {"cost": {"input": 1}}, "claude": {"cost": {"input": 2}}}}
    second = {"models": {"claude": {"cost": {"input": 3}}, "claude@1": {"cost": {"input": 4}}}}
    document = {"google-vertex-anthropic": second, "google-vertex": first}
    read = models_dev.read(json.dumps(document).encode(), "1")
    (part,) = read.parts.values()
    assert [(entry.listing.id, str(entry.listing.prices[0].amount)) for entry in part.entries] == [
        ("gemini", "1"),
        ("claude", "2"),
        ("claude@1", "4"),
    ]
    assert [each.id for each in part.duplicates] == ["claude"]
    assert read.slug_of("google-vertex-anthropic") == "google-vertex"
