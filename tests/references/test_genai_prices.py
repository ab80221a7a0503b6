"""The bundled reference data becomes a labelled catalog, with nothing invented."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.units import PER
from modelatlas.domain.units import UNITS as KINDS
from modelatlas.references.genai_prices import UNITS, GenaiPrices, read_model, read_providers

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Match:
    equals: str | None = None
    or_: list[Any] | None = None
    starts_with: str | None = None
    regex: str | None = None


def model(match: Match, prices: Any, id_: str = "rocket-2", variants: Any = None) -> SimpleNamespace:
    return SimpleNamespace(
        id=id_,
        name="Rocket 2",
        match=match,
        context_window=8_000,
        deprecated=None,
        prices=prices,
        price_variants=variants,
    )


def price(**units: Any) -> SimpleNamespace:
    return SimpleNamespace(**units)


def step(constraint: Any, **units: Any) -> SimpleNamespace:
    return SimpleNamespace(constraint=constraint, prices=price(**units))


def since(year: int, month: int) -> SimpleNamespace:
    return SimpleNamespace(start_date=date(year, month, 1))


def cost(prices: Any, variants: Any = None, at: datetime = NOON, **asked: Any) -> Decimal | None:
    entry, _ = read_model("acme", model(Match(equals="rocket-2"), prices, variants=variants), "r")
    found = evaluate(entry.listing.prices, "input_token", Circumstances(at, **asked))
    return None if found is None or found.amount is None else found.amount * 1_000_000


@pytest.fixture(scope="module")
def package() -> Any:
    import genai_prices.data  # noqa: PLC0415 - half a second of imports for these tests only

    return genai_prices.data.providers


def test_each_unit_is_priced_per_its_own_kind() -> None:
    assert all(PER[per][0] == KINDS[unit] for unit, per in UNITS.values())


def test_the_bundled_data_is_read_whole_and_labelled(package: Any) -> None:
    """Counted again straight from the package: every model of theirs is one listing of ours."""
    parts = GenaiPrices().load().snapshots(NOON)
    listings = [each for part in parts for each in part.listings]
    theirs = {(each.id, one.id) for each in package for one in each.models}
    assert len(listings) == len(theirs)
    assert len(listings) > 2_000
    assert {part.origin for part in parts} == {"reference"}
    assert all(rule.source.startswith("reference:genai-prices@") for each in listings for rule in each.prices)
    assert not [each.id for each in listings if contradictions(each.prices)]


@pytest.mark.parametrize(
    "at", [datetime(2026, 8, 20, 2, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC), NOON]
)
def test_every_price_is_the_one_that_the_package_itself_chooses(package: Any, at: datetime) -> None:
    """The package's own choice, at three instants and for short and long prompts, is the independent word."""
    catalog = GenaiPrices().load()
    checked = 0
    for provider in package:
        for theirs in provider.models:
            quoted = catalog.find(catalog.slug_of(provider.id) or "", theirs.id, NOON)
            for key, value in vars(theirs.get_prices(at)).items():
                for prompt, amount in amounts(value):
                    if amount:
                        assert quoted is not None
                        unit, per = UNITS[key]
                        found = evaluate(quoted.rules, unit, Circumstances(at, prompt))
                        assert found is not None
                        assert found.amount == amount / PER[per][1], (provider.id, theirs.id, key, prompt)
                        checked += 1
    assert checked > 5_000


def amounts(value: Any) -> list[tuple[int, Decimal]]:
    if value is None or isinstance(value, Decimal):
        return [(0, value)] if value else []
    tiers = sorted(value.tiers, key=lambda tier: tier.start)
    return [(0, value.base), *((tier.start + 1, tier.price) for tier in tiers)]


def test_the_catalog_finds_what_the_package_finds(package: Any) -> None:
    """Ids of theirs, changed a little, lead to the entry that the package's own rules choose."""
    catalog = GenaiPrices().load()
    for provider in package:
        slug = catalog.slug_of(provider.id)
        assert slug is not None
        for theirs in provider.models:
            for id_ in (theirs.id.upper(), f"{theirs.id}-zzz", f"{theirs.id}-20251211"):
                expected = provider.find_model(id_, all_providers=package)
                found = catalog.listing(slug, id_)
                assert (found and found.id) == (expected and expected.id)


def test_google_speaks_for_both_of_its_apis() -> None:
    catalog = GenaiPrices().load()
    assert catalog.slug_of("google-vertex") == "google-vertex"
    assert catalog.find("google-vertex", "gemini-2.5-pro", NOON) == catalog.find(
        "google-ai-studio", "gemini-2.5-pro", NOON
    )
    assert catalog.slug_of("nobody") is None
    assert catalog.find("nobody", "x", NOON) is None


def test_amounts_are_taken_as_they_stand() -> None:
    prices = price(input_mtok=Decimal("0.27"), output_mtok=None)
    entry, unread = read_model("acme", model(Match(equals="rocket-2"), prices), "r")
    assert [(rule.unit, rule.amount, rule.per) for rule in entry.listing.prices] == [
        ("input_token", Decimal("0.27"), "1M tokens")
    ]
    assert unread == []


def test_a_zero_is_not_read_as_free() -> None:
    """F8."""
    entry, unread = read_model("acme", model(Match(equals="rocket-2"), price(input_mtok=Decimal(0))), "r")
    assert entry.listing.prices == ()
    assert [item.path for item in unread] == ["input_mtok"]


