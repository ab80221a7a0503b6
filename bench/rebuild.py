"""What a new list costs: new bytes of the whole catalog when one small provider changed, beside all anew.

python bench/rebuild.py [--json] [--rounds 5] [--listings 18000]
"""

import gc
from collections.abc import Iterator
from time import perf_counter

from catalogs import made
from rows import Row, interleaved, options, show

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Match
from modelatlas.domain.query import ModelQuery
from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.models_answer import models_json
from modelatlas.views.rows import EncodedListings
from modelatlas.web.blocks import Blocks

UNMATCHED: dict[str, Match] = {}
SMALL = 10
"""The provider that changes: the eleventh by its number of listings."""


def _matched(_: Snapshot) -> dict[str, Match]:
    return UNMATCHED  # one value, as the matches of a list that did not change are


def rows(count: int, rounds: int) -> Iterator[Row]:
    """Measure one size."""
    before, after = made(count), made(count, changed=SMALL)
    kept, blocks = EncodedListings(_matched), Blocks()
    turn = [0]

    def full() -> None:
        written(before, EncodedListings(_matched), Blocks())

    def one_changed() -> None:
        turn[0] += 1
        part = (after, before)[turn[0] % 2]
        written(part, kept, blocks)

    written(before, kept, blocks)
    for part in (before, after):  # two versions are kept; here neither may be found made
        kept.of(part.snapshots[f"p{SMALL:02d}"])
    whole, one = interleaved([full, lambda: forgotten(kept, one_changed)], rounds)
    few = len(before.snapshots[f"p{SMALL:02d}"].listings)
    yield Row(
        f"{few:,} of {count:,} listings are others: new bytes", one / whole, "x full rebuild", 0.1, True,
        detail=f"{one * 1e3:.1f} ms beside {whole * 1e3:.0f} ms, gzip",
    )  # fmt: skip


def forgotten(kept: EncodedListings, work: object) -> None:
    """Do some work with the changed provider's rows not made yet."""
    kept._parts._kept.pop(f"p{SMALL:02d}", None)
    work()  # type: ignore[operator]


def written(of: Catalog, rows_of: EncodedListings, blocks: Blocks) -> bytes:
    """Write the whole catalog as gzip."""
    return blocks.written(models_json(of, ModelQuery(), rows_of), "gzip")


def pause(count: int) -> Row:
    """Time a pass of the garbage collector over what a catalog of that size adds to a frozen process."""
    gc.collect()
    gc.freeze()
    of = made(count)
    kept, blocks = EncodedListings(_matched), Blocks()
    written(of, kept, blocks)
    begun = perf_counter()
    gc.collect()
    return Row(
        f"full pass of the collector, {count:,} new listings", (perf_counter() - begun) * 1e3, "ms", 5, True
    )


def main() -> None:
    """Print the rows."""
    asked = options(rounds=5, listings=18_000)
    show(rows(asked.listings, asked.rounds))
    show([pause(asked.listings)])


if __name__ == "__main__":
    main()
