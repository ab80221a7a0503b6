"""What `doctor` looks at, as values: settings, store, providers and packages, and what is wrong with them."""

import importlib.metadata
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from modelatlas import __version__
from modelatlas.cli.keys import KeyState, key_state, missing
from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.ledger import StoredProvider
from modelatlas.domain.refresh import ProviderState
from modelatlas.prices.file import Curated
from modelatlas.prices.files import expiring, with_own
from modelatlas.providers.contract import Provider
from modelatlas.settings import DEFAULTS, environment, read
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.keys import ADMIN_KEY_FILE
from modelatlas.wiring.quick import CURATED_FOLDER

Source = Literal["environment", ".env", "default"]

_PASSWORD: Final = re.compile(r"(?<=://)([^:/@]*):.*@|([?&](?:ssl)?password=)[^&]*")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


class Setting(Struct, frozen=True):
    """One setting as it holds, without secrets, and where it was set."""

    name: str
    value: str
    source: Source


class Store(Struct, frozen=True):
    """The store: where it is, which world it belongs to, the revision of its tables, what it holds."""

    place: str
    kind: str | None
    revision: str | None
    size_bytes: int | None
    active_models: int
    runs: int


class ProviderRow(Struct, frozen=True):
    """One provider: its key, the list that the store keeps of it, and how its last run went."""

    provider: str
    kind: str
    key: KeyState
    variables: tuple[str, ...]
    missing: tuple[str, ...]
    synced: bool
    retired: str | None
    heard_at: datetime | None
    listings: int
    rejected: int
    unread: int
    surprises: dict[str, int]
    stored: int
    run_at: datetime | None
    run_status: str | None
    run_error: str | None


class CuratedRow(Struct, frozen=True):
    """A curated file: which page it holds, how many ids it prices, and until when it is believed."""

    provider: str
    source: str
    ids: int
    read: date
    expires: date
    state: Literal["good", "expires soon", "expired"]


def settings_rows(variables: Mapping[str, str], *, demo: bool) -> list[Setting]:
    """Return every setting with its value and its source."""
    outside = environment(Path(__file__).parent)  # a folder without .env: the environment alone
    defaults = {**DEFAULTS, **_made_defaults(variables, demo=demo)}
    return [_setting(name, variables, outside, defaults[name]) for name in DEFAULTS]


def store_of(atlas: Atlas) -> Store:
    """Look into the store."""
    return Store(
        atlas.engine.url.render_as_string(),
        _text(atlas, "SELECT kind FROM store_stamp"),
        _text(atlas, "SELECT version_num FROM alembic_version"),
        _size(atlas),
        int(_text(atlas, "SELECT COUNT(*) FROM models WHERE is_active = true") or 0),
        int(_text(atlas, "SELECT COUNT(*) FROM pricing_sync_log") or 0),
    )


def provider_rows(atlas: Atlas) -> list[ProviderRow]:
    """Look at every declared provider, in alphabetical order."""
    stored = atlas.ledger.stored()
    return [
        _provider(each, atlas, atlas.live.states[slug], stored.get(slug, StoredProvider(slug)))
        for slug, each in atlas.providers.items()
    ]


def curated_rows(atlas: Atlas) -> tuple[list[CuratedRow], list[str]]:
    """Look at every curated file, the first to expire first; say what to do about those that expire."""
    today, files = atlas.clock.now().date(), with_own(atlas.settings.home / CURATED_FOLDER)
    found = [_curated(each, today) for each in files.values()]
    found.sort(key=lambda row: (row.expires, row.provider))
    return found, list(expiring(files, today))


def packages() -> dict[str, str | None]:
    """Return the version of this program and of each package it needs; None for one that is missing."""
    needed = importlib.metadata.requires("modelatlas") or []
    names = [name[0] for wish in needed if (name := _NAME.match(wish)) is not None]
    return {"modelatlas": __version__, **{name: _version(name) for name in sorted(names)}}


def problems_of(rows: Mapping[str, str | None], unexplained: int) -> Iterator[str]:
    """Say what is broken, of packages and counts, and what to do."""
    for name, version in rows.items():
        if version is None:
            yield f"the package {name} is missing: install Model Atlas again"
    if unexplained:
        yield (
            f"{unexplained} listings differ without a reason: please report it, "
            "with the output of `modelatlas explain --listings`"
        )


def notes_of(rows: list[ProviderRow]) -> Iterator[str]:
    """Say what is worth knowing of the providers, and what to do."""
    for row in rows:
        if row.synced and row.key == "not set":
            yield f"{row.provider} is synced and cannot be read: set {' and '.join(row.missing)}"
        if row.run_status == "failed":
            yield f"the last run of {row.provider} failed: {row.run_error}"
        if row.surprises:
            paths = ", ".join(sorted(row.surprises)[:5])
            yield f"{row.provider} sends what is not declared ({paths}): a newer Model Atlas may read it"


def _made_defaults(variables: Mapping[str, str], *, demo: bool) -> dict[str, str]:
    """Return the defaults that depend on the machine; without a word where other settings cannot be read."""
    try:
        settings = read(variables, simulated=demo)
    except Misconfigured:
        return {}
    return {
        "MODELATLAS_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "ADMIN_API_KEY": f"(made at the first start, in {settings.home / ADMIN_KEY_FILE})",
    }


def _setting(name: str, variables: Mapping[str, str], outside: Mapping[str, str], default: str) -> Setting:
    said = variables.get(name, "").strip()
    if not said:
        return Setting(name, default or "(none)", "default")
    shown = "(set)" if name == "ADMIN_API_KEY" else _PASSWORD.sub(_hidden, said)
    return Setting(name, shown, "environment" if name in outside else ".env")


def _hidden(found: re.Match[str]) -> str:
    user, query = found.groups()
    return f"{query}***" if query else f"{user}:***@"


def _size(atlas: Atlas) -> int | None:
    if atlas.engine.dialect.name == "postgresql":
        return int(_text(atlas, "SELECT pg_database_size(current_database())") or 0)
    file = Path(str(atlas.engine.url.database))
    return file.stat().st_size if file.is_file() else None


def _text(atlas: Atlas, question: str) -> str | None:
    _, rows = atlas.query(question)
    return str(rows[0][0]) if rows else None


def _provider(provider: Provider, atlas: Atlas, state: ProviderState, stored: StoredProvider) -> ProviderRow:
    part, run = state.snapshot, stored.last_attempt
    return ProviderRow(
        provider.slug,
        provider.kind,
        key_state(provider, atlas.settings.keys),
        provider.variables,
        missing(provider, atlas.settings.keys),
        provider.slug in atlas.synced,
        provider.retired,
        None if part is None else part.fetched_at,
        0 if part is None else len(part.listings),
        0 if part is None else len(part.rejected),
        0 if part is None else len(part.unread),
        {} if part is None else part.surprises,
        len(stored.active),
        None if run is None else run.started_at,
        None if run is None else run.status,
        None if run is None else run.error,
    )


def _curated(file: Curated, today: date) -> CuratedRow:
    state: Literal["good", "expires soon", "expired"] = "good"
    if file.is_expired(today):
        state = "expired"
    elif file.expires_soon(today):
        state = "expires soon"
    return CuratedRow(file.provider, file.source, len(file.rules), file.read, file.expires, state)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
