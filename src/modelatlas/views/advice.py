"""What a person can do about a difference, and about what keeps providers from being heard or synced."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.discrepancy import UNEXPLAINED
from modelatlas.domain.ledger import Run
from modelatlas.domain.outcome import KINDS
from modelatlas.domain.refresh import ProviderState
from modelatlas.providers.contract import Provider

LAST_RUNS: Final = 1000
"""So many of the newest runs are looked through for the last ones of each provider."""

_HELD: Final = "held"
_RUN: Final = "run_not_successful"

HINDRANCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        _HELD: "a list is far shorter than the one before, and is kept back until it is seen again",
        _RUN: "the last run of a sync did not succeed",
    }
)
"""What hinders a provider besides the outcome of its last fetch -> what that means."""

_SILENT: Final = frozenset({"ok", "unchanged", "retired", "suspicious_shrink"})
"""Outcomes that need nothing done, or of which a hold tells more."""


class Hindrance(Struct, frozen=True):
    """What keeps providers from being heard or synced; it counts no listing. `to_do` is one line for each."""

    kind: str
    sentence: str
    providers: list[str]
    to_do: list[str]


class Circumstances(Struct, frozen=True):
    """What advice depends on, by provider.

    `synced` are the words of PRICING_SYNC_PROVIDERS, `states` what is held of each, `missing` the variables
    of keys that are needed and not set, `attempts` the last run of each.
    """

    synced: tuple[str, ...] = ()
    states: Mapping[str, ProviderState] = MappingProxyType({})
    missing: Mapping[str, Sequence[str]] = MappingProxyType({})
    attempts: Mapping[str, Run] = MappingProxyType({})


NOTHING_KNOWN: Final = Circumstances()


def missing_keys(providers: Iterable[Provider], keys: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Return the variables of keys that a provider's lists need, of which none is set."""
    return {
        each.slug: each.key_variables
        for each in providers
        if each.retired is None
        and each.key_needed
        and not any(keys.get(name, "").strip() for name in each.key_variables)
    }


def last_runs(newest: Iterable[Run]) -> dict[str, Run]:
    """Return the newest run of each provider; `newest` has the newest first."""
    found: dict[str, Run] = {}
    for run in newest:
        found.setdefault(run.provider, run)
    return found


def to_do(reason: str, providers: Sequence[str], known: Circumstances) -> list[str]:
    """Say what a person can do about a reason, which providers have: what helps most first.

    >>> to_do("provider_not_synced", ["groq"], Circumstances(("openrouter",)))[0]
    'set PRICING_SYNC_PROVIDERS=openrouter,groq to sync it from now on'
    """
    return _ADVICE[reason](providers, known)


def hindrances(slugs: Iterable[str], known: Circumstances) -> list[Hindrance]:
    """Say what keeps these providers from being heard or synced: holds first, then runs, then fetches."""
    found: dict[str, dict[str, str]] = {_HELD: {}, _RUN: {}, **{kind: {} for kind in KINDS}}
    for slug in sorted(slugs):
        state, run = known.states.get(slug), known.attempts.get(slug)
        if state is not None and state.held is not None:
            found[_HELD][slug] = _held(state)
        if state is not None and state.outcome is not None and state.outcome.kind not in _SILENT:
            found[state.outcome.kind][slug] = _fetch(slug, state.outcome.detail, known)
        elif run is not None and run.status not in {"success", "running"}:
            found[_RUN][slug] = f"{slug}: {run.status}" + (f": {run.error}" if run.error else "")
    sentences = {**KINDS, **HINDRANCES}
    return [
        Hindrance(kind, sentences[kind], list(lines), list(lines.values()))
        for kind, lines in found.items()
        if lines
    ]


def _fetch(slug: str, detail: str, known: Circumstances) -> str:
    variables = known.missing.get(slug)
    return f"{slug}: {detail}" if not variables else f"{slug}: set {' or '.join(variables)}"


def _held(state: ProviderState) -> str:
    short = state.held.snapshot if state.held is not None else None
    count = 0 if short is None else len(short.listings)
    before = 0 if state.snapshot is None else len(state.snapshot.listings)
    return (
        f"{state.slug}: {count:,} listings after {before:,}: to believe it now, "
        f"POST /admin/holds/{state.slug}/release"
    )


def _not_synced(providers: Sequence[str], known: Circumstances) -> list[str]:
    words = ",".join([*known.synced, *providers])
    return [
        f"set PRICING_SYNC_PROVIDERS={words} to sync {_it(providers)} from now on",
        f"run {_sync(providers)} to sync {_it(providers)} once",
    ]


def _never_synced(providers: Sequence[str], known: Circumstances) -> list[str]:
    keys = [f"set {' or '.join(known.missing[slug])} ({slug})" for slug in providers if slug in known.missing]
    return [*keys, f"run {_sync(providers)}, which says what hinders it"]


def _unheard(providers: Sequence[str], known: Circumstances) -> list[str]:
    keys = [f"set {' or '.join(known.missing[slug])} ({slug})" for slug in providers if slug in known.missing]
    rest = [slug for slug in providers if slug not in known.missing]
    return [*keys, *(f"POST /admin/refresh/{slug} asks it again" for slug in rest)]


def _sync_again(providers: Sequence[str], _: Circumstances) -> list[str]:
    return [f"run {_sync(providers)}, or wait for the next run"]


def _sync(providers: Sequence[str]) -> str:
    return f"`modelatlas sync {' '.join(providers)}`"


def _it(providers: Sequence[str]) -> str:
    return "it" if len(providers) == 1 else "them"


def _always(*lines: str) -> Callable[[Sequence[str], Circumstances], list[str]]:
    return lambda _providers, _known: list(lines)


_FORGET: Final = "`modelatlas override list` shows all words; with `--forget` one is taken back"

_ADVICE: Final[Mapping[str, Callable[[Sequence[str], Circumstances], list[str]]]] = {
    "operator_excluded": _always(_FORGET),
    "provider_not_synced": _not_synced,
    "provider_never_synced": _never_synced,
    "no_price": _always(
        "nothing: a listing is stored as soon as it has a price",
        "`modelatlas override keep PROVIDER ID` stores one all the same",
    ),
    "price_quarantined": _always("release the price, or wait for a second source"),
    "inactive_upstream": _always("nothing"),
    "appeared_since_sync": _sync_again,
    "operator_kept": _always(_FORGET),
    "no_live_snapshot": _unheard,
    "missing_grace": _always("nothing: it comes back, or it becomes inactive after a few missed runs"),
    "vanished_since_sync": _sync_again,
    "live_behind": _always("nothing: it passes with the next fetch"),
    UNEXPLAINED: _always("report it, please, with the output of `modelatlas explain --listings --json`"),
}
"""Reason -> what a person can do; docs/discrepancies.md says more."""
