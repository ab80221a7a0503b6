"""SambaNova hosts open models on chips of its own. It prices in US dollars for one token, as numbers."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths, usd_number

EXAMPLES = ((
    {"id": "Rocket-2-70B", "object": "model", "owned_by": "no-reply@acme.example", "context_length": 131072,
     "max_completion_tokens": 16384, "sn_metadata": {"arch": "rocket"},
     "pricing": {"prompt": 6e-07, "completion": 1.2e-06, "duration_per_hour": 0.1}},
    Listing("sambanova", "Rocket-2-70B", context_tokens=131072, max_output_tokens=16384, prices=(
        usd("input_token", "0.0000006"), usd("output_token", "0.0000012"),
        usd("input_audio_hour", "0.1", per="hour"))),
), (
    {"id": "Rocket-1-8B", "object": "model", "pricing": {"prompt": 0, "completion": 0}},
    Listing("sambanova", "Rocket-1-8B"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.sambanova.ai/v1/models",
    fields={"context_tokens": "context_length", "max_output_tokens": "max_completion_tokens"},
    # The units are those of the official SDK's descriptions (2026-10).
    prices={
        "input_token": usd_number("pricing.prompt", per="token"),
        "output_token": usd_number("pricing.completion", per="token"),
        "input_audio_hour": usd_number("pricing.duration_per_hour", per="hour"),
    },
    unpriced="not said",
    ignored=paths("object owned_by sn_metadata"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="sambanova",
    name="SambaNova",
    kind="host",
    docs="https://docs.sambanova.ai",
    evidence="documented 2026-10, never recorded",
    auth=Bearer("SAMBANOVA_API_KEY"),
    aliases=("samba-nova", "sambanova-cloud"),
    lists=(MODELS,),
)
