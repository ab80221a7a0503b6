"""The newest state of every provider in memory, and the catalog made of it: swapped whole (F26)."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from modelatlas.domain.catalog import Catalog, with_references
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot

Publish = Callable[[Snapshot], Snapshot]


def as_heard(part: Snapshot) -> Snapshot:
    """Publish a list as it was heard."""
    return part


class Memory:
    """Holds provider states; `catalog` is always complete and is replaced by one assignment.

    The states hold what providers said; `publish` makes of a list what the catalog shows of it.
    """

    def __init__(self, slugs: Iterable[str], settings: str = "", publish: Publish = as_heard) -> None:
        self._publish = publish
        self._states = {slug: ProviderState(slug) for slug in sorted(slugs)}
        self._references: tuple[Snapshot, ...] = ()
        self._settings = settings
        self._catalog = self._build()

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment."""
        return self._catalog

    @property
    def states(self) -> Mapping[str, ProviderState]:
        """What is held of each provider."""
        return MappingProxyType(self._states)

    def put(self, *states: ProviderState) -> None:
        """Take new states in; the catalog is built anew when a snapshot among them is another."""
        changed = any(self._states[state.slug].snapshot is not state.snapshot for state in states)
        self._states.update((state.slug, state) for state in states)
        if changed:
            self._catalog = self._build()

    def prepare(self, part: Snapshot) -> None:
        """Make what the catalog will show of a list, so that to put it takes no time; blocks."""
        self._publish(part)

    def rebuild(self) -> None:
        """Build the catalog anew: what is published of the same lists is another now."""
        self._catalog = self._build()

    def put_references(self, references: Iterable[Snapshot]) -> None:
        """Take the reference catalog in: it stands in for providers that have no snapshot."""
        self._references = tuple(references)
        self._catalog = self._build()

    def put_settings(self, settings: str) -> None:
        """Take in what besides the content alters the answers; the catalog is built anew when it is other."""
        if settings != self._settings:
            self._settings = settings
            self._catalog = self._build()

    def _build(self) -> Catalog:
        live = [state.snapshot for state in self._states.values() if state.snapshot is not None]
        heard = {part.provider for part in live}
        stand_in = (part for part in self._references if part.provider not in heard)
        return with_references(map(self._publish, live), map(self._publish, stand_in), self._settings)
