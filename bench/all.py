"""One table of all numbers to reach, each beside its yardstick of the same run.

    python bench/all.py [--listings 18000|100000] [--quick] [--fastapi /path/to/python]

Each program is run by itself, one after the other; `--quick` takes fewer rounds and leaves out the store's
yardsticks and how cost grows. The table ends up on the standard output, ready for docs/performance.md.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import msgspec
from rows import Row, wanted

PROFILES = {18_000: "seed", 100_000: "100k"}
"""Listings -> the profile of the simulator that has so many."""
HERE = Path(__file__).parent
PACKAGES = ("msgspec", "starlette", "uvicorn", "uvloop", "pyroaring", "zstandard", "sqlalchemy")


def programs(asked: argparse.Namespace) -> list[list[str]]:
    """Return the programs in the order of the table."""
    rounds = ["--rounds", "2"] if asked.quick else []
    fastapi = ["--fastapi", asked.fastapi] if asked.fastapi else []
    listings = ["--listings", str(asked.listings)]
    memory = [
        ["serving.py", "--profile", PROFILES[asked.listings], *rounds, *fastapi],
        ["workers.py", "--profile", PROFILES[asked.listings], *rounds],
        ["query.py", *listings, *rounds],
        ["rebuild.py", *listings, *rounds],
    ]
    whatever_the_size = [["reading.py"], ["gather.py"], ["prices.py"], ["start.py", *rounds]]
    stores = [["sync.py", *listings], ["history.py"]]
    return [*memory, *whatever_the_size] if asked.quick else [*memory, *whatever_the_size, *stores]


def rows_of(command: list[str]) -> list[Row]:
    """Run a program; return its rows."""
    told = subprocess.run([sys.executable, *_path(command), "--json"], stdout=subprocess.PIPE, check=False)
    if told.returncode:
        print(
            f"{' '.join(command)} ended with {told.returncode}: its further rows are missing", file=sys.stderr
        )
    return [msgspec.json.decode(line, type=Row) for line in told.stdout.splitlines() if line.startswith(b"{")]


def _path(command: list[str]) -> list[str]:
    return [str(HERE / command[0]), *command[1:]]


def main() -> None:
    """Print the table, then how cost grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listings", type=int, choices=PROFILES, default=18_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fastapi", metavar="PYTHON", help="a Python that has FastAPI and uvicorn")
    asked = parser.parse_args()
    machine = f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f}"
    print(f"{time.strftime('%Y-%m-%d')}, {asked.listings:,} listings, {machine}")
    print(
        f"Python {platform.python_version()}, {', '.join(f'{each} {version(each)}' for each in PACKAGES)}\n"
    )
    print("| operation | measured | target | | in numbers |\n|---|---|---|---|---|", flush=True)
    for command in programs(asked):
        for row in rows_of(command):
            reached = "" if row.target is None else "reached" if row.reached else "missed"
            told = f"{row.measured:.3g} {row.unit} | {wanted(row)} | {reached} | {row.detail}"
            print(f"| {row.operation} | {told} |", flush=True)
    if not asked.quick:
        print("\nHow cost grows\n", flush=True)
        subprocess.run([sys.executable, str(HERE / "growth.py")], check=False)


if __name__ == "__main__":
    main()
