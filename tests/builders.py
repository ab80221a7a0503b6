"""Short ways to make values, and parts held in memory that stand in for clock, providers and store."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from modelatlas.domain.errors import Unavailable
from modelatlas.domain.identity.matches import Word, Words
from modelatlas.domain.ledger import (
    Active,
    ListingWord,
    OverrideKind,
    Run,
    RunStatus,
    StoredListing,
    StoredProvider,
)
from modelatlas.domain.listing import Listing
from modelatlas.domain.outcome import Fetched, Kind, Outcome
from modelatlas.domain.plan import Plan, ProviderKind
from modelatlas.domain.price import usd
from modelatlas.domain.releases import Release
from modelatlas.domain.snapshot import Snapshot, snapshot

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def listing(id_: str = "acme/rocket-2", provider: str = "acme", **more: Any) -> Listing:
    """Make a priced listing; `more` are its fields."""
    priced = {"prices": (usd("input_token", "0.0000001"), usd("output_token", "0.0000004"))}
    return Listing(provider=provider, id=id_, **{**priced, **more})


def is_same_float(read: Decimal | None, said: Decimal) -> bool:
    """Tell whether an amount is the number of a document but for the noise of a float: the 16th digit."""
    return read is not None and abs(read - said) * 10**14 <= abs(said)


def release_of(amount: str, id_: str = "a", provider: str = "acme", unit: str = "input_token") -> Release:
    """Make an operator's word that lets so many USD for one single unit through."""
    return Release(provider, id_, unit, Decimal(amount), "USD", "provider", "as their page says", "me", NOON)


def snapshot_of(*ids: str, provider: str = "acme", at: datetime = NOON, **more: Any) -> Snapshot:
    """Make a snapshot of priced listings with these ids; `more` are fields of each listing."""
    return snapshot(provider, at, [listing(id_, provider, **more) for id_ in ids])


def fetched(
    provider: str = "acme", kind: Kind = "ok", *ids: str, at: datetime = NOON, **more: Any
) -> Fetched:
    """Make what a fetch brings: a snapshot of these ids when the kind is `ok`."""
    part = snapshot_of(*ids, provider=provider, at=at) if kind == "ok" else None
    count = None if part is None else len(part.listings)
    return Fetched(Outcome(provider, kind, at, listings=count, **more), part, b"")


class FakeClock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_(self, **time: float) -> None:
        """Let time pass: `pass_(hours=1)`."""
        self.at += timedelta(**time)


class FakeFetcher:
    """Providers that answer as told: a list of ids is their list, an outcome kind is how they fail."""

    def __init__(self, clock: FakeClock, answers: Mapping[str, Any] | None = None) -> None:
        self.clock = clock
        self.answers: dict[str, Any] = dict(answers or {})
        self.asked: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def fetch(self, slug: str) -> Fetched:
        self.asked.append(slug)
        if slug in self.gates:
            await self.gates[slug].wait()
        answer = self.answers.get(slug, "not_configured")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Snapshot):
            part = msgspec.structs.replace(
                answer, fetched_at=self.clock.now(), content_since=self.clock.now()
            )
            return Fetched(Outcome(slug, "ok", self.clock.now(), listings=len(part.listings)), part, b"")
        if isinstance(answer, str):
            return fetched(slug, answer, at=self.clock.now())  # type: ignore[arg-type]
        return fetched(slug, "ok", *answer, at=self.clock.now())


class MemorySnapshots:
    """A snapshot store in memory."""

    def __init__(self, *parts: Snapshot) -> None:
        self.kept = {part.provider: part for part in parts}
        self.saved = 0

    def load(self) -> list[Snapshot]:
        return list(self.kept.values())

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        self.saved += 1
        self.kept[snapshot.provider] = snapshot


