"""Where references come from: the words of PRICE_REFERENCES, as things that can be loaded."""

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.derived import NOTHING_DERIVED, Derived
from modelatlas.domain.errors import Misconfigured, Unavailable, Unreadable
from modelatlas.references import genai_prices, litellm, models_dev
from modelatlas.references.catalog import ReferenceCatalog
from modelatlas.references.kept import kept

READERS: Final[Mapping[str, Callable[[bytes, str], ReferenceCatalog]]] = MappingProxyType(
    {litellm.NAME: litellm.read, models_dev.NAME: models_dev.read}
)
"""Name of a reference that is a document -> how it is read."""

LARGEST: Final = 64 << 20
"""Bytes of a document once unpacked; LiteLLM's map has 3 MB, models.dev's catalog 5 MB (2026-11)."""

_EXPECTED: Final = "expected genai-prices, litellm=PATH|URL or models.dev=PATH|URL, with commas between them"
_GZIP: Final = b"\x1f\x8b"


class Document(Struct, frozen=True):
    """A reference that is one JSON document, as it is or gzipped.

    `path` is where it lies: the operator's own file, or the last good copy of what `url` answered. What was
    read of it is kept in `derived`.
    """

    name: str
    path: Path
    url: str | None = None
    derived: Derived = NOTHING_DERIVED

    def load(self) -> ReferenceCatalog:
        """Read the document. Raises `Unavailable` where it is not there, `Unreadable` for another one."""
        try:
            document = self.path.read_bytes()
        except OSError as error:
            raise Unavailable(f"reference {self.name}: {self._missing(error)}") from error
        return self.read(document)

    def read(self, document: bytes) -> ReferenceCatalog:
        """Read a document of this reference; its version is a hash of its bytes. Raises `Unreadable`."""
        plain = unpacked(document, self.name)
        version = hashlib.sha256(plain).hexdigest()[:12]
        return kept(self.derived, self.name, version, lambda: READERS[self.name](plain, version))

    def fetched_at(self) -> datetime | None:
        """Return when the copy of a fetched document was written; None where there is none."""
        return None if self.url is None else self.written_at()

    def written_at(self) -> datetime | None:
        """Return when the file was written; None where there is none."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC) if self.path.is_file() else None

    def keep(self, document: bytes) -> None:
        """Write the copy of a fetched document, whole or not at all. Raises `Unavailable`."""
        new = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(document)
            new.replace(self.path)
        except OSError as error:
            raise Unavailable(f"reference {self.name}: {self.path} cannot be written ({error})") from error

    def _missing(self, error: OSError) -> str:
        if self.url is None:
            return f"{self.path} cannot be read ({error.strerror}): check PRICE_REFERENCES"
        return f"{self.url} has not answered yet; `modelatlas serve` fetches it"


Source = Document | genai_prices.GenaiPrices


def sources(words: Sequence[str], copies: Path, derived: Derived = NOTHING_DERIVED) -> list[Source]:
    """Return the references that PRICE_REFERENCES names, in its order; what `copies` has are those of URLs.

    Raises `Misconfigured` naming the word and what was expected.
    """
    found: list[Source] = []
    names: set[str] = set()
    for word in words:
        name, _, location = (part.strip() for part in word.partition("="))
        if name in names:
            raise Misconfigured(f"PRICE_REFERENCES names {name} twice: expected each reference once")
        names.add(name)
        if name == genai_prices.NAME and not location:
            found.append(genai_prices.GenaiPrices(derived))
        elif name in READERS and location.startswith("https://"):
            found.append(Document(name, copies / f"{name}.json", location, derived))
        elif name in READERS and location and "://" not in location:
            found.append(Document(name, Path(location).expanduser(), derived=derived))
        else:
            raise Misconfigured(f"PRICE_REFERENCES: {word!r}: {_EXPECTED}; URLs begin with https://")
    return found


def unpacked(document: bytes, name: str) -> bytes:
    """Return a document that may be gzipped. Raises `Unreadable` for one that is cut, broken or too large."""
    if not document.startswith(_GZIP):
        return document
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(document, LARGEST)
    except zlib.error as error:
        raise Unreadable(f"{name}: expected gzip or JSON ({error})") from error
    if inflate.unconsumed_tail:
        raise Unreadable(f"{name}: expected at most {LARGEST:,} bytes unpacked: it holds more")
    if not inflate.eof:
        raise Unreadable(f"{name}: the gzip document is cut short: copy it again")
    return plain
