"""Whether a provider's key is set, and the keys of the demo."""

from collections.abc import Mapping
from typing import Literal

from modelatlas.providers.contract import Provider

KeyState = Literal["not needed", "set", "not set"]


def key_state(provider: Provider, variables: Mapping[str, str]) -> KeyState:
    """Tell whether a provider needs a key, and whether it has one."""
    if not provider.key_needed:
        return "not needed"
    return "set" if any(variables.get(name, "").strip() for name in provider.key_variables) else "not set"


def demo_keys(providers: Mapping[str, Provider], *, with_keys: bool) -> dict[str, str]:
    """Return every key variable with the value `demo`, or empty: no real key belongs in a demo."""
    names = {name for each in providers.values() for name in each.key_variables}
    return dict.fromkeys(sorted(names), "demo" if with_keys else "")
