"""Where a price stands in an entry, and in what it is quoted."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Form = Literal["number", "text", "dollars"]
"""How an amount is sent: as a JSON number, as a text that holds one, or as a text such as `$1,234.50`."""


class Price(Struct, frozen=True):
    """Where one unit's price stands and what it is quoted in: money and quantity beside the path.

    `scale` turns the number as sent into `currency` (0.01 for cents). `form` is how it is sent. `zero`
    says what a zero means: the unit is `free`, or it is not said (`absent`); `free` is the path of a yes
    that makes a zero, or no amount at all, free; `free_ending` is a path and the ending of the text there
    with which a zero is free. `given` is a path and the only value under which the
    amount means what is declared here; beside any other value it stays unread. `times` are the paths of
    factors on it, `discount` the path of a fraction taken off and, if it can end, that of when, in seconds
    since 1970.
    `varying` recognises amounts that mean "it depends".
    """

    path: str
    per: str
    currency: str = "USD"
    scale: Decimal = Decimal(1)
    form: Form = "number"
    zero: Literal["free", "absent"] = "absent"
    free: str | None = None
    free_ending: tuple[str, str] | None = None
    given: tuple[str, str] | None = None
    times: tuple[str, ...] = ()
    discount: tuple[str, ...] = ()
    varying: Callable[[Decimal], bool] | None = None
