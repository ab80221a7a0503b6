"""Three services on one PostgreSQL and one Redis while the providers drift: do they hold together?

    python -m bench.fleet [--seconds 600] [--ttl 60] [--reads 100000] [--most 0] [--postgresql URL]

Needs `redis-server`, and a PostgreSQL on which a database may be made. One service is killed and started
again on the way; another loses its Redis, which at first says nothing and then takes no connection. Counted
are the calls of each provider over the whole fleet, how long a new list takes to be everywhere, and what is
wrong with answers: each is compared with others of the same catalog. Exit code 1 where that did not hold.
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import msgspec
import psycopg
from msgspec import Struct
from psycopg import sql
from sqlalchemy.engine import make_url

from bench.fleet.services import Service
from bench.fleet.trial import Terms, Trial, say
from bench.fleet.wire import Wire
from bench.fleet.world import Asked, calls, doors
from bench.servers import free_port

SERVICES: Final = 3
SOON: Final = 1.0
"""Seconds within which a new list is to be everywhere."""
LOCAL: Final = "postgresql://postgres@127.0.0.1:5432/postgres"


def too_soon(asked: Sequence[Asked], trial: Trial, ttl: float) -> list[str]:
    """Name the calls that came before the list of the call before was old, without an operator's wish.

    What a service asks while it is without Redis, or asked just before it was killed, is its own matter.
    So is what comes after the trial, when services are stopped one by one and leave what they had in hand.
    """
    by_url: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        if each.at < trial.ended and not trial.services[each.door].was_away(each.at, each.at + 10):
            by_url[each.url].append(each)
    early = []
    for theirs in by_url.values():
        for before, after in pairwise(theirs):
            wished = any(
                each.provider == after.provider and each.begun <= after.at <= each.ended
                for each in trial.refreshed
            )
            if after.at - before.at < ttl and not wished:
                early.append(
                    f"{after.provider}: {after.at - before.at:.1f} s after service {before.door}, service "
                    f"{after.door} at {after.at - trial.begun:.1f} s, {after.url}"
                )
    return early


def longest_wait(asked: Sequence[Asked], trial: Trial) -> float:
    """Return the longest time in which a provider was not asked."""
    times: dict[str, list[float]] = defaultdict(lambda: [trial.begun])
    for each in asked:
        if trial.begun < each.at < trial.ended:
            times[each.provider].append(each.at)
    return max(
        after - before
        for each in times.values()
        for before, after in zip(each, [*each[1:], trial.ended], strict=True)
    )


class Found(Struct, frozen=True):
    """What a trial came to; lists name what did not hold, times are in seconds."""

    seconds: float
    ttl: float
    providers: int
    calls: int
    refreshes: int
    too_soon: list[str]
    longest_wait: float
    agreements: list[float]
    lags: list[float]
    reads: dict[str, int]
    compared: dict[str, int]
    catalogs: int
    unanswered: int
    lost_redis: int
    other_times: list[str]
    wrong: dict[str, int]
    faults: list[str]

    @property
    def late(self) -> int:
        """Count the lists that took longer than they should to be everywhere."""
        return sum(each > SOON for each in (*self.agreements, *self.lags))

    @property
    def held(self) -> bool:
        """Tell whether all held that does not depend on how busy the machine is."""
        return not (self.too_soon or self.other_times or self.wrong or self.faults)


def found(trial: Trial, asked: Sequence[Asked], terms: Terms) -> Found:
    """Gather what a trial came to."""
    checks, services = trial.checks, trial.services
    within = [each for each in asked if trial.begun < each.at < trial.ended]
    apart = [
        name for at, name in checks.other_times if not any(each.was_away(at - 1, at) for each in services)
    ]
    return Found(
        seconds=trial.ended - trial.begun,
        ttl=terms.ttl,
        providers=len({each.provider for each in within}),
        calls=len(within),
        refreshes=len(trial.refreshed),
        too_soon=too_soon(asked, trial, terms.ttl),
        longest_wait=longest_wait(asked, trial),
        agreements=[each.agreed for each in trial.refreshed if each.agreed is not None],
        lags=trial.watch.lags(trial.begun),
        reads=dict(sorted(checks.kinds.items())),
        compared=dict(sorted(checks.compared.items())),
        catalogs=len(checks.catalogs),
        unanswered=checks.lost,
        lost_redis=len(trial.watch.lost_redis),
        other_times=apart,
        wrong=dict(checks.wrong),
        faults=[line for each in services for line in each.faults()],
    )


def report(found: Found) -> None:
    """Print what a trial came to."""
    lines = {
        "trial": f"{found.seconds:.0f} s, a list is old after {found.ttl:g} s, load {os.getloadavg()[0]:.1f} "
        f"on {os.cpu_count()} cores",
        "calls": f"{found.calls} of {found.providers} providers; {found.refreshes} refreshes by an operator",
        "too soon": f"{len(found.too_soon)} calls",
        "longest wait": f"{found.longest_wait:.1f} s between two calls of a provider",
        "agreement": f"{told(found.agreements)} from the answer to a refresh until all have the new list",
        "spreading": f"{told(found.lags)} from the first service that has a new list to the last",
        "reads": f"{sum(found.reads.values()):,}: {found.reads}",
        "compared": f"{found.compared}, in {found.catalogs} catalogs",
        "not answered": f"{found.unanswered} reads of a service that was killed",
        "lost Redis": f"{found.lost_redis} looks found a service without Redis that should have had it",
        "other times": f"{len(found.other_times)} times a list was known since another time",
        "wrong": f"{sum(found.wrong.values())} answers",
        "faults": f"{len(found.faults)} lines of logs",
    }
    for name, text in lines.items():
        print(f"{name:<14}{text}")
    for text in (*found.too_soon[:5], *found.other_times[:5], *list(found.wrong)[:5], *found.faults[:5]):
        print(f"- {text}"[:500])


def told(seconds: Sequence[float]) -> str:
    """Say how long something took."""
    if len(seconds) < 2:
        return f"{len(seconds)} times"
    slowest = quantiles(seconds, n=100)[98]
    late = sum(each > SOON for each in seconds)
    return (
        f"{len(seconds)} times: median {median(seconds):.2f} s, p99 {slowest:.2f} s, "
        f"longest {max(seconds):.2f} s, {late} over {SOON:g} s;"
    )


@contextlib.contextmanager
def database(server: str) -> Iterator[str]:
    """Make a database and drop it again; yield its URL."""
    name = f"fleet_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[int]:
    """Run a Redis that keeps nothing on disk; yield its port."""
    port = free_port()
    words = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    program = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        program.terminate()
        program.wait()


async def play(folder: Path, store: str, redis_port: int, via: Sequence[str], terms: Terms) -> Trial:
    """Play a trial; return it as it ended."""
    wire = Wire(redis_port)
    await wire.start()
    services = []
    for number, door in enumerate(via):
        port = wire.port if number == SERVICES - 1 else redis_port
        environment = {
            "MODELATLAS_HOME": str(folder / f"home-{number}"),
            "DATABASE_URL": store,
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "PROVIDERS_VIA": door,
            "CATALOG_TTL_SECONDS": str(terms.ttl),
            "PRICING_SYNC_PROVIDERS": "all",
            "PRICING_SYNC_INTERVAL_HOURS": "0.05",
        }
        services.append(Service(number, free_port(), folder, environment))
    trial = Trial(services, int(via[0].rpartition(":")[2]), wire, terms)
    try:
        await trial.run()
    finally:
        await wire.stop()
        say(f"exit codes of the services: {[each.stop() for each in services]}")
    return trial


def main() -> None:
    """Play a trial and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--ttl", type=float, default=60, help="seconds after which a list is old")
    parser.add_argument("--reads", type=int, default=100_000)
    parser.add_argument("--most", type=int, default=0, help="listings of a provider, at most; 0: as they are")
    parser.add_argument("--postgresql", default=LOCAL)
    parser.add_argument("--busy", action="store_true", help="the machine has other work: late is no failure")
    parser.add_argument("--json", action="store_true", help="print all that was found, as JSON")
    asked = parser.parse_args()
    terms = Terms(asked.seconds, asked.ttl, asked.reads)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        told_to = folder / "calls"
        via = stack.enter_context(doors(SERVICES, asked.most, told_to))
        store, port = stack.enter_context(database(asked.postgresql)), stack.enter_context(redis(folder))
        trial = asyncio.run(play(folder, store, port, via, terms))
        came_to = found(trial, calls(told_to), terms)
    if asked.json:
        print(msgspec.json.encode(came_to).decode())
    else:
        report(came_to)
    sys.exit(0 if came_to.held and (asked.busy or not came_to.late) else 1)


if __name__ == "__main__":
    main()
