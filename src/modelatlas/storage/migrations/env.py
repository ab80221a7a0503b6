"""Run by alembic: migrate within the connection and the transaction that `schema.upgrade` hands over."""

from alembic import context

from modelatlas.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
