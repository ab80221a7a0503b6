"""How fast payload bytes become listings, beside msgspec decoding the same bytes to dicts.

Payloads are the recordings in `../shared/payloads`, which must lie beside the checkout.
Each line is the median of interleaved rounds, in seconds of this thread's processor, so that what else the
machine does counts little; only the ratio is worth quoting.
"""

import gzip
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

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


def seconds(work: Callable[[], object]) -> float:
    """Time one run."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def main() -> None:
    """Print a table of decode and read times and their ratio."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    print(f"{'provider':<22}{'listings':>9}{'decode ms':>11}{'read ms':>9}{'ratio':>8}")
    totals = [0.0, 0.0]
    for slug, payload in sorted(payloads().items()):
        provider = declared()[slug]
        name = provider.lists[0].name
        try:
            count = len(read_snapshot(provider, {name: [payload]}, now).listings)
        except Unreadable as error:
            print(f"{slug:<22} left out: {error}")
            continue
        decoding, reading = [], []
        for _ in range(ROUNDS):
            decoding.append(seconds(partial(msgspec.json.decode, payload)))
            reading.append(seconds(partial(read_snapshot, provider, {name: [payload]}, now)))
        decode, read = statistics.median(decoding), statistics.median(reading)
        totals = [totals[0] + decode, totals[1] + read]
        print(f"{slug:<22}{count:>9}{decode * 1e3:>11.2f}{read * 1e3:>9.2f}{decode / read:>8.2f}")
    print(f"{'all':<22}{'':>9}{totals[0] * 1e3:>11.2f}{totals[1] * 1e3:>9.2f}{totals[0] / totals[1]:>8.2f}")


if __name__ == "__main__":
    main()
