"""Which model a listing is: what its provider declares and what its id says, weighed against each other."""

from functools import lru_cache
from typing import Final

from modelatlas.domain.identity.match import Confidence, Evidence, Match
from modelatlas.domain.identity.naming import compose, known, known_ids
from modelatlas.domain.identity.address import REPOSITORY, grammar_of
from modelatlas.domain.identity.reading import read_id
from modelatlas.domain.listing import Listing


def match(listing: Listing) -> Match | None:
    """Return which model a listing is, with the evidence; None when that is doubtful."""
    return match_words(listing.provider, listing.id, listing.repository or "")


@lru_cache(maxsize=65_536)
def match_words(provider: str, id_: str, repository: str) -> Match | None:
    by_id = _resolve(provider, id_)
    if not repository:
        return by_id
    by_repository = _resolve(REPOSITORY, repository)
    if by_id is None:
        return by_repository
    return by_id


def _resolve(provider: str, id_: str) -> Match | None:
    text = id_.lower()
    if whole := known_ids().get(text) or known_ids().get(f"{grammar_of(provider)[0]} {text}"):
        return Match(whole.model, (), (Evidence("alias_table", f"{id_}: {whole.source}"),), "certain")
    reading = read_id(provider, id_)
    if reading is None:
        return None
    entry = known().get(reading.key)
    if entry is not None:
        return Match(
            entry.model,
            reading.variant,
            (Evidence("alias_table", f"{id_}: {entry.source}"),),
            "certain",
            is_alias=entry.moves,
        )
    return Match(
        compose(reading),
        reading.variant,
        (Evidence("parse", id_),),
        "high",
        is_alias=reading.is_latest,
    )
