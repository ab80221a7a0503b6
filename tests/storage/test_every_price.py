"""Every price of every recording comes back as it was said: from each store, each view and each export."""

import json
import re
from collections import Counter, defaultdict
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select

from modelatlas.domain.catalog import catalog
from modelatlas.domain.codec import snapshot_bytes, snapshot_from
from modelatlas.domain.errors import Unreadable
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.money import plain
from modelatlas.domain.price import Rule, usd_per_unit
from modelatlas.domain.query import ModelQuery
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.providers.registry import declared
from modelatlas.storage.engine import reading
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.lists import SqlLists
from modelatlas.storage.tables import price_quotes
from modelatlas.views.exports.facts import facts_of
from modelatlas.views.exports.format import Format, source_of
from modelatlas.views.exports.formats import FORMATS
from modelatlas.views.exports.rates import rates_of
from modelatlas.views.models_answer import models_json
from modelatlas.views.price_history import price_history_answer
from modelatlas.views.rows import EncodedListings
from tests.builders import NOON
from tests.providers.test_recordings import snapshot_of
from tests.storage.stores import Store
from tests.storage.test_money import numbers_in

pytestmark = pytest.mark.usefixtures("trapped")


@pytest.fixture(scope="module")
def recordings(shared: Path) -> dict[str, Snapshot]:
    """The recordings that are an answer of a provider's first list and say prices, by name."""
    names = {path.name.partition(".json")[0] for path in (shared / "payloads").glob("*.json*")}
    found: dict[str, Snapshot] = {}
    for name in sorted(names):
        provider = declared().get(name.partition(".")[0])
        if provider is None or not provider.lists:
            continue
        with suppress(Unreadable):  # another list's answer, an error's, or another project's words
            part = snapshot_of(name, shared)
            if any(each.prices for each in part.listings):
                found[name] = part
    assert len(found) >= 16
    assert sum(len(rules_of(part)) for part in found.values()) > 3_500
    return found


def rules_of(part: Snapshot) -> list[Rule]:
    return [rule for each in part.listings for rule in each.prices]


def test_every_quoted_text_is_one_of_the_recording(recordings: dict[str, Snapshot], shared: Path) -> None:
    """What is kept as the quote stood there; the amount is its number in one power of ten for each path."""
    for name, part in recordings.items():
        path = shared / "payloads" / f"{name}.json"
        recorded = set(numbers_in(path))
        negative = set(re.findall(r"-[0-9.]+", path.read_text()))
        scales: dict[str, set[Decimal]] = defaultdict(set)
        for rule in rules_of(part):
            assert rule.raw in recorded | negative, (name, rule)
            if rule.amount:
                scales[rule.path].add(Decimal(rule.raw) / rule.amount)
        for where, found in scales.items():
            assert [each.normalize().as_tuple().digits for each in found] == [(1,)], (name, where, found)


def test_caches_give_every_list_back(recordings: dict[str, Snapshot]) -> None:
    """Redis and the store keep snapshots alike."""
    for part in recordings.values():
        kept = snapshot_bytes(part)
        assert snapshot_from(kept, fetched_at=part.fetched_at, content_since=part.content_since) == part


def test_tables_give_every_price_back(recordings: dict[str, Snapshot], store: Store) -> None:
    """As current, as quoted, and as history."""
    history = SqlHistory(store.engine)
    for name, recorded in recordings.items():
        part = renamed(recorded, name)
        store.sync(part)
        stored = SqlLists(store.engine).load({})[name].snapshot
        assert stored is not None
        assert stored.listings == part.listings
        for each in part.listings[::3]:
            then = history.prices_at(name, each.id, NOON, None)
            assert then is not None
            assert sorted(map(told, then.rules)) == sorted(map(told, each.prices))
    with reading(store.engine) as connection:
        quoted = connection.execute(select(price_quotes.c.raw, price_quotes.c.amount)).all()
    said = [rule for part in recordings.values() for rule in rules_of(part)]
    assert Counter(map(tuple, quoted)) == Counter((rule.raw, rule.amount) for rule in said)


def test_views_give_every_price_back(recordings: dict[str, Snapshot], store: Store) -> None:
    """In the list, and in the history of each listing, text for text."""
    history = SqlHistory(store.engine)
    for name, recorded in recordings.items():
        part = renamed(recorded, name)
        answer = models_json(catalog([part]), ModelQuery(), EncodedListings(Matches().of))
        shown_there = json.loads(answer.joined())["data"]
        for each, listing in zip(shown_there, part.listings, strict=True):
            assert each["id"] == listing.id
            assert list(map(read_off, each["prices"])) == list(map(shown, listing.prices))
        store.sync(part)
        for listing in part.listings[::3]:
            if listing.prices:
                found = history.of(name, listing.id)
                assert found is not None
                spells = msgspec.to_builtins(price_history_answer(found, None, None))["prices"]
                assert Counter(map(read_off, spells)) == Counter(map(shown, listing.prices))
                assert Counter(each["quote"]["raw"] for each in spells) == Counter(
                    rule.raw for rule in listing.prices
                )


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_exports_hold_every_price_or_say_that_they_do_not(
    recordings: dict[str, Snapshot], format_: Format
) -> None:
    """A rate is in its listing's entry, as a number for one, a thousand or a million, or is lost by name.

    Where a whole listing is lost, so it is said: with no unit.
    """
    held = lost = 0
    for part in recordings.values():
        facts = facts_of(part.provider, declared()[part.provider])
        for listing in part.listings:
            if not listing.prices:
                continue
            export = format_.export([source_of(structs.replace(part, listings=(listing,)), {}, facts)])
            numbers = set(map(Decimal, re.findall(r"[0-9]+(?:\.[0-9]+)?", export.content.decode())))
            named = {loss.what for loss in export.losses}
            for rate in rates_of(listing).rates:
                if {rate.usd, rate.usd * 1_000, rate.usd * 1_000_000} & numbers:
                    held += 1
                else:
                    assert named & {rate.unit, ""}, (listing.id, rate, export.losses)
                    lost += 1
    assert held + lost > 3_400
    assert held > 2_300 or format_.name == "models.dev-models"  # which holds listings of known models


def told(rule: Rule) -> tuple[str, ...]:
    amount = "" if rule.amount is None else plain(rule.amount)
    return (rule.unit, rule.state, amount, rule.currency, rule.per, repr(rule.when), str(rule.rank))


def shown(rule: Rule) -> tuple[str | None, ...]:
    usd = usd_per_unit(rule)
    billed = (None,) * 3 if rule.amount is None else (plain(rule.amount), rule.currency, rule.per)
    return (rule.unit, rule.state, None if usd is None else plain(usd), *billed)


def read_off(price: dict[str, Any]) -> tuple[str | None, ...]:
    billed = price["billed"] or {"amount": None, "currency": None, "per": None}
    return (price["unit"], price["state"], price["usd"], billed["amount"], billed["currency"], billed["per"])


def renamed(part: Snapshot, name: str) -> Snapshot:
    """A list under the name of its recording, so that several of one provider stand beside each other."""
    listings = [structs.replace(each, provider=name) for each in part.listings]
    return snapshot(name, part.fetched_at, listings)
