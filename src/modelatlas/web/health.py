"""Whether the process is up, and whether it has something to say."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from modelatlas import __version__
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.sharing import Sharing
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import Parameters
from modelatlas.web.site import Site


class Health(Struct, frozen=True):
    """The process answers; `redis` says whether it shares snapshots with other replicas."""

    status: str
    version: str
    redis: Sharing


class Ready(Struct, frozen=True):
    """There is a catalog, with so many listings."""

    ready: bool
    listings: int
    catalog: str


async def health(site: Site, _: Request, __: Parameters) -> Response:
    """Answer that the process is up."""
    return momentary(Health("ok", __version__, site.atlas.live.replicas.status))


async def ready(site: Site, _: Request, __: Parameters) -> Response:
    """Answer once there is a catalog with listings; until then, 503."""
    catalog = site.catalog
    count = catalog.count()
    if count == 0:
        raise Unavailable("there is no listing yet: the first fetches are under way; /providers shows them")
    return momentary(Ready(ready=True, listings=count, catalog=catalog.id))
