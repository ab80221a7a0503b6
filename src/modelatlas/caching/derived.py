"""What was made of other values, in files of the data folder: a start takes it from there.

No file is ever trusted: each begins with a hash of its bytes, and with one of all that they were made of, the
program included. So edited code, another version of a package and other data find nothing.
"""

import hashlib
import logging
import os
import sys
import threading
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
import zstandard

from modelatlas.domain.codec import Damaged, compressed, decompressed, to_msgpack

MOST_BYTES: Final = 256 << 20
"""Bytes of all files together; a folder that has grown beyond is emptied."""

LOOK_EVERY: Final = 128
"""Files that a process writes between two looks at how large the folder is."""

_HASH: Final = 16
_SUFFIX: Final = ".derived"
_log: Final = logging.getLogger(__name__)


class DerivedFiles:
    """A `domain.derived.Derived` in a folder, one file for each name; `program` is which program makes them.

    Files are written whole, for their owner alone, and may be written by several processes at once. What is
    foreign or damaged is not there, which is logged once.
    """

    def __init__(self, folder: Path, program: str) -> None:
        self._folder = folder
        self._program = program
        self._told = False
        self._written = count()

    def get(self, name: str, made_of: object) -> bytes | None:
        """Return the bytes that were made of this, or None."""
        path = self._path(name)
        try:
            return self._read(path, self._key(name, made_of))
        except FileNotFoundError:
            return None
        except (OSError, Damaged) as error:
            self._tell(path, error)
            return None

    def put(self, name: str, made_of: object, value: bytes) -> None:
        """Keep bytes that were made of this in the place of older ones; where that fails, nothing is kept."""
        path, key, packed = self._path(name), self._key(name, made_of), compressed(value)
        new = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if next(self._written) % LOOK_EVERY == 0:
                self._make_room(len(packed))
            with open(new, "wb", opener=_private) as file:
                file.write(_hash(key, packed) + key + packed)
            new.replace(path)
        except OSError as error:
            self._tell(path, error)

    def _read(self, path: Path, key: bytes) -> bytes | None:
        kept = path.read_bytes()
        proof, made_under, value = kept[:_HASH], kept[_HASH : 2 * _HASH], kept[2 * _HASH :]
        if proof != _hash(made_under, value):
            raise Damaged("it is not what was written")
        return decompressed(value) if made_under == key else None

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}{_SUFFIX}"

    def _key(self, name: str, made_of: object) -> bytes:
        return _hash(to_msgpack((self._program, name, made_of)))

    def _make_room(self, more: int) -> None:
        files = list(self._folder.iterdir())
        if more + sum(map(_size, files)) > MOST_BYTES:
            for path in files:
                path.unlink(missing_ok=True)

    def _tell(self, path: Path, error: Exception) -> None:
        if not self._told:
            self._told = True
            _log.warning("what %s is to hold is made anew: %s", path, error)


def program(*packages: Path) -> str:
    """Name the program that runs: which files its packages have, and what else decides about bytes.

    A file is told by size and times; the one of its last change cannot be set, as its age can.
    """
    whole = hashlib.blake2b(digest_size=_HASH)
    whole.update(f"{sys.version} {msgspec.__version__} {zstandard.__version__} ".encode())
    whole.update(zlib.ZLIB_RUNTIME_VERSION.encode())
    for package in packages:
        for line in sorted(_files(package)):
            whole.update(line.encode(errors="surrogateescape"))
    return whole.hexdigest()


def _files(folder: Path | str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif entry.name.endswith((".py", ".toml")):
                about = entry.stat()
                yield f"{entry.path} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}\n"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another process has just put it in its place
        return 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hash(*parts: bytes) -> bytes:
    whole = hashlib.blake2b(digest_size=_HASH)
    for part in parts:
        whole.update(part)
    return whole.digest()
