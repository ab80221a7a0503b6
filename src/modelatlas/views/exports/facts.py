"""What formats say of a provider besides its listings, from its declaration."""

from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from modelatlas.domain.plan import ProviderKind
from modelatlas.providers.contract import Provider

_LIST: Final = "/models"


class Facts(Struct, frozen=True):
    """A provider as tools know it: its name, the variables of its key, its host, the base URL of its API.

    Of a provider that only a reference knows there is no more than the slug. The server of an operator's own
    provider is told to nobody.
    """

    slug: str
    name: str
    kind: ProviderKind | None = None
    docs: str = ""
    env: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    host: str | None = None
    api: str | None = None


def facts_of(slug: str, provider: Provider | None) -> Facts:
    """Return what is declared of a provider."""
    if provider is None:
        return Facts(slug, slug)
    host, api = (None, None) if provider.named_by_operator else _api(provider)
    return Facts(
        slug,
        provider.name,
        provider.kind,
        provider.docs,
        provider.key_variables,
        provider.aliases,
        host,
        api,
    )


def _api(provider: Provider) -> tuple[str | None, str | None]:
    """Return the host of the list, and the base URL of the API where the list is in OpenAI's place."""
    if not provider.lists or "{" in provider.lists[0].url:
        return None, None
    url = urlsplit(provider.lists[0].url)
    is_openai_s = url.path.endswith("/v1" + _LIST) and not url.query
    base = f"{url.scheme}://{url.netloc}{url.path.removesuffix(_LIST)}"
    return url.hostname, base if is_openai_s else None
