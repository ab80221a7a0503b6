"""Views for questions by hand: what was listed when, changes of prices, who is cheapest, how fresh all is.

They count public listings only, and they are made of facts alone: sightings, the history of prices, runs.
"""

import re

from alembic import op

revision = "0006"
down_revision = "0005"

WORDS = {
    "sqlite": {
        "day": r"substr(\1, 1, 10)",
        "week": r"date(substr(\1, 1, 10), '-6 days', 'weekday 1')",
        "next_day": r"date(\1, '+1 day')",
        "bytewise": r"\1",
    },
    "postgresql": {
        "day": r"to_char(\1 AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "week": r"to_char(date_trunc('week', \1 AT TIME ZONE 'UTC'), 'YYYY-MM-DD')",
        "next_day": r"to_char(CAST(\1 AS date) + 1, 'YYYY-MM-DD')",
        "bytewise": r'\1 COLLATE "C"',
    },
}
"""What databases say differently: the day and the week (its Monday) of an instant in UTC, and so on."""

EVENTS = """
CREATE VIEW v_listing_events AS
WITH deltas AS (
  SELECT model_id, observed_at AS at, CASE kind WHEN 'gone' THEN -1 ELSE 1 END AS seen, 0 AS said
  FROM sightings
  UNION ALL
  SELECT model_id, valid_from, 0, 1 FROM model_pricing_history
  WHERE superseded_by IS NULL AND state <> 'unknown'
  UNION ALL
  SELECT model_id, valid_to, 0, -1 FROM model_pricing_history
  WHERE superseded_by IS NULL AND state <> 'unknown' AND valid_to IS NOT NULL
), instants AS (
  SELECT model_id, at, SUM(seen) AS seen, SUM(said) AS said FROM deltas GROUP BY model_id, at
), running AS (
  SELECT model_id, at, SUM(seen) OVER w AS seen, SUM(said) OVER w AS said FROM instants
  WINDOW w AS (PARTITION BY model_id ORDER BY at)
), states AS (
  SELECT model_id, at, CASE WHEN seen > 0 THEN 1 ELSE 0 END AS listed,
    CASE WHEN seen > 0 AND said > 0 THEN 1 ELSE 0 END AS priced FROM running
), steps AS (
  SELECT model_id, at, listed - COALESCE(LAG(listed) OVER w, 0) AS listed,
    priced - COALESCE(LAG(priced) OVER w, 0) AS priced FROM states
  WINDOW w AS (PARTITION BY model_id ORDER BY at)
)
SELECT s.at, p.slug AS provider, m.provider_model_id, m.canonical_model, s.listed, s.priced
FROM steps s JOIN models m ON m.id = s.model_id JOIN providers p ON p.id = m.provider_id
WHERE m.visibility = 'public' AND (s.listed <> 0 OR s.priced <> 0)
"""

LISTINGS_BY_DAY = """
CREATE VIEW v_listings_by_day AS
WITH RECURSIVE steps AS (
  SELECT provider, day[at] AS day, SUM(listed) AS listed, SUM(priced) AS priced
  FROM v_listing_events GROUP BY provider, day[at]
), bounds AS (
  SELECT (SELECT MIN(day) FROM steps) AS first,
    (SELECT MAX(day[snapshot_at]) FROM pricing_sync_log WHERE status = 'success') AS last
), days AS (
  SELECT first AS day FROM bounds WHERE first IS NOT NULL
  UNION ALL
  SELECT next_day[d.day] FROM days d JOIN bounds b ON d.day < b.last
), grid AS (
  SELECT b.provider, d.day FROM (SELECT provider, MIN(day) AS first FROM steps GROUP BY provider) b
  JOIN days d ON d.day >= b.first
)
SELECT g.day, g.provider, CAST(SUM(COALESCE(s.listed, 0)) OVER w AS INTEGER) AS listings,
  CAST(SUM(COALESCE(s.priced, 0)) OVER w AS INTEGER) AS priced_listings
FROM grid g LEFT JOIN steps s ON s.provider = g.provider AND s.day = g.day
WINDOW w AS (PARTITION BY g.provider ORDER BY g.day)
"""

