"""What is kept for long takes the memory of its length, whatever the writer's buffer was."""

import tracemalloc
from collections.abc import Callable

import pytest

from modelatlas.domain import codec
from modelatlas.domain.fitted import fitted
from modelatlas.fetching.packing import packed
from modelatlas.views.models import listing_json
from tests.builders import listing

SOME_OBJECTS = 500
"""Bytes of what belongs to a value besides its content."""
ALIKE = b'{"id": "acme/rocket"}, ' * 20_000


@pytest.mark.parametrize(
    "made",
    [
        lambda: packed({"models": [ALIKE]}),
        lambda: codec.compressed(ALIKE),
        lambda: listing_json(listing(name="n" * 5_000), "provider"),
    ],
    ids=["payload", "body", "row"],
)
def test_kept_bytes_take_the_memory_of_their_length(made: Callable[[], bytes]) -> None:
    made()  # what is made at the first use only
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = made()
        assert tracemalloc.get_traced_memory()[0] - before <= len(kept) + SOME_OBJECTS
    finally:
        tracemalloc.stop()


def test_bytes_stay_what_they_are() -> None:
    assert fitted(b"") == b""
    assert fitted(ALIKE) == ALIKE
