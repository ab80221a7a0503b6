"""What a call may send to be let in: headers or parameters, given the keys of the environment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote, quote_plus

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.fetching.signing import AwsSigner, GoogleSigner
from modelatlas.providers.contract import (
    Auth,
    GoogleServiceAccount,
    Header,
    ModelList,
    Open,
    Provider,
    QueryKey,
    SigV4,
    Way,
    auth_of,
    chosen,
    needed_by,
    needs_key,
    variables_of,
    ways_of,
)

SIMULATED_KEY: Final = "demo"
"""What a simulator gets instead of any real key."""

_SHORTEST: Final = 8
"""Characters of the shortest key that is looked for in answers."""

HELP: Final = "docs/operating.md#keys"


class Signer(Protocol):
    """Makes the headers of one call at a time: they depend on its URL and on the instant."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The words that may occur in no text."""

    def headers(self, url: str, at: datetime) -> Mapping[str, str]:
        """Return the headers that let a call of a URL in at an instant."""


class Access(Struct, frozen=True):
    """The headers or parameters that let a call in.

    `variable` is the one whose key they hold, None when they hold none. `hidden` are words that are no key
    and are shown to nobody all the same: whose account it is. `signer` makes the headers of each call anew.
    """

    headers: Mapping[str, str] = {}
    variable: str | None = None
    params: Mapping[str, str] = {}
    hidden: tuple[str, ...] = ()
    signer: Signer | None = None

    def __repr__(self) -> str:
        return f"Access(variable={self.variable!r})"  # all else is secret

    @property
    def secrets(self) -> tuple[str, ...]:
        """The words that may occur in no text: each key, and how it is written in a URL."""
        keys = [value.rpartition(" ")[2] for value in (*self.headers.values(), *self.params.values())]
        if self.signer is not None:
            keys.extend(self.signer.secrets)
        return tuple(dict.fromkeys(word for key in keys for word in (key, quote_plus(key), quote(key))))

    def of_call(self, url: str, at: datetime) -> "Access":
        """Return the access with the headers that its signer makes for one call."""
        if self.signer is None:
            return self
        return replace(self, headers={**self.headers, **self.signer.headers(url, at)})

    def is_told_in(self, text: bytes) -> bool:
        """Tell whether a text holds the key; what is too short to be one is not looked for."""
        return any(len(secret) >= _SHORTEST and secret.encode() in text for secret in self.secrets)


def access(
    provider: Provider, declared: ModelList, keys: Mapping[str, str], *, simulated: bool = False
) -> Access | None:
    """Return what lets a call of a list in, or None when it needs a key and none is set.

    A list for everybody gets no key. A simulator gets `demo` in the place of a key that is set. Raises
    `Misconfigured` where a key is set that cannot be used: its library or its file is missing.
    """
    auth = auth_of(provider, declared)
    if isinstance(auth, Open) or not needs_key(provider, declared):
        return Access()
    way = chosen(auth, keys)
    return None if way is None else _granted(way, keys, simulated=simulated)


def _granted(way: Way, keys: Mapping[str, str], *, simulated: bool) -> Access | None:
    """Return the access of a way whose variables are set, or None where what they hold cannot be sent."""
    if isinstance(way, SigV4):
        return _signed(way, {} if simulated else keys, SIMULATED_KEY if simulated else "")
    variable = next(name for group in needed_by(way) for name in group if keys.get(name, "").strip())
    key = SIMULATED_KEY if simulated else keys[variable].strip()
    if isinstance(way, GoogleServiceAccount) and not simulated:
        return Access(variable=variable, signer=GoogleSigner(variable, key))
    if not is_sendable(key):
        return None
    if isinstance(way, QueryKey):
        return Access({}, variable, {way.param: key})
    header, prefix = (way.header, way.prefix) if isinstance(way, Header) else ("Authorization", "Bearer")
    return Access({header: f"{prefix} {key}".strip()}, variable)


def _signed(way: SigV4, keys: Mapping[str, str], instead: str) -> Access | None:
    """Return the access that signs calls with access keys, or with `instead` in the place of both parts."""
    names = (way.env, way.signing_env, way.session_env)
    parts = (instead, instead, "") if instead else tuple(keys.get(name, "").strip() for name in names)
    return (
        Access(variable=way.env, signer=AwsSigner(way, parts, keys)) if all(map(is_sendable, parts)) else None
    )


def what_is_missing(auth: Auth, keys: Mapping[str, str]) -> str:
    """Say to a person which variables to set."""
    way = chosen(auth, keys)
    if way is None:
        ways = (" and ".join(group[0] for group in needed_by(each)) for each in ways_of(auth))
        return f"set {', or '.join(ways)} ({HELP})"
    unfit = next(name for name in variables_of(way) if not is_sendable(keys.get(name, "")))
    return f"{unfit} holds characters that no key has: set it again ({HELP})"


def what_to_do_when_refused(auth: Auth, variable: str | None) -> str:
    """Say to a person what to do about a 401 or 403 for a call with the key of a variable, or without key."""
    if variable is not None:
        return f"set {variable} to a key that may list models ({HELP})"
    if isinstance(auth, Open):
        return "its list is declared to be for everybody: see its documentation"
    first = needed_by(ways_of(auth)[0])[0][0]
    return f"its list is declared to be for everybody; it may need {first} now"


def is_sendable(key: str) -> bool:
    """Tell whether a key can stand in a header: in ASCII, printable and without blanks."""
    word = key.strip()
    return word.isascii() and word.isprintable() and " " not in word
