"""With each line of the history who could read it when it was written; and requests for access.

Of lines from before, the history itself tells who could: played from its first line, it says at which level each
record was and who had access. Where it does not say, nobody reads the line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_A_TIME = 500
_LEVELS = ("public", "internal", "restricted")
_RECORDS = frozenset(
    {"case_file", "contact", "correction", "engagement", "event", "language_proposal", "reprisal", "statement"}
)
_HASHED = (
    "number", "at", "person_id", "action", "table", "row_id", "record_id", "before", "after", "reason", "previous",
    "layout", "level", "readers",
)  # fmt: skip

_change = sa.table(
    "change",
    sa.column("number", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(
        sa.column(name, sa.Text())
        for name in (
            "person_id", "action", "table", "row_id", "record_id", "before", "after", "reason", "previous", "hash",
            "level", "readers",
        )
    ),
    sa.column("layout", sa.Integer()),
)  # fmt: skip


def upgrade() -> None:
    for column in (
        sa.Column("layout", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("level", sa.String(length=40), nullable=False, server_default="restricted"),
        sa.Column("readers", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("change", column)
    _let_lines_change()
    _fill()
    _keep_lines()
    op.create_table(
        "access_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.String(length=32), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_access_request_record_id_record")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_request_person_id_person")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_access_request_granted_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index(op.f("ix_access_request_record_id"), "access_request", ["record_id"])


def downgrade() -> None:
    op.drop_table("access_request")
    # The program of the layout before says of each line written since that it is not as it was written. Forward again,
    # the history tells anew who could read it.
    for column in ("readers", "level", "layout"):
        op.drop_column("change", column)


def _let_lines_change() -> None:
    on_table = " ON change" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER change_refuses_update{on_table}")


def _keep_lines() -> None:
    says = "The history is never changed."
    refuses = (
        f"EXECUTE FUNCTION refuse('{says}')"
        if op.get_bind().dialect.name == "postgresql"
        else f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )
    op.execute(f"CREATE TRIGGER change_refuses_update BEFORE UPDATE ON change FOR EACH ROW {refuses}")


def _fill() -> None:
    played = _Played()
    filled: list[dict[str, Any]] = []
    for _, lines in groupby(_lines(), key=lambda line: (line["at"], line["person_id"], line["reason"])):
        # Lines of one moment were written together: what one of them opens or closes holds for all of them.
        filled += played.together(list(lines))
        if len(filled) >= _AT_A_TIME:
            _put(filled)
            filled = []
    _put(filled)


def _lines() -> Iterator[dict[str, Any]]:
    number = 0
    while page := (
        op.get_bind()
        .execute(sa.select(_change).where(_change.c.number > number).order_by(_change.c.number).limit(_AT_A_TIME))
        .all()
    ):
        for row in page:
            yield dict(row._mapping)
        number = page[-1].number


def _put(filled: list[dict[str, Any]]) -> None:
    if filled:
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in ("layout", "level", "readers")}
        op.get_bind().execute(sa.update(_change).where(_change.c.number == sa.bindparam("of")).values(values), filled)


class _Played:
    """The history as far as it has been played: the level of each record, and the people with access to it."""

    def __init__(self) -> None:
        self.levels: dict[str, str] = {}
        self.accesses: dict[str, tuple[str, str]] = {}
        self.named: dict[str, set[str]] = {}

    def together(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is to be put into the new columns of lines that were written at one moment."""
        read = [(line, _columns(line["before"]), _columns(line["after"])) for line in lines]
        touched = {id_ for line, before, after in read for id_ in _records(line, before, after)}
        then = {id_: self.protection(id_) for id_ in touched}
        for line, _, after in read:
            self.play(line, after)
        now = {id_: self.protection(id_) for id_ in touched}
        return [_filled(line, *_audience(line, _records(line, b, a), then, now)) for line, b, a in read]

    def protection(self, record_id: str) -> tuple[str, frozenset[str]] | None:
        level = self.levels.get(record_id)
        return None if level is None else (level, frozenset(self.named.get(record_id, ())))

    def play(self, line: dict[str, Any], after: dict[str, Any]) -> None:
        row_id = line["row_id"]
        if line["table"] in _RECORDS:
            if line["action"] == "delete":
                self.levels.pop(row_id, None)
            elif after.get("sensitivity") in _LEVELS:
                self.levels[row_id] = after["sensitivity"]
        elif line["table"] == "access":
            record_id, person_id = self.accesses.pop(row_id, ("", ""))
            self.named.get(record_id, set()).discard(person_id)
            if line["action"] != "delete":
                access = str(after.get("record_id", record_id)), str(after.get("person_id", person_id))
                self.accesses[row_id] = access
                self.named.setdefault(access[0], set()).add(access[1])


def _columns(text: str) -> dict[str, Any]:
    try:
        columns = json.loads(text)
    except ValueError:
        return {}
    return columns if isinstance(columns, dict) else {}


def _records(line: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The records of which a line tells: the one that it names, and the other one of a link."""
    other = {
        str(side["other_id"])
        for side in (before, after)
        if line["table"] in ("tie_to_record", "record_link") and "other_id" in side
    }
    return {*other, line["record_id"]} - {""}


def _audience(
    line: dict[str, Any],
    records: set[str],
    then: dict[str, tuple[str, frozenset[str]] | None],
    now: dict[str, tuple[str, frozenset[str]] | None],
) -> tuple[str, frozenset[str]]:
    sides = [
        moment[id_]
        for id_ in records
        for moment, is_told in ((then, line["action"] != "create"), (now, line["action"] != "delete"))
        if is_told
    ]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return "restricted", frozenset()
    if restricted := [named for level, named in known if level == "restricted"]:
        return "restricted", frozenset.intersection(*restricted)
    return max((level for level, _ in known), key=_LEVELS.index, default="internal"), frozenset()


def _filled(line: dict[str, Any], level: str, persons: frozenset[str]) -> dict[str, Any]:
    readers = f" {' '.join(sorted(persons))} " if persons else ""
    at: datetime = line["at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    newer = line | {"at": at.isoformat(), "layout": 2, "level": level, "readers": readers}
    text = json.dumps([newer[name] for name in _HASHED], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A line that was written in this layout, and has been in the one before since, was hashed with its audience.
    is_newer = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == line["hash"]
    return {"of": line["number"], "new_layout": 2 if is_newer else 1, "new_level": level, "new_readers": readers}
