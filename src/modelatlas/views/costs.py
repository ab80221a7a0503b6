"""What a usage costs, as everybody sees it: the convention, a line for each unit, and an exact total."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from modelatlas.domain.costing import Line
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.instants import in_reach
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.price import Factor, State, Tier
from modelatlas.domain.priced import Costed, Priced, costed
from modelatlas.domain.rates import NO_RATES, Display, Rates, currency_named
from modelatlas.domain.usage import Convention
from modelatlas.domain.usage_forms import read_usage
from modelatlas.views.models import WhenView, when_view
from modelatlas.views.shown import ShownView, shown_view
from modelatlas.views.values import QuoteView

MOST: Final = 10_000
"""Usages in one batch."""


class CostQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One usage to be priced.

    `model` is the provider's own id. `usage` is the usage object of an answer, or the answer. Without `at`
    the instant is now; without `tier` the one that the usage names counts, else the standard one. With
    `currency` the total is shown in it, too.
    """

    provider: Annotated[str, Meta(min_length=1, max_length=100)]
    model: Annotated[str, Meta(min_length=1, max_length=300)]
    usage: dict[str, Any]
    at: datetime | None = None
    tier: Tier | None = None
    region: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    currency: Annotated[str, Meta(max_length=20)] | None = None


class CostBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many usages to be priced, each a `CostQuestion`; one that is none is answered with a fault."""

    requests: Annotated[tuple[Any, ...], Meta(min_length=1, max_length=MOST)]


class FactorView(Struct, frozen=True):
    """A factor that was applied, where it stood and who said it."""

    factor: str
    when: WhenView | None
    path: str
    source: str


class LineView(Struct, frozen=True, kw_only=True):
    """One unit's part of a cost; `usd` is null where `reason` says why it is not known.

    `priced_as` is the unit whose price counts, where this one is not priced apart.
    """

    unit: str
    quantity: str
    priced_as: str
    state: State | None = None
    usd_per_unit: str | None = None
    usd: str | None = None
    source: str | None = None
    quote: QuoteView | None = None
    when: WhenView | None = None
    factors: tuple[FactorView, ...] = ()
    reason: str | None = None


class CostAnswer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="cost"):
    """What one usage costs: `usd` is null as soon as one part is not known, `known_usd` sums the others.

    `api` is the form in which the usage was told; `cached` says whether that form counts cached tokens among
    the input tokens (`included`) or `beside` them. `charged` is what the answer itself says was charged.
    `shown` is the total for display, where a currency was asked for. `announced` is there for an instant that
    is yet to come: what is known today of it.
    """

    provider: str
    model: str
    at: datetime
    tier: Tier
    api: str
    cached: Convention
    prompt_tokens: int
    usd: str | None
    known_usd: str
    charged: str | None
    lines: tuple[LineView, ...]
    reasons: tuple[str, ...]
    shown: ShownView | UnsetType | None = UNSET
    announced: bool | UnsetType = UNSET


class CostFault(Struct, frozen=True, tag_field="kind", tag="fault"):
    """A usage of a batch that cannot be priced as asked, and what was expected."""

    detail: str


class CostsAnswer(Struct, frozen=True, kw_only=True):
    """The answers to a batch, in its order; `usd` is null unless all of them are known."""

    data: tuple[CostAnswer | CostFault, ...]
    usd: str | None
    known_usd: str
    unknown: int


Prices = Callable[[str, str, datetime], Priced]
"""How prices are asked for: a word for a provider, an id, an instant."""


def answer(question: CostQuestion, prices: Prices, now: datetime, rates: Rates = NO_RATES) -> CostAnswer:
    """Price one usage.

    Raises `BadRequest` for an instant without a zone or out of reach, a usage of no known form, a currency
    without a rate.
    """
    at = now if question.at is None else question.at
    if at.tzinfo is None:
        raise BadRequest(f"at={at.isoformat()}: expected an instant with a zone, such as {at.isoformat()}Z")
    priced = prices(question.provider, question.model, in_reach(at))
    found = costed(priced, read_usage(question.usage), question.tier, question.region)
    shown = UNSET if question.currency is None else _shown(found, currency_named(question.currency), rates)
    return structs.replace(cost_answer(found), shown=shown, announced=True if at > now else UNSET)


def cost_answer(found: Costed) -> CostAnswer:
    """Show what a usage costs."""
    priced, usage, bill = found.priced, found.usage, found.bill
    return CostAnswer(
        provider=priced.provider,
        model=priced.id,
        at=priced.at,
        tier=found.tier,
        api=usage.api,
        cached=usage.cached,
        prompt_tokens=usage.prompt_tokens,
        usd=None if bill.usd is None else plain(bill.usd),
        known_usd=plain(bill.known_usd),
        charged=usage.charged,
        lines=tuple(map(_line, bill.lines)),
        reasons=bill.reasons,
    )


def answers(
    questions: Iterable[CostQuestion | CostFault], prices: Prices, now: datetime, rates: Rates = NO_RATES
) -> list[CostAnswer | CostFault]:
    """Price many usages; one that cannot be priced as asked harms no other. Each id is looked up once."""
    known = cache(prices)
    return [_answer_or_fault(each, known, now, rates) for each in questions]


def costs_answer(found: Sequence[CostAnswer | CostFault]) -> CostsAnswer:
    """Put the answers to a batch together."""
    known = Decimal(0)
    unknown = 0
    for each in found:
        if isinstance(each, CostFault) or each.usd is None:
            unknown += 1
        if isinstance(each, CostAnswer):
            known = EXACT.add(known, Decimal(each.known_usd))
    total = plain(known)
    return CostsAnswer(data=tuple(found), usd=None if unknown else total, known_usd=total, unknown=unknown)


def read_questions(body: bytes) -> CostQuestion | list[CostQuestion | CostFault]:
    """Read one question, or `{"requests": [...]}`; numbers are read exactly. Raises `BadRequest`."""
    try:
        raw = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON ({error}): expected {_EXPECTED}") from None
    if not isinstance(raw, dict) or "requests" not in raw:
        return read_question(raw)
    requests = raw["requests"]
    if len(raw) > 1 or not isinstance(requests, list) or not 0 < len(requests) <= MOST:
        raise BadRequest(f"requests: expected a list of 1 to {MOST:,} questions and nothing beside it")
    return [_question_or_fault(each) for each in requests]


def _answer_or_fault(
    question: CostQuestion | CostFault, prices: Prices, now: datetime, rates: Rates
) -> CostAnswer | CostFault:
    if isinstance(question, CostFault):
        return question
    try:
        return answer(question, prices, now, rates)
    except BadRequest as error:
        return CostFault(str(error))


def _question_or_fault(raw: object) -> CostQuestion | CostFault:
    try:
        return read_question(raw)
    except BadRequest as error:
        return CostFault(str(error))


def read_question(raw: object) -> CostQuestion:
    """Read one question that is decoded already. Raises `BadRequest`."""
    try:
        return msgspec.convert(raw, CostQuestion)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{error}: expected {_EXPECTED}") from None


def _line(line: Line) -> LineView:
    cost = line.cost
    if cost is None:
        return LineView(
            unit=line.unit, quantity=plain(line.quantity), priced_as=line.priced_as, reason=line.reason
        )
    rule = cost.rule
    return LineView(
        unit=line.unit,
        quantity=plain(line.quantity),
        priced_as=line.priced_as,
        state=cost.state,
        usd_per_unit=None if cost.usd is None else plain(cost.usd),
        usd=None if line.usd is None else plain(line.usd),
        source=rule.source,
        quote=QuoteView(rule.path, rule.raw),
        when=when_view(rule),
        factors=tuple(map(_factor, cost.factors)),
        reason=line.reason,
    )


def _shown(found: Costed, currency: str, rates: Rates) -> ShownView | None:
    """Show the total, in US dollars, in another currency at the rate of its day."""
    if found.bill.usd is None:
        return None
    display = Display(currency, found.priced.at.astimezone(UTC).date(), rates)
    return shown_view(display.of(found.bill.usd, "USD"))


def _factor(factor: Factor) -> FactorView:
    return FactorView(plain(factor.factor), when_view(factor), factor.path, factor.source)


decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
"""Decodes JSON with every number exact."""
_EXPECTED: Final = (
    '{"provider": "openai", "model": "gpt-4o", "usage": {...}}, or {"requests": [such objects]}'
)
