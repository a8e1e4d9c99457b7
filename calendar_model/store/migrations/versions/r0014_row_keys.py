"""Values of sealed columns can be encrypted, each with a key of its own that is destroyed with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "row_key",
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("column_name", sa.String(length=40), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("row_id", "column_name", name="pk_row_key"),
    )


def downgrade() -> None:
    # Without its key an encrypted value could never be read again.
    if op.get_bind().exec_driver_sql("SELECT 1 FROM row_key LIMIT 1").first() is not None:
        raise RuntimeError("The workspace has encrypted values, whose keys the earlier layout cannot hold.")
    op.drop_table("row_key")
