"""What a call may send to be let in: headers or parameters, given the keys of the environment."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from msgspec import Struct

from modelatlas.providers.contract import Header, Keyed, ModelList, Open, Provider, QueryKey, needs_key

SIMULATED_KEY: Final = "demo"
"""What a simulator gets instead of any real key."""

_SHORTEST: Final = 8
"""Characters of the shortest key that is looked for in answers."""

HELP: Final = "docs/operating.md#keys"


class Access(Struct, frozen=True):
    """The headers or parameters that let a call in.

    `variable` is the one whose key they hold, None when they hold none. `hidden` are words that are no key
    and are shown to nobody all the same: whose account it is.
    """

    headers: Mapping[str, str] = {}
    variable: str | None = None
    params: Mapping[str, str] = {}
    hidden: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Access(variable={self.variable!r})"  # all else is secret

    @property
    def secrets(self) -> tuple[str, ...]:
        """The words that may occur in no text: each key, and how it is written in a URL."""
        keys = [value.rpartition(" ")[2] for value in (*self.headers.values(), *self.params.values())]
        return tuple(dict.fromkeys(word for key in keys for word in (key, quote_plus(key), quote(key))))

    def is_told_in(self, text: bytes) -> bool:
        """Tell whether a text holds the key; what is too short to be one is not looked for."""
        return any(len(secret) >= _SHORTEST and secret.encode() in text for secret in self.secrets)


def access(
    provider: Provider, declared: ModelList, keys: Mapping[str, str], *, simulated: bool = False
) -> Access | None:
    """Return what lets a call of a list in, or None when it needs a key and none is set.

    A list for everybody gets no key. A simulator gets `demo` in the place of a key that is set.
    """
    auth = provider.auth
    if isinstance(auth, Open) or not needs_key(provider, declared):
        return Access()
    variable = _variable(auth, keys)
    if variable is None or not is_sendable(keys[variable]):
        return None
    key = SIMULATED_KEY if simulated else keys[variable].strip()
    if isinstance(auth, QueryKey):
        return Access({}, variable, {auth.param: key})
    if isinstance(auth, Header):
        return Access({auth.header: f"{auth.prefix} {key}" if auth.prefix else key}, variable)
    return Access({"Authorization": f"Bearer {key}"}, variable)


def what_is_missing(provider: Provider, keys: Mapping[str, str]) -> str:
    """Say to a person which variable to set."""
    if isinstance(provider.auth, Open):
        return ""
    variable = _variable(provider.auth, keys)
    if variable is not None and not is_sendable(keys[variable]):
        return f"{variable} holds characters that no key has: set it again ({HELP})"
    return f"set {provider.auth.env} ({HELP})"


def what_to_do_when_refused(provider: Provider, variable: str | None) -> str:
    """Say to a person what to do about a 401 or 403 for a call with the key of a variable, or without key."""
    if variable is not None:
        return f"set {variable} to a key that may list models ({HELP})"
    if isinstance(provider.auth, Open):
        return "its list is declared to be for everybody: see its documentation"
    return f"its list is declared to be for everybody; it may need {provider.auth.env} now"


def is_sendable(key: str) -> bool:
    """Tell whether a key can stand in a header: in ASCII, printable and without blanks."""
    word = key.strip()
    return word.isascii() and word.isprintable() and " " not in word


def _variable(auth: Keyed, keys: Mapping[str, str]) -> str | None:
    """Return the first of the declared variables that is set."""
    return next((name for name in (auth.env, *auth.others) if keys.get(name, "").strip()), None)
