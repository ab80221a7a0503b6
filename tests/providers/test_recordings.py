"""Real answers read without surprise, and each price is the recorded number, worked out here once more."""

import gzip
import importlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Rule, usd_per_unit
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from tests.builders import NOON

COUNTS = {
    "alibaba.documented": (4, 0, 0, 9),
    "anthropic": (11, 0, 0, 0),
    "anthropic.2025-11-03": (9, 0, 0, 0),
    "anthropic.2026-01-09": (9, 0, 0, 0),
    "anthropic.2026-02-19": (10, 0, 0, 0),
    "cerebras": (2, 0, 0, 0),
    "deepinfra": (142, 0, 0, 0),
    "featherless": (15_695, 0, 3, 0),
    "groq": (20, 0, 0, 0),
    "huggingface.documented": (5, 0, 0, 0),
    "mistral": (55, 0, 0, 0),
    "mistral.2025-11-03": (66, 0, 2, 0),
    "mistral.2026-01-09": (64, 0, 2, 0),
    "openrouter": (421, 0, 0, 0),
    "openrouter.2025-05": (321, 0, 0, 0),
    "openrouter.2026-01-16": (339, 0, 0, 0),
    "perplexity": (39, 0, 0, 0),
    "together": (2, 0, 0, 0),
}
"""Recording -> listings, rejected, duplicates, values that were not read."""

HERE = Path(__file__).parent

OTHER_SHAPES = {
    "huggingface.catwalk-derived": "another project's words",
    "huggingface.hub-api.documented": "one entry of the list hub, which `test_later_lists` reads",
    "openrouter.price-history": "made of many recordings",
    "together.documented": "two answers in one file; `test_later_lists` reads the second",
}
"""Files that are named after a provider and are no answer of the declared list."""

TOKEN, MILLION = Decimal(1), Decimal(1_000_000)

OPENROUTER = {
    "pricing.prompt": ("input_token", TOKEN),
    "pricing.completion": ("output_token", TOKEN),
    "pricing.request": ("request", TOKEN),
    "pricing.audio": ("input_audio_token", TOKEN),
    "pricing.audio_output": ("output_audio_token", TOKEN),
    "pricing.input_audio_cache": ("cache_read_audio_token", TOKEN),
    "pricing.image_output": ("output_image_token", TOKEN),
    "pricing.input_cache_read": ("cache_read_token", TOKEN),
    "pricing.input_cache_write": ("cache_write_token", TOKEN),
    "pricing.input_cache_write_1h": ("cache_write_1h_token", TOKEN),
    "pricing.internal_reasoning": ("reasoning_token", TOKEN),
    "pricing.web_search": ("web_search", TOKEN),
}
PRICES: dict[str, dict[str, tuple[str, Decimal]]] = {
    "openrouter": {**OPENROUTER, "pricing.image": ("input_image_token", TOKEN)},
    "openrouter.2025-05": {**OPENROUTER, "pricing.image": ("input_image", TOKEN)},
    "openrouter.2026-01-16": {**OPENROUTER, "pricing.image": ("input_image", TOKEN)},
    "deepinfra": {
        "metadata.pricing.input_tokens": ("input_token", MILLION),
        "metadata.pricing.output_tokens": ("output_token", MILLION),
        "metadata.pricing.cache_read_tokens": ("cache_read_token", MILLION),
    },
    "cerebras": {"pricing.prompt": ("input_token", TOKEN), "pricing.completion": ("output_token", TOKEN)},
    "perplexity": {
        "pricing.input": ("input_token", MILLION),
        "pricing.output": ("output_token", MILLION),
        "pricing.cache_read": ("cache_read_token", MILLION),
        "pricing.cache_write": ("cache_write_token", MILLION),
    },
    "together": {"pricing.input": ("input_token", MILLION), "pricing.output": ("output_token", MILLION)},
    "huggingface.documented": {
        "pricing.input": ("input_token", MILLION),
        "pricing.output": ("output_token", MILLION),
    },
}
"""Recording -> where it says what of one unit costs, and for how many units; the others have no prices."""

FREE_AT_ZERO = {"openrouter": {"input_token", "output_token", "cache_read_token", "cache_write_token"}}
"""Where the provider says that a zero is free; elsewhere it says nothing."""


@pytest.mark.parametrize("name", COUNTS)
def test_a_recording_reads_without_surprise(name: str, shared: Path) -> None:
    read = snapshot_of(name, shared)
    counts = len(read.listings), len(read.rejected), len(read.duplicates), len(read.unread)
    assert counts == COUNTS[name]
    assert not read.surprises


@pytest.mark.parametrize("name", COUNTS)
def test_each_price_is_the_recorded_number(name: str, shared: Path) -> None:
    """F1, F7: each unit's amount in USD, from the text of the number by division alone."""
    expected = {id_: prices for id_, entry in entries_of(name, shared) if (prices := priced(name, entry))}
    read = {each.id: said(each) for each in snapshot_of(name, shared).listings if each.prices}
    assert read == expected
    assert bool(read) == (name in PRICES)


def test_every_file_named_after_a_provider_is_read_or_explained(shared: Path) -> None:
    files = {stem(path) for path in (shared / "payloads").iterdir() if stem(path).split(".")[0] in declared()}
    lists = {name for name in files if ".error-" not in name}
    told = {*COUNTS, *OTHER_SHAPES, *told_in_other_tables()}
    assert lists - told == set(), "say in COUNTS, or in a table recorded_*.py, what is in it"


def test_the_example_of_together_in_its_documentation_reads(shared: Path) -> None:
    models = json.loads((shared / "payloads" / "together.documented.json").read_text(encoding="utf-8"))[
        "models"
    ]
    read = read_snapshot(declared()["together"], {"models": [json.dumps(models).encode()]}, NOON)
    assert said(read.listings[0]) == {"input_token": Decimal("3E-7"), "output_token": Decimal("3E-7")}


