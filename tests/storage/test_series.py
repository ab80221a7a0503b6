"""Long series that nobody wrote by hand, replayed: what the store says equals a count of the raw files."""

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.recount import lists, steps
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import Store
from tests.storage.test_replay import START, check, entry, replayed

LISTS = 60
AMOUNTS = (
    "0",
    "0.0",
    "1e-6",
    "0.000001",
    "0.0000010",
    "0.00000100000000000000000000000001",
    "2E-6",
    "1E+2",
    "00.1",
    "123456789.123456789",
    "-1",
    None,
)
"""Free, one amount written thrice, one that differs in the 30th digit, others, varying, unknown."""
IDS = (
    *("a", "A", "é", "e\u0301", "x/y:free", "x%2Fy", "~o", "🦙", "z" * 300),
    *("1", "true", "null", "a'b\"c", "../a", "a?b#c"),
)
"""No two are one model, however alike they look."""
ODD: tuple[Any, ...] = ({}, {"id": ""}, {"id": 7}, "a text", None, {"id": None, "pricing": {"prompt": "1"}})
"""What no listing can be read from."""


@pytest.mark.parametrize("seed", range(2))
def test_a_long_series_is_counted_as_by_hand(store: Store, seed: int) -> None:  # F8, F10, F13, F14, F15, F28
    dated = list(series(Random(seed)))
    found = list(steps(lists([payload for _, payload in dated])))
    for kind in ("new", "gone", "back", "repriced"):
        assert sum(len(getattr(step, kind)) for step in found) >= 15, kind
    check(replayed(store, dated), dated)
    check_rows(store, "openrouter")
    check_chains(store, "openrouter")


def series(random: Random) -> Iterator[tuple[Any, bytes]]:
    """Make dated lists: some two of one day, some equal to the one before, some in another order."""
    at = START
    listed: dict[str, Any] = {}
    for number in range(1, LISTS + 1):
        at += random.choice([timedelta(minutes=20), timedelta(days=1), timedelta(days=30)])
        if number % 7:  # else the same again
            listed = changed(listed, random)
        entries = [made for id_, pricing in listed.items() for made in written(id_, pricing, random)]
        random.shuffle(entries)
        yield at, json.dumps({"data": [*random.sample(ODD, random.randint(0, 2)), *entries]}).encode()


def changed(listed: dict[str, Any], random: Random) -> dict[str, Any]:
    """Let some vanish, come, and cost something else."""
    after = {id_: pricing for id_, pricing in listed.items() if random.random() > 0.15}
    for _ in range(4):
        id_ = random.choice(IDS)
        after[id_] = {key: random.choice(AMOUNTS) for key in ("prompt", "completion", "input_cache_read")}
    return after


def written(id_: str, pricing: dict[str, Any], random: Random) -> list[dict[str, Any]]:
    """Write an entry, or an older one of the same id beside it."""
    entries = [entry(id_, created=5, **pricing)]
    if random.random() < 0.1:
        entries.append(entry(id_, created=random.randint(1, 4), prompt="9"))
    return entries
