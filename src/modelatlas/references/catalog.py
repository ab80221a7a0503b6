"""A reference catalog: what others say of providers' models, found by provider and id."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from modelatlas.domain.listing import Listing
from modelatlas.domain.precedence import Quoted, Standing
from modelatlas.domain.price import Unread
from modelatlas.domain.rule_sets import standing as standing_at
from modelatlas.domain.snapshot import Duplicate, Snapshot, snapshot
from modelatlas.references.matching import Clause, Clauses

_COMPACT_DATE: Final = re.compile(r"-(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![0-9])")


class Entry(Struct, frozen=True):
    """One entry: a listing with all its prices, past and announced ones too, and the ids it stands for.

    Without a clause it stands for its own id and its aliases.
    """

    listing: Listing
    clause: Clause | None = None


class Part(Struct, frozen=True):
    """What a reference says of one provider; entries of the providers `fallbacks` stand in, in order."""

    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    fallbacks: tuple[str, ...] = ()


class ReferenceCatalog:
    """A reference in one version.

    `names` are its own words for providers, with our slugs; `also` are slugs that it has no entries of, with
    those whose entries speak for them. `entries` counts those of all providers, where that is known.
    """

    def __init__(
        self,
        name: str,
        version: str,
        parts: Mapping[str, Part],
        names: Mapping[str, str],
        also: Mapping[str, str] | None = None,
        entries: int | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.parts = parts
        self.names = names
        self.also = also or {}
        self._entries = entries
        self._by_id: dict[str, dict[str, Listing]] = {}
        self._clauses: dict[str, Clauses] = {}

    def count(self) -> int:
        """Count the entries of all providers."""
        if self._entries is None:
            self._entries = sum(len(part.entries) for part in self.parts.values())
        return self._entries

    @property
    def source(self) -> str:
        """What prices of this reference give as their source."""
        return f"reference:{self.name}@{self.version}"

    def slug_of(self, word: str) -> str | None:
        """Return the slug that a word means here: ours, the reference's own word, or None.

        Underlines are as good as dashes.
        """
        spellings = (word, word.replace("-", "_"), word.replace("_", "-"))
        named = (self.names.get(spelling, spelling) for spelling in spellings)
        return next((slug for slug in named if slug in self.parts or slug in self.also), None)

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what the reference says of an id's prices, past and announced ones too.

        Where it lets another provider's entry speak for this one, that counts as borrowed.
        """
        del at  # a version of a reference says the same at every instant
        listing = self.listing(provider, id_)
        if listing is None or not listing.prices:
            return None
        own = listing.provider == self.also.get(provider, provider)
        source = self.source if own else f"{self.source}:{listing.provider}"
        standing: Standing = "reference" if own else "borrowed"
        return Quoted(source, standing, listing.prices, listing.factors)

    def listing(self, provider: str, id_: str) -> Listing | None:
        """Return the listing that stands for an id: by the id itself, else by the first clause that holds.

        An id whose date has no dashes (`-20251211`) that stands for nothing is tried with them: gateways
        write dates so.
        """
        found = self._listing(provider, id_)
        dashed = _COMPACT_DATE.sub(r"-\1-\2-\3", id_)
        return found if found is not None or dashed == id_ else self._listing(provider, dashed)

    def _listing(self, provider: str, id_: str) -> Listing | None:
        own = self.also.get(provider, provider)
        part = self.parts.get(own)
        if part is None:
            return None
        found = self._exactly(provider, part.entries).get(id_)
        if found is not None:
            return found
        lower = id_.lower()
        speaking = (own, *(slug for slug in part.fallbacks if slug in self.parts))
        return next((listing for slug in speaking if (listing := self._standing_for(lower, slug))), None)

    def snapshots(self, at: datetime) -> list[Snapshot]:
        """Return a snapshot with origin `reference` for each provider: prices as they stand at an instant."""
        return [
            snapshot(
                slug,
                at,
                (
                    structs.replace(each.listing, prices=standing_at(each.listing.prices, at))
                    for each in part.entries
                ),
                duplicates=part.duplicates,
                unread=part.unread,
                origin="reference",
            )
            for slug, part in sorted(self.parts.items())
        ]

    def _exactly(self, provider: str, entries: Sequence[Entry]) -> Mapping[str, Listing]:
        """Return the listings of a provider by the ids they name, their own ids before their aliases."""
        if provider not in self._by_id:
            named = {alias: each.listing for each in reversed(entries) for alias in each.listing.aliases}
            named.update((each.listing.id, each.listing) for each in reversed(entries))
            self._by_id[provider] = named
        return self._by_id[provider]

    def _standing_for(self, id_: str, provider: str) -> Listing | None:
        entries = self.parts[provider].entries
        if provider not in self._clauses:
            self._clauses[provider] = Clauses(each.clause for each in entries)
        found = self._clauses[provider].first(id_)
        return None if found is None else entries[found].listing
