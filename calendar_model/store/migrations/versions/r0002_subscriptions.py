"""A person's own calendar under a secret address, and the day on which it was last fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("follow_ups", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_subscription_token_hash")),
    )
    op.create_index(op.f("ix_subscription_person_id"), "subscription", ["person_id"])
    living = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_subscription_living",
        "subscription",
        ["person_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    op.create_table(
        "subscription_use",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("last_used", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["subscription.id"], name=op.f("fk_subscription_use_id_subscription"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_use")),
    )


def downgrade() -> None:
    # The addresses are lost; forward again, verify says of each that it is missing, which it is.
    op.drop_table("subscription_use")
    op.drop_table("subscription")