TOTALS_BY_DAY = """
CREATE VIEW v_totals_by_day AS
WITH steps AS (
  SELECT canonical_model, day[at] AS day, SUM(listed) AS listed FROM v_listing_events
  WHERE canonical_model IS NOT NULL GROUP BY canonical_model, day[at]
), states AS (
  SELECT canonical_model, day, CASE WHEN SUM(listed) OVER w > 0 THEN 1 ELSE 0 END AS here FROM steps
  WINDOW w AS (PARTITION BY canonical_model ORDER BY day)
), changes AS (
  SELECT day, here - COALESCE(LAG(here) OVER w, 0) AS change FROM states
  WINDOW w AS (PARTITION BY canonical_model ORDER BY day)
), models_by_day AS (
  SELECT day, SUM(change) AS change FROM changes GROUP BY day
), listings_by_day AS (
  SELECT day, SUM(listings) AS listings, SUM(priced_listings) AS priced_listings,
    SUM(CASE WHEN listings > 0 THEN 1 ELSE 0 END) AS providers FROM v_listings_by_day GROUP BY day
)
SELECT l.day, CAST(l.providers AS INTEGER) AS providers, CAST(l.listings AS INTEGER) AS listings,
  CAST(l.priced_listings AS INTEGER) AS priced_listings,
  CAST(SUM(COALESCE(m.change, 0)) OVER (ORDER BY l.day) AS INTEGER) AS canonical_models
FROM listings_by_day l LEFT JOIN models_by_day m ON m.day = l.day
"""

PRICE_CHANGES = """
CREATE VIEW v_price_changes AS
WITH spells AS (
  SELECT model_id, unit, condition, source, valid_from, state, currency, per, amount, usd,
    usd_per_million_approx, LAG(state) OVER w AS state_before, LAG(currency) OVER w AS currency_before,
    LAG(per) OVER w AS per_before, LAG(amount) OVER w AS amount_before, LAG(usd) OVER w AS usd_before,
    LAG(usd_per_million_approx) OVER w AS approx_before
  FROM model_pricing_history WHERE superseded_by IS NULL
  WINDOW w AS (PARTITION BY model_id, unit, condition, rank, source ORDER BY valid_from)
)
SELECT s.valid_from AS at, p.slug AS provider, m.provider_model_id, m.canonical_model, s.unit, s.condition,
  s.source, CASE WHEN s.state <> 'known' THEN 'became_' || s.state
    WHEN s.state_before = 'known' THEN 'repriced' ELSE 'became_known' END AS kind,
  CASE WHEN s.state <> 'known' OR COALESCE(s.state_before, '') <> 'known' THEN NULL
    WHEN s.usd_per_million_approx > s.approx_before THEN 'up'
    WHEN s.usd_per_million_approx < s.approx_before THEN 'down' END AS direction,
  s.usd_before, s.usd AS usd_after
FROM spells s JOIN models m ON m.id = s.model_id JOIN providers p ON p.id = m.provider_id
WHERE m.visibility = 'public'
  AND NOT EXISTS (SELECT 1 FROM sightings c
    WHERE c.model_id = s.model_id AND c.observed_at = s.valid_from AND c.kind IN ('new', 'back'))
  AND (s.state <> COALESCE(s.state_before, 'unknown')
    OR (s.state = 'known' AND (s.currency <> s.currency_before OR CASE WHEN s.usd IS NULL
      THEN s.amount <> s.amount_before OR s.per <> s.per_before ELSE s.usd <> s.usd_before END)))
"""

PRICE_CHANGES_BY_WEEK = """
CREATE VIEW v_price_changes_by_week AS
SELECT week[at] AS week, provider, CAST(COUNT(*) AS INTEGER) AS changes,
  CAST(SUM(CASE WHEN direction = 'up' THEN 1 ELSE 0 END) AS INTEGER) AS up,
  CAST(SUM(CASE WHEN direction = 'down' THEN 1 ELSE 0 END) AS INTEGER) AS down,
  CAST(SUM(CASE WHEN kind = 'became_known' THEN 1 ELSE 0 END) AS INTEGER) AS became_known,
  CAST(SUM(CASE WHEN kind = 'became_free' THEN 1 ELSE 0 END) AS INTEGER) AS became_free,
  CAST(SUM(CASE WHEN kind = 'became_varying' THEN 1 ELSE 0 END) AS INTEGER) AS became_varying,
  CAST(SUM(CASE WHEN kind = 'became_unknown' THEN 1 ELSE 0 END) AS INTEGER) AS became_unknown,
  CAST(COUNT(DISTINCT provider_model_id) AS INTEGER) AS listings
FROM v_price_changes GROUP BY week[at], provider
"""

