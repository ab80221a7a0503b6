"""A question is read once for all its pages; what was asked before never alters an answer."""

import httpx2
import pytest

from modelatlas.web.front import is_end_of, without_offset
from tests.web.builders import client_of, small_world


async def answered(client: httpx2.AsyncClient, query: str) -> tuple[int, bytes]:
    response = await client.get(f"/models?{query}")
    return response.status_code, response.content


@pytest.mark.parametrize(
    ("before", "query"),
    [
        ("limit=2&offset=0", "limit=2&offset=3"),
        ("limit=7&offset=0", "limit=7&offset=1"),
        ("limit=7&offset=1", "limit=7&offset=0"),
        ("offset=1", "offset=007"),
        ("offset=1", "offset=1000001"),
        ("offset=1", "offset="),
        ("limit=2&offset=1", "limit=2&offset=1&offset=2"),
        ("limit=2&sort=name&offset=0", "limit=2&sort=name&offset=2"),
        ("fields=id&offset=0", "fields=id&offset=5"),
        ("group=model&limit=1&offset=0", "group=model&limit=1&offset=2"),
        ("q=rocket&limit=1&offset=0", "q=rocket&limit=1&offset=1"),
        ("offset=1&limit=5", "offset=1&limit=2"),
        ("cursor=CATALOG.5&offset=0", "cursor=CATALOG.5&offset=2"),
        ("cursor=CATALOG.0&offset=0", "cursor=CATALOG.0&offset=2"),
        ("limit=1&cursor=CATALOG.0", "limit=1&cursor=CATALOG.6"),
        ("limit=1&cursor=CATALOG.0", "limit=1&cursor=CATALOG."),
        ("limit=1&catalog=CATALOG&offset=0", "limit=1&catalog=CATALOG&offset=2"),
    ],
)
async def test_a_page_is_the_same_whatever_was_asked_before(before: str, query: str) -> None:
    """F51: what is refused once is refused after a page that was not, too."""
    answers = []
    for earlier in ([], [before], [before, query]):
        atlas = small_world()
        async with client_of(atlas) as client:
            await atlas.hear("acme", "zeta", "gone")
            id_ = (await client.get("/models")).json()["catalog"]
            for each in earlier:
                await answered(client, each.replace("CATALOG", id_))
            answers.append(await answered(client, query.replace("CATALOG", id_)))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", (b"", None)),
        (b"offset=12", (b"offset=", 12)),
        (b"offset=0", (b"offset=", 0)),
        (b"offset=00", (b"offset=00", None)),
        (b"offset=1234567", (b"offset=1234567", None)),
        (b"limit=12", (b"limit=", 12)),
        (b"cursor=abc.7", (b"cursor=abc.", 7)),
        (b"12", (b"", 12)),
    ],
)
def test_a_plain_number_is_taken_off_the_end(text: bytes, expected: tuple[bytes, int | None]) -> None:
    assert without_offset(text) == expected


@pytest.mark.parametrize(
    ("stem", "by_cursor", "expected"),
    [
        (b"offset=", False, True),
        (b"limit=5&offset=", False, True),
        (b"xoffset=", False, False),
        (b"limit=", False, False),
        (b"", False, False),
        (b"offset=", True, False),
        (b"cursor=abc.", True, True),
        (b"limit=5&cursor=abc.", True, True),
        (b"cursor=abc", True, False),
        (b"cursor=abc.", False, False),
    ],
)
def test_only_after_some_words_a_number_is_an_offset(stem: bytes, by_cursor: bool, expected: bool) -> None:
    assert is_end_of(stem, by_cursor=by_cursor) is expected
