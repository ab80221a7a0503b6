"""How soon programs are there: the command line beside `python -c pass`, the service beside its bare imports.

python bench/start.py [--json] [--rounds 5]
"""

import gzip
import http.client
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct
from rows import Row, options, show
from servers import COMMAND, free_port, processor_seconds, running, service

IMPORTS = (
    "import modelatlas.web.app, modelatlas.cli.serve, modelatlas.jobs.engine, uvicorn, uvloop, httptools"
)

REFERRED_PRICE = "price, which references alone know"
REFERRED = ("databricks", "databricks-gpt-oss-20b")
"""A listing of a provider that has no list here."""


def around(home: Path) -> dict[str, str]:
    """Return the environment of a program that is compiled already, as an installed one is."""
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**told, "MODELATLAS_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}


class Took(Struct, frozen=True):
    """Seconds that something took: by the clock, and of a processor, which other work disturbs less."""

    clock: float
    processor: float


def ran(command: Sequence[str], home: Path) -> Took:
    """Return what a command takes."""
    begun, before = time.perf_counter(), of_children()
    subprocess.run(command, env=around(home), check=True, capture_output=True)
    return Took(time.perf_counter() - begun, of_children() - before)


def of_children() -> float:
    """Return the seconds of a processor that programs took which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def first_answer(home: Path) -> Took:
    """Return what it takes from the start of the service to the whole catalog, from a store that is there."""
    port = free_port()
    begun = time.perf_counter()
    serve = (COMMAND, "serve", "--port", str(port), "--via", "http://127.0.0.1:9")
    with running(*serve, **around(home)) as program:
        while True:
            # A bare client, whose work does not count; and nothing is looked at before the time is over.
            asked = http.client.HTTPConnection("127.0.0.1", port)
            try:
                asked.request("GET", "/models", headers={"Accept-Encoding": "gzip"})
                answer = asked.getresponse().read()
            except ConnectionRefusedError:
                time.sleep(0.005)
                continue
            finally:
                asked.close()
            took = Took(time.perf_counter() - begun, processor_seconds(program))
            if json.loads(gzip.decompress(answer))["total"] > 0:
                return took


def rows(rounds: int) -> Iterator[Row]:
    """Measure all, by turns."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with service(home, "seed", 18_000):
            pass
        commands: dict[str, list[str]] = {
            "pass": [sys.executable, "-c", "pass"],
            "--help": [COMMAND, "--help"],
            "price, looked up": [COMMAND, "price"],
            "price": [COMMAND, "price"],
            REFERRED_PRICE: [COMMAND, "price", *REFERRED],
            "imports": [sys.executable, "-c", IMPORTS],
        }
        listing = priced(home)
        for what in ("price, looked up", "price"):
            commands[what] += listing
        times: dict[str, list[Took]] = {name: [] for name in [*commands, "start, nothing kept", "start"]}
        for _ in range(rounds + 1):
            for what, command in commands.items():
                if what == "price, looked up":
                    forget(home, f"quotes.{listing[0]}.*")
                elif what == REFERRED_PRICE:
                    ran(command, home)  # looked up
                times[what].append(ran(command, home))
            forget(home, "*")
            times["start, nothing kept"].append(first_answer(home))
            times["start"].append(first_answer(home))
    took = {
        what: Took(median(each.clock for each in some[1:]), median(each.processor for each in some[1:]))
        for what, some in times.items()  # the first round compiles
    }
    for what, target in (("--help", 4), ("price", 10), (REFERRED_PRICE, 10), ("price, looked up", None)):
        yield beside(f"modelatlas {what}", took[what], took["pass"], "x python -c pass", target)
    for what, after, target in (("start", "", 1.5), ("start, nothing kept", ", nothing kept", None)):
        yield beside(
            f"start to the first whole answer{after}", took[what], took["imports"], "x bare imports", target
        )


def beside(operation: str, took: Took, yardstick: Took, unit: str, target: float | None) -> Row:
    """Return the row of an operation by the clock; what it takes of a processor is told beside it."""
    ratio = took.processor / yardstick.processor
    detail = (
        f"{took.clock * 1e3:.0f} ms beside {yardstick.clock * 1e3:.0f} ms; of a processor {ratio:.3g} x: "
        f"{took.processor * 1e3:.0f} beside {yardstick.processor * 1e3:.0f} ms"
    )
    return Row(operation, took.clock / yardstick.clock, unit, target, at_most=True, detail=detail)


def forget(home: Path, names: str) -> None:
    """Remove what was made for the next start, or some of it."""
    for path in (home / "derived").glob(names):
        path.unlink()


def priced(home: Path) -> list[str]:
    """Return the provider and id of a listing that has a price."""
    environment = {**os.environ, "MODELATLAS_HOME": str(home)}
    found = subprocess.run(
        [COMMAND, "models", "--provider", "openrouter", "--priced", "--limit", "1", "--csv"],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return found.stdout.splitlines()[1].split(",")[:2]


def main() -> None:
    """Print the rows."""
    show(rows(options(rounds=5).rounds))


if __name__ == "__main__":
    main()
