"""Sources: who says a price, as the text that a rule carries, and who that is whatever its version."""

from typing import Final, Literal, get_args

Teller = Literal["provider", "reference", "curated", "borrowed", "operator"]
TELLERS: Final[tuple[Teller, ...]] = get_args(Teller)

_VERSIONED: Final = ("reference:", "curated:")


def named(source: str) -> str:
    """Return who a source is, without the version of a reference or the date of a curated file.

    >>> named("reference:litellm@9f2c"), named("curated:deepseek@2026-10-01"), named("provider")
    ('reference:litellm', 'curated:deepseek', 'provider')
    """
    return source.partition("@")[0] if source.startswith(_VERSIONED) else source


def teller_of(source: str) -> Teller:
    """Return of which kind a source is.

    >>> teller_of("reference:litellm@9f2c"), teller_of("borrowed:openai/gpt-5"), teller_of("provider")
    ('reference', 'borrowed', 'provider')
    """
    word = source.partition(":")[0]
    return next((teller for teller in TELLERS if teller == word), "provider")
