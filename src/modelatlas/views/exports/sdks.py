"""The packages of the AI SDK that speak with providers, which readers of models.dev load by name.

Facts: the `npm`, `api` and `env` of models.dev's providers (2026-07-02).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

OPENAI_COMPATIBLE: Final = "@ai-sdk/openai-compatible"


class Sdk(Struct, frozen=True):
    """A package, the base URL where it asks for one, and the variables that it reads its key from."""

    npm: str
    api: str | None = None
    env: tuple[str, ...] = ()


SDKS: Final[Mapping[str, Sdk]] = MappingProxyType(
    {
        "aihubmix": Sdk("@aihubmix/ai-sdk-provider", None, ("AIHUBMIX_API_KEY",)),
        "alibaba": Sdk(
            OPENAI_COMPATIBLE,
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            ("DASHSCOPE_API_KEY",),
        ),
        "amazon-bedrock": Sdk(
            "@ai-sdk/amazon-bedrock",
            None,
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_BEARER_TOKEN_BEDROCK"),
        ),
        "anthropic": Sdk("@ai-sdk/anthropic", None, ("ANTHROPIC_API_KEY",)),
        "azure-openai": Sdk("@ai-sdk/azure", None, ("AZURE_RESOURCE_NAME", "AZURE_API_KEY")),
        "cerebras": Sdk("@ai-sdk/cerebras", None, ("CEREBRAS_API_KEY",)),
        "chutes": Sdk(OPENAI_COMPATIBLE, "https://llm.chutes.ai/v1", ("CHUTES_API_KEY",)),
        "clarifai": Sdk(OPENAI_COMPATIBLE, "https://api.clarifai.com/v2/ext/openai/v1", ("CLARIFAI_PAT",)),
        "cloudflare-workers-ai": Sdk(
            OPENAI_COMPATIBLE,
            "https://api.cloudflare.com/client/v4/accounts/${CLOUDFLARE_ACCOUNT_ID}/ai/v1",
            ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_KEY"),
        ),
        "cohere": Sdk("@ai-sdk/cohere", None, ("COHERE_API_KEY",)),
        "deepinfra": Sdk("@ai-sdk/deepinfra", None, ("DEEPINFRA_API_KEY",)),
        "deepseek": Sdk(OPENAI_COMPATIBLE, "https://api.deepseek.com", ("DEEPSEEK_API_KEY",)),
        "fireworks": Sdk(OPENAI_COMPATIBLE, "https://api.fireworks.ai/inference/v1/", ("FIREWORKS_API_KEY",)),
        "github-copilot": Sdk(OPENAI_COMPATIBLE, "https://api.githubcopilot.com", ("GITHUB_TOKEN",)),
        "github-models": Sdk(OPENAI_COMPATIBLE, "https://models.github.ai/inference", ("GITHUB_TOKEN",)),
        "google-ai-studio": Sdk(
            "@ai-sdk/google", None, ("GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY")
        ),
        "google-vertex": Sdk(
            "@ai-sdk/google-vertex",
            None,
            ("GOOGLE_VERTEX_PROJECT", "GOOGLE_VERTEX_LOCATION", "GOOGLE_APPLICATION_CREDENTIALS"),
        ),
        "groq": Sdk("@ai-sdk/groq", None, ("GROQ_API_KEY",)),
        "helicone": Sdk(OPENAI_COMPATIBLE, "https://ai-gateway.helicone.ai/v1", ("HELICONE_API_KEY",)),
        "huggingface": Sdk(OPENAI_COMPATIBLE, "https://router.huggingface.co/v1", ("HF_TOKEN",)),
        "minimax": Sdk("@ai-sdk/anthropic", "https://api.minimax.io/anthropic/v1", ("MINIMAX_API_KEY",)),
        "mistral": Sdk("@ai-sdk/mistral", None, ("MISTRAL_API_KEY",)),
        "moonshot": Sdk(OPENAI_COMPATIBLE, "https://api.moonshot.ai/v1", ("MOONSHOT_API_KEY",)),
        "near": Sdk(OPENAI_COMPATIBLE, "https://cloud-api.near.ai/v1", ("NEARAI_API_KEY",)),
        "nebius": Sdk(OPENAI_COMPATIBLE, "https://api.tokenfactory.nebius.com/v1", ("NEBIUS_API_KEY",)),
        "novita": Sdk(OPENAI_COMPATIBLE, "https://api.novita.ai/openai", ("NOVITA_API_KEY",)),
        "nvidia-nim": Sdk(OPENAI_COMPATIBLE, "https://integrate.api.nvidia.com/v1", ("NVIDIA_API_KEY",)),
        "openai": Sdk("@ai-sdk/openai", None, ("OPENAI_API_KEY",)),
        "openrouter": Sdk(
            "@openrouter/ai-sdk-provider", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)
        ),
        "perplexity": Sdk("@ai-sdk/perplexity", None, ("PERPLEXITY_API_KEY",)),
        "siliconflow": Sdk(OPENAI_COMPATIBLE, "https://api.siliconflow.com/v1", ("SILICONFLOW_API_KEY",)),
        "together": Sdk("@ai-sdk/togetherai", None, ("TOGETHER_API_KEY",)),
        "vercel-ai-gateway": Sdk("@ai-sdk/gateway", None, ("AI_GATEWAY_API_KEY",)),
        "xai": Sdk("@ai-sdk/xai", None, ("XAI_API_KEY",)),
        "zai": Sdk(OPENAI_COMPATIBLE, "https://api.z.ai/api/paas/v4", ("ZHIPU_API_KEY",)),
    }
)
"""Our slug -> how it is called."""
