"""The processes that run syncs on this store: one row each, with a lease that it renews."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select, update

from modelatlas.domain.ledger import Executor
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.tables import executors, store_stamp

_its: Final = executors.c
_ROWS: Final = "executors"
"""In the place of a provider: these rows are no provider's, and a lease cannot wait for a sync to end."""


class SqlExecutors:
    """A `domain.ports.Executors` in SQL.

    Leases are compared with the clock of whoever looks, so the clocks of the hosts have to agree within a
    lease. Where they do not, a living process is taken for dead and its runs are begun a second time, of
    which the store lets one write.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def join(self, host: str, token: str, at: datetime, until: datetime) -> Executor:
        """Take the lowest slot of a host that no living process has, with a lease until then."""
        with writing(self._engine, _ROWS) as connection:
            theirs = select(_its.slot, _its.lease_until).where(_its.host == host)
            taken = {slot for slot, lease in connection.execute(theirs) if lease > at}
            slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)
            executor = Executor(f"{host}-{slot}", token)
            connection.execute(delete(executors).where(_its.id == executor.id))
            row = {"host": host, "slot": slot, "token": token, "started_at": at, "lease_until": until}
            connection.execute(insert(executors).values(id=executor.id, **row))
            return executor

    def beat(self, executor: Executor, until: datetime) -> bool:
        """Renew a lease; tell whether it was still this process's own."""
        with writing(self._engine, _ROWS) as connection:
            return _prolong(connection, executor, until)

    def leave(self, executor: Executor, at: datetime) -> None:
        """End a lease now, so that what is unfinished is taken over at once."""
        self.beat(executor, at)

    def alive(self, at: datetime) -> frozenset[str]:
        """Return the ids of those with a lease."""
        return frozenset(id_ for id_, until in self._leases() if until > at)

    def lapsed(self, at: datetime) -> frozenset[str]:
        """Return the ids of those whose lease has ended."""
        return frozenset(id_ for id_, until in self._leases() if until <= at)

    def forget(self, ids: Collection[str], at: datetime) -> None:
        """Forget those of these whose lease has ended."""
        with writing(self._engine, _ROWS) as connection:
            connection.execute(delete(executors).where(_its.id.in_(ids), _its.lease_until <= at))

    def _leases(self) -> list[tuple[str, datetime]]:
        with reading(self._engine) as connection:
            return [(id_, until) for id_, until in connection.execute(select(_its.id, _its.lease_until))]


def made_at(engine: Engine) -> datetime | None:
    """Return when a store was stamped, by which it is told from one that stood in its place before."""
    with reading(engine) as connection:
        at: datetime | None = connection.scalar(select(store_stamp.c.created_at))
        return at


def _prolong(connection: Connection, executor: Executor, until: datetime) -> bool:
    own = update(executors).where(_its.id == executor.id, _its.token == executor.token)
    return connection.execute(own.values(lease_until=until)).rowcount > 0
