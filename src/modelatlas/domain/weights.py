"""Whose weights are closed: models that nobody but their lab has, as a table with sources."""

import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert


class Weights(Struct, frozen=True):
    """What a lab keeps to itself: how names of such models begin, and how those begin that it publishes."""

    source: str
    closed: tuple[str, ...]
    open: tuple[str, ...] = ()


@cache
def weights() -> dict[str, Weights]:
    """Return the table by lab. Raises `msgspec.ValidationError` where it is not of its shape."""
    text = files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text), dict[str, Weights])


def is_closed(model: str) -> bool:
    """Tell whether the weights of a model (`lab/name`) are its lab's alone: no, where the table names none.

    >>> is_closed("anthropic/claude-opus-5"), is_closed("x-ai/grok-1"), is_closed("acme/rocket-2")
    (True, False, False)
    """
    lab, _, name = model.partition("/")
    its = weights().get(lab)
    return its is not None and name.startswith(its.closed) and not (its.open and name.startswith(its.open))
