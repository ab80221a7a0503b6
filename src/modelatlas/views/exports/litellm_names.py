"""The names by which a caller of LiteLLM calls models: a route and the provider's id, or the id alone.

Facts: the keys of the map of litellm 1.109.1, and `get_llm_provider` and `get_model_info` of 1.110.2.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelatlas.domain.listing import Listing

ROUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alibaba": "dashscope",
        "azure-openai": "azure",
        "cloudflare-workers-ai": "cloudflare",
        "fal": "fal_ai",
        "featherless": "featherless_ai",
        "fireworks": "fireworks_ai",
        "github-copilot": "github_copilot",
        "github-models": "github",
        "google-ai-studio": "gemini",
        "google-vertex": "vertex_ai",
        "nvidia-nim": "nvidia_nim",
        "together": "together_ai",
        "vercel-ai-gateway": "vercel_ai_gateway",
    }
)
"""Our slug -> the route of a caller's names; one that is not here is its own route."""

_BARE: Final = frozenset({"openai", "anthropic", "cohere", "amazon-bedrock"})
"""Providers whose models are called by the id alone."""
_ALSO_BARE: Final = frozenset({"deepseek", "vertex_ai-language-models", "vertex_ai-embedding-models"})
"""What LiteLLM calls by the id alone as well, where nobody before has the name."""
_VERTEX: Final = (
    ("gemini", "vertex_ai-language-models"),
    ("text-embedding", "vertex_ai-embedding-models"),
    ("claude", "vertex_ai-anthropic_models"),
    ("mistral", "vertex_ai-mistral_models"),
    ("codestral", "vertex_ai-mistral_models"),
    ("meta/", "vertex_ai-llama_models"),
    ("deepseek-ai/", "vertex_ai-deepseek_models"),
    ("qwen/", "vertex_ai-qwen_models"),
    ("openai/", "vertex_ai-openai_models"),
    ("jamba", "vertex_ai-ai21_models"),
    ("veo", "vertex_ai-video-models"),
)
"""How an id of Vertex AI begins -> the part of LiteLLM that calls it."""


def names_of(listing: Listing) -> list[tuple[str, str]]:
    """Return the names by which a listing is called, each with its `litellm_provider`, the usual one first.

    >>> names_of(Listing("groq", "openai/gpt-oss-20b")), names_of(Listing("openai", "gpt-4o"))
    ([('groq/openai/gpt-oss-20b', 'groq')], [('gpt-4o', 'openai')])
    """
    return [name for id_ in (listing.id, *listing.aliases) for name in _names(listing, id_)]


def _names(listing: Listing, id_: str) -> list[tuple[str, str]]:
    slug = listing.provider
    route = ROUTES.get(slug, slug)
    provider = _provider(listing, route)
    if slug == "amazon-bedrock" and "/" in id_:  # a region, a size of image; `bedrock/` is what callers add
        return [(f"bedrock/{id_}", provider)]
    if slug in _BARE:
        return [(id_, provider)]
    if slug == "azure-openai":
        return [(f"azure/{id_}", "azure"), (f"azure_ai/{id_}", "azure_ai")]
    names = [(f"{route}/{id_}", provider)]
    if provider in _ALSO_BARE or id_.startswith(f"{route}/"):
        names.append((id_, provider))
    return names


def _provider(listing: Listing, route: str) -> str:
    """Return the `litellm_provider` that computes the costs of a listing."""
    is_chat = listing.mode in {"chat", None}
    match listing.provider:
        case "cohere":
            return "cohere_chat" if is_chat else "cohere"
        case "amazon-bedrock":
            return "bedrock_converse" if is_chat and "/" not in listing.id else "bedrock"
        case "google-vertex":
            return next((part for begin, part in _VERTEX if listing.id.startswith(begin)), "vertex_ai")
        case _:
            return route
