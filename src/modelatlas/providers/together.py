"""Together hosts open models. It prices in US dollars for one million tokens, as numbers.

Its list holds models that run only on a machine of one's own, too; the list of endpoints tells which do not.
"""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import mapped, paths, public_if, unix_date, usd_number

MODES = {
    "chat": "chat", "language": "chat", "code": "chat", "image": "image", "embedding": "embedding",
    "moderation": "moderation", "rerank": "rerank", "audio": "audio", "transcribe": "audio", "video": "video",
}  # fmt: skip

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-Turbo", "object": "model", "created": 1785888000, "type": "chat",
     "display_name": "Rocket 2 Turbo", "organization": "Acme", "context_length": 131072,
     "pricing": {"hourly": 0, "input": 0.3, "output": 0.88, "cached_input": 0.03, "base": 0}},
    Listing("together", "acme-ai/Rocket-2-Turbo", name="Rocket 2 Turbo", lab="Acme", mode="chat",
            context_tokens=131072, released="2026-08-05", prices=(
                usd("input_token", "0.0000003"), usd("output_token", "0.00000088"),
                usd("cache_read_token", "0.00000003"))),
), (
    {"id": "acme-ai/Rocket-1", "type": "language", "pricing": {"hourly": 5, "input": 0, "output": 0}},
    Listing("together", "acme-ai/Rocket-1", mode="chat"),
))  # fmt: skip

ENDPOINT_EXAMPLES = ((
    {"object": "endpoint", "id": "endpoint-0123", "name": "acme-ai/Rocket-2-Turbo", "type": "serverless",
     "model": "acme-ai/Rocket-2-Turbo", "owner": "together", "state": "STARTED",
     "created_at": "2026-08-05T00:00:00Z"},
    Listing("together", "acme-ai/Rocket-2-Turbo"),
), (
    {"model": "acme-user/Rocket-2-mine", "owner": "acme-user", "state": "STOPPED"},
    Listing("together", "acme-user/Rocket-2-mine", status="inactive", visibility="account"),
))  # fmt: skip
# The states of the official specification (2026-04).
STATES = {"STARTED": "active", "PENDING": "inactive", "STARTING": "inactive", "STOPPING": "inactive",
          "STOPPED": "inactive", "ERROR": "inactive"}  # fmt: skip

MODELS = ModelList(
    url="https://api.together.xyz/v1/models",
    entries="",  # the payload itself is the list
    fields={
        "name": "display_name",
        "lab": "organization",
        "mode": mapped("type", MODES),
        "context_tokens": "context_length",
        "released": unix_date("created"),
    },
    # A zero is not free: such a model runs only on a machine of one's own, for an hourly price (2026-04).
    prices={
        "input_token": usd_number("pricing.input", per="1M tokens"),
        "output_token": usd_number("pricing.output", per="1M tokens"),
        "cache_read_token": usd_number("pricing.cached_input", per="1M tokens"),
    },
    unpriced="not offered per token",
    ignored=paths("object running link license config pricing.hourly pricing.base pricing.finetune"),
    examples=EXAMPLES,
)

ENDPOINTS = ModelList(
    name="endpoints",
    url="https://api.together.xyz/v1/endpoints",
    params={"type": "serverless"},
    id="model",  # `id` is the endpoint's own; calls name the model
    unlisted="inactive",
    fields={"status": mapped("state", STATES), "visibility": public_if("owner", "together")},
    unpriced="not said here: the list of models has the prices",
    ignored=paths("object id name type created_at"),
    examples=ENDPOINT_EXAMPLES,
)

PROVIDER = Provider(
    slug="together",
    name="Together",
    kind="host",
    docs="https://docs.together.ai/reference/models",
    evidence="recorded 2024-11, documented 2026-04",
    auth=Bearer("TOGETHER_API_KEY"),
    aliases=("togetherai", "together-ai", "together_ai"),
    private=(r"^[^/]*@",),  # fine-tunes under a user's address (inferred, 2026-11)
    lists=(MODELS, ENDPOINTS),
)
