"""`override`: an operator's word on a listing, which every sync and every answer obeys."""

from typing import Annotated, Final

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.domain.errors import BadRequest, NotFound
from modelatlas.domain.query import nearest
from modelatlas.providers.registry import slug_of
from modelatlas.views.overrides import KINDS, OverridesAnswer, OverrideView, overrides_answer, said_model
from modelatlas.wiring.atlas import Atlas

LIST: Final = "list"
COLUMNS: Final = ("kind", "provider", "id", "model", "said at", "note")


def override(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="exclude, keep, identity; or list.")],
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="A slug or an alias.")] = "",
    id_: Annotated[str, typer.Argument(metavar="ID", help="The provider's own id.")] = "",
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="With identity: lab/name, or none.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for those who come after.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Take the word back.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Say that a listing is left out, is kept, or is a model.

    `exclude` leaves it out, `keep` keeps it in, `identity` names its model, `list` shows all words. They
    are kept in the store. The next sync obeys exclude and keep. identity wins over the matching everywhere;
    a running service takes it up with the next list that it hears.
    """
    with reading(demo=demo) as atlas:
        if kind != LIST:
            _obey(atlas, kind, provider, id_, model, note, forget=forget)
        answer = overrides_answer(atlas.ledger.listing_words(), atlas.ledger.models_said())
    if kind == LIST:
        _show(answer, json=json)


def _obey(
    atlas: Atlas, kind: str, provider: str, id_: str, model: str | None, note: str, *, forget: bool
) -> None:
    if kind not in KINDS:
        raise BadRequest(f"{kind!r}: {nearest(kind, (*KINDS, LIST))}")
    if not provider or not id_:
        raise BadRequest(f"{kind} of what? Expected `modelatlas override {kind} PROVIDER ID`")
    slug = slug_of(provider, atlas.providers)
    ledger, now = atlas.ledger, atlas.clock.now()
    if forget:
        was = ledger.forget_model(slug, id_) if kind == "identity" else ledger.forget_override(slug, id_)
        if not was:
            raise NotFound(f"nothing is said of {slug} {id_!r}: `modelatlas override list` shows all words")
        say(f"taken back: {kind} of {slug} {id_}")
        return
    said = said_model(kind, model)
    match kind:
        case "identity":
            ledger.say_model(slug, id_, said, now, note)
            say(f"{slug} {id_} is {said or 'no model'}")
        case "exclude":
            ledger.override(slug, id_, "exclude", now, note)
            say(f"{slug} {id_} is left out from the next sync on")
        case _:
            ledger.override(slug, id_, "keep", now, note)
            say(f"{slug} {id_} is kept from the next sync on")


def _show(answer: OverridesAnswer, *, json: bool) -> None:
    if json:
        write_json(answer.data)
    else:
        write_table(COLUMNS, [_cells(each) for each in answer.data])
        say(f"{answer.total:,} words")


def _cells(word: OverrideView) -> tuple[str, ...]:
    model = word.model if isinstance(word.model, str) else NOTHING
    return (
        word.kind,
        word.provider,
        word.id,
        model,
        NOTHING if word.said_at is None else f"{word.said_at:%Y-%m-%d %H:%M}",
        word.note or NOTHING,
    )
