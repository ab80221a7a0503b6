"""Settings, from the environment and a `.env` file: the only reader of either."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelatlas.domain.catalog import CATALOG_SOURCES, CatalogSource
from modelatlas.domain.errors import Misconfigured

SYNCED_BY_DEFAULT: Final = "openrouter,featherless,nearai,alibaba-cloud"
TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})


class Settings(Struct, frozen=True, kw_only=True):
    """Every setting, read and checked.

    `sync_providers` are the words of PRICING_SYNC_PROVIDERS as written. `keys` holds the whole
    environment, in which each provider's declaration names its own key variable. `via` is a simulator
    that gets every provider call. `openai_compatible` names servers of the operator's, as written, and
    `references` are the words of PRICE_REFERENCES. `redis_url` is where replicas share what they hear, if
    they do. `catalog_source` says whether the live lists are served or the stored ones. `display_rates` is a
    table of rates of exchange, which only display uses.
    """

    home: Path
    database_url: str
    ttl: timedelta
    sync_enabled: bool
    sync_providers: tuple[str, ...]
    sync_interval: timedelta
    admin_keys: tuple[str, ...]
    host: str
    port: int
    via: str | None
    keys: Mapping[str, str]
    openai_compatible: str = ""
    references: tuple[str, ...] = ("genai-prices",)
    redis_url: str | None = None
    catalog_source: CatalogSource = "live"
    display_rates: Path | None = None


DEFAULTS: Final[Mapping[str, str]] = {
    "MODELATLAS_HOME": "",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "MODEL_CATALOG_SOURCE": "live",
    "CATALOG_TTL_SECONDS": "3600",
    "PRICING_SYNC_ENABLED": "true",
    "PRICING_SYNC_PROVIDERS": SYNCED_BY_DEFAULT,
    "PRICING_SYNC_INTERVAL_HOURS": "6",
    "ADMIN_API_KEY": "",
    "MODELATLAS_HOST": "127.0.0.1",
    "PORT": "8080",
    "PROVIDERS_VIA": "",
    "OPENAI_COMPATIBLE": "",
    "PRICE_REFERENCES": "genai-prices",
    "DISPLAY_RATES": "",
}
"""Every setting's variable -> its default; an empty default is explained in docs/operating.md."""


def environment(folder: Path | None = None) -> dict[str, str]:
    """Return the variables of the `.env` file in a folder (the current one), overruled by the environment."""
    path = (folder or Path.cwd()) / ".env"
    return {**_from(path), **os.environ} if path.exists() else dict(os.environ)


def read(variables: Mapping[str, str], *, simulated: bool = False) -> Settings:
    """Read the settings from variables; with `simulated` the data folder is `demo` inside the usual one.

    Raises `Misconfigured` naming the variable, its value and what was expected.
    """
    said = {name: variables.get(name, "").strip() or default for name, default in DEFAULTS.items()}
    home = Path(said["MODELATLAS_HOME"] or _usual_home()).expanduser()
    if simulated:
        home /= "demo"
    return Settings(
        home=home,
        database_url=said["DATABASE_URL"] or f"sqlite:///{home / 'modelatlas.sqlite'}",
        ttl=timedelta(seconds=_number(said, "CATALOG_TTL_SECONDS", 1, 30 * 86_400)),
        sync_enabled=_yes_or_no(said, "PRICING_SYNC_ENABLED"),
        sync_providers=_words(said["PRICING_SYNC_PROVIDERS"]),
        sync_interval=timedelta(hours=_number(said, "PRICING_SYNC_INTERVAL_HOURS", 0.01, 24 * 365)),
        admin_keys=tuple(key.strip() for key in said["ADMIN_API_KEY"].split(",") if key.strip()),
        host=said["MODELATLAS_HOST"],
        port=int(_number(said, "PORT", 0, 65_535)),
        via=said["PROVIDERS_VIA"] or None,
        keys=dict(variables),
        openai_compatible=said["OPENAI_COMPATIBLE"],
        references=_words(said["PRICE_REFERENCES"]),
        redis_url=_redis_url(said["REDIS_URL"]),
        catalog_source=_catalog_source(said["MODEL_CATALOG_SOURCE"]),
        display_rates=Path(said["DISPLAY_RATES"]).expanduser() if said["DISPLAY_RATES"] else None,
    )


def _from(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415 - most have no such file, and need not wait for it

    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _usual_home() -> str:
    import platformdirs  # noqa: PLC0415 - the same

    return platformdirs.user_data_dir("modelatlas", appauthor=False)


def _words(text: str) -> tuple[str, ...]:
    """Split a list that is written with commas or line ends."""
    return tuple(word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


def _number(said: Mapping[str, str], name: str, least: float, most: float) -> float:
    try:
        value = float(said[name])
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Misconfigured(f"{name}={said[name]!r}: expected a number from {least:g} to {most:g}")
    return value


def _redis_url(said: str) -> str | None:
    if said and not said.startswith(("redis://", "rediss://", "unix://")):
        scheme = said.partition("://")[0] if "://" in said else "no scheme"
        raise Misconfigured(f"REDIS_URL has {scheme!r}: expected redis://, rediss:// or unix://; unset, none")
    return said or None


def _catalog_source(said: str) -> CatalogSource:
    for source in CATALOG_SOURCES:
        if said.lower() == source:
            return source
    raise Misconfigured(f"MODEL_CATALOG_SOURCE={said!r}: expected {' or '.join(CATALOG_SOURCES)}")


def _yes_or_no(said: Mapping[str, str], name: str) -> bool:
    word = said[name].lower()
    if word not in TRUE | FALSE:
        raise Misconfigured(f"{name}={said[name]!r}: expected true or false")
    return word in TRUE
