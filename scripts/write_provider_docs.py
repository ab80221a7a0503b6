"""Write docs/providers.md from the declarations; a test checks that it is up to date."""

from pathlib import Path

from modelatlas.providers.registry import declared
from modelatlas.views.provider_docs import provider_docs

PAGE = Path(__file__).resolve().parents[1] / "docs" / "providers.md"

if __name__ == "__main__":
    PAGE.write_text(provider_docs(declared().values()), encoding="utf-8")
