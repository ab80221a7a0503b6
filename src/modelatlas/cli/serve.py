"""`serve`: the catalog over HTTP; with `--demo`, providers and all on this machine."""

import contextlib
import logging
from collections.abc import Mapping
from typing import Annotated

import typer

from modelatlas.cli import serving
from modelatlas.cli.announcement import announced
from modelatlas.cli.keys import demo_keys
from modelatlas.cli.opening import is_loopback, log_to_stderr, settings_via
from modelatlas.cli.options import RemoteVia, Via
from modelatlas.cli.output import write
from modelatlas.cli.workers import Service
from modelatlas.cli.workers import run as run_all
from modelatlas.providers.registry import declared
from modelatlas.settings import Settings, environment, read
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import generated
from modelatlas.web.app import create, policy
from modelatlas.web.memory import bound
from modelatlas.web.page import read_page
from modelatlas.web.stream import Closing
from modelatlas.wiring.building import build
from modelatlas.wiring.first_start import prepare_apart


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on; default MODELATLAS_HOST.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="The port; default PORT; 0 is any free one.")
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Simulate the providers, too: no network, no keys, a store of its own."),
    ] = False,
    no_keys: Annotated[bool, typer.Option("--no-keys", help="With --demo: as if no key were set.")] = False,
    via: Via = None,
    allow_remote_via: RemoteVia = False,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=64, help="Processes that are read; from 2 on, one more asks providers and syncs."
        ),
    ] = 1,
) -> None:
    """Serve the catalog over HTTP and keep it fresh.

    Settings come from the environment and a `.env` file (docs/operating.md); `modelatlas doctor` shows them.
    """
    if no_keys and not demo:
        raise typer.BadParameter("--no-keys belongs to --demo")
    if via is not None and demo:
        raise typer.BadParameter("--via and --demo: expected one of them; --demo brings its own simulator")
    log_to_stderr(logging.INFO)
    bound()
    serving.collect_seldom()
    with contextlib.ExitStack() as stack:
        if demo:
            simulator = stack.enter_context(background(generated("seed")))
            settings = demo_settings(environment(), simulator, with_keys=not no_keys)
        else:
            settings = settings_via(environment(), via)
        at = host or settings.host
        listener = stack.enter_context(serving.listen(at, settings.port if port is None else port))
        prepare_apart(settings)
        atlas = build(settings, allow_remote_via=allow_remote_via)
        public = not is_loopback(at)
        if workers > 1:
            policy(atlas, demo=demo, public_bind=public)  # a key is made once
            atlas.engine.dispose()
            service = Service(settings, workers, logging.INFO, allow_remote_via, demo, public, access_log)
            run_all(service, listener, write)
            return
        closing = Closing()
        app = create(atlas, demo=demo, public_bind=public, page=read_page(), closing=closing)
        url = serving.url_of(listener)
        serving.run(
            app,
            listener,
            lambda: write(announced(atlas, url, demo=demo, public=public)),
            closing.begin,
            access_log=access_log,
        )


def demo_settings(variables: Mapping[str, str], simulator: str, *, with_keys: bool) -> Settings:
    """Return the settings of the demo: its own store, and the key `demo` for every provider, or none."""
    keys = demo_keys(declared(), with_keys=with_keys)
    return read({**variables, **keys, "PROVIDERS_VIA": simulator, "DATABASE_URL": ""}, simulated=True)
