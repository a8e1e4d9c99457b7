"""Several consultees of a statement, each with a day and an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultee",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_consultee_asked_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consultee_person_id_person")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_consultee_statement_id_statement")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_consultee_withdrawn_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultee")),
        sa.UniqueConstraint("statement_id", "person_id", name=op.f("uq_consultee_statement_id_person_id")),
    )
    op.create_index(op.f("ix_consultee_person_id"), "consultee", ["person_id"])
    op.create_table(
        "consultee_answer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("consultee_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultee_id"], ["consultee.id"], name=op.f("fk_consultee_answer_consultee_id_consultee")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_consultee_answer_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultee_answer")),
    )
    for column in ("consultee_id", "statement_id"):
        op.create_index(op.f(f"ix_consultee_answer_{column}"), "consultee_answer", [column])


def downgrade() -> None:
    # Who was consulted and answered what is lost; forward again, verify says of each that it is missing, which it is.
    op.drop_table("consultee_answer")
    op.drop_table("consultee")
