"""NVIDIA hosts models for trial. Its list tells ids only; nothing there is sold per token."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

EXAMPLES = ((
    {"id": "acme/rocket-2-8b-instruct", "object": "model", "created": 735790403, "owned_by": "acme"},
    Listing("nvidia-nim", "acme/rocket-2-8b-instruct", lab="acme"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://integrate.api.nvidia.com/v1/models",
    fields={"lab": "owned_by"},
    unpriced="not sold per token: trial credits or a licence",
    ignored=paths("object created"),  # 735790403 for every model: a day in 1993 (seen by many, 2026-10)
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="nvidia-nim",
    name="NVIDIA NIM",
    kind="host",
    docs="https://docs.api.nvidia.com/nim/reference/models-1",
    evidence="inferred 2026-10 from public clients, which read it without a key",
    auth=Bearer("NVIDIA_API_KEY", required=False),
    aliases=("nvidia", "nim", "nvidia_nim"),
    lists=(MODELS,),
)
