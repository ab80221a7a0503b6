"""Errors as RFC 9457 problems, all built here from what was raised."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import BadRequest, CatalogError, NotFound, Refused, Unavailable
from modelatlas.web.bodies import TooLarge
from modelatlas.web.bounds import TooMany
from modelatlas.web.keys import KeyMissing
from modelatlas.web.parameters import BadParameter
from modelatlas.web.recent import Gone

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = 5
"""Seconds to wait when nobody said how long."""


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong, whose turn it is, and the next step.

    `type` is a link to its explanation. `parameter` and `allowed` are there when one parameter is at fault,
    `first` where the page of a replaced catalog was asked for: the URL of the first page of the newest.
    `error` says the same in the words of the clients that ask at a path (OpenAI's SDK, OpenRouter's).
    """

    type: str
    title: str
    status: int
    detail: str
    parameter: str | UnsetType = UNSET
    allowed: tuple[str, ...] | UnsetType = UNSET
    first: str | UnsetType = UNSET
    error: dict[str, str | int | None] | UnsetType = UNSET


class Sort(Struct, frozen=True):
    """One sort of problem."""

    status: int
    title: str
    meaning: str


SORTS: Final[Mapping[str, Sort]] = {
    "bad-request": Sort(
        400, "The question cannot be answered as asked", "The caller: `detail` names what is allowed."
    ),
    "key-missing": Sort(401, "A key is needed", "The caller: send `Authorization: Bearer KEY`."),
    "refused": Sort(403, "Nobody may do this here", "The operator: `detail` says which setting opens it."),
    "not-found": Sort(404, "There is no such thing", "The caller: `detail` says where to look."),
    "method-not-allowed": Sort(
        405, "This cannot be done here", "The caller: the header Allow names what can be done."
    ),
    "gone": Sort(
        410,
        "That catalog was replaced",
        "The caller: begin anew with the URL in `first`.",
    ),
    "too-large": Sort(413, "Too much at once", "The caller: `detail` says how much is taken."),
    "too-many": Sort(429, "Too many at once", "The caller: wait for the seconds in the header Retry-After."),
    "internal": Sort(500, "A fault of Model Atlas", "Its developers: the log of the service has the rest."),
    "unavailable": Sort(503, "Not now", "Nobody: try again after the seconds in the header Retry-After."),
}
"""Anchor of the explanation at /docs -> the sort of problem: status, title, and who acts."""

_SORT_OF: Final[tuple[tuple[type[CatalogError], str], ...]] = (
    (BadRequest, "bad-request"),
    (KeyMissing, "key-missing"),
    (Refused, "refused"),
    (NotFound, "not-found"),
    (Unavailable, "unavailable"),
    (Gone, "gone"),
    (TooLarge, "too-large"),
    (TooMany, "too-many"),
)


def problem_response(error: Exception, path: str = "") -> Response:
    """Answer an error. What is not one of ours is said to be a fault of ours, without its text."""
    sort = _sort(error)
    about = SORTS[sort]
    headers = {"Cache-Control": "no-store", **_headers(error)}
    parameter = error.parameter if isinstance(error, BadParameter) else None
    problem = Problem(
        type=f"/docs#{sort}",
        title=about.title,
        status=about.status,
        detail=_detail(error, about),
        parameter=UNSET if parameter is None else parameter,
        allowed=(error.allowed or UNSET) if isinstance(error, BadParameter) else UNSET,
        first=error.first if isinstance(error, Gone) else UNSET,
        error=_for_clients(path, sort, _detail(error, about), parameter),
    )
    return Response(msgspec.json.encode(problem), about.status, headers, MEDIA_TYPE)


async def on_error(request: Request, error: Exception) -> Response:
    """Answer an error that a route raised; the path is named where there is nothing at it."""
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.NOT_FOUND:
        error = NotFound(f"nothing is at {request.url.path[:300]!r}; /docs names all there is")
    return problem_response(error, request.url.path)


def _for_clients(
    path: str, sort: str, detail: str, parameter: str | None
) -> dict[str, str | int | None] | UnsetType:
    """Say it as OpenAI does under /v1/, and as OpenRouter does under /api/v1/."""
    status = SORTS[sort].status
    if path.startswith("/v1/"):
        type_ = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        return {"message": detail, "type": type_, "param": parameter, "code": sort}
    if path.startswith("/api/v1/"):
        return {"code": status, "message": detail}
    return UNSET


def _sort(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return next((name for name, sort in SORTS.items() if sort.status == error.status_code), "internal")
    return next((name for type_, name in _SORT_OF if isinstance(error, type_)), "internal")


def _detail(error: Exception, about: Sort) -> str:
    if isinstance(error, HTTPException):
        return error.detail
    return about.meaning if about.status == HTTPStatus.INTERNAL_SERVER_ERROR else str(error)


def _headers(error: Exception) -> Mapping[str, str]:
    match error:
        case HTTPException(headers=headers):
            return headers or {}
        case KeyMissing():
            return {"WWW-Authenticate": 'Bearer realm="modelatlas"'}
        case Unavailable(retry_after=seconds):
            return {"Retry-After": str(RETRY_AFTER if seconds is None else max(1, round(seconds)))}
        case TooMany():
            return {"Retry-After": "1"}
        case _:
            return {}
