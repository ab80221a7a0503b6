"""What is taken out of one usage object, and what is left in it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.money import exact

MOST: Final = 10**12
"""Of one quantity; more is no usage of one request."""

WHOLES: Final = frozenset(
    {
        "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "inputTokens", "outputTokens",
        "inputTokenCount", "outputTokenCount", "promptTokenCount", "candidatesTokenCount",
    }
)  # fmt: skip
"""Keys of all that went in, or came out; a part of them may be null, which says no more than its absence."""

UNBILLED: Final = frozenset(
    {
        "total_tokens", "totalTokens", "totalTokenCount", "text_tokens", "accepted_prediction_tokens",
        "rejected_prediction_tokens", "service_tier", "inference_geo", "is_byok", "cost", "cost_details",
        "cost_in_usd_ticks", "doc_size_bytes", "api_version",
        "prompt_time", "completion_time", "queue_time", "total_time", "trafficType", "search_context_size",
        "speed",
    }
)  # fmt: skip
"""Keys that hold no quantity of their own: sums, parts that are billed as what they are part of, times."""


class Reader:
    """Takes quantities out of one usage object, and knows afterwards what nobody took."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.taken: set[str] = set()
        self.quantities: dict[str, Decimal] = {}

    def take(self, *paths: str) -> Decimal:
        """Return the first quantity that stands at one of these paths, 0 when none does."""
        found: Decimal | None = None
        for path in paths:
            value = self._at(path)
            self.taken.add(path)
            if found is None and value is not None:
                found = quantity_of(value, path)
        return Decimal(0) if found is None else found

    def bill(self, unit: str, quantity: Decimal) -> Decimal:
        """Count a quantity in a unit, and return it."""
        if quantity:
            self.quantities[unit] = self.quantities.get(unit, Decimal(0)) + quantity
        return quantity

    def rest(self, unit: str, whole: Decimal, parts: Iterable[Decimal], path: str) -> None:
        """Count what is left of a whole once its parts are counted in units of their own."""
        left = whole - sum(parts)
        if left < 0:
            raise BadRequest(
                f"{path}: {whole} is less than its parts together ({whole - left}): check the usage"
            )
        self.bill(unit, left)

    def has(self, path: str) -> bool:
        """Tell whether something stands at a path."""
        return self._at(path) is not None

    def unread(self) -> tuple[str, ...]:
        """Return the paths of quantities above 0 that nobody took."""
        return tuple(sorted(path for path in leaves(self.raw) if path not in self.taken))

    def unsaid(self) -> tuple[str, ...]:
        """Return the counts of all that went in or came out that are null, and that no total tells."""
        null = tuple(sorted(key for key in WHOLES if self.raw.get(key, 0) is None))
        total = self.take("total_tokens", "totalTokens", "totalTokenCount") if null else Decimal(0)
        return () if total and total == sum(map(self.take, WHOLES)) else null

    def _at(self, path: str) -> object:
        value: object = self.raw
        for key in path.split("."):
            if not isinstance(value, (dict, Mapping)):  # a dict is told at once, any other mapping slowly
                return None
            value = value.get(key)
        return None if value == {} else value  # Mistral's documents show an empty object for no seconds


def quantity_of(value: object, path: str) -> Decimal:
    """Return a quantity, exactly. Raises `BadRequest` for what is no number, or a negative or absurd one."""
    found = (
        exact(str(value)) if isinstance(value, int | str | Decimal) and not isinstance(value, bool) else None
    )
    if found is None or not 0 <= found <= MOST:
        raise BadRequest(f"{path} is {str(value)[:60]!r}: expected a number from 0 to {MOST}")
    return found


def objects_in(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; nothing for what is no list."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def leaves(value: object, path: str = "") -> Iterable[str]:
    """Go through the paths of numbers above 0 that may be quantities."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in UNBILLED:
                yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{position}]")
    elif not isinstance(value, bool) and isinstance(value, int | str | Decimal) and exact(str(value)):
        yield path
