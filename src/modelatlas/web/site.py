"""One atlas as it is served: what is public of it, by which words it is asked, and who may write."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.discrepancy import Discrepancies
from modelatlas.domain.errors import NotFound
from modelatlas.domain.identity.models import Model, models_of
from modelatlas.domain.identity.unmatched import Question, questions
from modelatlas.domain.index.columns import KeptColumns
from modelatlas.domain.index.index import Index
from modelatlas.domain.latest import Latest
from modelatlas.domain.ports import History
from modelatlas.domain.publishing import Published
from modelatlas.domain.query import ModelQuery, nearest
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.lookup import Lookup
from modelatlas.views.disagreements import Disagreements, disagreements
from modelatlas.views.discrepancies import without
from modelatlas.views.parts import Pages, Parts, said
from modelatlas.views.provenance import UnitSourcesView, provenance
from modelatlas.views.providers import About, KeyView
from modelatlas.views.rows import EncodedListings, Rows
from modelatlas.views.values import Dates
from modelatlas.views.visibility import AccountIds, public_catalog, public_part
from modelatlas.web.bounds import Bounds
from modelatlas.web.documents import Documents
from modelatlas.web.keys import Policy, admit, caller_of, header, holds_key
from modelatlas.web.memory import give_back
from modelatlas.web.page import BuiltPage
from modelatlas.web.parameters import BadParameter
from modelatlas.web.readings import Readings
from modelatlas.web.recent import Recent
from modelatlas.web.sharing import NextReading
from modelatlas.web.sheets import Sheet, Spelling
from modelatlas.web.stream import RUNS, Events, Seen, seen
from modelatlas.wiring.atlas import Atlas

ALL: Final = ""
"""The word for all providers together."""
PASTS_AT_ONCE: Final = 2
"""Answers about the past that are put together at the same time: each reads much of the store."""


class Public:
    """A catalog as everybody may see it; made once for the one that is shown and the one that will be."""

    def __init__(self) -> None:
        self._made: tuple[tuple[Catalog, Catalog], ...] = ()

    def of(self, whole: Catalog) -> Catalog:
        """Return it without account listings."""
        for made_of, made in self._made:
            if made_of is whole:
                return made
        public = public_catalog(whole)
        self._made = ((whole, public), *self._made[:1])
        return public


class _Ready:
    """A public catalog ready for questions, and the questions that were asked of it."""

    __slots__ = ("catalog", "parts", "sheets")

    def __init__(self, catalog: Catalog, parts: Parts) -> None:
        self.parts: Final = parts
        self.say_again(catalog)

    def say_again(self, catalog: Catalog) -> None:
        """Take in another catalog that says the same."""
        self.catalog = catalog
        self.sheets: dict[Spelling, Sheet] = {}


class Site:
    """An atlas and its policy; `document` is the OpenAPI document of its routes, `page` the built page."""

    def __init__(
        self, atlas: Atlas, policy: Policy, document: bytes = b"{}", page: BuiltPage | None = None
    ) -> None:
        self.atlas: Final = atlas
        self.policy: Final = policy
        self.document: Final = document
        self.page: Final = page
        self.events: Final = Events(self._look)
        self.encoded = EncodedListings(atlas.matches.of, atlas.derived, lambda: atlas.matches.version)
        self.recent: Final = Recent()
        self._columns = KeptColumns()
        self._ready: Latest[_Ready] = Latest()
        self._said: tuple[Catalog | None, str] = (None, "")
        self._grouped: tuple[Catalog | None, dict[str, Model]] = (None, {})
        self.explained: Final = NextReading(atlas.explain)
        self.pasts: Final = asyncio.Semaphore(PASTS_AT_ONCE)
        self.readings: Final = Readings(atlas.analytics)
        self._active: Final = Readings(atlas.analytics)
        self.bounds: Final = Bounds()
        self.documents: Final = Documents(lambda: self.catalog)
        self._public: Final = Public()
        self._public_live: Final = Public()
        self._disputed: tuple[Mapping[str, Published], Disagreements] = ({}, disagreements({}))
        self._words: tuple[Catalog | None, dict[str, str]] = (None, {})

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment as everybody may see it."""
        return self._public.of(self.atlas.served.catalog)

    def parts_of(self, catalog: Catalog) -> Parts:
        """Return a public catalog ready for questions; the last two are kept."""
        kept = self._kept(catalog)
        if kept is None:
            index = Index(catalog, self.atlas.matches.of, self._columns.of)
            parts = Parts(index, self.encoded, simulated=self.atlas.simulated)
            kept = self._ready.put(ALL, said(catalog), _Ready(catalog, parts))
        return kept.parts

    def make_part_ready(self, part: Snapshot) -> Rows:
        """Make what answers are made of from one list, before it is shown; return its public rows."""
        public = public_part(part)
        self._columns.of(public)
        return Rows(public.provider, self.encoded.of(public))

    def shown(self, live: Catalog) -> Catalog:
        """Return a catalog as everybody may see it once it is the live one."""
        return self._public.of(self.atlas.served.of(live))

    def make_ready(self, catalog: Catalog) -> None:
        """Make all that answers are made of, as far as it was asked for before; blocks."""
        before = self._ready.newest(ALL)
        parts = self.parts_of(catalog)
        if before is not None and before.parts is not parts:
            parts.index.warm_like(before.parts.index)

    def forget_older(self, catalog: Catalog) -> None:
        """Drop what was made of what this catalog has replaced; blocks."""
        self.encoded.forget_all_but(catalog)
        for part in catalog.snapshots.values():
            self.encoded.forget_older(part)
            self._columns.forget_older(part)
        self._ready.forget_older(ALL, said(catalog))
        give_back()

    def pages_of(self, catalog: Catalog, query: ModelQuery) -> Pages | None:
        """Return the pages of a question for listings, None where something that takes long is to be made."""
        kept = self._kept(catalog)
        return None if kept is None or not kept.parts.index.is_warm(query) else kept.parts.pages(query)

    def sheets_of(self, catalog: Catalog) -> dict[Spelling, Sheet]:
        """Return the sheets of a public catalog, by their spelling without an offset; gone with its parts."""
        kept = self._kept(catalog)
        return {} if kept is None else kept.sheets

    def _kept(self, catalog: Catalog) -> _Ready | None:
        """Return what is kept, if it is of a catalog that says the same."""
        of, words = self._said
        if of is not catalog:
            words = said(catalog)
            self._said = catalog, words  # so that the next question need not compare
        kept = self._ready.get(ALL, words)
        if kept is not None and kept.catalog is not catalog:
            kept.say_again(catalog)
        return kept

    def catalog_for(self, scope: Mapping[str, Any]) -> Catalog:
        """Return the catalog as this caller may see it: whole with a key."""
        return self.atlas.served.catalog if self.sees_all(scope) else self.catalog

    def live(self, *, sees_all: bool) -> Catalog:
        """Return what is live, whether or not that is what is served."""
        whole = self.atlas.live.catalog
        return whole if sees_all else self._public_live.of(whole)

    def models_for(self, scope: Mapping[str, Any]) -> dict[str, Model]:
        """Return the models of the catalog as this caller may see it; those of everybody are kept."""
        catalog = self.catalog_for(scope)
        if catalog is not self.catalog:
            return models_of(catalog, self.atlas.matches.of)
        if self._grouped[0] is not catalog:
            self._grouped = (catalog, models_of(catalog, self.atlas.matches.of))
        return self._grouped[1]

    def questions_for(self, scope: Mapping[str, Any]) -> list[Question]:
        """Return what is not matched in the catalog as this caller may see it."""
        return questions(self.catalog_for(scope), self.atlas.matches.of)

    def lookup_for(self, scope: Mapping[str, Any], history: History | None = None) -> Lookup:
        """Return a lookup of prices in what this caller may see, with a history in what was said before."""
        return self.atlas.prices.lookup(sees_all=self.sees_all(scope), history=history)

    def sources_of(self, slug: str, id_: str, *, sees_all: bool) -> tuple[UnitSourcesView, ...]:
        """Return who says what of a listing's prices, and whose word counts."""
        prices = self.atlas.prices
        return provenance(prices.settled(slug, id_, sees_all=sees_all), self.dates().of(slug))

    def dates(self) -> Dates:
        """Return since when sources say what they say."""
        prices = self.atlas.prices
        return Dates(prices.publisher.kept, prices.references.states)

    def disagreements(self) -> Disagreements:
        """Return where sources disagree in all lists; gathered once for as long as the lists are the same."""
        kept = self.atlas.prices.publisher.kept
        held, found = self._disputed
        if [*held] != [*kept] or any(held[slug] is not part for slug, part in kept.items()):
            held, found = self._disputed = kept, disagreements(kept)
        return found

    def sees_all(self, scope: Mapping[str, Any]) -> bool:
        """Tell whether a caller of a public route holds a key; one that is not ours is no error there."""
        authorization = header(scope["headers"], b"authorization")
        return authorization is not None and holds_key(self.policy, authorization)

    def admit(self, scope: Mapping[str, Any]) -> None:
        """Let a writer through, or raise `Refused`."""
        admit(self.policy, caller_of(scope))

    def now(self) -> datetime:
        """Return this instant."""
        return self.atlas.clock.now()

    def words(self) -> dict[str, str]:
        """Return every word by which a provider may be asked for -> its slug."""
        catalog = self.atlas.served.catalog
        if self._words[0] is not catalog:
            known = self.atlas.providers
            words = {alias: slug for slug, provider in known.items() for alias in provider.aliases}
            words |= {slug: slug for slug in (*catalog.snapshots, *known)}  # one is never hidden by an alias
            self._words = (catalog, words)
        return self._words[1]

    def slug_of(self, word: str, parameter: str = "gateway") -> str:
        """Return the slug that a word names. Raises `BadParameter` with the nearest, and all there are."""
        slug = self.words().get(word.lower())
        if slug is None:
            hint = nearest(word.lower()[:100], self.words())
            raise BadParameter(f"unknown provider {word[:100]!r}: {hint}", parameter, self.slugs())
        return slug

    def slug_at(self, word: str) -> str:
        """Return the slug that a word in a path names. Raises `NotFound` with the nearest."""
        try:
            return self.slug_of(word)
        except BadParameter as error:
            raise NotFound(str(error)) from None

    def slugs(self) -> list[str]:
        """Return the slugs of all providers: the declared ones, and those that only a reference knows."""
        return sorted({*self.atlas.providers, *self.atlas.served.catalog.snapshots})

    def about(self, slug: str) -> About:
        """Say what is declared of a provider."""
        provider = self.atlas.providers.get(slug)
        if provider is None:
            return About(slug=slug, name=slug)
        variables = provider.key_variables
        key = KeyView(variables, provider.key_needed, provider.has_key(self.atlas.settings.keys))
        return About(
            slug=slug,
            name=provider.name,
            kind=provider.kind,
            docs=provider.docs,
            aliases=provider.aliases,
            evidence=provider.evidence,
            retired=provider.retired,
            key=key if variables else None,
            synced=slug in self.atlas.synced,
        )

    def account_ids(self, slug: str) -> AccountIds:
        """Return which ids of a provider are its account's own."""
        provider = self.atlas.providers.get(slug)
        part = self.atlas.live.catalog.snapshots.get(slug)
        return AccountIds(part, () if provider is None else provider.private)

    def public_difference(self, found: Discrepancies) -> Discrepancies:
        """Return a difference as everybody may see it."""
        private = {
            part.provider: self.account_ids(part.provider).among(each.id for each in part.differences)
            for part in found.providers
        }
        return without(found, private)

    async def stored_counts(self, *, sees_all: bool) -> Mapping[str, int]:
        """Count the active rows of each provider as a caller may see them, read anew once a run has ended."""
        own = {slug: ids for slug in self.slugs() if not (ids := self.account_ids(slug)).is_empty}
        active = await self._active(frozenset(own), lambda _: self.atlas.ledger.active(own))
        if sees_all:
            return active.counts
        hidden = {slug: len(ids & own[slug].among(ids)) for slug, ids in active.ids.items()}
        return {slug: count - hidden.get(slug, 0) for slug, count in active.counts.items()}

    async def _look(self) -> Seen:
        runs = await asyncio.to_thread(self.atlas.ledger.runs, None, RUNS)
        return seen(self.catalog, self.live(sees_all=False), self.atlas.live.states.values(), runs)
