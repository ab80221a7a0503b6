"""What is not matched, or contradicts itself: a list of work, by how many listings a word would join."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing

Problem = Literal["unmatched", "conflicting"]

_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")


class Question(Struct, frozen=True):
    """Listings that one word would settle.

    They are those without a match whose ids look alike, or those of one model whose matches are contradicted;
    `reasons` say by what.
    """

    problem: Problem
    key: str
    listings: tuple[Listing, ...]
    reasons: tuple[str, ...] = ()


def questions(catalog: Catalog, matched: Matched) -> list[Question]:
    """Return all of them, those that would join the most listings first."""
    alike: defaultdict[str, list[Listing]] = defaultdict(list)
    contradicted: defaultdict[str, list[tuple[Listing, tuple[str, ...]]]] = defaultdict(list)
    for slug, part in catalog.snapshots.items():
        of = matched(catalog.snapshots[slug])
        for listing in part.listings:
            found = of.get(listing.id)
            if found is None:
                alike[likeness(listing.id)].append(listing)
            elif found.conflicts:
                contradicted[found.model].append((listing, found.conflicts))
    found_all = [Question("unmatched", key, tuple(some)) for key, some in alike.items()]
    found_all += [
        Question(
            "conflicting",
            model,
            tuple(listing for listing, _ in some),
            tuple(dict.fromkeys(reason for _, reasons in some for reason in reasons)),
        )
        for model, some in contradicted.items()
    ]
    return sorted(found_all, key=lambda each: (-len(each.listings), each.problem, each.key))


def likeness(id_: str) -> str:
    """Return what ids have in common that differ in path, tag, case and separators only; it joins nothing.

    >>> likeness("org/Rocket-2_70b:free"), likeness("rocket 2.70B")
    ('rocket 2 70b', 'rocket 2 70b')
    """
    last = id_.lower().rsplit("/", 1)[-1].split(":", 1)[0]
    return _SEPARATORS.sub(" ", last).strip() or id_.lower()


def count(some: Iterable[Question]) -> dict[Problem, int]:
    """Count the listings of each problem."""
    counts: dict[Problem, int] = {"unmatched": 0, "conflicting": 0}
    for question in some:
        counts[question.problem] += len(question.listings)
    return counts
