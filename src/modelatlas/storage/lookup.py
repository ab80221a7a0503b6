"""What a listing cost at an instant, by two or three index seeks on the bare driver."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from modelatlas.domain.history import PricesThen, is_valid, ordered
from modelatlas.storage.columns import ExactNumber, Instant
from modelatlas.storage.past import rule_of
from modelatlas.storage.prices import UNKNOWN

MOST_ROWS: Final = 100_000
"""Row numbers that are remembered; a listing keeps its own for ever."""

ROW: Final = (
    "SELECT m.id FROM models m JOIN providers p ON p.id = m.provider_id "
    "WHERE p.slug = ? AND m.provider_model_id = ?"
)
SEEN: Final = (
    "SELECT kind FROM sightings WHERE model_id = ? AND observed_at <= ? "
    "ORDER BY observed_at DESC, id DESC LIMIT 1"
)
UNITS: Final = (
    "SELECT DISTINCT unit FROM model_pricing_history "
    "WHERE model_id = ? AND valid_to IS NULL AND superseded_by IS NULL"
)
HELD: Final = (
    "SELECT unit, state, amount, currency, per, condition, rank, source FROM model_pricing_history "
    "WHERE model_id = ? AND unit = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) "
    "AND superseded_by IS NULL ORDER BY valid_from DESC "
    "LIMIT (SELECT COUNT(*) FROM model_pricing_history "
    "WHERE model_id = ? AND unit = ? AND valid_to IS NULL AND superseded_by IS NULL)"
)
"""Chains have no gaps and no end, so at no instant do more rows hold than chains are open now: the seek goes
back from the instant and ends with the first row where there is one chain, however long the history is."""


class Lookup:
    """Prices at an instant of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._row, self._seen, self._units, self._held = (
            sql.replace("?", mark) for sql in (ROW, SEEN, UNITS, HELD)
        )
        self._instant = Instant()
        self._number = ExactNumber()
        self._rows: dict[tuple[str, str], int] = {}

    def prices_at(self, provider: str, id_: str, at: datetime, unit: str | None = None) -> PricesThen | None:
        """Return whether a listing was there at an instant, and the rules valid then; None if never seen."""
        dialect = self._engine.dialect
        when = self._instant.process_bind_param(at, dialect)
        with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            row = self._rows.get((provider, id_)) or self._found(cursor, provider, id_)
            if row is None:
                return None
            cursor.execute(self._seen, (row, when))
            seen = cursor.fetchone()
            units = (unit,) if unit is not None else self._priced(cursor, row)
            rules = [
                rule_of((name, state, self._number.process_result_value(amount, dialect), *others))
                for each in units
                for name, state, amount, *others in self._rows_held(cursor, row, each, when)
                if state != UNKNOWN
            ]
        valid = ordered(rule for rule in rules if is_valid(rule, at))
        return PricesThen(listed=seen is not None and seen[0] != "gone", seen=seen is not None, rules=valid)

    def _found(self, cursor: DBAPICursor, provider: str, id_: str) -> int | None:
        cursor.execute(self._row, (provider, id_))
        found = cursor.fetchone()
        if found is None:
            return None
        if len(self._rows) >= MOST_ROWS:
            self._rows.clear()
        row = self._rows[provider, id_] = int(found[0])
        return row

    def _priced(self, cursor: DBAPICursor, row: int) -> Sequence[str]:
        cursor.execute(self._units, (row,))
        return [unit for (unit,) in cursor.fetchall()]

    def _rows_held(self, cursor: DBAPICursor, row: int, unit: str, when: object) -> Iterator[tuple[Any, ...]]:
        cursor.execute(self._held, (row, unit, when, when, row, unit))
        yield from map(tuple, cursor.fetchall())
