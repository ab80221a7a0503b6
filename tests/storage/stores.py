"""A store with the short ways that tests need, and an ear for its statements."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import Engine, event, select, text

from modelatlas.domain.ledger import Run
from modelatlas.domain.money import plain
from modelatlas.domain.plan import Plan, Policy, ProviderKind, plan
from modelatlas.domain.snapshot import Snapshot
from modelatlas.storage.engine import reading
from modelatlas.storage.ledger import SqlLedger
from modelatlas.storage.tables import metadata


class Store:
    """A migrated store, with the short ways that tests need."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ledger = SqlLedger(engine)

    def plan(self, snapshot: Snapshot, kind: ProviderKind = "host", grace: int = 3) -> Plan:
        """Plan the writing of a snapshot, without writing anything."""
        return plan(snapshot, self.ledger.stored([snapshot.provider])[snapshot.provider], Policy(kind, grace))

    def sync(self, snapshot: Snapshot, kind: ProviderKind = "host", grace: int = 3) -> Run:
        """Write a snapshot in a run of its own, at the time it was fetched."""
        run = self.ledger.start_run(snapshot.provider, snapshot.fetched_at)
        planned = self.plan(snapshot, kind, grace)
        return self.ledger.apply(
            run, planned, name=snapshot.provider.title(), kind=kind, at=snapshot.fetched_at
        )

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Answer a SELECT, in the same words whatever the database."""
        with reading(self.engine) as connection:
            return [tuple(map(_alike, row)) for row in connection.execute(text(sql), values)]

    def dump(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        with reading(self.engine) as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
                if table.name not in without
            }


class Statements:
    """The statements that reach the database, in order.

    Of those that write, the one numbered `fail_at` fails.
    """

    def __init__(self, engine: Engine) -> None:
        self.all: list[str] = []
        self.fail_at: int | None = None
        event.listen(engine, "before_cursor_execute", self._seen)
        event.listen(engine, "checkout", self._hear_copies)

    @property
    def writing(self) -> list[str]:
        """Those that write."""
        return [each for each in self.all if each.split()[0] in {"INSERT", "UPDATE", "DELETE", "COPY"}]

    def _hear_copies(self, connection: Any, *_: Any) -> None:
        """PostgreSQL's COPY goes by SQLAlchemy and its events."""
        heard = self._heard

        class Cursor(psycopg.Cursor[Any]):
            def copy(self, statement: Any, *args: Any, **options: Any) -> Any:
                heard(statement.decode())
                return super().copy(statement, *args, **options)

        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = Cursor

    def _seen(self, _connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        self._heard(statement)

    def _heard(self, statement: str) -> None:
        self.all.append(statement)
        if self.fail_at is not None and len(self.writing) > self.fail_at:
            raise KilledError


def _alike(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


class KilledError(Exception):
    """The process is gone."""
