"""Requests that are known by their bytes are read as the parser reads them, or not known."""

import pytest

from modelatlas.web.reads import LONGEST, MOST_KNOWN, KnownReads, Wanted, wanted_by

HEADERS = b"Host: x\r\nAccept-Encoding: gzip\r\n\r\n"
GZIP = Wanted(b"gzip")


def knowing(headers: bytes = HEADERS, wanted: Wanted = GZIP) -> KnownReads:
    known = KnownReads()
    known.learn(b"GET /models HTTP/1.1\r\n" + headers, wanted)
    return known


def test_headers_hold_for_another_question() -> None:
    known = knowing()
    for line, expected in (
        (b"GET /models", (b"GET", b"", GZIP)),
        (b"GET /models?", (b"GET", b"", GZIP)),
        (b"HEAD /models?limit=5&q=a%20b", (b"HEAD", b"limit=5&q=a%20b", GZIP)),
        (b"GET /models?q=what?", (b"GET", b"q=what?", GZIP)),
    ):
        assert known.of(line + b" HTTP/1.1\r\n" + HEADERS) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"GET /models HTTP/1.1\r\n" + HEADERS[:-1],
        b"GET /models HTTP/1.1\r\n" + HEADERS + b"GET",
        b"GET /models HTTP/1.1\r\n" + HEADERS.lower(),
        b"GET /models HTTP/1.1\n" + HEADERS,
        b"GET /models HTTP/1.0\r\n" + HEADERS,
        b"\r\nGET /models HTTP/1.1\r\n" + HEADERS,
        b"POST /models HTTP/1.1\r\n" + HEADERS,
        b"GET /models/ HTTP/1.1\r\n" + HEADERS,
        b"GET /models?a#b HTTP/1.1\r\n" + HEADERS,
        b"GET /models?a b HTTP/1.1\r\n" + HEADERS,
        "GET /models?q=\u00e9 HTTP/1.1\r\n".encode() + HEADERS,
        b"",
    ],
)
def test_what_differs_is_left_to_the_parser(data: bytes) -> None:
    assert knowing().of(data) is None


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS + b"GET / HTTP/1.1\r\n\r\n",
        HEADERS[:-2],
        HEADERS + b"\r\n\r\n",
        b"X: " + b"y" * LONGEST + HEADERS,
    ],
    ids=["two requests", "no end", "more lines", "long"],
)
def test_only_one_whole_short_request_is_remembered(headers: bytes) -> None:
    assert knowing(headers).of(b"GET /models HTTP/1.1\r\n" + headers) is None


def test_what_is_remembered_is_bounded() -> None:
    known = knowing()
    for number in range(10 * MOST_KNOWN):
        known.learn(b"GET /models HTTP/1.1\r\nX: %d\r\n\r\n" % number, GZIP)
        assert len(known) <= MOST_KNOWN


def test_repeated_headers_are_joined_and_a_key_is_not_for_here() -> None:
    headers = [(b"accept-encoding", b"gzip"), (b"if-none-match", b'"a"'), (b"accept-encoding", b"br")]
    assert wanted_by(headers) == Wanted(b"gzip,br", '"a"')
    assert wanted_by([*headers, (b"authorization", b"Bearer x")]) is None
    assert wanted_by([]) == Wanted()
