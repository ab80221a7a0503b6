"""The ledger in SQL: what is stored of each provider, and the runs that write it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine, insert, select, update

from modelatlas.domain.codec import hash_of
from modelatlas.domain.identity.matches import Matched, Words, nothing_matched
from modelatlas.domain.ledger import Active, ListingWord, OverrideKind, Run, RunStatus, StoredProvider
from modelatlas.domain.plan import Exclusion, Plan, ProviderKind
from modelatlas.domain.price import Rule
from modelatlas.domain.releases import Release
from modelatlas.domain.snapshot import Snapshot
from modelatlas.storage import releases, runs, words
from modelatlas.storage.bulk import insert_rows, new_keys
from modelatlas.storage.encoding import ids_bytes
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.listing_rows import post
from modelatlas.storage.match_rows import rematch
from modelatlas.storage.posting import Posting
from modelatlas.storage.stored import active_counts, active_ids, stored_providers
from modelatlas.storage.tables import model_words, overrides, sync_exclusions, synced_ids
from modelatlas.storage.tables import providers as provider_rows

Reread = Callable[[str, Mapping[str, str]], Mapping[str, Sequence[Rule] | Rule]]
"""Reads texts that were kept of one listing of a provider as they are read today: `rederiving.Meaning`."""


def as_it_was_read(_provider: str, _texts: Mapping[str, str]) -> Mapping[str, Sequence[Rule] | Rule]:
    """Read nothing anew."""
    return {}


class SqlLedger:
    """A `domain.ports.Ledger` in SQL; `reread` is asked when a newer version reads a provider's lists.

    `matched` says which models the listings that it writes are. A run goes `start_run`, then `stored`, then a
    plan of it, then `apply` (or `end_run`).
    """

    def __init__(
        self, engine: Engine, matched: Matched = nothing_matched, reread: Reread = as_it_was_read
    ) -> None:
        self.engine = engine
        self._matched = matched
        self._reread = reread

    def stored(self, providers: Collection[str] | None = None) -> Mapping[str, StoredProvider]:
        """Return what is stored of these providers (of all when None), read in one database snapshot."""
        with reading(self.engine) as connection:
            return stored_providers(connection, providers)

    def active(self, ids_of: Collection[str]) -> Active:
        """Return how much is stored and active, with the ids of these providers, read at one moment."""
        with reading(self.engine) as connection:
            return Active(active_counts(connection), active_ids(connection, ids_of))

    def start_run(
        self, provider: str, at: datetime, workflow: str | None = None, executor: str | None = None
    ) -> Run:
        """Log a run as running and return it, or the provider's run that is running already (F44).

        The run of a workflow that has one is returned however it stands, so that a step may run twice.
        """
        with writing(self.engine, provider) as connection:
            return runs.start(connection, provider, at, workflow, executor)

    def take_run(self, run: Run, executor: str) -> Run:
        """Note who has a running run in hand; return the run as it stands."""
        with writing(self.engine, run.provider) as connection:
            return runs.take(connection, run, executor)

    def apply(self, run: Run, plan: Plan, *, name: str, kind: ProviderKind, at: datetime) -> Run:
        """Write a plan, its exclusions and the run's end in one transaction; return the ended run.

        Raises `Unavailable`, having written nothing, when the plan was overtaken: the run was ended by
        somebody else, another run has written since, or the store holds a list that was fetched later.
        """
        matches = self._matched(plan.snapshot)
        with writing(self.engine, run.provider) as connection:
            runs.admit(connection, run, plan, at)
            provider_id, reading = _provider(connection, plan.snapshot, name, kind, at)
            posting = Posting(
                connection=connection,
                run_id=run.id,
                provider_id=provider_id,
                at=plan.snapshot.fetched_at,
                reading=max(reading, plan.snapshot.reading),
                matches=matches,
                reread=reading < plan.snapshot.reading,
            )
            prices_changed = post(posting, plan, partial(self._reread, run.provider))
            rematch(posting, [listing.id for listing in plan.snapshot.listings])
            _exclude(connection, run, plan.exclusions)
            _keep_ids(connection, run, [listing.id for listing in plan.snapshot.listings])
            return runs.succeed(connection, run, plan, prices_changed, at)

    def end_run(self, run: Run, status: RunStatus, at: datetime, error: str | None = None) -> Run:
        """Log the end of a run that wrote nothing; one that has ended already is returned as it ended."""
        with writing(self.engine, run.provider) as connection:
            return runs.end(connection, run, status, at, error)

    def runs(self, provider: str | None = None, limit: int = 50) -> list[Run]:
        """Return the newest runs first."""
        with reading(self.engine) as connection:
            return runs.newest(connection, provider, limit)

    def run(self, run_id: int) -> Run | None:
        """Return one run, or None."""
        with reading(self.engine) as connection:
            return runs.one(connection, run_id)

    def these_runs(self, run_ids: Collection[int]) -> list[Run]:
        """Return those of these runs that there are, in the order in which they are asked for."""
        with reading(self.engine) as connection:
            return runs.these(connection, run_ids)

    def running(self) -> list[Run]:
        """Return the runs that are running, oldest first."""
        with reading(self.engine) as connection:
            return runs.running(connection)

    def override(self, provider: str, id_: str, kind: OverrideKind, at: datetime, note: str = "") -> None:
        """Keep an operator's word on a listing, in the place of an older word; the next sync obeys (F29)."""
        with writing(self.engine, provider) as connection:
            words.say(connection, overrides, provider, id_, at, kind=kind, note=note)

    def forget_override(self, provider: str, id_: str) -> bool:
        """Take an operator's word back; tell whether there was one."""
        with writing(self.engine, provider) as connection:
            return words.take_back(connection, overrides, provider, id_)

    def listing_words(self) -> list[ListingWord]:
        """Return all that operators say of whether listings are stored, in (provider, id) order."""
        with reading(self.engine) as connection:
            return words.listing_words(connection)

    def say_model(self, provider: str, id_: str, model: str | None, at: datetime, note: str = "") -> None:
        """Keep an operator's word on which model a listing is, in the place of an older word; None: none."""
        with writing(self.engine, provider) as connection:
            words.say(connection, model_words, provider, id_, at, model=model, note=note)

    def forget_model(self, provider: str, id_: str) -> bool:
        """Take an operator's word on a listing's model back; tell whether there was one."""
        with writing(self.engine, provider) as connection:
            return words.take_back(connection, model_words, provider, id_)

    def releases(self) -> list[Release]:
        """Return which prices operators let out of quarantine, in (provider, id, unit) order."""
        with reading(self.engine) as connection:
            return releases.releases(connection)

    def release(self, said: Release) -> None:
        """Let a price out of quarantine, in the place of an older word on the same unit."""
        with writing(self.engine, said.provider) as connection:
            releases.release(connection, said)

    def forget_release(self, provider: str, id_: str, unit: str) -> bool:
        """Take that word back; tell whether there was one."""
        with writing(self.engine, provider) as connection:
            return releases.forget(connection, provider, id_, unit)

    def models_said(self) -> Words:
        """Return all that operators say of which models listings are, by (provider, id)."""
        with reading(self.engine) as connection:
            return words.models_said(connection)


