"""Which model each stored listing is: written with the listing, and anew when the answer is another one."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, select

from modelatlas.domain.identity.match import Match
from modelatlas.storage.bulk import insert_rows, update_rows
from modelatlas.storage.posting import Posting
from modelatlas.storage.tables import model_matches, models

_models: Final = models.c
_MATCHES: Final = (
    select(_models.provider_model_id, _models.id, _models.canonical_model, model_matches.c.match)
    .outerjoin(model_matches, model_matches.c.model_id == _models.id)
    .where(_models.provider_id == bindparam("provider"))
)
_to_json: Final = msgspec.json.Encoder(order="deterministic").encode


def model_of(match: Match | None) -> str | None:
    """Return what stands in `models.canonical_model`."""
    return None if match is None else match.model


def rematch(posting: Posting, ids: Sequence[str]) -> int:
    """Write the match of each stored listing for which another one, or none, is stored; return how many.

    The matching may know better than when the row was written, though the listing says what it said. Where
    it does not, no row is written (F42).
    """
    moved: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    listed = frozenset(ids)
    rows = posting.connection.execute(_MATCHES, {"provider": posting.provider_id}).all()
    for id_, row, model, stored in rows:
        if id_ not in listed:
            continue
        match = posting.matches.get(id_)
        text = None if match is None else _to_json(match).decode()
        if model != model_of(match):
            moved.append({"id": row, "canonical_model": model_of(match)})
        if text != stored:
            old += [] if stored is None else [{"row": row}]
            new += [] if text is None else [{"model_id": row, "match": text}]
    connection = posting.connection
    update_rows(connection, models, moved)
    if old:
        connection.execute(delete(model_matches).where(model_matches.c.model_id == bindparam("row")), old)
    insert_rows(connection, model_matches, new)
    return max(len(old), len(new))
