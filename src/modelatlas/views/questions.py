"""What is not matched, and what one listing is matched to, as everybody sees it."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.identity.unmatched import Problem, Question, count
from modelatlas.views.matches import MatchView

SHOWN: Final = 20
"""Listings of one question that are named."""


class ListingName(Struct, frozen=True):
    """A listing by its provider and id."""

    provider: str
    id: str


class QuestionView(Struct, frozen=True):
    """Listings that one word would settle: how many there are, some of them, and what contradicts them."""

    problem: Problem
    key: str
    count: int
    providers: tuple[str, ...]
    listings: tuple[ListingName, ...]
    reasons: tuple[str, ...]


class QuestionsAnswer(Struct, frozen=True, kw_only=True):
    """Questions that a word of an operator, or a better table, would settle; the largest first."""

    data: list[QuestionView]
    total: int
    returned: int
    listings: dict[Problem, int]
    catalog: str
    simulated: bool | UnsetType = UNSET


class ResolveAnswer(Struct, frozen=True):
    """Which model a listing is; `listed` tells whether the catalog has it."""

    provider: str
    id: str
    listed: bool
    match: MatchView | None


def question_view(question: Question) -> QuestionView:
    """Project one question."""
    return QuestionView(
        question.problem,
        question.key,
        len(question.listings),
        tuple(dict.fromkeys(listing.provider for listing in question.listings)),
        tuple(ListingName(listing.provider, listing.id) for listing in question.listings[:SHOWN]),
        question.reasons,
    )


def questions_answer(
    chosen: Sequence[Question], page: Sequence[Question], catalog_id: str, *, simulated: bool = False
) -> QuestionsAnswer:
    """Put questions together; `page` is the part of them that was asked for."""
    return QuestionsAnswer(
        data=list(map(question_view, page)),
        total=len(chosen),
        returned=len(page),
        listings=count(chosen),
        catalog=catalog_id,
        simulated=True if simulated else UNSET,
    )
