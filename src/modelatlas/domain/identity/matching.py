"""Which model a listing is: what its provider declares and what its id says, weighed against each other."""

import re
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.identity.address import REPOSITORY, grammar_of, is_tag
from modelatlas.domain.identity.match import Confidence, Evidence, Match
from modelatlas.domain.identity.naming import Known, known, known_ids, named
from modelatlas.domain.identity.reading import Reading, read_id
from modelatlas.domain.identity.tokens import is_quantization
from modelatlas.domain.identity.weighing import contradictions, refines
from modelatlas.domain.listing import Listing

READ: Final = attrgetter("provider", "id", "repository", "canonical_id", "alias_of", "name", "quantization")
"""All that a match is made of: listings that differ in other things, such as prices, are one model."""
LONGEST: Final = 512
"""Characters of an id that is read at all; the longest of the recorded has 114."""


def match(listing: Listing) -> Match | None:
    """Return which model a listing is, with the evidence; None when that is doubtful.

    The provider may go by any word, known to us or not. The listing's name is asked only where its id says
    nothing.
    """
    if len(listing.id) > LONGEST:
        return None
    found = match_declared(
        listing.provider,
        listing.id,
        listing.repository or "",
        listing.canonical_id or "",
        listing.alias_of or "",
        listing.name or "",
    )
    tag = listing.quantization
    if found is None or tag is None or tag.lower() in found.variant or not is_quantization(tag.lower()):
        return found
    return replace(found, variant=tuple(sorted((*found.variant, tag.lower()))))


class Said(Struct, frozen=True, gc=False):
    """What one text says: the model, and how it was read; `reading` is None for a whole id of the table."""

    model: str
    variant: tuple[str, ...]
    evidence: Evidence
    moves: bool
    reading: Reading | None = None


def match_declared(
    provider: str, id_: str, repository: str, canonical: str, alias_of: str, name: str
) -> Match | None:
    """Return which model is meant by what a provider says of a listing; an empty text says nothing."""
    by_id = _said(provider, id_)
    if repository and repository.lower() == id_.lower():
        return None if by_id is None else _declared(by_id, repository)
    by_repository = _said(REPOSITORY, repository) if repository else None
    if by_id is None:
        if by_repository is None:
            return _by_name(provider, name)
        return _as_match(by_repository, Evidence("repository", repository), "certain")
    found = _as_match(by_id, by_id.evidence, "certain" if by_id.evidence.kind != "parse" else "high")
    if by_repository is not None:
        found = _weighed(found, by_id, by_repository, repository)
    if canonical:
        found = _with_canonical(found, provider, canonical)
    if alias_of and (target := _said(provider, alias_of)) is not None:
        found = replace(found, is_alias=True, points_at=target.model)
    return found


def _declared(by_id: Said, repository: str) -> Match:
    """Return the match of an id that is the name of its repository, too."""
    found = _as_match(by_id, Evidence("repository", repository), "certain")
    is_read = by_id.reading is None or by_id.reading.family != ""
    return replace(found, evidence=(*found.evidence, by_id.evidence)) if is_read else found


def _said(provider: str, id_: str) -> Said | None:
    if (whole := _whole(provider, id_)) is not None:
        return whole
    reading = read_id(provider, id_)
    if reading is None:
        return None
    if not reading.family and "/" in id_ and (original := _original(reading, id_)) is not None:
        reading = original
    name = named(reading)
    evidence = Evidence("alias_table", f"{id_}: {name.source}") if name.source else _read_as(id_, reading)
    return Said(name.model, reading.variant, evidence, name.moves, reading)


def _read_as(id_: str, reading: Reading) -> Evidence:
    return Evidence("parse", f"{id_} reads: {reading.told}")


def _original(reading: Reading, id_: str) -> Reading | None:
    """Return what somebody's quantised copy is a copy of: a release that the alias table knows."""
    if not any(map(is_quantization, reading.variant)):
        return None
    named_alone = read_id(REPOSITORY, id_.rpartition("/")[2])
    return named_alone if named_alone is not None and named_alone.key in known() else None


def _whole(provider: str, id_: str) -> Said | None:
    """Return the model of an id that stands whole in the alias table, with a tag or a region or not."""
    grammar = grammar_of(provider)[0]
    text = id_.lower().removesuffix(":latest" if grammar == "ollama" else "")
    entry = _known_id(grammar, text)
    variant: tuple[str, ...] = ()
    if entry is None and ":" in text:
        before, _, tag = text.rpartition(":")
        entry, variant = _known_id(grammar, before) if is_tag(tag) else None, (tag,)
    if entry is None and "." in text:
        region, _, after = text.partition(".")
        entry, variant = _known_id(grammar, after) if is_tag(region) else None, (region,)
    if entry is None:
        return None
    return Said(entry.model, variant, Evidence("alias_table", f"{id_}: {entry.source}"), entry.moves)


def _known_id(grammar: str, text: str) -> Known | None:
    return known_ids().get(text) or known_ids().get(f"{grammar} {text}")


def _weighed(found: Match, by_id: Said, by_repository: Said, repository: str) -> Match:
    """Return a match after its declared repository, which may confirm it, say more, or contradict it."""
    evidence = Evidence("repository", repository)
    if by_repository.model == by_id.model:
        return replace(found, evidence=(evidence, *found.evidence), confidence="certain")
    if by_id.moves:
        return replace(found, points_at=by_repository.model)
    if by_id.reading is None or by_repository.reading is None:
        return found
    if conflicts := contradictions(by_id.reading, by_repository.reading):
        return replace(
            found, evidence=(*found.evidence, evidence), confidence="conflicting", conflicts=conflicts
        )
    if refines(by_repository.reading, by_id.reading):
        return replace(_as_match(by_repository, evidence, "certain"), variant=found.variant)
    return found


def _with_canonical(found: Match, provider: str, canonical: str) -> Match:
    """Return a match after the provider's own pinned name: what a moving id points at, or one more reason."""
    manner = grammar_of(provider)[1]
    target = _said(provider, re.sub(manner.pinned, "", canonical) if manner.pinned else canonical)
    if target is None:
        return found
    if found.is_alias:
        return replace(found, points_at=target.model) if target.model != found.model else found
    if target.model != found.model:
        return found
    return replace(
        found, evidence=(*found.evidence, Evidence("declared_alias", canonical)), confidence=_surer(found)
    )


def _by_name(provider: str, name: str) -> Match | None:
    """Return what a name says where an id says nothing; only a name of a family that is known."""
    said = _said(provider, name) if name else None
    if said is None or said.reading is None or not said.reading.family:
        return None
    return _as_match(said, said.evidence, "high")


def _as_match(said: Said, evidence: Evidence, confidence: Confidence) -> Match:
    return Match(said.model, said.variant, (evidence,), confidence, is_alias=said.moves)


def _surer(found: Match) -> Confidence:
    return "conflicting" if found.conflicts else "certain"
