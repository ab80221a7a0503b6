"""What is held to be true today of one price cannot hold twice at once: the databases refuse it."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.storage.engine import writing
from tests.builders import NOON, listing
from tests.storage.stores import Store

COPY = (
    "INSERT INTO model_pricing_history (id, model_id, unit, state, amount, currency, per, condition, rank, "
    "source, quote_id, reading, valid_from, valid_to) SELECT id + 100, model_id, unit, state, amount, "
    "currency, per, condition, rank, source, quote_id, {reading}, {begins}, {ends} "
    "FROM model_pricing_history WHERE valid_to IS NOT NULL"
)
HOURS = [f"2026-11-23T{hour:02}:00:00.000000Z" for hour in range(24)]


@pytest.fixture
def repriced(store: Store) -> Store:
    """One price from 12 to 18 o'clock, and another since."""
    return repriced_in(store)


@pytest.fixture
def on_postgresql(postgres: Engine) -> Store:
    """The same, on PostgreSQL only."""
    return repriced_in(Store(postgres))


def repriced_in(store: Store) -> Store:
    for hour, amount in ((12, "1"), (18, "2")):
        price = usd("input_token", amount)
        store.sync(snapshot("acme", NOON.replace(hour=hour), [listing("a", prices=(price,))]))
    return store


def copy(store: Store, begins: int, ends: int | None, *, reading: int = 1) -> None:
    until = "NULL" if ends is None else f"'{HOURS[ends]}'"
    statement = COPY.format(reading=reading, begins=f"'{HOURS[begins]}'", ends=until)
    with writing(store.engine) as connection:
        connection.execute(text(statement))


def test_a_chain_begins_once_at_a_time_and_has_one_open_end_whatever_read_it(repriced: Store) -> None:  # F15
    for begins, ends in ((12, 13), (20, None)):
        with pytest.raises(IntegrityError):
            copy(repriced, begins, ends, reading=2)


@pytest.mark.parametrize(("begins", "ends"), [(13, 14), (13, 18), (17, 20), (11, 13), (11, 19), (19, 20)])
def test_postgresql_refuses_an_overlap(on_postgresql: Store, begins: int, ends: int) -> None:  # F15
    with pytest.raises(IntegrityError, match="overlaps another of the same price"):
        copy(on_postgresql, begins, ends)


@pytest.mark.parametrize(("begins", "ends"), [(10, 11), (11, 12)])
def test_postgresql_lets_in_what_touches_nothing(on_postgresql: Store, begins: int, ends: int) -> None:
    copy(on_postgresql, begins, ends)
    assert len(on_postgresql.rows("SELECT 1 FROM model_pricing_history")) == 3


@pytest.mark.parametrize("moved", [f"'{HOURS[19]}'", "NULL"])
def test_postgresql_refuses_an_end_that_is_moved_into_the_next_price(
    on_postgresql: Store, moved: str
) -> None:
    with pytest.raises(IntegrityError), writing(on_postgresql.engine) as connection:
        connection.execute(
            text(f"UPDATE model_pricing_history SET valid_to = {moved} WHERE valid_to IS NOT NULL")
        )
