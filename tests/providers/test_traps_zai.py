"""Traps of Z.ai's page of prices: units stand in sentences and cells, and a word is not always a price."""

from typing import Any

import httpx2
import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.providers.payload import decode, payload_of_text, rows_of, text_of_payload
from modelatlas.providers.registry import declared
from modelatlas.providers.row_naming import known
from modelatlas.providers.row_reading import UNKNOWN_ID, UNKNOWN_WORDS, RowPrices, read_rows
from modelatlas.providers.zai_price_page import ROWS
from tests.fetching.acme import acme, fetch

PRICES = declared()["zai"].list_named("prices")
IDS = ("rocket-2", "rocket-2-air", "rocket-image", "rocket-asr-2512", "rocket-film")
PAGE = r"""> ## An index of all pages
# Pricing
> Prices of models and tools. All prices are in USD.
### Text Models
Prices per 1M tokens.

| Model          | Input  | Cached Input | Cached Input Storage | Output   |
| :------------- | :----- | :----------- | :------------------- | :------- |
| ROCKET-2       | \$1.4  | \$0.26       | Limited-time Free    | \$1,004.5 |
| Rocket-2-Air   | Free   | -            | \\                   | Free     |

### Built-in Tools

| Tool       | Cost         |
| :--------- | :----------- |
| Web Search | \$0.01 / use |

### Image Generation Models
Prices per image.

| Model        | Price   |
|--------------|---------|
| Rocket-Image | \$0.015 |
### Audio Models

| Model           | Price                                   |
| :-------------- | :-------------------------------------- |
| Rocket-ASR-2512 | \$0.03 / MTok (about \$0.0024/minute)   |
### Agents

| Agent           | Price         |
| :-------------- | :------------ |
| Rocket-Film     | \$0.2 / video |
"""


def read(page: str) -> RowPrices:
    assert PRICES is not None
    listings = {id_: Listing("zai", id_) for id_ in IDS}
    return read_rows(ROWS, rows_of(PRICES, decode(payload_of_text(page.encode()))), known(listings, {}))


def plainly(found: RowPrices) -> dict[str, list[tuple[Any, ...]]]:
    return {
        id_: [(rule.unit, rule.state, str(rule.amount or ""), rule.per) for rule in rules]
        for id_, rules in found.rules.items()
    }


def test_every_table_is_read_in_the_unit_that_is_said_above_it_or_in_the_cell() -> None:
    assert plainly(read(PAGE)) == {
        "rocket-2": [
            ("cache_read_token", "known", "0.26", "1M tokens"),
            ("input_token", "known", "1.4", "1M tokens"),
            ("output_token", "known", "1004.5", "1M tokens"),
        ],
        "rocket-2-air": [
            ("input_token", "free", "", "1M tokens"),
            ("output_token", "free", "", "1M tokens"),
        ],
        "rocket-image": [("output_image", "known", "0.015", "image")],
        "rocket-film": [("output_video", "known", "0.2", "video")],
    }


def test_what_is_no_price_of_a_model_is_kept_with_the_reason() -> None:
    assert [(each.id, each.raw, each.reason) for each in read(PAGE).unread] == [
        (
            "ROCKET-2",
            "Limited-time Free per 1M tokens: Cached Input Storage",
            "a price of keeping a cache, for how long is not said",
        ),
        ("Web Search", "$0.01 per use: Cost", UNKNOWN_WORDS),
        (
            "Rocket-ASR-2512",
            "$0.03 per MTok (about $0.0024/minute): Price",
            "the unit text 'MTok (about $0.0024/minute)' is not known",
        ),
    ]


@pytest.mark.parametrize(
    ("here", "there", "reason"),
    [
        ("Prices per 1M tokens.", "Prices per 1K tokens.", "the unit text '1K tokens' is not known"),
        ("Prices per 1M tokens.\n", "", "the unit text 'null' is not known"),
        ("Prices per 1M tokens.\n", "Prices per 1M tokens.\n# Later\n", "the unit text 'null' is not known"),
        ("All prices are in USD", "Prices are as they are", "expected a currency of three letters"),
        ("| Input  |", "| Input (>200K) |", UNKNOWN_WORDS),
        (r"| \$1.4  |", r"| \$1.4 (was \$2) |", "expected a text such as $1.50"),
        (r"| \$1.4  |", "| 1.4 |", "expected a text such as $1.50"),
        (r"| \$1.4  |", r"| \$0 |", "zero, which is not said to mean free"),
        ("| ROCKET-2 ", "| ROCKET-2.5 ", UNKNOWN_ID),
        (r"\$1,004.5 |", r"\$1,004.5 | \$9 |", "its usage is written in no form that is known"),
    ],
)  # fmt: skip
def test_a_page_that_says_it_otherwise_is_not_guessed_at(here: str, there: str, reason: str) -> None:
    """F3, F12: units, currencies and new columns."""
    assert here in PAGE
    found = read(PAGE.replace(here, there))
    assert reason in {each.reason for each in found.unread}


@pytest.mark.parametrize("page", ["", "# Pricing\n\nPrices per 1M tokens.\n", "Not found"])
def test_a_page_without_tables_is_unreadable(page: str) -> None:
    with pytest.raises(Unreadable, match="expected Markdown with tables of prices"):
        read(page)


async def test_a_text_is_asked_for_as_such_and_an_error_page_is_none() -> None:
    """A page of HTML with 200 is the site's own error, not the document."""
    assert PRICES is not None
    provider = acme(*declared()["zai"].lists[:1], PRICES, slug="zai")
    accepted: list[str] = []
    pages = {"pricing.md": PAGE.encode(), "models": b'{"data": [{"id": "rocket-2"}]}'}

    def handler(request: httpx2.Request) -> httpx2.Response:
        accepted.append(request.headers["accept"])
        return httpx2.Response(200, content=pages[request.url.path.rpartition("/")[2]])

    fetched = await fetch(handler, provider)
    assert accepted == ["application/json", "text/markdown"]
    assert fetched.snapshot is not None
    assert [rule.unit for rule in fetched.snapshot.listings[0].prices] == [
        "cache_read_token",
        "input_token",
        "output_token",
    ]
    for wrong, said in ((b"<!doctype html><p>Moment", "expected a text, got a page of HTML"),
                        (b"\xff\xfe\x00", "expected a text in UTF-8")):  # fmt: skip
        pages["pricing.md"] = wrong
        fetched = await fetch(handler, provider)
        assert fetched.late is not None
        assert fetched.late.kind == "unreadable"
        assert said in fetched.outcome.detail


def test_a_text_is_kept_as_it_was() -> None:
    assert text_of_payload(payload_of_text(PAGE.encode())) == PAGE.encode()
