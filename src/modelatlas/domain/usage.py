"""Usage: what one request used, in billed units that do not overlap.

An API says so in its own convention: some count cached tokens among the input tokens, some beside them. The
quantities here are exclusive: a token is counted in one unit only.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

Convention = Literal["included", "beside"]


class Usage(Struct, frozen=True):
    """Quantities by unit (a key of `units.UNITS`), and how they were told.

    `api` names the form that was recognised; `cached` says whether it counts cached tokens among the input
    tokens or beside them. `prompt_tokens` is the whole prompt, for prices by its length. `unread` are the
    paths of quantities whose unit is not known here, and `unsaid` of counts that are null, so that the cost
    is not whole. `charged` is what the
    answer itself says was charged, as it stood, and `tier` the service tier it names.
    """

    api: str
    cached: Convention
    quantities: Mapping[str, Decimal]
    prompt_tokens: int = 0
    unread: tuple[str, ...] = ()
    charged: str | None = None
    tier: str | None = None
    unsaid: tuple[str, ...] = ()


STANDS_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reasoning_token": "output_token",
        "input_image_token": "input_token",
        "input_video_token": "input_token",
        "cache_read_image_token": "cache_read_token",
    }
)
"""Unit -> the unit whose price it has where a source does not price it apart.

Reasoning tokens are output tokens, and tokens of images and videos input tokens, at every provider that has
no price of their own for them. Audio is not among these: where it is taken at all it is priced apart.
"""
