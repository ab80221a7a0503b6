"""OpenAI makes models. Its list tells ids and dates only; prices and limits stand on pages."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths, present, unix_date

EXAMPLES = ((
    {"id": "rocket-2", "object": "model", "created": 1785888000, "owned_by": "system",
     "shutdown_date": "2027-01-15"},
    Listing("openai", "rocket-2", lab="openai", status="deprecated", released="2026-08-05",
            retires_at="2027-01-15"),
), (
    {"id": "rocket-1:ft-acme-2023-01-01"},  # as fine-tunes were called before 2023-08 (inferred)
    Listing("openai", "rocket-1:ft-acme-2023-01-01", lab="openai", visibility="account"),
), (
    {"id": "ft:rocket-2:acme::0123", "object": "model", "created": 1785888000, "owned_by": "user-acme"},
    Listing("openai", "ft:rocket-2:acme::0123", lab="openai", released="2026-08-05", visibility="account"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.openai.com/v1/models",
    fields={
        "status": present("shutdown_date", "deprecated"),  # a day is named once a model is deprecated
        "released": unix_date("created"),
        "retires_at": "shutdown_date",  # in the official specification, in no recording yet (2026-11)
    },
    unpriced="not in the list: https://platform.openai.com/docs/pricing",
    ignored=paths("object owned_by"),  # 112 of 119 are said to be owned by `system` (recorded, 2026-02)
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="openai",
    name="OpenAI",
    kind="lab",
    lab="openai",
    docs="https://platform.openai.com/docs/api-reference/models",
    evidence="recorded 2026-02-19, documented 2026-11",
    auth=Bearer("OPENAI_API_KEY"),
    private=("^ft:", ":ft-"),
    lists=(MODELS,),
)
