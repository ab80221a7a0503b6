"""The listing as everybody sees it: the one projection for the API and the command line (F32).

Its keys are those of docs/api.md. Money is plain decimal text; an absent unit is unknown.
"""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.listing import IdIs, Listing, Mode, Status, Visibility
from modelatlas.domain.money import plain
from modelatlas.domain.price import Condition, Rule, State, usd_per_unit
from modelatlas.domain.query import ModelQuery, nearest, select
from modelatlas.domain.snapshot import Origin, Snapshot


class BilledView(Struct, frozen=True, gc=False):
    """An amount as billed: plain decimal text in a currency (ISO 4217) for so much of the unit."""

    amount: str
    currency: str
    per: str


class WhenView(Condition, frozen=True, omit_defaults=True):
    """The conditions under which a price holds; the instants are ISO 8601, `[valid_from, valid_to)`."""

    valid_from: str | None = None
    valid_to: str | None = None


class PriceView(Struct, frozen=True, gc=False):
    """One unit's price: `usd` for one single unit, null when it varies or is in another currency.

    `when` is null when the price holds always. `source` is who said it.
    """

    unit: str
    state: State
    usd: str | None
    billed: BilledView | None
    when: WhenView | None
    source: str


class ListingView(Struct, frozen=True, gc=False):
    """What one provider says of one model; null and the empty list mean that it does not say.

    `model` (the canonical `lab/name`) and `variant` are null until a listing is matched to a model,
    `first_seen` until the store knows it.
    """

    provider: str
    id: str
    name: str | None
    lab: str | None
    model: str | None
    variant: str | None
    mode: Mode | None
    status: Status
    context_tokens: int | None
    max_output_tokens: int | None
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    supported_parameters: tuple[str, ...]
    quantization: str | None
    released: str | None
    deprecated_at: str | None
    retires_at: str | None
    first_seen: datetime | None
    origin: Origin
    visibility: Visibility
    id_is: IdIs
    prices: tuple[PriceView, ...]


FIELDS: Final = ListingView.__struct_fields__
"""The keys of a listing, in their order."""


class Totals(Struct, frozen=True):
    """How many of the listings are a provider's own word, and how many a reference's."""

    live: int
    reference: int


class ProviderPart(Struct, frozen=True):
    """One provider's share of an answer: how many listings, from where, unchanged since when."""

    count: int
    origin: Origin | None
    content_since: datetime | None


class _About(Struct, frozen=True, kw_only=True):
    total: int
    returned: int
    totals: Totals
    gateway: str
    catalog: str
    providers: dict[str, ProviderPart]
    simulated: bool | UnsetType = UNSET


class ModelsAnswer(_About, frozen=True, kw_only=True):
    """Listings in (provider, id) order unless sorted: `returned` of the `total` that answer the question."""

    data: list[ListingView]


_encode: Final = msgspec.json.Encoder().encode


def listing_json(listing: Listing, origin: Origin) -> bytes:
    """Write one listing as JSON."""
    return _encode(listing_view(listing, origin))


def listing_view(listing: Listing, origin: Origin) -> ListingView:
    """Project one listing."""
    return ListingView(
        provider=listing.provider,
        id=listing.id,
        name=listing.name,
        lab=listing.lab,
        model=None,
        variant=None,
        mode=listing.mode,
        status=listing.status,
        context_tokens=listing.context_tokens,
        max_output_tokens=listing.max_output_tokens,
        input_modalities=listing.input_modalities,
        output_modalities=listing.output_modalities,
        supported_parameters=listing.supported_parameters,
        quantization=listing.quantization,
        released=listing.released,
        deprecated_at=listing.deprecated_at,
        retires_at=listing.retires_at,
        first_seen=None,
        origin=origin,
        visibility=listing.visibility,
        id_is=listing.id_is,
        prices=tuple(map(price_view, listing.prices)),
    )


