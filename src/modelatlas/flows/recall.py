"""Recall: lists as they were published before, by this process or an earlier one, while nothing changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.borrowing import Key, Lender, Loan
from modelatlas.domain.codec import hash_of
from modelatlas.domain.derived import NOTHING_DERIVED, Derived, recalled
from modelatlas.domain.publishing import Published
from modelatlas.domain.releases import Releases
from modelatlas.domain.repricing import Repricing, applied, repricing
from modelatlas.domain.snapshot import Snapshot

Whole = tuple[Mapping[str, Loan], Published]
"""What a list borrows, and the list with it."""


class Lending(Struct, frozen=True):
    """What one list lends; the digest differs whenever anything of it does."""

    loans: Mapping[Key, Loan]
    digest: bytes


class _Borrowing(Struct, frozen=True, array_like=True):
    loans: dict[str, Loan]
    repricing: Repricing | None


_repricing = msgspec.msgpack.Decoder(Repricing).decode
_borrowing = msgspec.msgpack.Decoder(_Borrowing).decode
_lent = msgspec.msgpack.Decoder(list[tuple[Key, Loan]]).decode
_encode: Final = msgspec.msgpack.Encoder(decimal_format="string", order="deterministic").encode


class Recall:
    """What publishing made, kept in `derived`; `matching` names which matches listings have at the moment.

    Each value is asked for under all that it is made of: lists by their digests, sources by their `version`,
    releases and loans as they are. One that depends on the hour is never recalled.
    """

    def __init__(self, derived: Derived = NOTHING_DERIVED, matching: Callable[[], str] = lambda: "") -> None:
        self._derived = derived
        self._matching = matching

    def alone(
        self,
        part: Snapshot,
        version: str | None,
        released: Releases,
        now: datetime,
        make: Callable[[], Published],
    ) -> Published:
        """Return a list as its own sources settle it; without a `version` of these it is made."""
        if version is None:
            return make()
        role = "reference" if part.origin == "reference" else "list"
        file, made_of = f"{role}.{part.provider}", _made_of(part, version, released)
        found = recalled(self._derived, file, made_of, _repricing)
        if found is not None and found.holds(now):
            return applied(found, part)
        made = make()
        if (told := repricing(made, part, now)).holds(now):
            self._derived.put(file, made_of, _encode(told))
        return made

    def whole(
        self,
        part: Snapshot,
        alone: Published,
        version: str | None,
        released: Releases,
        lending: Sequence["Lending"],
        now: datetime,
        make: Callable[[], Whole],
    ) -> Whole:
        """Return what a list borrows of these who lend, and the list with it."""
        if version is None:
            return make()
        file, matching = f"borrowing.{part.provider}", self._matching()
        lent = [each.digest for each in lending]
        made_of = (_made_of(part, version, released), alone.snapshot.digest, matching, lent)
        found = recalled(self._derived, file, made_of, _borrowing)
        if found is not None and found.repricing is None:
            return found.loans, alone
        if found is not None and found.repricing is not None and found.repricing.holds(now):
            return found.loans, applied(found.repricing, part)
        loans, made = make()
        told = repricing(made, part, now) if loans else None
        begun = all(loan.since <= now for loan in loans.values())
        if begun and (told is None or told.holds(now)) and self._matching() == matching:
            self._derived.put(file, made_of, _encode(_Borrowing(dict(loans), told)))
        return loans, made

    def lent(self, part: Snapshot, lender: Lender, make: Callable[[], Mapping[Key, Loan]]) -> "Lending":
        """Return what a list, as its own sources settle it, lends."""
        file, matching = f"lent.{part.provider}", self._matching()
        made_of = (part.digest, len(part.listings), part.content_since.isoformat(), lender, matching)
        found = recalled(self._derived, file, made_of, _lent)
        if found is not None:
            return _lending(dict(found))
        made = _lending(make())
        if self._matching() == matching:
            self._derived.put(file, made_of, _encode(list(made.loans.items())))
        return made


def _lending(loans: Mapping[Key, Loan]) -> Lending:
    return Lending(loans, hash_of(_encode(list(loans.items()))))


def _made_of(part: Snapshot, version: str, released: Releases) -> object:
    of_provider = sorted(
        (id_, [(each.unit, each.amount, each.currency) for each in some])
        for (slug, id_), some in released.items()
        if slug == part.provider
    )
    return part.provider, part.origin, part.reading, part.digest, len(part.listings), version, of_provider
