"""Links are called links: ``item_link`` and ``record_link``.

Lines of the history keep the name of the table under which they were written: they are never changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _item_links("item_link", taken_from="tie_to_item")
    _record_links("record_link", taken_from="tie_to_record")


def downgrade() -> None:
    # The program of the layout before finds no rows for the lines of the history that were written since.
    _item_links("tie_to_item", taken_from="item_link")
    _record_links("tie_to_record", taken_from="record_link")


def _item_links(name: str, *, taken_from: str) -> None:
    # A table of its own and not a renamed one, because SQLite renames no constraint.
    op.create_table(
        name,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f(f"fk_{name}_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("record_id", "item", name=op.f(f"uq_{name}_record_id_item")),
    )
    op.execute(f"INSERT INTO {name} (id, record_id, item) SELECT id, record_id, item FROM {taken_from}")
    op.drop_table(taken_from)
    op.create_index(op.f(f"ix_{name}_item"), name, ["item"])


def _record_links(name: str, *, taken_from: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["record.id"], name=op.f(f"fk_{name}_other_id_record")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f(f"fk_{name}_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("record_id", "other_id", name=op.f(f"uq_{name}_record_id_other_id")),
    )
    op.execute(f"INSERT INTO {name} (id, record_id, other_id) SELECT id, record_id, other_id FROM {taken_from}")
    op.drop_table(taken_from)
    op.create_index(op.f(f"ix_{name}_other_id"), name, ["other_id"])
