"""The keys that open writing, and the file of the one that is made."""

import secrets
from pathlib import Path
from typing import Final

from modelatlas.settings import Settings

ADMIN_KEY_FILE: Final = "admin.key"
"""In the data folder: the key that is made where none is set."""


def admin_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys that open writing; without ADMIN_API_KEY one is made and kept in `admin.key` (0600)."""
    if settings.admin_keys:
        return settings.admin_keys
    path = settings.home / ADMIN_KEY_FILE
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(32))
    return (path.read_text(encoding="ascii").strip(),)


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="ascii")
