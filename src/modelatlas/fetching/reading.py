"""From what was received to what is handed on: a page and the next one, a snapshot and its payload.

All of this is work for a processor and belongs into a thread.
"""

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.errors import CatalogError
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.bodies import payload_of
from modelatlas.fetching.http import Answer
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.outcomes import Failed
from modelatlas.fetching.packing import Pages, packed, unpacked
from modelatlas.fetching.pages import PageState, following
from modelatlas.providers.assembling import read_pages, read_snapshot
from modelatlas.providers.contract import ByIds, ModelList, OnePage, Provider
from modelatlas.providers.payload import decode


class Gathered(Struct, frozen=True):
    """What the lists of a provider brought.

    `pages` is None when the provider says that nothing is new. `absent` are the lists of which it says that
    they are not there, `late` the lists of prices that brought nothing this time.
    """

    pages: Pages | None
    validators: Mapping[str, str] = {}
    absent: Mapping[str, Failed] = {}
    late: Mapping[str, CatalogError] = {}


class Said(Struct, frozen=True):
    """What a provider said last, kept so that the same words are not read twice.

    `validators` are the headers that make the next call conditional; empty where it cannot be. `without` says
    to a person which of its lists are not in it, or older, and why; `late` is why a list of prices is not
    in it. `received` tells of each list how many pages of the payload are its, and when they came.
    """

    fingerprint: bytes
    snapshot: Snapshot
    payload: bytes
    validators: Mapping[str, str] = {}
    without: str = ""
    late: CatalogError | None = None
    received: Mapping[str, tuple[int, datetime]] = {}


def turn(
    declared: ModelList, state: PageState, answer: Answer, limits: Limits, most: int
) -> tuple[bytes, PageState | None]:
    """Return the payload of a page, of at most `most` bytes, and the page after it. Raises `Unreadable`."""
    payload = payload_of(answer.body, answer.headers, most=most, depth=limits.depth, media=declared.media)
    if isinstance(declared.paging, OnePage):
        return payload, None
    return payload, following(declared, state, decode(payload), answer.headers, limits.pages)


def ids_for(provider: Provider, declared: ModelList, found: Pages) -> Sequence[str]:
    """Return the ids that a list has to be asked for: none, unless it answers for those of an earlier one."""
    paging = declared.paging
    of = provider.list_named(paging.of) if isinstance(paging, ByIds) else None
    return () if of is None else sorted(read_pages(provider, of, found.get(of.name, ())).listings)


def said(provider: Provider, gathered: Gathered, at: datetime, last: Said | None) -> Said:
    """Read what was gathered, unless the provider says the same as last time. Raises `Unreadable`.

    Of a list of prices that is late the pages of last time are read.
    """
    older = {} if last is None else _pages_of(last, gathered.late.keys())
    had: Pages = {**older, **(gathered.pages or {})}
    pages = {each.name: had[each.name] for each in provider.lists if each.name in had}
    fingerprint = _fingerprint(pages)
    if last is not None and last.fingerprint == fingerprint:
        read = heard_again(last, at)
    else:
        read = Said(fingerprint, read_snapshot(provider, pages, at), packed(pages))
    times = {} if last is None else {name: last.received[name][1] for name in older}
    return replace(
        read,
        validators=gathered.validators,
        without=_without(gathered, times),
        late=next((error for name, error in gathered.late.items() if name not in older), None),
        received={name: (len(each), times.get(name, at)) for name, each in pages.items()},
    )


def _without(gathered: Gathered, times: Mapping[str, datetime]) -> str:
    """Say which lists are not there and which are late; `times` are those of older pages."""
    absent = ", ".join(f"{name} ({failed.status})" for name, failed in gathered.absent.items())
    told = [f"its list {absent} is not there"] if absent else []
    for name, error in gathered.late.items():
        older = times.get(name)
        told.append(
            f"without its list {name}: {error}"
            if older is None
            else f"its list {name} is that of {older:%Y-%m-%d %H:%M} UTC: {error}"
        )
    return "; ".join(told)


def _pages_of(last: Said, names: AbstractSet[str]) -> dict[str, tuple[bytes, ...]]:
    """Return the pages that some lists had last time."""
    if not names & last.received.keys():
        return {}
    pages = iter(unpacked(last.payload))
    each = {name: tuple(islice(pages, count)) for name, (count, _) in last.received.items()}
    return {name: each[name] for name in each if name in names}


def heard_again(last: Said, at: datetime) -> Said:
    """Return what was said last as said at a later instant."""
    return replace(last, snapshot=replace(last.snapshot, fetched_at=at, content_since=at))


def _fingerprint(pages: Pages) -> bytes:
    whole = hashlib.blake2b(digest_size=16)
    for name, each in pages.items():
        for page in each:
            whole.update(f"{name} {len(page)} ".encode())
            whole.update(page)
    return whole.digest()
