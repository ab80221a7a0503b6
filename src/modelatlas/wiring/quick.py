"""A price from what was kept: for who asks once, it takes a tenth of what building an atlas takes.

So nothing is imported here that talks to a store or to providers.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelatlas.caching.derived import DerivedFiles, program
from modelatlas.clock import SystemClock
from modelatlas.domain.derived import recalled
from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.ports import Clock
from modelatlas.domain.priced import Priced
from modelatlas.domain.quotes import Quotes, decode, encode
from modelatlas.settings import DEFAULTS, Settings
from modelatlas.storage.state import state_of

DERIVED_FOLDER: Final = "derived"
"""In the data folder: what was made of lists and references, for the next start."""
CURATED_FOLDER: Final = "prices"
"""In the data folder: the operator's own curated files."""
PACKAGES: Final = ("modelatlas", "genai_prices")
"""The packages whose files decide what is made of what."""

_SQLITE: Final = "sqlite:///"
_PLAIN: Final = (DEFAULTS["PRICE_REFERENCES"],)


class Basis(Struct, frozen=True):
    """What prices are made of: the content of the store, and the settings."""

    store: object
    settings: object


def basis(settings: Settings) -> Basis | None:
    """Say what prices are made of; None where only the parts of an atlas can tell.

    These are told by the store and the program alone: an operator's own files and servers, and references
    other than the bundled one, are not.
    """
    plain = (
        settings.database_url.startswith(_SQLITE)
        and settings.references == _PLAIN
        and not settings.openai_compatible
        and settings.via is None
        and settings.catalog_source == "live"
        and settings.display_rates is None
        and not (settings.home / CURATED_FOLDER).exists()
    )
    store = state_of(Path(settings.database_url.removeprefix(_SQLITE))) if plain else None
    return None if store is None else Basis(store, (settings.database_url, settings.sync_providers))


def kept_price(settings: Settings, slug: str, id_: str, clock: Clock | None = None) -> Priced | None:
    """Settle the prices of a listing at this instant from what was kept; None where it is to be looked up."""
    of = basis(settings)
    if of is None:
        return None
    quotes = recalled(derived_files(settings), _file(slug), of, decode)
    return None if quotes is None else quotes.prices(slug, id_, (clock or SystemClock()).now())


def keep(settings: Settings, slug: str, of: Basis, make: Callable[[Quotes | None], Quotes | None]) -> None:
    """Keep what is said of a provider, made with what is kept; nothing once the store is another."""
    files, file = derived_files(settings), _file(slug)
    before = recalled(files, file, of, decode)
    made = make(before)
    if made is not None and made is not before and basis(settings) == of:
        files.put(file, of, encode(made))


def derived_files(settings: Settings) -> DerivedFiles:
    """Return what was made of other values before, in the data folder."""
    return DerivedFiles(settings.home / DERIVED_FOLDER, program(*map(_folder, PACKAGES)))


def _file(slug: str) -> str:
    return f"quotes.{slug}"


def _folder(package: str) -> Path:
    """Return where a package lies, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Misconfigured(f"the package {package} has no files here: install it again")
    return Path(spec.origin).parent
