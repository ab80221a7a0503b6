"""The shape of a provider's declaration: everything that differs between providers, as data.

A provider file holds one `PROVIDER`. A path is a dotted way into an entry: `pricing.prompt`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from modelatlas.domain.listing import Listing, Status
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.placeholders import needed_in

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
    """The key in a header of its own name, behind a word where one is asked for: `Authorization: Key KEY`."""

    header: str
    env: str
    others: tuple[str, ...] = ()
    required: bool = True
    prefix: str = ""


class QueryKey(Struct, frozen=True):
    """The key in a parameter of the URL: only for a list that takes it nowhere else."""

    param: str
    env: str
    others: tuple[str, ...] = ()
    required: bool = True


Keyed = Bearer | Header | QueryKey
Auth = Open | Keyed


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


class NextUrl(Struct, frozen=True):
    """The answer has the next page's URL at `next`; null, empty or nothing there is the end."""

    next: str
    size_param: str | None = None
    size: int = 0


Paging = OnePage | PageNumber | Offset | Cursor | LinkHeader | NextUrl


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


Form = Literal["number", "text", "dollars"]
"""How an amount is sent: as a JSON number, as a text that holds one, or as a text such as `$1,234.50`."""


class Price(Struct, frozen=True):
    """Where one unit's price stands and what it is quoted in: money and quantity beside the path.

    `scale` turns the number as sent into `currency` (0.01 for cents). `form` is how it is sent. `zero`
    says what a zero means: the unit is `free`, or it is not said (`absent`); `free` is the path of a yes
    that makes a zero, or no amount at all, free; `free_ending` is a path and the ending of the text there
    with which a zero is free. `given` is a path and the only value under which the
    amount means what is declared here; beside any other value it stays unread. `times` is the path of a
    factor on it, `discount` the paths of a fraction taken off and of when that ends, in seconds since 1970.
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


class ModelList(Struct, frozen=True, kw_only=True, eq=False):
    """One list of a provider: where it is, how it is paged and what stands where in an entry.

    `url` may hold environment variables, as `placeholders` says. A list that yields `prices` adds them, and
    fields that are not said yet, to listings of the same id, and makes no listing.
    `entries` is the path of the list in the payload; empty when the payload itself is the list. `success`
    is a path in the payload and the only value beside which the list counts, if anything stands there.
    `variants` are other shapes in which the same list is answered, told by where their entries stand.
    `unlisted` is the status of listings of earlier lists that are not in this one. `keyed` is where the name
    of an item goes when the list, or the one that is in an entry, is an object of named items. `each`
    is the key of a list inside an entry of which every item is an offer of its own; paths then go
    through it as if it were that one item. `id` is a path, or a text with paths in braces; `id_prefix`
    is what an entry writes before an id that callers write without it. `conditional` are paths of prices
    under conditions, `undocumented` of prices in a unit that is said nowhere; both are kept unread.
    `ignored` are paths (with all below them) that we know and do not use. `unpriced` says what a listing
    without price means here. `quirk_paths` are the paths that a `quirk` reads: it is
    asked of entries that hold anything at one of them. `examples` are entries as
    sent, one offer in each, and what they are read as: with prices for one single unit, without the quotes.
    """

    url: str
    name: str = "models"
    yields: Literal["listings", "prices"] = "listings"
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    paging: Paging = OnePage()
    needs_key: bool | None = None
    entries: str = "data"
    success: tuple[str, Any] | None = None
    variants: tuple["ModelList", ...] = ()
    unlisted: Status | None = None
    keyed: str = ""
    each: str = ""
    id: str = "id"
    id_prefix: str = ""
    fields: Mapping[str, str | Field] = {}
    always: Mapping[str, Any] = {}
    prices: Mapping[str, Price] = {}
    unpriced: str = ""
    conditional: tuple[str, ...] = ()
    undocumented: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    reject: tuple[Reject, ...] = ()
    quirk: Quirk | None = None
    quirk_paths: frozenset[str] = frozenset()
    examples: tuple[tuple[Entry, Listing | Rejected], ...] = ()


class Provider(Struct, frozen=True, kw_only=True, eq=False):
    """A service with an inference API and a model list.

    The first of `lists` is the default one; only a retired provider has none. Values of earlier lists win
    over those of later ones. `private` are regular expressions of ids that belong to the account behind the
    key. `refusal` is a word in the body of an error answer by which a key is refused where the status does
    not say so. `retired` says why a provider is not fetched. `named_by_operator` tells that the settings
    name its server, which may then be a private one and is shown to nobody. `evidence` says how sure the
    facts are, with their date: `recorded 2026-08-22`, `documented 2026-10`, `inferred`.
    """

    slug: str
    name: str
    kind: ProviderKind
    docs: str
    lists: tuple[ModelList, ...] = ()
    evidence: str
    auth: Auth = Open()
    aliases: tuple[str, ...] = ()
    lab: str | None = None
    private: tuple[str, ...] = ()
    refusal: str = ""
    retired: str | None = None
    named_by_operator: bool = False

    def list_named(self, name: str | None) -> ModelList | None:
        """Return the list of this name, the default one for None, or None when there is no such list."""
        if name is None:
            return self.lists[0] if self.lists else None
        return next((each for each in self.lists if each.name == name), None)

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The environment variables that may hold the key; the first that is set counts."""
        return () if isinstance(self.auth, Open) else (self.auth.env, *self.auth.others)

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that a fetch may need: those of the key, then those of the URLs."""
        places = (name for each in self.lists for name in needed_in(each.url))
        return tuple(dict.fromkeys((*self.key_variables, *places)))

    @property
    def key_needed(self) -> bool:
        """Tell whether any of the lists can be read with a key only."""
        return any(needs_key(self, each) for each in self.lists)


def needs_key(provider: Provider, declared: ModelList) -> bool:
    """Tell whether a list can be read with a key only."""
    if declared.needs_key is not None:
        return declared.needs_key
    return not isinstance(provider.auth, Open) and provider.auth.required
