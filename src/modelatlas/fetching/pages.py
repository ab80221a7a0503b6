"""Paging as small states without IO: from an answer to the next page's URL, or to the end of the list.

A list that does not come to its declared end is `Unreadable`, never a shorter list (F25).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.errors import Unreadable
from modelatlas.fetching.urls import host_of, joined, stays_within, with_params
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
from modelatlas.providers.payload import dig, entries_of, written

_LINK: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s;,<>="]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"<>]+))?)*)')
_PARAMETER: Final = re.compile(r';\s*([^\s;,<>="]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"<>]+)))?')

_CIRCLE: Final = "an earlier page is named as the next one: the list has no end"


class PageState(Struct, frozen=True):
    """The next page to ask for, and what was had before it.

    `seen` marks the pages or cursors that were met, by which a circle is found; `ids` are those that are
    still to be asked for after this page.
    """

    url: str
    number: int = 1
    entries: int = 0
    seen: frozenset[str] = frozenset()
    ids: Sequence[str] = ()


def start(declared: ModelList, ids: Sequence[str]) -> PageState | None:
    """Return the first page of a list; None where it answers for ids only and there are none."""
    if isinstance(declared.paging, ByIds):
        return _of_ids(declared, declared.paging, ids)
    return first(declared)


def first(declared: ModelList) -> PageState:
    """Return the first page of a list that can be asked for without ids."""
    params: dict[str, str] = dict(declared.params)
    paging = declared.paging
    if isinstance(paging, PageNumber):
        params |= {paging.param: str(paging.first), paging.size_param: str(paging.size)}
    elif isinstance(paging, Offset):
        params |= {paging.param: "0", paging.size_param: str(paging.size)}
    elif isinstance(paging, Cursor | LinkHeader | NextUrl) and paging.size_param is not None:
        params[paging.size_param] = str(paging.size)
    return PageState(with_params(declared.url, params))


def following(
    declared: ModelList, state: PageState, document: object, headers: Mapping[str, str], most: int
) -> PageState | None:
    """Return the page after the one that was answered with a document and headers, or None at the end.

    Raises `Unreadable` when the list goes in a circle, makes no progress, ends before its declared total,
    leaves its host or has more than `most` pages.
    """
    if isinstance(declared.paging, OnePage):
        return None
    found = entries_of(declared, document)
    had = replace(state, entries=state.entries + len(found))
    after = _after(declared, had, document, headers, found)
    if after is None:
        return None
    if not found and not isinstance(declared.paging, ByIds):
        raise Unreadable(f"page {state.number} is empty and names another one after {had.entries} entries")
    if state.number >= most:
        raise Unreadable(f"expected at most {most} pages, got more: {had.entries} entries so far")
    return replace(after, number=state.number + 1)


def _after(
    declared: ModelList, had: PageState, document: object, headers: Mapping[str, str], found: Sequence[Any]
) -> PageState | None:
    paging = declared.paging
    if isinstance(paging, PageNumber):
        return _counted(paging, had, document, found, paging.first + had.number)
    if isinstance(paging, Offset):
        return _counted(paging, had, document, found, had.entries)
    if isinstance(paging, Cursor):
        return _at_cursor(paging, had, document)
    if isinstance(paging, ByIds):
        return _for_ids(declared, paging, had, document)
    if isinstance(paging, NextUrl):
        return _led_on(declared, had, _next_url(paging, document))
    return _led_on(declared, had, next_link(headers.get("link", "")))


def _counted(
    paging: PageNumber | Offset, had: PageState, document: object, found: Sequence[Any], position: int
) -> PageState | None:
    """Go on until the total is had or, where none is declared, until a page is short."""
    seen = had.seen
    if found:
        mark = hashlib.blake2b(written(found), digest_size=16).hexdigest()
        seen = _unseen(had, mark, f"page {had.number} repeats an earlier one: is {paging.param!r} known?")
    total = None if paging.total is None else dig(document, paging.total)
    if paging.total is not None and (not isinstance(total, int) or isinstance(total, bool)):
        raise Unreadable(f"expected the number of all entries at {paging.total!r}, got {_short(total)}")
    if len(found) < paging.size if total is None else had.entries >= total:
        return None
    if not found:
        raise Unreadable(f"page {had.number} is empty after {had.entries} of {total} entries")
    return replace(had, url=with_params(had.url, {paging.param: str(position)}), seen=seen)


def _at_cursor(paging: Cursor, had: PageState, document: object) -> PageState | None:
    """Go on while the answer names a next page and does not say that there is none."""
    more = None if paging.more is None else dig(document, paging.more)
    if more is not None and not isinstance(more, bool):
        raise Unreadable(f"expected true or false at {paging.more!r}, got {_short(more)}")
    cursor = dig(document, paging.next)
    named = cursor is not None and cursor != ""
    if more is False or (more is None and not named):
        return None
    if not isinstance(cursor, str | int) or isinstance(cursor, bool) or not named:
        raise Unreadable(f"expected the name of the next page at {paging.next!r}, got {_short(cursor)}")
    seen = _unseen(had, str(cursor), _CIRCLE)
    return replace(had, url=with_params(had.url, {paging.param: str(cursor)}), seen=seen)


def _of_ids(declared: ModelList, paging: ByIds, ids: Sequence[str]) -> PageState | None:
    if not ids:
        return None
    url = with_params(declared.url, {**declared.params, paging.param: ids[: paging.size]})
    return PageState(url, ids=ids[paging.size :])


def _for_ids(declared: ModelList, paging: ByIds, had: PageState, document: object) -> PageState | None:
    """Go on with the ids that are left; an answer that has more pages than one is cut."""
    if paging.more is not None and dig(document, paging.more) is True:
        raise Unreadable(f"expected all of {paging.size} ids in one answer, got {paging.more!r}: true")
    after = _of_ids(declared, paging, had.ids)
    return None if after is None else replace(had, url=after.url, ids=after.ids)


def _next_url(paging: NextUrl, document: object) -> str | None:
    target = dig(document, paging.next)
    if target is not None and not isinstance(target, str):
        raise Unreadable(f"expected the URL of the next page at {paging.next!r}, got {_short(target)}")
    return target or None


def _led_on(declared: ModelList, had: PageState, target: str | None) -> PageState | None:
    """Go on while an answer names the next page's URL, which must stay on the declared host."""
    if target is None:
        return None
    url = joined(had.url, target)
    if not stays_within(url, declared.url):
        raise Unreadable(f"the next page is not at https://{host_of(declared.url)} but at {host_of(url)!r}")
    seen = _unseen(had, url, _CIRCLE)
    return replace(had, url=url, seen=seen)


def next_link(header: str) -> str | None:
    """Return the target whose relation is `next` in a Link header, or None.

    >>> next_link('<https://a.example/?p=1>; rel="prev", </?p=3>; rel="next"')
    '/?p=3'
    """
    for target, parameters in _LINK.findall(header):
        for name, quoted, plain in _PARAMETER.findall(parameters):
            if name.lower() == "rel" and "next" in f"{quoted}{plain}".lower().split():
                return str(target)
    return None


def _unseen(had: PageState, mark: str, otherwise: str) -> frozenset[str]:
    if mark in had.seen:
        raise Unreadable(f"{otherwise} ({had.entries} entries so far)")
    return had.seen | {mark}


def _short(value: object) -> str:
    return repr(value)[:60]
