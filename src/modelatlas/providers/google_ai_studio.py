"""Google AI Studio is where Google offers Gemini to developers. Its list has limits, SKUs have prices."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Cursor, Field, Header, ModelList, Provider
from modelatlas.providers.fields import count, first_known, flag, paths, present, text
from modelatlas.providers.google_billing import sku, skus
from modelatlas.providers.price_rows import Usage

METHODS = {
    "generateContent": "chat", "generateAnswer": "other", "embedContent": "embedding",
    "embedText": "embedding", "predict": "image", "predictLongRunning": "video",
    "bidiGenerateContent": "audio",  # it speaks and listens; the list has no word for that
}  # fmt: skip
# Models that answer in pictures or sound share their method with chat models; their names tell (2026-08).
NAMED = {"-image": "image", "banana": "image", "-tts": "audio", "lyria": "audio"}

EXAMPLES = ((
    {"name": "models/rocket-2-flash", "version": "001", "displayName": "Rocket 2 Flash", "description": "",
     "inputTokenLimit": 1048576, "outputTokenLimit": 65536, "thinking": True, "temperature": 1, "topP": 0.95,
     "topK": 64, "maxTemperature": 2, "supportedGenerationMethods": ["generateContent", "countTokens"]},
    Listing("google-ai-studio", "rocket-2-flash", name="Rocket 2 Flash", lab="google", mode="chat",
            context_tokens=1048576, max_output_tokens=65536,
            supported_parameters=("reasoning", "temperature", "top_k", "top_p")),
), (
    {"name": "models/rocket-embedding", "inputTokenLimit": 2048, "outputTokenLimit": 1,
     "supportedGenerationMethods": ["embedContent"]},
    Listing("google-ai-studio", "rocket-embedding", lab="google", mode="embedding", context_tokens=2048),
), (
    {"name": "models/rocket-2-image", "supportedGenerationMethods": ["generateContent"]},
    Listing("google-ai-studio", "rocket-2-image", lab="google", mode="image"),
), (
    {"name": "tunedModels/rocket-acme-0123", "supportedGenerationMethods": ["generateContent"]},
    Listing("google-ai-studio", "tunedModels/rocket-acme-0123", lab="google", mode="chat",
            visibility="account"),
))  # fmt: skip


def mode_by_name(value: object) -> str | None:
    """Read what a model is for from its name, where that tells more than its methods."""
    name = text(value) or ""
    return next((mode for part, mode in NAMED.items() if part in name), None)


MODELS = ModelList(
    url="https://generativelanguage.googleapis.com/v1beta/models",
    # Without a size a page has 50 models and the rest stays unseen (documented, 2026-08).
    paging=Cursor("pageToken", next="nextPageToken", size_param="pageSize", size=1000),
    entries="models",
    id="name",
    id_prefix="models/",
    fields={
        "name": "displayName",
        "mode": Field("name", mode_by_name) | first_known("supportedGenerationMethods", METHODS),
        "context_tokens": "inputTokenLimit",
        # What is embedded has an output of 1, which counts no tokens (recorded, 2025-11 to 2026-08).
        "max_output_tokens": Field("outputTokenLimit", lambda said: None if said == 1 else count(said)),
        # Defaults of what may be set; without `topK` it may not (documented, 2026-08).
        "supported_parameters": flag("thinking", true=("reasoning",))
        | present("temperature", ("temperature",))
        | present("topP", ("top_p",))
        | present("topK", ("top_k",)),
    },
    unpriced="no SKU names it",
    ignored=paths("version description maxTemperature baseModelId"),
    examples=EXAMPLES,
)

# `short` and `long` are said of the prompt (told by others, 2026-09).
PRICES = skus(
    "AEFD-7695-64FA",
    Usage(
        path="description",
        pattern=r"Generate content (?P<words1>input|output) token count (?P<name>.+?) "
        r"(?P<words2>(?:short|long) .+)",
    ),
    (
        sku("0A1B-2C3D-4E5F", "Generate content output token count rocket 2 flash short input text", 2_500),
        Listing("google-ai-studio", "rocket-2-flash", prices=(usd("output_token", "0.0000025"),)),
    ),
    (
        sku("0A1B-2C3D-4E60", "Generate content input token count rocket 2 flash short input text", 300),
        Listing("google-ai-studio", "rocket-2-flash", prices=(usd("input_token", "0.0000003"),)),
    ),
)

PROVIDER = Provider(
    slug="google-ai-studio",
    name="Google AI Studio",
    kind="lab",
    lab="google",
    docs="https://ai.google.dev/api/models",
    evidence="recorded 2026-08-11; prices are inferred",
    # The key may stand in the URL too, but URLs end up in logs.
    auth=Header("x-goog-api-key", "GEMINI_API_KEY", ("GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")),
    aliases=("google", "gemini", "google-gemini"),
    private=("^tunedModels/",),
    refusal="API_KEY_INVALID",  # with the status 400 (recorded, 2026-08)
    lists=(MODELS, PRICES),
)
