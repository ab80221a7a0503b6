"""What the recordings of labs and of some hosts hold; `test_recordings_b` reads them."""

COUNTS = {
    "cohere.documented": (5, 0, 0, 0),
    "deepseek": (2, 0, 0, 0),
    "github-copilot": (39, 0, 0, 0),
    "google-ai-studio": (52, 0, 0, 0),
    "google-ai-studio.2025-11-03": (50, 0, 0, 0),
    "google-ai-studio.2026-01-09": (50, 0, 0, 0),
    "hyperbolic": (5, 5, 0, 0),
    "minimax.documented": (3, 0, 0, 0),
    "ollama": (5, 0, 0, 0),
    "openai": (119, 0, 0, 0),
    "openai.2025-11-03": (103, 0, 0, 0),
    "openai.2026-01-09": (118, 0, 0, 0),
}
"""Recording -> listings, of these priced, rejected, values that were not read; no entry is there twice."""

OTHER_SHAPES = {
    "morpheus.blockchain": "records of the blockchain, of which the server makes its list",
    "morpheus.prices": "the list prices, which `test_later_lists` reads beside models",
}
"""Files that are named after a provider and are no answer of its list."""

FILES = {*COUNTS, *OTHER_SHAPES}
