"""How long records are kept, what may be held, and that a statement which has come to its end can be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OF_SAMPLE = "EXISTS (SELECT 1 FROM record WHERE record.id = OLD.statement_id AND record.sample)"
_ENDED = (
    "EXISTS (SELECT 1 FROM statement WHERE statement.id = OLD.statement_id "
    "AND statement.state IN ('delivered', 'followed-up', 'dropped'))"
)
_CALLED = {"override": "An override", "version": "A saved text"}


def upgrade() -> None:
    op.create_table(
        "retention_extension",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_retention_extension_person_id_person")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_retention_extension_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_extension")),
    )
    op.create_index(op.f("ix_retention_extension_record_id"), "retention_extension", ["record_id"])
    op.create_table(
        "retention_period",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind_of_record", sa.String(length=40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_period")),
        sa.UniqueConstraint("kind_of_record", name=op.f("uq_retention_period_kind_of_record")),
    )
    op.create_table(
        "holding_notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_notice")),
        sa.UniqueConstraint("language", name=op.f("uq_holding_notice_language")),
    )
    _refuse_deletion_unless(f"({_OF_SAMPLE} OR {_ENDED})")


def downgrade() -> None:
    # Periods, extensions and the notice are lost.
    _refuse_deletion_unless(_OF_SAMPLE)
    for table in ("holding_notice", "retention_period", "retention_extension"):
        op.drop_table(table)


def _refuse_deletion_unless(condition: str) -> None:
    """The database refuses to delete texts and overrides of other statements, also past the program."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, called in _CALLED.items():
        name, says = f"{table}_refuses_delete", f"{called} is never deleted."
        if on_postgresql:
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
                f"RETURN OLD; END IF; RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
            continue
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW WHEN NOT {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
