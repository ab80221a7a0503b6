"""Print how many prices of a gold file `modelatlas price --batch` answers, and how many exactly.

Both files are JSON lines in the same order: the gold (`provider`, `model_id`, and USD per million tokens
as `input`, `output`, `cache_read`, `cache_write`, as far as it says them) and the answers. What is measured
is how sources are put together where others agree, not whether they are right.

    python scripts/score_prices.py --gold GOLD.jsonl --answers ANSWERS.jsonl
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

FIELDS: Final = {
    "input": "input_token",
    "output": "output_token",
    "cache_read": "cache_read_token",
    "cache_write": "cache_write_token",
}
"""The gold's word -> the unit."""
MILLION: Final = Decimal(1_000_000)


class Gold(Struct, frozen=True):
    """What sources agree on, in USD per million tokens; None where they do not say."""

    provider: str
    model_id: str
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None


class Miss(Struct, frozen=True):
    """An amount that is answered otherwise, or not at all (`answered` is None)."""

    provider: str
    model_id: str
    unit: str
    expected: Decimal
    answered: Decimal | None

    @property
    def is_near(self) -> bool:
        """Tell whether the answer is within the half percent to which the gold itself agrees."""
        return self.answered is not None and abs(self.answered - self.expected) * 200 <= self.expected


def misses(gold: Iterable[Gold], answers: Iterable[Mapping[str, Any]]) -> Iterator[Miss | str]:
    """Yield the unit of each amount that is answered exactly, and a miss for each other.

    Raises ValueError when the answers are not those of the gold, row by row.
    """
    for row, answer in zip(gold, answers, strict=True):
        if (row.provider, row.model_id) != (answer["provider"], answer["model_id"]):
            raise ValueError(f"the answer to {row.provider} {row.model_id} is about {answer['model_id']}")
        for field, unit in FIELDS.items():
            expected: Decimal | None = getattr(row, field)
            if expected is None:
                continue
            usd = answer.get("prices", {}).get(unit, {}).get("usd")
            answered = None if usd is None else Decimal(usd) * MILLION
            yield unit if answered == expected else Miss(row.provider, row.model_id, unit, expected, answered)


def main() -> None:
    """Print rows covered, agreement of each unit, and every miss."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    asked = parser.parse_args()
    gold = msgspec.json.Decoder(Gold).decode_lines(asked.gold.read_bytes())
    answers = msgspec.json.Decoder(dict[str, Any]).decode_lines(asked.answers.read_bytes())
    results = list(misses(gold, answers))
    covered = sum(bool(answer.get("prices")) for answer in answers)
    print(f"rows covered: {covered} of {len(gold)}")
    for unit in FIELDS.values():
        missed = [each for each in results if isinstance(each, Miss) and each.unit == unit]
        answered = [each for each in missed if each.answered is not None]
        equal = results.count(unit)
        near = sum(each.is_near for each in missed)
        print(
            f"{unit}: {equal} equal of {equal + len(answered)} answered, {near} more within 0.5 %, "
            f"of {equal + len(missed)}"
        )
    for each in results:
        if isinstance(each, Miss):
            print(f"  {each.provider} {each.model_id} {each.unit}: {each.expected}, answered {each.answered}")


if __name__ == "__main__":
    main()