def test_routers_have_a_varying_price(shared: Path) -> None:
    listings = snapshot_of("openrouter", shared).listings
    varying = {each.id for each in listings if {rule.state for rule in each.prices} == {"varying"}}
    assert varying == {
        f"openrouter/{name}" for name in ("auto", "auto-beta", "fusion", "pareto-code", "bodybuilder")
    }


def test_prices_under_conditions_are_rules(shared: Path) -> None:
    """F12: 54 entries with one override, 5 with two, 1 with four."""
    conditions = [
        {rule.when for rule in each.prices} - {ALWAYS} for each in snapshot_of("openrouter", shared).listings
    ]
    sizes = [len(each) for each in conditions if each]
    assert (sizes.count(1), sizes.count(2), sizes.count(4), len(sizes)) == (54, 5, 1, 60)


def test_binary_dust_is_kept_as_sent(shared: Path) -> None:
    """F7: nothing is rounded, in no direction."""
    (read,) = (
        each for each in snapshot_of("deepinfra", shared).listings if each.id == "ByteDance/Seed-2.0-mini"
    )
    assert said(read)["cache_read_token"] == Decimal("0.000000020000000000000004")


def test_a_subscription_is_not_free(shared: Path) -> None:
    """F8: no price is said, so none is known."""
    assert not [each for each in snapshot_of("featherless", shared).listings if each.prices]


def test_of_entries_with_one_id_the_newest_stays(shared: Path) -> None:
    read = snapshot_of("featherless", shared)
    created: dict[str, set[int]] = {duplicate.id: set() for duplicate in read.duplicates}
    for id_, entry in entries_of("featherless", shared):
        if id_ in created:
            created[id_].add(int(entry["created"]))
    newest = {id_: datetime.fromtimestamp(max(times), UTC).date() for id_, times in created.items()}
    assert {len(times) for times in created.values()} == {2}
    assert {each.id: each.released for each in read.listings if each.id in newest} == {
        id_: day.isoformat() for id_, day in newest.items()
    }


def test_aliases_of_one_model_share_their_canonical_id(shared: Path) -> None:
    listings = snapshot_of("mistral", shared).listings
    assert len({each.canonical_id for each in listings}) == 22


@pytest.mark.parametrize("slug", ["anthropic", "mistral"])
def test_an_error_is_no_list(slug: str, shared: Path) -> None:
    """F24, F27: an error is an error, never an empty list."""
    error = json.loads((shared / "payloads" / f"{slug}.error-bad-key.json").read_text(encoding="utf-8"))
    for document in (error, error["body"]):
        with pytest.raises(Unreadable, match="expected a list at 'data', got an object with the keys"):
            read_snapshot(declared()[slug], {"models": [json.dumps(document).encode()]}, NOON)


@pytest.mark.parametrize("name", ["openrouter", "deepinfra", "perplexity"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_truncated_recording_is_no_list(name: str, share: float, shared: Path) -> None:
    whole = payload_of(name, shared)
    with pytest.raises(Unreadable, match="expected JSON, got"):
        read_snapshot(declared()[name], {"models": [whole[: int(len(whole) * share)]]}, NOON)


def told_in_other_tables() -> set[str]:
    """Return the files that the tables beside this module read or explain."""
    tables = (importlib.import_module(f"tests.providers.{path.stem}") for path in HERE.glob("recorded_*.py"))
    return {file for table in tables for file in table.FILES}


def stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".json")


def payload_of(name: str, shared: Path) -> bytes:
    packed = shared / "payloads" / f"{name}.json.gz"
    if packed.is_file():
        return gzip.decompress(packed.read_bytes())
    return (shared / "payloads" / f"{name}.json").read_bytes()


def snapshot_of(name: str, shared: Path) -> Snapshot:
    provider = declared()[name.partition(".")[0]]
    return read_snapshot(provider, {provider.lists[0].name: [payload_of(name, shared)]}, NOON)


def entries_of(name: str, shared: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Go through a recording without any of our own reading: the id a caller writes, and the entry."""
    document = json.loads(payload_of(name, shared), parse_float=str, parse_int=str)
    rows = document if isinstance(document, list) else document.get("data") or document["output"]["models"]
    for row in rows:
        if name.startswith("huggingface"):
            yield from ((f"{row['id']}:{offer['provider']}", offer) for offer in row["providers"])
        else:
            yield row.get("id") or row["model"], row


def priced(name: str, entry: Mapping[str, Any]) -> dict[str, Decimal | None]:
    prices: dict[str, Decimal | None] = {}
    for path, (unit, singles) in PRICES.get(name, {}).items():
        value: Any = entry
        for key in path.split("."):
            value = (value or {}).get(key)
        if value is None:
            continue
        amount = Decimal(value)
        if amount == -1:
            prices[unit] = None
        elif amount != 0 or unit in FREE_AT_ZERO.get(name.partition(".")[0], ()):
            with localcontext(prec=100):
                prices[unit] = amount / singles
    return prices


def said(listing: Listing) -> dict[str, Decimal | None]:
    """Return a listing's USD for one single unit, by the prices that hold always; None where it varies.

    What holds under conditions is told by `test_conditional`.
    """
    always = [rule for rule in listing.prices if rule.when == ALWAYS]
    assert len({rule.unit for rule in always}) == len(always)
    return {rule.unit: amount_of(rule) for rule in always}


def amount_of(rule: Rule) -> Decimal | None:
    assert rule.currency == "USD"
    return usd_per_unit(rule)
