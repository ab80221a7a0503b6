"""What a match rests on: the id, the tables, what the provider declares; and what speaks against it."""

import pytest

from modelatlas.domain.identity import Evidence, Match, match
from modelatlas.domain.listing import Listing


def found(said: Listing) -> Match:
    result = match(said)
    assert result is not None
    return result


def kinds(result: Match) -> list[str]:
    return [each.kind for each in result.evidence]


def test_a_name_of_the_alias_table_is_certain_and_names_its_source() -> None:
    said = found(Listing("openai", "gpt-4.1-2025-04-14"))
    assert said.confidence == "certain"
    assert said.evidence == (
        Evidence("alias_table", "gpt-4.1-2025-04-14: https://platform.openai.com/docs/models"),
    )


def test_a_name_that_is_only_read_is_not_certain() -> None:
    said = found(Listing("groq", "qwen/qwen3-32b"))
    assert said.confidence == "high"
    assert said.evidence == (Evidence("parse", "qwen/qwen3-32b reads: qwen 3 32b"),)


def test_a_declared_repository_confirms() -> None:
    said = found(Listing("near", "qwen/qwen3-32b", repository="Qwen/Qwen3-32B"))
    assert (said.confidence, kinds(said)) == ("certain", ["repository", "parse"])


def test_a_repository_is_its_own_evidence_where_the_id_says_nothing() -> None:
    said = found(Listing("morpheus", "0x8f9f631f647b", repository="acme-ai/Rocket-2"))
    assert (said.model, kinds(said)) == ("acme-ai/rocket-2", ["repository"])


def test_a_repository_that_says_more_is_the_model() -> None:
    said = found(Listing("openrouter", "acme/any", repository=""))
    assert said.model == "acme/any"
    more = found(Listing("openrouter", "qwen/qwen3-embedding", repository="Qwen/Qwen3-Embedding-8B"))
    assert more.model == "qwen/qwen3-embedding-8b"


def test_an_instruct_listing_with_the_base_models_repository_stays_what_it_says() -> None:
    said = found(Listing("cerebras", "gemma-4-31b-it", repository="google/gemma-4-31B"))
    assert said.model == "google/gemma-4-31b-it"
    assert said.conflicts == ()


def test_a_contradicted_size_is_a_conflict() -> None:
    said = found(Listing("near", "qwen/qwen3-32b", repository="Qwen/Qwen3-8B"))
    assert said.model == "qwen/qwen3-32b"
    assert said.confidence == "conflicting"
    assert said.conflicts == ("size: the id says 32b, its repository 8b",)


def test_a_contradicted_version_is_a_conflict() -> None:
    said = found(Listing("near", "llama-3.1-8b-instruct", repository="meta-llama/Meta-Llama-3-8B-Instruct"))
    assert said.conflicts == ("version: the id says 3.1, its repository 3",)


def test_a_moving_id_points_at_what_the_provider_says() -> None:
    said = found(Listing("mistral", "mistral-large-latest", canonical_id="mistral-large-2411"))
    assert said.is_alias
    assert (said.model, said.points_at) == (
        "mistralai/mistral-large",
        "mistralai/mistral-large-instruct-2411",
    )
    router = found(
        Listing("openrouter", "~anthropic/claude-opus-latest", alias_of="anthropic/claude-opus-4.8")
    )
    assert router.is_alias
    assert router.points_at == "anthropic/claude-opus-4-8"


@pytest.mark.parametrize(
    ("provider", "id_", "model"),
    [
        ("openai", "gpt-4o", "openai/gpt-4o"),
        ("openai", "gpt-5-chat-latest", "openai/gpt-5-chat-latest"),
        ("azure", "gpt-5-chat", "openai/gpt-5-chat-latest"),
        ("openrouter", "~openai/gpt-latest", "openai/gpt-latest"),
        ("alibaba", "qwen-plus", "qwen/qwen-plus"),
        ("alibaba", "qwen-plus-latest", "qwen/qwen-plus-latest"),
        ("openrouter", "~deepseek/deepseek-v4-flash-latest", "deepseek-ai/deepseek-v4-flash-latest"),
        ("xai", "grok-4.3-latest", "x-ai/grok-4.3-latest"),
    ],
)
def test_an_id_that_moves_is_an_item_of_its_own(provider: str, id_: str, model: str) -> None:
    said = found(Listing(provider, id_))
    assert (said.model, said.is_alias) == (model, True)


@pytest.mark.parametrize(
    ("provider", "id_", "model"),
    [
        ("anthropic", "claude-3-5-haiku-latest", "anthropic/claude-3-5-haiku"),  # one snapshot, and no other
        ("mistral", "pixtral-12b-latest", "mistralai/pixtral-12b-2409"),
        ("alibaba", "qwen3.6-max-preview", "qwen/qwen3.6-max-preview"),
        ("deepseek", "deepseek-v4-flash", "deepseek-ai/deepseek-v4-flash"),
    ],
)
def test_what_has_one_release_does_not_move(provider: str, id_: str, model: str) -> None:
    said = found(Listing(provider, id_))
    assert (said.model, said.is_alias) == (model, False)


def test_the_date_of_a_gateways_own_list_is_no_snapshot() -> None:
    said = found(Listing("openrouter", "qwen/qwen3.8-max", canonical_id="qwen/qwen3.8-max-20260803"))
    assert said.is_alias
    assert said.points_at is None


def test_a_pinned_id_does_not_move() -> None:
    said = found(Listing("openai", "gpt-4o-2024-08-06", canonical_id="gpt-4o-2024-08-06"))
    assert not said.is_alias
    assert said.points_at is None
    assert kinds(said) == ["parse", "declared_alias"]


def test_a_declared_quantisation_is_a_variant() -> None:
    assert found(Listing("deepinfra", "Qwen/Qwen3-32B", quantization="FP8")).variant == ("fp8",)
    assert found(Listing("deepinfra", "Qwen/Qwen3-32B", quantization="FP16/8 (weights only)")).variant == ()


def test_a_long_tail_of_own_repositories_is_not_folded() -> None:
    said = found(Listing("featherless", "acme-ai/Rocket-Llama-3-8B", repository="acme-ai/Rocket-Llama-3-8B"))
    assert (said.model, kinds(said)) == ("acme-ai/rocket-llama-3-8b", ["repository"])
