"""One command, run by typer; an error of ours becomes one line on the standard error and an exit code."""

import gc
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import typer

from modelatlas.cli.output import say
from modelatlas.domain.errors import BadRequest, CatalogError, Misconfigured

FAILED: Final = 1
USAGE: Final = 2
PARTLY_FAILED: Final = 3


def run(name: str, words: Sequence[str]) -> None:
    """Run a command; end by `SystemExit` unless all went well."""
    try:
        app_of(name)(list(words), prog_name=f"modelatlas {name}", standalone_mode=True)
    except CatalogError as error:
        say(f"error: {error}")
        sys.exit(code_of(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        say(f"error: {error}")
        sys.exit(FAILED)


def app_of(name: str) -> typer.Typer:
    """Return the typer application of one command, importing its module."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(name)(function_of(name))
    return app


def function_of(name: str) -> Callable[..., Any]:
    """Return the function of a command; what is imported by then counts as no garbage."""
    function: Callable[..., Any] = getattr(importlib.import_module(f"modelatlas.cli.{name}"), name)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    return function


def code_of(error: CatalogError) -> int:
    """Return the exit code of an error: 2 when the question or the settings were wrong, else 1."""
    return USAGE if isinstance(error, BadRequest | Misconfigured) else FAILED
