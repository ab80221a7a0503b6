"""The difference is shown with totals that add up, and in parts."""

import pytest

from modelatlas.domain.discrepancy import LIVE_ONLY, STORED_ONLY, UNEXPLAINED, Discrepancies, discrepancies
from modelatlas.domain.ledger import StoredListing, StoredProvider
from modelatlas.views.discrepancies import SENTENCES, DiscrepanciesAnswer, Page, discrepancies_answer
from tests.builders import snapshot_of


def found() -> Discrepancies:
    rows = {id_: StoredListing(id_, b"", is_active=True, missed_runs=1) for id_ in ("b", "y")}
    live = {"acme": snapshot_of("a", "b", "c"), "zeta": snapshot_of("d", provider="zeta")}
    return discrepancies("the-id", live, {"acme": StoredProvider("acme", rows)}, ["acme"])


def shown(page: Page | None = None) -> DiscrepanciesAnswer:
    outcomes = {"acme": "ok", "zeta": "timeout", "far": "not_configured"}
    return discrepancies_answer(found(), outcomes, 7, page or Page())


def test_every_reason_has_its_sentence() -> None:
    assert SENTENCES.keys() == {*LIVE_ONLY, *STORED_ONLY, UNEXPLAINED}
    assert all(SENTENCES.values())


def test_the_totals_add_up() -> None:
    answer = shown()
    assert (answer.totals.live, answer.totals.stored, answer.totals.difference) == (4, 2, 2)
    assert answer.totals.difference == sum(reason.count for reason in answer.reasons)
    assert answer.totals.difference == sum(part.difference for part in answer.providers)
    assert answer.totals.models == 4 + 7
    assert (answer.total, answer.returned, len(answer.data)) == (4, 4, 4)


def test_a_provider_with_nothing_on_both_sides_is_shown_with_its_outcome() -> None:
    far = next(part for part in shown().providers if part.provider == "far")
    assert (far.live, far.stored, far.difference, far.outcome) == (None, 0, 0, "not_configured")


@pytest.mark.parametrize(
    ("page", "ids", "total"),
    [
        (Page(limit=2), ["a", "c"], 4),
        (Page(limit=2, offset=2), ["y", "d"], 4),
        (Page(limit=0), [], 4),
        (Page(offset=9), [], 4),
        (Page("missing_grace"), ["y"], 1),
        (Page("live_behind"), [], 0),
    ],
)
def test_the_listings_come_in_parts(page: Page, ids: list[str], total: int) -> None:
    answer = shown(page)
    assert [each.id for each in answer.data] == ids
    assert (answer.total, answer.returned) == (total, len(ids))
