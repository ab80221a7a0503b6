"""A snapshot: everything one provider listed at one moment, good and bad, immutable, with a digest."""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Unread

Origin = Literal["provider", "store", "reference"]
ORIGINS: Final[tuple[Origin, ...]] = ("provider", "store", "reference")

READING_VERSION: Final = 4
"""Raised when listings of the same payload, or their digest, come out differently; part of every catalog id.

2: the digest is made of the listings field by field.
3: prices under conditions are rules.
4: more that some providers say is read: parameters (Google), tiers (NEAR), a cache (Alibaba).
"""

REJECT_REASONS: Final[Mapping[str, str]] = {
    "not_an_object": "the entry is not a JSON object",
    "no_id": "the entry has no id where the provider's declaration expects it",
    "bad_id": "the id is not a text of 1 to 300 printable characters",
    "no_offer": "the entry names no offer that could be called",
    "not_served": "the provider says that this offer is not being served",
    "not_on_demand": "the offer needs capacity of one's own and has no price by use",
    "not_a_model": "the provider's declaration says that such entries are no models",
}
"""Reason -> what it means to a person."""


class Rejected(Struct, frozen=True, order=True, gc=False):
    """An entry that is no listing, with the reason (a key of `REJECT_REASONS`) and what was met."""

    provider: str
    id: str | None
    reason: str
    detail: str = ""


class Duplicate(Struct, frozen=True, order=True, gc=False):
    """An entry whose id another entry of the same payload has; that other one became the listing."""

    provider: str
    id: str
    detail: str = ""


class Snapshot(Struct, frozen=True):
    """All listings and rejected entries of one provider at one moment.

    `listings` are sorted by id and every id occurs once; `entries` = listings + rejected + duplicates.
    `fetched_at` is when the provider was last heard saying this, `content_since` when it first said
    exactly this. `digest` depends on the content alone, not on order or time. `surprises` counts leaf
    paths that the declaration does not know. Of a published snapshot `heard` is the digest of what the
    provider said; of any other it is empty.
    """

    provider: str
    fetched_at: datetime
    content_since: datetime
    digest: str
    listings: tuple[Listing, ...]
    rejected: tuple[Rejected, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    unread: tuple[Unread, ...] = ()
    surprises: dict[str, int] = {}
    origin: Origin = "provider"
    reading: int = READING_VERSION
    heard: str = ""

    @property
    def heard_digest(self) -> str:
        """The digest of what the provider said."""
        return self.heard or self.digest

    @property
    def entries(self) -> int:
        """Count the entries of the payload."""
        return len(self.listings) + len(self.rejected) + len(self.duplicates)

    def find(self, id_: str) -> Listing | None:
        """Return the listing with this id, or None."""
        place = bisect_left(self.listings, id_, key=_id_of)
        found = self.listings[place] if place < len(self.listings) else None
        return found if found is not None and found.id == id_ else None


ByField = Sequence[list[Any]]
"""Listings field by field: for each field of a listing, in their order, what every listing holds there."""

_ID: Final = Listing.__struct_fields__.index("id")
_id_of: Final = attrgetter("id")
_encode = msgspec.msgpack.Encoder(decimal_format="string").encode
"""Structs have fixed fields, so the same values give the same bytes."""


def listing_digest(listing: Listing) -> bytes:
    """Return 16 bytes that differ whenever anything said differs, be it only how an amount was written."""
    return hashlib.blake2b(_encode(listing), digest_size=16).digest()


def content_digest(*parts: Sequence[Any]) -> str:
    """Return 32 hex characters that differ whenever the parts, in this order, say anything different."""
    whole = hashlib.blake2b(digest_size=16)
    for encoded in map(_encode, parts):
        whole.update(len(encoded).to_bytes(8, "big"))
        whole.update(encoded)
    return whole.hexdigest()


def snapshot(
    provider: str,
    at: datetime,
    listings: Iterable[Listing],
    *,
    rejected: Iterable[Rejected] = (),
    duplicates: Iterable[Duplicate] = (),
    unread: Iterable[Unread] = (),
    surprises: Mapping[str, int] | None = None,
    origin: Origin = "provider",
    by_field: ByField | None = None,
) -> Snapshot:
    """Put a snapshot together: parts sorted, digest computed, `content_since` equal to `at`.

    `by_field` are the listings once more, for those who have them so at hand, in the order of their ids.
    """
    if by_field is None:
        listed = tuple(sorted(listings, key=attrgetter("id")))
        by_field = [list(map(attrgetter(name), listed)) for name in Listing.__struct_fields__]
    else:
        listed = tuple(listings)
    parts = (
        tuple(sorted(rejected, key=lambda entry: (entry.id or "", entry.reason, entry.detail))),
        tuple(sorted(duplicates)),
        tuple(sorted(unread)),
    )
    digest = content_digest(_shortened(by_field), *parts)
    return Snapshot(provider, at, at, digest, listed, *parts, dict(surprises or {}), origin)


def _shortened(by_field: ByField) -> list[Any]:
    """Return the fields with what is the same all over, and the ids, said once."""
    short: list[Any] = []
    for number, column in enumerate(by_field):
        if number != _ID and column == by_field[_ID]:
            short.append({"as": _ID})
        elif _is_one(column):
            short.append({"all": column[0]})
        else:
            short.append(column)
    return short


def _is_one(column: list[Any]) -> bool:
    """Tell whether a column holds one text, or nothing, all over; equal prices may be written differently."""
    if not column or not (column[0] in (None, ()) or type(column[0]) is str):
        return False
    return bool(column[0] == column[-1]) and column.count(column[0]) == len(column)


def seen_again(old: Snapshot | None, new: Snapshot) -> Snapshot:
    """Return the newer snapshot, keeping since when its content is known if the older one said the same."""
    if old is None or old.digest != new.digest:
        return new
    return msgspec.structs.replace(shared(new, old), content_since=old.content_since)


def shared(new: Snapshot, held: Snapshot | None) -> Snapshot:
    """Return a snapshot with the content of one that is held, if they say the same: it is kept once then.

    The digest tells any two contents apart, and how amounts are written.
    """
    if held is None or (held.provider, held.digest, held.reading) != (new.provider, new.digest, new.reading):
        return new
    return msgspec.structs.replace(
        new,
        listings=held.listings,
        rejected=held.rejected,
        duplicates=held.duplicates,
        unread=held.unread,
    )


def rejected_by_reason(snapshot: Snapshot) -> dict[str, int]:
    """Count the rejected entries of each reason, in alphabetical order of the reasons."""
    counts = Counter(entry.reason for entry in snapshot.rejected)
    return dict(sorted(counts.items()))
