"""`pin`: the bytes of one export, kept under their hash."""

from typing import Annotated

import typer

from modelatlas.cli.export import exported
from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import say, write, write_json
from modelatlas.domain.pins import Pin, hash_of
from modelatlas.views.exports.formats import FORMATS, HISTORICAL
from modelatlas.views.pins import pin_view


def pin(
    format_: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join((*FORMATS, HISTORICAL))}.")
    ],
    provider: Annotated[
        list[str] | None, typer.Option(help="A slug or an alias, or several with commas; may be repeated.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Keep an export under the hash of its bytes.

    It prints the hash. The bytes are kept in the store, so that every service on this store serves them
    at /pins/HASH, the same for ever.
    """
    with reading(demo=demo) as atlas:
        made = exported(atlas, format_, provider)
        kept = atlas.pins.keep(
            Pin(
                hash_of(made.content),
                format_,
                FORMATS[format_].media_type if format_ in FORMATS else "application/json",
                atlas.served.catalog.id,
                atlas.clock.now(),
                made.entries,
                len(made.losses),
                len(made.content),
            ),
            made.content,
        )
    if json:
        write_json([pin_view(kept)])
    else:
        write([kept.hash])
    say(f"{kept.entries:,} entries, {kept.size:,} bytes, at /pins/{kept.hash}; `modelatlas pins` lists all")
