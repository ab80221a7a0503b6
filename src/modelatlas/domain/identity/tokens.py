"""The tokens of an id or a name: words, numbers, sizes, dates, each of a kind that its shape shows.

`qwen2p5-coder-32b` is the words `qwen` and `coder`, the number `2.5` and the size `32b`. A letter and its
number stay together (`k2.6`, `4o`, `r1`) as one word.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase
from typing import Final, Literal

from msgspec import Struct

Kind = Literal["word", "number", "size", "active", "context", "date", "quantization"]
"""A `context` is a count of tokens: `128k`, `32768`."""


class Token(Struct, frozen=True, gc=False):
    """One token: its kind, and its text in one spelling."""

    kind: Kind
    text: str


_P: Final = re.compile(r"(?<=\d)p(?=\d)")
_UNDERSCORE: Final = re.compile(r"(?<=\d)_(?=\d)")  # llama-3_1-8b
_SPLIT: Final = re.compile(r"[^a-z0-9.+]+|\.(?!\d)|(?<!\d)\.|\++$")
_DATE: Final = re.compile(
    r"(?<!\d)(20[12]\d)[-_. /]?(0[1-9]|1[0-2])[-_. /]?([0-3]\d)(?!\d)"  # 2025-08-07
)
_SHORT: Final = re.compile(r"(?<![\da-z.])(2[2-9])(0[1-9]|1[0-2])([0-3]\d)(?![\da-z])")  # 250807
_MONTH_YEAR: Final = re.compile(r"(?<!\d)(0[1-9]|1[0-2])-20(2\d)(?!\d)")  # 08-2024
_MONTH_DAY: Final = re.compile(r"(?<=[a-z])-(0[1-9]|1[0-2])-([0-3]\d)(?!\d)")  # preview-05-06
_SHAPES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("date", re.compile(r"d(?:\d{4}){1,2}")),
    (
        "quantization",  # https://huggingface.co/docs/transformers/quantization/overview, llama.cpp, MLX
        re.compile(
            r"q\d|fp\d+|f16|f32|bf16|int\d|\dbit|nvfp4|mxfp[48]|w\d+a\d+"
            r"|awq|gptq|gguf|ggml|exl[23]|mlx|bnb|hqq|quanti[sz]ed"
        ),
    ),
    ("active", re.compile(r"a\d+(?:\.\d+)?b")),
    ("context", re.compile(r"\d+k|[12]m")),
    ("size", re.compile(r"(?:\d+(?:\.\d+)?x)?\d+(?:\.\d+)?[bt]|\d{2,4}m|e\d+b|\d+e|\d+x\d+m")),
)
"""Kind and shape; `tokens` writes dates so. Experts (`16e`) and effective sizes (`e4b`) are sizes."""
_NUMBER: Final = re.compile(r"v?(\d+(?:\.\d+)*)")
_UNIT: Final = re.compile(r"([a-z])(\d+(?:\.\d+)*)")
_GLUED: Final = re.compile(r"([a-z]{2,})v?(\d+(?:\.\d+)*)([a-z]*)")
_TAILED: Final = re.compile(r"v?(\d+(?:\.\d+)*)([a-z])")
_ODD: Final = re.compile(r"\dp\d|\d[\d\-_. /]{4}")
"""Where it finds nothing, there is no date to look for."""
_TOGETHER: Final = (
    ("fp-8", "fp8"),
    ("non-reasoning", "nonreasoning"),
    ("high-speed", "highspeed"),
    ("high-throughput", "throughput"),
)
_WHOLE: Final = frozenset({"ai21", "c4ai", "01ai", "mt0", "t5", "r1t2", "r1t"})
"""Words with digits that are no version."""


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text in its order.

    >>> [token.text for token in tokens("Claude-Opus-4-5@20251101")]
    ['claude', 'opus', '4.5', '20251101']
    """
    text = text.lower()
    if _ODD.search(text):
        text = _P.sub(".", text)
        text = _DATE.sub(r" d\1\2\3 ", text)
        text = _SHORT.sub(r" d20\1\2\3 ", text)
        text = _MONTH_YEAR.sub(r" d\2\1 ", text)
        text = _MONTH_DAY.sub(r" d\1\2 ", text)
    if "_" in text:
        text = _UNDERSCORE.sub(".", text)
    for apart, together in _TOGETHER:
        if apart in text:
            text = text.replace(apart, together)
    found: list[Token] = []
    for piece in _SPLIT.split(text):
        if piece:
            found += of_piece(piece)
    return tuple(_joined(found))


