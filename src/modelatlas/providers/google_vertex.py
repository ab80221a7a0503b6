"""Google Vertex AI hosts models of Google and others, a list for each publisher. SKUs have the prices."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.providers.contract import Bearer, Cursor, FirstOf, GoogleServiceAccount, ModelList, Provider
from modelatlas.providers.fields import mapped, paths
from modelatlas.providers.google_billing import sku, skus
from modelatlas.providers.price_rows import Usage

BATCH = Rule(
    "output_token",
    "known",
    usd("x", "0.00000125").amount,
    when=Condition(tier="batch", region="global"),
    rank=1,
)
STAGES = {
    "GA": "active",
    "PUBLIC_PREVIEW": "preview",
    "PRIVATE_PREVIEW": "preview",
    "EXPERIMENTAL": "preview",
}


def publisher(name: str, lab: str, *, inferred: bool = True) -> ModelList:
    """Declare the list of one publisher; only v1beta1 has lists."""
    prefix = f"publishers/{name}/models/"
    entry = {"name": f"{prefix}rocket-2", "versionId": "default", "launchStage": "PUBLIC_PREVIEW",
             "openSourceCategory": "PROPRIETARY", "supportedActions": {"openNotebook": {"title": "Open"}},
             "publisherModelTemplate": f"projects/{{project}}/{prefix}rocket-2@default"}  # fmt: skip
    return ModelList(
        name=name,
        url=f"https://aiplatform.googleapis.com/v1beta1/publishers/{name}/models",
        paging=Cursor("pageToken", next="nextPageToken", size_param="pageSize", size=100),
        entries="publisherModels",
        id="name",
        id_prefix=prefix,
        inferred=inferred,
        always={"lab": lab},
        fields={"status": mapped("launchStage", STAGES)},
        unpriced="no SKU names it; those of other labs are billed through the Marketplace",
        ignored=paths(
            "versionId openSourceCategory versionState supportedActions publisherModelTemplate frameworks"
        ),
        examples=((entry, Listing("google-vertex", "rocket-2", lab=lab, status="preview")),),
    )


PRICES = skus(
    "C7E2-9256-1C43",
    Usage(path="description", pattern=r"(?P<rest>.+)"),
    (
        sku("0A1B-2C3D-4E5F", "Rocket 2 Text Input - Predictions", 300),
        Listing("google-vertex", "rocket-2", prices=(usd("input_token", "0.0000003"),)),
    ),
    (
        sku("0A1B-2C3D-4E61", "Rocket 2 Text Output - Predictions", 2_500),
        Listing("google-vertex", "rocket-2", prices=(usd("output_token", "0.0000025"),)),
    ),
    (
        sku("0A1B-2C3D-4E60", "Rocket 2 Global Text Output - Batch Predictions", 1_250, free_first=True),
        Listing("google-vertex", "rocket-2", prices=(BATCH,)),
    ),
)

PROVIDER = Provider(
    slug="google-vertex",
    name="Google Vertex AI",
    kind="host",
    docs="https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list",
    evidence="recorded 2026-02-19 for Google; names of other publishers and prices are inferred",
    # An access token of Google's OAuth, good for an hour: `gcloud auth print-access-token` prints one.
    auth=FirstOf((Bearer("GOOGLE_VERTEX_ACCESS_TOKEN"), GoogleServiceAccount())),
    aliases=(
        "vertex",
        "vertex-ai",
        "vertex_ai",
        "vertexai",
        "google-vertex-ai",
        "google-vertex-anthropic",
        "vertex-anthropic",
        "vertex-openai",
    ),
    lists=(
        publisher("google", "google", inferred=False),
        publisher("anthropic", "anthropic"),
        publisher("meta", "meta"),
        publisher("mistralai", "mistralai"),
        publisher("deepseek-ai", "deepseek-ai"),
        publisher("qwen", "qwen"),
        publisher("zai-org", "zai-org"),
        publisher("moonshotai", "moonshotai"),
        PRICES,
    ),
)
