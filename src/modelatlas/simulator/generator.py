"""Entries of invented models in a provider's own words, made from its declaration alone.

Equal seed, slug and index give equal bytes, whenever and wherever they are made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Final

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import decode
from modelatlas.providers.reading import Reader
from modelatlas.simulator.chance import pick, share
from modelatlas.simulator.facts import Facts, facts, row_of
from modelatlas.simulator.naming import HOSTS
from modelatlas.simulator.price_documents import Model, RowMaker, meters_entry
from modelatlas.simulator.templates import Kind, Template, encode, templates

_RARE: Final[tuple[tuple[Kind, float], ...]] = (
    ("varying", 0.005),
    ("free", 0.04),
    ("unpriced", 0.03),
)
"""The part of a provider's entries that is special, if its declaration knows such; the rest is plain."""

_ORDINARY: Final[tuple[Kind, ...]] = ("plain", "unpriced", "free", "varying", "odd")

_CHATS: Final = 25
"""How often a chat model is chosen, for one of another mode."""

_LATER_LISTS: Final = 0.75
"""The part of the first list's models that a provider's other lists hold too."""

_PRICED_ELSEWHERE: Final = 0.9
"""The part of a provider's models that its price document, or its list of meters, knows."""

_TELLING_LISTS: Final = 0.95
"""The same of lists by which a model that is not there is not served: nearly all are."""

_FIRST_REJECTED: Final = 10_000_000
"""The index of the first rejected entry: far from those of all listings."""


