"""What changed, for programs and for readers of feeds."""

import re
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.changes import Cause, Change, Changes, Kind, Position, PriceChange
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.history import Spell
from modelatlas.domain.instants import instant_from
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.price import usd_per_unit
from modelatlas.views.models import BilledView, WhenView, price_view

ATOM: Final = "http://www.w3.org/2005/Atom"
FEED_ID: Final = uuid.uuid5(uuid.NAMESPACE_URL, "model-atlas/changes")
_MILLION: Final = Decimal(1_000_000)
_SHOWN: Final = 200
"""Characters of a value that a sentence shows."""
_CURSOR: Final = re.compile(r"([0-9T.]{22,26})Z-([0-2])-([0-9]{1,18})")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SaidView(Struct, frozen=True):
    """What is said of a price: `usd` is for one single unit, null where there is none."""

    state: str
    usd: str | None
    billed: BilledView | None


class PriceChangeView(Struct, frozen=True):
    """One unit's price before and after; `ratio` is new / old, exactly: decimal text, or a fraction."""

    unit: str
    when: WhenView | None
    source: str
    old: SaidView
    new: SaidView
    ratio: str | None


class AttributeView(Struct, frozen=True):
    """One key of a listing before and after."""

    name: str
    old: Any
    new: Any


class ChangeView(Struct, frozen=True):
    """One change of one listing, as it was observed.

    `price` is there for the kinds that are about a price, `attribute` for the kind `attribute`; `prices`
    are those with which a listing is new, or those that are others now that it is back.
    """

    at: datetime
    provider: str
    id: str
    kind: Kind
    cause: Cause
    price: PriceChangeView | None
    attribute: AttributeView | None
    prices: tuple[PriceChangeView, ...]


class ChangesAnswer(Struct, frozen=True):
    """Changes, the newest first; `next` is the cursor of the page after this one, null at the end."""

    data: tuple[ChangeView, ...]
    next: str | None
    simulated: bool | UnsetType = UNSET


def changes_answer(found: Changes, *, simulated: bool = False) -> ChangesAnswer:
    """Show one page of changes."""
    return ChangesAnswer(
        tuple(map(change_view, found.changes)),
        None if found.next is None else cursor_of(found.next),
        True if simulated else UNSET,
    )


def change_view(change: Change) -> ChangeView:
    """Show one change."""
    attribute = change.attribute
    return ChangeView(
        change.at,
        change.provider,
        change.id,
        change.kind,
        change.cause,
        None if change.price is None else _price(change.price),
        None if attribute is None else AttributeView(attribute.attribute, attribute.old, attribute.new),
        tuple(map(_price, change.prices)),
    )


def cursor_of(position: Position) -> str:
    """Write where a page ends."""
    at = position.at.replace(tzinfo=None).isoformat(timespec="microseconds").replace("-", "").replace(":", "")
    return f"{at}Z-{position.source}-{position.id}"


def position_of(cursor: str) -> Position:
    """Read where a page ends. Raises `BadRequest`."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise BadRequest(
            f"cursor={cursor[:60]!r}: expected the `next` of the page before, as it was answered"
        )
    return Position(instant_from(f"{found[1]}Z"), int(found[2]), int(found[3]))


def sentence(change: Change) -> str:
    """Say a change to a person in one line."""
    match change.kind:
        case "new":
            prices = ", ".join(f"{each.new.rule.unit} {_amount(each.new)}" for each in change.prices)
            return f"{change.id} is new" + (f" ({prices})" if prices else "")
        case "back":
            prices = ", ".join(map(_told, change.prices))
            return f"{change.id} is back" + (f" ({prices})" if prices else "")
        case "gone":
            return f"{change.id} is gone"
        case "attribute":
            attribute = change.attribute
            assert attribute is not None  # noqa: S101 - such a change has one, and mypy is to know
            by = ", read better" if change.cause == "reading" else ""
            return (
                f"{change.id}: {attribute.attribute} {_short(attribute.old)} -> {_short(attribute.new)}{by}"
            )
        case _:
            assert change.price is not None  # noqa: S101 - such a change has one, and mypy is to know
            by = "" if change.cause == "provider" else f", as {change.price.new.rule.source} says"
            return f"{change.id}: {_told(change.price)}{by}"


def atom(found: Changes, *, updated: datetime, title: str = "Model Atlas: changes") -> bytes:
    """Write changes as an Atom feed (RFC 4287); the id of an entry is the same for the same change."""
    feed = ET.Element("feed", xmlns=ATOM)
    newest = found.changes[0].at if found.changes else updated
    _add(feed, "id", f"urn:uuid:{FEED_ID}")
    _add(feed, "title", title)
    _add(feed, "updated", _time(newest))
    _add(ET.SubElement(feed, "author"), "name", "Model Atlas")
    ET.SubElement(feed, "link", rel="self", href="/changes.atom", type="application/atom+xml")
    for change in found.changes:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"urn:uuid:{entry_id(change)}")
        _add(entry, "title", f"{change.provider}: {sentence(change)}")
        _add(entry, "updated", _time(change.at))
        href = f"/price-history/{quote(change.provider)}/{quote(change.id)}"
        ET.SubElement(entry, "link", rel="alternate", href=href)
        ET.SubElement(entry, "category", term=change.kind)
        _add(entry, "content", sentence(change))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def entry_id(change: Change) -> uuid.UUID:
    """Name a change: whose, when, of which kind, and of what."""
    about = ""
    if change.price is not None:
        rule = change.price.new.rule
        about = f"{rule.unit} {rule.when} {rule.valid_from} {rule.valid_to} {rule.rank} {rule.source}"
    elif change.attribute is not None:
        about = change.attribute.attribute
    kind = "price" if change.price is not None else change.kind
    return uuid.uuid5(FEED_ID, "\n".join((change.provider, change.id, _time(change.at), kind, about)))


def _price(change: PriceChange) -> PriceChangeView:
    view = price_view(change.new.rule)
    return PriceChangeView(
        view.unit, view.when, view.source, _said(change.old), _said(change.new), change.ratio
    )


def _said(spell: Spell | None) -> SaidView:
    if spell is None or not spell.is_said:
        return SaidView("unknown", None, None)
    view = price_view(spell.rule)
    return SaidView(view.state, view.usd, view.billed)


def _told(change: PriceChange) -> str:
    ratio = "" if change.ratio is None else f" (x {change.ratio})"
    rule = change.new.rule
    when = "" if price_view(rule).when is None else " under conditions"
    return f"{rule.unit}{when} {_amount(change.old)} -> {_amount(change.new)}{ratio}"


def _amount(spell: Spell | None) -> str:
    """Say a price per million in USD, or as it is billed in another currency."""
    if spell is None or not spell.is_said:
        return "unknown"
    usd = usd_per_unit(spell.rule)
    if spell.state == "known" and usd is not None:
        return f"{plain(EXACT.multiply(usd, _MILLION))} USD per million"
    if spell.rule.amount is not None:
        return f"{plain(spell.rule.amount)} {spell.rule.currency} per {spell.rule.per}"
    return spell.state


def _short(value: object) -> str:
    text = (
        "not said" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    )
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
