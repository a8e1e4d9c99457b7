"""Answers to "are the dates announced?": not yet, and when to ask again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "not_announced",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("ask_again_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_not_announced_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_announced")),
        sa.UniqueConstraint("item", name=op.f("uq_not_announced_item")),
    )


def downgrade() -> None:
    # The answers are lost; forward again, verify says of each that it is missing, which it is.
    op.drop_table("not_announced")
