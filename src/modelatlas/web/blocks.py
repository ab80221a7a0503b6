"""Answers of whole providers in an encoding; the compressed rows of each are kept while it says the same.

So when one provider changed, its rows alone are compressed again, and the rest is put together.
"""

import hashlib
from typing import Final

import msgspec

from modelatlas.domain.derived import NOTHING_DERIVED, Derived, recalled
from modelatlas.domain.latest import Latest
from modelatlas.views.rows import Pieces, Rows
from modelatlas.web.encodings import Encoding, encoded
from modelatlas.web.stitching import Block, block, member, zstd_frame

_block = msgspec.msgpack.Decoder(Block).decode
_encode = msgspec.msgpack.Encoder().encode
_COMMA: Final = block([b","])


class Blocks:
    """The compressed rows of each provider; may be asked from any thread. Earlier ones are in `derived`."""

    def __init__(self, derived: Derived = NOTHING_DERIVED) -> None:
        self._derived = derived
        self._kept: Latest[tuple[Rows, Block]] = Latest()

    def written(self, answer: Pieces, encoding: Encoding) -> bytes:
        """Write an answer in an encoding."""
        if not answer.parts or encoding == "identity":
            return encoded(answer.joined(), encoding)
        blocks = list(map(self.of, answer.parts))
        for part in answer.parts:
            self.forget_older(part)
        head, tail = block([answer.head]), block([answer.tail])
        if encoding == "gzip":
            parts = [each for one in blocks for each in (_COMMA, one)][1:]
            return member([head, *parts, tail])
        size = head.size + tail.size + sum(each.size for each in blocks) + len(blocks) - 1
        return zstd_frame(answer.pieces(), size)

    def of(self, rows: Rows) -> Block:
        """Return the compressed rows of a provider."""
        key = id(rows.by_id)  # which are kept beside, so that nothing else comes to have this number
        kept = self._kept.get(rows.provider, key)
        return (kept or self._kept.put(rows.provider, key, (rows, self._recalled(rows))))[1]

    def _recalled(self, rows: Rows) -> Block:
        """Return the compressed rows, as they were made before where the rows are the same, byte for byte."""
        whole = hashlib.blake2b(digest_size=32)
        for piece in rows.pieces():
            whole.update(piece)
        file, made_of = f"block.{rows.provider}", whole.digest()
        found = recalled(self._derived, file, made_of, _block)
        if found is None:
            found = block(rows.pieces())
            self._derived.put(file, made_of, _encode(found))
        return found

    def forget_older(self, rows: Rows) -> None:
        """Drop what was made of the rows that these have replaced."""
        self._kept.forget_older(rows.provider, id(rows.by_id))
