"""The OpenAPI document, made of the table of routes and of the Structs that it names."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from types import UnionType
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from modelatlas import __version__
from modelatlas.web.parameters import Parameters
from modelatlas.web.problems import MEDIA_TYPE, SORTS, Problem
from modelatlas.web.route import Route

SCHEMAS: Final = "#/components/schemas/"
MEANINGS: Final = {
    200: "The answer.",
    201: "Kept.",
    202: "Begun; Location says where to see how it goes on.",
    304: "The client has this answer already (If-None-Match).",
}
PLACES: Final = {
    "slug": "The slug or an alias of a provider.",
    "provider": "The slug or an alias of a provider.",
    "lab": "Who made the model.",
    "name": "The model's name without its lab.",
    "id": "The id as it was listed; slashes need no escape.",
    "key": "The key of a price in quarantine, as /quarantine shows it.",
    "author": "Who made the model, or the provider of a listing of no known model.",
    "model": "The model's name, or the id of such a listing.",
    "format": "The name of a format, as /exports lists them.",
    "hash": "The whole hash, as /pins lists them.",
}
ABOUT: Final = (
    "One exact, explained catalog of the models and prices of many inference providers. Reads are public; "
    "routes below /admin need the key. Errors are RFC 9457 problems."
)


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of these routes."""
    routes = tuple(routes)
    structs = {Problem, *(struct for route in routes for struct in structs_of(route))}
    _, schemas = msgspec.json.schema_components(
        sorted(structs, key=lambda struct: struct.__name__), ref_template=SCHEMAS + "{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(path_of(route), {})[route.method.lower()] = operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Model Atlas", "version": __version__, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def operation(route: Route) -> dict[str, Any]:
    """Describe one route."""
    described = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*_places(route.path), *_parameters(route.query)],
        "responses": {
            **{str(status): _answer(route, status) for status in route.statuses},
            **{str(status): _problem(status) for status in _errors(route)},
        },
    }
    if route.body is not None:
        content = {"application/json": {"schema": _schema(route.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return {**described, "security": [{"key": []}]} if route.needs_key else described


def path_of(route: Route) -> str:
    """Return a route's path as OpenAPI writes it."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", route.path)


def structs_of(route: Route) -> tuple[type[Struct], ...]:
    """Return the Structs that a route takes and answers with."""
    named = () if isinstance(route.answer, str) else _each(route.answer)
    return named if route.body is None else (*named, *_each(route.body))


def _places(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)", path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": PLACES[name],
            "schema": {"type": "string", "minLength": 1},
        }


def _parameters(query: type[Parameters]) -> Iterator[dict[str, Any]]:
    _, schemas = msgspec.json.schema_components([query])
    for name, schema in schemas[query.__name__]["properties"].items():
        shape = {key: value for key, value in schema.items() if key != "description"}
        list_ = {"style": "form", "explode": False} if shape.get("type") == "array" else {}
        yield {
            "name": name,
            "in": "query",
            "description": schema.get("description", ""),
            "schema": shape,
            **list_,
        }


def _answer(route: Route, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": MEANINGS[status]}
    if status == HTTPStatus.NOT_MODIFIED:
        return described
    if isinstance(route.answer, str):
        return {**described, "content": {route.answer: {"schema": {}}}}
    return {**described, "content": {"application/json": {"schema": _schema(route.answer)}}}


def _schema(answer: type[Struct] | UnionType) -> dict[str, Any]:
    schemas = [{"$ref": SCHEMAS + struct.__name__} for struct in _each(answer)]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _each(one_or_more: type[Struct] | UnionType) -> tuple[type[Struct], ...]:
    return get_args(one_or_more) or (one_or_more,)


def _errors(route: Route) -> tuple[int, ...]:
    of_key = (401, 403) if route.needs_key else ()
    return tuple(sorted({400, *of_key, *route.errors}))


def _problem(status: int) -> dict[str, Any]:
    title = next(sort.title for sort in SORTS.values() if sort.status == status)
    return {
        "description": f"{title}.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}{Problem.__name__}"}}},
    }
