"""What happens to the services: providers change and are refreshed, one is killed, one loses its Redis."""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from bench.fleet.connection import once
from bench.fleet.reads import Checks, Readers
from bench.fleet.services import Service
from bench.fleet.watch import LOOK_EVERY, Watch
from bench.fleet.wire import Wire

CONNECTIONS: Final = 3
"""Readers of each service."""
PATIENCE: Final = 120.0


class Terms(Struct, frozen=True):
    """How long it takes, how old a list may get (both in seconds), and how many reads there are."""

    seconds: float
    ttl: float
    reads: int


class Refreshed(Struct, frozen=True):
    """One refresh: of whom, from when to when, and after how long all answered the same new catalog.

    `agreed` is None where it was not quiet before.
    """

    provider: str
    begun: float
    ended: float
    agreed: float | None


class Trial:
    """One trial; `simulator` is a port of the world, `wire` lies before the Redis of the last service."""

    def __init__(self, services: Sequence[Service], simulator: int, wire: Wire, terms: Terms) -> None:
        self.services = services
        self.checks = Checks(say)
        self.watch = Watch(services)
        self.refreshed: list[Refreshed] = []
        self.begun = self.ended = 0.0
        self._simulator = simulator
        self._wire = wire
        self._terms = terms
        self._chance = random.Random(7)
        rate = terms.reads / terms.seconds / len(services) / CONNECTIONS
        self._readers = [Readers(each, self.checks, rate) for each in services]

    async def run(self) -> None:
        """Play it from the start of the services to their end."""
        async with asyncio.TaskGroup() as group:
            looks = self.watch.run, self.watch.ask_for_redis
            duties = [group.create_task(look(each)) for look in looks for each in self.services]
            for each in self.services:
                begun = time.time()
                await self._start(each)
                await self._until_agreed()
                say(f"service {each.number} agrees after {time.time() - begun:.1f} s")
            say(f"{len(self.watch.now[0].providers)} providers; the trial begins")
            self.begun = time.time()
            duties += [
                group.create_task(each.run(seed)) for each in self._readers for seed in range(CONNECTIONS)
            ]
            changes = group.create_task(self._change())
            await self._kill(1)
            await self._cut(len(self.services) - 1)
            await self._until(1.0)
            changes.cancel()
            await self._until_agreed()
            self.ended = time.time()
            await self._compare()
            for each in duties:
                each.cancel()

    async def _start(self, service: Service) -> None:
        service.start()
        end = time.time() + PATIENCE
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                if (await service.get("/ready")).status == 200:
                    break
            except (OSError, EOFError):
                if time.time() > end:
                    raise
        service.is_up = True

    async def _kill(self, number: int) -> None:
        """Kill a service and start it again after a while."""
        victim = self.services[number]
        await self._until(0.25)
        killed = victim.kill()
        say(f"service {number} is killed")
        await self._until(0.3)
        self._readers[number].begin_anew()
        begun = time.time()
        await self._start(victim)
        victim.away.append((killed, time.time()))
        say(
            f"service {number} was started again after {begun - killed:.1f} s, and was ready after another "
            f"{time.time() - begun:.1f} s"
        )

    async def _cut(self, number: int) -> None:
        """Take Redis from a service, at first without a word, and give it back."""
        alone = self.services[number]
        await self._until(0.5)
        begun = time.time()
        alone.has_redis = False
        self._wire.become("silent")
        say(f"service {number} hears nothing of Redis")
        await self._until(0.6)
        self._wire.become("cut")
        say(f"service {number} is cut off from Redis")
        await self._until(0.7)
        healed = time.time()
        self._wire.become("whole")
        while await alone.redis() != "connected":  # noqa: ASYNC110 - services tell nobody
            await asyncio.sleep(LOOK_EVERY)
        connected = time.time()
        await self._until_agreed()
        alone.away.append((begun, time.time()))
        alone.has_redis = True
        say(
            f"service {number} has Redis again after {connected - healed:.1f} s, and agrees with the others "
            f"after another {time.time() - connected:.1f} s (one second of it is quiet)"
        )

    async def _change(self) -> None:
        """Let time pass for the providers and refresh one that has changed, whenever nothing else happens."""
        while True:
            await asyncio.sleep(self._terms.ttl / 30)
            given_up = time.time() + self._terms.ttl
            while not self.watch.is_quiet(1.0) and time.time() < given_up:  # noqa: ASYNC110 - services tell nobody
                await asyncio.sleep(LOOK_EVERY)
            days = self._chance.choice((3, 10))
            drifted = await once(self._simulator, f"/_simulator/drift?days={days}", method="POST")
            changes = msgspec.json.decode(drifted.content)["providers"]
            slug = self._chance.choice([each for each, said in changes.items() if any(said.values())])
            await self._refresh(
                self._chance.choice([each for each in self.services if each.is_up and each.has_redis]), slug
            )

    async def _refresh(self, service: Service, slug: str) -> None:
        """Ask a service to ask a provider, and wait until all answer the same new catalog."""
        was_quiet, before, begun = self.watch.is_quiet(0.5), self.watch.agreed(), time.time()
        try:
            reply = await service.post(f"/admin/refresh/{slug}?wait=60")
        except (OSError, EOFError):
            if service.is_up:
                raise
            return
        ended = time.time()
        if reply.status != 200:
            self.checks.blame(f"refresh of {slug}: {reply.status} {reply.content[:200]!r}")
        whole = was_quiet and all(each.is_up and each.has_redis for each in self.services)
        late = ended + PATIENCE / 4
        while whole and self.watch.agreed() in {None, before} and time.time() < late:  # noqa: ASYNC110 - services tell nobody
            await asyncio.sleep(LOOK_EVERY)
        whole = whole and all(each.is_up and each.has_redis for each in self.services)
        self.refreshed.append(Refreshed(slug, begun, ended, time.time() - ended if whole else None))

    async def _compare(self) -> None:
        """Hear every provider once more, and compare what each service has with what there is."""
        listed: dict[str, int] = msgspec.json.decode((await once(self._simulator, "/")).content)["providers"]
        begun = time.time()
        await asyncio.gather(*(self.services[0].post(f"/admin/refresh/{slug}?wait=120") for slug in listed))
        self.refreshed += [Refreshed(slug, begun, time.time(), None) for slug in listed]
        await self._until_agreed()
        for each in self.services:
            rows = msgspec.json.decode((await each.get("/providers")).content)["data"]
            found = {row["slug"]: row["live"] for row in rows if row["slug"] in listed}
            others = {slug: (found.get(slug), count) for slug, count in listed.items()}
            if wrong := {slug: pair for slug, pair in others.items() if pair[0] != pair[1]}:
                self.checks.blame(f"service {each.number} has other listings than there are: {wrong}")

    async def _until(self, part: float) -> None:
        """Wait until so much of the trial is over, as a part of one."""
        await asyncio.sleep(max(0.0, self.begun + part * self._terms.seconds - time.time()))

    async def _until_agreed(self) -> None:
        end = time.time() + PATIENCE
        while not self.watch.is_quiet(1.0):
            if time.time() > end:
                raise TimeoutError(f"the services do not agree: {[*self.watch.now.values()]}"[:2_000])
            await asyncio.sleep(LOOK_EVERY)


def say(what: str) -> None:
    """Tell what happens, on the standard error."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)
