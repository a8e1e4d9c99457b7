"""What Alembic runs for every command; the connection is given by :mod:`calendar_model.workspace.migrations`."""

from __future__ import annotations

from alembic import context

from calendar_model.workspace.records import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
