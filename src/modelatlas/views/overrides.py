"""An operator's words on listings: whether they are stored, and which models they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity.matches import Word, Words
from modelatlas.domain.ledger import ListingWord
from modelatlas.domain.query import nearest

Kind = Literal["exclude", "keep", "identity"]
KINDS: Final = get_args(Kind)
NO_MODEL: Final = "none"
"""Written where an operator says that a listing is no model at all."""
LONGEST_NOTE: Final = 1_000


class OverrideView(Struct, frozen=True, kw_only=True):
    """One word: `exclude` or `keep` a listing, or `identity`, where `model` is `lab/name` or `none`."""

    kind: Kind
    provider: str
    id: str
    model: str | UnsetType = UNSET
    note: str
    said_at: datetime | None


class OverridesAnswer(Struct, frozen=True):
    """All words, in (provider, id) order."""

    data: list[OverrideView]
    total: int


class Forgotten(Struct, frozen=True):
    """Whether there was a word to take back."""

    forgotten: bool


def overrides_answer(listings: Iterable[ListingWord], models: Words) -> OverridesAnswer:
    """Show all words."""
    views = [*map(listing_word, listings), *(model_word(*which, word) for which, word in models.items())]
    views.sort(key=lambda each: (each.provider, each.id, each.kind))
    return OverridesAnswer(views, len(views))


def listing_word(word: ListingWord) -> OverrideView:
    """Project a word on whether a listing is stored."""
    return OverrideView(
        kind=word.kind, provider=word.provider, id=word.id, note=word.note, said_at=word.said_at
    )


def model_word(provider: str, id_: str, word: Word) -> OverrideView:
    """Project a word on which model a listing is."""
    return OverrideView(
        kind="identity",
        provider=provider,
        id=id_,
        model=word.model or NO_MODEL,
        note=word.note,
        said_at=word.said_at,
    )


def said_model(kind: str, text: str | None) -> str | None:
    """Read the model of an `identity` word: `lab/name`, or None for `none`. Raises `BadRequest`."""
    if kind not in KINDS:
        raise BadRequest(f"kind={kind!r}: {nearest(kind, KINDS)}")
    if kind != "identity":
        if text is not None:
            raise BadRequest(f"model={text!r}: {kind} says nothing of a model; leave it out")
        return None
    lab, slash, name = (text or "").lower().partition("/")
    if text is not None and text.lower() == NO_MODEL:
        return None
    if not (slash and lab and name) or "/" in name or " " in lab + name:
        raise BadRequest(f"model={text!r}: expected lab/name, such as acme/rocket-2-70b, or none")
    return f"{lab}/{name}"
