"""How fast questions are answered in memory, beside SQLite asked for the same.

The yardstick is a table with a covering index for the filter and the order, and FTS5 over ids and names; both
sides answer with the total and the first 50. Sixty questions with different values are asked by turns.
Processor seconds, interleaved; only ratios are worth quoting.

    python bench/query.py [--json] [--rounds 7] [--listings 18000]
"""

import random
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal

from catalogs import CONTEXTS, FAMILIES, PARAMETERS, SIZES, TUNES, made
from rows import Row, interleaved, options, show

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.matches import nothing_matched
from modelatlas.domain.index.columns import KeptColumns
from modelatlas.domain.index.index import Index
from modelatlas.domain.query import ModelQuery, usd_per_million

ASKED = 60
WHERE = "mode = 'chat' AND context >= ? AND price <= ? AND {flag} = 1"


def filled(of: Catalog) -> sqlite3.Connection:
    """Make the yardstick: one table, one covering index, one full text index."""
    store = sqlite3.connect(":memory:")
    flags = ", ".join(f"p_{name} INTEGER" for name in PARAMETERS)
    store.execute(f"CREATE TABLE m (id INTEGER PRIMARY KEY, mode TEXT, context INTEGER, price REAL, {flags})")
    store.execute("CREATE VIRTUAL TABLE words USING fts5(id, name, prefix='2 3 4')")
    for number, each in enumerate(of.listings()):
        has = [int(name in each.supported_parameters) for name in PARAMETERS]
        price = float(usd_per_million(each, "input_token") or 0)
        values = (number, each.mode, each.context_tokens, price, *has)
        store.execute(f"INSERT INTO m VALUES ({', '.join('?' * len(values))})", values)
        store.execute("INSERT INTO words(rowid, id, name) VALUES (?, ?, ?)", (number, each.id, each.name))
    names = ", ".join(f"p_{name}" for name in PARAMETERS)
    store.execute(f"CREATE INDEX covering ON m (mode, price, context, {names}, id)")
    store.execute("ANALYZE")
    return store


def filters(chance: random.Random) -> Iterator[tuple[ModelQuery, str, tuple[object, ...]]]:
    """Go through questions: four filters, an order, a total."""
    while True:
        context, price = chance.choice(CONTEXTS), Decimal(chance.randint(100, 2_000)) / 100
        name = chance.choice(PARAMETERS)
        query = ModelQuery(
            mode="chat", min_context=context, max_input_usd_per_million=price, supported_parameters=(name,),
            sort="input_price", limit=50,
        )  # fmt: skip
        yield query, WHERE.format(flag=f"p_{name}"), (context, float(price))


def searches(chance: random.Random) -> Iterator[str]:
    """Go through what people look for: a family with a size or a tune, the last word not to its end."""
    while True:
        family, other = chance.choice(FAMILIES), chance.choice([*TUNES, *(f"{size}b" for size in SIZES)])
        yield f"{family} {other[: chance.randint(2, len(other))]}"


def rows(count: int, rounds: int) -> Iterator[Row]:
    """Measure one size."""
    of = made(count)
    index, store = Index(of, nothing_matched, KeptColumns().of), filled(of)
    asked = filters(random.Random(2))
    same = [next(asked) for _ in range(ASKED)]
    for query, where, values in same[:5]:
        total = store.execute(f"SELECT count(*) FROM m WHERE {where}", values).fetchone()[0]
        assert index.page(query)[0] == index.select(query).total == total, (query, total)

    def theirs() -> None:
        for _, where, values in same:
            store.execute(f"SELECT count(*) FROM m WHERE {where}", values).fetchone()
            store.execute(f"SELECT id FROM m WHERE {where} ORDER BY price LIMIT 50", values).fetchall()

    mine, their = measured(lambda: [index.page(query) for query, _, _ in same], theirs, rounds)
    yield Row(
        f"filter + sort + total, {count:,} listings", their / mine, "x SQLite", 10,
        detail=f"{mine:.0f} us beside {their:.0f} us",
    )  # fmt: skip
    words = searches(random.Random(3))
    texts = [next(words) for _ in range(ASKED)]
    matching = [" ".join(f'"{word}"*' for word in text.split()) for text in texts]

    looked_for = [ModelQuery(q=text, limit=50) for text in texts]

    def search() -> None:
        for text in matching:
            store.execute("SELECT count(*) FROM words WHERE words MATCH ?", (text,)).fetchone()
            store.execute("SELECT rowid FROM words WHERE words MATCH ? LIMIT 50", (text,)).fetchall()

    mine, their = measured(lambda: [index.page(query) for query in looked_for], search, rounds)
    yield Row(
        f"text search, {count:,} listings", their / mine, "x SQLite FTS5", 10,
        detail=f"{mine:.0f} us beside {their:.0f} us, unranked",
    )  # fmt: skip


def measured(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the microseconds of one question, both ways."""
    ours(), theirs()
    mine, their = interleaved([ours, theirs], rounds)
    return mine / ASKED * 1e6, their / ASKED * 1e6


def main() -> None:
    """Print the rows."""
    asked = options(rounds=7, listings=18_000)
    show(rows(asked.listings, asked.rounds))


if __name__ == "__main__":
    main()
