"""What must hold of the rows of a provider, whatever has happened."""

from modelatlas.domain.snapshot import listing_digest
from modelatlas.storage.encoding import listing_from
from tests.storage.stores import Store


def check_rows(store: Store, slug: str) -> None:
    """Each row says one thing in all its places: digest, listing, published prices, open history."""
    for id_, digest, text in store.rows(
        "SELECT m.id, m.digest, m.listing FROM models m JOIN providers p ON p.id = m.provider_id "
        "WHERE p.slug = :slug",
        slug=slug,
    ):
        kept = listing_from(text)
        assert digest == listing_digest(kept)
        published = store.rows(
            "SELECT unit, state, amount, currency, per, condition, rank, source, usd FROM model_pricing "
            "WHERE model_id = :id ORDER BY unit, condition, rank, source",
            id=id_,
        )
        holding = store.rows(
            "SELECT unit, state, amount, currency, per, condition, rank, source, usd "
            "FROM model_pricing_history WHERE model_id = :id AND valid_to IS NULL AND superseded_by IS NULL "
            "AND state <> 'unknown' ORDER BY unit, condition, rank, source",
            id=id_,
        )
        assert published == holding
        assert [unit for unit, *_ in published] == sorted(each.unit for each in kept.prices)


def check_chains(store: Store, slug: str) -> None:
    """Each chain of the newest reading is without a gap or an overlap, and ends open."""
    rows = store.rows(
        "SELECT h.model_id, h.unit, h.condition, h.rank, h.source, h.valid_from, h.valid_to "
        "FROM model_pricing_history h JOIN models m ON m.id = h.model_id "
        "JOIN providers p ON p.id = m.provider_id WHERE p.slug = :slug AND h.superseded_by IS NULL "
        "ORDER BY 1, 2, 3, 4, 5, 6",
        slug=slug,
    )
    for at, (*chain, _, ends) in enumerate(rows):
        *following, begins, _ = rows[at + 1] if at + 1 < len(rows) else ((), "", "")
        assert ends == (begins if following == chain else None)