def is_quantization(text: str) -> bool:
    """Tell whether a text names a quantisation, and nothing else: `fp8`, `awq`."""
    return of_piece(text) == (Token("quantization", text),)


@lru_cache(maxsize=16_384)
def of_piece(piece: str) -> tuple[Token, ...]:
    """Return the tokens of what stands between two separators."""
    return tuple(_read(piece))


def _read(piece: str) -> Iterator[Token]:
    kind = next((kind for kind, shape in _SHAPES if shape.fullmatch(piece)), None)
    if kind is not None:
        yield Token(kind, piece.removeprefix("d") if kind == "date" else piece)
    elif at := _NUMBER.fullmatch(piece):
        yield _number(at[1], versioned=piece[0] == "v")
    elif at := _UNIT.fullmatch(piece):
        yield Token("word", at[1] + _plain(at[2]))
    elif (at := _GLUED.fullmatch(piece)) and piece not in _WHOLE:
        yield Token("word", at[1])
        yield from _tailed(at[2], at[3])
    elif at := _TAILED.fullmatch(piece):
        yield from _tailed(at[1], at[2])
    else:
        yield Token("word", piece)


def _tailed(number: str, tail: str) -> Iterator[Token]:
    if len(tail) == 1:
        yield Token("word", _plain(number) + tail)
    else:
        yield _number(number, versioned=False)
        yield from _read(tail) if tail else ()


def _number(text: str, *, versioned: bool) -> Token:
    if _LONG.fullmatch(text) and not versioned:
        return Token("context" if _CONTEXT.fullmatch(text) else "date", text)
    if at := _YEAR_MONTH.fullmatch(text):
        return Token("date", at[1] + at[2])
    return Token("number", _plain(text))


def _plain(text: str) -> str:
    """Return a version without what does not distinguish it: `4.0` is `4`."""
    return text.removesuffix(".0") or text


def _joined(found: list[Token]) -> list[Token]:
    """Join the parts of versions that were written apart: `4`, `5` are `4.5`; `k2`, `6` are `k2.6`."""
    at = 0
    while at < len(found) - 1:
        token, after = found[at], found[at + 1]
        if after.kind == "size" and token == _ZERO:
            found[at : at + 2] = [Token("size", f"0.{after.text}")]
        elif _is_minor(after) and _is_major(token) and not _is_small(found, at + 1):
            found[at : at + 2] = [Token(token.kind, _plain(f"{token.text}.{after.text.removeprefix('p')}"))]
        at += 1
    return found


def _is_major(token: Token) -> bool:
    return token.text in (_SMALL if token.kind == "number" else _UNITS)


def _is_minor(token: Token) -> bool:
    return token.text in (_SMALL if token.kind == "number" else _MINORS)


def _is_small(found: list[Token], at: int) -> bool:
    """Tell whether a zero begins a size: `0-6b`."""
    return found[at] == _ZERO and at + 1 < len(found) and found[at + 1].kind == "size"


_LONG: Final = re.compile(r"\d{4,}")
_CONTEXT: Final = re.compile(r"2048|4096|8192|\d{5,}")
_YEAR_MONTH: Final = re.compile(r"(2[3-9])\.(0[1-9]|1[0-2])")  # Codestral 25.01
_ZERO: Final = Token("number", "0")
_SMALL: Final = frozenset(map(str, range(100)))
_UNITS: Final = frozenset(letter + str(digit) for letter in ascii_lowercase for digit in range(10))
_MINORS: Final = frozenset(f"p{digit}" for digit in range(10))  # cogito-671b-v2-p1
