"""Guesses at secret addresses are counted by all dashboards together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A guess is not worth a line in the log of a server, which empties the table when it is started after a crash.
    unlogged = ["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else []
    op.create_table(
        "guess_count",
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_guess_count")),
        prefixes=unlogged,
    )


def downgrade() -> None:
    op.drop_table("guess_count")
