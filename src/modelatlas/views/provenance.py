"""Why a listing costs what it costs: of each unit what every source says, which one counts, and why."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct, structs

from modelatlas.domain.precedence import Choice, Said, Settled, Withheld, agree
from modelatlas.domain.priced import Priced
from modelatlas.domain.quarantine import Suspect
from modelatlas.views.values import AsOf, ValueView, value_view

Outcome = Literal["published", "quarantined", "conditional", "withheld", "unsettled"]


class SourceView(ValueView, frozen=True, kw_only=True):
    """What one source says of a unit; `agrees` with what counts, null where nothing does; `why` it counts."""

    agrees: bool | None
    why: str


class UnitSourcesView(Struct, frozen=True, kw_only=True):
    """All that is said of a unit, what counts first.

    `outcome`: its price is `published`; or kept back (`quarantined`); or what counts is said under conditions
    only, which stand among the prices; or it is `withheld`, since nobody may say it who says it; or what
    counts says two things, so that it is `unsettled`. `detail` tells why where it is not published.
    """

    unit: str
    outcome: Outcome
    disputed: bool
    detail: str | None
    values: tuple[SourceView, ...]


def provenance(priced: Priced, as_of: AsOf) -> tuple[UnitSourcesView, ...]:
    """Show what was said of the units of a listing, and what came of it."""
    settled = priced.settled
    if settled is None:
        return ()
    views = [_published(choice, as_of) for choice in settled.choices]
    views += [_quarantined(suspect, as_of) for suspect in priced.suspects]
    done = {view.unit for view in views}
    return (*views, *_others(settled, done, as_of))


def _published(choice: Choice, as_of: AsOf) -> UnitSourcesView:
    first = _source(choice.chosen, as_of, "counts: no stronger source prices it", agrees=True, published=True)
    rest = (
        _source(said, as_of, _weaker(said, choice.chosen), agrees=agree(said.cost, choice.chosen.cost))
        for said in choice.others
    )
    return UnitSourcesView(
        unit=choice.unit,
        outcome="published",
        disputed=choice.is_disputed,
        detail=None,
        values=(first, *rest),
    )


def _quarantined(suspect: Suspect, as_of: AsOf) -> UnitSourcesView:
    return UnitSourcesView(
        unit=suspect.unit,
        outcome="quarantined",
        disputed=any(not agree(suspect.said.cost, other.cost) for other in suspect.others),
        detail=suspect.detail,
        values=(
            _source(suspect.said, as_of, "would count, and is kept back"),
            *(_source(said, as_of, "no price counts") for said in suspect.others),
        ),
    )


def _others(settled: Settled, done: set[str], as_of: AsOf) -> Iterator[UnitSourcesView]:
    """Go through the units without a plain price that counts."""
    unsettled = {each.unit: each for each in settled.unsettled}
    conditional = {rule.unit: rule.source for rule in settled.rules}
    withheld = {each.said.cost.unit for each in settled.withheld}
    for unit in dict.fromkeys((*unsettled, *conditional, *sorted(withheld))):
        if unit in done:
            continue
        outcome: Outcome = "withheld"
        detail = "whoever names it contradicts a stronger source on another unit"
        if unit in unsettled:
            outcome, detail = "unsettled", f"{unsettled[unit].source}: {unsettled[unit].reason}"
        elif unit in conditional:
            outcome, detail = "conditional", f"{conditional[unit]} prices it under conditions only"
        words = [each for each in settled.withheld if each.said.cost.unit == unit]
        yield UnitSourcesView(
            unit=unit, outcome=outcome, disputed=False, detail=detail, values=tuple(_held(words, as_of))
        )


def _held(words: Iterable[Withheld], as_of: AsOf) -> Iterator[SourceView]:
    sentences = {
        "contradicts": "contradicts {by} on another unit, which does not name this one",
        "conditional": "{by} counts before it, and prices this under conditions",
        "unsettled": "{by} counts before it, and says two things of this",
    }
    return (_source(each.said, as_of, sentences[each.why].format(by=each.by)) for each in words)


def _weaker(said: Said, chosen: Said) -> str:
    if said.standing == "borrowed":
        return "is another offer's price, which is asked last"
    if said.standing == chosen.standing:
        return f"{chosen.source} is asked before it, or agrees with another"
    return f"{chosen.standing} counts before {said.standing}"


def _source(
    said: Said, as_of: AsOf, why: str, *, agrees: bool | None = None, published: bool = False
) -> SourceView:
    shown = structs.asdict(value_view(said, as_of, published=published))
    return SourceView(**shown, agrees=agrees, why=why)
