"""All declared providers, found by looking: a new file in this folder is a new provider everywhere (F22)."""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from modelatlas import providers
from modelatlas.domain.borrowing import Lender
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity.tables import lab_words
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
        "near_tiers",
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
        "workers_ai_tokens",
        "zai_price_page",
    }
)
"""Modules of this package that are no provider."""

_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


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


def finder(known: Iterable[Provider]) -> Callable[[str], str | None]:
    """Return what finds the slug of a word: a slug, an alias or a name, however it is spelled.

    Case and what stands between letters and digits do not count: `Vertex_AI` is `vertex-ai`.
    """
    listed = list(known)
    named = {_spelled(each.name): each.slug for each in listed}
    named.update({_spelled(word): slug for word, slug in words(listed).items()})
    return lambda word: named.get(_spelled(word))


def lenders(known: Iterable[Provider]) -> list[Lender]:
    """Return whose prices may be borrowed: labs of their own models, then those that pass prices through."""
    providers = sorted(known, key=lambda each: each.slug)
    labs = [
        Lender(each.slug, lab_words().get(each.lab, each.lab))
        for each in providers
        if each.kind == "lab" and each.lab is not None
    ]
    return [*labs, *(Lender(each.slug, None) for each in providers if each.passthrough is not None)]


def slug_of(word: str, known: Mapping[str, Provider] | None = None) -> str:
    """Return the slug that a slug, an alias or a name names. Raises `BadRequest` with the nearest."""
    listed = (declared() if known is None else known).values()
    slug = finder(listed)(word)
    if slug is not None:
        return slug
    near = difflib.get_close_matches(word.strip().lower(), words(listed), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`modelatlas doctor` lists all"
    msg = f"unknown provider {word!r}: {hint}"
    raise BadRequest(msg)


def _spelled(word: str) -> str:
    return _BETWEEN.sub("", word.casefold())
