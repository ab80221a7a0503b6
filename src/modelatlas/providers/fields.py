"""Words for declarations: how values are read, and prices with their unit beside the path."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from modelatlas.domain.money import EXACT, exact
from modelatlas.providers.contract import Field, Number, Unfit
from modelatlas.providers.price_path import Price

Zero = Literal["free", "absent"]

LONGEST_TEXT: Final = 300
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = _EPOCH.toordinal()
_SECONDS_A_DAY: Final = 86_400
_AFTER_UNIX: Final = 2**33
_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_CENT: Final = Decimal("0.01")
_LARGEST_COUNT: Final = 10**12
_LARGEST_POWER: Final = 30
_SMALLEST_POWER: Final = -60
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})*|[0-9]{1,20}")
_DOLLARS: Final = re.compile(rf"\$({_GROUPED.pattern})(\.[0-9]{{1,60}})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_NANOS: Final = Decimal(10**9)
_EXPECTED_MONEY: Final = "expected units and nanos of money"
_WRITTEN_SO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_COMMA: Final = re.compile("[,\N{FULLWIDTH COMMA}]")
_DATE: Final = len("2026-08-31")
_SECOND: Final = len("2026-08-31T12:00:00")


def usd_number(
    path: str,
    *,
    per: str,
    zero: Zero = "absent",
    free: str | None = None,
    given: tuple[str, str] | None = None,
) -> Price:
    """Declare a JSON number in US dollars."""
    return Price(path, per, zero=zero, free=free, given=given)


def usd_text(
    path: str,
    *,
    per: str,
    zero: Zero = "absent",
    varying: Callable[[Decimal], bool] | None = None,
    discount: tuple[str, ...] = (),
) -> Price:
    """Declare a JSON text in US dollars; `discount` are paths, as `Price` says."""
    return Price(path, per, form="text", zero=zero, varying=varying, discount=discount)


def cents(
    path: str,
    *,
    per: str,
    given: tuple[str, str] | None = None,
    times: tuple[str, ...] = (),
    discount: tuple[str, ...] = (),
) -> Price:
    """Declare a JSON number in US cents; `times` and `discount` are paths, as `Price` says."""
    return Price(path, per, scale=_CENT, given=given, times=times, discount=discount)


def paths(text_of_them: str) -> frozenset[str]:
    """Declare several paths as one text with blanks between them."""
    return frozenset(text_of_them.split())


def is_negative(amount: Decimal) -> bool:
    """Recognise the -1 by which routers say that the price depends on where they send the request."""
    return amount < 0


def text(value: Any) -> str | None:
    """Read a text; an empty one says nothing. Control characters become spaces, the length is bounded."""
    if not isinstance(value, str) or isinstance(value, Number):
        raise Unfit("expected a text")
    if not value.isprintable():
        value = "".join(char if char.isprintable() else " " for char in value)
    return value.strip()[:LONGEST_TEXT] or None


def are_clean(texts: Sequence[str]) -> bool:
    """Tell whether each of these texts, at least one, is read as it is."""
    joined = "".join(texts)
    if not all(texts) or max(map(len, texts)) > LONGEST_TEXT or not _is_printable(joined):
        return False
    return " " not in joined or list(map(str.strip, texts)) == list(texts)


def _is_printable(joined: str) -> bool:
    """Tell the same as `isprintable`, of a long text in ASCII in a third of the time."""
    if joined.isascii():
        return not joined.encode().translate(None, _PRINTABLE)
    return joined.isprintable()


def count(value: Any) -> int | None:
    """Read a count of tokens, also one written as `256000.0`; 0 says nothing, since no window is empty."""
    if isinstance(value, Number) and (amount := exact(value)) is not None and amount == amount.to_integral():
        value = int(amount) if abs(amount) <= _LARGEST_COUNT else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_COUNT:
        raise Unfit("expected a whole number, 0 or more")
    return value if value > 0 else None


def words(value: Any) -> tuple[str, ...]:
    """Read a list of texts, sorted, each once."""
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Unfit("expected a list of texts")
    if set(map(type, value)) == {str} and are_clean(value):
        return tuple(sorted(set(value)))
    return tuple(sorted({clean for word in value if (clean := text(word)) is not None}))


def moment(value: Any) -> str | None:
    """Read a date (`2026-08-31`) or an instant (RFC 3339); the epoch itself says nothing."""
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) and len(value) >= _DATE else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise Unfit("expected a date or an instant as ISO 8601 text")
    if parsed.tzinfo is UTC and parsed != _EPOCH and _WRITTEN_SO.fullmatch(value) is not None:
        return f"{value[:_SECOND]}Z"  # as `instant` would write it again
    at = parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
    return _date(at) if len(value) == _DATE else instant(at)


def instant(at: datetime) -> str | None:
    """Write an instant in UTC to the second, as `2026-08-31T12:00:00Z`; the epoch itself says nothing."""
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        raise Unfit("expected an instant between the years 1 and 9999") from None
    return None if utc == _EPOCH else utc.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def unix(value: Any) -> datetime:
    """Read seconds since 1970."""
    return datetime.fromtimestamp(unix_seconds(value), UTC)


def unix_seconds(value: Any) -> int:
    """Read seconds since 1970 as they are."""
    if type(value) is not int or not 0 <= value < _AFTER_UNIX:
        raise Unfit("expected a time in whole seconds since 1970")
    return value


def unix_day(value: Any) -> str | None:
    """Read seconds since 1970 of which the day matters; 0 says nothing."""
    seconds = unix_seconds(value)
    return _DAYS[seconds // _SECONDS_A_DAY] if seconds else None


def unix_days(seconds: Sequence[int]) -> list[str | None] | None:
    """Read such seconds, at least one, all at once; None when any of them is out of range."""
    if not 0 <= min(seconds) <= max(seconds) < _AFTER_UNIX:
        return None
    return [_DAYS[each // _SECONDS_A_DAY] if each else None for each in seconds]


def _date(at: datetime) -> str | None:
    return None if at == _EPOCH else at.date().isoformat()


class _Days(dict[int, str]):
    """The texts of days, counted from 1970-01-01, that were ever asked for."""

    def __missing__(self, number: int) -> str:
        self[number] = date.fromordinal(_FIRST_DAY + number).isoformat()
        return self[number]


_DAYS: Final = _Days()


def number(value: Any) -> Decimal:
    """Read a JSON number exactly; raises `Unfit` for anything else."""
    is_number = isinstance(value, Number) or (isinstance(value, int) and not isinstance(value, bool))
    return _amount(str(value) if is_number else None, "expected a number")


def number_text(value: Any) -> Decimal:
    """Read a JSON text that holds a number exactly; raises `Unfit` for anything else."""
    is_text = isinstance(value, str) and not isinstance(value, Number)
    return _amount(value if is_text else None, "expected a number as text")


def dollar_text(value: Any) -> Decimal:
    """Read a text such as `$1,234.50` exactly; raises `Unfit` for anything else."""
    is_dollars = isinstance(value, str) and _DOLLARS.fullmatch(value) is not None
    return _amount(value[1:].replace(",", "") if is_dollars else None, "expected a text such as $1.50")


def money(value: Any) -> Decimal:
    """Read Google's `Money` exactly: whole units as text or number, and billionths of one (`nanos`).

    Both have the same sign. https://github.com/googleapis/googleapis/blob/master/google/type/money.proto
    """
    units, nanos = (value.get("units", 0), value.get("nanos", 0)) if isinstance(value, dict) else ("", 0)
    if isinstance(units, str) and _WHOLE.fullmatch(units):
        units = int(units)
    if type(units) is not int or type(nanos) is not int or abs(nanos) >= _NANOS or units * nanos < 0:
        raise Unfit(_EXPECTED_MONEY)
    return _amount(str(EXACT.add(Decimal(units), EXACT.divide(Decimal(nanos), _NANOS))), _EXPECTED_MONEY)


def count_text(value: Any) -> int | None:
    """Read a count written as text, with or without commas between thousands; 0 says nothing."""
    if not isinstance(value, str) or _GROUPED.fullmatch(value) is None:
        raise Unfit("expected a whole number as text")
    return count(int(value.replace(",", "")))


def unix_date(path: str) -> Field:
    """Declare seconds since 1970 of which the day matters; 0 says nothing."""
    return Field(path, unix_day)


def unix_instant(path: str) -> Field:
    """Declare seconds since 1970 of which the second matters; 0 says nothing."""
    return Field(path, lambda value: instant(unix(value)))


def date_text(path: str, *, never: str = "") -> Field:
    """Declare a date or an instant as text; `never` is the text that means that there is none."""
    return Field(path, lambda value: None if never and value == never else moment(value))


def day_text(path: str) -> Field:
    """Declare a date as text, of which a time that follows it is in a zone that is not said."""
    return Field(path, lambda value: moment(value[:_DATE] if isinstance(value, str) else value))


def mapped(path: str, meaning: Mapping[Any, Any]) -> Field:
    """Declare a word of theirs that means one of ours; another word is unfit."""
    kinds = {type(word) for word in meaning}
    expected = f"expected one of {', '.join(sorted(str(word) for word in meaning))}"

    def read(value: Any) -> Any:
        if type(value) in kinds and value in meaning:
            return meaning[value]
        raise Unfit(expected)

    return Field(path, read)


def flag(path: str, *, true: Any = None, false: Any = None) -> Field:
    """Declare a yes or no that means one of two values of ours, or of which one says nothing."""
    return mapped(path, {True: true, False: false})


def present(path: str, meaning: Any) -> Field:
    """Declare a value of which only matters that it is there."""
    return Field(path, lambda _: meaning)


def public_if(path: str, public: Any) -> Field:
    """Declare the one value of an entry for everybody; any other means the account behind the key."""
    return Field(path, lambda value: "public" if value == public else "account")


def all_words(path: str, renamed: Mapping[str, str] | None = None) -> Field:
    """Declare a list of texts, or the true keys of an object; some of them have another name here."""
    names = renamed or {}
    return Field(path, lambda value: tuple(sorted({names.get(word, word) for word in _said(value)})))


def known_words(path: str, meaning: str | Mapping[str, str]) -> Field:
    """Declare the same, of which only these words matter: each for itself, or for one or several of ours."""
    means = {word: word for word in meaning.split()} if isinstance(meaning, str) else meaning
    ours = {word: several_words.split() for word, several_words in means.items()}

    def read(value: Any) -> tuple[str, ...]:
        return tuple(sorted({word for said in _said(value) for word in ours.get(said, ())}))

    return Field(path, read)


def comma_words(field: Field) -> Field:
    """Declare the same of one text with commas between the words, full-width ones too."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or isinstance(value, Number):
            raise Unfit("expected words with commas between them")
        return field.read([word.strip() for word in _COMMA.split(value)])

    return Field(field.path, read)


