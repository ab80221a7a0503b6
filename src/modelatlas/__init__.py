"""Model Atlas keeps one exact, explained catalog of the models and prices of many inference providers."""

__version__ = "0.1.0"
