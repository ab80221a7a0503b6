"""A stitched body is one gzip member, or one zstd frame, that every reader takes for an ordinary one."""

import gzip
import os
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.views.rows import Pieces, Rows
from modelatlas.web.blocks import Blocks
from modelatlas.web.stitching import block, member

ANSWER = Pieces(
    b'{"data":[',
    tuple(
        Rows(slug, {f"{n}": b'{"id":%d}' % n for n in range(count)}) for slug, count in (("a", 9), ("b", 700))
    ),
    b'],"total":709}',
)


@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=6))
def test_any_parts_are_read_back_as_one_member(parts: list[list[bytes]]) -> None:
    whole = b"".join(piece for part in parts for piece in part)
    reader = zlib.decompressobj(31)
    assert reader.decompress(member(map(block, parts))) == whole
    assert reader.eof  # with the right checksum and length, and nothing after it
    assert not reader.unused_data


def test_a_large_part_has_the_right_checksum() -> None:
    parts = [os.urandom(3_000_000), b"x" * 70_000, os.urandom(1)]
    assert gzip.decompress(member(block([part]) for part in parts)) == b"".join(parts)


def test_a_block_may_stand_anywhere() -> None:
    """After a full flush nothing refers to what was before."""
    one, other = block([b"one " * 100]), block([b"one " * 100 + b"other"])
    for order in ([one, other], [other, one], [other, other]):
        assert len(gzip.decompress(member(order))) == sum(each.size for each in order)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_every_encoding_of_an_answer_is_the_same_answer(encoding: str) -> None:
    undo = zstandard.ZstdDecompressor().decompress if encoding == "zstd" else gzip.decompress
    written = Blocks().written(ANSWER, encoding)  # type: ignore[arg-type]
    assert undo(written) == Blocks().written(ANSWER, "identity") == ANSWER.joined()


def test_only_the_rows_that_are_others_are_compressed_again() -> None:
    blocks = Blocks()
    blocks.written(ANSWER, "gzip")
    before = [blocks.of(part) for part in ANSWER.parts]
    changed = (Rows("a", {"0": b"{}"}), ANSWER.parts[1])
    blocks.written(Pieces(ANSWER.head, changed, ANSWER.tail), "gzip")
    assert blocks.of(ANSWER.parts[1]) is before[1]
    assert blocks.of(changed[0]) is not before[0]


def test_equal_content_has_equal_bytes_wherever_it_is_compressed() -> None:
    copied = Pieces(
        ANSWER.head, tuple(Rows(part.provider, dict(part.by_id)) for part in ANSWER.parts), ANSWER.tail
    )
    assert Blocks().written(ANSWER, "gzip") == Blocks().written(copied, "gzip")
