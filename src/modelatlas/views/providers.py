"""The providers: what is held of each, how the last fetch went, and what it needs."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from modelatlas.domain.catalog import CatalogSource
from modelatlas.domain.listing import is_priced
from modelatlas.domain.outcome import KINDS, Kind, Outcome
from modelatlas.domain.plan import ProviderKind
from modelatlas.domain.references import ReferenceState
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Origin, Snapshot, rejected_by_reason
from modelatlas.views.visibility import public_part


class KeyView(Struct, frozen=True):
    """The key of a provider: the variables that may hold it, whether its lists need it, whether it is set."""

    variables: tuple[str, ...]
    needed: bool
    is_set: bool


class About(Struct, frozen=True, kw_only=True):
    """What is declared of a provider; one that only a reference knows has neither kind nor docs.

    `key` is null where no key is used. `synced` says whether PRICING_SYNC_PROVIDERS names it.
    """

    slug: str
    name: str
    kind: ProviderKind | None = None
    docs: str | None = None
    aliases: tuple[str, ...] = ()
    evidence: str | None = None
    retired: str | None = None
    key: KeyView | None = None
    synced: bool = False


class OutcomeView(Struct, frozen=True):
    """How the last fetch went: its kind, what the kind means, what was met, and when."""

    kind: Kind
    meaning: str
    detail: str
    at: datetime
    seconds: float | None


class HeldView(Struct, frozen=True):
    """A shrunken list that is held back: how many listings it has and when it was heard."""

    listings: int
    at: datetime


class ProviderView(About, frozen=True, kw_only=True):
    """One provider: what is declared, what is held, how the last fetch went.

    `entries` = `listings` + rejected + duplicates. `live` are its listings without those of a reference,
    `stored` its active rows. `origin` is from where it is served: `provider`, `store` or `reference`, and
    `served` counts what is. `age_seconds` counts from when the provider was last heard. `kept_in` is
    `memory` when this process fetched the list, `redis` when another replica did, and `store` when it was
    loaded at start or another process of the same service fetched it. `surprises` are paths of the entries
    that the declaration does not know. `priced_share` is from 0 to 1.
    """

    outcome: OutcomeView | None
    failures: int
    next_try: datetime | None
    held: HeldView | None
    origin: Origin | None
    kept_in: str | None
    heard_at: datetime | None
    age_seconds: int | None
    content_since: datetime | None
    entries: int
    listings: int
    rejected: dict[str, int]
    duplicates: int
    unread: int
    surprises: int
    priced_share: float | None
    live: int
    stored: int
    served: int


class ProvidersAnswer(Struct, frozen=True, kw_only=True):
    """All providers: the declared ones, and those that only a reference knows; and the references.

    `source` is MODEL_CATALOG_SOURCE; with `database` a provider that was never synced is served live.
    """

    data: list[ProviderView]
    references: list[ReferenceState]
    total: int
    catalog: str
    source: CatalogSource
    simulated: bool | UnsetType = UNSET


def providers_answer(
    rows: list[ProviderView],
    references: Iterable[ReferenceState],
    catalog: str,
    source: CatalogSource,
    *,
    simulated: bool,
) -> ProvidersAnswer:
    """Put the rows of all providers together, as of a catalog."""
    return ProvidersAnswer(
        data=rows,
        references=list(references),
        total=len(rows),
        catalog=catalog,
        source=source,
        simulated=True if simulated else UNSET,
    )


def provider_view(
    about: About,
    state: ProviderState | None,
    part: Snapshot | None,
    stored: int,
    now: datetime,
    served: Snapshot | None = None,
) -> ProviderView:
    """Put one provider's row together; `part` is live of it, `served` is served of it if that is another."""
    shown = served or part
    held = state or ProviderState(about.slug)
    own = part is not None and part.origin != "reference"
    content = part or _nothing(about.slug, now)
    age = held.age(now)
    return ProviderView(
        **{name: getattr(about, name) for name in About.__struct_fields__},
        outcome=None if held.outcome is None else outcome_view(held.outcome),
        failures=held.failures,
        next_try=held.next_try,
        held=_held(held),
        origin=None if shown is None else shown.origin,
        kept_in=held.kept_in if own else None,
        heard_at=None if held.snapshot is None else held.snapshot.fetched_at,
        age_seconds=None if age is None else max(0, int(age.total_seconds())),
        content_since=content.content_since if own else None,
        entries=content.entries,
        listings=len(content.listings),
        rejected=rejected_by_reason(content),
        duplicates=len(content.duplicates),
        unread=len(content.unread),
        surprises=len(content.surprises),
        priced_share=_priced_share(content),
        live=len(content.listings) if own else 0,
        stored=stored,
        served=0 if shown is None else len(shown.listings),
    )


def outcome_view(outcome: Outcome) -> OutcomeView:
    """Show how a fetch went."""
    return OutcomeView(outcome.kind, KINDS[outcome.kind], outcome.detail, outcome.at, outcome.seconds)


def _held(state: ProviderState) -> HeldView | None:
    if state.held is None or state.held.snapshot is None:
        return None
    shrunken = public_part(state.held.snapshot)
    return HeldView(len(shrunken.listings), shrunken.fetched_at)


def _nothing(slug: str, now: datetime) -> Snapshot:
    return Snapshot(slug, now, now, "", ())


def _priced_share(part: Snapshot) -> float | None:
    if not part.listings:
        return None
    return round(sum(map(is_priced, part.listings)) / len(part.listings), 4)
