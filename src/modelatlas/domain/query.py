"""Questions to a catalog: which listings, in which order, which part of them."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar, get_args

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.headline import headline
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import MODES, STATUSES, Listing, is_priced
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import usd_per_unit
from modelatlas.domain.snapshot import ORIGINS, Snapshot

Sort = Literal["name", "context_tokens", "max_output_tokens", "released", "input_price", "output_price"]
SORTS: Final = get_args(Sort)
Grouping = Literal["model"]
GROUPINGS: Final = get_args(Grouping)
Item = TypeVar("Item")
FacetName = Literal[
    "provider", "lab", "mode", "status", "input_modalities", "output_modalities", "supported_parameters",
    "quantization", "origin",
]  # fmt: skip
FACETS: Final = get_args(FacetName)
"""Properties whose values can be counted."""
MOST: Final = 1_000_000
MILLION: Final = Decimal(1_000_000)


class ModelQuery(Struct, frozen=True, kw_only=True):
    """A question to a catalog; what is None or empty does not limit the answer.

    `providers` are slugs, `model` is a `lab/name`, `variant` its words with `+` between them. Lists of
    modalities and parameters must all be there. Prices are headline prices in USD per million tokens. `sort`
    has a leading `-` for the largest first; listings without the value come last either way. `fields` are the
    keys of each listing in the answer. With `group`, listings of one model stand together, and `limit` and
    `offset` count these groups. `facets` are the properties (of `FACETS`) whose values are counted.
    """

    providers: frozenset[str] | None = None
    q: str | None = None
    lab: str | None = None
    mode: str | None = None
    status: str | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    supported_parameters: tuple[str, ...] = ()
    min_context: int | None = None
    max_input_usd_per_million: Decimal | None = None
    max_output_usd_per_million: Decimal | None = None
    free: bool | None = None
    priced: bool | None = None
    quantization: str | None = None
    model: str | None = None
    variant: str | None = None
    deprecated: bool | None = None
    origin: str | None = None
    sort: str | None = None
    fields: tuple[str, ...] = ()
    group: str | None = None
    facets: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0


class Selection(Struct, frozen=True):
    """The listings that answer a question: `total` of them, of which `page` is the part asked for.

    `counts` are those of each provider that has any. Of a question for groups `page` is all of them. `facets`
    count the values of properties, the most frequent first; a listing without a value counts nowhere.
    `searched` is the text that was searched for in the place of a misspelt one.
    """

    total: int
    live: int
    reference: int
    page: Sequence[Listing]
    counts: dict[str, int]
    facets: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    searched: str | None = None


def select(catalog: Catalog, query: ModelQuery, matched: Matched) -> Selection:
    """Answer a question, in (provider, id) order unless sorted. Raises `BadRequest` for what cannot be."""
    check(query)
    tests = _tests(query)
    of_model = _match_test(query)
    found: list[Listing] = []
    counts: dict[str, int] = {}
    reference = 0
    for part in parts_of(catalog, query):
        chosen = [listing for listing in part.listings if all(test(listing) for test in tests)]
        if of_model is not None:
            of = matched(part)
            chosen = [listing for listing in chosen if of_model(of.get(listing.id))]
        if chosen:
            counts[part.provider] = len(chosen)
        reference += len(chosen) if part.origin == "reference" else 0
        found.extend(chosen)
    total = len(found)
    ordered = found if query.sort is None else sorted_by(found, query.sort)
    page = part_of(ordered, query) if query.group is None else ordered
    facets = {name: _facet_counts(catalog, found, name) for name in query.facets}
    return Selection(total, total - reference, reference, page, counts, facets)


def parts_of(catalog: Catalog, query: ModelQuery) -> Iterator[Snapshot]:
    """Go through the lists in which a question is to be answered."""
    for slug, part in catalog.snapshots.items():
        if (query.providers is None or slug in query.providers) and query.origin in {None, part.origin}:
            yield part


def part_of(items: Sequence[Item], query: ModelQuery) -> Sequence[Item]:
    """Return the part of listings, or of their groups, that a question asks for."""
    end = None if query.limit is None else query.offset + query.limit
    return items[query.offset : end]


def check(query: ModelQuery) -> None:
    """Raise `BadRequest` for a value that cannot be, naming what is allowed."""
    _one_of("mode", query.mode, MODES)
    _one_of("status", query.status, STATUSES)
    _one_of("origin", query.origin, ORIGINS)
    _one_of("group", query.group, GROUPINGS)
    for name in query.facets:
        _one_of("facets", name, FACETS)
    _one_of("sort", None if query.sort is None else query.sort.removeprefix("-"), SORTS)
    for name, number in (
        ("limit", query.limit),
        ("offset", query.offset),
        ("min_context", query.min_context),
        ("max_input_usd_per_million", query.max_input_usd_per_million),
        ("max_output_usd_per_million", query.max_output_usd_per_million),
    ):
        most = 10**12 if name == "min_context" else MOST
        if number is not None and not 0 <= number <= most:
            msg = f"{name}={number}: expected a number from 0 to {most}"
            raise BadRequest(msg)


def sorted_by(listings: Iterable[Listing], sort: str) -> list[Listing]:
    """Sort by a column, the largest first after a `-`; those without a value last, ties in order."""
    value = COLUMNS[sort.removeprefix("-")]
    keyed = [(value(listing), listing) for listing in listings]
    have = [pair for pair in keyed if pair[0] is not None]
    have.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [listing for _, listing in have] + [listing for key, listing in keyed if key is None]


def usd_per_million(listing: Listing, unit: str) -> Decimal | None:
    """Return a unit's headline price in USD per million; None when it is unknown, varying or not in USD."""
    rule = headline(listing.prices, unit)
    single = None if rule is None else usd_per_unit(rule)
    return None if single is None else EXACT.multiply(single, MILLION)


