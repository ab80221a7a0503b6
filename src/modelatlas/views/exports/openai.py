"""OpenAI's list of models: ids, when they were made, whose they are; prices are extra keys.

In the list of all providers an id is `provider/id`, in that of one provider it is the provider's own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from modelatlas.domain.evaluation import instant_of
from modelatlas.domain.money import plain
from modelatlas.views.exports.format import Export, Format, Offered, Rows, Source, encode, losses_of
from modelatlas.views.exports.rates import Lost, Rates

_OTHERS: Final = "other prices under conditions; that of the standard tier and a short prompt stands here"


def rows(source: Source, *, own_ids: bool = False) -> Rows:
    """Write one provider's part; `own_ids` are the provider's, without its slug."""
    found = [model_of(offer, own_ids=own_ids) for offer in source.offers]
    losses = [loss for offer in source.offers for loss in losses_of(offer, _lost(offer.rates))]
    return Rows(tuple((entry["id"], encode(entry)) for entry in found), tuple(losses))


def whole(parts: Sequence[Rows]) -> Export:
    """Put the parts together."""
    found = [entry for part in parts for _, entry in part.entries]
    losses = tuple(loss for part in parts for loss in part.losses)
    return Export(b'{"object":"list","data":[' + b",\n".join(found) + b"]}\n", len(found), losses)


OPENAI: Final = Format("openai", "/v1/models", "the OpenAI SDK and all that speak with it", rows, whole)


def model_of(offer: Offered, *, own_ids: bool = False) -> dict[str, Any]:
    """Return a listing's entry; a time of 0 means that its provider does not say."""
    listing = offer.listing
    entry: dict[str, Any] = {
        "id": listing.id if own_ids else f"{listing.provider}/{listing.id}",
        "object": "model",
        "created": seconds(listing.released),
        "owned_by": listing.lab or listing.provider,
        "shutdown_date": None if listing.retires_at is None else listing.retires_at[:10],
        "provider": listing.provider,
        "canonical_id": offer.model,
        "variant": offer.variant,
        "context_length": listing.context_tokens,
        "usd": {unit: plain(usd) for unit, usd in offer.rates.base.items()} or None,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _lost(rates: Rates) -> list[Lost]:
    """Name the units that have other prices than the one that `usd` says."""
    return [*rates.lost, *(Lost(each.unit, _OTHERS) for each in rates.rates if not each.is_base)]


def seconds(text: str | None) -> int:
    """Return an instant, or the begin of a day, in seconds since 1970; 0 where nothing exact is said."""
    if text is None:
        return 0
    try:
        return int((instant_of(text) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except ValueError:  # a year and a month only
        return 0
