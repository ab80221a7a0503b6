"""What all sources say of each listing of a list, as a value from which one listing is read alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.precedence import Quoted
from modelatlas.domain.priced import Priced, priced
from modelatlas.domain.releases import Release


class Said(Struct, frozen=True, array_like=True):
    """What sources say of one listing, and which of its prices are released."""

    quoted: tuple[Quoted, ...]
    released: tuple[Release, ...] = ()


class Quotes(Struct, frozen=True, array_like=True):
    """What was said of listings, by id, at the instant `made_at`; it may be other from `until` on."""

    made_at: datetime
    until: datetime | None
    said: dict[str, msgspec.Raw]

    def holds(self, at: datetime) -> bool:
        """Tell whether sources would say the same at an instant."""
        return self.made_at <= at and (self.until is None or at < self.until)

    def __contains__(self, id_: str) -> bool:
        """Tell whether sources need not be asked for an id."""
        return id_ in self.said

    def __or__(self, more: "Quotes") -> "Quotes":
        """Return what is said here and there, while both hold."""
        ends = {each.until for each in (self, more) if each.until is not None}
        return Quotes(max(self.made_at, more.made_at), min(ends, default=None), {**self.said, **more.said})

    def prices(self, provider: str, id_: str, at: datetime) -> Priced | None:
        """Settle what is said of a listing at an instant; None where sources are to be asked for it."""
        raw = self.said.get(id_)
        if raw is None or not self.holds(at):
            return None
        said = _said(raw)
        return priced(provider, id_, at, said.quoted, said.released)


def quotes(said: Mapping[str, Said], at: datetime, until: datetime | None) -> Quotes:
    """Put together what is said of listings at an instant, until `until` or until a source ends."""
    ends = {each.ends for one in said.values() for each in one.quoted if each.ends is not None}
    until = min(ends if until is None else {until, *ends}, default=None)
    return Quotes(at, until, {id_: msgspec.Raw(encode(each)) for id_, each in said.items()})


encode: Final = msgspec.msgpack.Encoder(decimal_format="string").encode
decode: Final = msgspec.msgpack.Decoder(Quotes).decode
_said: Final = msgspec.msgpack.Decoder(Said).decode