def price_view(rule: Rule) -> PriceView:
    """Project one rule."""
    usd = usd_per_unit(rule)
    return PriceView(
        unit=rule.unit,
        state=rule.state,
        usd=None if usd is None else plain(usd),
        billed=None if rule.amount is None else BilledView(plain(rule.amount), rule.currency, rule.per),
        when=when_view(rule),
        source=rule.source,
    )


def when_view(rule: Rule) -> WhenView | None:
    """Project the conditions of a rule, None when it holds always."""
    conditions = {name: getattr(rule.when, name) for name in Condition.__struct_fields__}
    view = WhenView(**conditions, valid_from=rule.valid_from, valid_to=rule.valid_to)
    return None if view == _ALWAYS else view


_ALWAYS: Final = WhenView()


class EncodedListings:
    """Every listing of a catalog as JSON, encoded once for as long as its provider says the same."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[str, Origin, dict[str, bytes]]] = {}
        self._lock = threading.Lock()

    def of(self, part: Snapshot) -> dict[str, bytes]:
        """Return the JSON of each listing of a snapshot by its id."""
        with self._lock:
            kept = self._parts.get(part.provider)
            if kept is None or kept[:2] != (part.digest, part.origin):
                rows = {listing.id: listing_json(listing, part.origin) for listing in part.listings}
                kept = self._parts[part.provider] = (part.digest, part.origin, rows)
            return kept[2]

    def forget_all_but(self, catalog: Catalog) -> None:
        """Drop what belongs to providers that are not in this catalog."""
        with self._lock:
            for slug in self._parts.keys() - catalog.snapshots.keys():
                del self._parts[slug]


def models_json(
    catalog: Catalog, query: ModelQuery, encoded: EncodedListings, *, simulated: bool = False
) -> bytes:
    """Answer a question as JSON, a `ModelsAnswer`. Raises `BadRequest` for a question that cannot be."""
    check_fields(query.fields)
    found = select(catalog, query)
    about = _About(
        total=found.total,
        returned=len(found.page),
        totals=Totals(found.live, found.reference),
        gateway="all" if query.providers is None else ",".join(sorted(query.providers)),
        catalog=catalog.id,
        providers=_shares(catalog, query, found.counts),
        simulated=True if simulated else UNSET,
    )
    if query.fields:
        rows = [_encode(_chosen(catalog, listing, query.fields)) for listing in found.page]
    else:
        rows = _encoded(catalog, found.page, encoded)
    return b"".join((b'{"data":[', b",".join(rows), b"],", _encode(about)[1:]))


def check_fields(fields: Sequence[str]) -> None:
    """Raise `BadRequest` for a key that no listing has, naming the nearest."""
    for name in fields:
        if name not in FIELDS:
            raise BadRequest(f"fields={name!r}: {nearest(name, FIELDS)}")


def _shares(catalog: Catalog, query: ModelQuery, counts: dict[str, int]) -> dict[str, ProviderPart]:
    """Say what each provider brought; one asked for by name is there even if it brought nothing."""
    asked = sorted({*counts, *(query.providers or ())})
    return {slug: _share(catalog.snapshots.get(slug), counts.get(slug, 0)) for slug in asked}


def _share(part: Snapshot | None, count: int) -> ProviderPart:
    if part is None:
        return ProviderPart(0, None, None)
    # A reference is read anew at every start; when it began to say this is not known.
    since = None if part.origin == "reference" else part.content_since
    return ProviderPart(count, part.origin, since)


def _encoded(catalog: Catalog, page: Sequence[Listing], encoded: EncodedListings) -> list[bytes]:
    parts = {slug: encoded.of(catalog.snapshots[slug]) for slug in {listing.provider for listing in page}}
    return [parts[listing.provider][listing.id] for listing in page]


def _chosen(catalog: Catalog, listing: Listing, fields: Sequence[str]) -> dict[str, Any]:
    view = listing_view(listing, catalog.snapshots[listing.provider].origin)
    return {name: getattr(view, name) for name in fields}
