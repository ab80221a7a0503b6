"""The listing as everybody sees it: the one projection for the API and the command line (F32).

Its keys are those of docs/api.md. Money is plain decimal text; an absent unit is unknown.
"""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.headline import Dimension, varies_by
from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import IdIs, Listing, Mode, Status, Visibility
from modelatlas.domain.money import plain
from modelatlas.domain.price import Condition, Factor, Rule, State, usd_per_unit
from modelatlas.domain.snapshot import Origin
from modelatlas.views.matches import variant_text


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

    `model` is the canonical `lab/name`, null for a listing that is matched to none; `variant` names how it is
    served, null for the model as it was released. `first_seen` is null: what a store has seen is no part of
    what is listed, `/price-history` tells it. `varies_by` says what the prices depend on besides the model; a
    headline price is one of several then.
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
    varies_by: tuple[Dimension, ...]
    prices: tuple[PriceView, ...]


FIELDS: Final = ListingView.__struct_fields__
"""The keys of a listing, in their order."""


_encode_into: Final = msgspec.json.Encoder().encode_into


def listing_json(
    listing: Listing, origin: Origin, match: Match | None = None, room: bytearray | None = None
) -> bytes:
    """Write one listing as JSON, in bytes of its length; who writes many lends the same room to each."""
    room = bytearray() if room is None else room
    _encode_into(listing_view(listing, origin, match), room)
    return bytes(room)


def listing_view(listing: Listing, origin: Origin, match: Match | None = None) -> ListingView:
    """Project one listing, with the model that it is."""
    return ListingView(
        provider=listing.provider,
        id=listing.id,
        name=listing.name,
        lab=listing.lab,
        model=None if match is None else match.model,
        variant=None if match is None else variant_text(match),
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
        varies_by=varies_by(listing.prices),
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


def when_view(rule: Rule | Factor) -> WhenView | None:
    """Project the conditions of a rule or a factor, None when it holds always."""
    conditions = {name: getattr(rule.when, name) for name in Condition.__struct_fields__}
    view = WhenView(**conditions, valid_from=rule.valid_from, valid_to=rule.valid_to)
    return None if view == _ALWAYS else view


_ALWAYS: Final = WhenView()
