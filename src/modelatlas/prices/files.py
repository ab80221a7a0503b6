"""The curated files of this package, and those of the operator's own directory."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from modelatlas.domain.codec import hash_of, to_msgpack
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

    @property
    def version(self) -> str:
        """What distinguishes an operator's own files from others; the bundled ones are the program's."""
        own = self.files.own if isinstance(self.files, Files) else self.files
        return hash_of(to_msgpack(dict(own))).hex()


class Files(Mapping[str, Curated]):
    """Curated files by slug: an operator's own, and the bundled ones, which are read when first asked for."""

    def __init__(self, own: Mapping[str, Curated]) -> None:
        self.own = own
        self._slugs = sorted(_bundled_slugs() | own.keys())

    def __getitem__(self, slug: str) -> Curated:
        own = self.own.get(slug)
        if own is not None:
            return own
        if slug not in _bundled_slugs():
            raise KeyError(slug)
        return _bundled(slug)

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


def bundled() -> Mapping[str, Curated]:
    """Return the curated files that come with the program, by slug; the tests read each of them."""
    return Files({})


def with_own(directory: Path) -> Mapping[str, Curated]:
    """Return the bundled files, the operator's own in the place of those of the same name.

    Raises `Misconfigured` for an own file that is none.
    """
    own: dict[str, Curated] = {}
    for path in sorted(directory.glob(f"*{SUFFIX}")) if directory.is_dir() else ():
        try:
            own[path.stem] = read_file(path.stem, path.read_bytes())
        except OSError as error:
            raise Misconfigured(f"{path} cannot be read ({error.strerror})") from error
    return Files(own)


def expiring(files: Mapping[str, Curated], today: date) -> Iterator[str]:
    """Say which files have expired or will soon, the first to expire first, and what to do about each."""
    for curated in sorted(files.values(), key=lambda each: (each.expires, each.provider)):
        file = f"prices/{curated.provider}{SUFFIX}"
        todo = f"read {curated.source} again and set prices, `read` and `expires` (docs/prices.md)"
        if curated.is_expired(today):
            yield f"{file} expired on {curated.expires}, so references count more: {todo}"
        elif curated.expires_soon(today):
            yield f"{file} expires on {curated.expires}, in {(curated.expires - today).days} days: {todo}"


@cache
def _bundled_slugs() -> frozenset[str]:
    names = (each.name for each in resources.files("modelatlas.prices").iterdir())
    return frozenset(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))


@cache
def _bundled(slug: str) -> Curated:
    return read_file(slug, (resources.files("modelatlas.prices") / f"{slug}{SUFFIX}").read_bytes())
