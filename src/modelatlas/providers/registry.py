"""All declared providers, found by looking: a new file in this folder is a new provider everywhere (F22)."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from modelatlas import providers
from modelatlas.domain.errors import BadRequest
from modelatlas.providers.contract import Provider

MACHINERY: Final = frozenset(
    {
        "amounts",
        "assembling",
        "aws_price_list",
        "azure_retail",
        "column_reading",
        "columns",
        "conditional",
        "conditions",
        "contract",
        "families",
        "fields",
        "google_billing",
        "openai_compatible",
        "paths",
        "payload",
        "placeholders",
        "price_path",
        "price_rows",
        "ranges",
        "reading",
        "recording",
        "registry",
        "rereading",
        "row_naming",
        "row_reading",
        "row_words",
        "shapes",
        "sifting",
        "unread_rows",
    }
)
"""Modules of this package that are no provider."""


@cache
def declared() -> Mapping[str, Provider]:
    """Return every declared provider by slug, in alphabetical order."""
    names = {module.name for module in pkgutil.iter_modules(providers.__path__)} - MACHINERY
    modules = (importlib.import_module(f"{providers.__name__}.{name}") for name in names)
    found: list[Provider] = [module.PROVIDER for module in modules]
    return MappingProxyType({each.slug: each for each in sorted(found, key=lambda each: each.slug)})


def words(known: Iterable[Provider]) -> dict[str, str]:
    """Return every word by which a provider may be called -> its slug."""
    return {word: each.slug for each in known for word in (each.slug, *each.aliases)}


def slug_of(word: str, known: Mapping[str, Provider] | None = None) -> str:
    """Return the slug that a slug or an alias, in any case, names. Raises `BadRequest` with the nearest."""
    named = words((declared() if known is None else known).values())
    slug = named.get(word.strip().lower())
    if slug is not None:
        return slug
    near = difflib.get_close_matches(word.strip().lower(), named, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`modelatlas doctor` lists all"
    msg = f"unknown provider {word!r}: {hint}"
    raise BadRequest(msg)
