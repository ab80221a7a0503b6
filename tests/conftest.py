"""What every test may ask for, and a last line that says how many tests found no `../shared`."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    yield
    left_out = sum(NO_SHARED in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
    if left_out:
        terminalreporter.write_line(f"Tests left out: {left_out}, because {NO_SHARED}.", yellow=True)
