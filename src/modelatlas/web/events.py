"""`GET /events`: what happens in the service, as server-sent events (the HTML standard, section 9.2)."""

from typing import Annotated, Final

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from modelatlas.web.parameters import Parameters
from modelatlas.web.site import Site

MEDIA_TYPE: Final = "text/event-stream"
LONGEST: Final = 3600
"""Seconds after which a stream ends and the listener asks again."""


class EventsParameters(Parameters, frozen=True, kw_only=True):
    """How long."""

    seconds: Annotated[
        int, Meta(ge=1, le=LONGEST, description="End after so many seconds; an EventSource asks again.")
    ] = LONGEST


async def events(site: Site, request: Request, asked: EventsParameters) -> Response:
    """Answer with what happens, as it happens."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=MEDIA_TYPE)
    site.events.admit()
    return StreamingResponse(site.events.stream(asked.seconds), headers=headers, media_type=MEDIA_TYPE)
