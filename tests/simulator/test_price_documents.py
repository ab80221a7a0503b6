"""Simulated price documents are as declared, in their layout and pages, and price the models beside them."""

from collections import Counter
from decimal import Decimal
from math import ceil
from pathlib import Path

import httpx2
import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, per_single_unit
from modelatlas.domain.snapshot import Rejected
from modelatlas.domain.units import UNITS
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.providers import aws_price_list
from modelatlas.providers.contract import ByIds, ModelList, NextUrl, OnePage, Provider
from modelatlas.providers.payload import decode, rows_of, written
from modelatlas.providers.registry import declared
from modelatlas.simulator.app import simulator
from modelatlas.simulator.paging import DEFAULT_SIZE
from modelatlas.simulator.price_documents import keyed
from modelatlas.simulator.world import Stock, generated, recorded
from tests.builders import FakeClock
from tests.simulator.client import ask, calls, payloads, snapshot_of

PRICED = [
    pytest.param(provider, id=slug)
    for slug, provider in declared().items()
    if any(of.rows is not None for of in provider.lists)
]


def priced_by(expected: Listing | Rejected) -> tuple[Rule, ...]:
    return expected.prices if isinstance(expected, Listing) else ()


def documents(provider: Provider) -> list[ModelList]:
    return [of for of in provider.lists if of.rows is not None]


@pytest.mark.parametrize("provider", PRICED)
async def test_most_models_are_priced_and_no_row_is_left_over(provider: Provider) -> None:
    async with calls(generated("real")) as client:
        read = await snapshot_of(client, provider)
    priced = [each for each in read.listings if each.prices]
    assert len(priced) > len(read.listings) * 0.6
    assert not read.unread
    units = Counter(rule.unit for each in priced for rule in each.prices)
    documented = {rule.unit for of in documents(provider) for _, to in of.examples for rule in priced_by(to)}
    assert documented <= units.keys()
    for rule in (rule for each in priced for rule in each.prices):
        assert rule.amount is not None
        most = Decimal("0.01") if UNITS[rule.unit] == "token" else Decimal(1)
        assert Decimal("1E-10") < per_single_unit(rule.amount, rule.per) < most


@pytest.mark.parametrize("provider", PRICED)
async def test_documents_come_in_the_declared_pages(provider: Provider) -> None:
    async with calls(generated("seed")) as client:
        received = await payloads(client, provider, sized=False)
    for of in documents(provider):
        rows = [row for page in received[of.name] for row in rows_of(of, decode(page))]
        keys = [row[of.rows.key] if of.rows and of.rows.key else written(row) for row in rows]
        assert rows
        assert len(set(keys)) == len(keys), "each row has a key of its own"
        if not isinstance(of.paging, ByIds):  # those are as many as there are ids
            size = {OnePage: len(rows), NextUrl: 1_000}.get(type(of.paging), DEFAULT_SIZE)
            assert len(received[of.name]) == ceil(len(rows) / size)


@pytest.mark.parametrize("provider", PRICED)
def test_a_price_that_changes_changes_its_rows_and_no_others(provider: Provider) -> None:
    stock = Stock(provider, 7, 40)
    for of in documents(provider):
        known = next(index for index in range(40) if stock.generator.entries(of, {index: 0}))
        before = stock.generator.entries(of, dict.fromkeys(range(40), 0))
        after = stock.generator.entries(of, {**dict.fromkeys(range(40), 0), known: 1})
        changed = [one for one, other in zip(before, after, strict=True) if one != other]
        assert len(changed) == len(stock.generator.entries(of, {known: 0})) <= len(of.examples)


def test_a_key_keeps_its_form_and_is_another_for_every_number() -> None:
    key = "6f1c0000-0000-4000-8000-000000000001"
    made = {keyed(key, index) for index in range(1_000)}
    assert len(made) == 1_000
    assert all([len(part) for part in each.split("-")] == [8, 4, 4, 4, 12] for each in made)


