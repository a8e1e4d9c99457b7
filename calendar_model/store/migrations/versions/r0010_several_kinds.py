"""An engagement has further kinds besides its main one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "further_kind",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("engagement_kind", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["engagement.id"], name="fk_further_kind_record_id_engagement"),
        sa.PrimaryKeyConstraint("id", name="pk_further_kind"),
        sa.UniqueConstraint("record_id", "engagement_kind", name="uq_further_kind_record_id_engagement_kind"),
    )
    op.create_index("ix_further_kind_engagement_kind", "further_kind", ["engagement_kind"])


def downgrade() -> None:
    # The further kinds of engagements are lost; each keeps its main one.
    op.drop_table("further_kind")
