"""What every test may ask for; the last lines say what was left out, and which curated prices expire."""

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from decimal import FloatOperation, localcontext
from pathlib import Path

import pytest
from hypothesis import settings

from modelatlas.prices.files import bundled, expiring
from tests.postgresql import NO_POSTGRESQL, NoServerError, PostgreSQL, server
from tests.redis_server import NO_REDIS, RedisServer, is_there

SHARED = Path(__file__).resolve().parents[2] / "shared"
NO_CLIENT = "a client could not be installed"
NO_SHARED = "../shared (real recordings and the project's reference pages) is not beside this checkout"

settings.register_profile("steady", deadline=None)  # a busy machine is slow without being wrong
settings.load_profile("steady")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory `../shared`; without it, the test that asks is skipped and counted."""
    if not SHARED.is_dir():
        pytest.skip(NO_SHARED)
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server to make databases on; where there is none, the test that asks is skipped and counted."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(
                server(Path(tempfile.gettempdir()) / f"modelatlas-postgresql-{session}")
            )
        except NoServerError as error:
            pytest.skip(str(error))


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of its own; where there is none on PATH, the test that asks is skipped and counted."""
    if not is_there():
        pytest.skip(NO_REDIS)
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def trapped() -> Iterator[None]:
    """While a test runs, a float that comes near an amount is an error (F7)."""
    with localcontext() as context:
        context.traps[FloatOperation] = True
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    yield
    for reason in (NO_SHARED, NO_POSTGRESQL, NO_REDIS, NO_CLIENT):
        left_out = sum(reason in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
        if left_out:
            terminalreporter.write_line(f"Tests left out: {left_out}, because {reason}.", yellow=True)
    for note in expiring(bundled(), datetime.now(UTC).date()):  # a date alone fails no test
        terminalreporter.write_line(f"Curated prices: {note}.", yellow=True)
