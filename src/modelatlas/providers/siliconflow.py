"""SiliconFlow hosts open models. Its list tells ids only, so it is asked again for each kind of model."""

from functools import partial

from modelatlas.domain.listing import Listing, Mode
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

ID = "acme-ai/Rocket-2-8B"
ENTRY = {"id": ID, "object": "model", "created": 0, "owned_by": ""}

listed = partial(
    ModelList,
    url="https://api.siliconflow.com/v1/models",  # in US dollars; the mainland's is api.siliconflow.cn
    fields={"repository": "id"},
    unpriced="not in the list: https://siliconflow.com/pricing",
    ignored=paths("object created owned_by"),  # 0 and empty (documented, 2026-10)
)


def of_kind(name: str, mode: Mode, **params: str) -> ModelList:
    """Return the list of one kind of model, which tells nothing but that."""
    example = (ENTRY, Listing("siliconflow", ID, mode=mode, repository=ID))
    return listed(name=name, params=params, always={"mode": mode}, examples=(example,))


PROVIDER = Provider(
    slug="siliconflow",
    name="SiliconFlow",
    kind="host",
    docs="https://docs.siliconflow.com/en/api-reference/models/get-model-list",
    evidence="documented 2026-10, never recorded",
    auth=Bearer("SILICONFLOW_API_KEY"),
    aliases=("silicon-flow",),
    lists=(
        listed(examples=((ENTRY, Listing("siliconflow", ID, repository=ID)),)),
        of_kind("chat", "chat", type="text", sub_type="chat"),
        of_kind("embeddings", "embedding", type="text", sub_type="embedding"),
        of_kind("rerankers", "rerank", type="text", sub_type="reranker"),
        of_kind("images", "image", type="image"),
        of_kind("audio", "audio", type="audio"),
        of_kind("videos", "video", type="video"),
    ),
)
