"""How a command comes to its atlas: settings from environment and `.env`, logs on the standard error."""

import asyncio
import ipaddress
import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from modelatlas.cli.keys import demo_keys
from modelatlas.cli.output import clean
from modelatlas.providers.registry import declared
from modelatlas.settings import Settings, environment, read
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build


@contextmanager
def reading(*, demo: bool = False) -> Iterator[Atlas]:
    """Open the store to be read, be it real or simulated; nothing is fetched, synced or marked."""
    log_to_stderr()
    variables = {**environment(), "DATABASE_URL": ""} if demo else environment()
    atlas = build(read(variables, simulated=demo), reading=True, allow_remote_via=True)
    try:
        yield atlas
    finally:
        asyncio.run(atlas.stop())


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Let the program's log go to the standard error, so that the standard output holds answers only.

    A fault is told with where it happened, without the values that stood there: they may be keys, and writing
    out a catalog takes seconds.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("%H:%M:%S", utc=False),
            _cleaned,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def is_simulated(atlas: Atlas) -> bool:
    """Tell whether the store was filled by a simulator."""
    _, rows = atlas.query("SELECT kind FROM store_stamp")
    return rows == [("simulated",)]


def settings_via(variables: Mapping[str, str], via: str | None) -> Settings:
    """Read the settings of a command that calls providers; `via` overrules PROVIDERS_VIA.

    A simulator needs no real key, so through one every provider counts as having the key `demo`.
    """
    through = {**variables} if via is None else {**variables, "PROVIDERS_VIA": via}
    if through.get("PROVIDERS_VIA", "").strip():
        through |= demo_keys(declared(), with_keys=True)
    return read(through)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _cleaned(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in event.items()}
