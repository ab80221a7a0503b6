"""What every test may ask for, and last lines that say how many tests were left out, and why."""

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgresql import NO_POSTGRESQL, NoServerError, PostgreSQL, server
from tests.redis_server import NO_REDIS

SHARED = Path(__file__).resolve().parents[2] / "shared"
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    yield
    for reason in (NO_SHARED, NO_POSTGRESQL, NO_REDIS):
        left_out = sum(reason in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
        if left_out:
            terminalreporter.write_line(f"Tests left out: {left_out}, because {reason}.", yellow=True)
