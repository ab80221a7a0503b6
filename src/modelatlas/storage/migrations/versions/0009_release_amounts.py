"""A release is of one amount, and says who gave it; one that did not keep its amount lets nothing through."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import ExactNumber, Instant

revision = "0009"
down_revision = "0008"

_OLD = sa.table(
    "quarantine_releases",
    sa.column("provider_slug", sa.Text),
    sa.column("provider_model_id", sa.Text),
    sa.column("unit", sa.Text),
    sa.column("note", sa.Text),
    sa.column("released_at", Instant),
)


def upgrade() -> None:
    """Make the table anew, and take over what is in it."""
    said = op.get_bind().execute(sa.select(_OLD)).mappings().all()
    op.drop_table("quarantine_releases")
    made = op.create_table(
        "quarantine_releases",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("provider_model_id", sa.Text, primary_key=True),
        sa.Column("unit", sa.Text, primary_key=True),
        sa.Column("amount", ExactNumber),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("released_by", sa.Text, nullable=False),
        sa.Column("released_at", Instant, nullable=False),
    )
    unknown = {"amount": None, "currency": "USD", "source": "", "released_by": ""}
    op.bulk_insert(made, [{**row, **unknown} for row in said])
