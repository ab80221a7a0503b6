"""Aimo resold models of many sellers. Its hosts do not answer any more."""

from modelatlas.providers.contract import Provider

PROVIDER = Provider(
    slug="aimo",
    name="AiMo Network",
    kind="gateway",
    docs="https://docs.aimo.network",
    evidence="inferred 2026-11",
    retired="its test network times out and its beta list answers 404 (reported in public, 2026-07)",
)
