"""Hugging Face routes to many hosts. Each host of a model is an offer, priced in US dollars for 1M tokens.

The router's list has the chat models, with prices; the Hub's has models of all kinds, without.
"""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import Bearer, Field, LinkHeader, ModelList, Provider, Reject
from modelatlas.providers.fields import flag, paths, text, unix_date, usd_number

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2", "object": "model", "created": 1785888000, "owned_by": "acme-ai",
     "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
     "providers": {"provider": "fasthost", "status": "live", "context_length": 131072,
                   "pricing": {"input": 1.69, "output": 3.38}, "supports_tools": True,
                   "supports_structured_output": False, "is_free": False, "throughput": 24.5}},
    Listing("huggingface", "acme-ai/Rocket-2:fasthost", lab="acme-ai", mode="chat", context_tokens=131072,
            input_modalities=("text",), output_modalities=("text",), supported_parameters=("tools",),
            released="2026-08-05", repository="acme-ai/Rocket-2",
            prices=(usd("input_token", "0.00000169"), usd("output_token", "0.00000338"))),
), (
    {"id": "acme-ai/Rocket-1", "providers": {
        "provider": "kindhost", "status": "live", "pricing": {"input": 0}, "is_free": True}},
    Listing("huggingface", "acme-ai/Rocket-1:kindhost", repository="acme-ai/Rocket-1",
            prices=(Rule("input_token", "free"), Rule("output_token", "free"))),
), (
    {"id": "acme-ai/Rocket-0", "providers": {"provider": "oldhost", "status": "error"}},
    Rejected("huggingface", "acme-ai/Rocket-0:oldhost", "not_served", "providers.status is error"),
))  # fmt: skip

# The tasks that the Hub gives its models (documented, 2026-08); of others only that they are others.
TASKS = {
    "conversational": "chat", "text-generation": "chat", "image-text-to-text": "chat",
    "feature-extraction": "embedding", "sentence-similarity": "embedding", "text-ranking": "rerank",
    "text-to-image": "image", "image-to-image": "image", "text-to-video": "video", "image-to-video": "video",
    "automatic-speech-recognition": "audio", "text-to-speech": "audio", "text-to-audio": "audio",
}  # fmt: skip

HUB_EXAMPLES = ((
    {"_id": "0123", "id": "acme-ai/Rocket-2", "inferenceProviderMapping": {
        "provider": "fasthost", "providerId": "rocket-2", "status": "live", "task": "conversational",
        "isModelAuthor": False, "tokensPerSecond": 24.5}},
    Listing("huggingface", "acme-ai/Rocket-2:fasthost", mode="chat", repository="acme-ai/Rocket-2"),
), (
    {"id": "acme-ai/Rocket-Paint", "inferenceProviderMapping": {
        "provider": "kindhost", "status": "live", "task": "text-to-image"}},
    Listing("huggingface", "acme-ai/Rocket-Paint:kindhost", mode="image",
            repository="acme-ai/Rocket-Paint"),
), (
    {"id": "acme-ai/Rocket-0", "inferenceProviderMapping": {"provider": "oldhost", "status": "staging"}},
    Rejected("huggingface", "acme-ai/Rocket-0:oldhost", "not_served",
             "inferenceProviderMapping.status is staging"),
))  # fmt: skip

MODELS = ModelList(
    url="https://router.huggingface.co/v1/models",
    each="providers",
    id="{id}:{providers.provider}",  # what a caller writes to choose the host
    reject=(Reject("not_served", "providers.status", lambda status: status != "live"),),
    fields={
        "lab": "owned_by",
        "context_tokens": "providers.context_length",
        "input_modalities": "architecture.input_modalities",
        "output_modalities": "architecture.output_modalities",
        "supported_parameters": flag("providers.supports_tools", true=("tools",))
        | flag("providers.supports_structured_output", true=("structured_outputs",)),
        "released": unix_date("created"),
        "repository": "id",
    },
    prices={
        "input_token": usd_number("providers.pricing.input", per="1M tokens", free="providers.is_free"),
        "output_token": usd_number("providers.pricing.output", per="1M tokens", free="providers.is_free"),
    },
    unpriced="not said by this host",
    # Speed differs on every fetch and says nothing of what is offered.
    ignored=paths("object providers.is_model_author providers.first_token_latency_ms providers.throughput"),
    examples=EXAMPLES,
)

HUB = ModelList(
    name="hub",
    url="https://huggingface.co/api/models",
    params={"inference_provider": "all", "expand[]": "inferenceProviderMapping"},
    paging=LinkHeader(size_param="limit", size=500),  # as the official JavaScript library asks (2026-08)
    entries="",  # the payload itself is the list
    each="inferenceProviderMapping",  # a list, or an object by the hosts' names (documented, 2026-08)
    keyed="provider",
    id="{id}:{inferenceProviderMapping.provider}",
    reject=(Reject("not_served", "inferenceProviderMapping.status", lambda status: status != "live"),),
    fields={
        "mode": Field("inferenceProviderMapping.task", lambda value: TASKS.get(text(value) or "", "other")),
        "repository": "id",
    },
    unpriced="not said here: the router's list has the prices of chat models",
    ignored=paths(
        "_id inferenceProviderMapping.providerId inferenceProviderMapping.isModelAuthor "
        "inferenceProviderMapping.tokensPerSecond"
    ),
    examples=HUB_EXAMPLES,
)

PROVIDER = Provider(
    slug="huggingface",
    name="Hugging Face",
    kind="gateway",
    docs="https://huggingface.co/docs/inference-providers/hub-api",
    evidence="documented 2026-08",
    auth=Bearer("HF_TOKEN", required=False),
    aliases=("hugging-face", "hf"),
    lists=(MODELS, HUB),
)
