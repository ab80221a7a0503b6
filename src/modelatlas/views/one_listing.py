"""One listing with all that is known of it: where each price was read, and what was not read."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, structs

from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.matches import MatchView, match_view
from modelatlas.views.models import ListingView, PriceView, listing_view, price_view
from modelatlas.views.provenance import UnitSourcesView
from modelatlas.views.values import QuoteView


class QuotedPriceView(PriceView, frozen=True):
    """One unit's price with the quote that it was read from."""

    quote: QuoteView


class UnreadView(Struct, frozen=True):
    """A value of the entry that was seen and not turned into a price or a field, with the reason."""

    path: str
    raw: str
    reason: str


class ListingAnswer(ListingView, frozen=True, kw_only=True):
    """One listing in full; `content_since` is when its provider's list began to say exactly this.

    `sources` say of each unit who says what of it, which word counts, and why.
    """

    prices: tuple[QuotedPriceView, ...]
    sources: tuple[UnitSourcesView, ...]
    knowledge_cutoff: str | None
    tokenizer: str | None
    repository: str | None
    canonical_id: str | None
    alias_of: str | None
    aliases: tuple[str, ...]
    unread: tuple[UnreadView, ...]
    match: MatchView | None
    content_since: datetime | None
    simulated: bool | UnsetType = UNSET


def listing_answer(
    part: Snapshot,
    listing: Listing,
    match: Match | None = None,
    sources: tuple[UnitSourcesView, ...] = (),
    *,
    simulated: bool = False,
) -> ListingAnswer:
    """Project one listing of a snapshot in full."""
    view = structs.asdict(listing_view(listing, part.origin, match))
    view["prices"] = tuple(map(_quoted, listing.prices))
    return ListingAnswer(
        **view,
        sources=sources,
        knowledge_cutoff=listing.knowledge_cutoff,
        tokenizer=listing.tokenizer,
        repository=listing.repository,
        canonical_id=listing.canonical_id,
        alias_of=listing.alias_of,
        aliases=listing.aliases,
        unread=tuple(
            UnreadView(each.path, each.raw, each.reason) for each in part.unread if each.id == listing.id
        ),
        match=None if match is None else match_view(match, part),
        content_since=None if part.origin == "reference" else part.content_since,
        simulated=True if simulated else UNSET,
    )


def _quoted(rule: Rule) -> QuotedPriceView:
    return QuotedPriceView(**structs.asdict(price_view(rule)), quote=QuoteView(rule.path, rule.raw))
