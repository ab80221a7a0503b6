"""Fetching one provider: all its lists and pages, to a snapshot or to the reason why there is none."""

import asyncio
import traceback
from collections.abc import Mapping, Sequence
from typing import Final

import httpx2
import structlog
from msgspec.structs import replace

from modelatlas.domain.errors import CatalogError, NotFound, Unreadable
from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.ports import Clock
from modelatlas.fetching import addresses, outcomes
from modelatlas.fetching.auth import Access, access, what_is_missing, what_to_do_when_refused
from modelatlas.fetching.http import NOT_MODIFIED, Answer, Call, Client
from modelatlas.fetching.limits import DEFAULT, Limits
from modelatlas.fetching.outcomes import Failed, redacted
from modelatlas.fetching.pages import PageState, first
from modelatlas.fetching.reading import Said, heard_again, said, turn
from modelatlas.fetching.via import checked
from modelatlas.providers.contract import ModelList, OnePage, Provider

_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
"""Header of an answer -> the one that asks whether it still holds."""
_LONGEST_VALIDATOR: Final = 500

_log = structlog.get_logger()

Accesses = Sequence[tuple[ModelList, Access]]


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
        resolver: addresses.Resolver = addresses.look_up,
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._clock = clock
        self._limits = limits
        self._via = checked(via, allow_remote=allow_remote_via)
        self._permit = _permit(self._via, allow_remote=allow_remote_via)
        self._transport = transport
        self._resolver = resolver
        self._said: dict[str, Said] = {}

    async def fetch(self, slug: str) -> Fetched:
        """Fetch and read one provider's lists within the limits; never raises for what a provider does.

        Raises `NotFound` for a slug that is not declared.
        """
        provider = self._providers.get(slug)
        if provider is None:
            raise NotFound(f"unknown provider {slug!r}: expected one of {', '.join(self._providers)}")
        started = self._clock.monotonic()
        if provider.retired is not None:
            return Fetched(Outcome(slug, "retired", self._clock.now(), provider.retired, seconds=0.0))
        accesses, missing = self._accesses(provider)
        if not accesses:
            return Fetched(Outcome(slug, "not_configured", self._clock.now(), missing, seconds=0.0))
        found = await self._isolated(provider, accesses)
        seconds = self._clock.monotonic() - started
        if isinstance(found, CatalogError):
            secrets = _secrets(accesses)
            return Fetched(outcomes.outcome(slug, found, self._clock.now(), seconds, secrets))
        count, at = len(found.snapshot.listings), found.snapshot.fetched_at
        outcome = Outcome(slug, "ok", at, missing, listings=count, seconds=seconds)
        return Fetched(outcome, found.snapshot, found.payload)

    def _accesses(self, provider: Provider) -> tuple[Accesses, str]:
        """Return the lists that can be read, and what a person can do about the others."""
        simulated = self._via is not None
        lists = [(each, access(provider, each, self._keys, simulated=simulated)) for each in provider.lists]
        readable = [(each, granted) for each, granted in lists if granted is not None]
        closed = ", ".join(each.name for each, granted in lists if granted is None)
        if not closed:
            return readable, ""
        missing = what_is_missing(provider, self._keys)
        return readable, f"without its list {closed}: {missing}" if readable else missing

    async def _isolated(self, provider: Provider, accesses: Accesses) -> Said | CatalogError:
        """Ask a provider so that whatever goes wrong stays with it (F23); what was caught is the answer."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._ask(provider, accesses)
        except TimeoutError:
            most = f"{self._limits.seconds:g}"
            return Failed("timeout", f"{provider.slug} did not finish within {most} s: it is asked again later")
        except CatalogError as error:
            return error
        except Exception as error:  # noqa: BLE001 - isolates a provider; logged here, and in the outcome
            trace = redacted(traceback.format_exc(), _secrets(accesses))
            _log.error("fetch failed by a fault of ours", provider=provider.slug, exception=trace)  # noqa: TRY400
            return Unreadable(f"reading {provider.slug} failed by a fault of ours: {type(error).__name__}: {error}")

    async def _ask(self, provider: Provider, accesses: Accesses) -> Said:
        """Get all pages of all lists and read them. Raises `Failed` and `Unreadable`."""
        last = self._said.get(provider.slug)
        validators = last.validators if last is not None and _may_be_conditional(provider) else {}
        pages: dict[str, list[bytes]] = {}
        answer: Answer | None = None
        async with self._client() as client:
            for declared, granted in accesses:
                answer = await self._list(client, provider, declared, granted, validators, pages)
        at = self._clock.now()
        if answer is not None and answer.status == NOT_MODIFIED and last is not None:
            found = heard_again(last, at)
        else:
            found = await asyncio.to_thread(said, provider, pages, at, last)
            found = replace(found, validators=_validators(answer))
        self._said[provider.slug] = found
        return found

    async def _list(
        self,
        client: Client,
        provider: Provider,
        declared: ModelList,
        granted: Access,
        validators: Mapping[str, str],
        pages: dict[str, list[bytes]],
    ) -> Answer:
        """Get the pages of one list into `pages`; return its last answer."""
        received = pages.setdefault(declared.name, [])
        state = first(declared)
        while True:
            call = Call(
                slug=provider.slug,
                url=state.url,
                declared=declared.url,
                headers=declared.headers,
                access=granted,
                validators=validators,
                hint=what_to_do_when_refused(provider, granted.variable),
            )
            answer = await client.get(call)
            if answer.status == NOT_MODIFIED:
                return answer
            most = self._limits.payload_bytes - sum(len(page) for each in pages.values() for page in each)
            page, after = await asyncio.to_thread(turn, declared, state, answer, self._limits, most)
            received.append(page)
            if after is None:
                return answer
            state = after

    def _client(self) -> Client:
        transport = self._transport or addresses.CheckedTransport(self._resolver, self._permit)
        return Client(transport, self._clock, self._limits, self._via)


def _permit(via: str | None, *, allow_remote: bool) -> addresses.Permit:
    """Return which addresses may be called: public ones, or those of the simulator."""
    if via is None:
        return addresses.is_public
    return addresses.is_any if allow_remote else addresses.is_own


def _secrets(accesses: Accesses) -> tuple[str, ...]:
    return tuple(secret for _, granted in accesses for secret in granted.secrets)


def _may_be_conditional(provider: Provider) -> bool:
    """Tell whether one 304 speaks for the whole provider: it has one list of one page."""
    return len(provider.lists) == 1 and isinstance(provider.lists[0].paging, OnePage)


def _validators(answer: Answer | None) -> dict[str, str]:
    told = {} if answer is None else answer.headers
    return {
        question: told[header]
        for header, question in _VALIDATORS.items()
        if header in told and len(told[header]) <= _LONGEST_VALIDATOR
    }
