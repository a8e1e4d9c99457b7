"""Themes of records, and templates of statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_theme",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_theme_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_theme")),
        sa.UniqueConstraint("record_id", "theme", name=op.f("uq_record_theme_record_id_theme")),
    )
    op.create_index(op.f("ix_record_theme_theme"), "record_theme", ["theme"])
    op.create_table(
        "statement_template",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mission_id", sa.String(length=32), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("voice", sa.String(length=40), nullable=True),
        sa.Column("forum", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name=op.f("fk_statement_template_mission_id_mission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_template")),
    )


def downgrade() -> None:
    # Themes and templates are lost.
    op.drop_table("statement_template")
    op.drop_table("record_theme")
