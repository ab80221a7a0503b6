"""How cost grows with the number of listings: each size in a process of its own, and the power that fits.

    python bench/growth.py [--sizes 1000,5000,18000,50000,100000]

Processor seconds, medians; memory is what the process grew by, without the garbage of making the catalogs.
"""

import argparse
import gc
import json
import math
import random
import subprocess
import sys
from itertools import count
from pathlib import Path
from statistics import linear_regression

from catalogs import made
from query import filters, searches
from rebuild import SMALL, UNMATCHED, forgotten, written
from rows import interleaved

from modelatlas.domain.index.columns import KeptColumns
from modelatlas.domain.index.index import Index
from modelatlas.domain.query import ModelQuery
from modelatlas.views.parts import Parts
from modelatlas.views.rows import EncodedListings
from modelatlas.web.blocks import Blocks
from modelatlas.web.memory import give_back

SIZES = "1000,5000,18000,50000,100000"
ROUNDS = 5
FOR_ALL = 1_000_000
"""Listings that the fit is carried on to."""


def resident() -> float:
    """Return the MB of memory that this process has."""
    gc.collect()
    give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def measured(size: int) -> dict[str, float]:
    """Measure one size."""
    before = resident()
    of, changed = made(size), made(size, changed=SMALL)
    kept, blocks, chance = EncodedListings(lambda _: UNMATCHED), Blocks(), random.Random(2)
    whole = written(of, kept, blocks)
    index = Index(of, lambda _: UNMATCHED, KeptColumns().of)
    parts, numbers, asked, words = (
        Parts(index, kept, simulated=False),
        count(),
        filters(chance),
        searches(chance),
    )
    index.page(next(asked)[0])
    index.page(ModelQuery(q=next(words), limit=50))
    grown = resident() - before
    turn = count()

    def rebuilt() -> None:
        written((changed, of)[next(turn) % 2], kept, blocks)

    work = [
        lambda: parts.written(ModelQuery(limit=50, offset=next(numbers) % (size - 50))),
        lambda: index.page(next(asked)[0]),
        lambda: index.page(ModelQuery(q=next(words), limit=50)),
    ]
    page, filtered, searched = interleaved(work, ROUNDS, 100)
    one, full, collected = interleaved(
        [
            lambda: forgotten(kept, rebuilt),
            lambda: written(of, EncodedListings(lambda _: UNMATCHED), Blocks()),
            gc.collect,
        ],
        ROUNDS,
    )
    return {
        "page of 50, us": page * 1e6,
        "filter, order and total, us": filtered * 1e6,
        "search, us": searched * 1e6,
        "new bytes, the eleventh provider changed, ms": one * 1e3,
        "full rebuild, ms": full * 1e3,
        "full pass of the collector, nothing frozen, ms": collected * 1e3,
        "whole catalog, gzip, MB": len(whole) / 2**20,
        "memory, both catalogs, rows and index, MB": grown,
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--one", type=int)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one)))
        return
    sizes = list(map(int, asked.sizes.split(",")))
    found = []
    for size in sizes:
        told = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], stdout=subprocess.PIPE, check=True
        )
        found.append(json.loads(told.stdout))
    print(f"| | {' | '.join(f'{size:,}' for size in sizes)} | grows as n to the | at {FOR_ALL:,} |")
    print("|---" * (len(sizes) + 3) + "|")
    for name in found[0]:
        values = [each[name] for each in found]
        slope, start = linear_regression(
            [math.log(size) for size in sizes[-3:]], [math.log(max(value, 1e-9)) for value in values[-3:]]
        )
        later = math.exp(start) * FOR_ALL**slope
        print(f"| {name} | {' | '.join(f'{each:,.3g}' for each in values)} | {slope:.2f} | {later:,.3g} |")


if __name__ == "__main__":
    main()
