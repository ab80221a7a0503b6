"""`price PROVIDER ID` and `cost` ask every source, without making what references list a catalog first."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.domain.snapshot import snapshot
from tests.cli.conftest import Run
from tests.cli.test_replay import objects

HEARD = datetime(2026, 11, 1, tzinfo=UTC)
PRICED = tuple(Rule(unit, "known", Decimal(3), per="1M tokens") for unit in ("input_token", "output_token"))
USAGE = json.dumps({"usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}}).encode()


@pytest.mark.usefixtures("references")
def test_every_source_is_asked(modelatlas: Run, keep: Callable[..., None]) -> None:
    keep(
        snapshot("anthropic", HEARD, [Listing("anthropic", "claude-opus-9", prices=PRICED)]),
        snapshot("helicone", HEARD, [Listing("helicone", "anthropic/claude-opus-9")]),
    )
    for provider, id_, source in (
        ("anthropic", "claude-opus-9", "provider"),
        ("helicone", "anthropic/claude-opus-9", "borrowed:anthropic/claude-opus-9"),
        ("nobody", "nobody/one", "reference:few@1"),
        ("openai", "gpt-4o-mini", "curated:openai@2026-08-22"),
    ):
        (told,) = objects(modelatlas("price", provider, id_, "--json"))
        assert told["prices"]["input_token"]["source"] == source
        (cost,) = objects(modelatlas("cost", provider, id_, "--json", stdin=USAGE))
        assert cost["lines"][0]["source"] == source
