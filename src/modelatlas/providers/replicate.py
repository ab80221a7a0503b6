"""Replicate runs models of everybody. Its list has ids and no prices; it is long, page after page."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, NextUrl, Provider
from modelatlas.providers.fields import paths, public_if

EXAMPLES = ((
    {"url": "https://replicate.com/acme/rocket-2", "owner": "acme", "name": "rocket-2", "run_count": 24,
     "description": None, "visibility": "public", "created_at": "2026-08-05T21:17:59.043605Z",
     "latest_version": {"id": "0" * 64, "created_at": "2026-08-06T00:00:00Z", "cog_version": "0.11.1"}},
    Listing("replicate", "acme/rocket-2", released="2026-08-05T21:17:59Z"),
), (
    {"owner": "acme", "name": "rocket-2-own", "visibility": "private"},
    Listing("replicate", "acme/rocket-2-own", visibility="account"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.replicate.com/v1/models",
    paging=NextUrl("next", size=25),
    entries="results",
    id="{owner}/{name}",
    fields={"released": "created_at", "visibility": public_if("visibility", "public")},
    unpriced="not in the list: https://replicate.com/pricing, by output, token or second of a machine",
    ignored=paths(
        "url description run_count github_url paper_url license_url weights_url cover_image_url "
        "default_example is_official latest_version"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="replicate",
    name="Replicate",
    kind="host",
    docs="https://replicate.com/docs/reference/http",
    evidence="recorded 2025-01-15",
    auth=Bearer("REPLICATE_API_TOKEN"),
    lists=(MODELS,),
)
