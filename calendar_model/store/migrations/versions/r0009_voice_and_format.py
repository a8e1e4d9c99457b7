"""A statement says who speaks apart from its format; a UPR recommendation, the State's answer and what came of it.

Lines of the history keep the column ``form``, which held both: they are never changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("voice", "format"):
        op.add_column("statement", sa.Column(name, sa.String(length=40), nullable=False, server_default=""))
    op.add_column("statement", sa.Column("upr_response", sa.String(length=40), nullable=True))
    op.add_column("statement", sa.Column("upr_implementation", sa.Text(), nullable=False, server_default=""))
    # "national" and "joint" said who speaks, and left the debate open.
    op.execute(
        "UPDATE statement SET voice = CASE WHEN form = 'joint' THEN 'joint' ELSE 'national' END, "
        "format = CASE WHEN form IN ('national', 'joint') THEN 'statement' ELSE form END"
    )
    op.drop_column("statement", "form")


def downgrade() -> None:
    # Who speaks is lost but for a national and a joint statement, as are the answers of States.
    op.add_column("statement", sa.Column("form", sa.String(length=40), nullable=False, server_default=""))
    op.execute(
        "UPDATE statement SET form = CASE WHEN format NOT IN ('statement', 'panel-discussion') THEN format "
        "WHEN voice = 'national' THEN 'national' ELSE 'joint' END"
    )
    for name in ("voice", "format", "upr_response", "upr_implementation"):
        op.drop_column("statement", name)
