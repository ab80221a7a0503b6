"""Column types that mean the same in every database: exact numbers and instants."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from modelatlas.domain.money import plain

Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself in an INTEGER only
"""The type of a row's number."""


class ExactNumber(TypeDecorator[Decimal]):
    """A `Decimal` that comes back equal, digit by digit (F7).

    Plain decimal text without an exponent where a number column would go through floats: SQLite stores
    0.00000015 in NUMERIC as 1.5e-07 (https://www.sqlite.org/datatype3.html, section 3). NUMERIC without
    bounds on PostgreSQL. Raises `TypeError` for anything but a Decimal, and for one that is not finite.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Decimal] | TypeEngine[str]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric())
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: object, dialect: Dialect) -> Decimal | str | None:
        """Hand an amount to the database."""
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"{value!r} is no finite Decimal: money is kept exactly or not at all")
        return value if dialect.name == "postgresql" else plain(value)

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """Read an amount back."""
        del dialect
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant: TIMESTAMP WITH TIME ZONE on PostgreSQL, elsewhere text that sorts as time does.

    The text is ISO 8601 in UTC of one length: `2026-11-23T21:12:00.000000Z`. Raises `ValueError` for an
    instant without a zone.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Hand an instant to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone: only aware instants are kept")
        return value if dialect.name == "postgresql" else instant_text(value)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """Read an instant back, in UTC."""
        del dialect
        if value is None:
            return None
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return instant.astimezone(UTC)


def is_storable(text: str) -> bool:
    """Tell whether a text can be in a store at all: PostgreSQL refuses one that holds a NUL.

    Ids with one are rejected when they are read, and other texts are cleaned there.
    """
    return "\0" not in text


@lru_cache(maxsize=256)  # one run writes the same instant into every row
def instant_text(instant: datetime) -> str:
    """Write an instant as a text that sorts as time does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
