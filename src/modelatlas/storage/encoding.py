"""Values as bytes and texts in columns: lists of ids, listings, conditions."""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.codec import Damaged, compressed, decompressed, to_msgpack
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Condition, Rule

ALWAYS_TEXT: Final = "{}"
"""The condition of a rule that always holds."""


_ids_from = msgspec.msgpack.Decoder(list[str]).decode
_to_json = msgspec.json.Encoder(order="deterministic").encode
_listing_from = msgspec.json.Decoder(Listing).decode


class _Validity(Struct, frozen=True):
    valid_from: str | None = None
    valid_to: str | None = None


_condition_from = msgspec.json.Decoder(Condition).decode
_validity_from = msgspec.json.Decoder(_Validity).decode


def ids_bytes(ids: Iterable[str]) -> bytes:
    """Write ids, in order."""
    return compressed(to_msgpack(sorted(ids)))


def ids_from(kept: bytes) -> frozenset[str]:
    """Read ids back; raises `Damaged`."""
    try:
        return frozenset(_ids_from(decompressed(kept)))
    except msgspec.DecodeError as error:
        raise Damaged(f"not a list of ids ({error})") from error


def listing_text(listing: Listing) -> str:
    """Write a listing as JSON; amounts are texts, so that each keeps every digit."""
    return _to_json(listing).decode()


def listing_from(kept: str) -> Listing:
    """Read a listing back."""
    return _listing_from(kept)


def condition_text(rule: Rule) -> str:
    """Write when a rule holds, by all that it says itself: `{}`, or a JSON object of what must hold at once.

    >>> condition_text(Rule("input_token", "free"))
    '{}'
    """
    if rule.when == ALWAYS and rule.valid_from is None and rule.valid_to is None:
        return ALWAYS_TEXT
    validity = {"valid_from": rule.valid_from, "valid_to": rule.valid_to}
    said = {key: value for key, value in validity.items() if value is not None}
    return _to_json({**msgspec.to_builtins(rule.when), **said}).decode()


def condition_from(kept: str) -> tuple[Condition, str | None, str | None]:
    """Read when a rule holds: its condition, and the instants from and to which it is valid.

    >>> condition_from('{"tier":"batch","valid_from":"2026-12-01"}')
    (Condition(windows=(), weekdays=(), prompt_over=None, tier='batch', region=None, cache_seconds=None), \
'2026-12-01', None)
    """
    if kept == ALWAYS_TEXT:
        return ALWAYS, None, None
    validity = _validity_from(kept)
    return _condition_from(kept), validity.valid_from, validity.valid_to


def value_text(value: object) -> str:
    """Write the value of a listing's attribute as JSON."""
    return _to_json(value).decode()


def value_from(kept: str) -> object:
    """Read the value of an attribute back, in the types of JSON."""
    return msgspec.json.decode(kept)
