"""Persons have roles, in place of the one right to clear statements; and groups of the sign-in give them.

Everybody becomes an editor and a case officer, and who might clear a clearer as well. What somebody might do is read
from the history and not from the row, so that a forged row gives nobody a role. Each role gets its line of the
history. Roles that the history has from before a step back come back as they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from calendar_model.clock import now

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REASON = "Roles take the place of the right to clear statements."
_HASHED = (
    "number", "at", "person_id", "action", "table", "row_id", "record_id", "before", "after", "reason", "previous",
    "layout", "level", "readers",
)  # fmt: skip
_TEXTS = tuple(name for name in (*_HASHED, "hash") if name not in ("number", "at", "layout"))

_change = sa.table(
    "change",
    sa.column("number", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("layout", sa.Integer()),
    *(sa.column(name, sa.Text()) for name in _TEXTS),
)
_person = sa.table("person", sa.column("id", sa.Text()), sa.column("roles_changed_at", sa.DateTime(timezone=True)))
_person_role = sa.table("person_role", *(sa.column(name, sa.Text()) for name in ("id", "person_id", "role", "source")))
_role_group = sa.table("role_group", *(sa.column(name, sa.Text()) for name in ("id", "name", "role")))


def upgrade() -> None:
    op.create_table(
        "person_role",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_role_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_person_role"),
        sa.UniqueConstraint("person_id", "role", name="uq_person_role_person_id_role"),
    )
    op.create_index("ix_person_role_role", "person_role", ["role"])
    op.create_table(
        "role_group",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role_group"),
        sa.UniqueConstraint("name", "role", name="uq_role_group_name_role"),
    )
    op.add_column("person", sa.Column("roles_changed_at", sa.DateTime(timezone=True), nullable=True))
    _give_roles()
    op.drop_column("person", "may_clear")


def downgrade() -> None:
    # Who may clear is kept; the other roles, and the groups, are left to the history.
    op.add_column("person", sa.Column("may_clear", sa.Boolean(), nullable=False, server_default=sa.false()))
    clears = "id IN (SELECT person_id FROM person_role WHERE role = 'clearer')"
    truth = "true" if op.get_bind().dialect.name == "postgresql" else "1"
    op.execute(f"UPDATE person SET may_clear = {truth} WHERE {clears}")
    op.drop_column("person", "roles_changed_at")
    op.drop_table("role_group")
    op.drop_table("person_role")


def _give_roles() -> None:
    connection = op.get_bind()
    told = _told()
    roles, groups, persons = told["person_role"], told["role_group"], told["person"]
    if roles:
        connection.execute(sa.insert(_person_role), list(roles.values()))
    if groups:
        connection.execute(sa.insert(_role_group), list(groups.values()))
    known = {row["person_id"] for row in roles.values()}
    made: list[dict[str, str]] = []
    for (person_id,) in connection.execute(sa.select(_person.c.id).order_by(_person.c.id)).all():
        was = persons.get(person_id, {})
        if was.get("roles_changed_at"):
            at = {"roles_changed_at": datetime.fromisoformat(was["roles_changed_at"])}
            connection.execute(sa.update(_person).where(_person.c.id == person_id).values(at))
        if person_id not in known:
            given = ("case-officer", "editor", *(("clearer",) if was.get("may_clear") else ()))
            made += [{"id": uuid4().hex, "person_id": person_id, "role": role, "source": "hand"} for role in given]
    if made:
        connection.execute(sa.insert(_person_role), made)
        connection.execute(sa.insert(_change), list(_lines(connection, made)))


def _told() -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of persons, roles and groups as the history has them, by table and identifier."""
    told: dict[str, dict[str, dict[str, Any]]] = {"person": {}, "person_role": {}, "role_group": {}}
    columns = (_change.c.table, _change.c.row_id, _change.c.action, _change.c.after)
    lines = sa.select(*columns).where(_change.c.table.in_(told)).order_by(_change.c.number)
    for table, row_id, action, after in op.get_bind().execute(lines):
        if action == "delete":
            told[table].pop(row_id, None)
        else:
            told[table].setdefault(row_id, {}).update(json.loads(after))
    return told


def _lines(connection: sa.Connection, made: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    last = connection.execute(
        sa.select(_change.c.number, _change.c.hash).order_by(_change.c.number.desc()).limit(1)
    ).first()
    number, previous = (last.number, last.hash) if last is not None else (0, "0" * 64)
    at = now()
    for row in made:
        number += 1
        line = {
            "number": number,
            "at": at,
            "person_id": "",
            "action": "create",
            "table": "person_role",
            "row_id": row["id"],
            "record_id": "",
            "before": "{}",
            "after": _canonical(row),
            "reason": _REASON,
            "previous": previous,
            "layout": 2,
            "level": "internal",
            "readers": "",
        }
        hashed = {**line, "at": at.astimezone(UTC).isoformat()}
        line["hash"] = previous = hashlib.sha256(_canonical([hashed[name] for name in _HASHED]).encode()).hexdigest()
        yield line


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
