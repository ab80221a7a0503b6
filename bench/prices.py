"""How long a price at an instant takes, and a usage, beside a dict, and beside `calc_price` of genai-prices.

All in one run and one thread, interleaved; the median of rounds, in time of the processor. The yardsticks are
a lookup in a dict with one multiplication of Decimals, and what genai-prices takes for two units of a usage.

    python bench/prices.py [--rounds 15] [--json]
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from rows import Row, interleaved, options, show

from modelatlas import load_prices
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.money import EXACT
from modelatlas.prices.files import bundled
from modelatlas.views.costs import CostAnswer, CostQuestion, answers

TIMES = 200
AT = datetime(2026, 10, 5, 2, tzinfo=UTC)
USAGES = 10_000
MODELS = (("openai", "gpt-4o-mini"), ("deepseek", "deepseek-v4-flash"), ("anthropic", "claude-sonnet-4-6"))
USAGE = {
    "prompt_tokens": 1_200,
    "completion_tokens": 300,
    "prompt_tokens_details": {"cached_tokens": 1_000},
    "completion_tokens_details": {"reasoning_tokens": 100},
}
MICRO = 1e6


def multiplied(prices: dict[str, Decimal], amount: Decimal) -> Decimal:
    """The first yardstick."""
    return EXACT.multiply(prices["input_token"], amount)


def rows(rounds: int) -> Iterator[Row]:
    """Measure; yield the rows of the table."""
    asked = Circumstances(AT)
    prices, many = {"input_token": Decimal("0.00000015")}, Decimal(1_200)
    plain, peak = bundled()["openai"].rules["gpt-4o-mini"], bundled()["deepseek"].rules["deepseek-v4-flash"]
    looked, unconditional, conditional, calculated = interleaved(
        [
            partial(multiplied, prices, many),
            partial(evaluate, tuple(plain), "input_token", asked),
            partial(evaluate, tuple(peak), "input_token", asked),
            calculate,
        ],
        rounds,
        TIMES,
    )
    for what, taken, target in (("unconditional", unconditional, 5), ("by the hour", conditional, 50)):
        detail = f"{taken / looked:.0f} x a dict and a multiplication, {taken / calculated:.2f} x calc_price"
        yield Row(f"price at an instant, {what}", taken * MICRO, "us", target, at_most=True, detail=detail)
    yield usages()


def usages() -> Row:
    """Cost 10,000 usages of four units each, beside as many calls of `calc_price` for two units."""
    lookup = load_prices()
    asked = [
        CostQuestion(provider=provider, model=model, usage=USAGE, at=AT)
        for provider, model in MODELS
        for _ in range(USAGES // len(MODELS) + 1)
    ][:USAGES]
    answered = answers(asked, lookup.prices, AT)
    known = sum(isinstance(each, CostAnswer) and each.usd is not None for each in answered)
    if known < USAGES:
        raise SystemExit(f"{USAGES - known:,} of {USAGES:,} usages are not known")

    def calculate_all() -> None:
        for _ in range(USAGES):
            calculate()

    taken, calculated = interleaved([partial(answers, asked, lookup.prices, AT), calculate_all], 3)
    detail = f"{USAGES / taken:,.0f} a second beside {USAGES / calculated:,.0f} of calc_price for two units"
    return Row(
        f"{USAGES:,} usages of four units costed", calculated / taken, "x calc_price", None, detail=detail
    )


def calculate() -> object:
    """Return what genai-prices says of a usage: the second yardstick."""
    used = TheirUsage(input_tokens=1_200, output_tokens=300)
    return calc_price(used, "gpt-4o-mini", provider_id="openai", genai_request_timestamp=AT)


if __name__ == "__main__":
    show(rows(options(rounds=15).rounds))
