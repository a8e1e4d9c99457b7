"""Saved filters as subscriptions, where an event was taken from, calendars of others, corrections of the reference."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVING = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_subscription_living", table_name="subscription")
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("name", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("query", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("level", sa.String(length=40), nullable=False, server_default="internal"))
        table.add_column(sa.Column("alarm_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
    op.create_table(
        "imported",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["event.id"], name=op.f("fk_imported_record_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported")),
        sa.UniqueConstraint("record_id", name=op.f("uq_imported_record_id")),
    )
    op.create_index(op.f("ix_imported_uid"), "imported", ["uid"])
    op.create_index(op.f("ix_imported_source"), "imported", ["source"])
    op.create_table(
        "correction",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_correction_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_table(
        "remote_calendar",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("event_kind", sa.String(length=40), nullable=False),
        sa.Column("sensitivity", sa.String(length=40), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_remote_calendar_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_calendar")),
    )
    op.create_index(op.f("ix_remote_calendar_person_id"), "remote_calendar", ["person_id"])
    op.create_table(
        "remote_visit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["remote_calendar.id"], name=op.f("fk_remote_visit_id_remote_calendar"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_visit")),
    )


def downgrade() -> None:
    # What came in stays as events of the mission's own; where it came from is lost, as are corrections and addresses.
    op.drop_table("remote_visit")
    op.drop_table("remote_calendar")
    op.execute("DELETE FROM tie_to_item WHERE record_id IN (SELECT id FROM correction)")
    op.drop_table("correction")
    for hangs_on in ("access", "follow_up"):
        op.execute(f"DELETE FROM {hangs_on} WHERE record_id IN (SELECT id FROM record WHERE kind = 'correction')")
    op.execute("DELETE FROM record WHERE kind = 'correction'")
    op.drop_table("imported")
    # Of the addresses of one person only the newest can live on in the layout before.
    op.execute(
        "UPDATE subscription SET revoked_at = created_at WHERE revoked_at IS NULL AND EXISTS (SELECT 1 FROM "
        "subscription AS newer WHERE newer.person_id = subscription.person_id AND newer.revoked_at IS NULL "
        "AND (newer.created_at, newer.id) > (subscription.created_at, subscription.id))"
    )
    with op.batch_alter_table("subscription") as table:
        for column in ("expires_on", "alarm_days", "level", "query", "name"):
            table.drop_column(column)
    op.create_index(
        "ix_subscription_living",
        "subscription",
        ["person_id"],
        unique=True,
        sqlite_where=_LIVING,
        postgresql_where=_LIVING,
    )
