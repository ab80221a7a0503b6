"""Listings that were read back from bytes: what many of them say alike becomes one value.

So they take a third of the memory, as listings do that were read from a payload.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import structs

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule

_SAID_ALIKE: Final = (
    "provider", "lab", "input_modalities", "output_modalities", "supported_parameters", "quantization",
    "released", "knowledge_cutoff", "tokenizer",
)  # fmt: skip
"""Texts, and tuples of texts, of a listing."""
_TEXTS: Final = ("unit", "currency", "per", "raw", "path", "source")
"""Texts of a rule."""
_encode = msgspec.msgpack.Encoder(decimal_format="string").encode


class Alike:
    """The values met so far; those of rules are one only where they are written alike, as 0.50 is not 0.5."""

    def __init__(self) -> None:
        self._texts: dict[Any, Any] = {}
        self._written: dict[bytes, Any] = {}

    def listings(self, listings: Iterable[Listing]) -> tuple[Listing, ...]:
        """Return the same listings."""
        return tuple(map(self._listing, listings))

    def _listing(self, listing: Listing) -> Listing:
        one = self._texts.setdefault
        said = {name: one(value, value) for name in _SAID_ALIKE if (value := getattr(listing, name))}
        return structs.replace(listing, **said, prices=self.prices(listing.prices))

    def prices(self, prices: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Return the same rules."""
        written = _encode(prices)
        found: tuple[Rule, ...] | None = self._written.get(written)
        if found is None:
            found = self._written[written] = tuple(map(self._rule, prices))
        return found

    def _rule(self, rule: Rule) -> Rule:
        written = _encode(rule)
        found: Rule | None = self._written.get(written)
        if found is None:
            one = self._texts.setdefault
            said = {name: one(value, value) for name in _TEXTS if (value := getattr(rule, name))}
            when = self._written.setdefault(_encode(rule.when), rule.when)
            found = self._written[written] = structs.replace(rule, **said, when=when)
        return found
