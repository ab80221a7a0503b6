"""What only a first start does, in a process of its own: what it imports for that is gone with it.

That is alembic with its templates, and the data of genai-prices with pydantic: 20 MB that a service which was
started before does without.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from modelatlas.references.genai_prices import NAME, GenaiPrices
from modelatlas.settings import Settings
from modelatlas.storage.engine import open_engine
from modelatlas.storage.migrations import is_newest, upgrade
from modelatlas.wiring.quick import derived_files


def prepare_apart(settings: Settings) -> None:
    """Prepare in another process what is not prepared; raises what that has raised."""
    engine = open_engine(settings.database_url)
    try:
        is_prepared = is_newest(engine)
    finally:
        engine.dispose()
    if not is_prepared:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            pool.submit(prepare, settings).result()


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
