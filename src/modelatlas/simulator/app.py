"""The simulator: an ASGI program at whose `/HOST/PATH` the provider of `https://HOST/PATH` answers.

Besides there are `/`, which says what this is, and `/_simulator/...`, by which people and tests let time
pass, switch faults on and see who was asked how often.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from modelatlas.domain.errors import BadRequest
from modelatlas.providers.contract import (
    JSON,
    ByIds,
    ModelList,
    OnePage,
    Provider,
    QueryKey,
    auth_of,
    needs_key,
    ways_of,
)
from modelatlas.providers.payload import text_of_payload
from modelatlas.providers.placeholders import simulated_url
from modelatlas.simulator.answers import Body, CutAnswer, broken, refusal
from modelatlas.simulator.control import Visits, control, keys_sent
from modelatlas.simulator.faults import Faults
from modelatlas.simulator.paging import documented, page
from modelatlas.simulator.spoiling import SPOILERS, spoiled
from modelatlas.simulator.world import Contents, World

_MOST_BODIES: Final = 500
"""Payloads kept ready; no provider of the profile `seed` has more pages."""

_HOUR: Final = "3600"

Address = tuple[str, str]
"""Host and path of a list."""


def simulator(world: World, *, faults: Iterable[str] = ()) -> Starlette:
    """Return the program; `faults` are written `NAME` (for all) or `NAME=SLUG`, others raise `BadRequest`."""
    switched = Faults(world.providers, faults)
    visits = Visits()
    answering = Answering(world, switched, visits)
    app = Starlette(
        routes=[
            *control(world, switched, visits),
            Route("/{host}/{path:path}", answering.answer, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _refused, BadRequest: _refused},
    )
    app.router.redirect_slashes = False  # a provider does not send elsewhere whoever gets its address wrong
    return app


class Answering:
    """Answers in the place of all providers."""

    def __init__(self, world: World, faults: Faults, visits: Visits) -> None:
        self.world = world
        self.faults = faults
        self.visits = visits
        self._lists = _addresses(world.providers.values())
        self._ready: dict[tuple[object, ...], _Ready] = {}
        self._step = world.step

    async def answer(self, request: Request) -> Response:
        """Answer as the provider would whose list is at this address."""
        provider, declared = self._asked(request)
        faults = self.faults.of(provider.slug)
        self.visits.note(provider, declared, request)
        answer = await broken(request, faults) or _not_allowed(provider, declared, request)
        if answer is not None:
            return answer
        contents = self.world.contents(provider, declared)
        if contents is None:
            missing = f"nothing was recorded of {provider.slug}; /_simulator/state names what was"
            return refusal(503, missing, {"retry-after": _HOUR})
        query = {} if isinstance(declared.paging, OnePage) else _asked_for(provider, declared, request)
        paging = declared.paging
        ids = request.query_params.getlist(paging.param) if isinstance(paging, ByIds) else []
        ready = self._made_ready(provider, declared, contents, query, ids, SPOILERS.keys() & faults.keys())
        if "cut-body" in faults:
            return CutAnswer(ready.body.raw, headers=ready.headers, media_type=ready.body.media)
        return ready.body.answer(request, ready.headers)

    def _asked(self, request: Request) -> tuple[Provider, ModelList]:
        """Find the list by host, path and declared parameters; one that lacks some is better than none."""
        address = (request.path_params["host"], f"/{request.path_params['path']}")
        lists = self._lists.get(address)
        if not lists:
            raise HTTPException(404, f"no declared list is at https://{''.join(address)}")
        asked = request.query_params.items()
        full = [found for found in lists if _params(found[1]).items() <= asked]
        return max(full, key=lambda found: len(found[1].params)) if full else lists[0]

    def _made_ready(
        self,
        provider: Provider,
        declared: ModelList,
        contents: Contents,
        query: Mapping[str, str],
        ids: Sequence[str],
        spoil: set[str],
    ) -> "_Ready":
        """Return the asked page, from those kept ready if the world has not moved since."""
        if self._step != self.world.step or len(self._ready) >= _MOST_BODIES:
            self._ready.clear()
            self._step = self.world.step
        key = (provider.slug, declared.name, *sorted(spoil), *sorted(query.items()), *ids)
        if key not in self._ready:
            self._ready[key] = _made(declared, contents, query, ids, spoil)
        return self._ready[key]


class _Ready(Struct, frozen=True):
    """One page as bytes, and the headers that belong to it."""

    body: Body
    headers: Mapping[str, str]


def _made(
    declared: ModelList, contents: Contents, query: Mapping[str, str], ids: Sequence[str], spoil: set[str]
) -> _Ready:
    if contents.whole is not None and not spoil:
        return _Ready(_body(declared, contents.whole), {})
    asked = page(declared, spoiled(declared, contents.entries, spoil), query, ids)
    headers = {} if asked.link is None else {"link": asked.link}
    return _Ready(_body(declared, documented(declared, asked.entries, asked.members)), headers)


def _body(declared: ModelList, payload: bytes) -> Body:
    """Return a payload as it is sent: a text as it is."""
    return Body(payload if declared.media == JSON else text_of_payload(payload), declared.media)


def _asked_for(provider: Provider, declared: ModelList, request: Request) -> dict[str, str]:
    """Return the query without a key."""
    keys = {way.param for way in ways_of(auth_of(provider, declared)) if isinstance(way, QueryKey)}
    return {name: value for name, value in request.query_params.items() if name not in keys}


def _params(declared: ModelList) -> dict[str, str]:
    """Return the declared parameters as they are asked for here."""
    return {name: simulated_url(value) for name, value in declared.params.items()}


def _addresses(providers: Iterable[Provider]) -> dict[Address, list[tuple[Provider, ModelList]]]:
    lists: dict[Address, list[tuple[Provider, ModelList]]] = {}
    for provider in providers:
        for declared in provider.lists:
            url = urlsplit(simulated_url(declared.url))
            lists.setdefault((url.netloc, url.path), []).append((provider, declared))
    return lists


def _not_allowed(provider: Provider, declared: ModelList, request: Request) -> Response | None:
    """Refuse a call without a key where one is needed, and one without the headers that the list asks for."""
    if needs_key(provider, declared) and not keys_sent(auth_of(provider, declared), request):
        return refusal(401, f"{provider.name} needs a key; here any is good, for instance `demo`")
    missing = [name for name in declared.headers if name not in request.headers]
    if missing:
        return refusal(400, f"expected the header {missing[0]}")
    return None


def _refused(_request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return refusal(error.status_code, error.detail, error.headers)
    return refusal(400, str(error))
