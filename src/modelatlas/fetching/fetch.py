"""Fetching one provider: all its lists and pages, to a snapshot or to the reason why there is none."""

import traceback
from collections.abc import Callable, Mapping

import httpx2
import structlog
from msgspec.structs import replace

from modelatlas.domain.errors import CatalogError, NotFound, Unreadable
from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.ports import Clock
from modelatlas.domain.snapshot import Snapshot, shared
from modelatlas.fetching.addresses import CheckedTransport, Resolver, is_operators, is_own, look_up, permit
from modelatlas.fetching.gathering import Gathering
from modelatlas.fetching.http import Client
from modelatlas.fetching.limits import DEFAULT, Limits
from modelatlas.fetching.outcomes import Failed, outcome_of, redacted, shown
from modelatlas.fetching.readiness import Accesses, accesses
from modelatlas.fetching.reading import Said, heard_again, said
from modelatlas.fetching.threads import Threads
from modelatlas.fetching.via import checked
from modelatlas.providers.contract import Provider

_log = structlog.get_logger()


class HttpFetcher:
    """Asks providers by HTTP; a `domain.ports.Fetcher`.

    `keys` is the environment. With `via` all calls go to a simulator there. `transport` stands in for the
    network, which otherwise asks `resolver` for addresses. `held` tells which list of a provider is held: one
    that says the same shares its content. Raises `Misconfigured` for a `via` that cannot be.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        keys: Mapping[str, str],
        clock: Clock,
        *,
        limits: Limits = DEFAULT,
        via: str | None = None,
        allow_remote_via: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
        resolver: Resolver = look_up,
        held: Callable[[str], Snapshot | None] = lambda _: None,
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._clock = clock
        self._limits = limits
        self._via = checked(via, allow_remote=allow_remote_via)
        self._permit = permit(self._via, allow_remote=allow_remote_via)
        self._transport = transport
        self._resolver = resolver
        self._held = held
        self._threads = Threads()
        self._said: dict[str, Said] = {}

    async def fetch(self, slug: str) -> Fetched:
        """Fetch and read one provider's lists within the limits; never raises for what a provider does.

        A provider that says the same as last time, by 304 or byte by byte, is `ok` with the same listings:
        only who holds a snapshot can tell that it is unchanged. Raises `NotFound` for an undeclared slug.
        """
        provider = self._providers.get(slug)
        if provider is None:
            raise NotFound(f"unknown provider {slug!r}: expected one of {', '.join(self._providers)}")
        if provider.retired is not None:
            return Fetched(Outcome(slug, "retired", self._clock.now(), provider.retired, seconds=0.0))
        ready, missing = accesses(provider, self._keys, simulated=self._via is not None)
        if not ready:
            return Fetched(Outcome(slug, "not_configured", self._clock.now(), missing, seconds=0.0))
        started = self._clock.monotonic()
        found = await self._isolated(provider, ready)
        seconds = self._clock.monotonic() - started
        if isinstance(found, CatalogError):
            return Fetched(outcome_of(slug, found, self._clock.now(), seconds, _secrets(ready)))
        count, at = len(found.snapshot.listings), found.snapshot.fetched_at
        secrets = _secrets(ready)
        detail = "; ".join(filter(None, (missing, shown(redacted(found.without, secrets)))))
        outcome = Outcome(slug, "ok", at, detail, listings=count, seconds=seconds)
        late = None if found.late is None else outcome_of(slug, found.late, at, seconds, secrets)
        return Fetched(outcome, found.snapshot, found.payload, late)

    async def _isolated(self, provider: Provider, ready: Accesses) -> Said | CatalogError:
        """Ask a provider so that whatever goes wrong stays with it (F23); what was caught is returned."""
        try:
            return await self._ask(provider, ready)
        except TimeoutError:
            within = f"{self._limits.seconds:g} s"
            return Failed(
                "timeout", f"{provider.slug} did not finish within {within}: it is asked again later"
            )
        except CatalogError as error:
            return error
        except Exception as error:  # noqa: BLE001 - isolates a provider; the outcome records what was caught
            trace = redacted(traceback.format_exc(), _secrets(ready))
            _log.error("fetch failed by a fault of ours", provider=provider.slug, exception=trace)
            return Unreadable(f"a fault of ours, which the log shows: {type(error).__name__}: {error}")

    async def _ask(self, provider: Provider, ready: Accesses) -> Said:
        """Get all lists and read them; what was said is kept for the next time.

        In the place of a list of prices that is late stands what it said last.
        """
        last = self._said.get(provider.slug)
        validators = {} if last is None else last.validators
        async with self._client(provider) as client:
            gathering = Gathering(client, provider, self._threads, self._limits, validators)
            gathered = await gathering.gather(ready)
        at = self._clock.now()
        if gathered.pages is None and last is not None:
            return self._kept(provider, heard_again(last, at))
        found = await self._threads.run(said, provider, gathered, at, last)
        snapshot = shared(found.snapshot, self._held(provider.slug))
        return self._kept(provider, replace(found, snapshot=snapshot))

    def _kept(self, provider: Provider, found: Said) -> Said:
        self._said[provider.slug] = found
        return found

    def _client(self, provider: Provider) -> Client:
        permitted = self._permit
        if provider.named_by_operator and self._via is None:
            by_http = any(each.url.startswith("http:") for each in provider.lists)
            permitted = is_own if by_http else is_operators
        transport = self._transport or CheckedTransport(self._resolver, permitted)
        return Client(transport, self._clock, self._limits, self._via)


def _secrets(ready: Accesses) -> tuple[str, ...]:
    return tuple(secret for _, granted in ready for secret in (*granted.secrets, *granted.hidden))
