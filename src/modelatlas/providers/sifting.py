"""Which entries are listings: the ids of all, and why an entry is none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.columns import Column, Columns
from modelatlas.providers.contract import ModelList, Number, Reject
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import OBJECTS, dig, raw_text

LONGEST_ID: Final = 300


def read_ids(declared: ModelList, columns: Columns) -> Column:
    """Read the ids of entries, null where there is none: at a path, or put together from paths in braces."""
    places = PLACE.findall(declared.id)
    if not places:
        ids = _parts(columns.at(declared.id), declared.id_prefix)
        turned = declared.id_of
        return ids if turned is None else Column([None if id_ is None else turned(id_) for id_ in ids.values])
    form = PLACE.sub("%s", declared.id.replace("%", "%%"))
    parts = [_parts(columns.at(place)) for place in places]
    rows = zip(*(part.values for part in parts), strict=True)
    if not any(part.has_null for part in parts):
        return Column(list(map(form.__mod__, rows)))
    return Column([None if None in row else form % row for row in rows])


def is_id(id_: str) -> bool:
    """Tell whether a text can be an id: 1 to 300 printable characters without blanks around them."""
    return 0 < len(id_) <= LONGEST_ID and id_.isprintable() and id_ == id_.strip()


def rejections(
    provider: str, declared: ModelList, ids: Column, columns: Columns, private: re.Pattern[str]
) -> Mapping[int, Rejected]:
    """Say of every entry that is no listing why: row -> the first reason that holds, in order of the rows.

    Of an entry of the account behind the key (its id is `private`) neither id nor value is told.
    """
    found: dict[int, Rejected] = {}
    for row, id_ in enumerate(ids.values) if not ids.is_clean else ():
        if id_ is None:
            found[row] = _without_id(provider, declared, columns.entries[row])
        elif not is_id(id_):
            found[row] = Rejected(provider, None, "bad_id", repr(id_)[:100])
    for reject in declared.reject:
        for row in _refused(reject, columns.at(reject.path)):
            if row not in found and private.search(ids.values[row]):
                of_account = "an entry of the account behind the key"
                found[row] = Rejected(provider, None, reject.reason, of_account)
            elif row not in found:
                said = raw_text(columns.at(reject.path).values[row])[:100]
                found[row] = Rejected(provider, ids.values[row], reject.reason, f"{reject.path} is {said}")
    return dict(sorted(found.items()))


def _refused(reject: Reject, column: Column) -> Sequence[int]:
    """Return the rows whose value is that of no listing."""
    if column.keys is not column.values:
        return [row for row, value in enumerate(column.values) if reject.when(value)]
    refused = {value for value in set(column.values) if reject.when(value)}
    return [row for row, value in enumerate(column.values) if value in refused] if refused else ()


def _without_id(provider: str, declared: ModelList, entry: Any) -> Rejected:
    if not isinstance(entry, OBJECTS):
        return Rejected(provider, None, "not_an_object", f"a {type(entry).__name__}")
    missing = "no_offer" if declared.each and not isinstance(dig(entry, declared.each), dict) else "no_id"
    return Rejected(provider, _nameable(entry.get("id")), missing, f"expected at {declared.id!r}")


def _parts(column: Column, prefix: str = "") -> Column:
    """Return the texts of a column that are not empty, without a prefix."""
    if column.kinds == {str} and not prefix and all(column.values):
        return column
    return Column([_part(value, prefix) for value in column.values])


def _part(value: Any, prefix: str) -> str | None:
    is_text = isinstance(value, str) and not isinstance(value, Number)
    return value.removeprefix(prefix) or None if is_text else None


def _nameable(value: Any) -> str | None:
    """Return a value if it can be an id, to name a rejected entry by."""
    part = _part(value, "")
    return part if part is not None and is_id(part) else None
