"""Writing what follows when listings change their prices: quotes, published prices, and the history (F15)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from modelatlas.domain.price import Rule
from modelatlas.storage.bulk import insert_rows, new_keys, rows_in, slices
from modelatlas.storage.posting import Posting
from modelatlas.storage.prices import Begun, Fact, Open, PriceChanges, Quote, price_changes, usd
from modelatlas.storage.tables import model_pricing, model_pricing_history, price_quotes

_history: Final = model_pricing_history.c


class Repriced(NamedTuple):
    """A row of `models`, the rules last written for it, and those that it has now."""

    row: int
    old: tuple[Rule, ...]
    new: tuple[Rule, ...]


def reprice(posting: Posting, listings: Sequence[Repriced]) -> int:
    """Write quotes, history and published prices; return how many units have another price now."""
    priced = [each for each in listings if each.old or each.new]
    holding = _holding(posting, [each.row for each in priced])
    changes = {
        each.row: price_changes(
            each.old, holding.get(each.row, ()), each.new, posting.at, reread=posting.reread
        )
        for each in priced
    }
    _append(posting, changes)
    publish(posting, {row: change.published for row, change in changes.items() if change.units})
    return sum(len(change.units) for change in changes.values())


def publish(posting: Posting, facts: Mapping[int, Sequence[Fact]]) -> None:
    """Put the prices that listings have now in the place of their old ones."""
    for some in slices(list(facts)):
        posting.connection.execute(delete(model_pricing).where(model_pricing.c.model_id.in_(some)))
    insert_rows(
        posting.connection,
        model_pricing,
        [
            {"model_id": row, "position": position, **billed(fact)}
            for row, theirs in facts.items()
            for position, fact in enumerate(theirs)
        ],
    )


def billed(fact: Fact) -> dict[str, Any]:
    """Return the columns by which tables say what is billed."""
    exact, approximate = usd(fact)
    return {**fact._asdict(), "usd": exact, "usd_per_million_approx": approximate}


def beginning(
    posting: Posting, key: int, row: int, fact: Fact, valid_from: datetime, quote: int
) -> dict[str, Any]:
    """Return a row of the history that begins."""
    return {
        "id": key,
        "model_id": row,
        **billed(fact),
        "quote_id": quote,
        "reading": posting.reading,
        "valid_from": valid_from,
        "valid_to": None,
        "superseded_by": None,
    }


def _holding(posting: Posting, rows: Sequence[int]) -> dict[int, list[Open]]:
    """Return row of `models` -> the rows of its history that hold."""
    statement = (
        select(
            _history.model_id,
            _history.id,
            _history.valid_from,
            _history.quote_id,
            *(_history[name] for name in Fact._fields),
        )
        .where(_history.valid_to.is_(None), _history.superseded_by.is_(None))
        .order_by(_history.unit, _history.id)
    )
    holding: dict[int, list[Open]] = {}
    for model_id, id_, valid_from, quote, *said in rows_in(
        posting.connection, statement, _history.model_id, rows
    ):
        holding.setdefault(model_id, []).append(Open(id_, Fact(*said), valid_from, quote))
    return holding


def _append(posting: Posting, changes: Mapping[int, PriceChanges]) -> None:
    """Append the quotes, end rows of the history and begin others, each with the quote it was read from."""
    quotes = [(row, quote) for row, change in changes.items() for quote in change.quotes]
    begun = [(row, begun) for row, change in changes.items() for begun in change.begun]
    quote_keys = new_keys(posting.connection, price_quotes, len(quotes))
    history_keys = new_keys(posting.connection, model_pricing_history, len(begun))
    quote_of = {(row, quote.fact): key for key, (row, quote) in zip(quote_keys, quotes, strict=True)}
    insert_rows(
        posting.connection,
        price_quotes,
        [_quote(posting, key, row, quote) for key, (row, quote) in zip(quote_keys, quotes, strict=True)],
    )
    _end(posting, (each for _, each in begun))
    insert_rows(
        posting.connection,
        model_pricing_history,
        [
            beginning(posting, key, row, each.fact, each.valid_from, _quote_of(quote_of, row, each))
            for key, (row, each) in zip(history_keys, begun, strict=True)
        ],
    )


def _quote_of(quotes: Mapping[tuple[int, Fact], int], row: int, begun: Begun) -> int:
    """Return the quote that a fact was read from; what ended in silence ended with the quote it had."""
    quote = quotes.get((row, begun.fact))
    if quote is None and begun.ended is not None:
        return begun.ended.quote
    return quotes[row, begun.fact] if quote is None else quote


def _end(posting: Posting, begun: Iterable[Begun]) -> None:
    ends = [{"row": each.ended.id, "at": each.valid_from} for each in begun if each.ended is not None]
    if ends:
        statement = update(model_pricing_history).where(_history.id == bindparam("row"))
        posting.connection.execute(statement.values(valid_to=bindparam("at")), ends)


def _quote(posting: Posting, key: int, row: int, quote: Quote) -> dict[str, Any]:
    fact = quote.fact
    return {
        "id": key,
        "model_id": row,
        "run_id": posting.run_id,
        "unit": fact.unit,
        "path": quote.path,
        "raw": quote.raw,
        "unit_text": f"{fact.currency} per {fact.per}",
        "state": fact.state,
        "amount": fact.amount,
        "condition": fact.condition,
        "rank": fact.rank,
        "source": fact.source,
        "reading": posting.reading,
        "observed_at": posting.at,
    }
