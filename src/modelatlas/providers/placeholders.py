"""Environment variables in a URL: `{CLOUDFLARE_ACCOUNT_ID}` or, with a default, `{AWS_REGION=us-east-1}`."""

import re
from collections.abc import Mapping
from typing import Final

from modelatlas.domain.errors import Misconfigured

SIMULATED: Final = "demo"
"""What stands for a variable without a default in the URL that a simulator answers at."""

_PLACEHOLDER: Final = re.compile(r"\{([A-Z][A-Z0-9_]*)(?:=([A-Za-z0-9_.-]+))?\}")
_FIT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,99}", re.ASCII)


def needed_in(url: str) -> tuple[str, ...]:
    """Return the variables of a URL that have no default, each once.

    >>> needed_in("https://api.example/{AWS_REGION=us-east-1}/{ACCOUNT_ID}/models")
    ('ACCOUNT_ID',)
    """
    return tuple(dict.fromkeys(name for name, default in _PLACEHOLDER.findall(url) if not default))


def filled(url: str, variables: Mapping[str, str]) -> str:
    """Return a URL with its variables' values, or their defaults where they are not set.

    Raises `Misconfigured` for one that has neither, and for a value that could change host or path: it may
    have letters, digits, `-`, `_` and single dots, and begins with a letter or a digit.
    """

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2] or ""
        said = variables.get(name, "").strip() or default
        if not said:
            raise Misconfigured(f"set {name}")
        if _FIT.fullmatch(said) is None:
            raise Misconfigured(f"{name} cannot stand in a URL: expected letters, digits, -, _, single dots")
        return said

    return _PLACEHOLDER.sub(value, url)


def hidden_in(url: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that tell whose account it is: those of variables without a default."""
    return tuple(said for name in needed_in(url) if (said := variables.get(name, "").strip()))


def simulated_url(url: str) -> str:
    """Return the URL at which a simulator answers, whatever the environment holds.

    >>> simulated_url("https://{AWS_REGION=us-east-1}.example/{ACCOUNT_ID}/models")
    'https://us-east-1.example/demo/models'
    """
    return _PLACEHOLDER.sub(lambda found: found[2] or SIMULATED, url)