def first_known(path: str, meaning: Mapping[str, Any], otherwise: Any = None) -> Field:
    """Declare the same, of which the first of these words decides."""

    def read(value: Any) -> Any:
        said = set(_said(value))
        return next((means for word, means in meaning.items() if word in said), otherwise)

    return Field(path, read)


def inputs_of(path: str) -> Field:
    """Declare the left side of a text such as `text+image->text`; without an arrow, all of it."""
    return Field(path, lambda value: _side(value, 0))


def outputs_of(path: str) -> Field:
    """Declare the right side of a text such as `text+image->text`; without an arrow, text."""
    return Field(path, lambda value: _side(value, 1))


def _amount(written: str | None, expected: str) -> Decimal:
    """Read an amount whose powers of ten stay so small that no sum of ours can lose a digit."""
    amount = None if written is None else exact(written)
    if amount is None or (amount and not _SMALLEST_POWER <= amount.adjusted() <= _LARGEST_POWER):
        raise Unfit(expected)
    return amount


def _said(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return words(value)
    return words([key for key, on in value.items() if _is_on(on)])


def _is_on(on: Any) -> bool:
    """Tell whether a capability is there; Anthropic says it one object deeper (recorded, 2026-08)."""
    return on is True or (isinstance(on, dict) and on.get("supported") is True)


def _side(value: Any, side: int) -> tuple[str, ...]:
    said = text(value)
    if said is None:
        return ()
    left, arrow, right = said.replace("\N{RIGHTWARDS ARROW}", "->").partition("->")
    chosen = (left, right if arrow else "text")[side]
    return words(["image" if word.strip() == "vision" else word for word in chosen.split("+")])
