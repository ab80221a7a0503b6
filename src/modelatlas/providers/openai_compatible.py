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
from modelatlas.providers.contract import Bearer, Field, ModelList, Provider
from modelatlas.providers.fields import count, paths

SETTING: Final = "OPENAI_COMPATIBLE"
SLUG: Final = "openai-compatible"
"""What any such server is called where no name was given."""

_FORM: Final = "SLUG=https://HOST/v1, several with commas between them"
_URL: Final = "https://HOST/PATH without user, query or fragment; http only for localhost, 127.0.0.1 and ::1"
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BASE: Final = re.compile(r"[A-Za-z0-9:/._~\[\]-]+")
_IGNORED: Final = paths("object created owned_by root parent permission meta aliases tags status name")
_IGNORED_OF_GPUSTACK: Final = paths(
    "id object source huggingface_filename ollama_library_model_name model_scope_model_id "
    "model_scope_file_path local_path description meta replicas ready_replicas categories placement_strategy "
    "cpu_offloading distributed_inference_across_workers worker_selector gpu_selector backend "
    "backend_version backend_parameters env restart_on_error distributable embedding_only image_only "
    "reranker speech_to_text text_to_speech created_at updated_at"
)
"""What GPUStack tells of how it runs a model (recorded 2026-01); `id` is a number of its own."""
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
                # vLLM's word for the window it was started with, then llama.cpp's (recorded 2026).
                fields={"context_tokens": Field("max_model_len", count) | Field("meta.n_ctx", count)},
                unpriced="the operator knows",
                ignored=_IGNORED,
                variants=(_gpustack(slug, base),),
                examples=(
                    (
                        {"id": "acme/rocket-2", "object": "model", "max_model_len": 131072},
                        Listing(slug, "acme/rocket-2", context_tokens=131072, visibility="account"),
                    ),
                    (
                        {"id": "rocket-1.gguf", "meta": {"n_ctx": 8192, "n_ctx_train": 40960}},
                        Listing(slug, "rocket-1.gguf", context_tokens=8192, visibility="account"),
                    ),
                ),
            ),
        ),
    )


def _gpustack(slug: str, base: str) -> ModelList:
    """Declare GPUStack's own answer at the same address; of several pages only the first would be had."""
    return ModelList(
        url=f"{base}/models",
        entries="items",
        success=("pagination.totalPage", 1),  # else name the base of its OpenAI route, which has no pages
        id="name",
        fields={
            "context_tokens": Field("meta.n_ctx", count),
            "repository": "huggingface_repo_id",
        },
        unpriced="the operator knows",
        ignored=_IGNORED_OF_GPUSTACK,
        examples=(
            (
                {"id": 1, "name": "rocket-2", "huggingface_repo_id": "acme-ai/Rocket-2-GGUF",
                 "meta": {"n_ctx": 8192, "n_ctx_train": 40960}, "ready_replicas": 1},
                Listing(slug, "rocket-2", context_tokens=8192, repository="acme-ai/Rocket-2-GGUF",
                        visibility="account"),
            ),
        ),
    )  # fmt: skip
