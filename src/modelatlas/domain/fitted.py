"""Bytes that are kept take the memory of their length, and no more.

msgspec's encoders and zstandard's `compress` write into a larger buffer and call its beginning their result,
whose rest stays allocated for as long as it: half as much again, and the size of what was compressed.
"""


def fitted(written: bytes) -> bytes:
    """Return the same bytes in memory of their own length: for what is kept for long.

    >>> fitted(b"as it is")
    b'as it is'
    """
    return bytes(memoryview(written))
