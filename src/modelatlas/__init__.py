"""Model Atlas keeps one exact, explained catalog of the models and prices of many inference providers.

`modelatlas.cost` and `modelatlas.load_prices` are for programs of one's own (docs/prices.md). They are
imported when they are first asked for, so that importing this costs nothing.
"""

TYPE_CHECKING = False  # type checkers know the name; `typing` would take longer than all else here

__all__ = ["__version__", "cost", "load_prices"]

__version__ = "0.1.0"

if TYPE_CHECKING:
    from modelatlas.library import cost, load_prices
else:

    def __getattr__(name: str) -> object:
        if name not in {"cost", "load_prices"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from modelatlas import library  # noqa: PLC0415 - whoever needs only the version waits for nothing

        return getattr(library, name)
