"""Sybil hosts open models. It prices in US dollars for one token, as texts with eight decimals."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import all_words, paths, unix_date, usd_text

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-70B", "name": "Rocket 2 70B", "created": 1785888000, "quantization": "fp8",
     "input_modalities": ["text"], "output_modalities": ["text"], "context_length": 131072,
     "max_output_length": 16384, "supported_sampling_parameters": ["temperature", "top_p"],
     "supported_features": ["tools"], "supported_endpoints": ["CHAT"], "pricing": {
         "prompt": "0.00000020", "completion": "0.00000055", "cancelled_request": "0.00010000", "image": "0",
         "request": "0", "input_cache_reads": "0.00000002", "input_cache_writes": "0.00000025"}},
    Listing("sybil", "acme-ai/Rocket-2-70B", name="Rocket 2 70B", mode="chat", context_tokens=131072,
            max_output_tokens=16384, input_modalities=("text",), output_modalities=("text",),
            supported_parameters=("temperature", "tools", "top_p"), quantization="fp8",
            released="2026-08-05", prices=(
                usd("input_token", "0.0000002"), usd("output_token", "0.00000055"),
                usd("cache_read_token", "0.00000002"), usd("cache_write_token", "0.00000025"))),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.sybil.com/v1/models",  # with a key, private models come instead of these
    fields={
        "name": "name",
        "context_tokens": "context_length",
        "max_output_tokens": "max_output_length",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": all_words("supported_sampling_parameters") | all_words("supported_features"),
        "quantization": "quantization",
        "released": unix_date("created"),
    },
    # A zero may be a price below half of the eighth decimal, so it is not free (server code, 2026-01).
    prices={
        "input_token": usd_text("pricing.prompt", per="token"),
        "output_token": usd_text("pricing.completion", per="token"),
        "cache_read_token": usd_text("pricing.input_cache_reads", per="token"),
        "cache_write_token": usd_text("pricing.input_cache_writes", per="token"),
    },
    unpriced="not said",
    undocumented=("pricing.cancelled_request",),
    # For images and requests the server writes "0" whatever the model (2026-01).
    ignored=paths(
        "pricing.image pricing.request supported_endpoints output_dimensions max_batch_size normalized "
        "embedding_type max_input_length"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="sybil",
    name="Sybil",
    kind="host",
    docs="https://github.com/manifold-inc/sybil-api",
    evidence="documented 2026-01 by its server's code, never recorded; nothing was seen of it since",
    auth=Bearer("SYBIL_API_KEY", required=False),
    lists=(MODELS,),
)
