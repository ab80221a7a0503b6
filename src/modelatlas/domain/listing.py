"""A listing: one provider's entry for one model, in our words and units."""

from typing import Literal

from msgspec import Struct

from modelatlas.domain.price import Factor, Rule

Mode = Literal["chat", "embedding", "image", "audio", "video", "rerank", "moderation", "other"]
Status = Literal["active", "preview", "deprecated", "inactive"]
Visibility = Literal["public", "account"]
IdIs = Literal["exact", "pattern"]

MODES: tuple[Mode, ...] = ("chat", "embedding", "image", "audio", "video", "rerank", "moderation", "other")
STATUSES: tuple[Status, ...] = ("active", "preview", "deprecated", "inactive")


class Listing(Struct, frozen=True, gc=False):
    """What one provider says of one model; None and the empty tuple mean that it does not say.

    `id` is the provider's own, as a caller must spell it. Token counts are whole tokens. `released`,
    `deprecated_at` and `retires_at` are ISO 8601 text in UTC, a date or an instant as precise as the
    source. `repository` is a Hugging Face repository id, `aliases` are other callable ids of the same
    thing, `alias_of` is what a moving alias points at now, `canonical_id` is the provider's own pinned
    name; they are evidence for identity. `id_is` is `pattern` in references whose ids stand for many.
    """

    provider: str
    id: str
    name: str | None = None
    lab: str | None = None
    mode: Mode | None = None
    status: Status = "active"
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    supported_parameters: tuple[str, ...] = ()
    quantization: str | None = None
    released: str | None = None
    deprecated_at: str | None = None
    retires_at: str | None = None
    knowledge_cutoff: str | None = None
    tokenizer: str | None = None
    repository: str | None = None
    canonical_id: str | None = None
    alias_of: str | None = None
    aliases: tuple[str, ...] = ()
    visibility: Visibility = "public"
    id_is: IdIs = "exact"
    prices: tuple[Rule, ...] = ()
    factors: tuple[Factor, ...] = ()


def is_priced(listing: Listing) -> bool:
    """Tell whether any unit has a price, be it known, free or varying."""
    return len(listing.prices) > 0
