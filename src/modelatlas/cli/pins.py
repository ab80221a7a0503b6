"""`pins`: the exports that are kept, and what differs between two of them."""

from typing import Annotated, Final

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.domain.errors import BadRequest, CatalogError
from modelatlas.domain.pins import Pin, hash_of
from modelatlas.views.pins import Difference, differences, pin_named, pin_view
from modelatlas.wiring.atlas import Atlas

COLUMNS: Final = ("hash", "format", "kept at", "entries", "bytes", "catalog")
CHANGES: Final = ("", "where", "was", "now")
_SIGNS: Final = {"new": "+", "gone": "-", "changed": "~"}


def pins(
    one: Annotated[str | None, typer.Argument(metavar="HASH", help="Compare this pin, by its begin.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="HASH", help="With this one.")] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """List the exports that are kept, or say what differs between two of them.

    The newest is the first. Two hashes are compared value by value; a beginning of each is enough.
    """
    with reading(demo=demo) as atlas:
        kept = atlas.pins.all()
        if one is not None:
            if other is None:
                raise BadRequest("compare with what? Expected `modelatlas pins HASH HASH`")
            found = _compared(atlas, pin_named(kept, one), pin_named(kept, other))
    if one is not None:
        _show(found, json=json)
    elif json:
        write_json(map(pin_view, kept))
    else:
        write_table(COLUMNS, [_cells(each) for each in kept], right=COLUMNS[3:5])
        say(f"{len(kept):,} pins" + ("" if kept else "; `modelatlas pin FORMAT` keeps one"))


def _compared(atlas: Atlas, one: Pin, other: Pin) -> list[Difference]:
    if one.format != other.format:
        raise BadRequest(f"{one.format} and {other.format}: expected two pins of one format")
    return differences(one.format, _content(atlas, one), _content(atlas, other))


def _content(atlas: Atlas, pin: Pin) -> bytes:
    content = atlas.pins.content(pin.hash)
    if content is None or hash_of(content) != pin.hash:
        raise CatalogError(f"pin {pin.hash}: the kept bytes are not those that were written; pin it anew")
    return content


def _show(found: list[Difference], *, json: bool) -> None:
    if json:
        write_json(found)
        return
    rows = [(_SIGNS[each.kind], each.path, _cell(each.was), _cell(each.now)) for each in found]
    write_table(CHANGES, rows)
    counts = {kind: sum(each.kind == kind for each in found) for kind in _SIGNS}
    say(", ".join(f"{count:,} {kind}" for kind, count in counts.items()))


def _cell(value: str | None) -> str:
    return NOTHING if value is None else value


def _cells(pin: Pin) -> tuple[str, ...]:
    return (
        pin.hash,
        pin.format,
        f"{pin.made_at:%Y-%m-%d %H:%M}",
        f"{pin.entries:,}",
        f"{pin.size:,}",
        pin.catalog,
    )
