"""Writing a plan's listings: changed rows only (F42), each under the row number it always had."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from modelatlas.domain.plan import Plan, Write
from modelatlas.domain.snapshot import listing_digest
from modelatlas.storage.bulk import insert_rows, new_keys, rows_in, slices, update_rows
from modelatlas.storage.encoding import listing_from, listing_text
from modelatlas.storage.match_rows import model_of
from modelatlas.storage.posting import Posting
from modelatlas.storage.price_rows import Repriced, reprice
from modelatlas.storage.tables import models, sightings

_models: Final = models.c


class _Row(NamedTuple):
    """A row of `models` as it was before the plan."""

    id: int
    digest: bytes
    missed_runs: int
    listing: str


def post(posting: Posting, plan: Plan) -> int:
    """Write a plan's rows and all that follows from them; return how many units have another price now.

    A listing that becomes inactive although the provider still has it is written as it was last seen.
    """
    left_out = _left_out(plan)
    _lose(posting, plan, frozenset(write.listing.id for write in left_out))
    for some in slices(plan.inserted):
        reprice(posting, _insert(posting, some))
    return sum(
        reprice(posting, _update(posting, some, active=active))
        for writes, active in ((plan.updated, True), (left_out, False))
        for some in slices(writes)
    )


def _left_out(plan: Plan) -> list[Write]:
    inactive = frozenset(plan.deactivated)
    listings = plan.snapshot.listings if inactive else ()
    return [Write(listing, listing_digest(listing)) for listing in listings if listing.id in inactive]


def _rows(posting: Posting, ids: Sequence[str]) -> dict[str, _Row]:
    statement = select(
        _models.provider_model_id, _models.id, _models.digest, _models.missed_runs, _models.listing
    ).where(_models.provider_id == posting.provider_id)
    found = rows_in(posting.connection, statement, _models.provider_model_id, ids)
    return {id_: _Row(*row) for id_, *row in found}


def _insert(posting: Posting, writes: Sequence[Write]) -> list[Repriced]:
    keys = new_keys(posting.connection, models, len(writes))
    common = {
        "provider_id": posting.provider_id,
        "is_active": True,
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
    return [Repriced(key, (), write.listing.prices) for key, write in zip(keys, writes, strict=True)]


def _update(posting: Posting, writes: Sequence[Write], *, active: bool) -> list[Repriced]:
    """Write rows that were there before; return those whose content is another one now."""
    rows = _rows(posting, [write.listing.id for write in writes])
    _sight(posting, "back", [row.id for row in rows.values() if row.missed_runs > 0])
    state = {"is_active": active, "missed_runs": 0}
    returned: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    repriced: list[Repriced] = []
    for write in writes:
        row = rows[write.listing.id]
        if row.digest == write.digest:
            returned.append({"id": row.id, **state})
        else:
            changed.append({"id": row.id, **state, "last_changed": posting.at, **_content(write)})
            repriced.append(Repriced(row.id, listing_from(row.listing).prices, write.listing.prices))
    update_rows(posting.connection, models, returned)
    update_rows(posting.connection, models, changed)
    return repriced


def _lose(posting: Posting, plan: Plan, left_out: Collection[str]) -> None:
    """Write which listings the provider does not have any more: some stay for a while, others go."""
    missed, gone = dict(plan.missed), [id_ for id_ in plan.deactivated if id_ not in left_out]
    rows = _rows(posting, [*missed, *gone])
    _sight(posting, "gone", [row.id for row in rows.values() if row.missed_runs == 0])
    connection = posting.connection
    staying = [{"id": rows[id_].id, "missed_runs": times} for id_, times in missed.items()]
    update_rows(connection, models, staying)
    going = [
        {"id": rows[id_].id, "is_active": False, "missed_runs": rows[id_].missed_runs + 1} for id_ in gone
    ]
    update_rows(connection, models, going)


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
    }
