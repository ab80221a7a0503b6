"""`simulate`: the providers played, on a port of this machine."""

import threading
from pathlib import Path
from typing import Annotated, Final

import typer

from modelatlas.cli.output import write
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.query import nearest
from modelatlas.simulator.faults import FAULTS
from modelatlas.simulator.profiles import PROFILES
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import World, generated, recorded

PORT: Final = 9000


def simulate(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 is any free one.")] = PORT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    profile: Annotated[str, typer.Option(help=f"How many models: {', '.join(PROFILES)}.")] = "seed",
    recordings: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Answer with recordings: files named SLUG[.LIST][.DATE].json[.gz]."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=SLUG]",
            help=f"Go wrong on purpose, for all or one; may be repeated. {', '.join(FAULTS)}.",
        ),
    ] = None,
) -> None:
    """Answer like the providers, with no network and no keys.

    Point the service at it with `modelatlas serve --via URL`. `GET /` says what is simulated, how to let
    time pass and which faults there are to switch on.
    """
    world = world_of(profile, recordings)
    with background(world, host=host, port=port, faults=fault or ()) as url:
        write(told(world, url))
        threading.Event().wait()  # until Ctrl-C


def world_of(profile: str, recordings: Path | None) -> World:
    """Return the world that the options ask for. Raises `CatalogError` for one that there is not."""
    if recordings is not None:
        return recorded(recordings)
    if profile not in PROFILES:
        raise BadRequest(f"--profile {profile!r}: {nearest(profile, PROFILES)}")
    return generated(profile)


def told(world: World, url: str) -> list[str]:
    """Say where the simulator is and what it holds."""
    listings = world.listings()
    return [
        f"The simulator answers at {url}: {sum(listings.values()):,} listings of {len(listings)} providers.",
        f"  modelatlas serve --via {url}",
        f"  curl {url}/",
    ]
