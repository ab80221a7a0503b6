"""Where sources disagree: all values of a unit side by side, and how often which two say the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.disputes import Difference, Pair, difference, pairs
from modelatlas.domain.precedence import Choice
from modelatlas.domain.publishing import Published
from modelatlas.domain.quarantine import ratio_text
from modelatlas.domain.sources import named
from modelatlas.views.values import Dates, ValueView, value_view


class Disagreement(Struct, frozen=True):
    """A unit of a listing of which sources say different things.

    `ratio` is how many times the highest amount is the lowest, None where they differ in something else.
    """

    provider: str
    id: str
    choice: Choice
    differs: Difference
    ratio: Decimal | None
    is_kept_back: bool
    is_private: bool


class Disagreements(Struct, frozen=True):
    """All of them, the largest ratio first, and by provider how often which two sources agree."""

    found: tuple[Disagreement, ...]
    agreed: Mapping[str, Mapping[Pair, int]]


class Wanted(Struct, frozen=True, kw_only=True):
    """Which disagreements are asked for; None is all. `source` is a name with or without its kind."""

    provider: str | None = None
    source: str | None = None
    unit: str | None = None
    min_ratio: Decimal | None = None


class DisagreementView(Struct, frozen=True, kw_only=True):
    """A unit of a listing of which sources say different things.

    `ratio` is how many times the highest amount is the lowest, rounded to four digits after the point; null
    where they differ in `state` (one is free, or varies) or in `currency`. `published` is the source that
    counts, null where its price is kept back.
    """

    provider: str
    id: str
    unit: str
    differs: Difference
    ratio: str | None
    published: str | None
    values: tuple[ValueView, ...]


class PairView(Struct, frozen=True):
    """How often two sources say the same of a unit, and how often not."""

    one: str
    other: str
    unit: str
    agree: int
    differ: int


class DisagreementsAnswer(Struct, frozen=True, kw_only=True):
    """Disagreements, the largest ratio first; those in `state` or `currency`, which have none, at the end.

    `pairs` count over all that is asked for, without the minimum of the ratio, the most differences first.
    """

    data: tuple[DisagreementView, ...]
    total: int
    returned: int
    agree: int
    differ: int
    pairs: tuple[PairView, ...]
    simulated: bool | UnsetType = UNSET


def disagreements(kept: Mapping[str, Published]) -> Disagreements:
    """Gather the disputes of all lists."""
    found = [each for slug, part in kept.items() for each in _of(slug, part)]
    found.sort(key=_order)
    return Disagreements(tuple(found), {slug: part.agreements for slug, part in kept.items()})


def disagreements_answer(
    whole: Disagreements,
    wanted: Wanted,
    limit: int,
    offset: int,
    dates: Dates,
    *,
    sees_all: bool,
    simulated: bool = False,
) -> DisagreementsAnswer:
    """Show a page of those that are asked for; account listings to who sees all."""
    asked = [each for each in whole.found if (sees_all or not each.is_private) and _is_wanted(each, wanted)]
    least = wanted.min_ratio
    chosen = [each for each in asked if least is None or (each.ratio is not None and each.ratio >= least)]
    page = tuple(_view(each, dates) for each in chosen[offset : offset + limit])
    counted = _pairs(whole, asked, wanted)
    return DisagreementsAnswer(
        data=page,
        total=len(chosen),
        returned=len(page),
        agree=sum(each.agree for each in counted),
        differ=sum(each.differ for each in counted),
        pairs=counted,
        simulated=True if simulated else UNSET,
    )


def _of(slug: str, part: Published) -> Iterable[Disagreement]:
    if not part.disputes:
        return
    private = {each.id for each in part.snapshot.listings if each.visibility == "account"}
    for id_, choices in part.disputes.items():
        kept_back = {suspect.unit for suspect in part.suspects.get(id_, ())}
        for choice in choices:
            differs, ratio = difference((choice.chosen, *choice.others))
            yield Disagreement(slug, id_, choice, differs, ratio, choice.unit in kept_back, id_ in private)


def _order(each: Disagreement) -> tuple[bool, Decimal, str, str, str]:
    ratio = each.ratio
    return ratio is None, -(ratio or Decimal(0)), each.provider, each.id, each.choice.unit


def _is_wanted(each: Disagreement, wanted: Wanted) -> bool:
    words = (each.choice.chosen, *each.choice.others)
    return (
        wanted.provider in {None, each.provider}
        and wanted.unit in {None, each.choice.unit}
        and (wanted.source is None or any(_is(said.source, wanted.source) for said in words))
    )


def _is(source: str, wanted: str) -> bool:
    """Tell whether a source is the one asked for: `litellm` is `reference:litellm` in whatever version."""
    name = named(source)
    return wanted in {source, name, name.partition(":")[2]}


def _pairs(whole: Disagreements, asked: Iterable[Disagreement], wanted: Wanted) -> tuple[PairView, ...]:
    differ: Counter[Pair] = Counter()
    for each in asked:
        differ.update(pair for pair, equal in pairs(each.choice) if not equal)
    agree: Counter[Pair] = Counter()
    for slug, agreed in whole.agreed.items():
        if wanted.provider in {None, slug}:
            agree.update(agreed)
    found = [
        PairView(*pair, agree[pair], differ[pair])
        for pair in agree.keys() | differ.keys()
        if wanted.unit in {None, pair.unit}
        and (wanted.source is None or _is(pair.one, wanted.source) or _is(pair.other, wanted.source))
    ]
    return tuple(sorted(found, key=lambda each: (-each.differ, -each.agree, each.one, each.other, each.unit)))


def _view(each: Disagreement, dates: Dates) -> DisagreementView:
    choice, as_of = each.choice, dates.of(each.provider)
    counts = not each.is_kept_back
    return DisagreementView(
        provider=each.provider,
        id=each.id,
        unit=choice.unit,
        differs=each.differs,
        ratio=None if each.ratio is None else ratio_text(each.ratio),
        published=choice.chosen.source if counts else None,
        values=(
            value_view(choice.chosen, as_of, published=counts),
            *(value_view(other, as_of) for other in choice.others),
        ),
    )
