"""Which prices operators let out of quarantine is kept in the store."""

from decimal import Decimal

from msgspec.structs import replace
from sqlalchemy import text

from modelatlas.domain.releases import Release
from modelatlas.storage.engine import writing
from modelatlas.storage.migrations import upgrade
from tests.builders import NOON
from tests.storage.stores import Store

SAID = Release(
    "acme",
    "a",
    "input_token",
    Decimal("0.000000000000000000000000000001"),
    "USD",
    "provider",
    "why",
    "me",
    NOON,
)


def test_a_release_is_kept_said_anew_and_taken_back(store: Store) -> None:
    ledger = store.ledger
    assert ledger.releases() == []
    ledger.release(SAID)
    first = replace(SAID, unit="image", amount=Decimal("0.04"))
    ledger.release(first)
    again = replace(first, amount=Decimal("0.05"), note="said again")
    ledger.release(again)
    assert ledger.releases() == [again, SAID]
    assert ledger.forget_release("acme", "a", "image")
    assert not ledger.forget_release("acme", "a", "image")
    assert ledger.releases() == [SAID]


def test_a_release_without_an_amount_is_taken_over_and_lets_nothing_through(store: Store) -> None:
    """Releases of before amounts were kept stay listed, so that somebody can say them anew."""
    was = "provider_slug TEXT, provider_model_id TEXT, unit TEXT, note TEXT, released_at"
    said = "'acme', 'a', 'image', 'why', '2026-11-23T12:00:00.000000Z'"
    with writing(store.engine) as connection:
        for statement in (
            "DROP TABLE provider_states",
            "DROP TABLE quarantine_releases",
            f"CREATE TABLE quarantine_releases ({was} TIMESTAMP WITH TIME ZONE)",
            f"INSERT INTO quarantine_releases VALUES ({said})",
            "UPDATE alembic_version SET version_num = '0008'",
        ):
            connection.execute(text(statement))
    upgrade(store.engine)
    (old,) = store.ledger.releases()
    assert (old.provider, old.id, old.unit, old.note, old.amount) == ("acme", "a", "image", "why", None)
