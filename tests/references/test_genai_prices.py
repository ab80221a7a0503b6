"""The bundled reference data becomes labelled listings, with nothing invented."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from modelatlas.domain.price import ALWAYS
from modelatlas.domain.query import usd_per_million
from modelatlas.domain.units import PER
from modelatlas.domain.units import UNITS as KINDS
from modelatlas.references.genai_prices import UNITS, GenaiPrices, read_model

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Match:
    equals: str | None = None
    or_: list[Any] | None = None
    starts_with: str | None = None


def model(match: Match, prices: Any, id_: str = "rocket-2") -> SimpleNamespace:
    return SimpleNamespace(
        id=id_, name="Rocket 2", match=match, context_window=8_000, deprecated=None, prices=prices
    )


def price(**units: Any) -> SimpleNamespace:
    return SimpleNamespace(**units)


def dated(start: date | None, **units: Any) -> SimpleNamespace:
    constraint = None if start is None else SimpleNamespace(start_date=start)
    return SimpleNamespace(constraint=constraint, prices=price(**units))


def test_each_unit_is_priced_per_its_own_kind() -> None:
    assert all(PER[per][0] == KINDS[unit] for unit, per in UNITS.values())


def test_the_bundled_data_is_read_whole_and_labelled() -> None:
    """Counted again straight from the package: every model of theirs is one listing of ours."""
    import genai_prices.data  # noqa: PLC0415 - half a second of imports for this test only

    parts = GenaiPrices().snapshots(NOON)
    listings = [each for part in parts for each in part.listings]
    theirs = {(each.id, one.id) for each in genai_prices.data.providers for one in each.models}
    assert len(listings) == len(theirs)
    assert len(listings) > 2_000
    assert {part.origin for part in parts} == {"reference"}
    assert all(rule.source.startswith("reference:genai-prices@") for each in listings for rule in each.prices)
    assert all(rule.when == ALWAYS for each in listings for rule in each.prices)
    assert {item.reason for part in parts for item in part.unread} <= {
        "conditional price",
        "a zero of a reference does not say free",
    }


def test_amounts_are_taken_as_they_stand() -> None:
    listing, unread = read_model(
        "acme",
        model(Match(equals="rocket-2"), price(input_mtok=Decimal("0.27"), output_mtok=None)),
        "r",
        NOON.date(),
    )
    assert usd_per_million(listing, "input_token") == Decimal("0.27")
    assert usd_per_million(listing, "output_token") is None
    assert unread == []


def test_a_zero_is_not_read_as_free() -> None:
    """F8."""
    listing, unread = read_model(
        "acme", model(Match(equals="rocket-2"), price(input_mtok=Decimal(0))), "r", NOON.date()
    )
    assert listing.prices == ()
    assert [item.path for item in unread] == ["input_mtok"]


def test_tiers_are_kept_unread_beside_their_base() -> None:
    tiered = SimpleNamespace(base=Decimal(1), tiers=["above 200k: 2"])
    listing, unread = read_model(
        "acme", model(Match(equals="rocket-2"), price(input_mtok=tiered)), "r", NOON.date()
    )
    assert usd_per_million(listing, "input_token") == 1
    assert [item.reason for item in unread] == ["conditional price"]


def test_the_dated_price_that_holds_today_is_the_price() -> None:
    prices = [
        dated(None, input_mtok=Decimal(1)),
        dated(date(2026, 9, 1), input_mtok=Decimal(2)),
        dated(date(2027, 1, 1), input_mtok=Decimal(3)),
    ]
    listing, _ = read_model("acme", model(Match(equals="rocket-2"), prices), "r", NOON.date())
    assert usd_per_million(listing, "input_token") == 2


def test_hours_of_the_day_are_never_flattened() -> None:
    night = SimpleNamespace(
        constraint=SimpleNamespace(start_time=1, end_time=4), prices=price(input_mtok=Decimal(9))
    )
    listing, unread = read_model(
        "acme", model(Match(equals="rocket-2"), [dated(None, input_mtok=Decimal(1)), night]), "r", NOON.date()
    )
    assert listing.prices == ()
    assert [item.reason for item in unread] == ["conditional price"]


def test_an_id_that_stands_for_many_says_so_and_equal_names_are_aliases() -> None:
    exact, _ = read_model("acme", model(Match(equals="rocket-2"), price()), "r", NOON.date())
    many, _ = read_model("acme", model(Match(starts_with="rocket"), price()), "r", NOON.date())
    either = Match(or_=[Match(equals="rocket-2"), Match(equals="rocket-two")])
    both, _ = read_model("acme", model(either, price()), "r", NOON.date())
    assert (exact.id_is, many.id_is, both.id_is) == ("exact", "pattern", "exact")
    assert both.aliases == ("rocket-two",)
