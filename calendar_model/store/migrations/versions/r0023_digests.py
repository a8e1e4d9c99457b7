"""Digests by e-mail: who wants them and when, what mails may hold, and which mails were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rhythm", sa.String(length=40), nullable=False),
        sa.Column("workdays", sa.String(length=7), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.String(length=40), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["person.id"], name=op.f("fk_mail_choice_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
    )
    op.create_index(op.f("ix_mail_choice_confirm_hash"), "mail_choice", ["confirm_hash"])
    op.create_table(
        "mail_policy",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contents", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_policy")),
    )
    op.create_table(
        "sent_mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["mail_choice.id"], name=op.f("fk_sent_mail_person_id_mail_choice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_mail")),
        sa.UniqueConstraint("person_id", "kind", "day", name=op.f("uq_sent_mail_person_id_kind_day")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sent_mail_token_hash")),
    )


def downgrade() -> None:
    # Choices, addresses and what was sent are lost.
    for table in ("sent_mail", "mail_policy", "mail_choice"):
        op.drop_table(table)
