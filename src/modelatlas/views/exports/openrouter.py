"""OpenRouter's list of models and of the endpoints of one, for the listings of all providers.

An item is a model with all its offers, under `lab/name`; a listing of no known model stands alone, under
`provider/id`. Asked for one provider, the items are its listings under its own ids. As there, the price of
an item is that of its cheapest endpoint. A listing without a price of input and output is left out: the
format has no word for unknown.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, get_args
from urllib.parse import quote

from msgspec import Raw, Struct

from modelatlas.domain.money import EXACT
from modelatlas.views.exports.format import (
    MILLION,
    Export,
    Format,
    Loss,
    Offered,
    Source,
    encode,
    losses_of,
)
from modelatlas.views.exports.openai import seconds
from modelatlas.views.exports.openrouter_prices import NEEDED, lost_of, pricing_of

Order = Literal["pricing-low-to-high", "pricing-high-to-low", "context-high-to-low", "newest"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
PATH: Final = "/api/v1/models"
MOST: Final = 1_000
ALL: Final = "all"


class OpenRouterQuery(Struct, frozen=True, kw_only=True):
    """What a client of OpenRouter asks for; prices are USD per million tokens."""

    providers: frozenset[str] | None = None
    q: str | None = None
    sort: Order | None = None
    supported_parameters: tuple[str, ...] = ()
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ("text",)
    context: int | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_output_price: Decimal | None = None
    max_output_price: Decimal | None = None
    model_authors: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0


EVERYTHING: Final = OpenRouterQuery(output_modalities=(ALL,))


class Item(Struct, frozen=True):
    """A model, or a listing of none, under the id that clients write; the cheapest offer is the first.

    `of` is the one provider whose own id it is, None for an id among all.
    """

    id: str
    offers: tuple[Offered, ...]
    names: dict[str, str]
    of: str | None = None

    @property
    def author(self) -> str:
        """What stands before the first slash."""
        return self.id.partition("/")[0]


class _Answer(Struct, frozen=True, kw_only=True):
    data: list[Raw]
    total_count: int
    links: dict[str, str | None]


def items_of(sources: Sequence[Source], providers: frozenset[str] | None = None) -> list[Item]:
    """Return the items of all providers, or of some, in the order of their ids."""
    chosen = [each for each in sources if providers is None or each.facts.slug in providers]
    of = next(iter(providers)) if providers is not None and len(providers) == 1 else None
    names = {each.facts.slug: each.facts.name for each in chosen}
    found: dict[str, list[Offered]] = {}
    for source in chosen:
        for offer in source.offers:
            if pricing_of(offer) is not None:
                found.setdefault(_id(offer, own_ids=of is not None), []).append(offer)
    return [
        Item(id_, tuple(sorted(offers, key=_dearness)), {slug: names[slug] for slug in _slugs(offers)}, of)
        for id_, offers in sorted(found.items())
    ]


def models(sources: Sequence[Source], query: OpenRouterQuery, next_url: str | None = None) -> Export:
    """Write the items that answer a question; `next_url` is where the next page is, if there is one."""
    found = [item for item in items_of(sources, query.providers) if _answers(item, query)]
    if query.sort is not None:
        found = _sorted(found, query.sort)
    end = len(found) if query.limit is None else query.offset + query.limit
    page = found[query.offset : end]
    links = {"next": next_url if end < len(found) else None}
    answer = _Answer(data=[Raw(encode(model_of(each))) for each in page], total_count=len(found), links=links)
    return Export(encode(answer) + b"\n", len(page), _losses(sources))


def endpoints(item: Item) -> dict[str, Any]:
    """Return one item with all its offers."""
    first = item.offers[0]
    about = model_of(item)
    said = ("id", "name", "created", "description", "architecture")
    return {
        "data": {
            **{name: about[name] for name in said},
            "canonical_id": first.model,
            "endpoints": [_endpoint(item, each) for each in item.offers],
        }
    }


def model_of(item: Item) -> dict[str, Any]:
    """Return one item."""
    first = item.offers[0]
    listing = first.listing
    listings = [each.listing for each in item.offers]
    inputs = _joined(each.input_modalities for each in listings) or ["text"]
    outputs = _joined(map(_outputs, item.offers))
    return {
        "id": item.id,
        "canonical_slug": first.model or item.id,
        "hugging_face_id": next((each.repository for each in listings if each.repository), None),
        "name": listing.name or item.id,
        "created": min((at for each in listings if (at := seconds(each.released))), default=0),
        "description": "",
        "context_length": listing.context_tokens or 0,  # null makes llm and Roo Code fail (2026-11)
        "architecture": {
            "modality": f"{'+'.join(inputs)}->{'+'.join(outputs)}",
            "input_modalities": inputs,
            "output_modalities": outputs,
            "tokenizer": listing.tokenizer or "Other",
            "instruct_type": None,
        },
        "pricing": pricing_of(first),
        "top_provider": {
            "context_length": listing.context_tokens,
            "max_completion_tokens": listing.max_output_tokens,
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": _joined(each.supported_parameters for each in listings),
        "supported_voices": None,
        "default_parameters": None,
        "knowledge_cutoff": _day(listing.knowledge_cutoff),
        "expiration_date": _day(listing.retires_at),
        "links": {"details": _details(item)},
        "canonical_id": first.model,
    }


def whole(sources: Sequence[Source]) -> Export:
    """Write all items."""
    return models(sources, EVERYTHING)


OPENROUTER: Final = Format("openrouter", PATH, "Roo Code, LibreChat, new-api, OpenRouter's SDKs", None, whole)


def _losses(sources: Iterable[Source]) -> tuple[Loss, ...]:
    return tuple(
        loss for source in sources for offer in source.offers for loss in losses_of(offer, lost_of(offer))
    )


def _endpoint(item: Item, offer: Offered) -> dict[str, Any]:
    listing = offer.listing
    variant = "" if offer.variant is None else f"/{offer.variant}"
    return {
        "name": f"{item.names[listing.provider]} | {listing.id}",
        "model_id": item.id,
        "model_name": listing.name or listing.id,
        "context_length": listing.context_tokens,
        "pricing": pricing_of(offer),
        "provider_name": item.names[listing.provider],
        "tag": f"{listing.provider}{variant}",
        "quantization": listing.quantization,
        "max_completion_tokens": listing.max_output_tokens,
        "max_prompt_tokens": None,
        "supported_parameters": list(listing.supported_parameters),
        "supports_implicit_caching": False,
        "status": 0,
        "uptime_last_30m": None,
        "provider_model_id": listing.id,
    }


def _details(item: Item) -> str:
    asked = "" if item.of is None else f"?providers={item.of}"
    return f"{PATH}/{quote(item.id, safe='/:@')}/endpoints{asked}"


def _id(offer: Offered, *, own_ids: bool) -> str:
    if own_ids:
        return offer.listing.id
    return offer.model or f"{offer.listing.provider}/{offer.listing.id}"


def _slugs(offers: Iterable[Offered]) -> Iterable[str]:
    return dict.fromkeys(each.listing.provider for each in offers)


def _answers(item: Item, query: OpenRouterQuery) -> bool:
    listing = item.offers[0].listing
    return (
        _says(item, query.q)
        and (not query.model_authors or item.author in query.model_authors)
        and (query.context is None or (listing.context_tokens or 0) >= query.context)
        and set(query.supported_parameters)
        <= {p for o in item.offers for p in o.listing.supported_parameters}
        and set(query.input_modalities) <= {m for o in item.offers for m in o.listing.input_modalities}
        and (ALL in query.output_modalities or set(query.output_modalities) <= set(_outputs(item.offers[0])))
        and _is_between(item, "input_token", query.min_price, query.max_price)
        and _is_between(item, "output_token", query.min_output_price, query.max_output_price)
    )


def _says(item: Item, q: str | None) -> bool:
    text = f"{item.id} {item.offers[0].listing.name or ''}".lower()
    return q is None or all(word in text for word in q.lower().split())


def _is_between(item: Item, unit: str, least: Decimal | None, most: Decimal | None) -> bool:
    if least is None and most is None:
        return True
    usd = item.offers[0].rates.base.get(unit)
    if usd is None:  # it varies
        return False
    a_million = EXACT.multiply(usd, MILLION)
    return (least is None or a_million >= least) and (most is None or a_million <= most)


def _sorted(items: list[Item], order: Order) -> list[Item]:
    match order:
        case "context-high-to-low":
            return sorted(items, key=lambda item: -(item.offers[0].listing.context_tokens or 0))
        case "newest":
            return sorted(items, key=lambda item: -seconds(item.offers[0].listing.released))
        case _:
            known = [item for item in items if item.offers[0].rates.base.keys() >= set(NEEDED)]
            known.sort(key=lambda item: _dearness(item.offers[0]), reverse=order == "pricing-high-to-low")
            return known + [item for item in items if not item.offers[0].rates.base.keys() >= set(NEEDED)]


def _dearness(offer: Offered) -> tuple[bool, Decimal, str, str]:
    """Order offers by what a token of input and one of output cost together; what varies is the last."""
    base = offer.rates.base
    usd = [base[unit] for unit in NEEDED if unit in base]
    total = EXACT.add(*usd) if len(usd) == len(NEEDED) else Decimal(0)
    return len(usd) < len(NEEDED), total, offer.listing.provider, offer.listing.id


def _outputs(offer: Offered) -> tuple[str, ...]:
    """Return what comes out; of a chat model that does not say it is text."""
    said = offer.listing.output_modalities
    if said or offer.listing.mode not in {"chat", None}:
        return said or {"embedding": ("embeddings",)}.get(
            offer.listing.mode or "", (offer.listing.mode or "",)
        )
    return ("text",)


def _joined(words: Iterable[Iterable[str]]) -> list[str]:
    return sorted({word for some in words for word in some})


def _day(text: str | None) -> str | None:
    return None if text is None else text[:10]
