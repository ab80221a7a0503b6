"""Which lists of a provider can be asked for: what lets a call in, where it goes, or what is missing."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from modelatlas.domain.errors import Misconfigured
from modelatlas.fetching.auth import HELP, Access, access, what_is_missing
from modelatlas.fetching.urls import host_of
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.placeholders import filled, hidden_in, simulated_url

Accesses = Sequence[tuple[ModelList, Access]]
"""The lists of a provider that can be read, their URLs filled in, each with what lets a call in."""


def accesses(
    provider: Provider, variables: Mapping[str, str], *, simulated: bool = False
) -> tuple[Accesses, str]:
    """Return the lists that can be read, and what a person can do about the others.

    None can be where only prices could be read: prices of nothing.
    """
    ready: list[tuple[ModelList, Access]] = []
    closed: dict[str, str] = {}
    for declared in provider.lists:
        try:
            ready.append(_ready(provider, declared, variables, simulated=simulated))
        except Misconfigured as missing:
            closed[declared.name] = str(missing)
    reasons = "; ".join(dict.fromkeys(closed.values()))
    if not any(declared.yields == "listings" for declared, _ in ready):
        return (), reasons
    return ready, f"without its list {', '.join(closed)}: {reasons}" if closed else ""


def _ready(
    provider: Provider, declared: ModelList, variables: Mapping[str, str], *, simulated: bool
) -> tuple[ModelList, Access]:
    """Return a list with its URL filled in and what lets a call in. Raises `Misconfigured` naming all."""
    granted = access(provider, declared, variables, simulated=simulated)
    missing = [] if granted is not None else [what_is_missing(provider, variables)]
    url = ""
    try:
        url = filled(declared.url, variables)
    except Misconfigured as error:
        missing.append(f"{error} ({HELP})")
    if granted is None or missing:
        raise Misconfigured("; ".join(missing))
    if simulated:
        return replace(declared, url=simulated_url(declared.url)), granted
    hidden = hidden_in(declared.url, variables) or ((host_of(url),) if provider.named_by_operator else ())
    return replace(declared, url=url), replace(granted, hidden=hidden) if hidden else granted
