"""How providers spell ids: one model under each provider's manner, for public ids and invented ones."""

import pytest

from modelatlas.domain.identity import Match, match
from modelatlas.domain.listing import Listing


def found(provider: str, id_: str) -> Match:
    result = match(Listing(provider, id_))
    assert result is not None, f"{provider} {id_}"
    return result


LLAMA = "meta-llama/llama-3.3-70b-instruct"
LLAMA_8B = "meta-llama/llama-3.1-8b-instruct"
SMALL = "mistralai/mistral-small-3.1-24b-instruct-2503"
SUPER = "nvidia/llama-3.3-nemotron-super-49b-v1.5"


@pytest.mark.parametrize(
    ("provider", "id_", "model", "variant"),
    [
        ("amazon-bedrock", "us.meta.llama3-3-70b-instruct-v1:0", LLAMA, ("us",)),
        ("amazon-bedrock", "meta.llama3-3-70b-instruct-v1:0:128k", LLAMA, ("128k",)),
        ("bedrock", "anthropic.claude-v2:1", "anthropic/claude-2.1", ()),
        ("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic/claude-3-5-sonnet-20241022", ()),
        ("bedrock", "openai.gpt-oss-20b-1:0", "openai/gpt-oss-20b", ()),
        ("bedrock", "us-gov.openai.gpt-oss-20b", "openai/gpt-oss-20b", ("us-gov",)),
        ("bedrock", "mistral.mixtral-8x7b-instruct-v0:1", "mistralai/mixtral-8x7b-instruct-v0.1", ()),
        ("bedrock", "amazon.titan-embed-text-v2:0", "amazon/titan-embed-text-v2", ()),
        ("bedrock", "deepseek.r1-v1:0", "deepseek-ai/deepseek-r1", ()),
        ("google-vertex", "claude-opus-4-1@20250805", "anthropic/claude-opus-4-1", ()),
        ("vertex", "claude-opus-5@default", "anthropic/claude-opus-5", ()),
        ("vertex", "meta/llama-3.3-70b-instruct-maas", LLAMA, ("maas",)),
        ("vertex", "mistral-large@2411-001", "mistralai/mistral-large-instruct-2411", ()),
        ("azure", "gpt-35-turbo-0613", "openai/gpt-3.5-turbo-0613", ()),
        ("azure-openai", "eu/gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini", ("eu",)),
        ("azure", "FW-Kimi-K2.6", "moonshotai/kimi-k2.6", ()),
        ("fireworks", "accounts/fireworks/models/llama-v3p3-70b-instruct", LLAMA, ()),
        ("fireworks", "accounts/fireworks/routers/glm-5p2-fast-us", "zai-org/glm-5.2", ("fast", "us")),
        ("fireworks", "accounts/fireworks/models/cogito-671b-v2-p1", "deepcogito/cogito-v2.1-671b", ()),
        ("cloudflare-workers-ai", "@cf/meta/llama-3.3-70b-instruct-fp8-fast", LLAMA, ("fast", "fp8")),
        ("cloudflare", "workers-ai/@cf/qwen/qwq-32b", "qwen/qwq-32b", ()),
        ("groq", "llama-3.3-70b-versatile", LLAMA, ("versatile",)),
        ("groq", "moonshotai/kimi-k2-instruct-0905", "moonshotai/kimi-k2-instruct-0905", ()),
        ("databricks", "databricks-claude-opus-4-7", "anthropic/claude-opus-4-7", ()),
        ("databricks", "databricks-qwen35-122b-a10b", "qwen/qwen3.5-122b-a10b", ()),
        ("snowflake", "openai-gpt-5.1", "openai/gpt-5.1", ()),
        ("snowflake", "llama3.3-70b", LLAMA, ()),
        ("oci", "meta.llama-3.3-70b-instruct", LLAMA, ()),
        ("oci", "xai.grok-3-mini-fast", "x-ai/grok-3-mini", ("fast",)),
        ("replicate", "meta/meta-llama-3-8b-instruct", "meta-llama/meta-llama-3-8b-instruct", ()),
        ("nvidia", "nvidia/llama-3.3-nemotron-super-49b-v1.5", SUPER, ()),
        ("perplexity", "sonar-pro", "perplexity/sonar-pro", ()),
        ("github-models", "mistral-ai/mistral-small-2503", SMALL, ()),
        ("ollama", "llama3.2-vision:latest", "meta-llama/llama-3.2-11b-vision-instruct", ()),
        ("ollama", "llama3.1:latest", LLAMA_8B, ()),
        ("ollama", "llama3.1:8b-instruct-fp16", LLAMA_8B, ("fp16",)),
        ("clarifai", "moonshotai/chat-completion/models/Kimi-K2_6", "moonshotai/kimi-k2.6", ()),
        ("runware", "zai:glm@5.3-flash", "zai-org/glm-5.3-flash", ()),
        ("together", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo-128K", LLAMA_8B, ("128k", "turbo")),
        ("inference-net", "meta-llama/llama-3.1-8b-instruct/fp-8", LLAMA_8B, ("fp8",)),
        ("volcengine", "kimi-k2-250905", "moonshotai/kimi-k2-instruct-0905", ()),
        ("volcengine", "glm-4-7-251222", "zai-org/glm-4.7", ()),
        ("openrouter", "z-ai/glm-4.5-air:free", "zai-org/glm-4.5-air", ("free",)),
        ("chutes", "zai-org/GLM-5-TEE", "zai-org/glm-5", ("tee",)),
        ("venice", "zai-org-glm-5-1", "zai-org/glm-5.1", ()),
        ("kilo", "anthropic/claude-opus-4.7-fast", "anthropic/claude-opus-4-7", ("fast",)),
        ("vertex", "meta/llama3-405b-instruct-maas", "meta-llama/llama-3.1-405b-instruct", ("maas",)),
        ("azure-openai", "Meta-Llama-3.1-8B-Instruct-4", LLAMA_8B, ()),  # Azure's fourth upload of it
        ("azure-openai", "gpt-oss-20b-11", "openai/gpt-oss-20b", ()),
        ("azure-openai", "Phi-4-7", "microsoft/phi-4", ()),
        ("groq", "llama3-8b-8192", "meta-llama/meta-llama-3-8b-instruct", ("8192",)),
        ("volcengine", "gpt-oss-120b-250805", "openai/gpt-oss-120b", ()),
        ("a-host-nobody-knows", "route/zai-org/GLM-5.1", "zai-org/glm-5.1", ()),
        ("a-host-nobody-knows", "@path/GLM-5.1-FP8", "zai-org/glm-5.1", ("fp8",)),
        ("a-host-nobody-knows", "fireworks/glm-5p1", "zai-org/glm-5.1", ()),
        ("a-host-nobody-knows", "Qwen3-32B-AWQ", "qwen/qwen3-32b", ("awq",)),
    ],
)  # fmt: skip
def test_an_id_is_read_after_its_providers_manner(
    provider: str, id_: str, model: str, variant: tuple[str, ...]
) -> None:
    result = found(provider, id_)
    assert (result.model, result.variant) == (model, variant)


@pytest.mark.parametrize(
    ("provider", "id_"),
    [
        ("azure", "model-router"),
        ("a-host-nobody-knows", "rocket-2"),  # nobody says who made it
        ("fal_ai", "fal-ai/acme/rocket/v2/text-to-image"),  # a path of names that nobody knows
    ],
)
def test_a_doubtful_id_is_no_match(provider: str, id_: str) -> None:
    assert match(Listing(provider, id_)) is None


def test_of_a_lab_that_no_table_knows_the_whole_name_counts() -> None:
    one = found("openrouter", "acme-ai/Rocket-2-Turbo:free")
    assert (one.model, one.variant) == ("acme-ai/rocket-2-turbo", ("free",))  # a turbo may be another model
    assert found("kilo", "acme-ai/rocket-2-turbo").model == one.model
    assert found("kilo", "acme-ai/rocket-2").model != one.model
    assert found("featherless", "acme-ai/q4").model == "acme-ai/q4"


def test_a_name_is_asked_only_where_the_id_says_nothing() -> None:
    said = match(Listing("morpheus", "0x8f9f631f647b318e720ec00e6aaeeaa60ca2c52db9362a292d44f217e66aa04f",
                         name="Llama 3.3 70B Instruct"))  # fmt: skip
    assert said is not None
    assert said.model == LLAMA
    kept = match(Listing("venice", "qwen-3-6-plus", name="Qwen 3.7 Plus"))
    assert kept is not None
    assert kept.model == "qwen/qwen3.6-plus"