class Generator:
    """The maker of one provider's entries."""

    def __init__(self, provider: Provider, seed: int) -> None:
        self.provider = provider
        self.seed = seed

    @cached_property
    def templates(self) -> Mapping[str, tuple[Template, ...]]:
        """The templates of every list of models, and of entries with prices, by the list's name."""
        lists = (each for each in self.provider.lists if not is_of_rows(each))
        return {declared.name: templates(self.provider, declared) for declared in lists}

    def entries(self, declared: ModelList, changes: Mapping[int, int]) -> list[bytes]:
        """Make a list's entries for listings, given as index -> how often its prices changed, in order."""
        if is_of_rows(declared):
            return list(self._rows(declared, changes))
        chosen = ((index, self.template(declared, index)) for index in changes)
        made = (
            (index, template.entry(self._facts(declared, index, changes[index])))
            for index, template in chosen
            if template is not None
        )
        if not declared.each:
            return [encode(entry) for _, entry in made]
        rows = groupby(made, key=lambda item: row_of(item[0])[0])
        return [encode(_row(declared.each, [entry for _, entry in row])) for _, row in rows]

    def rejected(self, declared: ModelList, size: int) -> list[bytes]:
        """Make so many entries that are no listings; none where the declaration has no example of one."""
        made = [each for each in self.templates.get(declared.name, ()) if each.kind == "rejected"]
        return [self._rejected(declared, pick(made, index), index) for index in range(size)] if made else []

    def template(self, declared: ModelList, index: int) -> Template | None:
        """Return the template of a listing; None where the list does not hold it."""
        first = self._choose(self._by_kind[self.provider.lists[0].name], index)
        if first is None or declared is self.provider.lists[0]:
            return first
        part = _LATER_LISTS if declared.unlisted is None else _TELLING_LISTS
        if share(self.seed, "later", self.provider.slug, declared.name, index) >= part:
            return None
        known = [each for each in self.templates[declared.name] if each.kind != "rejected"]
        same = [each for each in known if each.mode == first.mode]
        if not same:  # one of the lists does not tell the mode, or this one tells prices only
            any_mode = declared.yields == "prices" or first.mode is None
            same = [each for each in known if any_mode or each.mode is None]
        wanted = "plain" if declared.yields == "prices" and first.kind == "unpriced" else first.kind
        unpriced = all(each.kind == "unpriced" for each in known)  # such a list tells of all models alike
        best = same if unpriced else [each for each in same if each.kind == wanted]
        return pick(best, self.seed, "template", self.provider.slug, index) if best else None

    def reprices(self, index: int) -> bool:
        """Tell whether a listing of this index has a price that can change."""
        template = self.template(self.provider.lists[0], index)
        return template is not None and template.reprices

    @cached_property
    def _by_kind(self) -> Mapping[str, Mapping[Kind, Sequence[Template]]]:
        return {name: _weighed(made) for name, made in self.templates.items()}

    def _choose(self, by_kind: Mapping[Kind, Sequence[Template]], index: int) -> Template | None:
        left = share(self.seed, "kind", self.provider.slug, index)
        for kind, part in _RARE:
            if kind in by_kind and left < part:
                return pick(by_kind[kind], self.seed, "template", self.provider.slug, index)
            left -= part
        return self._plain(by_kind, index)

    def _plain(self, by_kind: Mapping[Kind, Sequence[Template]], index: int) -> Template | None:
        """Choose among the plain templates; where all are special, the most ordinary of them are plain."""
        for kind in _ORDINARY:
            if kind in by_kind:
                return pick(by_kind[kind], self.seed, "template", self.provider.slug, index)
        return None

    def _rows(self, declared: ModelList, changes: Mapping[int, int]) -> Iterator[bytes]:
        """Go through what a price document, or a list of meters, has for the models of the first list."""
        how = declared.rows
        maker = None if how is None else RowMaker(declared, how, self._examples)
        for model in self._models(changes):
            if maker is None:
                entry = meters_entry(declared, model)
                yield from () if entry is None else (entry,)
            else:
                yield from maker.rows(model)

    def _models(self, changes: Mapping[int, int]) -> Iterator[Model]:
        """Go through the listings of the first list as a price document knows them; it does not know all."""
        first = self.provider.lists[0]
        reader = Reader(self.provider, first)
        for index, changed in changes.items():
            template = self.template(first, index)
            if template is None or share(self.seed, "priced", self.provider.slug, index) >= _PRICED_ELSEWHERE:
                continue
            what = self._facts(first, index, changed)
            listing = reader.read(decode(encode(template.entry(what)))).result
            if isinstance(listing, Listing):
                yield Model(index, listing, what.amount)

    @cached_property
    def _examples(self) -> Mapping[str, Listing]:
        """The listings among the examples of the lists of models, by id; the first one of an id counts."""
        found = (
            expected
            for each in self.provider.lists
            if each.yields == "listings"
            for _, expected in each.examples
        )
        listed: dict[str, Listing] = {}
        for each in found:
            if isinstance(each, Listing):
                listed.setdefault(each.id, each)
        return listed

    def _facts(self, declared: ModelList, index: int, changes: int = 0) -> Facts:
        if not declared.each:
            return facts(self.seed, self.provider.slug, index, changes)
        row, position = row_of(index)
        return facts(self.seed, self.provider.slug, row, changes, host=HOSTS[position])

    def _rejected(self, declared: ModelList, template: Template, index: int) -> bytes:
        entry = template.entry(facts(self.seed, self.provider.slug, _FIRST_REJECTED + index))
        if declared.each and isinstance(entry.get(declared.each), dict):
            entry = _row(declared.each, [entry])
        return encode(entry)


def is_of_rows(declared: ModelList) -> bool:
    """Tell whether a list holds rows of a price document, or meters, and no models."""
    return declared.rows is not None or declared.yields == "meters"


def _row(each: str, offers: Sequence[dict[str, object]]) -> dict[str, object]:
    """Put offers into the one entry that holds them all."""
    return {**offers[0], each: [offer[each] for offer in offers]}


def _weighed(made: Iterable[Template]) -> Mapping[Kind, Sequence[Template]]:
    by_kind: dict[Kind, list[Template]] = {}
    for template in made:
        if template.kind != "rejected":
            by_kind.setdefault(template.kind, []).extend(
                [template] * (_CHATS if template.mode == "chat" else 1)
            )
    return by_kind