def _provider(
    connection: Connection, snapshot: Snapshot, name: str, kind: ProviderKind, at: datetime
) -> tuple[int, int]:
    """Return the number of a provider's row, and the reading with which its history was derived until now.

    The row is made, or written where it says otherwise (F30).
    """
    columns = provider_rows.c
    row = connection.execute(select(provider_rows).where(columns.slug == snapshot.provider)).one_or_none()
    said = {"name": name, "kind": kind, "reading": snapshot.reading}
    if row is None:
        made = insert(provider_rows).values(slug=snapshot.provider, first_seen=at, **said)
        return int(connection.execute(made.returning(columns.id)).scalar_one()), snapshot.reading
    said["reading"] = max(row.reading, snapshot.reading)
    if (row.name, row.kind, row.reading) != tuple(said.values()):
        connection.execute(update(provider_rows).where(columns.id == row.id).values(said))
    return int(row.id), int(row.reading)


def _exclude(connection: Connection, run: Run, exclusions: Collection[Exclusion]) -> None:
    """Write which listings are left out from this run on, and which are not any more."""
    columns = sync_exclusions.c
    now = {(exclusion.id, exclusion.reason) for exclusion in exclusions}
    theirs = select(columns.id, columns.provider_model_id, columns.reason).where(
        columns.provider_slug == run.provider, columns.ended_run_id.is_(None)
    )
    before = {(id_, reason): key for key, id_, reason in connection.execute(theirs)}
    over = [key for said, key in before.items() if said not in now]
    for key in over:
        connection.execute(update(sync_exclusions).where(columns.id == key).values(ended_run_id=run.id))
    begun = sorted(now - before.keys())
    keys = new_keys(connection, sync_exclusions, len(begun))
    insert_rows(
        connection,
        sync_exclusions,
        [
            {
                "id": key,
                "provider_slug": run.provider,
                "provider_model_id": id_,
                "reason": reason,
                "run_id": run.id,
                "ended_run_id": None,
            }
            for key, (id_, reason) in zip(keys, begun, strict=True)
        ],
    )


def _keep_ids(connection: Connection, run: Run, ids: Collection[str]) -> None:
    """Keep the ids of the list that a run wrote, unless the last one wrote the same (F42)."""
    written = ids_bytes(ids)
    this = synced_ids.c.provider_slug == run.provider
    row = {"run_id": run.id, "digest": hash_of(written), "count": len(ids), "ids": written}
    before = connection.scalar(select(synced_ids.c.digest).where(this))
    if before is None:
        connection.execute(insert(synced_ids).values(provider_slug=run.provider, **row))
    elif before != row["digest"]:
        connection.execute(update(synced_ids).where(this).values(row))