async def test_a_recorded_offer_is_served_as_it_was_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    rows = [row for row, _ in aws_price_list.BEDROCK.examples]
    whole = msgspec.json.encode(aws_price_list.fold(rows))
    provider = declared()["amazon-bedrock"]
    models = [entry for entry, expected in provider.lists[0].examples if isinstance(expected, Listing)]
    (tmp_path / "amazon-bedrock.prices.json").write_bytes(whole)
    (tmp_path / "amazon-bedrock.json").write_bytes(msgspec.json.encode({"modelSummaries": models}))
    (tmp_path / "amazon-bedrock.service-prices.json").write_bytes(b'{"message": "moved"}')
    world = recorded(tmp_path)
    assert world.recordings is not None
    assert set(world.recordings.left_out) == {"amazon-bedrock.service-prices.json"}
    async with calls(world) as client:
        assert (await ask(client, provider, aws_price_list.BEDROCK)).content == whole
        empty = await ask(client, provider, aws_price_list.SERVICE)
        assert rows_of(aws_price_list.SERVICE, decode(empty.content)) == []
        read = await snapshot_of(client, provider)
    assert len([rule for each in read.listings for rule in each.prices]) == len(rows)


WAYS: list[tuple[str, dict[str, str], str]] = [
    ("amazon-bedrock", {"AWS_BEARER_TOKEN_BEDROCK": "real-0123456789"}, ""),
    ("amazon-bedrock", {"AWS_ACCESS_KEY_ID": "AKIDREAL", "AWS_SECRET_ACCESS_KEY": "real-0123456789"}, ""),
    ("google-vertex", {"GOOGLE_VERTEX_ACCESS_TOKEN": "real-0123456789"}, "GOOGLE_CLOUD_API_KEY"),
    ("google-vertex", {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json"}, ""),
    ("google-ai-studio", {"GEMINI_API_KEY": "real-0123456789"}, "GOOGLE_CLOUD_API_KEY"),
    ("google-ai-studio", {"GEMINI_API_KEY": "real-0123456789", "GOOGLE_CLOUD_API_KEY": "other"}, ""),
    (
        "azure-openai",
        {"AZURE_API_KEY": "real-0123456789", "AZURE_RESOURCE_NAME": "mine"},
        "AZURE_MANAGEMENT_TOKEN",
    ),
    (
        "azure-openai",
        {
            "AZURE_API_KEY": "real-0123456789",
            "AZURE_RESOURCE_NAME": "mine",
            "AZURE_MANAGEMENT_TOKEN": "real-token",
            "AZURE_SUBSCRIPTION_ID": "my-plan",
            "AZURE_LOCATION": "my-region",
        },
        "",
    ),
]


@pytest.mark.parametrize(("slug", "keys", "missing"), WAYS)
async def test_each_way_in_is_asked_by_the_program_and_only_demo_is_sent(
    slug: str, keys: dict[str, str], missing: str
) -> None:
    """What the operator set decides which lists are asked; none of it reaches the simulator."""
    asked: list[str] = []

    async def heard(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(repr((scope["path"], scope["query_string"], scope["headers"])))
        await app(scope, receive, send)

    provider = declared()[slug]
    app = simulator(generated("real"))
    fetcher = HttpFetcher(
        {slug: provider},
        keys,
        FakeClock(),
        via="http://127.0.0.1:9",
        transport=httpx2.ASGITransport(app=heard),
    )
    fetched = await fetcher.fetch(slug)
    assert fetched.outcome.kind == "ok", fetched.outcome.detail
    assert fetched.snapshot is not None
    assert any(each.prices for each in fetched.snapshot.listings) == (not missing)
    assert missing in fetched.outcome.detail
    assert bool(fetched.outcome.detail) == bool(missing)
    assert not [call for call in asked if any(value in call for value in keys.values())]
