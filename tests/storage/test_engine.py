"""Opening a store, its stamp, and transactions that neither fail at random nor see half of another."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from modelatlas.domain.errors import Misconfigured
from modelatlas.storage.engine import open_engine, reading, stamp, writing
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.tables import overrides, store_stamp
from tests.builders import NOON


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://user:secret@host/db", r"'mysql': expected sqlite:.* or postgresql://"),
        ("sqlite+aiosqlite:///file", r"'sqlite\+aiosqlite': expected sqlite:"),
        ("sqlite://", "no file, which keeps nothing: expected a file"),
        ("sqlite:///:memory:", ":memory:, which keeps nothing"),
        ("a word", "'a word': expected sqlite:"),
        ("postgresql://u:secret@127.0.0.1:1/db", r"postgresql://u:\*\*\*@127.0.0.1:1/db .*start the server"),
        ("postgres://127.0.0.1:1/db?user=u&password=secret", "refused.*expected a PostgreSQL database"),
        ("postgresql://127.0.0.1/db?nonsense=1", "nonsense.*correct DATABASE_URL"),
        ("", "'': expected sqlite:"),
        ("user:secret@host//db", r"'\*\*\*@host//db': expected"),
        ("postgres://user:secret@host:port/db", r"'\*\*\*@host:port/db': expected"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_with_the_next_step(url: str, told: str) -> None:
    with pytest.raises(Misconfigured, match=told) as error:
        open_engine(url)
    assert "secret" not in str(error.value)


def test_a_path_that_cannot_be_used_is_told_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 1_000)
    for path in (
        tmp_path,
        tmp_path / "text",
        tmp_path / "text" / "store.sqlite",
        Path("/proc/none/x.sqlite"),
    ):
        with pytest.raises(Misconfigured, match="set DATABASE_URL or MODELATLAS_HOME") as error:
            open_engine(f"sqlite:///{path}")
        assert str(path) in str(error.value)


def test_a_store_is_made_where_there_was_none(tmp_path: Path) -> None:
    file = tmp_path / "a b" / "new" / "store.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    assert file.is_file()


def test_a_store_belongs_to_one_world(store_file: Engine) -> None:
    with pytest.raises(Misconfigured, match=r"holds real data.*would write simulated data.*MODELATLAS_HOME"):
        stamp(store_file, "simulated", NOON)
    stamp(store_file, "real", NOON)
    with reading(store_file) as connection:
        assert connection.execute(select(store_stamp)).all() == [("real", NOON)]


@pytest.fixture
def store_file(engine: Engine) -> Engine:
    stamp(engine, "real", NOON)
    return engine


def test_a_reader_sees_one_moment_while_others_write(engine: Engine) -> None:
    with reading(engine) as before:
        assert before.scalars(select(overrides.c.kind)).all() == []
        add_override(engine, "a")
        assert before.scalars(select(overrides.c.kind)).all() == []
    with reading(engine) as after:
        assert after.scalars(select(overrides.c.kind)).all() == ["keep"]


def test_writers_who_read_first_wait_for_one_another(engine: Engine) -> None:
    """A transaction that begins by reading and then writes would fail at once; these wait instead."""
    errors: list[Exception] = []

    def write(name: str) -> None:
        try:
            for number in range(20):
                with writing(engine) as connection:
                    seen = len(connection.execute(select(overrides)).all())
                    connection.execute(overrides.insert().values(override(f"{name}-{number}-{seen}")))
        except Exception as error:  # noqa: BLE001 - a thread hands its error over
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with reading(engine) as connection:
        ids = connection.scalars(select(overrides.c.provider_model_id)).all()
    assert sorted(int(id_.rsplit("-", 1)[1]) for id_ in ids) == list(range(80))


def test_a_row_cannot_refer_to_nothing(engine: Engine) -> None:
    with writing(engine) as connection, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        connection.exec_driver_sql(
            "INSERT INTO sightings (id, model_id, run_id, kind, observed_at) "
            "VALUES (1, 1, 1, 'gone', '2026-11-23')"
        )


def test_an_error_takes_everything_back(engine: Engine) -> None:
    def write_twice() -> None:
        with writing(engine) as connection:
            connection.execute(overrides.insert().values(override("a")))
            connection.execute(overrides.insert().values(override("a")))

    with pytest.raises(IntegrityError):
        write_twice()
    with reading(engine) as connection:
        assert connection.execute(select(overrides)).all() == []


def add_override(engine: Engine, id_: str) -> None:
    with writing(engine) as connection:
        connection.execute(overrides.insert().values(override(id_)))


def override(id_: str) -> dict[str, object]:
    return {"provider_slug": "acme", "provider_model_id": id_, "kind": "keep", "note": "", "created_at": NOON}
