"""GitHub Copilot serves models of several labs. Its list has no prices: rates for tokens stand on a page.

A plan includes credits, which tokens use up (so genai-prices 0.2.3 relays the page, 2026-09-03).
"""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import flag, known_words, mapped, paths, present

MODES = {"chat": "chat", "completion": "chat", "embeddings": "embedding"}
PARAMETERS = {"tool_calls": "tools", "parallel_tool_calls": "parallel_tool_calls",
              "structured_outputs": "structured_outputs", "adaptive_thinking": "reasoning"}  # fmt: skip

EXAMPLES = ((
    {"id": "rocket-2", "name": "Rocket 2", "object": "model", "vendor": "Acme", "preview": True,
     "version": "rocket-2-2026-08-05", "model_picker_enabled": True, "model_picker_category": "powerful",
     "policy": {"state": "disabled", "terms": "Enable access to Rocket 2."}, "warning_message": "",
     "supported_endpoints": ["/chat/completions"], "capabilities": {
         "family": "rocket-2", "object": "model_capabilities", "type": "chat", "tokenizer": "o200k_base",
         "limits": {"max_context_window_tokens": 264000, "max_prompt_tokens": 200000,
                    "max_output_tokens": 64000, "vision": {"max_prompt_images": 1}},
         "supports": {"streaming": True, "tool_calls": True, "vision": True, "max_thinking_budget": 32000,
                      "reasoning_effort": ["low", "high"]}}},
    Listing("github-copilot", "rocket-2", name="Rocket 2", lab="Acme", mode="chat", status="preview",
            context_tokens=264000, max_output_tokens=64000, input_modalities=("image", "text"),
            supported_parameters=("reasoning", "reasoning_effort", "tools"),
            canonical_id="rocket-2-2026-08-05"),
), (
    {"id": "rocket-embed", "name": "Rocket Embed", "vendor": "Acme", "preview": False, "capabilities": {
        "type": "embeddings", "limits": {"max_inputs": 512}, "supports": {}}},
    Listing("github-copilot", "rocket-embed", name="Rocket Embed", lab="Acme", mode="embedding"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.githubcopilot.com/models",
    fields={
        "name": "name",
        "lab": "vendor",
        "mode": mapped("capabilities.type", MODES),
        "status": flag("preview", true="preview"),
        "context_tokens": "capabilities.limits.max_context_window_tokens",
        "max_output_tokens": "capabilities.limits.max_output_tokens",
        "input_modalities": flag("capabilities.supports.vision", true=("image", "text")),
        "supported_parameters": known_words("capabilities.supports", PARAMETERS)
        | present("capabilities.supports.max_thinking_budget", ("reasoning",))
        | present("capabilities.supports.reasoning_effort", ("reasoning_effort",)),
        "canonical_id": "version",
    },
    unpriced="not in the list: https://docs.github.com/en/copilot/reference/copilot-billing/models-and-pricing",
    # The tokenizer is its own estimate: o200k_base for Claude, too. `policy` is of the account (2026-06).
    ignored=paths(
        "object model_picker_enabled model_picker_category policy warning_message supported_endpoints "
        "capabilities.family capabilities.object capabilities.tokenizer capabilities.limits "
        "capabilities.supports.streaming capabilities.supports.min_thinking_budget"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="github-copilot",
    name="GitHub Copilot",
    kind="host",
    docs="https://docs.github.com/en/copilot/reference/ai-models/supported-models",
    evidence="recorded 2026-06-08",
    auth=Bearer("GITHUB_COPILOT_API_KEY"),
    aliases=("copilot", "github_copilot"),
    lists=(MODELS,),
)
