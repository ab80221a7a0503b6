"""What is said and steered beside the providers: `/`, and the routes under `/_simulator/`."""

import math
import re
from collections import Counter
from typing import Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from modelatlas.domain.errors import BadRequest
from modelatlas.providers.contract import (
    Auth,
    Bearer,
    Header,
    ModelList,
    Provider,
    QueryKey,
    SigV4,
    Way,
    auth_of,
    ways_of,
)
from modelatlas.simulator.answers import json_answer
from modelatlas.simulator.faults import FAULTS, Faults, Options
from modelatlas.simulator.world import World

_MOST_DAYS = 366.0
_MOST_SECONDS = 3_600.0
_MOST_BYTES = 1 << 34
_SIGNED: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>[\w-]+)/(?P<day>\d{8})/[a-z0-9-]+/(?P<service>[a-z0-9-]+)/"
    r"aws4_request, "
    r"SignedHeaders=(?:[a-z0-9-]+;)*host;(?:[a-z0-9-]+;)*x-amz-date(?:;[a-z0-9-]+)*, Signature=[0-9a-f]{64}",
    re.ASCII,
)
"""A call signed by Signature Version 4; here the signature has to look like one, not to be right."""


class Visit(Struct):
    """A provider's calls, by list too; which keys they carried: `none`, `demo`, or at least one `other`."""

    requests: int = 0
    lists: Counter[str] = msgspec.field(default_factory=Counter)
    authorization: str = "none"


class Visits:
    """Every provider's visits; keys themselves are never kept."""

    def __init__(self) -> None:
        self.by_slug: dict[str, Visit] = {}

    def note(self, provider: Provider, declared: ModelList, request: Request) -> None:
        """Count one call."""
        visit = self.by_slug.setdefault(provider.slug, Visit())
        visit.requests += 1
        visit.lists[declared.name] += 1
        keys = keys_sent(auth_of(provider, declared), request) | keys_sent(Bearer(""), request)
        if keys - {"demo"} or visit.authorization == "other":
            visit.authorization = "other"
        elif keys:
            visit.authorization = "demo"


def keys_sent(auth: Auth, request: Request) -> set[str]:
    """Return the keys that a call carries where they are taken; of a signed call, the id of its key."""
    return {key for way in ways_of(auth) if (key := _key_sent(way, request).strip())}


def _key_sent(way: Way, request: Request) -> str:
    if isinstance(way, QueryKey):
        return request.query_params.get(way.param, "")
    header, prefix = ("authorization", "bearer")
    if isinstance(way, Header):
        header, prefix = way.header, way.prefix.lower()
    sent = request.headers.get(header, "")
    if isinstance(way, SigV4):
        signed = _SIGNED.fullmatch(sent)
        is_whole = signed is not None and request.headers.get("x-amz-date", "").startswith(signed["day"])
        return signed["id"] if signed is not None and is_whole and signed["service"] == way.service else ""
    if not prefix:
        return sent
    scheme, _, key = sent.partition(" ")
    return key if scheme.lower() == prefix else ""


def control(world: World, faults: Faults, visits: Visits) -> list[Route]:
    """Return the routes that are no provider's."""

    async def front(_request: Request) -> Response:
        return json_answer(described(world))

    async def state(_request: Request) -> Response:
        return json_answer({**described(world), "faults": faults.listed(), **sources(world)})

    async def requests(_request: Request) -> Response:
        return json_answer(visits.by_slug)

    async def drift(request: Request) -> Response:
        days = _number(request, "days", _MOST_DAYS)
        drifted = world.drift(30.0 if days is None else days)
        return json_answer({"step": world.step, "providers": drifted})

    async def fault(request: Request) -> Response:
        slug, name = request.path_params["slug"], request.path_params["fault"]
        if request.method == "DELETE":
            faults.switch_off(slug, name)
        else:
            size = _number(request, "bytes", _MOST_BYTES)
            seconds = _number(request, "seconds", _MOST_SECONDS)
            faults.switch_on(slug, name, Options(seconds, None if size is None else int(size)))
        return json_answer({"faults": faults.listed()})

    return [
        Route("/", front),
        Route("/_simulator/state", state),
        Route("/_simulator/requests", requests),
        Route("/_simulator/drift", drift, methods=["POST"]),
        Route("/_simulator/faults/{slug}/{fault}", fault, methods=["POST", "DELETE"]),
    ]


def described(world: World) -> dict[str, object]:
    """Return what this program is, in what profile, and how many listings each provider has."""
    listings = world.listings()
    return {
        "what": "the Model Atlas simulator: at /HOST/PATH it answers as https://HOST/PATH would",
        "data": "invented" if world.recordings is None else "recorded",
        "profile": world.profile,
        "seed": world.seed,
        "step": world.step,
        "total": sum(listings.values()),
        "providers": listings,
        "lists": {slug: [each.url for each in provider.lists] for slug, provider in world.providers.items()},
        "control": {
            "GET /_simulator/state": "faults that are on, recordings served and left out",
            "GET /_simulator/requests": "calls by provider",
            "POST /_simulator/drift?days=30": "let time pass",
            "POST|DELETE /_simulator/faults/{slug or all}/{fault}": dict(FAULTS),
        },
    }


def sources(world: World) -> dict[str, object]:
    """Return where each list comes from, and which recordings were left out and why."""
    if world.recordings is None:
        return {"rejected": {slug: stock.rejected() for slug, stock in world.stocks.items()}}
    lists = {
        f"{slug}.{declared.name}": world.source(slug, declared.name)
        for slug, provider in world.providers.items()
        for declared in provider.lists
    }
    return {"recordings": lists, "left_out": world.recordings.left_out}


def _number(request: Request, name: str, most: float) -> float | None:
    """Return a number from 0 to `most` from the query, or None where it is not said. Raises `BadRequest`."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        msg = f"{name}={text!r}: expected a number from 0 to {most:g}"
        raise BadRequest(msg)
    return number
