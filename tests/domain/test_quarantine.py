"""A suspect price is kept back with its evidence; the cure of a wrong one never is."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from modelatlas.domain.bands import BANDS
from modelatlas.domain.money import plain
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import Choice, Quoted, Settled, Standing, agree, settle
from modelatlas.domain.price import Condition, per_single_unit, usd
from modelatlas.domain.quarantine import Suspect, quarantined, suspected
from modelatlas.domain.releases import Release
from modelatlas.domain.units import UNITS
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.litellm import read
from tests.builders import release_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def said(source: str, standing: Standing, per_million: str, unit: str = "input_token") -> Quoted:
    return Quoted(source, standing, (replace(usd(unit, per_million, per="1M tokens"), source=source),))


def release(per_million: str) -> Release:
    return release_of(plain(per_single_unit(Decimal(per_million), "1M tokens")))


def kept_back(*sources: Quoted, released: tuple[Release, ...] = ()) -> tuple[Settled, tuple[Suspect, ...]]:
    return quarantined(settle(sources, NOON), NOON, released)


def test_every_unit_has_a_band_that_holds_something() -> None:
    assert BANDS.keys() == UNITS.keys()
    assert all(0 < band.least < band.most for band in BANDS.values())


@pytest.mark.parametrize("per_million", ["3200", "0.0005"])
def test_an_amount_that_nothing_ever_cost_is_kept_back(per_million: str) -> None:
    settled, (suspect,) = kept_back(said("list", "provider", per_million))
    assert suspect.suspicion == "outside_band"
    assert settled.rules == ()
    assert settled.choices == ()


@pytest.mark.parametrize(("batch", "suspect"), [("0.5", False), ("500", True), ("0.0005", True)])
def test_a_price_under_conditions_that_slips_a_thousandfold_takes_its_unit_along(
    batch: str, suspect: bool
) -> None:
    """F1, F2: without the rule of the batch tier, the standard price would answer for batches."""
    standard = said("provider", "provider", "1")
    slipped = replace(standard.rules[0], amount=Decimal(batch), when=Condition(tier="batch"))
    both = replace(standard, rules=(*standard.rules, slipped))
    settled, found = kept_back(both)
    assert [each.suspicion for each in found] == (["outside_band"] if suspect else [])
    assert settled.rules == (() if suspect else both.rules)
    assert kept_back(both, released=(release(batch),))[1] == ()


@pytest.mark.parametrize(
    ("begins", "ends", "suspect"),
    [
        (None, "2026-12-01T00:00:00Z", True),
        ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", True),
        (None, "2026-01-01T00:00:00Z", False),
        ("2026-12-01T00:00:00Z", None, False),
    ],
)
def test_a_slipped_price_under_conditions_is_kept_back_as_long_as_it_is_valid(
    begins: str | None, ends: str | None, suspect: bool
) -> None:
    """F17b: one that is over, or yet to come, never keeps back the right price of today."""
    standard = said("provider", "provider", "1")
    slip = replace(standard.rules[0], amount=Decimal(500), when=Condition(tier="batch"))
    rules = (*standard.rules, replace(slip, valid_from=begins, valid_to=ends))
    left, found = kept_back(replace(standard, rules=rules))
    assert bool(found) is suspect
    assert left.rules == (() if suspect else rules)


@pytest.mark.parametrize(("other", "suspect"), [("10", True), ("9.9", False), ("0.1", True), ("0.11", False)])
def test_ten_times_more_or_less_is_a_contradiction(other: str, suspect: bool) -> None:
    """F1, F2, F17: a slip of the unit is a power of ten."""
    _, found = kept_back(said("one", "reference", "1"), said("two", "reference", other))
    assert [each.suspicion for each in found] == (["contradicted"] if suspect else [])


@pytest.mark.parametrize(
    ("others", "suspect"),
    [
        (["1000"], True),
        (["0.01"], True),
        (["30"], False),
        (["10"], False),
        (["12", "12"], True),
        (["12", "30"], False),
    ],
)
def test_a_list_itself_is_doubted_for_a_slip_or_when_two_agree_against_it(
    others: list[str], suspect: bool
) -> None:
    """Lists do move tenfold, and a file that lags behind is no evidence."""
    files = [said(f"file {number}", "reference", other) for number, other in enumerate(others)]
    _, found = kept_back(said("list", "provider", "1"), *files)
    assert [(each.suspicion, each.against is not None) for each in found] == (
        [("contradicted", True)] if suspect else []
    )


def test_a_second_source_that_agrees_lets_it_through() -> None:
    sources = (
        said("list", "provider", "3200"),
        said("one", "reference", "3.2"),
        said("two", "reference", "3200"),
    )
    settled, found = kept_back(*sources)
    assert found == ()
    assert settled.choices[0].chosen.source == "list"


def test_an_operator_lets_it_through_and_is_never_doubted() -> None:
    assert kept_back(said("list", "provider", "3200"), released=(release("3200"),))[1] == ()
    assert len(kept_back(said("list", "provider", "3300"), released=(release("3200"),))[1]) == 1
    assert kept_back(said("operator", "operator", "3200"), said("file", "reference", "3.2"))[1] == ()


def test_other_units_of_the_listing_stay() -> None:
    both = Quoted("list", "provider", (usd("input_token", "1"), usd("output_token", "4", per="1M tokens")))
    settled, (suspect,) = quarantined(settle([both], NOON), NOON)
    assert suspect.unit == "input_token"
    assert [rule.unit for rule in settled.rules] == ["output_token"]


def test_the_last_value_of_ours_is_no_argument() -> None:
    """F17b: only the sources of this moment are asked, so the right price replaces a wrong one at once."""
    wrong = kept_back(said("list", "provider", "0.00000014"))[1]
    right = kept_back(said("list", "provider", "0.14"))[1]
    assert (len(wrong), len(right)) == (1, 0)


def test_a_free_price_is_disputed_but_not_kept_back() -> None:
    free = Quoted("list", "provider", (replace(usd("input_token", "1"), state="free", amount=None),))
    settled, found = kept_back(free, said("file", "reference", "3"))
    assert found == ()
    assert settled.choices[0].is_disputed


def confirmed(choice: Choice) -> bool:
    """Tell whether a second source says the same."""
    return any(agree(choice.chosen.cost, other.cost) for other in choice.others)


def slipped(choice: Choice, power: int) -> Choice:
    """Return the same where what counts is misread by a power of ten."""
    cost = choice.chosen.cost
    wrong = None if cost.amount is None else cost.amount * Decimal(10) ** power
    return replace(choice, chosen=replace(choice.chosen, cost=replace(cost, amount=wrong)))


def test_fed_with_the_real_map_only_slips_are_kept_back(shared: Path) -> None:
    """LiteLLM 1.109.1: two models priced per thousand instead of per million, and steps priced as tokens.

    Whatever two references agree on stays; misread a thousandfold it is kept back, all of it.
    """
    path = shared / "data" / "litellm" / "2026-11-23_1.109.1.json.gz"
    litellm, genai = read(gzip.decompress(path.read_bytes()), "1"), GenaiPrices().load()
    sources: list[PriceSource] = [genai, litellm]
    suspects: dict[tuple[str, str], set[str]] = {}
    agreed = 0
    for slug, part in litellm.parts.items():
        for entry in part.entries:
            found = [q for source in sources if (q := source.find(slug, entry.listing.id, NOON)) is not None]
            if not found:
                continue
            settled = settle(found, NOON)
            left, kept = quarantined(settled, NOON)
            agreeing = {choice.unit for choice in settled.choices if confirmed(choice)}
            assert not agreeing & {suspect.unit for suspect in kept}, (slug, entry.listing.id)
            for choice in settled.choices:
                if confirmed(choice) and choice.chosen.cost.usd:
                    assert suspected(slipped(choice, 3)), (slug, entry.listing.id, choice.unit)
                    assert suspected(slipped(choice, -3)), (slug, entry.listing.id, choice.unit)
            for suspect in kept:
                suspects.setdefault((slug, entry.listing.id), set()).add(suspect.unit)
            for choice in left.choices:
                agreed += bool(choice.others) and not choice.is_disputed
    assert suspects["azure-openai", "jais-30b-chat"] == {"input_token", "output_token"}
    assert suspects["watsonx", "core42/jais-13b-chat"] == {"input_token", "output_token"}
    assert agreed > 1_000
    entries = sum(len(part.entries) for part in litellm.parts.values())
    assert len(suspects) * 100 < entries
