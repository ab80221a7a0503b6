"""How fast payload bytes become listings, beside msgspec decoding the same bytes to dicts.

Payloads are the recordings in `../shared/payloads`, which must lie beside the checkout.
What is measured is the median of interleaved rounds, in seconds of this thread's processor, so that what else
the machine does counts little; only the ratio is worth quoting.
"""

import gzip
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
from rows import Row, interleaved, options, show

from modelatlas.domain.errors import Unreadable
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "payloads"
ROUNDS = 15


def payloads() -> dict[str, bytes]:
    """Return one payload of the default list of each provider."""
    if RECORDINGS.is_dir():
        paths = {slug: RECORDINGS / f"{slug}.json" for slug in declared()}
        found = {slug: path.read_bytes() for slug, path in paths.items() if path.exists()}
        packed = {slug: path.with_suffix(".json.gz") for slug, path in paths.items()}
        return found | {
            slug: gzip.decompress(path.read_bytes()) for slug, path in packed.items() if path.exists()
        }
    raise SystemExit("bench/reading.py needs ../shared/payloads beside the checkout")


def rows() -> Iterator[Row]:
    """Measure the payloads of all providers together, and name the one that takes longest for its bytes."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    decode, read, ratios = 0.0, 0.0, {}
    for slug, payload in sorted(payloads().items()):
        provider = declared()[slug]
        pages = {provider.lists[0].name: [payload]}
        try:
            read_snapshot(provider, pages, now)
        except Unreadable as error:
            print(f"{slug} is left out: {error}", file=sys.stderr)
            continue
        work = [partial(msgspec.json.decode, payload), partial(read_snapshot, provider, pages, now)]
        decoding, reading = interleaved(work, ROUNDS)
        decode, read, ratios[slug] = decode + decoding, read + reading, decoding / reading
    least = min(ratios, key=ratios.__getitem__)
    yield Row(
        f"payload bytes to listings, {len(ratios)} payloads", decode / read, "x decoding to dicts", 0.4,
        detail=f"{read * 1e3:.0f} ms beside {decode * 1e3:.0f} ms; least {least}, {ratios[least]:.2f}",
    )  # fmt: skip


def main() -> None:
    """Print the row."""
    options()
    show(rows())


if __name__ == "__main__":
    main()
