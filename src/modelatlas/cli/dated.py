"""The names of kept payloads: which list of a provider, and when it was said."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from modelatlas.domain.errors import BadRequest
from modelatlas.providers.contract import Provider

_TIME: Final = re.compile(
    r"(?<![0-9])"
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"
    r"(?:[T_ -](?P<time>[0-9]{2}[-:.]?[0-9]{2}(?:[-:.]?[0-9]{2})?)(?:[.,](?P<fraction>[0-9]{1,6}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
    r"(?![0-9])"
)
_DIGITS: Final = len("20240921120931")
_EXPECTED: Final = "expected one time such as 2024-09-21, 20240921T120931 or 2024-09-21T12:09:31Z in its name"


class Dated(NamedTuple):
    """A payload's instant, list and file; they sort by time."""

    at: datetime
    list: str
    file: Path


def read_name(provider: Provider, file: Path, providers: Mapping[str, Provider]) -> Dated:
    """Read the name of a file: SLUG[.LIST][.DATE].json, of which only the date must be there.

    The time is in UTC unless it names another zone; a date alone means its midnight. Raises `BadRequest`.
    """
    found = list(_TIME.finditer(file.name))
    if len(found) != 1:
        raise BadRequest(f"{file}: {'no time' if not found else 'more than one time'}: {_EXPECTED}")
    start, end = found[0].span()
    words = [*_words(file.name[:start]), *_words(file.name[end:])]
    other = _slug(words[0], providers) if words else provider.slug
    if other not in {None, provider.slug}:
        raise BadRequest(f"{file}: names {other}: expected a payload of {provider.slug}")
    return Dated(_instant(file, found[0]), _list_of(provider, file, words), file)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[._ ]", text) if word]


def _slug(word: str, providers: Mapping[str, Provider]) -> str | None:
    """Return the provider that a word names, if it names one."""
    return next((slug for slug, each in providers.items() if word in {slug, *each.aliases}), None)


def _instant(file: Path, found: re.Match[str]) -> datetime:
    digits = re.sub(r"[^0-9]", "", found["date"] + (found["time"] or "")).ljust(_DIGITS, "0")
    fraction = (found["fraction"] or "").ljust(6, "0")
    try:
        return datetime.fromisoformat(
            f"{digits[:8]}T{digits[8:]}.{fraction}{found['zone'] or 'Z'}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(f"{file}: {found[0]!r} is no time: {_EXPECTED}") from None


def _list_of(provider: Provider, file: Path, words: list[str]) -> str:
    """Return the list that a name names; without one it is the default list."""
    names = {each.name for each in provider.lists}
    named = [word for word in words if word in names]
    if len(set(named)) > 1:
        raise BadRequest(f"{file}: names {' and '.join(named)}: expected one list of {provider.slug}")
    return named[0] if named else provider.lists[0].name
