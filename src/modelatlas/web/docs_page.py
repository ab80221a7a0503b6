"""The OpenAPI document as a page: routes, parameters, answers, and the sorts of problems."""

from collections.abc import Iterable, Mapping
from typing import Any

from modelatlas.web.html import Html, link, prose, table, tag
from modelatlas.web.problems import SORTS

Json = Mapping[str, Any]


def docs_page(document: Json) -> Iterable[str]:
    """Write the body of the page."""
    yield tag("h1", "Model Atlas: the API")
    yield tag("p", document["info"]["description"])
    yield tag("p", link("/"), " · ", link("/openapi.json"))
    routes = [
        (method.upper(), path, each) for path, of in document["paths"].items() for method, each in of.items()
    ]
    yield tag(
        "ul",
        *(tag("li", link(f"#{anchor(m, p)}", f"{m} {p}"), ": ", each["summary"]) for m, p, each in routes),
    )
    for method, path, each in routes:
        yield from _route(method, path, each)
    yield tag("h2", "Answers")
    for name, schema in document["components"]["schemas"].items():
        yield from _schema(name, schema)
    yield tag("h2", "Problems")
    for name, sort in SORTS.items():
        yield tag("h3", f"{sort.status} {sort.title}", id=name)
        yield tag("p", prose(sort.meaning))


def anchor(method: str, path: str) -> str:
    """Return the anchor of a route."""
    return f"{method} {path}".lower().translate(str.maketrans("/ ", "--", "{}"))


def _route(method: str, path: str, each: Json) -> Iterable[str]:
    yield tag("h2", tag("code", f"{method} {path}"), id=anchor(method, path))
    yield tag("p", each["summary"], " Needs the key." if each.get("security") else None)
    if each["parameters"]:
        yield table(
            ("parameter", "value", "meaning"),
            *(
                (tag("code", one["name"]), shape(one["schema"]), prose(one["description"]))
                for one in each["parameters"]
            ),
        )
    yield table(("status", "answer"), *((status, _answer(of)) for status, of in each["responses"].items()))


def _answer(of: Json) -> Html:
    shapes = [shape(content["schema"], media_type) for media_type, content in of.get("content", {}).items()]
    return tag("span", of["description"], " ", *shapes)


def _schema(name: str, schema: Json) -> Iterable[str]:
    yield tag("h3", tag("code", name), id=f"schema-{name}")
    yield tag("p", prose(schema.get("description", "")))
    rows = ((tag("code", key), shape(of)) for key, of in schema.get("properties", {}).items())
    yield table(("key", "value"), *rows)


def shape(schema: Json, otherwise: str = "anything") -> Html:
    """Say in a few words what a value looks like, with links to other schemas."""
    match schema:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            said = link(f"#schema-{name}", name)
        case {"anyOf": choices}:
            said = _joined(" or ", (shape(each) for each in choices))
        case {"enum": values}:
            said = _joined(", ", (tag("code", str(each)) for each in values))
        case {"type": "array"}:
            said = tag("span", "list of ", shape(schema.get("items", {})))
        case {"type": "object", "additionalProperties": dict(values)}:
            said = tag("span", "object of ", shape(values))
        case {"type": kind}:
            said = tag("span", str(schema.get("format", kind)), _bounds(schema))
        case _:
            said = tag("span", otherwise)
    return said


def _bounds(schema: Json) -> str:
    least, most, longest = schema.get("minimum"), schema.get("maximum"), schema.get("maxLength")
    if longest is not None:
        return f" of at most {longest} characters"
    if least is not None and most is not None:
        return f" from {least:,} to {most:,}"
    return ""


def _joined(between: str, parts: Iterable[Html]) -> Html:
    return Html(between.join(parts))