def is_free(listing: Listing) -> bool:
    """Tell whether the provider says that both input and output tokens cost nothing."""
    rules = [headline(listing.prices, unit) for unit in ("input_token", "output_token")]
    return all(rule is not None and rule.state == "free" for rule in rules)


def matches(listing: Listing, text: str) -> bool:
    """Tell whether every word of a text begins a word of the listing's id or name, in any case."""
    haystack = " " + " ".join(words_of(listing))
    return all(f" {word}" in haystack for word in split_words(text))


def words_of(listing: Listing) -> list[str]:
    """Return the words of a listing's id and name."""
    return split_words(f"{listing.id} {listing.name or ''}")


def nearest(word: str, known: Collection[str]) -> str:
    """Say which known word may have been meant, or name them all."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(sorted(known))}"


def split_words(text: str) -> list[str]:
    """Split a text into its words, in lower case."""
    return [word for word in re.split(r"[^a-z0-9.]+", text.lower()) if word]


def variant_words(text: str) -> tuple[str, ...]:
    """Return the words of a variant as a match has them."""
    return tuple(sorted(text.lower().split("+")))


def _facet_counts(catalog: Catalog, found: Iterable[Listing], name: str) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for listing in found:
        value = catalog.snapshots[listing.provider].origin if name == "origin" else getattr(listing, name)
        counts.update(value if isinstance(value, tuple) else () if value is None else (value,))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _one_of(name: str, value: str | None, allowed: Collection[str]) -> None:
    if value is not None and value not in allowed:
        msg = f"{name}={value!r}: {nearest(value, allowed)}"
        raise BadRequest(msg)


COLUMNS: Final[Mapping[str, Callable[[Listing], Any]]] = {
    "name": lambda listing: None if listing.name is None else listing.name.casefold(),
    "context_tokens": lambda listing: listing.context_tokens,
    "max_output_tokens": lambda listing: listing.max_output_tokens,
    "released": lambda listing: listing.released,
    "input_price": lambda listing: usd_per_million(listing, "input_token"),
    "output_price": lambda listing: usd_per_million(listing, "output_token"),
}


def _tests(query: ModelQuery) -> list[Callable[[Listing], bool]]:
    tests: list[Callable[[Listing], bool]] = []
    for name in ("lab", "mode", "status", "quantization"):
        _equal(tests, name, getattr(query, name))
    for name in ("input_modalities", "output_modalities", "supported_parameters"):
        _contains(tests, name, frozenset(getattr(query, name)))
    if query.q is not None:
        text = query.q
        tests.append(lambda listing: matches(listing, text))
    if query.min_context is not None:
        least = query.min_context
        tests.append(lambda listing: listing.context_tokens is not None and listing.context_tokens >= least)
    _at_most(tests, "input_token", query.max_input_usd_per_million)
    _at_most(tests, "output_token", query.max_output_usd_per_million)
    _is(tests, is_free, wanted=query.free)
    _is(tests, is_priced, wanted=query.priced)
    _is(tests, is_deprecated, wanted=query.deprecated)
    return tests


def _match_test(query: ModelQuery) -> Callable[[Match | None], bool] | None:
    """Return the test of a listing's match, None where the question does not ask for one."""
    if query.model is None and query.variant is None:
        return None
    model = None if query.model is None else query.model.lower()
    words = None if query.variant is None else variant_words(query.variant)

    def test(found: Match | None) -> bool:
        if found is None or (model is not None and found.model != model):
            return False
        return words is None or found.variant == words

    return test


def _equal(tests: list[Callable[[Listing], bool]], name: str, value: str | None) -> None:
    if value is not None:
        tests.append(lambda listing: getattr(listing, name) == value)


def _contains(tests: list[Callable[[Listing], bool]], name: str, needed: frozenset[str]) -> None:
    if needed:
        tests.append(lambda listing: needed.issubset(getattr(listing, name)))


def _at_most(tests: list[Callable[[Listing], bool]], unit: str, most: Decimal | None) -> None:
    if most is not None:

        def test(listing: Listing) -> bool:
            amount = usd_per_million(listing, unit)
            return amount is not None and amount <= most

        tests.append(test)


def _is(
    tests: list[Callable[[Listing], bool]], property_: Callable[[Listing], bool], *, wanted: bool | None
) -> None:
    if wanted is not None:
        tests.append(lambda listing: property_(listing) is wanted)


def is_deprecated(listing: Listing) -> bool:
    """Tell whether the provider is giving a listing up."""
    return listing.status == "deprecated" or listing.deprecated_at is not None
