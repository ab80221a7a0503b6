"""Simplismart hosts open models. Its shared endpoint has no documented list; prices are on a page."""

from modelatlas.providers.contract import Provider

PROVIDER = Provider(
    slug="simplismart",
    name="Simplismart",
    kind="host",
    docs="https://docs.simplismart.ai",
    evidence="documented 2026-11",
    retired="no list of its shared endpoint is documented; https://simplismart.ai/pricing has prices",
)
