"""What a gold file is scored by: equal amounts, near ones, and those that nobody answers."""

from decimal import Decimal

import pytest

from scripts.score_prices import Gold, Miss, misses


def test_amounts_are_equal_near_or_missed() -> None:
    gold = [Gold("openai", "gpt", Decimal(2), Decimal("8.01"), cache_read=Decimal(1))]
    prices = {"input_token": {"usd": "0.000002"}, "output_token": {"usd": "0.000008"}}
    equal, near, missed = misses(gold, [{"provider": "openai", "model_id": "gpt", "prices": prices}])
    assert equal == "input_token"
    assert isinstance(near, Miss)
    assert near.is_near
    assert missed == Miss("openai", "gpt", "cache_read_token", Decimal(1), None)


def test_answers_to_another_row_are_refused() -> None:
    with pytest.raises(ValueError, match="is about other"):
        list(misses([Gold("openai", "gpt")], [{"provider": "openai", "model_id": "other"}]))
