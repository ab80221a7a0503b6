"""What the recordings of cloud platforms hold, list by list; `test_recordings_c` reads them."""

from typing import NamedTuple


class Row(NamedTuple):
    """One list in one file: where its entries stand, and what becomes of them."""

    slug: str
    file: str
    entries: str
    list_name: str = "models"
    listings: int = 0
    rejected: int = 0
    duplicates: int = 0
    unread: int = 0
    priced: int = 0


ROWS = (
    Row("cloudflare-workers-ai", "cloudflare-workers-ai", "result", listings=8, unread=2, priced=3),
    Row("azure-openai", "azure-openai", "data", listings=263, duplicates=2),
    Row("amazon-bedrock", "amazon-bedrock", "modelSummaries", listings=102, rejected=33),
    Row("amazon-bedrock", "amazon-bedrock.2025-11-03", "modelSummaries", listings=77, rejected=36),
    Row("amazon-bedrock", "amazon-bedrock-mantle", "data", "mantle", listings=48),
    Row("google-vertex", "google-vertex", "publisherModels", "google", listings=10),
    Row("google-vertex", "google-vertex.2025-11-03", "publisherModels", "google", listings=15),
    Row("replicate", "replicate", "results", listings=3_808),
    Row("replicate", "replicate.sample", "results", listings=29, duplicates=1),
)

OTHER_SHAPES = {"github-models.documented": "the provider is retired and has no list any more"}
"""Files that are named after a provider and are no answer of its list."""

FILES = {*(row.file for row in ROWS), *OTHER_SHAPES}
