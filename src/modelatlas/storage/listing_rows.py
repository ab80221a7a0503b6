"""Writing a plan's listings: changed rows only (F42), each under the row number it always had."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from modelatlas.domain.changes import AttributeChange, attributes_changed
from modelatlas.domain.plan import Plan, Write
from modelatlas.storage.bulk import insert_rows, new_keys, rows_in, slices, update_rows
from modelatlas.storage.encoding import listing_from, listing_text, value_text
from modelatlas.storage.healing_rows import heal
from modelatlas.storage.match_rows import model_of
from modelatlas.storage.posting import Posting
from modelatlas.storage.price_rows import Repriced, reprice
from modelatlas.storage.rederiving import Meaning
from modelatlas.storage.tables import attribute_changes, models, sightings

_models: Final = models.c


class _Row(NamedTuple):
    """A row of `models` as it was before the plan."""

    id: int
    digest: bytes
    missed_runs: int
    listing: str


def post(posting: Posting, plan: Plan, meaning: Meaning) -> int:
    """Write a plan's rows and all that follows from them; return how many units have another price now.

    What is left out is written as it was seen, and is not active. Where the plan is of a newer reading than
    what is stored, the history is healed first: `meaning` reads the texts that were kept.
    """
    if posting.reread:
        heal(posting, plan.snapshot.listings, meaning)
    _lose(posting, plan)
    for writes, active in ((plan.inserted, True), (plan.appeared, False)):
        for some in slices(writes):
            reprice(posting, _insert(posting, some, active=active))
    return sum(
        reprice(posting, _update(posting, some, active=active))
        for writes, active in ((plan.updated, True), (plan.left_out, False))
        for some in slices(writes)
    )


def _rows(posting: Posting, ids: Sequence[str]) -> dict[str, _Row]:
    statement = select(
        _models.provider_model_id, _models.id, _models.digest, _models.missed_runs, _models.listing
    ).where(_models.provider_id == posting.provider_id)
    found = rows_in(posting.connection, statement, _models.provider_model_id, ids)
    return {id_: _Row(*row) for id_, *row in found}


def _insert(posting: Posting, writes: Sequence[Write], *, active: bool) -> list[Repriced]:
    keys = new_keys(posting.connection, models, len(writes))
    common = {
        "provider_id": posting.provider_id,
        "is_active": active,
        "missed_runs": 0,
        "first_seen": posting.at,
        "last_changed": posting.at,
    }
    rows = [
        {
            "id": key,
            "provider_model_id": write.listing.id,
            **common,
            **_content(write),
            "canonical_model": model_of(posting.matches.get(write.listing.id)),
        }
        for key, write in zip(keys, writes, strict=True)
    ]
    insert_rows(posting.connection, models, rows)
    _sight(posting, "new", keys)
    return [Repriced(key, (), write.listing.prices) for key, write in zip(keys, writes, strict=True)]


def _update(posting: Posting, writes: Sequence[Write], *, active: bool) -> list[Repriced]:
    """Write rows that were there before; return those whose content is another one now."""
    rows = _rows(posting, [write.listing.id for write in writes])
    _sight(posting, "back", [row.id for row in rows.values() if row.missed_runs > 0])
    state = {"is_active": active, "missed_runs": 0}
    returned: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    repriced: list[Repriced] = []
    attributes: list[tuple[int, AttributeChange]] = []
    for write in writes:
        row = rows[write.listing.id]
        if row.digest == write.digest:
            returned.append({"id": row.id, **state})
        else:
            changed.append({"id": row.id, **state, "last_changed": posting.at, **_content(write)})
            before = listing_from(row.listing)
            repriced.append(Repriced(row.id, before.prices, write.listing.prices))
            attributes += ((row.id, each) for each in attributes_changed(before, write.listing))
    update_rows(posting.connection, models, returned)
    update_rows(posting.connection, models, changed)
    _tell(posting, attributes)
    return repriced


def _lose(posting: Posting, plan: Plan) -> None:
    """Write which listings the provider does not have any more: some stay for a while, others go."""
    seen = {write.listing.id for write in plan.left_out}
    missed, gone = dict(plan.missed), [id_ for id_ in plan.deactivated if id_ not in seen]
    rows = _rows(posting, [*missed, *gone])
    _sight(posting, "gone", [row.id for row in rows.values() if row.missed_runs == 0])
    connection = posting.connection
    staying = [{"id": rows[id_].id, "missed_runs": times} for id_, times in missed.items()]
    update_rows(connection, models, staying)
    going = [
        {"id": rows[id_].id, "is_active": False, "missed_runs": rows[id_].missed_runs + 1} for id_ in gone
    ]
    update_rows(connection, models, going)


def _tell(posting: Posting, changes: Sequence[tuple[int, AttributeChange]]) -> None:
    """Append what listings say otherwise of themselves."""
    keys = new_keys(posting.connection, attribute_changes, len(changes))
    insert_rows(
        posting.connection,
        attribute_changes,
        [
            {
                "id": key,
                "model_id": row,
                "run_id": posting.run_id,
                "attribute": each.attribute,
                "old": value_text(each.old),
                "new": value_text(each.new),
                "cause": posting.cause,
                "observed_at": posting.at,
            }
            for key, (row, each) in zip(keys, changes, strict=True)
        ],
    )


def _sight(posting: Posting, kind: str, rows: Sequence[int]) -> None:
    keys = new_keys(posting.connection, sightings, len(rows))
    insert_rows(
        posting.connection,
        sightings,
        [
            {"id": key, "model_id": row, "run_id": posting.run_id, "kind": kind, "observed_at": posting.at}
            for key, row in zip(keys, rows, strict=True)
        ],
    )


def _content(write: Write) -> dict[str, Any]:
    listing = write.listing
    return {
        "model_name": listing.name,
        "status": listing.status,
        "mode": listing.mode,
        "lab": listing.lab,
        "context_tokens": listing.context_tokens,
        "max_output_tokens": listing.max_output_tokens,
        "digest": write.digest,
        "listing": listing_text(listing),
        "visibility": listing.visibility,
    }
