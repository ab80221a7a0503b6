"""Writing what follows when listings change their prices: quotes, published prices, and the history (F15)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from modelatlas.domain.price import Rule
from modelatlas.storage.bulk import insert_rows, new_keys, rows_in
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
    holding = _holding(posting, [each.row for each in priced if each.old])
    changes = {
        each.row: price_changes(each.old, holding.get(each.row, ()), each.new, posting.reading, posting.at)
        for each in priced
    }
    _append(posting, changes)
    _publish(posting, {row: change for row, change in changes.items() if change.units})
    return sum(len(change.units) for change in changes.values())


def _holding(posting: Posting, rows: Sequence[int]) -> dict[int, list[Open]]:
    """Return row of `models` -> the rows of its history that hold."""
    statement = select(
        _history.model_id,
        _history.id,
        _history.reading,
        _history.valid_from,
        *(_history[name] for name in Fact._fields),
    ).where(_history.valid_to.is_(None), _history.superseded_by.is_(None))
    holding: dict[int, list[Open]] = {}
    for model_id, id_, reading, valid_from, *billed in rows_in(
        posting.connection, statement, _history.model_id, rows
    ):
        holding.setdefault(model_id, []).append(Open(id_, Fact(*billed), reading, valid_from))
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
    _end(posting, {id_: at for change in changes.values() for id_, at in change.ended.items()})
    insert_rows(
        posting.connection,
        model_pricing_history,
        [
            _begin(posting, key, row, each, quote_of[row, each.fact])
            for key, (row, each) in zip(history_keys, begun, strict=True)
        ],
    )
    _supersede(posting, {each.instead_of: key for key, (_, each) in zip(history_keys, begun, strict=True)})


def _publish(posting: Posting, changes: Mapping[int, PriceChanges]) -> None:
    """Put the new prices of listings in the place of their old ones."""
    theirs = delete(model_pricing).where(model_pricing.c.model_id.in_(changes))
    posting.connection.execute(theirs)
    insert_rows(
        posting.connection,
        model_pricing,
        [
            {"model_id": row, "position": position, **_billed(fact)}
            for row, change in changes.items()
            for position, fact in enumerate(change.published)
        ],
    )


def _end(posting: Posting, ended: Mapping[int, datetime]) -> None:
    if ended:
        statement = update(model_pricing_history).where(_history.id == bindparam("row"))
        posting.connection.execute(
            statement.values(valid_to=bindparam("at")), [{"row": row, "at": at} for row, at in ended.items()]
        )


def _supersede(posting: Posting, by: Mapping[int | None, int]) -> None:
    values = [{"row": row, "by": key} for row, key in by.items() if row is not None]
    if values:
        statement = update(model_pricing_history).where(_history.id == bindparam("row"))
        posting.connection.execute(statement.values(superseded_by=bindparam("by")), values)


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


def _begin(posting: Posting, key: int, row: int, begun: Begun, quote: int) -> dict[str, Any]:
    return {
        "id": key,
        "model_id": row,
        **_billed(begun.fact),
        "quote_id": quote,
        "reading": posting.reading,
        "valid_from": begun.valid_from,
        "valid_to": None,
        "superseded_by": None,
    }


def _billed(fact: Fact) -> dict[str, Any]:
    exact, approximate = usd(fact)
    return {**fact._asdict(), "usd": exact, "usd_per_million_approx": approximate}
