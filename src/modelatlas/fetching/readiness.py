"""Which lists of a provider can be asked for: what lets a call in, where it goes, or what is missing."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from modelatlas.domain.errors import Misconfigured
from modelatlas.fetching.auth import HELP, Access, access, what_is_missing
from modelatlas.fetching.urls import host_of
from modelatlas.providers.contract import ModelList, Provider, auth_of
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
    if not any(declared.yields == "listings" for declared, _ in ready):
        models = (closed[each.name] for each in provider.lists if each.yields == "listings")
        return (), "; ".join(dict.fromkeys(models))
    unjoined = [each.name for each, _ in ready if each.rows is not None and each.rows.meters in closed]
    ready = [(each, granted) for each, granted in ready if each.name not in unjoined]
    without = ", ".join([*closed, *unjoined])
    return ready, f"without its list {without}: {'; '.join(dict.fromkeys(closed.values()))}" if closed else ""


def _ready(
    provider: Provider, declared: ModelList, variables: Mapping[str, str], *, simulated: bool
) -> tuple[ModelList, Access]:
    """Return a list with its URL filled in and what lets a call in. Raises `Misconfigured` naming all."""
    granted, missing = _granted(provider, declared, variables, simulated=simulated)
    try:
        url, params = (
            filled(declared.url, variables),
            {name: filled(value, variables) for name, value in declared.params.items()},
        )
    except Misconfigured as error:
        raise Misconfigured("; ".join([*missing, f"{error} ({HELP})"])) from None
    if granted is None:
        raise Misconfigured("; ".join(missing))
    if simulated:
        params = {name: simulated_url(value) for name, value in declared.params.items()}
        return replace(declared, url=simulated_url(declared.url), params=params), granted
    texts = (declared.url, *declared.params.values())
    hidden = tuple(word for text in texts for word in hidden_in(text, variables))
    hidden = hidden or ((host_of(url),) if provider.named_by_operator else ())
    return replace(declared, url=url, params=params), replace(granted, hidden=hidden) if hidden else granted


def _granted(
    provider: Provider, declared: ModelList, variables: Mapping[str, str], *, simulated: bool
) -> tuple[Access | None, list[str]]:
    """Return what lets a call in, or None and what is missing."""
    try:
        granted = access(provider, declared, variables, simulated=simulated)
    except Misconfigured as error:
        return None, [f"{error} ({HELP})"]
    missing = [] if granted is not None else [what_is_missing(auth_of(provider, declared), variables)]
    return granted, missing
