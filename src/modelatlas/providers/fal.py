"""fal hosts models for pictures, film and sound. Its prices are asked for by id, so they are not read."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import Cursor, Field, Header, ModelList, Provider, Reject
from modelatlas.providers.fields import mapped, paths, text

MODES = {
    "text-to-image": "image", "image-to-image": "image", "text-to-video": "video", "image-to-video": "video",
    "video-to-video": "video", "text-to-speech": "audio", "speech-to-text": "audio",
    "text-to-audio": "audio", "llm": "chat",
}  # fmt: skip
STATUSES = {"active": "active", "deprecated": "deprecated", "inactive": "inactive"}

EXAMPLES = ((
    {"endpoint_id": "acme/rocket-2/sketch", "metadata": {
        "display_name": "Rocket 2 Sketch", "category": "text-to-image", "description": "An invented model.",
        "status": "deprecated", "tags": ["fast"], "updated_at": "2026-08-05T00:00:00Z",
        "model_url": "https://fal.run/acme/rocket-2/sketch"}},
    Listing("fal", "acme/rocket-2/sketch", name="Rocket 2 Sketch", mode="image", status="deprecated"),
), (
    {"endpoint_id": "acme/rocket-2/solid", "metadata": {"category": "image-to-3d", "status": "active"}},
    Listing("fal", "acme/rocket-2/solid", mode="other"),
), (
    {"endpoint_id": "acme/rocket-2-trainer", "metadata": {"category": "training", "status": "active"}},
    Rejected("fal", "acme/rocket-2-trainer", "not_a_model", "metadata.category is training"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.fal.ai/v1/models",
    paging=Cursor("cursor", next="next_cursor", more="has_more", size_param="limit", size=100),
    entries="models",
    id="endpoint_id",
    reject=(Reject("not_a_model", "metadata.category", lambda category: category == "training"),),
    fields={
        "name": "metadata.display_name",
        "mode": Field("metadata.category", lambda value: MODES.get(text(value) or "", "other")),
        "status": mapped("metadata.status", STATUSES),
    },
    unpriced="not in the list: https://api.fal.ai/v1/models/pricing has them, for up to some ids a call",
    ignored=paths(
        "openapi metadata.description metadata.tags metadata.updated_at metadata.date metadata.model_url "
        "metadata.thumbnail_url"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="fal",
    name="fal",
    kind="host",
    docs="https://fal.ai/docs/api-reference/platform-apis/openapi/v1.json",
    evidence="documented 2026-11, never recorded",
    auth=Header("Authorization", "FAL_KEY", prefix="Key"),
    aliases=("fal-ai", "fal_ai"),
    lists=(MODELS,),
)
