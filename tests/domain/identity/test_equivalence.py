"""The rule: the same released weights are the same model, whatever the spelling; all else is another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.identity import match
from modelatlas.domain.listing import Listing


def model(provider: str, id_: str) -> str | None:
    found = match(Listing(provider, id_))
    return None if found is None else found.model


@pytest.mark.parametrize(
    "listings",
    [
        # the five spellings that the issue names
        [("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"), ("groq", "llama-3.3-70b-versatile"),
         ("fireworks", "accounts/fireworks/models/llama-v3p3-70b-instruct"),
         ("cloudflare", "@cf/meta/llama-3.3-70b-instruct-fp8-fast"),
         ("bedrock", "us.meta.llama3-3-70b-instruct-v1:0")],
        # an undated id that has had exactly one snapshot is that snapshot
        [("anthropic", "claude-opus-4-5"), ("anthropic", "claude-opus-4-5-20251101"),
         ("vertex", "claude-opus-4-5@20251101"), ("helicone", "claude-4.5-opus"),
         ("bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0"), ("cortecs", "claude-opus4-5")],
        [("openai", "gpt-4o-mini"), ("openai", "gpt-4o-mini-2024-07-18")],
        [("google", "gemini-2.5-pro"), ("openrouter", "google/gemini-2.5-pro"),
         ("databricks", "databricks-gemini-2-5-pro"), ("oci", "google.gemini-2.5-pro")],
        [("zai", "glm-4.6"), ("openrouter", "z-ai/glm-4.6"), ("novita", "zai-org/glm-4.6"),
         ("fireworks", "accounts/fireworks/models/glm-4p6"), ("huggingface", "zai-org/GLM-4.6")],
        # thinking and effort are switches of the same weights
        [("aihubmix", "claude-sonnet-4-6-think"), ("nano-gpt", "anthropic/claude-sonnet-4.6:thinking"),
         ("anthropic", "claude-sonnet-4-6")],
        [("poe", "openai/o3-mini-high"), ("openai", "o3-mini-2025-01-31")],
        [("azure", "grok-4-fast-non-reasoning"), ("openrouter", "x-ai/grok-4-fast")],
        # quantisations and re-uploads
        [("stackit", "neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8"),
         ("wandb", "meta-llama/Llama-3.1-8B-Instruct")],
        [("vultr", "nvidia/DeepSeek-V3.2-NVFP4"), ("nebius", "deepseek-ai/DeepSeek-V3.2")],
        # how many parameters are active follows from the model
        [("cerebras", "qwen-3-coder-480b"), ("novita", "qwen/qwen3-coder-480b-a35b-instruct")],
        # words of tuning that only say what is meant anyway
        [("cerebras", "llama3.1-8b"), ("nvidia", "meta/llama-3.1-8b-instruct"), ("snowflake", "llama3.1-8b")],
        [("novita", "google/gemma-3-27b-it"), ("ollama", "gemma3:27b")],
        [("ovhcloud", "Meta-Llama-3_1-70B-Instruct"), ("nebius", "meta-llama/Meta-Llama-3.1-70B-Instruct")],
    ],
    ids=lambda listings: listings[0][1],
)  # fmt: skip
def test_one_model_of_many_names(listings: list[tuple[str, str]]) -> None:
    assert len({model(*listing) for listing in listings}) == 1
    assert None not in {model(*listing) for listing in listings}


@pytest.mark.parametrize(
    "listings",
    [
        [("together", "Qwen/Qwen2.5-7B"), ("together", "Qwen/Qwen2-57B"), ("together", "Qwen/Qwen2-7B")],
        [("fireworks", "accounts/fireworks/models/llama-v3p2-3b"),  # a base model, named as its repository is
         ("fireworks", "accounts/fireworks/models/llama-v3p2-3b-instruct")],
        [("openai", "gpt-4o"), ("openai", "gpt-4o-2024-08-06"), ("openai", "gpt-4o-2024-11-20")],
        [("anthropic", "claude-3-5-sonnet-20240620"), ("anthropic", "claude-3-5-sonnet-20241022"),
         ("openrouter", "anthropic/claude-3.5-sonnet")],
        [("databricks", "databricks-gemini-3-flash"), ("databricks", "databricks-gemini-3-7-flash")],
        [("google", "gemini-2.5-flash"), ("google", "gemini-2.5-flash-lite"),
         ("google", "gemini-2.5-flash-preview-05-20"), ("google", "gemini-2.5-flash-image")],
        # separately released thinking checkpoints
        [("nebius", "Qwen/Qwen3-235B-A22B-Thinking-2507"), ("nebius", "Qwen/Qwen3-235B-A22B-Instruct-2507"),
         ("nebius", "Qwen/Qwen3-235B-A22B")],
        [("moonshot", "kimi-k2-thinking"), ("moonshot", "kimi-k2-0905-preview"),
         ("moonshot", "kimi-k2-0711-preview")],
        # a word of speed that is part of a name
        [("xai", "grok-4"), ("xai", "grok-4-fast"), ("xai", "grok-code-fast-1")],
        [("zai", "glm-5"), ("zai", "glm-5-turbo")],
        [("openai", "gpt-4"), ("openai", "gpt-4-turbo")],
        [("alibaba", "qwen-turbo"), ("alibaba", "qwen-plus"), ("alibaba", "qwen-flash")],
        [("openai", "whisper-large-v3"), ("groq", "whisper-large-v3-turbo")],
        # a distillation and what it was distilled into
        [("groq", "deepseek-r1-distill-llama-70b"), ("groq", "llama-3.3-70b-versatile")],
        # the context length is part of the name
        [("azure", "phi-3-mini-128k-instruct"), ("azure", "phi-3-mini-4k-instruct")],
        [("huggingface", "01-ai/Yi-34B-200K"), ("huggingface", "01-ai/Yi-34B")],
        [("huggingface", "Qwen/Qwen2.5-14B-Instruct-1M"), ("huggingface", "Qwen/Qwen2.5-14B-Instruct")],
        # siblings of another kind
        [("cohere", "embed-english-v3.0"), ("cohere", "embed-multilingual-v3.0"), ("cohere", "rerank-v3.5")],
        # made from another's model
        [("featherless", "acme-ai/Llama-3.1-8B-Instruct-Roleplay"),
         ("featherless", "meta-llama/Llama-3.1-8B-Instruct")],
        [("snowflake", "snowflake-llama-3.3-70b"), ("snowflake", "llama3.3-70b")],
    ],
    ids=lambda listings: listings[0][1],
)  # fmt: skip
def test_different_models_stay_apart(listings: list[tuple[str, str]]) -> None:
    assert len({model(*listing) for listing in listings}) == len(listings)


@pytest.mark.parametrize("provider", ["nobody", "openrouter", "bedrock", "fireworks", "ollama", "azure"])
@given(id_=st.text(max_size=60))
def test_no_text_is_too_odd_to_be_read(provider: str, id_: str) -> None:
    found = match(Listing(provider, id_))
    assert found is None or found.model.count("/") >= 1


@given(
    size=st.sampled_from(["7b", "8b", "70b", "0.6b", "8x7b"]),
    version=st.sampled_from(["2", "2.5", "3", "3.1"]),
    tag=st.sampled_from(["", "-fp8", "-awq", ":free", "-tee", "-maas"]),
)
def test_a_size_and_a_version_are_never_lost(size: str, version: str, tag: str) -> None:
    ids = {f"qwen{version}-{size}-instruct", f"qwen{version}-{size}-instruct{tag}"}
    others = {f"qwen{other}-{size}-instruct" for other in ("1.5", "4", "4.5")}
    assert len({model("nobody", id_) for id_ in ids}) == 1
    assert not {model("nobody", id_) for id_ in ids} & {model("nobody", id_) for id_ in others}


def test_an_unknown_word_keeps_models_apart() -> None:
    assert model("nobody", "openai/gpt-9-zephyr") == model("elsewhere", "gpt-9-zephyr")
    assert model("nobody", "openai/gpt-9-zephyr") != model("nobody", "openai/gpt-9")
