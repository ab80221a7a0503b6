"""Nosana rents out graphics cards. It has no list of models, and prices are per hour of a card."""

from modelatlas.providers.contract import Provider

PROVIDER = Provider(
    slug="nosana",
    name="Nosana",
    kind="host",
    docs="https://learn.nosana.com/api",
    evidence="documented 2026-11",
    retired="it is a market for graphics cards by the hour and has no list of models",
)
