"""Catalogs of any size, made of nothing: the same for the same number."""

import random
from datetime import UTC, datetime
from decimal import Decimal

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROVIDERS = 50
LABS = (
    "meta", "mistral", "qwen", "google", "openai", "anthropic", "deepseek", "cohere", "nvidia", "microsoft",
)  # fmt: skip
FAMILIES = ("llama", "mixtral", "qwen", "gemma", "gpt", "claude", "deepseek", "command", "nemotron", "phi")
TUNES = (
    "instruct", "chat", "coder", "base", "vision", "thinking", "turbo", "preview", "roleplay", "uncensored",
)  # fmt: skip
SIZES = (1, 3, 7, 8, 13, 32, 70, 120, 235, 405)
CONTEXTS = (4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 200_000, 262_144, 1_000_000)
PARAMETERS = ("tools", "seed", "temperature", "top_p", "stop", "response_format", "reasoning", "logprobs")


def listings(slug: str, count: int, chance: random.Random, version: int = 0) -> list[Listing]:
    """Make so many listings of one provider."""
    made = []
    for number in range(count):
        which = chance.randrange(len(FAMILIES))
        words = f"{FAMILIES[which]}-{chance.randint(1, 4)}.{chance.randint(0, 9)}-{chance.choice(SIZES)}b"
        name = f"{words}-{chance.choice(TUNES)}"
        price = Decimal(chance.randint(1, 2_000)) / 100
        made.append(
            Listing(
                slug,
                f"{LABS[which]}/{name}-{number}" + (f"-v{version}" if number == 0 and version else ""),
                name=name.replace("-", " ").title(),
                lab=LABS[which],
                mode="chat" if chance.random() < 0.8 else "embedding",
                context_tokens=chance.choice(CONTEXTS),
                max_output_tokens=chance.choice(CONTEXTS[:4]),
                input_modalities=("image", "text") if chance.random() < 0.3 else ("text",),
                output_modalities=("text",),
                supported_parameters=tuple(sorted(chance.sample(PARAMETERS, chance.randint(0, 6)))),
                prices=(
                    usd("input_token", str(price), per="1M tokens", path="price.in"),
                    usd("output_token", str(price * 4), per="1M tokens", path="price.out"),
                ),
            )
        )
    return made


def sizes(count: int) -> list[int]:
    """Spread listings over providers as they are in the world: one has a third, most have few."""
    weights = [1 / (rank + 1) for rank in range(PROVIDERS)]
    found = [max(1, int(count * weight / sum(weights))) for weight in weights]
    return [found[0] + count - sum(found), *found[1:]]


def made(count: int, changed: int | None = None) -> Catalog:
    """Make a catalog; with `changed` that provider says something else in one listing."""
    chance = random.Random(1)
    return catalog(
        snapshot(f"p{at:02d}", NOON, listings(f"p{at:02d}", many, chance, version=int(at == changed)))
        for at, many in enumerate(sizes(count))
    )
