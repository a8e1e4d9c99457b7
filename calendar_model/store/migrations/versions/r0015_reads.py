"""Who has read a restricted record, and who has looked that through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_read",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_read_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_read")),
    )
    op.create_index("ix_record_read_record_id_at", "record_read", ["record_id", "at"])
    op.create_table(
        "read_check",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_check_person_id_person")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_read_check_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_check")),
    )
    op.create_index(op.f("ix_read_check_record_id"), "read_check", ["record_id"])


def downgrade() -> None:
    # Who has read what is lost; forward again, verify says of each review that it is missing, which it is.
    op.drop_table("read_check")
    op.drop_table("record_read")
