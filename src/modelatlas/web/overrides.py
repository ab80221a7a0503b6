"""An operator's words on listings: whether they are stored, and which models they are."""

import asyncio
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity import matches
from modelatlas.views.overrides import (
    LONGEST_NOTE,
    Forgotten,
    Kind,
    OverrideView,
    model_word,
    overrides_answer,
    said_model,
)
from modelatlas.web.answers import momentary
from modelatlas.web.models import Text
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.providers import Word
from modelatlas.web.site import Site


class WhichWord(Parameters, frozen=True, kw_only=True):
    """Which listing, and of what the word is."""

    kind: Annotated[Kind | UnsetType, Meta(description="What is said: `identity` names a model.")] = UNSET
    provider: Annotated[Word | UnsetType, Meta(description="Whose listing.")] = UNSET
    id: Annotated[Text | UnsetType, Meta(description="The provider's id of it, listed now or not.")] = UNSET


class NewWord(WhichWord, frozen=True, kw_only=True):
    """What is said of a listing."""

    model: Annotated[
        Text | UnsetType, Meta(description="With `identity`: `lab/name`, or `none`: no model.")
    ] = UNSET
    note: Annotated[str, Meta(max_length=LONGEST_NOTE, description="Why, for those who come after.")] = ""


async def overrides(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with all words."""
    ledger = site.atlas.ledger
    listings, models = await asyncio.to_thread(lambda: (ledger.listing_words(), ledger.models_said()))
    return momentary(overrides_answer(listings, models))


async def say_override(site: Site, _: Request, asked: NewWord) -> Response:
    """Keep a word, in the place of an older one of its kind; identity is answered by it from now on."""
    kind, slug, id_ = _which(site, asked)
    text = None if asked.model is UNSET else asked.model
    try:
        model = said_model(kind, text)
    except BadRequest as error:
        raise BadParameter(str(error), "model") from None
    ledger, now = site.atlas.ledger, site.now()
    if kind == "identity":
        await asyncio.to_thread(ledger.say_model, slug, id_, model, now, asked.note)
        await site.atlas.obey_words()
        return momentary(model_word(slug, id_, matches.Word(model, asked.note, now)), 201)
    await asyncio.to_thread(ledger.override, slug, id_, kind, now, asked.note)
    return momentary(OverrideView(kind=kind, provider=slug, id=id_, note=asked.note, said_at=now), 201)


async def forget_override(site: Site, _: Request, asked: WhichWord) -> Response:
    """Take a word back."""
    kind, slug, id_ = _which(site, asked)
    ledger = site.atlas.ledger
    if kind == "identity":
        forgotten = await asyncio.to_thread(ledger.forget_model, slug, id_)
        await site.atlas.obey_words()
    else:
        forgotten = await asyncio.to_thread(ledger.forget_override, slug, id_)
    return momentary(Forgotten(forgotten))


def _which(site: Site, asked: WhichWord) -> tuple[Kind, str, str]:
    if asked.kind is UNSET or asked.provider is UNSET or asked.id is UNSET:
        missing = next(name for name in ("kind", "provider", "id") if getattr(asked, name) is UNSET)
        raise BadParameter(f"{missing} is missing: expected kind, provider and id", missing)
    return asked.kind, site.slug_of(asked.provider, "provider"), asked.id
