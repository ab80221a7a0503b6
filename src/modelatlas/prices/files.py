"""The curated files of this package, and those of the operator's own directory."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.precedence import Quoted
from modelatlas.prices.file import Curated, read_file

SUFFIX: Final = ".toml"


class CuratedPrices:
    """The curated files as a `domain.ports.PriceSource`."""

    def __init__(self, files: Mapping[str, Curated]) -> None:
        self.files = files

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what the file of a provider says of an id; whether it has expired is told by `at`."""
        curated = self.files.get(provider)
        return None if curated is None else curated.find(id_, at.date())

    def slug_of(self, word: str) -> str | None:
        """Return the word itself where there is such a file."""
        return word if word in self.files else None


@cache
def bundled() -> Mapping[str, Curated]:
    """Return the curated files that come with the program, by slug. Raises `Misconfigured`."""
    folder = resources.files("modelatlas.prices")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(SUFFIX))
    slugs = [name.removesuffix(SUFFIX) for name in names]
    return {slug: read_file(slug, (folder / f"{slug}{SUFFIX}").read_bytes()) for slug in slugs}


def with_own(directory: Path) -> Mapping[str, Curated]:
    """Return the bundled files, the operator's own in the place of those of the same name.

    Raises `Misconfigured`.
    """
    found = dict(bundled())
    for path in sorted(directory.glob(f"*{SUFFIX}")) if directory.is_dir() else ():
        try:
            found[path.stem] = read_file(path.stem, path.read_bytes())
        except OSError as error:
            raise Misconfigured(f"{path} cannot be read ({error.strerror})") from error
    return found
