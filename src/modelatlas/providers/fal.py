"""fal hosts models for pictures, film and sound. It is asked for prices by id, fifty in one call.

What a model is billed by stands in a unit text of its own. Which texts there are is told by public programs
that read them (2026-01 to 2026-10); that they count what comes out, and that models for film are billed by
the second of it or by the whole, is documented. With a key the prices are those of its account.
https://fal.ai/docs/documentation/model-apis/pricing
"""

from typing import Any

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import ByIds, Cursor, Field, Header, ModelList, Provider, Reject
from modelatlas.providers.fields import mapped, paths, text
from modelatlas.providers.price_rows import Counted, PriceRows, Usage

MODES = {
    "text-to-image": "image", "image-to-image": "image", "text-to-video": "video", "image-to-video": "video",
    "video-to-video": "video", "text-to-speech": "audio", "speech-to-text": "audio",
    "text-to-audio": "audio", "llm": "chat",
}  # fmt: skip
STATUSES = {"active": "active", "deprecated": "deprecated", "inactive": "inactive"}

IMAGE = Counted(1, "image", "output_image", ("image",))
MEGAPIXEL = Counted(1, "megapixel", "output_megapixel", ("image",))
FILM = Counted(1, "video", "output_video", ("video",))
SECOND = Counted(1, "second", "output_video_second", ("video",))
REQUEST = Counted(1, "request", "request")
RUNNING = Counted(1, "second", "compute_second")
# `credits` and `units` are not said to be anything, `minutes` not of what.
UNITS = {
    "image": IMAGE, "images": IMAGE, "megapixel": MEGAPIXEL, "megapixels": MEGAPIXEL,
    "video": FILM, "videos": FILM, "second": SECOND, "seconds": SECOND, "video_second": SECOND,
    "request": REQUEST, "requests": REQUEST,
    "compute_second": RUNNING, "compute_seconds": RUNNING, "gpu_second": RUNNING,
    "1000 characters": Counted(1_000, "character", "input_character", ("audio",)),
}  # fmt: skip

EXAMPLES = ((
    {"endpoint_id": "acme/rocket-2/sketch", "metadata": {
        "display_name": "Rocket 2 Sketch", "category": "text-to-image", "description": "An invented model.",
        "status": "deprecated", "tags": ["fast"], "updated_at": "2026-08-05T00:00:00Z",
        "model_url": "https://fal.run/acme/rocket-2/sketch"}},
    Listing("fal", "acme/rocket-2/sketch", name="Rocket 2 Sketch", mode="image", status="deprecated"),
), (
    {"endpoint_id": "acme/rocket-2/film", "metadata": {"category": "image-to-video", "status": "active"}},
    Listing("fal", "acme/rocket-2/film", mode="video"),
), (
    {"endpoint_id": "acme/rocket-2/voice", "metadata": {"category": "text-to-speech", "status": "active"}},
    Listing("fal", "acme/rocket-2/voice", mode="audio"),
), (
    {"endpoint_id": "acme/rocket-2/solid", "metadata": {"category": "image-to-3d", "status": "active"}},
    Listing("fal", "acme/rocket-2/solid", mode="other"),
), (
    {"endpoint_id": "acme/rocket-2-trainer", "metadata": {"category": "training", "status": "active"}},
    Rejected("fal", "acme/rocket-2-trainer", "not_a_model", "metadata.category is training"),
))  # fmt: skip


def row(model: str, unit: str, amount: float) -> dict[str, Any]:
    """Write the price of a model of acme's."""
    return {"endpoint_id": f"acme/rocket-2/{model}", "unit_price": amount, "unit": unit, "currency": "USD"}


PRICE_EXAMPLES = (
    (
        row("sketch", "megapixels", 0.025),
        Listing("fal", "acme/rocket-2/sketch", prices=(usd("output_megapixel", "0.025", per="megapixel"),)),
    ),
    (
        row("film", "seconds", 0.1),
        Listing("fal", "acme/rocket-2/film", prices=(usd("output_video_second", "0.1", per="second"),)),
    ),
    (
        row("voice", "1000 characters", 0.05),
        Listing("fal", "acme/rocket-2/voice", prices=(usd("input_character", "0.00005", per="character"),)),
    ),
    (
        row("solid", "requests", 0.3),
        Listing("fal", "acme/rocket-2/solid", prices=(usd("request", "0.3", per="request"),)),
    ),
)

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
    unpriced="it has none by the call, or one in a unit that is not known",
    ignored=paths(
        "openapi metadata.description metadata.tags metadata.updated_at metadata.date metadata.model_url "
        "metadata.thumbnail_url"
    ),
    examples=EXAMPLES,
)

PRICES = ModelList(
    name="prices",
    yields="prices",
    url="https://api.fal.ai/v1/models/pricing",
    paging=ByIds("endpoint_id", of="models", size=50, more="has_more"),
    entries="prices",
    id="endpoint_id",
    rows=PriceRows(
        usages=(Usage(path="endpoint_id", pattern="(?P<name>.+)", by="id"),),
        words={},
        amount="unit_price",
        unit="unit",
        units=UNITS,
        currency="{currency}",
        key="endpoint_id",
    ),
    unpriced="none is said",
    examples=PRICE_EXAMPLES,
)

PROVIDER = Provider(
    slug="fal",
    name="fal",
    kind="host",
    docs="https://fal.ai/docs/api-reference/platform-apis/openapi/v1.json",
    evidence="documented 2026-11, never recorded; the unit texts of prices are inferred from public clients",
    auth=Header("Authorization", "FAL_KEY", prefix="Key"),
    aliases=("fal-ai", "fal_ai"),
    lists=(MODELS, PRICES),
)
