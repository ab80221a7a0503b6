"""Questions to a catalog are answered exactly, and impossible ones are refused by name."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.query import ModelQuery, is_free, matches, select, usd_per_million
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, listing

FREE = (Rule("input_token", "free"), Rule("output_token", "free"))
VARYING = (Rule("input_token", "varying", raw="-1"), Rule("output_token", "varying", raw="-1"))
YUAN = (Rule("input_token", "known", Decimal(2), "CNY", "1M tokens"),)


def prices(into: str, out: str) -> tuple[Rule, ...]:
    return usd("input_token", into, per="1M tokens"), usd("output_token", out, per="1M tokens")


def world() -> Catalog:
    acme = [
        listing("rocket-2-70b", lab="acme", context_tokens=8_000, prices=prices("0.5", "2"), name="Rocket 2"),
        listing("rocket-2-8b:free", context_tokens=32_000, prices=FREE, mode="chat"),
        listing("auto", prices=VARYING, supported_parameters=("tools", "seed")),
        listing("silent", prices=(), mode="embedding", status="deprecated"),
        listing("yuan", prices=YUAN, input_modalities=("image", "text")),
    ]
    zeta = [listing("rocket-2-70b", "zeta", context_tokens=131_072, prices=prices("0.4", "9"))]
    reference = [listing("other-1", "omega", prices=prices("1", "1"))]
    return catalog(
        [
            snapshot("acme", NOON, acme),
            snapshot("zeta", NOON, zeta),
            snapshot("omega", NOON, reference, origin="reference"),
        ]
    )


def ids(**query: Any) -> list[str]:
    return [f"{each.provider}/{each.id}" for each in select(world(), ModelQuery(**query), Matches().of).page]


def test_without_conditions_everything_is_there_in_provider_and_id_order() -> None:
    """F21: the same model at a second provider is another listing and stays."""
    assert ids() == [
        "acme/auto", "acme/rocket-2-70b", "acme/rocket-2-8b:free", "acme/silent", "acme/yuan",
        "omega/other-1", "zeta/rocket-2-70b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"providers": frozenset({"zeta"})}, ["zeta/rocket-2-70b"]),
        ({"q": "ROCKET 70"}, ["acme/rocket-2-70b", "zeta/rocket-2-70b"]),
        ({"q": "ocket"}, []),
        ({"lab": "acme"}, ["acme/rocket-2-70b"]),
        ({"mode": "embedding"}, ["acme/silent"]),
        ({"status": "deprecated"}, ["acme/silent"]),
        ({"deprecated": True}, ["acme/silent"]),
        ({"input_modalities": ("text", "image")}, ["acme/yuan"]),
        ({"supported_parameters": ("seed",)}, ["acme/auto"]),
        ({"min_context": 32_000}, ["acme/rocket-2-8b:free", "zeta/rocket-2-70b"]),
        ({"max_input_usd_per_million": Decimal("0.4")}, ["acme/rocket-2-8b:free", "zeta/rocket-2-70b"]),
        ({"max_output_usd_per_million": Decimal(0)}, ["acme/rocket-2-8b:free"]),
        ({"free": True}, ["acme/rocket-2-8b:free"]),
        ({"priced": False}, ["acme/silent"]),
        ({"origin": "reference"}, ["omega/other-1"]),
    ],
)
def test_each_filter(query: dict[str, Any], expected: list[str]) -> None:
    """F8, F10, F20: free is not unknown, and what is unknown never passes a price limit."""
    assert ids(**query) == expected


def test_sorting_puts_listings_without_the_value_last_either_way() -> None:
    """F20: an unknown price never wins."""
    rising, falling = ids(sort="input_price"), ids(sort="-input_price")
    assert rising[:4] == ["acme/rocket-2-8b:free", "zeta/rocket-2-70b", "acme/rocket-2-70b", "omega/other-1"]
    assert falling[:4] == rising[:4][::-1]
    assert rising[4:] == falling[4:] == ["acme/auto", "acme/silent", "acme/yuan"]


def test_a_page_is_a_part_and_the_total_is_of_the_whole() -> None:
    """F25: nothing is cut in silence."""
    part = select(world(), ModelQuery(limit=2, offset=5), Matches().of)
    assert (part.total, part.live, part.reference) == (7, 6, 1)
    assert [each.id for each in part.page] == ["other-1", "rocket-2-70b"]
    assert select(world(), ModelQuery(offset=100), Matches().of).page == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": -1},
        {"offset": -1},
        {"limit": 10**7},
        {"min_context": -5},
        {"mode": "chatt"},
        {"sort": "price"},
        {"origin": "cash"},
        {"status": "gone"},
        {"max_input_usd_per_million": Decimal(-1)},
    ],
)
def test_what_cannot_be_is_refused_with_what_can(query: dict[str, Any]) -> None:
    """F51."""
    (name,) = query
    with pytest.raises(BadRequest, match=rf"{name}=.*(expected|did you mean)"):
        select(world(), ModelQuery(**query), Matches().of)


def test_prices_per_million_are_exact_and_only_in_dollars() -> None:
    def of(rules: tuple[Rule, ...]) -> Decimal | None:
        return usd_per_million(Listing("acme", "x", prices=rules), "input_token")

    assert of((usd("input_token", "0.00000008333333333333334"),)) == Decimal("0.08333333333333334")
    assert of(FREE) == 0
    assert of(VARYING) is None
    assert of(YUAN) is None
    assert of(()) is None


def test_free_needs_both_directions() -> None:
    """F9: free comes from quotes, never from a name."""
    assert is_free(Listing("acme", "x", prices=FREE))
    assert not is_free(Listing("acme", "x:free", prices=FREE[:1]))
    assert not is_free(Listing("acme", "x:free"))


def test_words_match_at_their_beginning_in_id_and_name() -> None:
    one = Listing("acme", "meta/llama-3.3-70b", name="Llama Super")
    assert all(matches(one, text) for text in ("llama 3.3", "sup", "META/llama", "70B", ""))
    assert not any(matches(one, text) for text in ("lama", "llama 8b", "3.4"))
