"""What a listing cost at an instant: one statement of a few index seeks on the bare driver."""

from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from modelatlas.domain.evaluation import is_valid
from modelatlas.domain.history import PricesThen, ordered
from modelatlas.storage.columns import ExactNumber, Instant, is_storable
from modelatlas.storage.direct import Direct
from modelatlas.storage.past import rule_of
from modelatlas.storage.prices import UNKNOWN

MOST_ROWS: Final = 100_000
"""Row numbers that are remembered; a listing keeps its own for ever."""

ROW: Final = (
    "SELECT m.id FROM models m JOIN providers p ON p.id = m.provider_id "
    "WHERE p.slug = ? AND m.provider_model_id = ?"
)
HELD: Final = (
    "SELECT (SELECT kind FROM sightings WHERE model_id = ? AND observed_at <= ? "
    "ORDER BY observed_at DESC, id DESC LIMIT 1), "
    "h.unit, h.state, h.amount, h.currency, h.per, h.condition, h.rank, h.source "
    "FROM (SELECT 1) AS once LEFT JOIN model_pricing_history o "
    "ON o.model_id = ? AND o.valid_to IS NULL AND o.superseded_by IS NULL {unit}"
    "LEFT JOIN model_pricing_history h ON h.id = (SELECT x.id FROM model_pricing_history x "
    "WHERE x.model_id = ? AND x.unit = o.unit AND x.valid_from <= ? AND x.condition = o.condition "
    "AND x.rank = o.rank AND x.source = o.source AND x.superseded_by IS NULL "
    "ORDER BY x.valid_from DESC LIMIT 1)"
)
"""The last sighting, beside each price that held. Chains have no gaps and no end, so the chains that are
open now are all there ever were. Of each the newest row that had begun is the one that held: the seek goes
back from the instant and ends there, however long the history is."""
OF_UNIT: Final = "AND o.unit = ? "


class Lookup:
    """Prices at an instant of one store."""

    def __init__(self, engine: Engine) -> None:
        self._direct = Direct(engine)
        self._dialect = engine.dialect
        mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._row, self._held, self._held_of_unit = (
            sql.replace("?", mark) for sql in (ROW, HELD.format(unit=""), HELD.format(unit=OF_UNIT))
        )
        self._instant = Instant()
        self._number = ExactNumber()
        self._rows: dict[tuple[str, str], int] = {}

    def prices_at(self, provider: str, id_: str, at: datetime, unit: str | None = None) -> PricesThen | None:
        """Return whether a listing was there at an instant, and the rules valid then; None if never seen."""
        row = self._rows.get((provider, id_)) or self._found(provider, id_)
        if row is None:
            return None
        when = self._instant.process_bind_param(at, self._dialect)
        if unit is None:
            held = self._direct.ask(self._held, (row, when, row, row, when))
        else:
            held = self._direct.ask(self._held_of_unit, (row, when, row, unit, row, when))
        number, dialect = self._number.process_result_value, self._dialect
        rules = [
            rule_of((name, state, number(amount, dialect), *others))
            for _, name, state, amount, *others in held
            if name is not None and state != UNKNOWN
        ]
        seen = held[0][0]
        valid = ordered([rule for rule in rules if is_valid(rule, at)])
        return PricesThen(listed=seen is not None and seen != "gone", seen=seen is not None, rules=valid)

    def _found(self, provider: str, id_: str) -> int | None:
        if not is_storable(id_):
            return None
        found = self._direct.ask(self._row, (provider, id_))
        if not found:
            return None
        if len(self._rows) >= MOST_ROWS:
            self._rows.clear()
        row = self._rows[provider, id_] = int(found[0][0])
        return row
