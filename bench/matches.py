"""How long the matches of a whole catalog take, and those of one provider's next list, beside `json.loads`.

Listings are those of the recordings in `../shared/payloads`, which must lie beside the checkout. All is timed
in this run, interleaved; only the ratios are worth quoting. The next list is the largest provider's with one
listing renamed.
"""

import json
import statistics
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

import msgspec
from identity import forget, listings
from rows import seconds

from modelatlas.domain.catalog import catalog
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.identity.models import models_of
from modelatlas.domain.snapshot import Snapshot, snapshot

ROUNDS = 5


def main() -> None:
    """Print the times and their ratios."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    everything = listings()
    encoder = msgspec.json.Encoder(decimal_format="string")
    lines = [encoder.encode(each).decode() for each in everything]
    ordered = sorted(everything, key=lambda each: each.provider)
    parts = [snapshot(slug, now, some) for slug, some in groupby(ordered, key=lambda each: each.provider)]
    whole = catalog(parts)
    largest = max(parts, key=lambda part: len(part.listings))
    renamed = msgspec.structs.replace(largest.listings[0], name="another name")
    following = snapshot(largest.provider, now, [renamed, *largest.listings[1:]])
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        forget()
        matches = Matches()
        for name, work in (
            ("json.loads", partial(_loads, lines)),
            ("all matched", partial(_match, matches, parts)),
            ("grouped by model", partial(models_of, whole, matches.of)),
            (f"next list of {largest.provider} ({len(largest.listings):,})", partial(matches.of, following)),
        ):
            times.setdefault(name, []).append(seconds(work))
    loads = statistics.median(times["json.loads"])
    print(
        f"{len(everything):,} listings, {len(parts)} providers, {len(models_of(whole, matches.of)):,} models"
    )
    for name, some in times.items():
        took = statistics.median(some)
        print(f"{name:<32}{took * 1e3:>8.0f} ms {took / loads:>7.2f} x")


def _loads(lines: list[str]) -> None:
    for line in lines:
        json.loads(line)


def _match(matches: Matches, parts: list[Snapshot]) -> None:
    for part in parts:
        matches.of(part)


if __name__ == "__main__":
    main()
