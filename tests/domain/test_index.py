"""The index answers every question as looking at each listing does."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.index.columns import Facet, KeptColumns
from modelatlas.domain.index.index import Index
from modelatlas.domain.index.space import Column, Space
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.domain.query import FACETS, SORTS, ModelQuery, select
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, listing

WORDS = ("rocket", "rock", "llama-3.3", "70b", "Super", "gpt-4o", "qwen2.5")
PRICES = st.sampled_from([None, "0", "0.1", "0.10", "0.4", "2", "varying"])


def rules(into: str | None, out: str | None) -> tuple[Rule, ...]:
    return tuple(
        Rule(unit, "varying", raw="-1")
        if text == "varying"
        else Rule(unit, "free")
        if text == "0"
        else Rule(unit, "known", Decimal(text), per="1M tokens", raw=text)
        for unit, text in (("input_token", into), ("output_token", out))
        if text is not None
    )


LISTINGS = st.builds(
    Listing,
    provider=st.just("acme"),
    id=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("/".join),
    name=st.none() | st.sampled_from(WORDS),
    lab=st.none() | st.sampled_from(["acme", "meta"]),
    mode=st.sampled_from([None, "chat", "embedding"]),
    status=st.sampled_from(["active", "deprecated"]),
    context_tokens=st.sampled_from([None, 0, 8_000, 32_000]),
    max_output_tokens=st.sampled_from([None, 1, 2]),
    input_modalities=st.sampled_from([(), ("text",), ("image", "text")]),
    output_modalities=st.sampled_from([(), ("text",)]),
    supported_parameters=st.sampled_from([(), ("tools",), ("seed", "tools")]),
    quantization=st.sampled_from([None, "fp8"]),
    released=st.sampled_from([None, "2025-01-01"]),
    deprecated_at=st.sampled_from([None, "2026-01-01"]),
    prices=st.builds(rules, PRICES, PRICES),
)
CATALOGS = st.lists(
    st.tuples(
        st.sampled_from(["provider", "reference"]),
        st.lists(LISTINGS, unique_by=lambda each: each.id, max_size=12),
    ),
    max_size=4,
)
QUERIES = st.builds(
    ModelQuery,
    providers=st.none() | st.frozensets(st.sampled_from(["p0", "p1", "p2", "nobody"]), max_size=3),
    q=st.none() | st.sampled_from(["rock", "rocket 70b", "LLAMA", "gpt", "3.3", "-"]),
    lab=st.none() | st.sampled_from(["acme", "meta", "no one"]),
    mode=st.sampled_from([None, "chat", "rerank"]),
    status=st.sampled_from([None, "active", "deprecated"]),
    input_modalities=st.sampled_from([(), ("image", "text"), ("audio",)]),
    supported_parameters=st.sampled_from([(), ("tools",), ("seed", "tools")]),
    min_context=st.sampled_from([None, 0, 8_000, 8_001, 10**6]),
    max_input_usd_per_million=st.sampled_from(
        [None, Decimal(0), Decimal("0.1"), Decimal("0.25"), Decimal(9)]
    ),
    max_output_usd_per_million=st.sampled_from([None, Decimal("0.4")]),
    free=st.sampled_from([None, True, False]),
    priced=st.sampled_from([None, True, False]),
    quantization=st.sampled_from([None, "fp8"]),
    deprecated=st.sampled_from([None, True, False]),
    origin=st.sampled_from([None, "provider", "reference"]),
    model=st.none() | st.sampled_from(["openai/gpt-4o", "meta/llama-3.3-70b"]),
    sort=st.none() | st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
    facets=st.sampled_from([(), FACETS]),
    group=st.sampled_from([None, "model"]),
    limit=st.sampled_from([None, 0, 1, 3, 100]),
    offset=st.sampled_from([0, 1, 5]),
)


def catalog_of(parts: list[tuple[Any, list[Listing]]]) -> Catalog:
    return catalog(
        snapshot(
            f"p{number}",
            NOON,
            [msgspec.structs.replace(each, provider=f"p{number}") for each in listings],
            origin=origin,
        )
        for number, (origin, listings) in enumerate(parts)
    )


@settings(max_examples=300, deadline=None)
@given(CATALOGS, st.lists(QUERIES, min_size=1, max_size=6))
def test_the_index_says_what_looking_at_each_listing_says(parts: Any, queries: list[ModelQuery]) -> None:
    of, matched = catalog_of(parts), Matches().of
    index = Index(of, matched, KeptColumns().of)
    for query in queries:
        plain = select(of, query, matched)
        found = index.select(query)
        if found.searched is None:
            assert found == plain
            assert list(found.facets) == list(plain.facets)
            assert [list(counts.items()) for counts in found.facets.values()] == [
                list(counts.items()) for counts in plain.facets.values()
            ]


@settings(max_examples=300, deadline=None)
@given(st.lists(QUERIES, max_size=4), QUERIES)
def test_what_is_warm_makes_nothing_that_takes_long(before: list[ModelQuery], query: ModelQuery) -> None:
    """F41: such a question is answered on the event loop."""
    index = world(50)
    for each in before:
        index.select(each)
    made = {*index._spaces, *index.__dict__}
    long = {"_columns", "_words", "_models", "_variants"}
    if index.is_warm(query):
        index.select(query)
        assert long & index.__dict__.keys() <= made
        assert index._spaces.keys() <= made


def test_a_page_that_limits_nothing_is_warm_from_the_start() -> None:
    index = world()
    assert index.is_warm(ModelQuery(limit=50, offset=100, origin="provider"))
    assert not index.is_warm(ModelQuery(limit=50, mode="chat"))
    assert not index.is_warm(ModelQuery(limit=50, sort="name"))
    assert not index.is_warm(ModelQuery(limit=50, facets=("mode",)))


def world(count: int = 500) -> Index:
    ids = [f"lab/rocket-{n}-{n % 70}b" for n in range(count)]
    parts = [snapshot(slug, NOON, [listing(each, slug, context_tokens=n) for n, each in enumerate(ids)])
             for slug in ("acme", "zeta")]  # fmt: skip
    return Index(catalog(parts), Matches().of, KeptColumns().of)


def test_many_listings_are_sorted_like_few() -> None:
    """F25: more than are sorted one by one."""
    index = world()
    for sort in ("context_tokens", "-context_tokens", "-name", "input_price"):
        for more in ({}, {"q": "rocket"}, {"min_context": 123}, {"providers": frozenset({"zeta"})}):
            query = ModelQuery(sort=sort, limit=30, offset=370, **more)
            assert index.select(query) == select(index.catalog, query, Matches().of)


@pytest.mark.parametrize(
    ("asked", "searched", "total"),
    [
        ("rokcet", "rocket", 1_000),
        ("rokcet 69b", "rocket 69b", 14),
        ("rocket", None, 1_000),
        ("rocket 71b", None, 0),
    ],
)
def test_a_misspelt_search_is_answered_with_what_was_meant_and_says_so(
    asked: str, searched: str | None, total: int
) -> None:
    found = world().select(ModelQuery(q=asked, limit=1))
    assert (found.searched, found.total) == (searched, total)


def test_words_that_are_right_and_never_together_find_nothing() -> None:
    assert world().select(ModelQuery(q="rocket 1b 2b")).total == 0


def test_columns_are_made_once_for_a_list() -> None:
    kept = KeptColumns()
    part = snapshot("acme", NOON, [listing()])
    assert kept.of(part) is kept.of(snapshot("acme", NOON, [listing()]))
    assert kept.of(part) is not kept.of(snapshot("acme", NOON, [listing(), listing("other")]))


def test_what_cannot_be_counted_is_refused() -> None:
    """F51."""
    with pytest.raises(BadRequest, match="facets='labs': did you mean 'lab'"):
        world().select(ModelQuery(facets=("labs",)))


def test_values_that_no_listing_has_are_not_remembered() -> None:
    """F48: there is no end of values that a stranger can ask for."""
    asked: list[Facet] = []

    def facet(each: Facet) -> BitMap:
        asked.append(each)
        return BitMap([0]) if each == ("lab", "acme") else BitMap()

    space = Space(None, facet, lambda _: Column([]))
    for _ in range(2):
        assert space.facet(("lab", "acme")) == BitMap([0])
        assert space.facet(("lab", "nobody")) == BitMap()
    assert asked == [("lab", "acme"), ("lab", "nobody"), ("lab", "nobody")]
