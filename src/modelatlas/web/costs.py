"""What usages cost: a question in a body, which changes nothing and needs no key."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from modelatlas.views.costs import CostQuestion, answer, answers, costs_answer, read_questions
from modelatlas.web.answers import momentary
from modelatlas.web.bodies import body_of
from modelatlas.web.parameters import Parameters
from modelatlas.web.site import Site


async def cost(site: Site, request: Request, _: Parameters) -> Response:
    """Price one usage, or many; that is done in a thread, so that reads go on meanwhile (F41)."""
    with site.bounds.one(request.scope):
        asked = read_questions(await body_of(request))
        prices, now, rates = site.lookup_for(request.scope).prices, site.now(), site.atlas.rates
        if isinstance(asked, CostQuestion):
            return momentary(await asyncio.to_thread(answer, asked, prices, now, rates))
        return momentary(costs_answer(await asyncio.to_thread(answers, asked, prices, now, rates)))
