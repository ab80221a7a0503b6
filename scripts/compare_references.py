"""Print how often price files that others keep differ from what a provider itself said, price by price.

Compared are recorded lists of OpenRouter and DeepInfra with LiteLLM's cost map and the data of genai-prices,
both read as references are read here. A file differs when it is more than half a percent off the recorded
number; what it does not price is counted apart. The recordings and the maps must be given, and are named with
their dates, since only prices of about the same time can be compared.

    python scripts/compare_references.py --recordings DIR --litellm 2026-08-01=FILE.json.gz
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import agree
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.sources import Document

RECORDED: Final = {
    "openrouter": datetime(2026, 8, 22, 12, tzinfo=UTC),
    "deepinfra": datetime(2026, 2, 28, tzinfo=UTC),
}
"""Provider -> when its list was recorded (DeepInfra: the day before it was committed)."""
UNITS: Final = ("input_token", "output_token", "cache_read_token")


class Comparison(Struct, frozen=True):
    """Prices that a list says, how many a file has too, how many of these differ, and in how many models."""

    said: int
    priced: int
    differing: int
    models: int
    models_differing: int


def compared(part: Snapshot, source: PriceSource) -> Comparison:
    """Compare every plain price of a list with what a source says of the same id at that time."""
    said = priced = differing = models = models_differing = 0
    for listing in part.listings:
        quoted = source.find(part.provider, listing.id, part.fetched_at)
        wrong = known = 0
        for unit in UNITS:
            asked = Circumstances(part.fetched_at)
            own = evaluate(listing.prices, unit, asked, listing.factors)
            if own is None or not own.amount:
                continue
            said += 1
            theirs = None if quoted is None else evaluate(quoted.rules, unit, asked, quoted.factors)
            if theirs is not None:
                known += 1
                wrong += not agree(own, theirs)
        priced, differing = priced + known, differing + wrong
        models, models_differing = models + bool(known), models_differing + bool(wrong)
    return Comparison(said, priced, differing, models, models_differing)


def table(parts: Sequence[Snapshot], sources: Mapping[str, PriceSource]) -> Iterator[str]:
    """Write the comparisons of every list with every file as a table of Markdown."""
    yield "| list | file | prices said | priced in the file | differ | models | with a difference |"
    yield "|---|---|---|---|---|---|---|"
    for part in parts:
        for name, source in sources.items():
            found = compared(part, source)
            yield (
                f"| {part.provider} {part.fetched_at.date()} | {name} | {found.said} | {found.priced} "
                f"| {share(found.differing, found.priced)} | {found.models} "
                f"| {share(found.models_differing, found.models)} |"
            )


def share(some: int, whole: int) -> str:
    """Write a count with its share."""
    return f"{some} ({some / whole:.1%})" if whole else f"{some}"


def recorded(directory: Path) -> Iterator[Snapshot]:
    """Read the recorded lists."""
    for slug, at in RECORDED.items():
        provider = declared()[slug]
        yield read_snapshot(
            provider, {provider.lists[0].name: [(directory / f"{slug}.json").read_bytes()]}, at
        )


def main() -> None:
    """Read the words of the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recordings", type=Path, required=True, metavar="DIR")
    parser.add_argument("--litellm", action="append", default=[], metavar="DATE=FILE")
    words = parser.parse_args()
    sources: dict[str, PriceSource] = {
        f"LiteLLM's map of {date}": Document("litellm", Path(file)).load()
        for date, _, file in (each.partition("=") for each in words.litellm)
    }
    sources[f"genai-prices {version('genai-prices')}"] = GenaiPrices().load()
    print("\n".join(table(list(recorded(words.recordings)), sources)))


if __name__ == "__main__":
    main()
