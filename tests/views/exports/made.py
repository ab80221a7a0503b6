"""Listings of every sort of price, and exports of them as they are read back."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.identity.matches import Matched, nothing_matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, Window, usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.providers.contract import Provider
from modelatlas.views.exports.format import Export, Format, Source, sources_of
from tests.builders import NOON, listing


def catalog_of(*listings: Listing) -> Catalog:
    slugs = dict.fromkeys(each.provider for each in listings)
    return catalog(snapshot(slug, NOON, [x for x in listings if x.provider == slug]) for slug in slugs)


def sources(
    *listings: Listing, matched: Matched = nothing_matched, providers: Iterable[Provider] = ()
) -> list[Source]:
    return sources_of(catalog_of(*listings), matched, {each.slug: each for each in providers})


def exported(format_: Format, *listings: Listing, **more: Any) -> Export:
    return format_.export(sources(*listings, **more))


def read(format_: Format, *listings: Listing, **more: Any) -> Any:
    """Return an export decoded, every number exact."""
    return decoded(exported(format_, *listings, **more).content)


def decoded(content: bytes) -> Any:
    return json.loads(content, parse_float=Decimal)


def when(rule: Rule, rank: int = 0, **conditions: Any) -> Rule:
    return msgspec.structs.replace(rule, when=Condition(**conditions), rank=rank)


def lost(export: Export) -> set[tuple[str, str]]:
    return {(loss.what, loss.reason) for loss in export.losses}


NIGHT = Window(16 * 60 + 30, 30)
PEAK_AND_NIGHT = (
    usd("input_token", "0.5", per="1M tokens"),
    when(usd("input_token", "0.25", per="1M tokens"), 1, windows=(NIGHT,)),
    usd("output_token", "2", per="1M tokens"),
)


def unpriced(id_: str = "silent", **more: Any) -> Listing:
    return listing(id_, prices=(), **more)


FREE = (Rule("input_token", "free"), Rule("output_token", "free"))
VARYING = (Rule("input_token", "varying"), Rule("output_token", "varying"))
IN_YUAN = (
    Rule("input_token", "known", Decimal(2), "CNY", "1M tokens"),
    Rule("output_token", "known", Decimal(8), "CNY", "1M tokens"),
)
