"""What the archive gets of a record: its columns, all that belongs to it, and its history, as its reader sees them.

What is linked is named and not given: each record is archived by itself. Identities of contacts, which can be erased,
and unsaved texts are never archived.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.checks import column_values
from calendar_model.mission.records import WHOLE
from calendar_model.store import history
from calendar_model.store.models import (
    Base,
    Case,
    Identity,
    Imported,
    ItemLink,
    Person,
    Presence,
    Record,
    RecordLink,
    Reprisal,
    Statement,
    Unsaved,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind

ARCHIVED_KINDS = (RecordKind.STATEMENT, RecordKind.CASE, RecordKind.REPRISAL)
"""The kinds of record that can be exported for the archive."""

_LEFT_OUT = (Identity, Imported, ItemLink, Presence, RecordLink, Unsaved)
"""Rows that belong to records and are not given, or given in another form."""


@dataclass(frozen=True)
class ArchivedText:
    """A saved text of a statement: its number, language and words."""

    number: int
    language: str
    text: str


@dataclass(frozen=True)
class ArchivedLine:
    """A line of the history: ``before`` and ``after`` as JSON, ``by`` the person's name; empty where none wrote."""

    number: int
    at: datetime
    by: str
    action: str
    table: str
    row_id: str
    before: str
    after: str
    reason: str
    digest: str


@dataclass(frozen=True)
class ArchiveContent:
    """What the archive gets. ``columns`` are those of the record, ``parts`` the rows that belong to it, by table.

    ``items`` are identifiers of the calendar, ``linked`` kinds and titles of other records, ``people`` the names behind
    identifiers. ``day`` is when it was delivered, closed or last changed; ``as_of`` the instant of the last line of the
    history, by which the same state gives the same bytes.
    """

    record_id: str
    kind: RecordKind
    title: str
    day: date
    as_of: datetime
    columns: Mapping[str, Any]
    items: tuple[str, ...]
    linked: tuple[tuple[RecordKind, str], ...]
    people: Mapping[str, str]
    parts: Mapping[str, tuple[Mapping[str, Any], ...]]
    texts: tuple[ArchivedText, ...]
    lines: tuple[ArchivedLine, ...]

    @property
    def stem(self) -> str:
        """The beginning of file names: kind, day and a part of the identifier, and never the title."""
        return f"{self.kind.value}-{self.day.isoformat()}-{self.record_id[:8]}"


def archive_content(session: WorkspaceSession, record_id: str) -> ArchiveContent:
    """Return what the archive gets of a record. Raises Refused for one that the reader cannot see, or of another kind.

    Read it in a session of :func:`~calendar_model.mission.reads.reading_for_document`, which notes it.
    """
    record = session.get(Record, record_id, options=WHOLE)
    if record is None:
        raise Refused(Problem("record-gone"))
    if record.kind not in ARCHIVED_KINDS:
        raise Refused(Problem("archive-of-another-kind"))
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name))}
    changes = history.of_record(session, record_id)
    lines = tuple(
        ArchivedLine(
            one.number,
            one.at,
            names.get(one.person_id, ""),
            one.action,
            one.table_now,
            one.row_id,
            one.before,
            one.after,
            one.reason,
            one.hash,
        )
        for one in changes
    )
    parts = {str(kind.__tablename__): rows for kind in _kinds_of_parts() if (rows := _rows(session, kind, record_id))}
    versions = record.versions if isinstance(record, Statement) else ()
    columns = column_values(record)
    return ArchiveContent(
        record_id=record.id,
        kind=record.kind,
        title=record.title,
        day=_day(record),
        as_of=max((one.at for one in changes), default=record.updated_at),
        columns=columns,
        items=tuple(link.item for link in record.items),
        linked=_linked(session, record_id),
        people=_named(names, [columns, *(row for rows in parts.values() for row in rows), *_sides(lines)]),
        parts=parts,
        texts=tuple(ArchivedText(one.number, one.language, one.text) for one in versions),
        lines=lines,
    )


def _day(record: Record) -> date:
    day = None
    if isinstance(record, Statement):
        day = record.delivered_on
    elif isinstance(record, Case):
        day = record.closed_on
    elif isinstance(record, Reprisal):
        day = record.reported_on
    return day or record.updated_at.date()


def _kinds_of_parts() -> list[type[Base]]:
    """The kinds of row that belong to one record: a new one is archived without being named here."""
    kinds = (mapper.class_ for mapper in Base.registry.mappers if mapper.inherits is None)
    found = [kind for kind in kinds if len(kind.VISIBLE_WITH) == 1 and kind not in _LEFT_OUT]
    return sorted(found, key=lambda kind: str(kind.__tablename__))


def _rows(session: WorkspaceSession, kind: type[Base], record_id: str) -> tuple[Mapping[str, Any], ...]:
    (column,) = kind.VISIBLE_WITH
    found = session.scalars(select(kind).where(getattr(kind, column) == record_id)).all()
    rows = [{name: value for name, value in column_values(row).items() if name not in kind.SEALED} for row in found]
    return tuple(sorted(rows, key=_in_order))


def _in_order(row: Mapping[str, Any]) -> tuple[str, int, str]:
    at, number = row.get("at"), row.get("number")
    return at.isoformat() if isinstance(at, datetime) else "", int(number or 0), str(row["id"])


def _linked(session: WorkspaceSession, record_id: str) -> tuple[tuple[RecordKind, str], ...]:
    """The kinds and titles of the linked records that the reader sees, without reading these."""
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        or_(RecordLink.record_id == record_id, RecordLink.other_id == record_id)
    )
    others = {other for pair in session.execute(ends) for other in pair} - {record_id}
    named = (
        select(Record.kind, Record.title).where(Record.id.in_(others)).order_by(Record.kind, Record.title, Record.id)
    )
    return tuple((row.kind, row.title) for row in session.execute(named))


def _sides(lines: Iterable[ArchivedLine]) -> Iterator[Mapping[str, Any]]:
    """The columns in lines of the history, which can name people whom no row names any more."""
    return (json.loads(side) for line in lines for side in (line.before, line.after))


def _named(names: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the people to whom the values of these rows refer."""
    referred: Collection[str] = {value for row in rows for value in row.values() if isinstance(value, str)}
    return {id_: names[id_] for id_ in sorted(referred) if id_ in names}
