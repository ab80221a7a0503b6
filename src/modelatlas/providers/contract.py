"""The shape of a provider's declaration: everything that differs between providers, as data.

A provider file holds one `PROVIDER`. A path is a dotted way into an entry: `pricing.prompt`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from modelatlas.domain.listing import Listing, Status
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.conditions import Conditional
from modelatlas.providers.placeholders import needed_in
from modelatlas.providers.price_path import Price
from modelatlas.providers.price_rows import Meters, PriceRows

Entry = Mapping[str, Any]
"""One entry as decoded: numbers with a fraction or an exponent are `Number`, the text as received."""


JSON: Final = "application/json"
MARKDOWN: Final = "text/markdown"


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


class SigV4(Struct, frozen=True):
    """Every call signed with access keys of AWS, for one service and region (Signature Version 4).

    `region` may hold a variable, as a URL may. Temporary keys have a third part, in `session_env`. Signing
    takes the extra `aws`.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """

    service: str
    region: str = "{AWS_REGION=us-east-1}"
    env: str = "AWS_ACCESS_KEY_ID"
    signing_env: str = "AWS_SECRET_ACCESS_KEY"
    session_env: str = "AWS_SESSION_TOKEN"
    required: bool = True


class GoogleServiceAccount(Struct, frozen=True):
    """A token that a service account of Google signs itself, for the host that is called.

    The variable holds the path of the account's key file. Signing takes the extra `google`.
    https://google.aip.dev/auth/4111
    """

    env: str = "GOOGLE_APPLICATION_CREDENTIALS"
    required: bool = True


Way = Bearer | Header | QueryKey | SigV4 | GoogleServiceAccount


class FirstOf(Struct, frozen=True):
    """Several ways to be let in; the first whose variables are set is taken."""

    ways: tuple[Way, ...]
    required: bool = True


Keyed = Way | FirstOf
Auth = Open | Keyed


def ways_of(auth: Auth) -> tuple[Way, ...]:
    """Return the ways to be let in, in the order in which they are tried."""
    if isinstance(auth, Open):
        return ()
    return auth.ways if isinstance(auth, FirstOf) else (auth,)


def needed_by(way: Way) -> tuple[tuple[str, ...], ...]:
    """Return what must be set: of each group of variables one."""
    if isinstance(way, SigV4):
        return (way.env,), (way.signing_env,)
    return ((way.env,) if isinstance(way, GoogleServiceAccount) else (way.env, *way.others),)


def variables_of(auth: Auth) -> tuple[str, ...]:
    """Return every variable that may hold a key, or a part of one, each once."""
    names: list[str] = []
    for way in ways_of(auth):
        names.extend(name for group in needed_by(way) for name in group)
        if isinstance(way, SigV4):
            names.append(way.session_env)
    return tuple(dict.fromkeys(names))


def chosen(auth: Auth, variables: Mapping[str, str]) -> Way | None:
    """Return the first way of which all that it needs is set, or None."""

    def is_set(names: tuple[str, ...]) -> bool:
        return any(variables.get(name, "").strip() for name in names)

    return next((way for way in ways_of(auth) if all(map(is_set, needed_by(way)))), None)


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


class ByIds(Struct, frozen=True):
    """The list answers for the ids that it is asked for: those of the list `of`, so many in one call.

    Each id is a `param` of its own. Where `more`, if that is a path, is true an answer was cut.
    """

    param: str
    of: str
    size: int
    more: str | None = None


Paging = OnePage | PageNumber | Offset | Cursor | LinkHeader | NextUrl | ByIds


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


class Reject(Struct, frozen=True):
    """Entries that are no listings: those whose value at `path` satisfies `when`."""

    reason: str
    path: str
    when: Callable[[Any], bool]


Quirk = Callable[[Entry, Listing], tuple[Listing, tuple[Unread, ...]]]
"""The rare case: from an entry and the listing read so far to the listing, and what in it was not read."""


class ModelList(Struct, frozen=True, kw_only=True, eq=False):
    """One list of a provider: where it is, how it is paged and what stands where in an entry.

    `url` and the values of `params` may hold environment variables, as `placeholders` says. `auth` is what
    lets calls of this list in where that is not what the provider's others take. `media` is the type of the
    answer: one that is a text, not JSON, is a payload of one JSON text. A list that yields `prices`
    adds them, and fields that are not said yet, to listings of the same id, and makes no listing; where it
    has `rows`, each entry is a row that says by itself what it prices. A list that yields `meters` says which
    meters of such rows bill which listing; it is asked for before the rows that need it.
    `entries` is the path of the list in the payload; empty when the payload itself is the list. `success`
    is a path in the payload and the only value beside which the list counts, if anything stands there.
    `variants` are other shapes in which the same list is answered, told by where their entries stand.
    `inferred` tells that the list was never seen: an answer that blames the call (400, 403) then says that
    there is none, as 404 does of any list.
    `unlisted` is the status of listings of earlier lists that are not in this one. Where a list is `based`,
    its listings take what they do not say from the listing of an earlier list that is their `canonical_id`.
    `keyed` is where the name of an item goes when the list, or the one that is in an entry, is an object of
    named items. `each`
    is the key of a list inside an entry of which every item is an offer of its own; paths then go
    through it as if it were that one item. `id` is a path, or a text with paths in braces; `id_prefix`
    is what an entry writes before an id that callers write without it; `id_of` turns an id as it is sent into
    the one that callers write, where that is not all. `conditional` says where prices stand
    that hold under conditions only. `unread` are paths of prices that cannot be said in our words, each with
    the reason, `undocumented` those of prices in a unit that is said nowhere; both are kept unread.
    `ignored` are paths (with all below them) that we know and do not use. `unpriced` says what a listing
    without price means here. `quirk_paths` are the paths that a `quirk` reads: it is
    asked of entries that hold anything at one of them. `examples` are entries as
    sent, one offer in each, and what they are read as: with prices for one single unit, without the quotes.
    """

    url: str
    name: str = "models"
    yields: Literal["listings", "prices", "meters"] = "listings"
    auth: Auth | None = None
    media: Literal["application/json", "text/markdown"] = JSON
    rows: PriceRows | None = None
    meters: Meters | None = None
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    paging: Paging = OnePage()
    needs_key: bool | None = None
    entries: str = "data"
    success: tuple[str, Any] | None = None
    variants: tuple["ModelList", ...] = ()
    inferred: bool = False
    unlisted: Status | None = None
    based: bool = False
    keyed: str = ""
    each: str = ""
    id: str = "id"
    id_prefix: str = ""
    id_of: Callable[[str], str] | None = None
    fields: Mapping[str, str | Field] = {}
    always: Mapping[str, Any] = {}
    prices: Mapping[str, Price] = {}
    unpriced: str = ""
    conditional: tuple[Conditional, ...] = ()
    unread: Mapping[str, str] = {}
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
    not say so. `retired` says why a provider is not fetched. `named_by_operator` tells that the settings name
    its server, which may then be a private one and is shown to nobody. `passthrough` is the page on which a
    gateway says that it charges what the labs charge; `by_subscription` tells that use is not billed by unit,
    so that no price is borrowed. `evidence` says how sure the facts are, with their date: `recorded
    2026-08-22`, `documented 2026-10`, `inferred`.
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
    passthrough: str | None = None
    by_subscription: bool = False

    def list_named(self, name: str | None) -> ModelList | None:
        """Return the list of this name, the default one for None, or None when there is no such list."""
        if name is None:
            return self.lists[0] if self.lists else None
        return next((each for each in self.lists if each.name == name), None)

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The environment variables that may hold the key of the lists of models; the first set counts."""
        return variables_of(self.auth)

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that a fetch may need: those of keys, then those of the URLs."""
        own = (name for each in self.lists if each.auth is not None for name in variables_of(each.auth))
        places = (name for each in self.lists for name in places_in(each))
        return tuple(dict.fromkeys((*self.key_variables, *own, *places)))

    @property
    def key_needed(self) -> bool:
        """Tell whether any of the lists of models can be read with a key only."""
        return any(needs_key(self, each) for each in self.lists if each.yields == "listings")

    def has_key(self, variables: Mapping[str, str]) -> bool:
        """Tell whether one of the ways to the lists of models is wholly set."""
        return chosen(self.auth, variables) is not None


def auth_of(provider: Provider, declared: ModelList) -> Auth:
    """Return what lets a call of a list in: its own, else its provider's."""
    return provider.auth if declared.auth is None else declared.auth


def needs_key(provider: Provider, declared: ModelList) -> bool:
    """Tell whether a list can be read with a key only."""
    if declared.needs_key is not None:
        return declared.needs_key
    auth = auth_of(provider, declared)
    return not isinstance(auth, Open) and auth.required


def places_in(declared: ModelList) -> tuple[str, ...]:
    """Return the variables without a default that a list's URL and parameters need, each once."""
    texts = (declared.url, *declared.params.values())
    return tuple(dict.fromkeys(name for text in texts for name in needed_in(text)))
