"""`resolve`: which models the listings on the standard input are, line by line."""

import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import typer
from msgspec import Struct

from modelatlas.cli.output import json_text, say, write
from modelatlas.cli.running import FAILED, PARTLY_FAILED
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.identity import Match, match
from modelatlas.domain.listing import Listing


def resolve() -> None:
    """Say which models listings are, whatever their providers call them.

    The standard input has one JSON object a line: {"provider", "model_id", "display_name"?}; it comes back
    with "canonical" (lab/name, or null), "variant", "evidence" and "confidence", and for an id that moves
    with "is_alias" and "points_at". Any provider word will do. "repository", "canonical_id" and "alias_of"
    of a line are evidence, too; what contradicts the id is told as "conflicts".
    """
    counted = Counted()
    write(_answers(counted))
    if counted.bad:
        say(f"error: {counted.bad:,} of {counted.bad + counted.good:,} lines could not be read")
        raise typer.Exit(PARTLY_FAILED if counted.good else FAILED)


class Question(Struct, frozen=True):
    """One line: what a provider calls a model, and what it declares of it."""

    provider: str
    model_id: str
    display_name: str | None = None
    repository: str | None = None
    canonical_id: str | None = None
    alias_of: str | None = None


class Counted(Struct):
    """How many lines were answered and how many could not be read."""

    good: int = 0
    bad: int = 0


def answer(line: bytes) -> dict[str, Any]:
    """Return one line's fields as received, with the model added. Raises `BadRequest`."""
    try:
        question = msgspec.json.decode(line, type=Question)
        said = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f'{error}: expected {{"provider": "...", "model_id": "..."}}') from None
    if not question.provider.strip() or not question.model_id.strip():
        raise BadRequest("an empty provider or model_id: expected both to name something")
    return said | answer_of(match(_listing(question)))


def answer_of(found: Match | None) -> dict[str, Any]:
    """Return what is added to a line."""
    if found is None:
        return {"canonical": None, "variant": [], "evidence": [], "confidence": None}
    told: dict[str, Any] = {
        "canonical": found.model,
        "variant": found.variant,
        "evidence": found.evidence,
        "confidence": found.confidence,
    }
    if found.is_alias:
        told |= {"is_alias": True, "points_at": found.points_at}
    return told | {"conflicts": found.conflicts} if found.conflicts else told


def _answers(counted: Counted) -> Iterator[str]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            told = answer(line)
        except BadRequest as error:
            counted.bad += 1
            say(f"line {number}: {error}")
        else:
            counted.good += 1
            yield json_text(told)


def _listing(question: Question) -> Listing:
    return Listing(
        provider=question.provider.strip(),
        id=question.model_id.strip(),
        name=question.display_name,
        repository=question.repository,
        canonical_id=question.canonical_id,
        alias_of=question.alias_of,
    )
