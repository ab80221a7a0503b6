"""From a provider's payloads to its snapshot: entries read, duplicates found, several lists joined by id."""

import operator
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, ValuesView
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import compress
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing, Status
from modelatlas.domain.price import Rule, Unread, per_single_unit
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.snapshot import ByField, Duplicate, Rejected, Snapshot, snapshot
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.paths import fields_of
from modelatlas.providers.payload import decode, dig, entries_of, offers, rows_of, shape_of
from modelatlas.providers.price_rows import PriceRows
from modelatlas.providers.reading import RowsReading, reader_of
from modelatlas.providers.row_naming import known, read_meters
from modelatlas.providers.row_reading import read_rows
from modelatlas.providers.shapes import shaped_entries

_DEFAULTS: Final = {
    field.name: field.default
    for field in msgspec.structs.fields(Listing)
    if field.default is not msgspec.NODEFAULT
}


_OF_THE_MODEL: Final = (
    "lab",
    "mode",
    "context_tokens",
    "max_output_tokens",
    "input_modalities",
    "output_modalities",
    "supported_parameters",
    "quantization",
    "released",
    "deprecated_at",
    "retires_at",
    "knowledge_cutoff",
    "tokenizer",
    "repository",
)
"""Fields that are as true of a model by whichever id it is called."""


class ListReading(Struct, frozen=True):
    """What one list of one provider holds: each id once.

    `by_field` are the listings in the order of their ids, field by field, where nothing was added to them.
    """

    listings: Mapping[str, Listing]
    rejected: tuple[Rejected, ...]
    duplicates: tuple[Duplicate, ...]
    unread: tuple[Unread, ...]
    surprises: Mapping[str, int]
    by_field: ByField | None = None


