"""Choices that look random and are always the same: a hash of what is chosen for, and of nothing else."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final, TypeVar

Thing = TypeVar("Thing")

_RANGE: Final = 1 << 64


def roll(*what: object) -> int:
    """Return a whole number from 0 to 2^64 - 1 that depends on `what` alone."""
    text = "\x1f".join(map(str, what)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def share(*what: object) -> float:
    """Return a number from 0 to below 1."""
    return roll(*what) / _RANGE


def pick(options: Sequence[Thing], *what: object) -> Thing:
    """Choose one of the options."""
    return options[roll(*what) % len(options)]


def sample(things: Iterable[Thing], size: int, *what: object) -> list[Thing]:
    """Choose `size` of the things, or all if there are fewer."""
    return sorted(things, key=lambda thing: roll(*what, thing))[:size]


def whole(amount: float, *what: object) -> int:
    """Round up or down so that the mean over many choices is the amount."""
    return int(amount) + (share(*what) < amount % 1)