PRICE_RANKS = """
CREATE VIEW v_price_ranks AS
WITH standing AS (
  SELECT model_id, unit, state, usd, usd_per_million_approx,
    ROW_NUMBER() OVER (PARTITION BY model_id, unit ORDER BY rank DESC, position) AS place
  FROM model_pricing WHERE condition = '{}'
)
SELECT s.unit, p.slug AS provider, m.provider_model_id, m.canonical_model, s.usd, s.usd_per_million_approx,
  CAST(ROW_NUMBER() OVER (PARTITION BY s.unit ORDER BY s.usd_per_million_approx,
    bytewise[p.slug], bytewise[m.provider_model_id]) AS INTEGER) AS cheapest,
  CAST(ROW_NUMBER() OVER (PARTITION BY s.unit ORDER BY s.usd_per_million_approx DESC,
    bytewise[p.slug], bytewise[m.provider_model_id]) AS INTEGER) AS dearest
FROM standing s JOIN models m ON m.id = s.model_id JOIN providers p ON p.id = m.provider_id
WHERE s.place = 1 AND s.state = 'known' AND s.usd IS NOT NULL AND m.is_active = true
  AND m.visibility = 'public'
"""

COVERAGE = """
CREATE VIEW v_coverage AS
WITH priced AS (
  SELECT DISTINCT model_id FROM model_pricing
), listed AS (
  SELECT m.provider_id, COUNT(*) AS listings, COUNT(q.model_id) AS priced_listings,
    COUNT(m.canonical_model) AS matched_listings, COUNT(m.context_tokens) AS listings_with_context
  FROM models m LEFT JOIN priced q ON q.model_id = m.id
  WHERE m.is_active = true AND m.visibility = 'public' GROUP BY m.provider_id
), changed AS (
  SELECT provider_id, MAX(last_changed) AS changed_at FROM models WHERE visibility = 'public'
  GROUP BY provider_id
), runs AS (
  SELECT provider_slug, MAX(id) AS last_run, MAX(CASE WHEN status = 'success' THEN id END) AS last_success
  FROM pricing_sync_log GROUP BY provider_slug
)
SELECT r.provider_slug AS provider, CAST(COALESCE(l.listings, 0) AS INTEGER) AS listings,
  CAST(COALESCE(l.priced_listings, 0) AS INTEGER) AS priced_listings,
  CAST(COALESCE(l.matched_listings, 0) AS INTEGER) AS matched_listings,
  CAST(COALESCE(l.listings_with_context, 0) AS INTEGER) AS listings_with_context,
  good.snapshot_at AS heard_at, c.changed_at, newest.sync_started_at AS last_run_at,
  newest.status AS last_run_status,
  CAST((SELECT COUNT(*) FROM pricing_sync_log f WHERE f.provider_slug = r.provider_slug
    AND f.status IN ('failed', 'partial') AND f.id > COALESCE(r.last_success, 0)) AS INTEGER) AS failed_since
FROM runs r JOIN pricing_sync_log newest ON newest.id = r.last_run
LEFT JOIN pricing_sync_log good ON good.id = r.last_success
LEFT JOIN providers p ON p.slug = r.provider_slug
LEFT JOIN listed l ON l.provider_id = p.id LEFT JOIN changed c ON c.provider_id = p.id
"""

VIEWS = (
    EVENTS, LISTINGS_BY_DAY, TOTALS_BY_DAY, PRICE_CHANGES, PRICE_CHANGES_BY_WEEK, PRICE_RANKS, COVERAGE,
)  # fmt: skip


def upgrade() -> None:
    """Make the views; a later migration that changes what they read drops them first and makes them anew."""
    connection = op.get_bind()
    for view in VIEWS:
        connection.exec_driver_sql(written(view, connection.dialect.name))


def written(view: str, database: str) -> str:
    """Write a view in the words of a database."""
    for word, said in WORDS[database].items():
        view = re.sub(rf"\b{word}\[([^\]]*)\]", said, view)
    return view
