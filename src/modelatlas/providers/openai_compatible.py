"""Servers that the operator names, each with a list of the OpenAI kind: from a setting to declarations.

What such a server lists belongs to the operator: paths, adapters and names of customers may stand in its
ids, so every listing is of the account, and its host is shown to nobody.
"""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

SETTING: Final = "OPENAI_COMPATIBLE"
SLUG: Final = "openai-compatible"
"""What any such server is called where no name was given."""

_FORM: Final = "SLUG=https://HOST/v1, several with commas between them"
_URL: Final = "https://HOST/PATH without user, query or fragment; http only for localhost, 127.0.0.1 and ::1"
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BASE: Final = re.compile(r"[A-Za-z0-9:/._~\[\]-]+")
_IGNORED: Final = paths("object created owned_by root parent permission meta aliases tags status name")
"""What vLLM and llama.cpp send besides; `created` is when they answered, `root` may be a path (2026-11)."""


def named(setting: str, variables: Mapping[str, str], taken: Collection[str] = ()) -> tuple[Provider, ...]:
    """Return the providers that a setting `slug=https://base/v1, ...` names.

    The key of `my-server` is in `MY_SERVER_API_KEY`; it is sent if it is set. Raises `Misconfigured` for
    what is no such list, for a slug that is in `taken` or occurs twice, and for a base URL without https
    that does not lead to this machine.
    """
    found: dict[str, Provider] = {}
    for slug, base in _pairs(setting):
        if slug in taken or slug in found:
            raise Misconfigured(
                f"{SETTING}: {slug!r} is the name of another provider: choose one of your own"
            )
        found[slug] = _provider(slug, base, variables)
    return tuple(found.values())


def any_server() -> Provider:
    """Return the declaration of a server that nobody named, to read a saved payload of one."""
    return _provider(SLUG, "https://localhost/v1", {})


def _pairs(setting: str) -> Iterator[tuple[str, str]]:
    for item in filter(None, map(str.strip, setting.split(","))):
        slug, _, base = (part.strip() for part in item.partition("="))
        if _SLUG.fullmatch(slug) is None or not base:
            raise Misconfigured(f"{SETTING}: expected {_FORM}; a slug has small letters, digits and dashes")
        if _BASE.fullmatch(base) is None or not _is_callable(base):
            raise Misconfigured(f"{SETTING}: the URL of {slug!r}: expected {_URL}")
        yield slug, base.rstrip("/")


def _is_callable(base: str) -> bool:
    try:
        parts = urlsplit(base)
        parts.port  # noqa: B018 - raises for what is no port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_own(parts))


def _is_own(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provider(slug: str, base: str, variables: Mapping[str, str]) -> Provider:
    key = f"{slug.upper().replace('-', '_')}_API_KEY"
    example = {"id": "acme/rocket-2", "object": "model", "max_model_len": 131072}
    return Provider(
        slug=slug,
        name=slug,
        kind="host",
        docs="https://platform.openai.com/docs/api-reference/models/list",
        evidence="documented 2026-11",
        auth=Bearer(key, required=bool(variables.get(key, "").strip())),
        private=(".",),
        named_by_operator=True,
        lists=(
            ModelList(
                url=f"{base}/models",
                fields={"context_tokens": "max_model_len"},
                unpriced="the operator knows",
                ignored=_IGNORED,
                examples=(
                    (
                        example,
                        Listing(slug, "acme/rocket-2", context_tokens=131072, visibility="account"),
                    ),
                ),
            ),
        ),
    )
