"""Access that was asked for lasts for a time, and a request can be refused with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BY = "fk_access_request_refused_by_id_person"


def upgrade() -> None:
    op.add_column("access", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("access_request") as requests:
        requests.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        requests.add_column(sa.Column("refused_by_id", sa.String(length=32), nullable=True))
        requests.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        requests.add_column(sa.Column("refusal", sa.Text(), nullable=False, server_default=""))
        requests.create_foreign_key(_BY, "person", ["refused_by_id"], ["id"])


def downgrade() -> None:
    # Access that lasts for a time becomes access for good, but what has run out ends; refused requests are open again.
    op.execute("DELETE FROM access WHERE until IS NOT NULL AND until <= CURRENT_TIMESTAMP")
    with op.batch_alter_table("access_request") as requests:
        requests.drop_constraint(_BY, type_="foreignkey")
        for name in ("refusal", "refused_at", "refused_by_id", "until"):
            requests.drop_column(name)
    op.drop_column("access", "until")
