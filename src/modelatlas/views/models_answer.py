"""The answer to a question about the catalog: the listings, how many there are, and of whom."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.grouping import Group, groups_of
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.past import Absent
from modelatlas.domain.query import ModelQuery, Selection, check, nearest, part_of, parts_of, select
from modelatlas.domain.snapshot import Origin, Snapshot
from modelatlas.views.models import FIELDS, ListingView, listing_view
from modelatlas.views.rows import Pieces, Rows, RowsOf


class Totals(Struct, frozen=True):
    """How many of the listings are a provider's own word, and how many a reference's."""

    live: int
    reference: int


class ProviderPart(Struct, frozen=True):
    """One provider's share of an answer: how many listings, from where, unchanged since when."""

    count: int
    origin: Origin | None
    content_since: datetime | None


class AbsentView(Struct, frozen=True):
    """A provider of which nothing is known at that instant; observed since `history_from`, if at all."""

    provider: str
    history_from: datetime | None
    to_do: str


class Moment(Struct, frozen=True):
    """The instant of an answer about another time than now, and the providers that are not in it.

    `announced` tells that it is yet to come: what is announced for it, not what was observed.
    """

    at: datetime
    absent: list[AbsentView]
    announced: bool = False


class _About(Struct, frozen=True, kw_only=True):
    """What is said in every part of the answer to a question."""

    total: int
    totals: Totals
    gateway: str
    catalog: str
    providers: dict[str, ProviderPart]
    facets: Mapping[str, Mapping[str, int]] | UnsetType = UNSET
    searched: str | UnsetType = UNSET
    simulated: bool | UnsetType = UNSET
    at: datetime | UnsetType = UNSET
    announced: bool | UnsetType = UNSET
    absent: list[AbsentView] | UnsetType = UNSET


class ModelsAnswer(_About, frozen=True, kw_only=True):
    """Listings in (provider, id) order unless sorted: `returned` of the `total` that answer the question.

    `next` is the `cursor` of the page after this one, null after the last. `facets` count values in all that
    answer the question. `searched` is what was searched for in the place of a misspelt `q`.
    """

    data: list[ListingView]
    returned: int
    next: str | None = None


class GroupView(Struct, frozen=True):
    """Listings of one model; `model` is null for one that is no known model, which stands alone."""

    model: str | None
    count: int
    listings: list[ListingView]


class _GroupedAbout(_About, frozen=True, kw_only=True):
    groups: int


class GroupedAnswer(_GroupedAbout, frozen=True, kw_only=True):
    """The `total` listings that answer a question, by model: `returned` of `groups`."""

    data: list[GroupView]
    returned: int
    next: str | None = None


class Frame(Struct, frozen=True):
    """What the answer to a question says beside its listings: written once, for all parts of the answer.

    Parts follow each other by cursor up to `count` listings, or groups; of the past there are none. `about`
    is JSON without its first brace, `catalog` is JSON without quotes, and `live` names the providers whose
    own words are in the answer.
    """

    catalog: bytes
    count: int
    about: bytes
    live: tuple[str, ...]


_encode: Final = msgspec.json.Encoder().encode
_HEAD: Final = b'{"data":['


def models_json(
    catalog: Catalog,
    query: ModelQuery,
    encoded: RowsOf,
    *,
    simulated: bool = False,
    moment: Moment | None = None,
    find: Callable[[ModelQuery], Selection] | None = None,
) -> Pieces:
    """Answer a question as JSON, a `ModelsAnswer`, or a `GroupedAnswer` where it asks for groups.

    `find` answers it from an index; without it each listing is looked at. Raises `BadRequest` for a question
    that cannot be.
    """
    check(query)
    check_fields(query.fields)
    if is_for_whole_providers(query):
        return _whole_providers(catalog, query, encoded, simulated=simulated, moment=moment)
    found = select(catalog, query, encoded.matched) if find is None else find(query)
    if query.group is None:
        frame = frame_json(catalog, query, found, simulated=simulated, moment=moment)
        return Pieces(part_json(query.offset, frame, rows_json(catalog, found.page, query, encoded)))
    groups = groups_of(catalog, found.page, encoded.matched)
    about = _about(catalog, query, found, simulated=simulated, moment=moment)
    grouped = _GroupedAbout(**structs.asdict(about), groups=len(groups))
    rows = [_group(catalog, group, query, encoded) for group in part_of(groups, query)]
    return Pieces(part_json(query.offset, _frame(catalog, query, grouped, len(groups), moment), rows))


def frame_json(
    catalog: Catalog, query: ModelQuery, found: Selection, *, simulated: bool, moment: Moment | None = None
) -> Frame:
    """Write what all parts of the answer to a question for listings say."""
    about = _about(catalog, query, found, simulated=simulated, moment=moment)
    return _frame(catalog, query, about, found.total, moment)


def part_json(offset: int, frame: Frame, rows: list[bytes]) -> bytes:
    """Put an answer together: `rows` are the part from an offset on, and are used up; `frame` is the rest."""
    end = offset + len(rows)
    next_ = b'"%b.%d"' % (frame.catalog, end) if rows and end < frame.count else b"null"
    end_of_rows = _end_of_rows(len(rows), next_)
    if not rows:
        return b"%b%b,%b" % (_HEAD, end_of_rows, frame.about)
    rows[0] = _HEAD + rows[0]
    rows[-1] += end_of_rows
    rows.append(frame.about)
    return b",".join(rows)  # so that they are copied once


