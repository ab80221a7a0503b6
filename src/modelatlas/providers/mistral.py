"""Mistral makes models. Its list has a row for every alias and tells no prices; they stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import date_text, first_known, flag, known_words, paths, present, public_if

MODES = {"completion_chat": "chat", "ocr": "other", "moderation": "moderation", "audio_speech": "audio",
         "audio_transcription": "audio", "audio_transcription_realtime": "audio"}  # fmt: skip
INPUTS = {"completion_chat": "text", "vision": "image", "audio": "audio", "audio_transcription": "audio",
          "audio_transcription_realtime": "audio"}  # fmt: skip
PARAMETERS = {"function_calling": "tools", "reasoning": "reasoning"}

EXAMPLES = ((
    {"id": "rocket-latest", "type": "base", "name": "rocket-2605", "aliases": ["rocket-2605"], "created": 0,
     "max_context_length": 131072, "deprecation": "2026-08-31T12:00:00Z",
     "capabilities": {"completion_chat": True, "function_calling": True, "vision": True, "ocr": False}},
    Listing("mistral", "rocket-latest", name="rocket-2605", lab="mistral", mode="chat", status="deprecated",
            context_tokens=131072, input_modalities=("image", "text"), supported_parameters=("tools",),
            retires_at="2026-08-31T12:00:00Z", canonical_id="rocket-2605", aliases=("rocket-2605",)),
), (
    {"id": "ft:rocket:0123:acme", "type": "fine-tuned", "archived": True},
    Listing("mistral", "ft:rocket:0123:acme", lab="mistral", status="inactive", visibility="account"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.mistral.ai/v1/models",
    fields={
        "name": "name",
        "mode": first_known("capabilities", MODES),
        "status": flag("archived", true="inactive") | present("deprecation", "deprecated"),
        "context_tokens": "max_context_length",
        "input_modalities": known_words("capabilities", INPUTS),
        "supported_parameters": known_words("capabilities", PARAMETERS),
        # A day ahead, on which the page says that the model is retired (recorded, 2025-11 to 2026-08).
        "retires_at": date_text("deprecation"),
        "canonical_id": "name",  # the rows of one model share their name
        "aliases": "aliases",
        "visibility": public_if("type", "base"),  # the others are fine-tunes of the organisation
    },
    unpriced="not in the list: https://mistral.ai/pricing",
    # `created` is the time of the call, or 0 (recorded, 2025-11 to 2026-08).
    ignored=paths(
        "object created owned_by description deprecation_replacement_model default_model_temperature "
        "internal billing_model_name job root"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="mistral",
    name="Mistral",
    kind="lab",
    lab="mistral",
    docs="https://docs.mistral.ai/api/",
    evidence="recorded 2026-08-15",
    auth=Bearer("MISTRAL_API_KEY"),
    aliases=("mistralai", "mistral-ai"),
    private=("^ft:",),
    lists=(MODELS,),
)
