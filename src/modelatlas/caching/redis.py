"""The newest state of every provider, shared by replicas through Redis; each goes on alone while it is away.

Keys, all under `modelatlas:{shape}:{real|simulated}:` (another shape or world never meets ours):

    states        hash: slug -> pointer (`caching.codec.Pointer`)
    times         hash: slug -> when its pointer was made, in microseconds since 1970
    body:{hash}   a snapshot or payload under the hash of its bytes
    head          the id of the newest publication; told on the channel `news`, too
    lease:{slug}  whose turn it is to ask a provider
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Literal, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from modelatlas.caching.codec import (
    Bodies,
    Pointer,
    packed,
    pointer_bytes,
    pointer_from,
    shape,
    wanted,
)  # fmt: skip
from modelatlas.caching.newest import EPOCH, TICK, Newest, says_something
from modelatlas.domain.codec import Damaged
from modelatlas.domain.ports import Cache, Clock
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.sharing import Sharing

CALL_SECONDS: Final = 1.0
"""A call that takes longer, twice, counts as failed: a read never waits for it, but a fetch does."""
BODY_SECONDS: Final = 10.0
"""The same for bodies, which may have megabytes."""
POLL: Final = 1.0
"""Seconds between two looks at the head, should a notice be lost."""
RETRY: Final = 2.0
"""Seconds between two tries to reach a Redis that is away."""
PATIENCE: Final = 3.0
"""Seconds for which one that has just gone away is waited for before a provider is asked without a lease. At
the next try most are back, as is what a process without its share of a processor took for away."""
LEASE: Final = 15.0
"""Seconds after which somebody else may ask a provider, unless whoever asks it renews its lease."""
RENEW: Final = 5.0
"""Seconds between two times that it does."""
_TURN: Final = 0.2
"""Seconds between two tries to have a turn."""
_KEPT: Final = 7 * 86_400
"""Seconds for which what nobody publishes any more is kept."""

_PUBLISH: Final = """
if tonumber(redis.call('hget', KEYS[2], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
redis.call('hset', KEYS[2], ARGV[1], ARGV[2])
for _, key in ipairs(KEYS) do redis.call('expire', key, ARGV[5]) end
redis.call('set', KEYS[3], ARGV[4], 'ex', ARGV[5])
return redis.call('publish', ARGV[6], ARGV[1])
"""
"""Put a pointer into the place of an older one, at once or not at all."""
_HOLD: Final = """
if (redis.call('get', KEYS[1]) or ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1
"""
"""Take a lease that is free, or let one that is ours go on."""
_FREE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
"""End a lease if it is still ours (https://redis.io/docs/latest/commands/set/, patterns)."""

_log = structlog.get_logger()

T = TypeVar("T")


class RedisReplicas:
    """A `domain.ports.Replicas` over Redis, for what is held in `cache`."""

    def __init__(
        self,
        url: str,
        cache: Cache,
        clock: Clock,
        *,
        world: Literal["real", "simulated"],
        token: Callable[[], str],
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._token = token
        self._prefix = f"modelatlas:{shape()}:{world}:"
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=CALL_SECONDS,
            socket_connect_timeout=CALL_SECONDS,
            retry=Retry(NoBackoff(), 0),
            client_name="modelatlas",
        )
        self._newest = Newest(cache, "redis")
        self._known: tuple[bytes | None] | None = None  # the head when we caught up, if we did
        self._status = Sharing("away", detail="not asked yet")
        self._patient_until = -math.inf
        self._following: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def status(self) -> Sharing:
        """Say how it stands with Redis."""
        return self._status

    async def start(self) -> None:
        """Take in what others know, if Redis answers soon, and follow them from then on."""
        await self._tried(lambda: _soon(self._caught_up(), BODY_SECONDS))
        self._following = asyncio.create_task(self._follow(), name="follow replicas")

    async def stop(self) -> None:
        """Follow no longer."""
        self._stopping = True
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following
            self._following = None
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            await self._redis.aclose()

    @contextlib.asynccontextmanager
    async def turn(self, slug: str) -> AsyncIterator[None]:
        """Enter when no other replica asks a provider; what one has published meanwhile is taken in first.

        While Redis is away everybody has a turn at once, but for its first seconds.
        """
        lease = await self._leased(slug)
        if lease is None:
            yield
            return
        renewing = asyncio.create_task(self._renew(slug, lease), name=f"renew {slug}")
        try:
            await self._tried(lambda: self._take(slug))
            yield
        finally:
            renewing.cancel()
            await self._tried(lambda: self._freed(slug, lease))

    async def publish(self, state: ProviderState) -> None:
        """Let the others have a state; while Redis is away they get it later.

        It counts as made now, and in any case after what was known before, whatever the clocks say.
        """
        self._newest.made_now(state.slug, self._clock.now())
        if self._status.state == "connected":
            await self._tried(lambda: self._publish(state))

    async def _leased(self, slug: str) -> str | None:
        """Wait for a turn; return the token of its lease, or None when there is nobody to wait for."""
        token = self._token()
        time = asyncio.get_running_loop().time
        while self._status.state == "connected" or time() < self._patient_until:
            if self._status.state == "connected" and await self._tried(lambda: self._hold(slug, token)):
                return token
            await asyncio.sleep(_TURN)
        return None

    async def _renew(self, slug: str, token: str) -> None:
        """Keep a lease for as long as this process lives and reaches Redis; end by cancelling."""
        while True:
            await asyncio.sleep(RENEW)
            await self._tried(lambda: self._hold(slug, token))

    async def _hold(self, slug: str, token: str) -> bool:
        key, milliseconds = f"{self._prefix}lease:{slug}", int(LEASE * 1000)
        return bool(await _soon(self._redis.eval(_HOLD, 1, key, token, milliseconds)))

    async def _freed(self, slug: str, token: str) -> None:
        await _soon(self._redis.eval(_FREE, 1, f"{self._prefix}lease:{slug}", token))

    async def _publish(self, state: ProviderState) -> None:
        """Put bodies, pointer and head there, and tell the others; a newer pointer stays."""
        slug, at, id_ = state.slug, self._newest.made_at(state.slug), self._token()
        pointer, bodies = await asyncio.to_thread(packed, state, id_=id_, at=at)
        keys = [self._prefix + name for name in ("states", "times", "head")]
        words: tuple[str | int | bytes, ...] = (
            slug,
            (at - EPOCH) // TICK,
            pointer_bytes(pointer),
            id_,
            _KEPT,
            f"{self._prefix}news",
        )
        async with self._redis.pipeline(transaction=True) as pipe:
            for name, content in bodies.items():
                pipe.set(f"{self._prefix}body:{name}", content, ex=_KEPT)
            pipe.eval(_PUBLISH, len(keys), *keys, *words)
            await _soon(pipe.execute(), BODY_SECONDS)

    async def _follow(self) -> None:
        """Take in what others publish within a second, for ever; end by cancelling."""
        while not self._stopping:
            await self._tried(self._listen)
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as news:
            await _soon(news.subscribe(f"{self._prefix}news"))
            while not self._stopping:  # the client may take a cancelling for a time that ran out
                await self._caught_up()
                slug = await self._told(news)
                if slug is not None:
                    await self._take(slug)

    async def _told(self, news: PubSub) -> str | None:
        """Wait for a notice, or for the next look at the head."""
        wait = POLL + CALL_SECONDS
        message = await _soon(news.get_message(ignore_subscribe_messages=True, timeout=POLL), wait)
        return None if message is None else str(message["data"], "utf-8", "replace")

    async def _caught_up(self) -> None:
        """Compare all states with ours, if anything was published since, or Redis has lost what it held."""
        head = await _soon(self._redis.get(f"{self._prefix}head"))
        if self._known == (head,):
            return
        pointers = await _soon(self._redis.hgetall(f"{self._prefix}states"), BODY_SECONDS)
        self._connected()
        for slug in self._cache.states:
            await self._compare(slug, pointers.get(slug.encode()))
        self._known = (head,)

    async def _take(self, slug: str) -> None:
        """Take in the state of one provider, if it is newer than ours."""
        if slug in self._cache.states:
            await self._compare(slug, await _soon(self._redis.hget(f"{self._prefix}states", slug)))

    async def _compare(self, slug: str, kept: bytes | None) -> None:
        """Hold what a pointer says if it is newer; let the others have what we hold if that is."""
        try:
            pointer = None if kept is None else pointer_from(kept)
        except Damaged as damaged:
            _log.warning("what a replica shared is left out", provider=slug, reason=str(damaged))
            return
        ours = self._cache.states[slug]
        if pointer is not None and pointer.at > self._newest.made_at(slug):
            await self._adopt(slug, pointer, ours)
        elif (pointer is None or pointer.at < self._newest.made_at(slug)) and says_something(ours):
            await self._publish(ours)

    async def _adopt(self, slug: str, pointer: Pointer, ours: ProviderState) -> None:
        """Hold what a pointer says; what is damaged is left out, until the provider is due here."""
        try:
            await self._newest.adopt(slug, pointer, await self._bodies(pointer, ours), ours)
        except Damaged as damaged:
            _log.warning("what a replica shared is left out", provider=slug, reason=str(damaged))
            self._newest.pass_over(slug, pointer)

    async def _bodies(self, pointer: Pointer, ours: ProviderState) -> Bodies:
        bodies: Bodies = {}
        for name in wanted(pointer, ours):
            content = await _soon(self._redis.get(f"{self._prefix}body:{name}"), BODY_SECONDS)
            if content is not None:
                bodies[name] = content
        return bodies

    async def _tried(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """Do something with Redis; where that fails, note that it is away, and go on.

        An answer that does not come in time is waited for twice: on a busy machine we are the late ones.
        """
        try:
            try:
                return await call()
            except (TimeoutError, RedisTimeoutError) as error:
                _end_if_cancelled(error)
                if self._status.state != "connected":
                    raise
                return await call()
        except (RedisError, OSError, TimeoutError) as error:
            _end_if_cancelled(error)
            if self._status.state == "connected":
                self._patient_until = asyncio.get_running_loop().time() + PATIENCE
            if self._status.state == "connected" or self._status.since is None:
                detail = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
                self._status = Sharing("away", self._clock.now(), detail)
                _log.warning(
                    "Redis is away: this replica asks providers by itself",
                    error=f"{type(error).__name__}: {error}",
                )
            self._known = None
            return None

    def _connected(self) -> None:
        if self._status.state != "connected":
            self._status = Sharing("connected", self._clock.now())
            _log.info("Redis is there: snapshots are shared")


def _end_if_cancelled(error: Exception) -> None:
    """Go on with a cancelling: the client puts its own error in its place."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


async def _soon(call: Awaitable[Any] | Any, seconds: float = CALL_SECONDS) -> Any:  # noqa: ANN401
    """Wait for an answer of Redis, but not for longer than this; what it is, the caller knows."""
    async with asyncio.timeout(seconds):
        return await call
