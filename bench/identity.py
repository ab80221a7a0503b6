"""How long it takes to say which models listings are, beside `json.loads` of the same listings.

Listings are those of the recordings in `../shared/payloads`, which must lie beside the checkout, up to 18,000
with the long tail of Featherless last. Both are timed in this run, interleaved; only the ratio is worth
quoting. The first round of `match` reads ids that it has not seen; `again` has seen them all.
"""

import json
import statistics
from datetime import UTC, datetime
from functools import partial

import msgspec
from reading import payloads
from rows import seconds

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.identity import match, reading, tokens
from modelatlas.domain.listing import Listing
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared

ROUNDS = 7
LISTINGS = 18_000


def listings() -> list[Listing]:
    """Return the recorded listings of all providers, no id twice."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found: list[Listing] = []
    for slug, payload in sorted(payloads().items(), key=lambda item: (item[0] == "featherless", item[0])):
        provider = declared()[slug]
        try:
            found += read_snapshot(provider, {provider.lists[0].name: [payload]}, now).listings
        except Unreadable as error:
            print(f"{slug} left out: {error}")
    return found[:LISTINGS]


def forget() -> None:
    """Forget every id that was read; the tables stay."""
    for memo in (reading.read_id, tokens.of_piece):
        memo.cache_clear()


def main() -> None:
    """Print the times and their ratios."""
    all_listings = listings()
    encoder = msgspec.json.Encoder(decimal_format="string")
    lines = [encoder.encode(each).decode() for each in all_listings]
    match(Listing("openai", "gpt-4o"))  # reads the tables
    decoding, first, again = [], [], []
    for _ in range(ROUNDS):
        forget()
        decoding.append(seconds(lambda: [json.loads(line) for line in lines]))
        first.append(seconds(partial(_match_all, all_listings)))
        again.append(seconds(partial(_match_all, all_listings)))
    decode, new, seen = map(statistics.median, (decoding, first, again))
    told = sum(match(each) is not None for each in all_listings)
    print(f"{len(all_listings):,} listings, {told:,} matched")
    print(f"json.loads {decode * 1e3:.0f} ms; match {new * 1e3:.0f} ms ({new / decode:.2f} x)")
    print(f"match again {seen * 1e3:.0f} ms ({seen / decode:.2f} x)")


def _match_all(all_listings: list[Listing]) -> None:
    for each in all_listings:
        match(each)


if __name__ == "__main__":
    main()
