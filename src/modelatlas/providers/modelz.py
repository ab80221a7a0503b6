"""Modelz traded tokens named after models. It never served a model."""

from modelatlas.providers.contract import Provider

PROVIDER = Provider(
    slug="modelz",
    name="Modelz",
    kind="gateway",
    docs="https://backend.alpacanetwork.ai",
    evidence="inferred 2026-11",
    retired="it lists tokens for trade and no models that could be called",
)