class MemoryLedger:
    """A ledger in memory; it obeys plans to the letter and decides nothing."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, StoredListing]] = {}
        self.exclusions: dict[str, dict[str, str]] = {}
        self.synced: dict[str, frozenset[str]] = {}
        self.overrides: dict[str, dict[str, OverrideKind]] = {}
        self.log: list[Run] = []
        self.listings_said: dict[tuple[str, str], ListingWord] = {}
        self.models: dict[tuple[str, str], Word] = {}
        self.let_out: dict[tuple[str, str, str], Release] = {}
        self.before_apply: Callable[[], None] = lambda: None

    def stored(self, providers: Collection[str] | None = None) -> Mapping[str, StoredProvider]:
        named = {run.provider for run in self.log} | set(self.rows)
        return {slug: self._stored(slug) for slug in (named if providers is None else providers)}

    def active(self, ids_of: Collection[str]) -> Active:
        ids = {slug: stored.active for slug, stored in self.stored().items()}
        counts = {slug: len(active) for slug, active in ids.items()}
        return Active(counts, {slug: ids.get(slug, frozenset()) for slug in ids_of})

    def override(self, provider: str, id_: str, kind: OverrideKind, at: datetime, note: str = "") -> None:
        self.listings_said[provider, id_] = ListingWord(provider, id_, kind, note, at)
        self.overrides.setdefault(provider, {})[id_] = kind

    def forget_override(self, provider: str, id_: str) -> bool:
        self.overrides.get(provider, {}).pop(id_, None)
        return self.listings_said.pop((provider, id_), None) is not None

    def listing_words(self) -> list[ListingWord]:
        return [word for _, word in sorted(self.listings_said.items())]

    def say_model(self, provider: str, id_: str, model: str | None, at: datetime, note: str = "") -> None:
        self.models[provider, id_] = Word(model, note, at)

    def forget_model(self, provider: str, id_: str) -> bool:
        return self.models.pop((provider, id_), None) is not None

    def releases(self) -> list[Release]:
        return [said for _, said in sorted(self.let_out.items(), key=lambda each: each[0])]

    def release(self, said: Release) -> None:
        self.let_out[said.provider, said.id, said.unit] = said

    def forget_release(self, provider: str, id_: str, unit: str) -> bool:
        return self.let_out.pop((provider, id_, unit), None) is not None

    def models_said(self) -> Words:
        return dict(self.models)

    def start_run(
        self, provider: str, at: datetime, workflow: str | None = None, executor: str | None = None
    ) -> Run:
        for run in reversed(self.log):
            if workflow is not None and run.workflow == workflow:
                return run
            if (run.provider, run.status) == (provider, "running"):
                return run
        run = Run(
            id=len(self.log) + 1, provider=provider, started_at=at, status="running",
            workflow=workflow, executor=executor,
        )  # fmt: skip
        self.log.append(run)
        return run

    def take_run(self, run: Run, executor: str) -> Run:
        now = self.log[run.id - 1]
        return self._end(now, executor=executor) if now.status == "running" else now

    def apply(self, run: Run, plan: Plan, *, name: str, kind: ProviderKind, at: datetime) -> Run:
        self.before_apply()
        if self.log[run.id - 1].status != "running":
            raise Unavailable(f"run {run.id} was ended meanwhile")
        slug = run.provider
        rows = dict(self.rows.get(slug, {}))
        for write in (*plan.inserted, *plan.updated):
            id_ = write.listing.id
            rows[id_] = StoredListing(id_, write.digest, is_active=True)
        for write in (*plan.appeared, *plan.left_out):
            rows[write.listing.id] = StoredListing(write.listing.id, write.digest, is_active=False)
        for id_, missed in plan.missed:
            rows[id_] = msgspec.structs.replace(rows[id_], missed_runs=missed)
        for id_ in plan.deactivated:
            rows[id_] = msgspec.structs.replace(rows[id_], is_active=False)
        self.rows[slug] = rows
        self.exclusions[slug] = {exclusion.id: exclusion.reason for exclusion in plan.exclusions}
        self.synced[slug] = frozenset(each.id for each in plan.snapshot.listings)
        return self._end(
            run,
            status="success",
            completed_at=at,
            fetched=len(plan.snapshot.listings),
            inserted=len(plan.inserted),
            updated=len(plan.updated),
            unchanged=plan.unchanged,
            skipped=len(plan.exclusions),
            deactivated=len(plan.deactivated),
            snapshot_at=plan.snapshot.fetched_at,
            snapshot_digest=plan.snapshot.digest,
        )

    def end_run(self, run: Run, status: RunStatus, at: datetime, error: str | None = None) -> Run:
        now = self.log[run.id - 1]
        if now.status != "running":
            return now
        return self._end(now, status=status, completed_at=at, error=error)

    def runs(self, provider: str | None = None, limit: int = 50) -> list[Run]:
        chosen: Iterable[Run] = (run for run in reversed(self.log) if provider in {None, run.provider})
        return list(chosen)[:limit]

    def run(self, run_id: int) -> Run | None:
        return next((run for run in self.log if run.id == run_id), None)

    def these_runs(self, run_ids: Collection[int]) -> list[Run]:
        return [self.log[run_id - 1] for run_id in run_ids if run_id <= len(self.log)]

    def running(self) -> list[Run]:
        return [run for run in self.log if run.status == "running"]

    def _end(self, run: Run, **ended: Any) -> Run:
        done = msgspec.structs.replace(run, **ended)
        self.log[run.id - 1] = done
        return done

    def _stored(self, slug: str) -> StoredProvider:
        runs = [run for run in self.log if run.provider == slug]
        successes = [run for run in runs if run.status == "success"]
        return StoredProvider(
            slug,
            self.rows.get(slug, {}),
            successes[-1] if successes else None,
            self.synced.get(slug, frozenset()),
            self.exclusions.get(slug, {}),
            self.overrides.get(slug, {}),
            runs[-1] if runs else None,
        )
