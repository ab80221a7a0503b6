"""Where sources disagree: all values of a unit side by side."""

import asyncio
from decimal import Decimal
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.query import MOST
from modelatlas.views.disagreements import Wanted, disagreements_answer
from modelatlas.web.answers import momentary
from modelatlas.web.history import Unit, unit_of
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.providers import Word
from modelatlas.web.site import Site

LARGEST_PAGE = 1_000


class DisagreementsParameters(Parameters, frozen=True, kw_only=True):
    """Which disagreements, and which part of them."""

    provider: Annotated[Word | UnsetType, Meta(description="A slug or an alias; without it, all.")] = UNSET
    source: Annotated[
        Word | UnsetType, Meta(description="In which this one speaks: provider, litellm, curated:deepseek.")
    ] = UNSET
    unit: Annotated[Unit | UnsetType, Meta(description="Only this unit.")] = UNSET
    min_ratio: Annotated[
        Decimal | UnsetType, Meta(description="The highest amount is so many times the lowest, at least.")
    ] = UNSET
    limit: Annotated[int, Meta(ge=0, le=LARGEST_PAGE, description="At most so many.")] = 100
    offset: Annotated[int, Meta(ge=0, le=MOST, description="Skip so many.")] = 0


async def disagreements(site: Site, request: Request, asked: DisagreementsParameters) -> Response:
    """Answer with what sources say differently; gathered and written in a thread (F41)."""
    if asked.min_ratio is not UNSET and asked.min_ratio < 1:
        raise BadParameter(f"min_ratio={asked.min_ratio}: expected 1 or more", "min_ratio")
    wanted = Wanted(
        provider=None if asked.provider is UNSET else site.slug_of(asked.provider, "provider"),
        source=None if asked.source is UNSET else asked.source,
        unit=unit_of(asked.unit),
        min_ratio=None if asked.min_ratio is UNSET else asked.min_ratio,
    )
    sees_all, simulated = site.sees_all(request.scope), site.atlas.simulated

    def answer() -> Response:
        whole, dates = site.disagreements(), site.dates()
        return momentary(
            disagreements_answer(
                whole, wanted, asked.limit, asked.offset, dates, sees_all=sees_all, simulated=simulated
            )
        )

    return await asyncio.to_thread(answer)
