"""The tokens of an id or a name: words, numbers, sizes, dates, each of a kind that its shape shows.

`qwen2p5-coder-32b` is the words `qwen` and `coder`, the number `2.5` and the size `32b`. A letter and its
number stay together (`k2.6`, `4o`, `r1`) as one word.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

Kind = Literal["word", "number", "size", "active", "context", "date", "quantization"]


class Token(Struct, frozen=True, gc=False):
    """One token: its kind, and its text in one spelling."""

    kind: Kind
    text: str


_P: Final = re.compile(r"(?<=\d)p(?=\d)")
_SPLIT: Final = re.compile(r"[^a-z0-9.+]+|\.(?!\d)|(?<!\d)\.|\++$")
_DATE: Final = re.compile(
    r"(?<!\d)(20[12]\d)[-_. /]?(0[1-9]|1[0-2])[-_. /]?([0-3]\d)(?!\d)"  # 2025-08-07
)
_SHORT: Final = re.compile(r"(?<![\da-z.])(2[2-9])(0[1-9]|1[0-2])([0-3]\d)(?![\da-z])")  # 250807
_MONTH_YEAR: Final = re.compile(r"(?<!\d)(0[1-9]|1[0-2])-20(2\d)(?!\d)")  # 08-2024
_MONTH_DAY: Final = re.compile(r"(?<=[a-z])-(0[1-9]|1[0-2])-([0-3]\d)(?!\d)")  # preview-05-06
_SIZE: Final = re.compile(r"(?:\d+(?:\.\d+)?x)?\d+(?:\.\d+)?[bt]|\d{2,4}m|e\d+b|\d+e|\d+x\d+m")
_ACTIVE: Final = re.compile(r"a\d+(?:\.\d+)?b")
_CONTEXT: Final = re.compile(r"\d+k|[12]m")
_QUANTIZATION: Final = re.compile(r"q\d|fp\d+|bf16|int\d|\dbit|nvfp4|mxfp[48]|w\d+a\d+|awq|gptq|gguf|ggml|exl[23]")
_NUMBER: Final = re.compile(r"v?(\d+(?:\.\d+)*)")
_UNIT: Final = re.compile(r"([a-z])(\d+(?:\.\d+)*)")
_GLUED: Final = re.compile(r"([a-z]{2,})v?(\d+(?:\.\d+)*)([a-z]?)")
_TAILED: Final = re.compile(r"v?(\d+(?:\.\d+)*)([a-z])")
_WHOLE: Final = frozenset({"ai21", "c4ai", "01ai", "mt0", "t5", "r1t2", "r1t"})
"""Words with digits that are no version."""


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text in its order.

    >>> [token.text for token in tokens("Claude-Opus-4-5@20251101")]
    ['claude', 'opus', '4.5', '20251101']
    """
    text = _P.sub(".", text.lower())
    text = _DATE.sub(r" d\1\2\3 ", text)
    text = _SHORT.sub(r" d20\1\2\3 ", text)
    text = _MONTH_YEAR.sub(r" d\2\1 ", text)
    text = _MONTH_DAY.sub(r" d\1\2 ", text)
    text = text.replace("fp-8", "fp8").replace("non-reasoning", "nonreasoning").replace("high-speed", "highspeed")
    found: list[Token] = []
    for piece in _SPLIT.split(text):
        if piece:
            found.extend(_of_piece(piece))
    return tuple(_joined(found))


def _of_piece(piece: str) -> Iterator[Token]:
    if piece in _WHOLE:
        yield Token("word", piece)
    elif piece[0] == "d" and piece[1:].isdigit() and len(piece) in (5, 9):
        yield Token("date", piece[1:])
    elif _QUANTIZATION.fullmatch(piece):
        yield Token("quantization", piece)
    elif _ACTIVE.fullmatch(piece):
        yield Token("active", piece)
    elif _CONTEXT.fullmatch(piece):
        yield Token("context", piece)
    elif _SIZE.fullmatch(piece):
        yield Token("size", piece)
    elif at := _NUMBER.fullmatch(piece):
        yield _number(at[1], versioned=piece[0] == "v")
    elif at := _UNIT.fullmatch(piece):
        yield Token("word", at[1] + _plain(at[2]))
    elif at := _GLUED.fullmatch(piece):
        yield Token("word", at[1])
        yield Token("word", _plain(at[2]) + at[3]) if at[3] else _number(at[2], versioned=False)
    elif at := _TAILED.fullmatch(piece):
        yield Token("word", _plain(at[1]) + at[2])
    else:
        yield Token("word", piece)


def _number(text: str, *, versioned: bool) -> Token:
    if len(text) == 4 and text.isdigit() and not versioned:
        return Token("date", text)
    if at := re.fullmatch(r"(2[3-9])\.(0[1-9]|1[0-2])", text):
        return Token("date", at[1] + at[2])
    return Token("number", _plain(text))


def _plain(text: str) -> str:
    """Return a version without what does not distinguish it: `4.0` is `4`."""
    return text.removesuffix(".0") or text


def _joined(found: list[Token]) -> Iterator[Token]:
    """Join the parts of versions that were written apart: `4`, `5` are `4.5`; `k2`, `6` are `k2.6`."""
    at = 0
    while at < len(found):
        token = found[at]
        after = found[at + 1] if at + 1 < len(found) else None
        third = found[at + 2] if at + 2 < len(found) else None
        is_small = third is not None and after == Token("number", "0") and third.kind == "size"  # 0-6b
        if after is not None and _is_major(token) and _is_minor(after) and not is_small:
            yield Token(token.kind, _plain(f"{token.text}.{after.text.removeprefix('p')}"))
            at += 2
        elif after is not None and token == Token("number", "0") and after.kind == "size":
            yield Token("size", f"0.{after.text}")
            at += 2
        else:
            yield token
            at += 1


def _is_major(token: Token) -> bool:
    if token.kind == "number":
        return len(token.text) <= 2 and token.text.isdigit() and token.text != "0"
    return bool(re.fullmatch(r"[a-z]\d", token.text)) if token.kind == "word" else False


def _is_minor(token: Token) -> bool:
    return (token.kind == "number" and token.text.isdigit() and len(token.text) <= 2) or bool(re.fullmatch(r"p\d", token.text))
