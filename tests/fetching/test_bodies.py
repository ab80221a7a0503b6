"""A body is unpacked to its end or refused: nothing is lost on the way, nothing grows without limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import Unreadable
from modelatlas.fetching.bodies import is_deeper, payload_of
from modelatlas.fetching.encodings import unpacked
from tests.fetching.acme import listed

MB = 1 << 20

Pack = Callable[[bytes], bytes]


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def zstd_stream(body: bytes) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(body) + packer.flush()


PACKINGS: list[tuple[str, Pack]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("zstd", zstd),
    ("zstd", zstd_stream),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
@given(body=st.binary(max_size=2_000), times=st.integers(1, 200))
def test_what_was_packed_is_unpacked(encoding: str, pack: Pack, body: bytes, times: int) -> None:
    assert unpacked(pack(body * times), encoding, MB) == body * times


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd), ("zstd", zstd_stream)]
)
@given(parts=st.lists(st.binary(max_size=300), min_size=2, max_size=5))
def test_members_after_each_other_are_one_body(encoding: str, pack: Pack, parts: list[bytes]) -> None:
    """F26: httpx2 by itself would return the first one (stack.md, trap 1)."""
    assert unpacked(b"".join(map(pack, parts)), encoding, MB) == b"".join(parts)


def test_padding_after_a_gzip_member_is_let_be() -> None:
    assert unpacked(gzip.compress(b"[]") + bytes(70_000), "gzip", MB) == b"[]"


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
@pytest.mark.parametrize("missing", [1, 4, 9])
def test_a_cut_body_is_not_taken_for_whole(encoding: str, pack: Pack, missing: int) -> None:
    """F26."""
    body = pack(bytes(range(256)) * 500)
    with pytest.raises(Unreadable, match="ends too early"):
        unpacked(body[:-missing], encoding, MB)


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
def test_a_damaged_body_is_said(encoding: str, pack: Pack) -> None:
    with pytest.raises(Unreadable, match=r"damaged|too early"):
        unpacked(b"\x01\x02" + pack(b"[]" * 100)[2:], encoding, MB)


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
def test_a_bomb_is_refused_before_it_is_unpacked(encoding: str, pack: Pack) -> None:
    """F48."""
    bomb = pack(bytes(64 * MB))
    assert len(bomb) < MB
    tracemalloc.start()
    with pytest.raises(Unreadable, match=r"at most 1,048,576 bytes, got more"):
        unpacked(bomb, encoding, MB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * MB


def test_a_zstd_frame_that_wants_more_memory_than_http_allows_is_refused() -> None:
    """F48: RFC 9659 allows a window of 8 MB."""
    greedy = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    with pytest.raises(Unreadable, match="expected a body packed as zstd, got a damaged one"):
        unpacked(packer.compress(b"[]") + packer.flush(), "zstd", MB)


def test_a_bomb_in_a_bomb_is_refused() -> None:
    bomb = gzip.compress(gzip.compress(bytes(64 * MB)))
    with pytest.raises(Unreadable, match="got more"):
        unpacked(bomb, "gzip, gzip", MB)


def test_the_limit_itself_is_allowed() -> None:
    assert len(unpacked(gzip.compress(bytes(1_000)), "gzip", 1_000)) == 1_000
    assert len(unpacked(bytes(1_000), "", 1_000)) == 1_000
    with pytest.raises(Unreadable, match="got more"):
        unpacked(bytes(1_001), "identity", 1_000)


@pytest.mark.parametrize("encoding", ["br", "gzip, br", "rot13", "gzip, gzip, gzip"])
def test_an_encoding_that_was_not_asked_for_is_named(encoding: str) -> None:
    with pytest.raises(Unreadable, match=f"expected a body packed as gzip, deflate, zstd, got '{encoding}'"):
        unpacked(b"", encoding, MB)


@pytest.mark.parametrize("page", [b"<!doctype html><title>Hm</title>", b"\r\n <?xml version='1.0'?>"])
def test_html_with_200_is_no_list(page: bytes) -> None:
    """F24, F27."""
    with pytest.raises(Unreadable, match="expected JSON, got a page of HTML or XML"):
        payload_of(page, {"content-type": "application/json"}, most=MB, depth=64)


def test_a_packed_payload_is_returned_as_it_was() -> None:
    body = listed("a", "b")
    assert payload_of(gzip.compress(body), {"content-encoding": "gzip"}, most=MB, depth=64) == body


def nested(depth: int, text: str = "x") -> Any:
    value: Any = [text]
    for level in range(1, depth):
        value = {f"{text}.": value, "b": []} if level % 2 else [{}, value]
    return value


@given(depth=st.integers(3, 40), limit=st.integers(3, 40), text=st.text(alphabet='[]{}"\\ab', max_size=8))
def test_depth_is_counted_exactly_whatever_stands_in_texts(depth: int, limit: int, text: str) -> None:
    """Texts that only open brackets, or open and close them, deceive nobody."""
    payload = msgspec.json.encode(nested(depth, text.replace("]", "[").replace("}", "{")))
    assert is_deeper(payload, limit) is (depth > limit)


@given(st.recursive(st.text(alphabet='[]{}"\\é', max_size=9) | st.integers(), st.lists, max_leaves=30))
def test_ordinary_payloads_are_never_too_deep(value: Any) -> None:
    assert not is_deeper(msgspec.json.encode({"data": [value]}), 64)


def test_json_that_is_nested_without_end_is_refused_before_decoding() -> None:
    """F48."""
    with pytest.raises(Unreadable, match="at most 64 levels"):
        payload_of(b"[" * 100_000 + b"]" * 100_000, {}, most=MB, depth=64)