def rows_json(
    catalog: Catalog, listings: Sequence[Listing], query: ModelQuery, encoded: RowsOf
) -> list[bytes]:
    """Write listings, with the keys that a question wants."""
    if query.fields:
        return [_encode(_chosen(catalog, listing, query.fields, encoded.matched)) for listing in listings]
    return _encoded(catalog, listings, encoded)


def is_for_listings(query: ModelQuery) -> bool:
    """Tell whether a question asks for some listings, one by one: then its answer has a frame."""
    return query.group is None and not is_for_whole_providers(query)


def is_for_whole_providers(query: ModelQuery) -> bool:
    """Tell whether a question asks for everything that some providers list, as it stands."""
    return structs.replace(query, providers=None, origin=None) == _EVERYTHING


def _whole_providers(
    catalog: Catalog,
    query: ModelQuery,
    encoded: RowsOf,
    *,
    simulated: bool,
    moment: Moment | None,
) -> Pieces:
    chosen = [part for part in parts_of(catalog, query) if part.listings]
    counts = {part.provider: len(part.listings) for part in chosen}
    total = sum(counts.values())
    reference = sum(counts[part.provider] for part in chosen if part.origin == "reference")
    found = Selection(total, total - reference, reference, (), counts)
    frame = frame_json(catalog, query, found, simulated=simulated, moment=moment)
    rows = tuple(Rows(part.provider, encoded.of(part)) for part in chosen)
    return Pieces(_HEAD, rows, b"%b,%b" % (_end_of_rows(total), frame.about))


def live_in(catalog: Catalog, query: ModelQuery) -> tuple[str, ...]:
    """Name the providers whose own words are in an answer."""
    return tuple(slug for slug in catalog.live if query.providers is None or slug in query.providers)


def _frame(catalog: Catalog, query: ModelQuery, about: _About, count: int, moment: Moment | None) -> Frame:
    pages = count if moment is None else 0
    return Frame(_encode(catalog.id)[1:-1], pages, _encode(about)[1:], live_in(catalog, query))


def _end_of_rows(returned: int, next_: bytes = b"null") -> bytes:
    return b'],"returned":%d,"next":%b' % (returned, next_)


_EVERYTHING: Final = ModelQuery()


def _about(
    catalog: Catalog, query: ModelQuery, found: Selection, *, simulated: bool, moment: Moment | None
) -> _About:
    return _About(
        total=found.total,
        totals=Totals(found.live, found.reference),
        gateway="all" if query.providers is None else ",".join(sorted(query.providers)),
        catalog=catalog.id,
        providers=_shares(catalog, query, found.counts),
        facets=found.facets if query.facets else UNSET,
        searched=UNSET if found.searched is None else found.searched,
        simulated=True if simulated else UNSET,
        at=UNSET if moment is None else moment.at,
        announced=True if moment is not None and moment.announced else UNSET,
        absent=UNSET if moment is None else moment.absent,
    )


def _group(catalog: Catalog, group: Group, query: ModelQuery, encoded: RowsOf) -> bytes:
    about = {"model": group.model, "count": len(group.listings)}
    rows = b",".join(rows_json(catalog, group.listings, query, encoded))
    return b"".join((_encode(about)[:-1], b',"listings":[', rows, b"]}"))


def absent_view(absent: Absent, *, synced: bool) -> AbsentView:
    """Say of a provider without a past at an instant what a person can do."""
    if absent.history_from is not None:
        to_do = "nothing is known of it before; `modelatlas replay` takes older lists into an empty store"
    elif synced:
        to_do = f"its first sync is yet to come: run `modelatlas sync {absent.provider}`"
    else:
        to_do = f"add {absent.provider} to PRICING_SYNC_PROVIDERS, and it is observed from then on"
    return AbsentView(absent.provider, absent.history_from, to_do)


def check_fields(fields: Sequence[str]) -> None:
    """Raise `BadRequest` for a key that no listing has, naming the nearest."""
    for name in fields:
        if name not in FIELDS:
            raise BadRequest(f"fields={name!r}: {nearest(name, FIELDS)}")


def _shares(catalog: Catalog, query: ModelQuery, counts: dict[str, int]) -> dict[str, ProviderPart]:
    """Say what each provider brought; one asked for by name is there even if it brought nothing."""
    asked = sorted({*counts, *(query.providers or ())})
    return {slug: _share(catalog.snapshots.get(slug), counts.get(slug, 0)) for slug in asked}


def _share(part: Snapshot | None, count: int) -> ProviderPart:
    if part is None:
        return ProviderPart(0, None, None)
    # A reference is read anew at every start; when it began to say this is not known.
    since = None if part.origin == "reference" else part.content_since
    return ProviderPart(count, part.origin, since)


def _encoded(catalog: Catalog, page: Sequence[Listing], encoded: RowsOf) -> list[bytes]:
    parts = {slug: encoded.of(catalog.snapshots[slug]) for slug in {listing.provider for listing in page}}
    return [parts[listing.provider][listing.id] for listing in page]


def _chosen(catalog: Catalog, listing: Listing, fields: Sequence[str], matched: Matched) -> dict[str, Any]:
    part = catalog.snapshots[listing.provider]
    view = listing_view(listing, part.origin, matched(part).get(listing.id))
    return {name: getattr(view, name) for name in fields}
