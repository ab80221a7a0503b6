"""A client gets an encoding that it takes, as one whole member or frame."""

import random
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.web.encodings import Encoding, encoded, wanted_encoding

REPETITIVE = b"".join(b'{"id":"lab/model-%d"},' % n for n in range(300_000))


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0.5, zstd;q=0.5", "zstd"),
        ("br", "identity"),
        ("*", "zstd"),
        ("*;q=0", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "zstd"),
        ("zstd;q=0, *;q=0.1", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("identity;q=0", "identity"),  # better than no answer at all
        ("gzip; q=0.8", "gzip"),
        ("gzip;q=zebra", "identity"),
        ("gzip;q=nan", "identity"),
        (",,;q=1,gzip", "gzip"),
    ],
)
def test_the_most_welcome_one_is_chosen(accept: str | None, encoding: Encoding) -> None:
    assert wanted_encoding(accept) == encoding


@given(st.text(max_size=80))
def test_any_header_is_understood_or_ignored(accept: str) -> None:
    assert wanted_encoding(accept) in {"identity", "gzip", "zstd"}


@pytest.mark.parametrize("body", [b"", b"{}", REPETITIVE, random.Random(1).randbytes(3_000_000)])
def test_a_body_is_one_member_and_one_frame(body: bytes) -> None:
    """Clients cut off a second member or frame without a word (stack.md, trap 1)."""
    reader = zlib.decompressobj(31)
    assert reader.decompress(encoded(body, "gzip")) == body
    assert reader.eof
    assert reader.unused_data == b""
    frame = zstandard.ZstdDecompressor().decompressobj()
    assert frame.decompress(encoded(body, "zstd")) == body
    assert frame.unused_data == b""
    assert encoded(body, "identity") == body


def test_browsers_may_decode_the_frame() -> None:
    """RFC 9659: a window of at most 8 MB."""
    assert zstandard.get_frame_parameters(encoded(REPETITIVE, "zstd")).window_size <= 8 * 2**20
