"""Model Atlas in a program of one's own: what usages cost. Nothing is read before `load_prices` is called."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from modelatlas.clock import SystemClock
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.listing import Listing
from modelatlas.domain.precedence import Quoted, settle
from modelatlas.domain.price import Tier
from modelatlas.domain.priced import Costed, Priced, costed
from modelatlas.domain.usage_forms import read_usage

if TYPE_CHECKING:  # it is imported by who loads prices
    from modelatlas.flows.lookup import Lookup

_BUNDLED: Final = ("genai-prices",)


def cost(
    usage: object,
    of: Listing | tuple[str, str],
    *,
    prices: "Lookup | None" = None,
    at: datetime | None = None,
    tier: Tier | None = None,
    region: str | None = None,
) -> Costed:
    """Say what a usage costs, exactly, unit by unit.

    `usage` is the usage object of an API's answer, or the answer, as it was decoded from JSON. `of` is a
    listing, or (any word for a provider, its id) together with `prices`. Without `at` the instant is now,
    without `tier` the one that the usage names counts, else the standard one. The total, `bill.usd`, is None
    as soon as one part is not known, and `bill.reasons` say why. Raises `BadRequest` for a usage of no known
    form, and for an instant without a zone.
    """
    instant = SystemClock().now() if at is None else at
    if instant.tzinfo is None:
        raise BadRequest(f"at={instant.isoformat()}: expected an instant with a zone")
    return costed(_priced(of, prices, instant), read_usage(_exact(usage)), tier, region)


def load_prices(settings: Mapping[str, str] | None = None) -> "Lookup":
    """Load prices to be asked, which takes a second or two: those that come with the program.

    These are the curated files and the data of `genai-prices`. With `settings`, a mapping such as
    `os.environ` of the variables in docs/operating.md, they are those that `modelatlas cost` knows: also the
    store's newest lists, the operator's own curated files and the references of PRICE_REFERENCES. Nothing is
    fetched. Raises `Misconfigured`.
    """
    if settings is not None:
        return _of_settings(settings)
    from modelatlas.flows.lookup import Lookup  # noqa: PLC0415 - what only loading needs
    from modelatlas.prices.files import CuratedPrices, bundled  # noqa: PLC0415
    from modelatlas.providers.registry import declared, finder  # noqa: PLC0415
    from modelatlas.references.sources import sources  # noqa: PLC0415

    references = [each.load() for each in sources(_BUNDLED, Path())]
    return Lookup(finder(declared().values()), [CuratedPrices(bundled()), *references])


def _exact(value: object) -> object:
    """Return a decoded value with every float as the number that its shortest text says."""
    if isinstance(value, Mapping):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def _priced(of: Listing | tuple[str, str], prices: "Lookup | None", at: datetime) -> Priced:
    if isinstance(of, Listing):
        own = Quoted("provider", "provider", of.prices, of.factors)
        return Priced(of.provider, of.id, at, settle([own], at), reason=None if of.prices else "no_price")
    if prices is None:
        raise BadRequest(f"{of!r} has no prices: expected prices=modelatlas.load_prices(), or a listing")
    return prices.prices(*of, at)


def _of_settings(settings: Mapping[str, str]) -> "Lookup":
    import asyncio  # noqa: PLC0415

    from modelatlas.settings import read  # noqa: PLC0415
    from modelatlas.wiring.building import build  # noqa: PLC0415

    atlas = build(read(settings), reading=True)
    asyncio.run(atlas.load(listed=False))
    return atlas.prices.lookup(sees_all=True, history=atlas.history)
