"""A provider's side of paging: which entries a query asks for, and how the answer names the next page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import BadRequest
from modelatlas.providers.contract import (
    ByIds,
    Cursor,
    LinkHeader,
    ModelList,
    NextUrl,
    Offset,
    OnePage,
    PageNumber,
)
from modelatlas.providers.payload import dig
from modelatlas.providers.placeholders import simulated_url

DEFAULT_SIZE: Final = 20
"""Entries of a page when no size is sent: what Anthropic and Alibaba document (2026-10)."""

LARGEST_SIZE: Final = 1_000
"""Entries of the largest page: what Anthropic documents (2026-10)."""

_LINK_PARAM: Final = "cursor"
_LONGEST_NUMBER: Final = 12


class Page(Struct, frozen=True):
    """The entries of one answer, the members around them (path -> value) and its Link header."""

    entries: Sequence[bytes]
    members: Mapping[str, Any] = {}
    link: str | None = None


def page(
    declared: ModelList, entries: Sequence[bytes], query: Mapping[str, str], ids: Sequence[str] = ()
) -> Page:
    """Return the page that a query, or the ids in it, asks for. Raises `BadRequest` for what cannot be."""
    paging = declared.paging
    match paging:
        case OnePage():
            return Page(entries)
        case PageNumber():
            size = _size(query, paging.size_param, DEFAULT_SIZE)
            start = (_number(query, paging.param, paging.first, least=paging.first) - paging.first) * size
            return Page(entries[start : start + size], _total(paging.total, entries))
        case Offset():
            size = _size(query, paging.size_param, DEFAULT_SIZE)
            start = _number(query, paging.param, 0)
            return Page(entries[start : start + size], _total(paging.total, entries))
        case Cursor():
            return _at_cursor(declared, paging, entries, query)
        case ByIds():
            return _for_ids(declared, paging, entries, ids)
        case LinkHeader() | NextUrl():
            return _at_link(declared, paging, entries, query)
        case _:
            assert_never(paging)


def enveloped(declared: ModelList, entries: Sequence[bytes], members: Mapping[str, Any]) -> bytes:
    """Write a payload: the entries where they are declared, the members around them at their paths."""
    listed = msgspec.Raw(b"[" + b",".join(entries) + b"]")
    if declared.keyed and not declared.each:
        rows = msgspec.json.decode(listed, type=list[dict[str, msgspec.Raw]])
        named = ((row.pop(declared.keyed), msgspec.json.encode(row)) for row in rows)
        listed = msgspec.Raw(b"{" + b",".join(bytes(name) + b":" + rest for name, rest in named) + b"}")
    if not declared.entries:
        return bytes(listed)
    document: dict[str, Any] = {}
    for path, value in {declared.entries: listed, **members}.items():
        *way, last = path.split(".")
        inner = document
        for key in way:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return msgspec.json.encode(document)


def documented(declared: ModelList, items: Sequence[bytes], members: Mapping[str, Any]) -> bytes:
    """Write a payload, laid out as a price document is if it is one."""
    layout = None if declared.rows is None else declared.rows.layout
    if layout is None or layout.fold is None:
        return enveloped(declared, items, members)
    return msgspec.json.encode(layout.fold([msgspec.json.decode(item, type=Any) for item in items]))


def _at_cursor(
    declared: ModelList, paging: Cursor, entries: Sequence[bytes], query: Mapping[str, str]
) -> Page:
    """Page by the id of the last entry; an id that occurs again, or none, takes its position along."""
    tokens = _tokens(declared, entries)
    asked = query.get(paging.param)
    if asked and asked not in tokens:
        msg = f"{paging.param}={asked!r}: expected the {paging.next!r} of an earlier answer"
        raise BadRequest(msg)
    start = tokens[asked] if asked else 0
    chosen = entries[start : start + _size(query, paging.size_param, _default(paging))]
    more = start + len(chosen) < len(entries)
    named = chosen and (more or paging.more is not None)
    last = list(tokens)[start + len(chosen) - 1] if named else None
    members: dict[str, Any] = {paging.next: last}
    if paging.more is not None:
        members[paging.more] = more
    return Page(chosen, members)


def _for_ids(declared: ModelList, paging: ByIds, entries: Sequence[bytes], ids: Sequence[str]) -> Page:
    if not 0 < len(ids) <= paging.size:
        msg = f"{paging.param}: expected 1 to {paging.size} ids, got {len(ids)}"
        raise BadRequest(msg)
    chosen = [entry for entry in entries if dig(msgspec.json.decode(entry), declared.id) in ids]
    return Page(chosen, {} if paging.more is None else {paging.more: False})


def _at_link(
    declared: ModelList, paging: LinkHeader | NextUrl, entries: Sequence[bytes], query: Mapping[str, str]
) -> Page:
    """Page by the next one's URL, in the Link header or in the answer."""
    start = _number(query, _LINK_PARAM, 0)
    end = start + _size(query, paging.size_param, _default(paging))
    ended = end >= len(entries)
    asked = {key: value for key, value in query.items() if key != _LINK_PARAM}
    url = f"{simulated_url(declared.url)}?{urlencode({**asked, _LINK_PARAM: end})}"
    if isinstance(paging, NextUrl):
        return Page(entries[start:end], {paging.next: None if ended else url})
    return Page(entries[start:end], link=None if ended else f'<{url}>; rel="next"')


def _tokens(declared: ModelList, entries: Sequence[bytes]) -> dict[str, int]:
    """Return, for every entry in order, what names it as the last one -> the position after it."""
    tokens: dict[str, int] = {}
    for position, entry in enumerate(entries):
        id_ = dig(msgspec.json.decode(entry), declared.id)
        token = id_ if isinstance(id_, str) and id_ not in tokens else f"@{position}"
        tokens[token] = position + 1
    return tokens


def _total(path: str | None, entries: Sequence[bytes]) -> dict[str, Any]:
    return {} if path is None else {path: len(entries)}


def _default(paging: Cursor | LinkHeader | NextUrl) -> int:
    """Return the size of a page that nobody asks to be of another; where nobody can, the declared one."""
    return paging.size if paging.size_param is None and paging.size else DEFAULT_SIZE


def _size(query: Mapping[str, str], param: str | None, default: int) -> int:
    return default if param is None else min(_number(query, param, default, least=1), LARGEST_SIZE)


def _number(query: Mapping[str, str], param: str, default: int, *, least: int = 0) -> int:
    said = query.get(param, str(default))
    if not said.isdecimal() or len(said) > _LONGEST_NUMBER or int(said) < least:
        msg = f"{param}={said[:_LONGEST_NUMBER]!r}: expected a whole number, {least} or more"
        raise BadRequest(msg)
    return int(said)
