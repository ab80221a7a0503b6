"""Writing what a better reading makes of everything that a provider ever said of its prices (F4)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec
from sqlalchemy import bindparam, select, update

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, State
from modelatlas.domain.snapshot import listing_digest
from modelatlas.storage.bulk import insert_rows, new_keys, rows_in, slices
from modelatlas.storage.encoding import condition_from, listing_from, listing_text
from modelatlas.storage.posting import Posting
from modelatlas.storage.price_rows import beginning, publish
from modelatlas.storage.prices import Fact, Quote
from modelatlas.storage.rederiving import Healing, Kept, Meaning, SaidNow, Stretch, healing
from modelatlas.storage.tables import model_pricing_history, models, price_quotes

_history: Final = model_pricing_history.c
_quotes: Final = price_quotes.c
_models: Final = models.c


class _Listed(NamedTuple):
    """A row of `models` with all that was kept of its prices."""

    row: int
    id: str
    listing: str
    quotes: Sequence[Kept]
    history: Mapping[int, Stretch]


def heal(posting: Posting, listed: Iterable[Listing], meaning: Meaning) -> None:
    """Derive the history of each listing of a provider anew, superseding the rows that come out otherwise.

    `listed` is the provider's list of today. What is not in it any more is published by its healed prices;
    the others are written by the run that this is part of.
    """
    today = {listing.id: listing for listing in listed}
    theirs = select(_models.id, _models.provider_model_id, _models.listing)
    rows = posting.connection.execute(theirs.where(_models.provider_id == posting.provider_id)).all()
    for some in slices(rows):
        for each in _with_prices(posting, some):
            now = today.get(each.id)
            healed = healing(each.history, each.quotes, meaning, _said_in(now))
            if healed.added:
                _supersede(posting, each.row, healed)
                if now is None:
                    _publish(posting, each, healed)


def _with_prices(posting: Posting, rows: Sequence[Any]) -> Iterable[_Listed]:
    ids = [row for row, *_ in rows]
    quotes: dict[int, list[Kept]] = {}
    history: dict[int, dict[int, Stretch]] = {}
    statement = select(
        _quotes.model_id, _quotes.id, _quotes.path, _quotes.raw, _quotes.unit_text, _quotes.unit,
        _quotes.state, _quotes.amount, _quotes.condition, _quotes.rank, _quotes.source, _quotes.reading,
        _quotes.observed_at,
    ).order_by(_quotes.id)  # fmt: skip
    for row, *quote in rows_in(posting.connection, statement, _quotes.model_id, ids):
        quotes.setdefault(row, []).append(_kept(quote))
    holding = select(
        _history.model_id, _history.id, _history.quote_id, _history.valid_from, _history.valid_to,
        *(_history[name] for name in Fact._fields),
    ).where(_history.superseded_by.is_(None))  # fmt: skip
    for row, id_, quote_id, begins, ends, *said in rows_in(
        posting.connection, holding, _history.model_id, ids
    ):
        history.setdefault(row, {})[id_] = Stretch(Fact(*said), quote_id, begins, ends)
    for row, id_, listing in rows:
        yield _Listed(row, id_, listing, quotes.get(row, ()), history.get(row, {}))


def _kept(
    row: Sequence[Any],
) -> Kept:
    id_, path, raw, unit_text, unit, state, amount, condition, rank, source, reading, observed_at = row
    currency, _, per = unit_text.partition(" per ")
    fact = Fact(unit, state, amount, currency, per, condition, rank, source)
    return Kept(id_, Quote(fact, path, raw), reading, observed_at)


def _said_in(listing: Listing | None) -> SaidNow:
    said: dict[tuple[str, str], list[Rule]] = {}
    for rule in () if listing is None else listing.prices:
        said.setdefault((rule.path, rule.raw), []).append(rule)
    return said


def _supersede(posting: Posting, row: int, healed: Healing) -> None:
    """Put stretches in the place of rows, which make room first: at no moment do two hold at once."""
    _mark(posting, {old: old for old in healed.superseded})
    keys = new_keys(posting.connection, model_pricing_history, len(healed.added))
    insert_rows(
        posting.connection,
        model_pricing_history,
        [
            {
                **beginning(posting, key, row, each.fact, each.valid_from, each.quote),
                "valid_to": each.valid_to,
            }
            for key, each in zip(keys, healed.added, strict=True)
        ],
    )
    _mark(posting, {old: keys[at] for old, at in healed.superseded.items()})


def _mark(posting: Posting, superseded: Mapping[int, int]) -> None:
    """Write which rows of the history are superseded, and by which."""
    over = [{"row": old, "by": by} for old, by in superseded.items()]
    if over:
        statement = update(model_pricing_history).where(_history.id == bindparam("row"))
        posting.connection.execute(statement.values(superseded_by=bindparam("by")), over)


def _publish(posting: Posting, listed: _Listed, healed: Healing) -> None:
    """Let a listing that is not heard of any more say what its last quotes are read as today."""
    stays = [each for number, each in listed.history.items() if number not in healed.superseded]
    holding = [each for each in (*stays, *healed.added) if each.valid_to is None and each.fact.is_said]
    publish(posting, {listed.row: [each.fact for each in holding]})
    quotes = {each.id: each.quote for each in listed.quotes}
    prices = tuple(rule_of(each.fact, quotes[each.quote]) for each in holding)
    listing = msgspec.structs.replace(listing_from(listed.listing), prices=prices)
    posting.connection.execute(
        update(models)
        .where(_models.id == listed.row)
        .values(listing=listing_text(listing), digest=listing_digest(listing), last_changed=posting.at)
    )


def rule_of(fact: Fact, quote: Quote) -> Rule:
    """Return the rule that bills a fact, read from this quote."""
    when, valid_from, valid_to = condition_from(fact.condition)
    return Rule(
        fact.unit, cast("State", fact.state), fact.amount, fact.currency, fact.per, quote.raw, quote.path,
        when, valid_from, valid_to, fact.rank, fact.source,
    )  # fmt: skip
