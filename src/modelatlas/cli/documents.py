"""What `read` makes of a document that lists no models: rows of prices, or meters."""

from collections import Counter
from typing import Any

from modelatlas.cli.output import json_text, say, write_json
from modelatlas.domain.errors import Unreadable
from modelatlas.domain.price import Unread
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import decode, entries, rows_of
from modelatlas.providers.row_naming import known, read_meters
from modelatlas.providers.row_reading import UNKNOWN_ID, UNKNOWN_METER, read_rows


def read_document(provider: Provider, of: ModelList, payload: bytes, file: str, *, json: bool) -> None:
    """Write one JSON line for each row, or for each meter, and a summary to the standard error.

    Raises `Unreadable` naming the file.
    """
    try:
        rows = entries(of, payload) if of.rows is None else rows_of(of, decode(payload))
    except Unreadable as error:
        raise Unreadable(f"{file}: {error}") from None
    if of.rows is None:
        meters = read_meters(of, rows)
        write_json(
            {"provider": provider.slug, "meter": meter, "bills": sorted(ids)} for meter, ids in meters.items()
        )
        told: dict[str, Any] = {"entries": len(rows), "meters": len(meters)}
    else:
        unread = read_rows(of.rows, rows, known({}, {})).unread
        write_json(_line(provider, each) for each in unread)
        reasons = Counter(each.reason for each in unread)
        told = {
            "rows": len(rows),
            "of models that are not here": reasons.pop(UNKNOWN_ID, 0) + reasons.pop(UNKNOWN_METER, 0),
            "unread": dict(sorted(reasons.items())),
        }
    say(
        json_text({"provider": provider.slug, "list": of.name, **told})
        if json
        else _told_of(provider, of, told)
    )


def _line(provider: Provider, unread: Unread) -> dict[str, str]:
    return {"provider": provider.slug, "model": unread.id, "quote": unread.raw, "unread": unread.reason}


def _told_of(provider: Provider, of: ModelList, told: dict[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {what}" for what, count in told.items() if isinstance(count, int))
    lines = [f"{provider.slug}.{of.name}: {counts}"]
    lines += [f"unread: {count:,} {reason}" for reason, count in told.get("unread", {}).items()]
    return "\n".join(lines)
