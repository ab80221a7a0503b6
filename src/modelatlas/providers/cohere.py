"""Cohere makes models. Its list tells what they can do and no prices; they stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, Cursor, ModelList, Provider
from modelatlas.providers.fields import first_known, flag, known_words, paths

MODES = {"chat": "chat", "generate": "chat", "summarize": "chat", "embed": "embedding", "rerank": "rerank",
         "classify": "other", "rate": "other"}  # fmt: skip
PARAMETERS = {
    "tools": "tools", "tool_choice": "tool_choice", "json_mode": "response_format", "logprobs": "logprobs",
    "json_schema": "structured_outputs", "reasoning": "reasoning",
}  # fmt: skip

EXAMPLES = ((
    {"name": "rocket-2", "is_deprecated": False, "endpoints": ["generate", "chat"], "finetuned": False,
     "context_length": 256000.0, "tokenizer_url": "https://storage.example/rocket-2.json",
     "default_endpoints": [], "features": ["tools", "vision", "json_mode", "citations"],
     "sampling_defaults": {"temperature": 0.3}},
    Listing("cohere", "rocket-2", lab="cohere", mode="chat", context_tokens=256000,
            input_modalities=("image", "text"), supported_parameters=("response_format", "tools")),
), (
    {"name": "rocket-embed-1", "is_deprecated": True, "endpoints": ["embed"], "features": None},
    Listing("cohere", "rocket-embed-1", lab="cohere", mode="embedding", status="deprecated"),
), (
    {"name": "0123-acme-ft", "finetuned": True, "supports_vision": False, "endpoints": ["chat"]},
    Listing("cohere", "0123-acme-ft", lab="cohere", mode="chat", visibility="account"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.cohere.com/v1/models",
    # Without a size a page has 20 models (documented, 2026-10).
    paging=Cursor("page_token", next="next_page_token", size_param="page_size", size=1000),
    entries="models",
    id="name",
    fields={
        "mode": first_known("endpoints", MODES),
        "status": flag("is_deprecated", true="deprecated"),
        "context_tokens": "context_length",
        "input_modalities": known_words("features", {"vision": "image text"})
        | flag("supports_vision", true=("image", "text")),
        "supported_parameters": known_words("features", PARAMETERS),  # null: not known, not none
        "visibility": flag("finetuned", true="account"),
    },
    unpriced="not in the list: https://cohere.com/pricing",
    ignored=paths("tokenizer_url default_endpoints sampling_defaults"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="cohere",
    name="Cohere",
    kind="lab",
    lab="cohere",
    docs="https://docs.cohere.com/reference/list-models",
    evidence="documented 2026-10",
    auth=Bearer("CO_API_KEY", ("COHERE_API_KEY",)),
    lists=(MODELS,),
)