class Listed(Mapping[str, Listing]):
    """Listings by id, in the order of their ids; they are only indexed when one of them is asked for."""

    def __init__(self, ids: Sequence[str], listings: Sequence[Listing]) -> None:
        self._ids = ids
        self._listings = listings

    @cached_property
    def _by_id(self) -> dict[str, Listing]:
        return dict(zip(self._ids, self._listings, strict=True))

    def __getitem__(self, id_: str) -> Listing:
        """Return the listing with an id."""
        return self._by_id[id_]

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Count the listings."""
        return len(self._ids)

    def values(self) -> ValuesView[Listing]:
        """Return the listings, without an index."""
        return cast("ValuesView[Listing]", self._listings)


def read_snapshot(provider: Provider, payloads: Mapping[str, Sequence[bytes]], at: datetime) -> Snapshot:
    """Read a provider's payloads (list name -> pages) into one snapshot.

    Raises `Unreadable` when a payload has not the declared shape, or when it has entries and none of
    them is a listing.
    """
    names = [declared.name for declared in provider.lists]
    if not payloads or not payloads.keys() <= set(names):
        raise Unreadable(f"expected payloads of the lists {', '.join(names)}, got {sorted(payloads)}")
    received = [declared for declared in provider.lists if declared.name in payloads]
    pages = {each.name: payloads[each.name] for each in received}
    readings = {
        each.name: read_pages(provider, each, pages[each.name])
        for each in received
        if each.rows is None and each.yields != "meters"
    }
    meters = {
        each.name: read_meters(
            each, (entry for page in pages[each.name] for entry in entries_of(each, decode(page)))
        )
        for each in received
        if each.yields == "meters"
    }
    joined = join([readings[each.name] for each in received if each.yields == "listings"])
    for each in received:
        if each.unlisted is not None:
            joined = _with_status(joined, readings[each.name].listings, each.unlisted)
        if each.based:
            joined = _completed(joined, readings[each.name].listings)
    for each in received:
        if each.rows is not None:
            joined = _priced_by_rows(joined, each, each.rows, meters, pages[each.name])
        elif each.yields == "prices":
            joined = priced(joined, readings[each.name])
    if not joined.listings and joined.rejected:
        first = joined.rejected[0]
        raise Unreadable(
            f"expected models, got {len(joined.rejected)} entries that are none "
            f"(the first: {first.reason}, {first.detail}): the provider may have changed its answer"
        )
    return snapshot(
        provider.slug,
        at,
        joined.listings.values(),
        rejected=joined.rejected,
        duplicates=joined.duplicates,
        unread=joined.unread,
        surprises=joined.surprises,
        by_field=joined.by_field,
    )


def read_pages(provider: Provider, declared: ModelList, pages: Sequence[bytes]) -> ListReading:
    """Read the pages of one list. Raises `Unreadable` when one has not the declared shape."""
    shaped = shaped_entries(declared, pages)
    if shaped is not None:
        return read_list(provider, declared, shaped)
    documents = [decode(page) for page in pages]
    shape = shape_of(declared, documents[0]) if documents else declared
    return read_list(
        provider, shape, [entry for document in documents for entry in entries_of(shape, document)]
    )


def _priced_by_rows(
    listed: ListReading,
    declared: ModelList,
    how: PriceRows,
    meters: Mapping[str, Mapping[str, frozenset[str]]],
    pages: Sequence[bytes],
) -> ListReading:
    """Add what the rows of a price document say to the listings that they name."""
    rows = (row for page in pages for row in rows_of(declared, decode(page)))
    read = read_rows(how, rows, known(listed.listings, meters.get(how.meters, {})))
    said = {
        id_: Listing(listed.listings[id_].provider, id_, prices=rules) for id_, rules in read.rules.items()
    }
    joined = priced(listed, ListReading(said, (), (), (), {}))
    return msgspec.structs.replace(joined, unread=(*joined.unread, *read.unread))


def read_list(provider: Provider, declared: ModelList, raw: Sequence[Any]) -> ListReading:
    """Read the entries of one list.

    Of entries with one id the newest `released` stays; of equally old ones the first in the order of
    their content, so that the order of the payload does not matter.
    """
    reader = reader_of(provider, declared)
    sent = list(offers(declared, raw)) if declared.each else raw
    read = reader.read_rows(sent)
    left: dict[int, Duplicate] = {}
    for positions in _neighbours(read.ids):
        stays = _newest(declared, sent, read, positions)
        others = (position for position in positions if position != stays)
        left.update((each, _duplicate(read.listings[each], read.listings[stays])) for each in others)
    ids, listings, by_field = read.ids, read.listings, read.by_field
    if left:
        ids, listings = _without(left, ids), _without(left, listings)
        by_field = None if by_field is None else [_without(left, column) for column in by_field]
    return ListReading(
        Listed(ids, listings),
        tuple(read.rejected.values()),
        tuple(left.values()),
        tuple(item for position, items in read.unread.items() if position not in left for item in items),
        reader.surprises_of(sent),
        by_field,
    )


def join(readings: Sequence[ListReading]) -> ListReading:
    """Join lists by id: what an earlier list says stays, later ones fill what it does not say.

    Every entry still counts once, so the second entry of an id in a later list is a duplicate. What two
    lists say in the same words and neither is read is kept once.
    """
    if len(readings) == 1:
        return readings[0]
    listings: dict[str, Listing] = {}
    duplicates = [duplicate for reading in readings for duplicate in reading.duplicates]
    unread = list(dict.fromkeys(item for reading in readings for item in reading.unread))
    surprises: Counter[str] = Counter()
    for reading in readings:
        surprises.update(reading.surprises)
        for id_, listing in reading.listings.items():
            first = listings.setdefault(id_, listing)
            if first is not listing:
                listings[id_], differing = merged(first, listing)
                unread.extend(differing)
                duplicates.append(Duplicate(listing.provider, id_, "joined with an earlier list's entry"))
    rejected = tuple(entry for reading in readings for entry in reading.rejected)
    return ListReading(listings, rejected, tuple(duplicates), tuple(unread), surprises)


def _with_status(listed: ListReading, held: Collection[str], status: Status) -> ListReading:
    """Give a status to listings whose ids a list does not hold, unless one is said."""
    listings = {
        id_: each
        if id_ in held or each.status != _DEFAULTS["status"]
        else msgspec.structs.replace(each, status=status)
        for id_, each in listed.listings.items()
    }
    return msgspec.structs.replace(listed, listings=listings, by_field=None)


def _completed(listed: ListReading, based: Collection[str]) -> ListReading:
    """Fill what these listings do not say of their model from the listing that is their canonical id."""
    listings = dict(listed.listings)
    for id_ in based:
        base = listed.listings.get(listings[id_].canonical_id or "")
        if base is not None and base.id != id_:
            said = {name: getattr(listings[id_], name) for name in _OF_THE_MODEL}
            filled = {name: getattr(base, name) for name in said if said[name] == _DEFAULTS[name]}
            listings[id_] = msgspec.structs.replace(listings[id_], **filled)
    return msgspec.structs.replace(listed, listings=listings, by_field=None)


def priced(listed: ListReading, prices: ListReading) -> ListReading:
    """Add to listings what a list of prices says of the same ids; whatever belongs to none is unread."""
    listings = dict(listed.listings)
    unread = [*listed.unread, *(item for item in prices.unread if item.id in listings)]
    for id_, price in prices.listings.items():
        if id_ in listings:
            listings[id_], differing = merged(listings[id_], price)
            unread.extend(differing)
        else:
            quoted = ", ".join(f"{rule.unit} {rule.raw}" for rule in price.prices)
            unread.append(Unread(id_, "", quoted, "a price of an unknown id"))
    unread.extend(Unread(each.id, "", each.detail, "a second price of this id") for each in prices.duplicates)
    unread.extend(Unread(each.id or "", "", each.detail, each.reason) for each in prices.rejected)
    surprises = Counter(listed.surprises)
    surprises.update(prices.surprises)
    return ListReading(listings, listed.rejected, listed.duplicates, tuple(unread), surprises)


def merged(first: Listing, second: Listing) -> tuple[Listing, list[Unread]]:
    """Fill what the first listing does not say from the second; differing prices are returned unread.

    A price under another condition is one that the first does not say.
    """
    filled = {
        name: getattr(second, name)
        for name, default in _DEFAULTS.items()
        if name != "prices" and getattr(first, name) == default
    }
    more, differing = _more_prices(first.prices, second.prices)
    unread = [
        Unread(second.id, rule.path, rule.raw, "an earlier list of the provider says another price")
        for rule in differing
    ]
    return msgspec.structs.replace(first, **filled, prices=(*first.prices, *more)), unread


def _more_prices(first: Sequence[Rule], second: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Return what the second set adds to the first, and what of it differs.

    Units and conditions of its own are added, but for those by which a unit would have two prices at once.
    """
    held = {(rule.unit, rule.when) for rule in first}
    said = {(rule.unit, rule.when, *_billed(rule)) for rule in first}
    own = [rule for rule in second if (rule.unit, rule.when) not in held]
    units = {rule.unit for rule in first}
    both = [rule for rule in own if rule.unit in units]
    disputed = {one.unit for one, _ in contradictions((*first, *both))} if both else set()
    more = [rule for rule in own if rule not in both or rule.unit not in disputed]
    differing = [rule for rule in second if (rule.unit, rule.when) in held]
    differing = [rule for rule in differing if (rule.unit, rule.when, *_billed(rule)) not in said]
    return more, [*differing, *(rule for rule in both if rule.unit in disputed)]


