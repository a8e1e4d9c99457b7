"""Several missions share an installation: roles hold at one or at all of them, and records belong to one or to all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_GIVEN = {"person_role": ("person_id", "role"), "role_group": ("name", "role")}
"""The tables of roles, with the columns that were unique in each."""


def upgrade() -> None:
    op.create_table(
        "mission",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mission"),
    )
    for table in ("person", "record"):
        # Both databases understand this, so that SQLite need not make a table with all records anew.
        reference = f"CONSTRAINT fk_{table}_mission_id_mission REFERENCES mission (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN mission_id VARCHAR(32) {reference}")
    for table, columns in _GIVEN.items():
        named = "_".join(columns)
        with op.batch_alter_table(table) as given:
            given.add_column(sa.Column("mission_id", sa.String(length=32), nullable=True))
            given.create_foreign_key(f"fk_{table}_mission_id_mission", "mission", ["mission_id"], ["id"])
            given.drop_constraint(f"uq_{table}_{named}", type_="unique")
            given.create_unique_constraint(f"uq_{table}_{named}_mission_id", [*columns, "mission_id"])
        everywhere = sa.text("mission_id IS NULL")
        op.create_index(
            f"ix_{table}_{named}", table, columns, unique=True, sqlite_where=everywhere, postgresql_where=everywhere
        )


def downgrade() -> None:
    # A role at one mission would become one at all of them, and internal records of a mission would be open to all.
    for table, column in (("person_role", "mission_id"), ("record", "mission_id")):
        if op.get_bind().exec_driver_sql(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1").first():
            raise RuntimeError("The workspace has roles or records of a mission, which the earlier layout cannot hold.")
    op.execute("DELETE FROM role_group WHERE mission_id IS NOT NULL")
    for table, columns in _GIVEN.items():
        named = "_".join(columns)
        op.drop_index(f"ix_{table}_{named}", table)
        with op.batch_alter_table(table) as given:
            given.drop_constraint(f"uq_{table}_{named}_mission_id", type_="unique")
            given.drop_constraint(f"fk_{table}_mission_id_mission", type_="foreignkey")
            given.drop_column("mission_id")
            given.create_unique_constraint(f"uq_{table}_{named}", [*columns])
    for table in ("person", "record"):
        op.drop_column(table, "mission_id")
    op.drop_table("mission")
