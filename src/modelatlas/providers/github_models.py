"""GitHub Models was a catalog and an inference API of GitHub's. It ended in 2026."""

from modelatlas.providers.contract import Provider

PROVIDER = Provider(
    slug="github-models",
    name="GitHub Models",
    kind="gateway",
    docs="https://github.com/orgs/community/discussions/203602",
    evidence="documented 2026-07-30",
    retired="GitHub ended catalog, playground and inference on 2026-07-30",
)
