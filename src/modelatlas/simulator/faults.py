"""Faults: the ways in which a provider can go wrong on request, and which provider has which now."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.query import nearest

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "slow": "answers after `seconds` (2)",
        "hang": "never answers",
        "429": "answers 429 with Retry-After `seconds` (2)",
        "500": "answers 500",
        "html-200": "answers 200 with a page of HTML",
        "cut-body": "sends half of the body that Content-Length announces",
        "wrong-json": "answers 200 with JSON that holds no list",
        "renamed-field": "calls a field by another name: the first declared price, else the id",
        "unit-slip": "sends every declared amount a million times larger",
        "empty-list": "lists nothing",
        "half-list": "lists the first half",
        "duplicate-ids": "lists the first tenth of the entries twice",
        "endless-body": "sends entries until `bytes` (1 GiB) are sent or nobody listens",
        "bomb": "sends a few hundred kB of gzip that become `bytes` (512 MiB) of blanks",
        "redirect-elsewhere": "answers 302 to a host that the provider did not declare",
    }
)
"""Fault -> what the provider does, with its options and their defaults."""

EVERYONE: Final = "all"


class Options(Struct, frozen=True):
    """How long or how large a fault is; None means its default."""

    seconds: float | None = None
    size: int | None = None


class Faults:
    """The faults that are switched on, by provider; those of `all` hold for each."""

    def __init__(self, slugs: Collection[str], wanted: Iterable[str] = ()) -> None:
        """Switch on faults written `NAME` or `NAME=SLUG`. Raises `BadRequest` for an unknown name or slug."""
        self._slugs = slugs
        self._on: dict[str, dict[str, Options]] = {}
        for text in wanted:
            name, _, slug = text.partition("=")
            self.switch_on(slug or EVERYONE, name)

    def switch_on(self, slug: str, name: str, options: Options | None = None) -> None:
        """Let a provider (or `all`) have a fault. Raises `BadRequest` for an unknown name or slug."""
        self._check(slug, name)
        self._on.setdefault(slug, {})[name] = options or Options()

    def switch_off(self, slug: str, name: str) -> None:
        """Take a fault from a provider (or `all`); `all` as name takes every fault. Raises `BadRequest`."""
        if name == EVERYONE:
            self._on.pop(slug, None)
            return
        self._check(slug, name)
        self._on.get(slug, {}).pop(name, None)

    def of(self, slug: str) -> Mapping[str, Options]:
        """Return what a provider suffers from; its own options win over those of `all`."""
        return {**self._on.get(EVERYONE, {}), **self._on.get(slug, {})}

    def listed(self) -> dict[str, list[str]]:
        """Return provider (or `all`) -> names of its faults."""
        return {slug: sorted(on) for slug, on in sorted(self._on.items()) if on}

    def _check(self, slug: str, name: str) -> None:
        if name not in FAULTS:
            msg = f"fault {name!r}: {nearest(name, FAULTS)}"
            raise BadRequest(msg)
        if slug != EVERYONE and slug not in self._slugs:
            msg = f"provider {slug!r} of fault {name!r}: {nearest(slug, [*self._slugs, EVERYONE])}"
            raise BadRequest(msg)
