"""What the jobs of a process and the engine that keeps them want of one another."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Place(Struct, frozen=True):
    """Where the engine keeps its state: a SQLite file of its own, or a schema of a PostgreSQL database."""

    url: str
    schema: str | None = None


class HandedOver(BaseException):
    """The process stops in the middle of a run, which stays pending for whoever comes next.

    Not an `Exception`, since DBOS writes every one of these down as the end of its workflow.
    """


class Work(Protocol):
    """What is done in the engine's threads."""

    def write(self, run_id: int) -> str:
        """Carry a run to its end, and return its status; may be called again for the same run.

        Raises `HandedOver` when the process stops first.
        """
        ...

    def ask(self, slug: str, since: datetime) -> str:
        """Ask a provider, unless it was asked since then; return the kind of the outcome.

        Raises `HandedOver` when the process stops first.
        """
        ...

    def begin_due(self) -> list[tuple[str, int]]:
        """Log a run for everybody who is due; return the names of their workflows, and their runs."""
        ...


class Engine(Protocol):
    """Keeps what was begun through crashes and among processes; every call blocks."""

    def look_every(self, seconds: int | None) -> None:
        """Let some process look who is due, every so many seconds (which divide a minute), or never."""
        ...

    def enqueue(self, workflow: str, run_id: int) -> None:
        """Let some process carry a run to its end; a workflow that is there already is not begun again."""
        ...

    def enqueue_asking(self, workflow: str, slug: str, since: datetime) -> None:
        """Let some process that takes work ask a provider, unless it was asked since then."""
        ...

    def start(self, workflow: str, run_id: int) -> None:
        """Carry a run to its end in this process."""
        ...

    def active(self, workflows: Iterable[str]) -> frozenset[str]:
        """Return those of these workflows that are still to be carried on."""
        ...

    def cancel(self, workflow: str) -> None:
        """Take a workflow out of the queue; one that was taken from it ends by itself."""
        ...

    def recover(self, executors: Collection[str]) -> None:
        """Put back into the queue what executors that are dead had in hand."""
        ...

    def forget(self, before: datetime) -> None:
        """Delete workflows that ended before then."""
        ...

    def stop(self) -> None:
        """End its threads; workflows in hand stay pending."""
        ...


class Launch(Protocol):
    """Launches an engine."""

    def __call__(self, executor: str, work: Work, *, takes_work: bool) -> Engine:
        """Launch; what this executor left unfinished is begun again. Raises `Misconfigured`.

        With `takes_work` runs are taken from the queue, else only those that are started here.
        """
        ...
