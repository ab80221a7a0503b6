"""What belongs to an account is taken out, and both sides of the difference still add up."""

from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.catalog import catalog
from modelatlas.domain.discrepancy import Discrepancies, discrepancies
from modelatlas.domain.ledger import StoredListing, StoredProvider
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import Duplicate, snapshot
from modelatlas.views.discrepancies import of_provider, without
from modelatlas.views.visibility import AccountIds, public_catalog
from tests.builders import NOON, listing, snapshot_of

IDS = st.frozensets(st.sampled_from(["a", "b", "c", "ft:1", "ft:2", "ft:3"]))


def difference(live: frozenset[str], stored: frozenset[str]) -> Discrepancies:
    rows = {id_: StoredListing(id_, b"", is_active=True) for id_ in stored}
    return discrepancies("id", {"acme": snapshot_of(*live)}, {"acme": StoredProvider("acme", rows)}, [])


def test_account_listings_leave_with_all_their_traces() -> None:
    part = snapshot(
        "acme",
        NOON,
        [listing("a"), listing("mine", visibility="account")],
        unread=[Unread("mine", "p", "r", "s"), Unread("a", "p", "r", "s")],
        duplicates=[Duplicate("acme", "mine")],
    )
    whole = catalog([part])
    public = public_catalog(whole)
    shown = public.snapshots["acme"]
    assert [each.id for each in shown.listings] == ["a"]
    assert [each.id for each in shown.unread] == ["a"]
    assert not shown.duplicates
    assert public.id == whole.id


def test_a_catalog_without_account_listings_is_itself() -> None:
    whole = catalog([snapshot_of("a", "b")])
    assert public_catalog(whole) is whole


def test_a_stored_row_that_left_the_list_is_known_by_its_pattern() -> None:
    ids = AccountIds(snapshot("acme", NOON, [listing("mine", visibility="account"), listing("a")]), [r"^ft:"])
    assert [id_ for id_ in ("mine", "a", "ft:old", "soft:ware") if id_ in ids] == ["mine", "ft:old"]
    assert ids.among(["ft:old", "a"]) == {"mine", "ft:old"}


@given(IDS, IDS)
def test_the_difference_without_account_listings_is_that_of_a_world_without_them(
    live: frozenset[str], stored: frozenset[str]
) -> None:
    found = difference(live, stored)
    part = snapshot(
        "acme", NOON, [listing(id_, visibility="account") for id_ in live if id_.startswith("ft:")]
    )
    private = AccountIds(part, ["^ft:"]).among(each.id for p in found.providers for each in p.differences)
    without_them = [frozenset(id_ for id_ in ids if not id_.startswith("ft:")) for ids in (live, stored)]
    shown, expected = without(found, {"acme": private}), difference(without_them[0], without_them[1])
    assert (shown.live, shown.stored) == (expected.live, expected.stored)
    assert [(each.id, each.sign) for part in shown.providers for each in part.differences] == [
        (each.id, each.sign) for part in expected.providers for each in part.differences
    ]


def test_one_provider_alone() -> None:
    found = difference(frozenset("ab"), frozenset("b"))
    assert of_provider(found, "acme") == found
    assert not of_provider(found, "zeta").providers
