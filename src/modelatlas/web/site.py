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
from modelatlas.domain.ledger import StoredProvider
from modelatlas.domain.query import nearest
from modelatlas.flows.lookup import Lookup
from modelatlas.views.discrepancies import without
from modelatlas.views.models_answer import EncodedListings
from modelatlas.views.providers import About, KeyView
from modelatlas.views.visibility import AccountIds, public_catalog
from modelatlas.web.bounds import Bounds
from modelatlas.web.keys import Policy, admit, caller_of, header, holds_key
from modelatlas.web.parameters import BadParameter
from modelatlas.web.readings import Readings
from modelatlas.web.sharing import NextReading
from modelatlas.wiring import Atlas

PASTS_AT_ONCE: Final = 2
"""Answers about the past that are put together at the same time: each reads much of the store."""


class Public:
    """A catalog as everybody may see it, made once for as long as the catalog is the same."""

    def __init__(self) -> None:
        self._made: tuple[Catalog, Catalog] | None = None

    def of(self, whole: Catalog) -> Catalog:
        """Return it without account listings."""
        if self._made is None or self._made[0] is not whole:
            self._made = (whole, public_catalog(whole))
        return self._made[1]


class Site:
    """An atlas and its policy; `document` is the OpenAPI document of its routes."""

    def __init__(self, atlas: Atlas, policy: Policy, document: bytes = b"{}") -> None:
        self.atlas: Final = atlas
        self.policy: Final = policy
        self.document: Final = document
        self.encoded = EncodedListings(atlas.matches.of)
        self._grouped: tuple[Catalog | None, dict[str, Model]] = (None, {})
        self.explained: Final = NextReading(atlas.explain)
        self.pasts: Final = asyncio.Semaphore(PASTS_AT_ONCE)
        self.readings: Final = Readings(atlas.analytics)
        self.stored: Final = NextReading(self._read_stored)
        self.bounds: Final = Bounds()
        self._public: Final = Public()
        self._public_live: Final = Public()
        self._words: tuple[Catalog | None, dict[str, str]] = (None, {})

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment as everybody may see it."""
        return self._public.of(self.atlas.served.catalog)

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

    def lookup_for(self, scope: Mapping[str, Any]) -> Lookup:
        """Return a lookup of prices in what this caller may see."""
        return self.atlas.prices.lookup(sees_all=self.sees_all(scope))

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
            words = {slug: slug for slug in catalog.snapshots}
            for slug, provider in self.atlas.providers.items():
                words.update(dict.fromkeys((slug, *provider.aliases), slug))
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

    async def _read_stored(self) -> Mapping[str, StoredProvider]:
        return await asyncio.to_thread(self.atlas.ledger.stored)
