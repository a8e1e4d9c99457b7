"""The first layout: persons, records with what hangs on them, and the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SAMPLE = "EXISTS (SELECT 1 FROM record WHERE record.id = OLD.statement_id AND record.sample)"
"""What hangs on a statement of the sample can be taken away with it."""

# For each table that only grows: what its rows are called, and which of them can be deleted after all.
ONLY_GROWS = {
    "change": ("The history", None),
    "override": ("An override", SAMPLE),
    "version": ("A saved text", SAMPLE),
}


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_record_id"), "change", ["record_id"])
    op.create_index(op.f("ix_change_row_id"), "change", ["row_id"])
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("may_clear", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sensitivity", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_record_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index(op.f("ix_record_owner_id"), "record", ["owner_id"])
    op.create_index(op.f("ix_record_sensitivity"), "record", ["sensitivity"])
    op.create_table(
        "access",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_person_id_person")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_access_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
        sa.UniqueConstraint("record_id", "person_id", name=op.f("uq_access_record_id_person_id")),
    )
    op.create_index(op.f("ix_access_person_id"), "access", ["person_id"])
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("suggested_by", sa.String(length=40), nullable=False),
        sa.Column("suggested_note", sa.Text(), nullable=False),
        sa.Column("mission_consulted_on", sa.Date(), nullable=True),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("mission_advice", sa.Text(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("before_with", sa.String(length=40), nullable=True),
        sa.Column("before_note", sa.Text(), nullable=False),
        sa.Column("risk", sa.String(length=40), nullable=True),
        sa.Column("risk_reasons", sa.Text(), nullable=False),
        sa.Column("risk_mitigation", sa.Text(), nullable=False),
        sa.Column("risk_weighed_on", sa.Date(), nullable=True),
        sa.Column("prospect", sa.String(length=40), nullable=True),
        sa.Column("prospect_reasons", sa.Text(), nullable=False),
        sa.Column("prospect_weighed_on", sa.Date(), nullable=True),
        sa.Column("publicity", sa.String(length=40), nullable=True),
        sa.Column("publicity_reason", sa.Text(), nullable=False),
        sa.Column("publicity_decided_on", sa.Date(), nullable=True),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.Column("after_with", sa.String(length=40), nullable=True),
        sa.Column("after_note", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_case_file_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contact_kind", sa.String(length=40), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("field_of_work", sa.Text(), nullable=False),
        sa.Column("preferred_channels", sa.Text(), nullable=False),
        sa.Column("forbidden_channels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_contact_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_table(
        "engagement",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("engagement_kind", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_engagement_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    op.create_index(op.f("ix_engagement_engagement_kind"), "engagement", ["engagement_kind"])
    op.create_index(op.f("ix_engagement_on"), "engagement", ["on"])
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("event_kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=True),
        sa.Column("end_time", sa.Time(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("request_due", sa.Date(), nullable=True),
        sa.Column("organisers", sa.Text(), nullable=False),
        sa.Column("cosponsors", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("defenders_speak", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_event_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_follow_up_owner_id_person")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_follow_up_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_open", "follow_up", ["owner_id", "due"])
    op.create_index(op.f("ix_follow_up_owner_id"), "follow_up", ["owner_id"])
    op.create_index(op.f("ix_follow_up_record_id"), "follow_up", ["record_id"])
    op.create_table(
        "language_proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("forum", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("precedent", sa.Text(), nullable=False),
        sa.Column("precedent_symbol", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("final_wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_language_proposal_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_proposal")),
    )
    op.create_table(
        "reprisal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("alleged_on", sa.Date(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reported_to", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_reprisal_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprisal")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("forum", sa.Text(), nullable=False),
        sa.Column("agenda_item", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("speaking_seconds", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("waiting_for_id", sa.String(length=32), nullable=True),
        sa.Column("cleared_version", sa.Integer(), nullable=True),
        sa.Column("cleared_by_id", sa.String(length=32), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cleared_by_id"], ["person.id"], name=op.f("fk_statement_cleared_by_id_person")),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_statement_id_record")),
        sa.ForeignKeyConstraint(["waiting_for_id"], ["person.id"], name=op.f("fk_statement_waiting_for_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_due"), "statement", ["due"])
    op.create_index(op.f("ix_statement_state"), "statement", ["state"])
    op.create_index(op.f("ix_statement_waiting_for_id"), "statement", ["waiting_for_id"])
    op.create_table(
        "tie_to_item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_tie_to_item_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_to_item")),
        sa.UniqueConstraint("record_id", "item", name=op.f("uq_tie_to_item_record_id_item")),
    )
    op.create_index(op.f("ix_tie_to_item_item"), "tie_to_item", ["item"])
    op.create_table(
        "tie_to_record",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["record.id"], name=op.f("fk_tie_to_record_other_id_record")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_tie_to_record_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_to_record")),
        sa.UniqueConstraint("record_id", "other_id", name=op.f("uq_tie_to_record_record_id_other_id")),
    )
    op.create_index(op.f("ix_tie_to_record_other_id"), "tie_to_record", ["other_id"])
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("to_what", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_consent_contact_id_contact")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_consent_taken_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_contact_id"), "consent", ["contact_id"])
    op.create_index(op.f("ix_consent_taken_by_id"), "consent", ["taken_by_id"])
    op.create_table(
        "cosponsor",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_cosponsor_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosponsor")),
        sa.UniqueConstraint("statement_id", "country", name=op.f("uq_cosponsor_statement_id_country")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_identity_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_identity_contact_id")),
    )
    op.create_table(
        "override",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirms_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["confirms_id"], ["override.id"], name=op.f("fk_override_confirms_id_override")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_override_person_id_person")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_override_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
        sa.UniqueConstraint("confirms_id", name=op.f("uq_override_confirms_id")),
    )
    op.create_index(op.f("ix_override_statement_id"), "override", ["statement_id"])
    op.create_table(
        "unsaved",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unsaved_person_id_person")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_unsaved_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsaved")),
        sa.UniqueConstraint("statement_id", "person_id", name=op.f("uq_unsaved_statement_id_person_id")),
    )
    op.create_table(
        "version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_version_statement_id_statement")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_version_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("statement_id", "number", name=op.f("uq_version_statement_id_number")),
    )

    make_triggers()


def downgrade() -> None:
    for table in (
        "version",
        "unsaved",
        "override",
        "identity",
        "cosponsor",
        "consent",
        "tie_to_record",
        "tie_to_item",
        "statement",
        "reprisal",
        "language_proposal",
        "follow_up",
        "event",
        "engagement",
        "contact",
        "case_file",
        "access",
        "record",
        "person",
        "change",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("refuse", "override_refuses_delete", "version_refuses_delete"):
            op.execute(f"DROP FUNCTION {name}()")


def make_triggers() -> None:
    """The database itself refuses to change what only grows; dropping a table drops its triggers."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, (called, unless) in ONLY_GROWS.items():
        for action in ("UPDATE", "DELETE"):
            says = f"{called} is never {'changed' if action == 'UPDATE' else 'deleted'}."
            name, when = f"{table}_refuses_{action.lower()}", f"BEFORE {action} ON {table} FOR EACH ROW"
            if not on_postgresql:
                only = f"WHEN NOT {unless} " if unless and action == "DELETE" else ""
                op.execute(f"CREATE TRIGGER {name} {when} {only}BEGIN SELECT RAISE(ABORT, '{says}'); END")
            elif unless and action == "DELETE":
                # A condition of a trigger cannot look into another table there, a function can.
                op.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {unless} THEN "
                    f"RETURN OLD; END IF; RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; "
                    "END $$"
                )
                op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
            else:
                op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION refuse('{says}')")
        if on_postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION refuse('{called} is never deleted.')"
            )
