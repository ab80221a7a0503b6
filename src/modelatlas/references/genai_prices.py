"""The data of the `genai-prices` package (github.com/pydantic/genai-prices, MIT) as reference listings.

Its prices are US dollars: `_mtok` per million tokens, `_kcount` per thousand, `_mchars` per million
characters, `_kpages` per thousand pages, `_hours` per hour. An id may stand for many (`id_is: pattern`).
"""

import importlib
import importlib.metadata
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from modelatlas.domain.listing import IdIs, Listing
from modelatlas.domain.money import plain
from modelatlas.domain.price import Rule, Unread
from modelatlas.domain.snapshot import Snapshot, snapshot

NAME: Final = "genai-prices"

PROVIDERS: Final[Mapping[str, str]] = {
    "aws": "amazon-bedrock",
    "azure": "azure-openai",
    "cloudflare": "cloudflare-workers-ai",
    "google": "google-ai-studio",
    "moonshotai": "moonshot",
    "x-ai": "xai",
}
"""Their name of a provider -> our slug; one that is not here keeps its own name."""

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "input_mtok": ("input_token", "1M tokens"),
    "output_mtok": ("output_token", "1M tokens"),
    "output_reasoning_mtok": ("reasoning_token", "1M tokens"),
    "output_citation_mtok": ("citation_token", "1M tokens"),
    "cache_read_mtok": ("cache_read_token", "1M tokens"),
    "cache_write_mtok": ("cache_write_token", "1M tokens"),
    "cache_write_1h_mtok": ("cache_write_1h_token", "1M tokens"),
    "input_audio_mtok": ("input_audio_token", "1M tokens"),
    "output_audio_mtok": ("output_audio_token", "1M tokens"),
    "cache_audio_read_mtok": ("cache_read_audio_token", "1M tokens"),
    "input_image_mtok": ("input_image_token", "1M tokens"),
    "output_image_mtok": ("output_image_token", "1M tokens"),
    "cache_image_read_mtok": ("cache_read_image_token", "1M tokens"),
    "input_video_mtok": ("input_video_token", "1M tokens"),
    "output_video_mtok": ("output_video_token", "1M tokens"),
    "audio_hours": ("audio_hour", "hour"),
    "input_audio_hours": ("input_audio_hour", "hour"),
    "input_mchars": ("input_character", "1M characters"),
    "input_document_kpages": ("input_page", "1K pages"),
    "input_annotated_document_kpages": ("annotated_page", "1K pages"),
    "input_text_messages_kcount": ("text_message", "1K messages"),
    "requests_kcount": ("request", "1K requests"),
    "web_searches_kcount": ("web_search", "1K searches"),
    "storage_searches_kcount": ("storage_search", "1K searches"),
}
"""Their price key -> our unit and what it is quoted per."""


class GenaiPrices:
    """The bundled data of the installed package, read when asked for (about half a second of imports)."""

    def snapshots(self, at: datetime) -> list[Snapshot]:
        """Return one snapshot with origin `reference` per provider; `at` decides which dated price holds."""
        data = importlib.import_module("genai_prices.data")
        return read_providers(data.providers, importlib.metadata.version(NAME), at)


def read_providers(providers: Any, version: str, at: datetime) -> list[Snapshot]:
    """Turn the package's providers into reference snapshots."""
    source = f"reference:{NAME}@{version}"
    listings: dict[str, dict[str, Listing]] = defaultdict(dict)
    unread: dict[str, list[Unread]] = defaultdict(list)
    for provider in providers:
        slug = PROVIDERS.get(provider.id, provider.id)
        for model in provider.models:
            listing, left = read_model(slug, model, source, at.date())
            listings[slug].setdefault(listing.id, listing)
            unread[slug].extend(left)
    return [
        snapshot(slug, at, found.values(), unread=unread[slug], origin="reference")
        for slug, found in sorted(listings.items())
    ]


def read_model(slug: str, model: Any, source: str, today: date) -> tuple[Listing, list[Unread]]:
    """Turn one of their models into a listing; prices under conditions are returned unread."""
    exact_ids = _equal_ids(model.match)
    rules, unread = _prices(model, source, today)
    id_is: IdIs = "exact" if exact_ids is not None and model.id in exact_ids else "pattern"
    listing = Listing(
        provider=slug,
        id=model.id,
        name=model.name,
        mode=None,
        status="deprecated" if model.deprecated is True else "active",
        context_tokens=model.context_window,
        aliases=tuple(sorted((exact_ids or set()) - {model.id})),
        id_is=id_is,
        prices=tuple(rules),
    )
    return listing, unread


def _prices(model: Any, source: str, today: date) -> tuple[list[Rule], list[Unread]]:
    if not isinstance(model.prices, list):
        return _rules(model.id, model.prices, source)
    if any(_is_conditional(each.constraint) for each in model.prices):
        return [], [Unread(model.id, "prices", repr(model.prices)[:2000], "conditional price")]
    holding = [
        each for each in model.prices if each.constraint is None or each.constraint.start_date <= today
    ]
    return _rules(model.id, holding[-1].prices, source) if holding else ([], [])


def _is_conditional(constraint: Any) -> bool:
    return constraint is not None and not hasattr(constraint, "start_date")


def _rules(id_: str, prices: Any, source: str) -> tuple[list[Rule], list[Unread]]:
    rules: list[Rule] = []
    unread: list[Unread] = []
    for key, value in vars(prices).items():
        if value is None:
            continue
        amount = value if isinstance(value, Decimal) else getattr(value, "base", None)
        if amount is not value:
            unread.append(Unread(id_, key, repr(value)[:2000], "conditional price"))
        if key not in UNITS or not isinstance(amount, Decimal):
            unread.append(Unread(id_, key, repr(value)[:2000], "a unit that is unknown here"))
        elif amount <= 0:
            unread.append(Unread(id_, key, plain(amount), "a zero of a reference does not say free"))
        else:
            unit, per = UNITS[key]
            rules.append(Rule(unit, "known", amount, per=per, raw=plain(amount), path=key, source=source))
    return rules, unread


def _equal_ids(match: Any) -> set[str] | None:
    """Return the ids that a match rule names, or None when it also matches others."""
    equal = getattr(match, "equals", None)
    if equal is not None:
        return {equal}
    parts = getattr(match, "or_", None)
    if parts is None:
        return None
    named = [_equal_ids(part) for part in parts]
    return None if None in named else set().union(*(ids for ids in named if ids is not None))
