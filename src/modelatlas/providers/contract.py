"""The shape of a provider's declaration: everything that differs between providers, as data.

A provider file holds one `PROVIDER`. A path is a dotted way into an entry: `pricing.prompt`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import Rejected

Entry = Mapping[str, Any]
"""One entry as decoded: numbers with a fraction or an exponent are `Number`, the text as received."""


class Number(str):
    """A JSON number with a fraction or an exponent, as the text that was received."""

    __slots__ = ()


class Unfit(ValueError):
    """A value is not of the declared form; the text says what was expected."""


class Open(Struct, frozen=True):
    """The list is for everybody; no key is ever sent."""


class Bearer(Struct, frozen=True):
    """`Authorization: Bearer KEY`, from the first of these environment variables that is set.

    Where the list is for everybody (`required=False`) no key is sent: with one, lists can be cut to what
    the key may use.
    """

    env: str
    others: tuple[str, ...] = ()
    required: bool = True


class Header(Struct, frozen=True):
    """The key in a header of its own name."""

    header: str
    env: str
    others: tuple[str, ...] = ()
    required: bool = True


Auth = Open | Bearer | Header


class OnePage(Struct, frozen=True):
    """The whole list in one answer."""


class PageNumber(Struct, frozen=True):
    """Pages counted from `first`; the end is a page shorter than `size`, or `total` (a path) entries."""

    param: str
    size_param: str
    size: int
    first: int = 1
    total: str | None = None


class Offset(Struct, frozen=True):
    """Entries skipped; the end is a page shorter than `size`, or `total` (a path) entries."""

    param: str
    size_param: str
    size: int
    total: str | None = None


class Cursor(Struct, frozen=True):
    """The next page is named in the answer, at `next`, as long as `more`, if that is a path, is true."""

    param: str
    next: str
    more: str | None = None
    size_param: str | None = None
    size: int = 0


class LinkHeader(Struct, frozen=True):
    """The next page is the `rel="next"` of the Link header (RFC 8288)."""

    size_param: str | None = None
    size: int = 0


Paging = OnePage | PageNumber | Offset | Cursor | LinkHeader


class Field(Struct, frozen=True):
    """Where a listing's field stands and how its value is read.

    `read` gets the value at `path` (never null) and returns ours, or None when the value means that
    nothing is said; it raises `Unfit` for a value that is not of the declared form. `one | other` is a
    field of several places: words of all are joined, of other values the first one said counts.
    """

    path: str
    read: Callable[[Any], Any]
    also: tuple["Field", ...] = ()

    def __or__(self, other: "Field") -> "Field":
        return Field(self.path, self.read, (*self.also, other))


class Price(Struct, frozen=True):
    """Where one unit's price stands and what it is quoted in: money and quantity beside the path.

    `scale` turns the number as sent into `currency` (0.01 for cents). `form` is how it is sent. `zero`
    says what a zero means: the unit is `free`, or it is not said (`absent`); `free` is the path of a yes
    that makes a zero, or no amount at all, free. `given` is a path and the only value under which the
    amount means what is declared here; beside any other value it stays unread. `times` is the path of a
    factor on it, `discount` the paths of a fraction taken off and of when that ends, in seconds since 1970.
    `varying` recognises amounts that mean "it depends".
    """

    path: str
    per: str
    currency: str = "USD"
    scale: Decimal = Decimal(1)
    form: Literal["number", "text"] = "number"
    zero: Literal["free", "absent"] = "absent"
    free: str | None = None
    given: tuple[str, str] | None = None
    times: str | None = None
    discount: tuple[str, str] | None = None
    varying: Callable[[Decimal], bool] | None = None


class Reject(Struct, frozen=True):
    """Entries that are no listings: those whose value at `path` satisfies `when`."""

    reason: str
    path: str
    when: Callable[[Any], bool]


Quirk = Callable[[Entry, Listing], tuple[Listing, tuple[Unread, ...]]]
"""The rare case: from an entry and the listing read so far to the listing, and what in it was not read."""


class ModelList(Struct, frozen=True, kw_only=True):
    """One list of a provider: where it is, how it is paged and what stands where in an entry.

    `entries` is the path of the list in the payload; empty when the payload itself is the list. `each`
    is the key of a list inside an entry of which every item is an offer of its own; paths then go
    through it as if it were that one item. `id` is a path, or a text with paths in braces. `conditional`
    are paths of prices under conditions, kept unread. `ignored` are paths (with all below them) that we
    know and do not use. `unpriced` says what a listing without price means here. `quirk_paths` are the
    paths that a `quirk` reads. `examples` are entries as sent, one offer in each, and what they are read as:
    with prices for one single unit, and without the quotes.
    """

    url: str
    name: str = "models"
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    paging: Paging = OnePage()
    needs_key: bool | None = None
    entries: str = "data"
    each: str = ""
    id: str = "id"
    fields: Mapping[str, str | Field] = {}
    always: Mapping[str, Any] = {}
    prices: Mapping[str, Price] = {}
    unpriced: str = ""
    conditional: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    reject: tuple[Reject, ...] = ()
    quirk: Quirk | None = None
    quirk_paths: frozenset[str] = frozenset()
    examples: tuple[tuple[Entry, Listing | Rejected], ...] = ()


class Provider(Struct, frozen=True, kw_only=True):
    """A service with an inference API and a model list.

    The first of `lists` is the default one. Values of earlier lists win over those of later ones.
    `private` are regular expressions of ids that belong to the account behind the key. `retired` says
    why a provider is not fetched any more. `evidence` says how sure the facts are, with their date:
    `recorded 2026-08-22`, `documented 2026-10`, `inferred`.
    """

    slug: str
    name: str
    kind: ProviderKind
    docs: str
    lists: tuple[ModelList, ...]
    evidence: str
    auth: Auth = Open()
    aliases: tuple[str, ...] = ()
    lab: str | None = None
    private: tuple[str, ...] = ()
    retired: str | None = None

    def list_named(self, name: str | None) -> ModelList | None:
        """Return the list of this name, the default one for None, or None when there is no such list."""
        if name is None:
            return self.lists[0]
        return next((each for each in self.lists if each.name == name), None)

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The environment variables that may hold the key; the first that is set counts."""
        return () if isinstance(self.auth, Open) else (self.auth.env, *self.auth.others)

    @property
    def key_needed(self) -> bool:
        """Tell whether any of the lists can be read with a key only."""
        return any(needs_key(self, each) for each in self.lists)


def needs_key(provider: Provider, declared: ModelList) -> bool:
    """Tell whether a list can be read with a key only."""
    if declared.needs_key is not None:
        return declared.needs_key
    return not isinstance(provider.auth, Open) and provider.auth.required
