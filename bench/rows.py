"""A row of the table of numbers to reach: what was measured beside its yardstick of the same run."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from time import perf_counter, thread_time

import msgspec
from msgspec import Struct


class Row(Struct, frozen=True):
    """One operation; `measured` is in `unit`, and is to be at least or at most `target`, if there is one."""

    operation: str
    measured: float
    unit: str
    target: float | None = None
    at_most: bool = False
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Tell whether the target is reached."""
        if self.target is None:
            return True
        return self.measured <= self.target if self.at_most else self.measured >= self.target


def show(rows: Iterable[Row]) -> None:
    """Print rows as they come: as JSON lines with `--json`, else as a table."""
    as_json = "--json" in sys.argv
    for row in rows:
        if as_json:
            print(msgspec.json.encode(row).decode(), flush=True)
        else:
            print(line(row), flush=True)


def line(row: Row) -> str:
    """Return a row as a line of the table."""
    word = "" if row.target is None else "reached" if row.reached else "MISSED"
    return f"{row.operation:<62}{row.measured:>9.3g} {row.unit:<22}{wanted(row):<12}{word:<8} {row.detail}"


def wanted(row: Row) -> str:
    """Say what a row is to be."""
    return "" if row.target is None else f"{'<=' if row.at_most else '>='} {row.target:g}"


def options(**defaults: int) -> argparse.Namespace:
    """Read the options of a program: whole numbers with defaults, and `--json`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="print rows as JSON lines")
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def interleaved(works: Sequence[Callable[[], object]], rounds: int, repeat: int = 1) -> list[float]:
    """Time several pieces of work by turns; return the median processor seconds of one call of each."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            begun = thread_time()
            for _ in range(repeat):
                work()
            taken.append((thread_time() - begun) / repeat)
    return list(map(median, times))


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes by the clock on the wall."""
    begun = perf_counter()
    work()
    return perf_counter() - begun
