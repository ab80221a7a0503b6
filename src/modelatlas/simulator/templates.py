"""Templates made from the examples of a declaration: an entry, what varies in it and what may be left out.

Nothing is known here about any provider. A change is made only if the declaration's own reader still reads
the entry as it did before: as a listing, with the same units priced in the same way, and without surprise.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.paths import conditional_path, fields_of, left_unread
from modelatlas.providers.payload import decode, offers
from modelatlas.providers.reading import Reader
from modelatlas.simulator.facts import Facts, facts
from modelatlas.simulator.places import Place, at, drop, place, put
from modelatlas.simulator.slots import (
    Group,
    Slot,
    description_slots,
    free_slots,
    id_slots,
    price_slots,
)
from modelatlas.simulator.thinning import Option, options, thin

Kind = Literal["plain", "varying", "free", "unpriced", "odd", "rejected"]
"""What is special about it: a price varies, is zero or is missing; something is unread; it is no listing."""

_ALWAYS_KEPT: Final = frozenset({"input_token", "output_token"})
_OUTPUTS: Final = (["embeddings"], ["image"], ["speech"])
_PROBES: Final = tuple(facts(0, "probe", index) for index in range(4))


class Template(Struct, frozen=True):
    """An entry as JSON (with one offer, where entries hold many), its slots and what it may leave out.

    `reprices` tells whether the amount of a price is among the slots.
    """

    kind: Kind
    mode: str | None
    raw: bytes
    slots: tuple[Slot, ...] = ()
    options: tuple[Option, ...] = ()
    reprices: bool = False

    def entry(self, what: Facts) -> dict[str, object]:
        """Return an entry of these facts, decoded, with exact amounts as `Decimal`."""
        entry: dict[str, object] = msgspec.json.decode(self.raw)
        for slot in self.slots:
            put(entry, slot.place, slot.value(what))
        thin(entry, self.options, what)
        return entry


class Outline(Struct, frozen=True):
    """What a change must not change in a reading; of one that is no listing, only the reason is set."""

    id: str | None
    reason: str | None
    prices: frozenset[tuple[str, ...]] = frozenset()
    status: str = "active"
    said: tuple[object, ...] = ()
    unread: frozenset[tuple[str, str]] = frozenset()
    surprises: frozenset[str] = frozenset()

    def equals(self, other: "Outline") -> bool:
        """Tell whether another reading differs in the id at most."""
        return replace(self, id=other.id) == other

    def covers(self, other: "Outline") -> bool:
        """Tell whether another reading of the same listing says nothing new and has its main prices."""
        units = {price[0] for price in self.prices - other.prices}
        return (
            (self.id, self.reason, self.said) == (other.id, other.reason, other.said)
            and not units & _ALWAYS_KEPT
            and other.status in {self.status, "active"}
            and self.prices >= other.prices
            and self.unread >= other.unread
            and self.surprises >= other.surprises
        )


def templates(provider: Provider, declared: ModelList) -> tuple[Template, ...]:
    """Make the templates of one list: one of each example, of a priced one a free and an unpriced one."""
    reader = Reader(provider, declared)
    made: list[Template] = []
    for example, _ in declared.examples:
        (entry, *_) = offers(declared, [msgspec.json.decode(encode(example))])
        raw = encode(entry)
        result = reader.read(decode(raw)).result
        if isinstance(result, Rejected):
            made.append(_rejected(reader, raw))
        elif result.visibility == "public":
            made.extend(_of_listing(reader, raw, result))
    return tuple(made)


def encode(entry: object) -> bytes:
    """Write an entry as JSON; a `Decimal` becomes a number with exactly its digits."""
    return _encode(entry)


_encode = msgspec.json.Encoder(decimal_format="number").encode


def _of_listing(reader: Reader, raw: bytes, listing: Listing) -> Iterator[Template]:
    """Go through the templates of an example that is a listing; there are none if its id cannot vary."""
    entry, declared = msgspec.json.decode(raw), reader.declared
    ids = _id(reader, raw)
    if ids is None:
        return
    said = _kept(reader, raw, description_slots(declared, entry, listing))
    amounts = _kept(reader, raw, price_slots(declared, entry, listing))
    left_out = _accepted(reader, raw, options(declared, entry, reader.read(decode(raw))))
    lasting = {slot.place for slot in amounts} - {option.place for option in left_out}
    whole = Template("plain", listing.mode, raw, (*ids, *said, *amounts), left_out, bool(lasting))
    template = replace(whole, kind=_kind(reader, whole))
    yield template
    if template.kind == "plain":
        yield from _of_other_modes(reader, template)
        zeros = free_slots(declared, listing)
        unpriced = _without_prices(raw, declared)
        only_zeros = _without_prices(raw, declared, but={slot.place for slot in zeros})
        bare = replace(template, slots=(*ids, *said), reprices=False)
        made = (
            replace(bare, kind="unpriced", raw=unpriced),
            replace(bare, kind="free", raw=only_zeros, slots=(*bare.slots, *zeros)),
        )
        yield from (each for each in made if _kind(reader, each) == each.kind)


def _of_other_modes(reader: Reader, template: Template) -> Iterator[Template]:
    """Go through templates of models that put out something else, where the list says what they put out."""
    declared = reader.declared.fields.get("output_modalities")
    for field in fields_of("output_modalities", declared) if declared is not None else ():
        for outputs in _OUTPUTS:
            entry = msgspec.json.decode(template.raw)
            if isinstance(at(entry, place(field.path)), list):
                put(entry, place(field.path), outputs)
                made = replace(template, raw=encode(entry))
                result = reader.read(entry).result
                if (
                    isinstance(result, Listing)
                    and result.mode != template.mode
                    and _kind(reader, made) == "plain"
                ):
                    yield replace(made, mode=result.mode)


def _rejected(reader: Reader, raw: bytes) -> Template:
    """Make the template of an example that is no listing; its id varies if it stays rejected as before."""
    bare = Template("rejected", None, raw)
    before = _outline(reader, decode(raw))
    ways = (replace(bare, slots=ids) for ids in id_slots(reader.declared, msgspec.json.decode(raw)))
    return next((each for each in ways if all(before.equals(one) for one in _outlines(reader, each))), bare)


def _id(reader: Reader, raw: bytes) -> Group | None:
    """Return the slots by which an example takes another id, a different one for different facts."""
    before = _outline(reader, decode(raw))
    for ids in id_slots(reader.declared, msgspec.json.decode(raw)):
        seen = _outlines(reader, Template("plain", None, raw, ids))
        if len({each.id for each in seen}) == len(seen) and all(before.equals(each) for each in seen):
            return ids
    return None


def _kept(reader: Reader, raw: bytes, groups: Iterable[Group]) -> list[Slot]:
    """Return the slots that leave the reading as it is, whatever stands in them."""
    before = _outline(reader, decode(raw))
    kept: list[Slot] = []
    for group in groups:
        seen = _outlines(reader, Template("plain", None, raw, (*kept, *group)))
        if all(before == each for each in seen):
            kept.extend(group)
    return kept


def _accepted(reader: Reader, raw: bytes, possible: Iterable[Option]) -> tuple[Option, ...]:
    """Return what may be left out, alone and together with all before it."""
    before = _outline(reader, decode(raw))
    accepted: list[Option] = []
    for option in possible:
        alone, together = msgspec.json.decode(raw), msgspec.json.decode(raw)
        option.take(alone)
        for each in (*accepted, option):
            each.take(together)
        if all(before.covers(_outline(reader, decode(encode(entry)))) for entry in (alone, together)):
            accepted.append(option)
    return tuple(accepted)


def _outlines(reader: Reader, template: Template) -> list[Outline]:
    return [_outline(reader, decode(encode(template.entry(what)))) for what in _PROBES]


def _outline(reader: Reader, entry: object) -> Outline:
    reading = reader.read(entry)
    listing = reading.result
    if isinstance(listing, Rejected):
        return Outline(listing.id, listing.reason)
    return Outline(
        listing.id,
        None,
        prices=frozenset((rule.unit, rule.state, rule.per, rule.currency) for rule in listing.prices),
        status=listing.status,
        said=(listing.mode, listing.visibility),
        unread=frozenset((each.path, each.reason) for each in reading.unread),
        surprises=frozenset(reader.surprises(entry)),
    )


def _kind(reader: Reader, template: Template) -> Kind:
    """Say what is special about most entries of a template: about one that leaves out whatever it may."""
    entry = replace(template, options=()).entry(_PROBES[0])
    for option in template.options:
        option.take(entry)
    outline = _outline(reader, decode(encode(entry)))
    states = {state for _, state, *_ in outline.prices}
    if outline.reason is not None:
        return "rejected"
    if outline.surprises or any(each not in left_unread(reader.declared) for each in outline.unread):
        return "odd"
    if "varying" in states:
        return "varying"
    if not states:
        return "unpriced"
    tokens = {state for unit, state, *_ in outline.prices if unit in _ALWAYS_KEPT} or states
    return "free" if tokens == {"free"} else "plain"


def _without_prices(raw: bytes, declared: ModelList, but: Collection[Place] = ()) -> bytes:
    entry = msgspec.json.decode(raw)
    prices = (place(price.path) for price in declared.prices.values())
    others = (*declared.quirk_paths, *map(conditional_path, declared.conditional))
    for way in (*prices, *map(place, others)):
        if way not in but:
            drop(entry, way)
    return encode(entry)
