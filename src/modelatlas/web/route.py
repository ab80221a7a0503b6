"""What a route is: a method, a path, what it answers in a sentence, and the Structs of both sides."""

from collections.abc import Awaitable, Callable
from types import UnionType
from typing import Any, Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.web.layers import is_admin
from modelatlas.web.parameters import Parameters, read_parameters
from modelatlas.web.site import Site

Handler = Callable[[Site, Request, Any], Awaitable[Response]]


class Route(Struct, frozen=True):
    """One route; `answer` is a Struct written as JSON (or several), or a content type.

    `errors` are the statuses of the problems that it can answer with, besides those of every route. `body` is
    what it takes (several Structs: one of them); `asks` tells of a POST that it only asks something. With
    `any_query` the query string is not read here: it is the page's own, in the browser.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    summary: str
    handler: Handler
    answer: type[Struct] | UnionType | str
    query: type[Parameters] = Parameters
    statuses: tuple[int, ...] = (200,)
    errors: tuple[int, ...] = ()
    body: type[Struct] | UnionType | None = None
    asks: bool = False
    any_query: bool = False

    @property
    def writes(self) -> bool:
        """Tell whether it changes anything."""
        return self.method != "GET" and not self.asks

    @property
    def needs_key(self) -> bool:
        """Tell whether the key is needed: for every change, and for all that is the operator's (F52)."""
        return self.writes or is_admin(self.path)

    def endpoint(self, site: Site) -> Callable[[Request], Awaitable[Response]]:
        """Return what the framework calls: key first, then the parameters, then the handler."""

        async def endpoint(request: Request) -> Response:
            if self.needs_key:
                site.admit(request.scope)
            asked = read_parameters(self.query, b"" if self.any_query else request.scope["query_string"])
            return await self.handler(site, request, asked)

        return endpoint
