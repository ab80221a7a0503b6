"""The index of a catalog: sets of listings as bitmaps, in the orders in which they are asked for.

All is made when it is first asked for and kept as long as the index. It may be asked from any thread: what
two threads make at the same time is equal.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from msgspec import structs
from pyroaring import BitMap

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.index.columns import SEVERAL, SINGLE, Columns, Facet
from modelatlas.domain.index.space import Column, Found, Space, merged
from modelatlas.domain.index.words import Words
from modelatlas.domain.listing import Listing
from modelatlas.domain.query import FACETS, ModelQuery, Selection, check, split_words, variant_words
from modelatlas.domain.snapshot import Snapshot

FEW: Final = 200
"""So many are brought into an order one by one; more are looked up in it."""
_EQUAL: Final = (*SINGLE, "free", "priced", "deprecated", "origin")
_OF_COLUMNS: Final = (
    *(name for name in _EQUAL if name != "origin"),
    *("min_context", "max_input_usd_per_million", "max_output_usd_per_million"),
)

_MADE: Final = (
    *("_columns", "_facets_of", "_values", "_everything", "_all_counts"),
    *("_words", "_models", "_variants"),
)
"""What an index makes when it is first asked for."""


class Index:
    """A catalog prepared for questions; `columns` are made once for each list."""

    def __init__(self, catalog: Catalog, matched: Matched, columns: Callable[[Snapshot], Columns]) -> None:
        self.catalog: Final = catalog
        self._matched = matched
        self._parts = tuple(part for part in catalog.snapshots.values() if part.listings)
        self._starts: dict[str, int] = {}
        start = 0
        for part in self._parts:
            self._starts[part.provider] = start
            start += len(part.listings)
        self._ends = [self._starts[part.provider] + len(part.listings) for part in self._parts]
        self._listings = [listing for part in self._parts for listing in part.listings]
        self._columns_of = columns
        self._sorted: dict[str, Column] = {}
        self._searched: tuple[str | None, BitMap] = (None, BitMap())
        self._spaces: dict[str | None, Space] = {None: Space(None, self._facet, self._column)}

    def select(self, query: ModelQuery) -> Selection:
        """Answer a question as `domain.query.select` does; a misspelt search is corrected, and it says so.

        Raises `BadRequest` for what cannot be.
        """
        check(query)
        query, searched = self._corrected(query)
        found = self._found(query, self._spaces[None])
        counts, reference = self._all_counts if found is self._everything else self._counts(found)
        total = len(found)
        page = self.listings(self._ordered(query, found).between(*_bounds(query)))
        facets = self._facet_counts(query.facets, found)
        return Selection(total, total - reference, reference, page, counts, facets, searched)

    def page(self, query: ModelQuery) -> tuple[int, Sequence[int]]:
        """Return how many listings answer a question, and where those of the part asked for stand."""
        found = self.found(query)
        return len(found), found.between(*_bounds(query))

    def found(self, query: ModelQuery) -> Found:
        """Return all listings that answer a question, whichever part of them it asks for."""
        query, _ = self._corrected(query)
        if query.sort is None or query.q or query.model or query.providers:
            return self._ordered(query, self._found(query, self._spaces[None]))
        space = self._space(query.sort)
        return Found(self._found(query, space), space)

    def listings(self, places: Iterable[int]) -> list[Listing]:
        """Return the listings that stand at some places."""
        return [self._listings[place] for place in places]

    def is_warm(self, query: ModelQuery) -> bool:
        """Tell whether all that takes long to make, and that a question needs, is made."""
        made = self.__dict__
        return (
            ("_columns" in made or not _needs_columns(query))
            and (query.q is None or "_words" in made)
            and (query.model is None or "_models" in made)
            and (query.variant is None or "_variants" in made)
            and (query.sort is None or query.sort in self._spaces)
        )

    def warm_like(self, other: "Index") -> None:
        """Make what was asked of another index."""
        for sort in other._spaces:  # noqa: SLF001 - one of our own kind
            if sort is not None:
                self._space(sort)
        for name in _MADE:
            if name in other.__dict__:
                getattr(self, name)

    @cached_property
    def _columns(self) -> Mapping[str, Columns]:
        return {part.provider: self._columns_of(part) for part in self._parts}

    @cached_property
    def _facets_of(self) -> Mapping[str, Mapping[Facet, BitMap]]:
        return {slug: each.facets for slug, each in self._columns.items()}

    def _ordered(self, query: ModelQuery, found: BitMap) -> Found:
        """Bring what was found in the order of the list into the order that a question asks for."""
        if query.sort is None:
            return Found(found, self._spaces[None])
        space = self._space(query.sort)
        return Found(self._found(query, space) if len(found) > FEW else space.brought(found), space)

    def _found(self, query: ModelQuery, space: Space) -> BitMap:
        sets = [*self._with_values(query, space), *self._looked_up(query, space)]
        if not sets:
            return self._everything
        return sets[0].intersection(*sets[1:]) if len(sets) > 1 else sets[0]

    def _with_values(self, query: ModelQuery, space: Space) -> Iterator[BitMap]:
        """Go through the sets of listings that have each value that a question names."""
        for name in _EQUAL:
            value = getattr(query, name)
            if value is not None:
                yield space.facet((name, value))
        for name in SEVERAL:
            for value in getattr(query, name):
                yield space.facet((name, value))
        if query.min_context is not None:
            yield space.at_least("context_tokens", query.min_context)
        if query.max_input_usd_per_million is not None:
            yield space.at_most("input_price", query.max_input_usd_per_million)
        if query.max_output_usd_per_million is not None:
            yield space.at_most("output_price", query.max_output_usd_per_million)

    def _looked_up(self, query: ModelQuery, space: Space) -> Iterator[BitMap]:
        """Go through the sets that are found in the order of the list, and brought into this one."""
        if query.providers is not None:
            yield space.moved(("providers", query.providers), self._of_providers(query.providers))
        if query.q is not None:
            yield space.moved(("q", query.q), self._with_words(query.q))
        if query.model is not None:
            yield space.moved(("model", query.model), self._of_model(query.model.lower()))
        if query.variant is not None:
            yield space.facet(("variant", variant_words(query.variant)))

    def _corrected(self, query: ModelQuery) -> tuple[ModelQuery, str | None]:
        """Put the nearest known word in the place of each that no word begins with."""
        if query.q is None or self._with_words(query.q):
            return query, None
        asked = split_words(query.q)
        meant = list(map(self._meant, asked))
        if meant == asked:
            return query, None
        text = " ".join(meant)
        return structs.replace(query, q=text), text

    def _meant(self, word: str) -> str:
        """Return a word, or the nearest known one where none begins so; a number is never another number."""
        if not word.isalpha() or self._words.beginning(word):
            return word
        return self._words.nearest(word) or word

    def _with_words(self, text: str) -> BitMap:
        searched = self._searched  # one question asks twice
        if searched[0] != text:
            sets = [self._words.beginning(word) for word in split_words(text)]
            searched = text, sets[0].intersection(*sets[1:]) if sets else self._everything
            self._searched = searched
        return searched[1]

    def _of_providers(self, slugs: Collection[str]) -> BitMap:
        found = BitMap()
        for part in self._parts:
            if part.provider in slugs:
                start = self._starts[part.provider]
                found.add_range(start, start + len(part.listings))
        return found

    def _of_model(self, model: str) -> BitMap:
        return BitMap(self._models.get(model, ()))

    def _counts(self, found: BitMap) -> tuple[dict[str, int], int]:
        """Count the found ones of each list, and those of references."""
        counts: dict[str, int] = {}
        reference = before = 0
        for part, end in zip(self._parts, self._ends, strict=True):
            count = found.rank(end - 1) - before  # rank: how many are there, up to this one
            if count:
                counts[part.provider] = count
                before += count
                reference += count if part.origin == "reference" else 0
        return counts, reference

    def _facet_counts(self, names: Sequence[str], found: BitMap) -> dict[str, dict[str, int]]:
        facets: dict[str, dict[str, int]] = {}
        for name in names:
            counts = {
                value: count
                for value in self._values_of(name)
                if (count := found.intersection_cardinality(self._spaces[None].facet((name, value))))
            }
            facets[name] = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        return facets

    def _values_of(self, name: str) -> list[str]:
        if name == "provider":
            return list(self._starts)
        if name == "origin":
            return sorted({part.origin for part in self._parts})
        return self._values[name]

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        values: dict[str, dict[str, None]] = {name: {} for name in FACETS}
        for of in self._facets_of.values():
            for name, value in of:
                if name in values:
                    values[name][value] = None
        return {name: list(each) for name, each in values.items()}

    @cached_property
    def _everything(self) -> BitMap:
        return BitMap(range(len(self._listings)))

    @cached_property
    def _all_counts(self) -> tuple[dict[str, int], int]:
        return self._counts(self._everything)

    @cached_property
    def _words(self) -> Words:
        return Words(self._listings)

    @cached_property
    def _models(self) -> "Mapping[str, array[int]]":
        models: dict[str, array[int]] = {}
        for part in self._parts:
            matches, start = self._matched(part), self._starts[part.provider]
            for place, listing in enumerate(part.listings, start):
                match = matches.get(listing.id)
                if match is not None:
                    models.setdefault(match.model, array("I")).append(place)
        return models

    @cached_property
    def _variants(self) -> Mapping[tuple[str, ...], BitMap]:
        variants: dict[tuple[str, ...], list[int]] = {}
        for part in self._parts:
            matches, start = self._matched(part), self._starts[part.provider]
            for place, listing in enumerate(part.listings, start):
                match = matches.get(listing.id)
                if match is not None:
                    variants.setdefault(match.variant, []).append(place)
        return {variant: BitMap(places) for variant, places in variants.items()}

    def _facet(self, facet: Facet) -> BitMap:
        name, value = facet
        if name == "variant":
            return self._variants.get(value, BitMap())
        if name == "provider":
            return self._of_providers({value})
        if name == "origin":
            return self._of_providers(
                frozenset(each.provider for each in self._parts if each.origin == value)
            )
        return merged(self._starts, self._facets_of, facet)

    def _column(self, name: str) -> Column:
        found = self._sorted.get(name)
        if found is None:
            values: list[Any] = [value for each in self._columns.values() for value in each.values[name]]
            found = self._sorted[name] = Column(values)
        return found

    def _space(self, sort: str) -> Space:
        found = self._spaces.get(sort)
        if found is None:
            column = self._column(sort.removeprefix("-"))
            order = column.order(largest_first=sort.startswith("-"))
            found = self._spaces[sort] = Space(order, self._facet, self._column)
        return found


def _needs_columns(query: ModelQuery) -> bool:
    """Tell whether a question is about properties of listings, its order apart."""
    return bool(
        any(getattr(query, name) is not None for name in _OF_COLUMNS)
        or any(getattr(query, name) for name in SEVERAL)
        or query.facets
    )


def _bounds(query: ModelQuery) -> tuple[int, int | None]:
    """Return where the part asked for begins and ends; of groups all is wanted."""
    if query.group is not None:
        return 0, None
    return query.offset, None if query.limit is None else query.offset + query.limit
