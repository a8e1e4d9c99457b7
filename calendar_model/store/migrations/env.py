"""What Alembic runs for every command; the connection is given by :mod:`calendar_model.store.migrations`."""

from __future__ import annotations

from alembic import context

from calendar_model.store import full_text
from calendar_model.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=lambda name, kind, _: kind != "table" or name not in full_text.TABLES,
)
with context.begin_transaction():
    context.run_migrations()
