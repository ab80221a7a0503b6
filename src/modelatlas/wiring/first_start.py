"""What only a first start does, in a process of its own: what it imports for that is gone with it.

That is alembic with its templates, and the data of genai-prices: 12 MB that a service which was started
before does without.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import structlog

from modelatlas.references.genai_prices import NAME, GenaiPrices
from modelatlas.settings import Settings
from modelatlas.storage.engine import open_engine
from modelatlas.storage.migrations import is_newest, upgrade
from modelatlas.wiring.quick import derived_files

_log = structlog.get_logger()


def prepare_apart(settings: Settings) -> None:
    """Prepare in another process what is not prepared; raises what that has raised.

    Where there can be no other process, nothing is done: who builds an atlas prepares what is left.
    """
    engine = open_engine(settings.database_url)
    try:
        is_prepared = is_newest(engine)
    finally:
        engine.dispose()
    if is_prepared:
        return
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            pool.submit(prepare, settings).result()
    except (OSError, BrokenProcessPool) as error:  # a system without shared memory or room has none
        _log.info("not prepared in a process of its own", error=f"{type(error).__name__}: {error}")


def prepare(settings: Settings) -> None:
    """Bring the store to its newest form, and read the references of the package, so that they are kept.

    Raises `Misconfigured`.
    """
    engine = open_engine(settings.database_url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    if NAME in settings.references:
        GenaiPrices(derived_files(settings)).load()
