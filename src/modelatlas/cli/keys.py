"""Whether what a provider's lists need is set, and the keys of the demo."""

from collections.abc import Mapping
from typing import Literal

from modelatlas.providers.contract import Provider, needed_by, places_in, ways_of

KeyState = Literal["not needed", "set", "not set"]


def key_state(provider: Provider, variables: Mapping[str, str]) -> KeyState:
    """Tell whether a provider needs a key, or a variable of its URLs, and whether it has all of them."""
    if missing(provider, variables):
        return "not set"
    return "set" if provider.key_needed or _places(provider) else "not needed"


def missing(provider: Provider, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return what to set before a provider's models can be read; of several ways to be let in, the first."""
    places = tuple(name for name in _places(provider) if not _is_set(name, variables))
    if not provider.key_needed or provider.has_key(variables):
        return places
    return (*(group[0] for group in needed_by(ways_of(provider.auth)[0])), *places)


def demo_keys(providers: Mapping[str, Provider], *, with_keys: bool) -> dict[str, str]:
    """Return every variable of a provider with the value `demo`, or empty: no real key belongs in a demo."""
    names = {name for each in providers.values() for name in each.variables}
    return dict.fromkeys(sorted(names), "demo" if with_keys else "")


def _places(provider: Provider) -> tuple[str, ...]:
    """Return the variables in the URLs of the lists of models."""
    lists = (each for each in provider.lists if each.yields == "listings")
    return tuple(dict.fromkeys(name for each in lists for name in places_in(each)))


def _is_set(name: str, variables: Mapping[str, str]) -> bool:
    return bool(variables.get(name, "").strip())