def test_a_unit_that_is_unknown_here_is_kept_unread() -> None:
    _, unread = read_model("acme", model(Match(equals="rocket-2"), price(smells_mtok=Decimal(1))), "r")
    assert [(item.path, item.reason) for item in unread] == [("smells_mtok", "a unit that is unknown here")]


def test_a_tier_counts_above_its_start() -> None:
    tier = SimpleNamespace(start=200_000, price=Decimal(2))
    tiered = price(input_mtok=SimpleNamespace(base=Decimal(1), tiers=[tier]))
    assert [cost(tiered, prompt_tokens=tokens) for tokens in (0, 200_000, 200_001)] == [1, 1, 2]


def test_of_dated_prices_the_last_that_began_counts() -> None:
    prices = [
        step(None, input_mtok=Decimal(1)),
        step(since(2026, 9), input_mtok=Decimal(2)),
        step(since(2027, 1), input_mtok=Decimal(3)),
    ]
    months = [datetime(2026, 8, 31, 23, tzinfo=UTC), NOON, datetime(2027, 1, 1, tzinfo=UTC)]
    assert [cost(prices, at=at) for at in months] == [1, 2, 3]


def test_a_unit_that_a_later_price_leaves_out_has_none_from_then_on() -> None:
    prices = [
        step(None, input_mtok=Decimal(1), cache_read_mtok=Decimal("0.1"), output_mtok=Decimal(4)),
        step(since(2026, 6), input_mtok=Decimal(2), output_mtok=Decimal(0)),
    ]
    entry, _ = read_model("acme", model(Match(equals="rocket-2"), prices), "r")

    def units(at: datetime) -> set[str]:
        asked = ("input_token", "cache_read_token", "output_token")
        return {unit for unit in asked if evaluate(entry.listing.prices, unit, Circumstances(at)) is not None}

    assert units(datetime(2026, 5, 31, tzinfo=UTC)) == {"input_token", "cache_read_token", "output_token"}
    assert units(NOON) == {"input_token"}


def test_the_first_price_counts_before_any_began() -> None:
    assert cost([step(since(2027, 1), input_mtok=Decimal(1))]) == 1


def test_hours_of_the_day_are_windows() -> None:
    hours = SimpleNamespace(start_time=time(16, 30, tzinfo=UTC), end_time=time(0, 30, tzinfo=UTC))
    prices = [step(None, input_mtok=Decimal(4)), step(hours, input_mtok=Decimal(1))]
    clock = [
        NOON.replace(hour=hour, minute=minute) for hour, minute in ((16, 29), (16, 30), (0, 29), (0, 30))
    ]
    assert [cost(prices, at=at) for at in clock] == [4, 1, 1, 4]


def test_variants_are_tiers_where_we_have_one() -> None:
    variants = [
        SimpleNamespace(when={"processing": "batch"}, constraint=None, prices=price(input_mtok=Decimal(2))),
        SimpleNamespace(when={"speed": "fast"}, constraint=None, prices=price(input_mtok=Decimal(9))),
    ]
    plain = price(input_mtok=Decimal(4))
    assert [cost(plain, variants), cost(plain, variants, tier="batch")] == [4, 2]
    assert cost(plain, variants, tier="flex") is None
    _, unread = read_model("acme", model(Match(equals="rocket-2"), plain, variants=variants), "r")
    assert [item.reason for item in unread] == ["conditional price"]


def test_a_constraint_that_is_unknown_here_is_never_flattened() -> None:
    entry, unread = read_model(
        "acme",
        model(Match(equals="rocket-2"), [step(SimpleNamespace(moon="full"), input_mtok=Decimal(9))]),
        "r",
    )
    assert entry.listing.prices == ()
    assert [item.reason for item in unread] == ["conditional price"]


def test_an_id_that_stands_for_many_says_so_and_equal_names_are_aliases() -> None:
    exact, _ = read_model("acme", model(Match(equals="rocket-2"), price()), "r")
    many, _ = read_model("acme", model(Match(starts_with="rocket"), price()), "r")
    either = Match(or_=[Match(equals="rocket-2"), Match(equals="rocket-two")])
    both, _ = read_model("acme", model(either, price()), "r")
    found = [entry.listing.id_is for entry in (exact, many, both)]
    assert found == ["exact", "pattern", "exact"]
    assert both.listing.aliases == ("rocket-two",)


@pytest.mark.parametrize("match", [Match(), Match(regex="(")])
def test_a_clause_that_cannot_be_is_refused(match: Match) -> None:
    with pytest.raises(Unreadable, match="expected"):
        read_model("acme", model(match, price()), "r")


def test_providers_stand_in_for_others_as_they_say() -> None:
    maker = SimpleNamespace(
        id="maker",
        models=[model(Match(starts_with="rocket"), price(input_mtok=Decimal(1)))],
        fallback_model_providers=None,
    )
    seller = SimpleNamespace(id="azure", models=[], fallback_model_providers=["maker"])
    catalog = read_providers([maker, seller], "1")
    own, borrowed = (catalog.find(slug, "Rocket-2-x", NOON) for slug in ("maker", "azure-openai"))
    assert own is not None
    assert borrowed is not None
    assert own.rules == borrowed.rules
    assert [(each.standing, each.source) for each in (own, borrowed)] == [
        ("reference", "reference:genai-prices@1"),
        ("borrowed", "reference:genai-prices@1:maker"),
    ]
    assert catalog.find("azure-openai", "comet", NOON) is None
