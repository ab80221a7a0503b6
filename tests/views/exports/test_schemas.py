"""Every export has the shape that its readers publish, and the peers' own documents have it too."""

import gzip
import importlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.price import Condition, Factor, PromptOver, usd
from modelatlas.references.genai_prices import read_providers
from modelatlas.references.litellm import read as read_map
from modelatlas.views.exports.format import sources_of
from modelatlas.views.exports.formats import FORMATS
from modelatlas.views.exports.openai import model_of
from modelatlas.views.exports.openrouter import endpoints, items_of
from tests.builders import NOON, listing
from tests.views.exports.made import FREE, PEAK_AND_NIGHT, VARYING, catalog_of, sources, unpriced, when
from tests.views.exports.schemas import OPENAI, OPENROUTER, SCHEMAS, Schema
from tests.web.builders import ACME

TOKENS = (usd("input_token", "0.000001"), usd("output_token", "0.000004"))
WORLD = (
    listing(
        "lab/Rocket-2-70B",
        name="Rocket 2",
        lab="lab",
        mode="chat",
        status="deprecated",
        context_tokens=128_000,
        max_output_tokens=8_192,
        input_modalities=("audio", "file", "image", "text"),
        output_modalities=("text",),
        supported_parameters=("reasoning", "structured_outputs", "temperature", "tools"),
        released="2026-01",
        knowledge_cutoff="2025-06",
        retires_at="2027-01-31T12:00:00Z",
        repository="lab/Rocket-2-70B",
        aliases=("rocket-latest",),
        prices=(
            *TOKENS,
            usd("cache_read_token", "0.0000001"),
            usd("web_search", "0.01", per="search"),
            when(TOKENS[0], 1, prompt_over=PromptOver(200_000)),
            when(TOKENS[0], 2, tier="batch"),
        ),
        factors=(Factor(Decimal("1.1"), when=Condition(region="eu")),),
    ),
    listing("free:free", prices=FREE, mode="chat"),
    listing("auto", prices=VARYING),
    listing("night@1", prices=PEAK_AND_NIGHT, mode="chat"),
    listing("@cf/a/b.c", prices=(when(TOKENS[0], weekdays=(6, 7)), TOKENS[1]), mode="embedding"),
    listing("speech", name="Speech " * 20, mode="audio", prices=(usd("input_character", "0.00001"),)),
    unpriced(),
)


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_export_has_the_shape_that_its_readers_know(name: str) -> None:
    export = FORMATS[name].export(sources(*WORLD, matched=Matches().of, providers=[ACME]))
    assert export.entries
    assert not faults(SCHEMAS[name], json.loads(export.content))


@pytest.mark.parametrize("name", SCHEMAS)
def test_thousands_of_listings_have_it(name: str) -> None:
    reference = read_providers(importlib.import_module("genai_prices.data").providers, "1")
    assert not faults(SCHEMAS[name], exported(name, catalog(reference.snapshots(NOON))))


@pytest.mark.parametrize("name", SCHEMAS)
def test_litellms_own_models_have_it_in_every_format(name: str, shared: Path) -> None:
    newest = max((shared / "data" / "litellm").glob("*.json.gz"))
    reference = read_map(gzip.decompress(newest.read_bytes()), "1")
    assert not faults(SCHEMAS[name], exported(name, catalog(reference.snapshots(NOON))))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("genai-prices", "data/genai-prices/2026-08-21_47df840a_v2_data.json.gz"),
        ("litellm", "data/litellm/2026-11-23_1.109.1.json.gz"),
        ("openrouter", "payloads/openrouter.json"),
    ],
)
def test_what_a_schema_demands_is_true_of_the_peers_own_document(name: str, place: str, shared: Path) -> None:
    content = (shared / place).read_bytes()
    theirs = json.loads(gzip.decompress(content) if place.endswith(".gz") else content)
    if name == "litellm":
        theirs = {
            key: {field: value for field, value in entry.items() if value is not None}
            for key, entry in theirs.items()
            if "litellm_provider" in entry and key != "sample_spec"
        }
    schema = SCHEMAS[name]
    if name == "openrouter":
        schema, theirs = schema["properties"]["data"], theirs["data"]
    assert len(theirs) > 20
    assert not faults(lenient(schema), theirs)


def test_one_model_has_the_shape_of_those_in_the_list() -> None:
    (source,) = sources(WORLD[0], matched=Matches().of)
    one = OPENAI["properties"]["data"]["items"]
    assert not faults(one, json.loads(json.dumps(model_of(source.offers[0]))))
    (item,) = items_of([source])
    found = endpoints(item)["data"]
    pricing = OPENROUTER["properties"]["data"]["items"]["properties"]["pricing"]
    assert not [fault for each in found["endpoints"] for fault in faults(pricing, each["pricing"])]


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("litellm", lambda found: first(found).update(input_cost_per_token="1e-6")),
        ("litellm", lambda found: first(found).update(input_cost_per_tokens=1)),
        ("litellm", lambda found: first(found).pop("litellm_provider")),
        ("models.dev", lambda found: first(first(found)["models"])["cost"].pop("output")),
        ("models.dev", lambda found: first(first(found)["models"]).update(release_date="soon")),
        ("genai-prices", lambda found: found[0]["models"][0].update(match={"equals": "a", "regex": "b"})),
        ("genai-prices", lambda found: found[0]["models"][0].update(prices={"input_mtok": "1"})),
        ("openrouter", lambda found: found["data"][0]["pricing"].update(prompt=0.1)),
        ("openrouter", lambda found: found["data"][0]["pricing"].update(prompt="1e-7")),
        ("openrouter", lambda found: found["data"][0].update(context_length=None)),
        ("openai", lambda found: found["data"][0].update(created="now")),
        ("llm-prices", lambda found: found["prices"][0].update(input=None)),
        ("catwalk", lambda found: found[0]["models"][0].pop("cost_per_1m_in_cached")),
    ],
)
def test_another_shape_is_seen(name: str, spoil: Callable[[Any], object]) -> None:
    found = exported(name, catalog_of(*WORLD))
    assert not faults(SCHEMAS[name], found)
    spoil(found)
    assert faults(SCHEMAS[name], found)


def exported(name: str, of: Catalog) -> Any:
    return json.loads(FORMATS[name].export(sources_of(of, Matches().of, {})).content)


def faults(schema: Schema, document: Any) -> list[str]:
    found = (
        f"{each.instance_path}: {each.message[-200:]}" for each in validator_for(schema).iter_errors(document)
    )
    return [fault for _, fault in zip(range(10), found, strict=False)]


def lenient(schema: Any) -> Any:
    """Return a schema that lets members through that it does not name."""
    if isinstance(schema, list):
        return [lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = schema.get("additionalProperties") is False
    return {
        key: lenient(each) for key, each in schema.items() if not (closed and key == "additionalProperties")
    }


def first(found: dict[str, Any]) -> Any:
    return next(iter(found.values()))
