"""A reference as it was read before, one provider at a time: for who asks of a few, and for a quick start."""

from collections.abc import Callable, Iterator, Mapping

import msgspec
from msgspec import Struct

from modelatlas.domain.derived import Derived, recalled
from modelatlas.references.catalog import Part, ReferenceCatalog


class _Written(Struct, frozen=True, array_like=True):
    entries: int
    names: dict[str, str]
    also: dict[str, str]
    parts: dict[str, msgspec.Raw]


class _Parts(Mapping[str, Part]):
    """Parts that are decoded when they are first asked for."""

    def __init__(self, raw: Mapping[str, msgspec.Raw]) -> None:
        self._raw: dict[str, msgspec.Raw | Part] = dict(raw)

    def __getitem__(self, slug: str) -> Part:
        part = self._raw[slug]
        if isinstance(part, msgspec.Raw):
            part = self._raw[slug] = _part(part)
        return part

    def __contains__(self, slug: object) -> bool:
        return slug in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


_written = msgspec.msgpack.Decoder(_Written).decode
_part = msgspec.msgpack.Decoder(Part).decode
_encode = msgspec.msgpack.Encoder().encode


def kept(derived: Derived, name: str, version: str, read: Callable[[], ReferenceCatalog]) -> ReferenceCatalog:
    """Return a version of a reference as it was read before, else read it and keep what was read."""
    file = f"reference.{name}"
    found = recalled(derived, file, version, _written)
    if found is not None:
        return ReferenceCatalog(name, version, _Parts(found.parts), found.names, found.also, found.entries)
    made = read()
    parts = {slug: msgspec.Raw(_encode(part)) for slug, part in made.parts.items()}
    derived.put(file, version, _encode(_Written(made.count(), dict(made.names), dict(made.also), parts)))
    return made