def _billed(rule: Rule) -> tuple[str, str, Decimal | None]:
    amount = None if rule.amount is None else per_single_unit(rule.amount, rule.per)
    return rule.state, rule.currency, amount


def _neighbours(ids: list[str]) -> Collection[list[int]]:
    """Return the positions of each id that is there more than once, in a list in order."""
    same: defaultdict[str, list[int]] = defaultdict(list)
    for position in compress(range(len(ids)), map(operator.eq, ids, ids[1:])):
        same[ids[position]] = [*(same[ids[position]] or [position]), position + 1]
    return same.values()


def _without(left: Collection[int], column: list[Any]) -> list[Any]:
    """Return a column without these few positions."""
    kept = list(column)
    for position in sorted(left, reverse=True):
        del kept[position]
    return kept


def _newest(declared: ModelList, sent: Sequence[Any], read: RowsReading, positions: Sequence[int]) -> int:
    """Return which of the listings of one id stays."""
    by_content = sorted(positions, key=lambda position: msgspec.json.encode(read.listings[position]))
    return max(by_content, key=lambda position: _age(declared, sent[read.rows[position]]))


def _duplicate(left: Listing, stays: Listing) -> Duplicate:
    """Name an entry that another one of its id replaced, and what it said otherwise."""
    differs = [name for name in _DEFAULTS if getattr(left, name) != getattr(stays, name)]
    detail = f"the entry that stays differs in {', '.join(differs)}" if differs else "says the same again"
    return Duplicate(left.provider, left.id, detail)


def _age(declared: ModelList, entry: Any) -> tuple[int, int, str]:
    """Return when an entry was released, as sent: not said sorts before texts, texts before numbers."""
    released = declared.fields.get("released")
    value = None if released is None else dig(entry, fields_of("released", released)[0].path)
    if isinstance(value, int) and not isinstance(value, bool):
        return 2, value, ""
    return (1, 0, value) if isinstance(value, str) else (0, 0, "")
