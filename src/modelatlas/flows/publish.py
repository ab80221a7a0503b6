"""Publish: lists as they are shown, made once for each list, and again when prices turn or sources change."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from modelatlas.domain.borrowing import Borrowed, Lender, Loan, borrowed, lent, may_borrow
from modelatlas.domain.identity.matches import Matched, nothing_matched
from modelatlas.domain.ports import Clock, PriceSource
from modelatlas.domain.publishing import Published, published
from modelatlas.domain.releases import NONE_RELEASED, Releases
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.recall import Lending, Recall, Whole


class _Kept(Struct, frozen=True):
    """A list made of the one with `digest`: alone, and with what it borrows."""

    digest: str
    alone: Published
    loans: Mapping[str, Loan] | None = None
    whole: Published | None = None
    lending: int = -1
    """The state of all lending for which `whole` was made."""


class _Asked(Struct, frozen=True):
    """Sources, and what distinguishes what they say from what others or they themselves said before."""

    sources: tuple[PriceSource, ...]
    version: str | None


class Publisher:
    """Published lists by provider; may be asked from any thread.

    `lenders` are those whose prices may be borrowed, the first ones before the others; `matched` says which
    models listings are. `abstaining` are providers that borrow nothing. `recall` has what was made before.
    """

    def __init__(
        self,
        clock: Clock,
        sources: Collection[PriceSource] = (),
        lenders: Sequence[Lender] = (),
        matched: Matched = nothing_matched,
        abstaining: Collection[str] = (),
        recall: Recall | None = None,
    ) -> None:
        self._clock = clock
        self._asked = _Asked(tuple(sources), None if sources else "")
        self._lenders = {lender.slug: lender for lender in lenders}
        self._matched = matched
        self._abstaining = frozenset(abstaining)
        self._recall = recall or Recall()
        self._released: Releases = NONE_RELEASED
        self._kept: dict[tuple[str, bool], _Kept] = {}
        self._before: dict[tuple[str, bool], _Kept] = {}
        self._lent: dict[str, Lending] = {}
        self._lending = 0
        self._lock = threading.RLock()

    @property
    def kept(self) -> Mapping[str, Published]:
        """What is published of each provider at the moment, references where there is nothing else."""
        ordered = sorted(self._kept.items(), reverse=True)  # a provider's own list after a reference's
        return {slug: kept.whole or kept.alone for (slug, _), kept in ordered}

    @property
    def lenders(self) -> Collection[str]:
        """Whose prices may be borrowed."""
        return self._lenders.keys()

    @property
    def sources(self) -> Sequence[PriceSource]:
        """Who is asked besides the lists."""
        return self._asked.sources

    @property
    def released(self) -> Releases:
        """Which prices operators let out of quarantine."""
        return self._released

    def has_turned(self) -> bool:
        """Tell whether a price has begun or ended since its list was published."""
        now = self._clock.now()
        return any(_has_turned(kept.alone, now) for kept in self._kept.values())

    def take(self, sources: Collection[PriceSource], version: str | None = None) -> None:
        """Ask these sources from now on; what they say has this `version`, if that is known."""
        with self._lock:
            self._asked, self._kept, self._before = _Asked(tuple(sources), version), {}, {}

    def obey(self, released: Releases) -> bool:
        """Let these prices out of quarantine from now on; tell whether they are others than before."""
        with self._lock:
            before, self._released = self._released, released
            listings = before.keys() | released.keys()
            others = {slug for slug, id_ in listings if before.get((slug, id_)) != released.get((slug, id_))}
            self._kept = {key: kept for key, kept in self._kept.items() if key[0] not in others}
            self._before = {key: kept for key, kept in self._before.items() if key[0] not in others}
        return bool(others)

    def rematch(self) -> None:
        """Lend and borrow anew: listings are other models now."""
        with self._lock:
            for (slug, refers), kept in self._kept.items():
                if not refers:
                    self._lend(slug, kept.alone.snapshot)
            self._lending += 1

    def of(self, part: Snapshot) -> Snapshot:
        """Return a list as it is published now."""
        return self.whole(part).snapshot

    def all(self, parts: Iterable[Snapshot]) -> list[Snapshot]:
        """Return lists as they are published now, each with what it borrows of any other of them."""
        lists = list(parts)
        for part in lists:
            self._alone(part)
        return [self.of(part) for part in lists]

    def whole(self, part: Snapshot) -> Published:
        """Return a list as it is published now, with what is kept back and who disagrees."""
        kept = self._alone(part)
        if part.origin == "reference" or not self._lenders or part.provider in self._abstaining:
            return _as_of(kept.alone, part)
        lending = self._lending
        if kept.whole is None or kept.lending != lending:
            kept = self._with_loans(part, kept, lending)
        return _as_of(kept.whole or kept.alone, part)

    def may_borrow(self, part: Snapshot) -> frozenset[str]:
        """Return the ids of the listings of a list for which there may ever be a loan."""
        return frozenset(id_ for id_, match in self._matched(part).items() if may_borrow(match))

    def steady(self, provider: str) -> datetime | None:
        """Return until when a provider's list, and those of all who lend, would be published the same."""
        kept = self.kept
        ends = (kept[slug].steady for slug in {provider, *self._lenders} if slug in kept)
        return min((end for end in ends if end is not None), default=None)

    def holds(self, provider: str) -> bool:
        """Tell whether a provider's own list has been published."""
        return (provider, False) in self._kept

    def loans(self, provider: str) -> Borrowed:
        """Return what a provider's list borrows, as a source."""
        kept = self._kept.get((provider, False))
        return Borrowed(provider, {} if kept is None or kept.loans is None else kept.loans)

    def _alone(self, part: Snapshot) -> _Kept:
        now = self._clock.now()
        key = part.provider, part.origin == "reference"
        # The list before is shown while the next one is made ready.
        for kept in (self._kept.get(key), self._before.get(key)):
            if kept is not None and kept.digest == part.digest and not _has_turned(kept.alone, now):
                return kept
        asked, released = self._asked, self._released
        alone = self._recall.alone(
            part, asked.version, released, now, lambda: published(part, asked.sources, now, released)
        )
        made = _Kept(part.digest, alone)
        with self._lock:
            if key in self._kept:
                self._before[key] = self._kept[key]
            self._kept[key] = made
            if part.origin != "reference":
                self._lend(part.provider, made.alone.snapshot)
        return made

    def _lend(self, slug: str, part: Snapshot) -> None:
        lender = self._lenders.get(slug)
        if lender is None:
            return
        made = self._recall.lent(part, lender, lambda: lent(part, lender, self._matched(part)))
        before = self._lent.get(slug)
        if made.loans != ({} if before is None else before.loans):
            self._lent[slug] = made
            self._lending += 1

    def _with_loans(self, part: Snapshot, kept: _Kept, lending: int) -> _Kept:
        """Publish a list with what it borrows; what it lends itself is not borrowed back."""
        lenders = [self._lent[slug] for slug in self._lenders if slug in self._lent and slug != part.provider]
        asked, released, now = self._asked, self._released, self._clock.now()

        def make() -> Whole:
            loans = borrowed(kept.alone.snapshot, self._matched(part), [each.loans for each in lenders])
            if not loans:
                return loans, kept.alone
            if kept.whole is not None and loans == kept.loans:
                return loans, kept.whole
            sources = (*asked.sources, Borrowed(part.provider, loans))
            return loans, published(part, sources, now, released)

        loans, whole = self._recall.whole(part, kept.alone, asked.version, released, lenders, now, make)
        made = structs.replace(kept, loans=loans, whole=whole, lending=lending)
        key = part.provider, False
        with self._lock:
            for place in (self._kept, self._before):
                if place.get(key) is kept:
                    place[key] = made
        return made


def _has_turned(found: Published, now: datetime) -> bool:
    return found.until is not None and now >= found.until


def _as_of(found: Published, part: Snapshot) -> Published:
    """Return the same for a list that was heard again."""
    if (found.snapshot.fetched_at, found.snapshot.content_since) == (part.fetched_at, part.content_since):
        return found
    again = structs.replace(found.snapshot, fetched_at=part.fetched_at, content_since=part.content_since)
    return structs.replace(found, snapshot=again)
