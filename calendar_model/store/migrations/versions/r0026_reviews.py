"""Reviews of what was said under an override, and texts agreed to the last word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MAY_GO = (
    "(EXISTS (SELECT 1 FROM record WHERE record.id = OLD.statement_id AND record.sample) OR "
    "EXISTS (SELECT 1 FROM statement WHERE statement.id = OLD.statement_id "
    "AND statement.state IN ('delivered', 'followed-up', 'dropped')))"
)
"""A review goes with a statement of the sample, or one that has come to its end."""


def upgrade() -> None:
    op.create_table(
        "override_review",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("override_id", sa.String(length=32), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["override_id"], ["override.id"], name=op.f("fk_override_review_override_id_override")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_override_review_person_id_person")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_override_review_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override_review")),
        sa.UniqueConstraint("override_id", name=op.f("uq_override_review_override_id")),
    )
    op.create_index(op.f("ix_override_review_statement_id"), "override_review", ["statement_id"])
    op.create_table(
        "agreed_text",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("agreed_between", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agreed_text_person_id_person")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_agreed_text_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_text")),
        sa.UniqueConstraint("statement_id", "version_number", name=op.f("uq_agreed_text_statement_id_version_number")),
    )
    _make_triggers()


def downgrade() -> None:
    # Reviews and what was agreed are lost.
    op.drop_table("agreed_text")
    op.drop_table("override_review")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION override_review_refuses_delete()")


def _make_triggers() -> None:
    """The database itself refuses to change a review, and to delete one whose statement stays."""
    table, changed, deleted = "override_review", "A review is never changed.", "A review is never deleted."
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{changed}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} FOR EACH ROW WHEN NOT {_MAY_GO} "
            f"BEGIN SELECT RAISE(ABORT, '{deleted}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuses_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {_MAY_GO} THEN "
        f"RETURN OLD; END IF; RAISE EXCEPTION '{deleted}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {table}_refuses_delete()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION refuse('{changed}')"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION refuse('{deleted}')"
    )
