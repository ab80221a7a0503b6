"""Google Vertex AI hosts models of Google and others, a list for each publisher. Prices are elsewhere."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, Cursor, FirstOf, GoogleServiceAccount, ModelList, Provider
from modelatlas.providers.fields import mapped, paths

STAGES = {
    "GA": "active",
    "PUBLIC_PREVIEW": "preview",
    "PRIVATE_PREVIEW": "preview",
    "EXPERIMENTAL": "preview",
}


def publisher(name: str, lab: str) -> ModelList:
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
        always={"lab": lab},
        fields={"status": mapped("launchStage", STAGES)},
        unpriced="not in the list: https://cloud.google.com/vertex-ai/generative-ai/pricing",
        ignored=paths(
            "versionId openSourceCategory versionState supportedActions publisherModelTemplate frameworks"
        ),
        examples=((entry, Listing("google-vertex", "rocket-2", lab=lab, status="preview")),),
    )


PROVIDER = Provider(
    slug="google-vertex",
    name="Google Vertex AI",
    kind="host",
    docs="https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list",
    evidence="recorded 2026-02-19 for Google; the names of other publishers are inferred",
    # An access token of Google's OAuth, good for an hour: `gcloud auth print-access-token` prints one.
    auth=FirstOf((Bearer("GOOGLE_VERTEX_ACCESS_TOKEN"), GoogleServiceAccount())),
    aliases=("vertex", "vertex-ai"),
    lists=(
        publisher("google", "google"),
        publisher("anthropic", "anthropic"),
        publisher("meta", "meta"),
        publisher("mistralai", "mistralai"),
    ),
)
