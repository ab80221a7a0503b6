"""Whether what a provider's lists need is set, and the keys of the demo."""

from collections.abc import Mapping
from typing import Literal

from modelatlas.providers.contract import Provider

KeyState = Literal["not needed", "set", "not set"]


def key_state(provider: Provider, variables: Mapping[str, str]) -> KeyState:
    """Tell whether a provider needs a key, or a variable of its URLs, and whether it has all of them."""
    if missing(provider, variables):
        return "not set"
    needs_any = provider.key_needed or len(provider.variables) > len(provider.key_variables)
    return "set" if needs_any else "not needed"


def missing(provider: Provider, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return what to set before a provider's lists can be read; of several names for a key, the first."""
    keys = provider.key_variables
    has_key = not provider.key_needed or any(_is_set(name, variables) for name in keys)
    places = tuple(name for name in provider.variables if name not in keys and not _is_set(name, variables))
    return places if has_key else (keys[0], *places)


def demo_keys(providers: Mapping[str, Provider], *, with_keys: bool) -> dict[str, str]:
    """Return every variable of a provider with the value `demo`, or empty: no real key belongs in a demo."""
    names = {name for each in providers.values() for name in each.variables}
    return dict.fromkeys(sorted(names), "demo" if with_keys else "")


def _is_set(name: str, variables: Mapping[str, str]) -> bool:
    return bool(variables.get(name, "").strip())
