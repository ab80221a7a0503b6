"""Fireworks hosts open models. Its lists tell no prices; they stand on a page only."""

from typing import Any

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import Bearer, Cursor, Field, ModelList, Provider, Reject, Unfit
from modelatlas.providers.fields import flag, mapped, moment, paths, present, text, unix_date

# The kinds that the official Python library names (2026-08); add-ons and the like do different things.
MODES = {"HF_BASE_MODEL": None, "HF_PEFT_ADDON": None, "HF_TEFT_ADDON": None, "CUSTOM_MODEL": None,
         "LIVE_MERGE": None, "SNAPSHOT_MODEL": None, "DRAFT_ADDON": None, "KIND_UNSPECIFIED": None,
         "EMBEDDING_MODEL": "embedding", "FLUMINA_BASE_MODEL": "image", "FLUMINA_ADDON": "image"}  # fmt: skip
HUB = "https://huggingface.co/"

EXAMPLES = ((
    {"name": "accounts/fireworks/models/rocket-2p1", "displayName": "Rocket 2.1", "kind": "HF_BASE_MODEL",
     "createTime": "2026-08-05T10:00:00Z", "state": "READY", "status": {"code": "OK"},
     "conversationConfig": {"style": "jinja"}, "contextLength": 262144, "supportsImageInput": True,
     "supportsTools": True, "supportsServerless": True, "public": True,
     "huggingFaceUrl": "https://huggingface.co/acme-ai/Rocket-2.1",
     "deprecationDate": {"year": 2027, "month": 1, "day": 31}},
    Listing("fireworks", "accounts/fireworks/models/rocket-2p1", name="Rocket 2.1", mode="chat",
            context_tokens=262144, input_modalities=("image", "text"), supported_parameters=("tools",),
            released="2026-08-05T10:00:00Z", retires_at="2027-01-31", repository="acme-ai/Rocket-2.1"),
), (
    {"name": "accounts/fireworks/models/rocket-2-large", "supportsServerless": False},
    Rejected("fireworks", "accounts/fireworks/models/rocket-2-large", "not_served",
             "supportsServerless is false"),
), (
    {"name": "accounts/fireworks/models/rocket-3", "state": "UPLOADING"},
    Rejected("fireworks", "accounts/fireworks/models/rocket-3", "not_served", "state is UPLOADING"),
))  # fmt: skip

CALLABLE_EXAMPLES = ((
    {"id": "accounts/fireworks/models/rocket-2p1", "object": "model", "owned_by": "fireworks",
     "created": 1785888000, "kind": "HF_BASE_MODEL", "supports_chat": True, "supports_tools": True,
     "supports_image_input": True, "context_length": 262144},
    Listing("fireworks", "accounts/fireworks/models/rocket-2p1", mode="chat", context_tokens=262144,
            input_modalities=("image", "text"), supported_parameters=("tools",), released="2026-08-05"),
),)  # fmt: skip


def day(value: Any) -> str | None:
    """Read a date in three numbers, as Google's APIs write it."""
    parts = [value.get(key) for key in ("year", "month", "day")] if isinstance(value, dict) else [None]
    if not all(isinstance(part, int) for part in parts):
        raise Unfit("expected a year, a month and a day")
    return moment("{:04}-{:02}-{:02}".format(*parts))


def repository(value: Any) -> str | None:
    """Read the address of a repository of weights."""
    url = text(value)
    if url is not None and not url.startswith(HUB):
        raise Unfit(f"expected an address at {HUB}")
    return None if url is None else url.removeprefix(HUB).strip("/") or None


MODELS = ModelList(
    url="https://api.fireworks.ai/v1/accounts/fireworks/models",
    paging=Cursor("pageToken", next="nextPageToken", size_param="pageSize", size=200),
    entries="models",
    id="name",
    # All others run only on a machine of one's own, or are not there yet (official library, 2026-08).
    reject=(
        Reject("not_served", "supportsServerless", lambda offered: offered is False),
        Reject("not_served", "state", lambda state: state == "UPLOADING"),
    ),
    fields={
        "name": "displayName",
        "mode": present("conversationConfig", "chat") | mapped("kind", MODES),
        "context_tokens": "contextLength",
        "input_modalities": flag("supportsImageInput", true=("image", "text")),
        "supported_parameters": flag("supportsTools", true=("tools",)),
        "released": "createTime",
        "retires_at": Field("deprecationDate", day),
        "repository": Field("huggingFaceUrl", repository),
    },
    unpriced="not in the list: https://docs.fireworks.ai/serverless/pricing",
    ignored=paths(
        "status public description updateTime githubUrl importedFrom baseModelDetails peftDetails tunable "
        "teftDetails trainingContextLength supportsLora calibrated supportedPrecisions defaultSamplingParams"
    ),
    examples=EXAMPLES,
)

CALLABLE = ModelList(
    name="callable",  # what the key may call: the public models, later than they appear, and one's own
    url="https://api.fireworks.ai/inference/v1/models",
    fields={
        "mode": flag("supports_chat", true="chat") | mapped("kind", MODES),
        "context_tokens": "context_length",
        "input_modalities": flag("supports_image_input", true=("image", "text")),
        "supported_parameters": flag("supports_tools", true=("tools",)),
        "released": unix_date("created"),
    },
    unpriced="not in the list: https://docs.fireworks.ai/serverless/pricing",
    ignored=paths("object owned_by"),
    examples=CALLABLE_EXAMPLES,
)

PROVIDER = Provider(
    slug="fireworks",
    name="Fireworks",
    kind="host",
    docs="https://docs.fireworks.ai/api-reference/list-models",
    evidence="documented 2026-08 (the official Python library), never recorded",
    auth=Bearer("FIREWORKS_API_KEY"),
    aliases=("fireworks-ai", "fireworks_ai"),
    private=(r"^accounts/(?!fireworks/)",),
    lists=(MODELS, CALLABLE),
)
