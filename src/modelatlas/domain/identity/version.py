"""The version of the matching: a hash of its rules and tables, so that none of them changes unseen."""

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


@cache
def matching_version() -> str:
    """Return 16 hex characters that differ whenever a module or a table of this package does."""
    whole = hashlib.blake2b(digest_size=8)
    _add(whole, resources.files(__package__))
    return whole.hexdigest()


def _add(whole: "hashlib.blake2b", folder: Traversable) -> None:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir() and each.name != "__pycache__":
            _add(whole, each)
        elif each.name.endswith((".py", ".toml")):
            content = each.read_bytes()
            whole.update(f"{each.name} {len(content)}\n".encode())
            whole.update(content)
