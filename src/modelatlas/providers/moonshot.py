"""Moonshot makes the Kimi models. Its list tells the context and what goes in; prices stand on a page."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import flag, paths

EXAMPLES = ((
    {"id": "rocket-k2", "object": "model", "created": 1785888000, "owned_by": "moonshot",
     "context_length": 1048576, "supports_image_in": True, "supports_video_in": True,
     "supports_reasoning": True},
    Listing("moonshot", "rocket-k2", lab="moonshot", context_tokens=1048576,
            input_modalities=("image", "text", "video"), supported_parameters=("reasoning",)),
), (
    {"id": "rocket-v1-8k", "context_length": 8192, "supports_image_in": False, "supports_reasoning": False},
    Listing("moonshot", "rocket-v1-8k", lab="moonshot", context_tokens=8192, input_modalities=("text",)),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.moonshot.ai/v1/models",  # the mainland's, with keys of its own, is api.moonshot.cn
    fields={
        "context_tokens": "context_length",
        "input_modalities": flag("supports_image_in", true=("image", "text"), false=("text",))
        | flag("supports_video_in", true=("text", "video"), false=("text",)),
        "supported_parameters": flag("supports_reasoning", true=("reasoning",)),
    },
    unpriced="not in the list: https://platform.moonshot.ai/docs/pricing/chat",
    # What `created` tells is said nowhere, and no answer was recorded.
    ignored=paths("object created owned_by permission root parent"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="moonshot",
    name="Moonshot AI",
    kind="lab",
    lab="moonshot",
    docs="https://platform.kimi.ai/docs/openapi.json",
    evidence="documented 2026-10, never recorded",
    auth=Bearer("MOONSHOT_API_KEY"),
    aliases=("moonshotai", "moonshot-ai", "kimi"),
    lists=(MODELS,),
)
