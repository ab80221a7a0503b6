"""Fetching one provider: all its lists and pages, to a snapshot or to the reason why there is none."""

import asyncio
import traceback
from collections.abc import Mapping, Sequence

import httpx2
import structlog
from msgspec.structs import replace

from modelatlas.domain.errors import CatalogError, NotFound, Unreadable
from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.ports import Clock
from modelatlas.fetching.addresses import CheckedTransport, Resolver, is_operators, is_own, look_up, permit
from modelatlas.fetching.http import Client
from modelatlas.fetching.limits import DEFAULT, Limits
from modelatlas.fetching.lists import fetch_list, may_be_conditional
from modelatlas.fetching.outcomes import Failed, outcome_of, redacted
from modelatlas.fetching.readiness import Accesses, accesses
from modelatlas.fetching.reading import Said, heard_again, said
from modelatlas.fetching.threads import Threads
from modelatlas.fetching.via import checked
from modelatlas.providers.contract import Provider

_log = structlog.get_logger()


class HttpFetcher:
    """Asks providers by HTTP; a `domain.ports.Fetcher`.

    `keys` is the environment. With `via` all calls go to a simulator there. `transport` stands in for the
    network, which otherwise asks `resolver` for addresses. Raises `Misconfigured` for a `via` that cannot be.
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
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._clock = clock
        self._limits = limits
        self._via = checked(via, allow_remote=allow_remote_via)
        self._permit = permit(self._via, allow_remote=allow_remote_via)
        self._transport = transport
        self._resolver = resolver
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
        gone = f"its list {', '.join(found.gone)} is not there any more" if found.gone else ""
        detail = "; ".join(filter(None, (missing, gone)))
        outcome = Outcome(slug, "ok", at, detail, listings=count, seconds=seconds)
        return Fetched(outcome, found.snapshot, found.payload)

    async def _isolated(self, provider: Provider, ready: Accesses) -> Said | CatalogError:
        """Ask a provider so that whatever goes wrong stays with it (F23); what was caught is returned."""
        try:
            async with asyncio.timeout(self._limits.seconds):
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
        """Get all pages of all lists and read them; what was said is kept for the next time.

        A list of which the provider says that it is not there is left out, as long as another one lists
        models. Whatever else befalls a list befalls the provider: half of it is no snapshot (F26).
        """
        last = self._said.get(provider.slug)
        validators = {} if last is None else last.validators
        found: dict[str, tuple[bytes, ...]] = {}
        gone: dict[str, Failed] = {}
        async with self._client(provider) as client:
            for declared, granted in ready:
                try:
                    listed = await fetch_list(
                        client,
                        provider,
                        declared,
                        granted,
                        threads=self._threads,
                        limits=self._limits,
                        most=self._limits.payload_bytes - _size(found),
                        validators=validators,
                    )
                except Failed as failed:
                    if not failed.gone:
                        raise
                    gone[declared.name] = failed
                    continue
                if listed.pages is None and last is not None:
                    return self._kept(provider, heard_again(last, self._clock.now()))
                found[declared.name] = listed.pages or ()
                validators = listed.validators if may_be_conditional(provider) else {}
        if not any(declared.name in found and declared.yields == "listings" for declared, _ in ready):
            raise next(iter(gone.values()))
        at = self._clock.now()
        read = await self._threads.run(said, provider, found, at, last, validators)
        return self._kept(provider, replace(read, gone=tuple(gone)))

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


def _size(found: Mapping[str, Sequence[bytes]]) -> int:
    return sum(len(page) for pages in found.values() for page in pages)
