"""The sample workspace: fictional persons and records around real calendar items, which can be loaded and removed.

Its content is ``data/sample/workspace.json``. Its days are counted from the day of loading, or from an item that is
looked up in the calendar then, so that it makes sense in any year.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.events import item_of
from calendar_model.mission.persons import must_administer
from calendar_model.mission.statements.anchors import anchor
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    Access,
    Base,
    Comment,
    Consent,
    Consultee,
    ConsulteeAnswer,
    Cosponsor,
    FollowUp,
    FurtherKind,
    Identity,
    ItemLink,
    Override,
    Person,
    Record,
    RecordLink,
    RecordTheme,
    Statement,
    Unsaved,
    Version,
    new_id,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Kind, Sensitivity

FILE = Path(__file__).resolve().parents[2] / "data" / "sample" / "workspace.json"

_PARTS = {
    "consents": Consent,
    "cosponsors": Cosponsor,
    "follow_ups": FollowUp,
    "further_kinds": FurtherKind,
    "theme_rows": RecordTheme,
    "versions": Version,
}
_NOON = time(12, tzinfo=UTC)

B = TypeVar("B", bound=Base)


def loaded(workspace: Workspace | None = None) -> bool:
    """Whether the workspace has sample persons."""
    return any(person.sample for person in staff(workspace))


def anchors(table: pd.DataFrame, today: date) -> dict[str, Any]:
    """Return the items of the calendar to which the sample is linked, as rows of ``table`` by the names in the file.

    Each is chosen by its columns in the file (``where``, and ``begins`` for the identifier) and by when it is
    (``which``). An item that the calendar does not have is left out.
    """
    found = {name: _item_for(wanted, table, pd.Timestamp(today)) for name, wanted in _content()["items"].items()}
    return {name: rows.iloc[0] for name, rows in found.items() if not rows.empty}


def _item_for(wanted: Mapping[str, Any], table: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Return the row selected by the file, or none; ``open`` may have begun, ``second`` follows ``next``."""
    rows = table[table["item"].str.startswith(wanted.get("begins", ""))]
    for column, value in wanted["where"].items():
        rows = rows[rows[column] == value]
    rows = rows.sort_values(["start", "title"])
    ahead = rows[rows["start"] > today]
    choices = {
        "open": rows[rows["end"] >= today].head(1),
        "next": ahead.head(1),
        "second": ahead.iloc[1:2],
        "last": rows[rows["start"] <= today].tail(1),
    }
    return choices[wanted["which"]]


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def load(
    table: pd.DataFrame, today: date, workspace: Workspace | None = None, *, by: Viewer = OPERATOR
) -> dict[str, int]:
    """Write the sample in one transaction; return the number of records of each kind, and of persons.

    ``table`` is the calendar, ``today`` the day from which its days count. If the sample is already loaded, nothing is
    written or counted. Raises Refused if ``by`` does not administer the workspace.
    """
    must_administer(by, Subject.SAMPLE, Operation.CREATE, workspace)
    content = _content()
    with writing(ANONYMOUS, "Sample data loaded.", workspace) as session:
        if session.scalar(select(Person.id).where(Person.sample).limit(1).execution_options(everything=True)):
            return {}
        return _SampleLoader(session, anchors(table, today), today, content).load()


def _title_of(row: Any) -> str:
    """The name of an item in a title: the code of a session, otherwise the title."""
    return str(row["session"] if row["kind"] == Kind.SESSION else row["title"])


class _SampleLoader:
    """One run of :func:`load`."""

    def __init__(
        self, session: WorkspaceSession, anchors: Mapping[str, Any], today: date, content: Mapping[str, Any]
    ) -> None:
        self.session, self.anchors, self.today, self.content = session, anchors, today, content
        self.titles = {name: wanted["otherwise"] for name, wanted in content["items"].items()}
        self.titles |= {name: _title_of(row) for name, row in anchors.items()}
        self.persons: dict[str, str] = {}
        self.records: dict[str, Record] = {}

    def load(self) -> dict[str, int]:
        for name, values in self.content["persons"].items():
            person = self.make(Person, values, sample=True)
            person.roles = values["roles"]
            self.persons[name] = person.id
            self.session.add(person)
        self.session.flush()
        for values in self.content["records"]:
            self.records[values["ref"]] = self.record(values)
        for values in self.content["records"]:
            self.link(self.records[values["ref"]], values)
        self.session.add_all(self.records.values())
        self.session.flush()
        for values in self.content["records"]:
            self.override(self.records[values["ref"]], values.get("overrides", ()))
            self.consult(self.records[values["ref"]], values)
        kinds = Counter(str(record.kind) for record in self.records.values())
        return {"person": len(self.persons), **kinds}

    def record(self, values: Mapping[str, Any]) -> Record:
        """A record with the rows that belong to it, but without its links."""
        kind = class_mapper(Record).polymorphic_map[RecordKind(values["kind"])].class_
        record = cast(Record, self.make(kind, values, sample=True))
        for name, part in _PARTS.items():
            # The co-sponsors of an event are a text.
            rows = values.get(name, ()) if name in class_mapper(kind).relationships else ()
            for number, row in enumerate(rows, start=1):
                more = {"number": number} if part is Version else {}
                getattr(record, name).append(self.make(part, row, **self.key_of_owner(part, record), **more))
        if identity := values.get("identity"):
            cast(Any, record).identity = self.make(Identity, identity, contact_id=record.id)
        if record.sensitivity is Sensitivity.RESTRICTED:
            record.named = [Access(record_id=record.id, person_id=person) for person in self.persons.values()]
        return record

    def link(self, record: Record, values: Mapping[str, Any]) -> None:
        """Link a record to others, to items of the calendar, and to the sample's own events, which are items too."""
        for name in values.get("items", ()):
            if name in self.anchors:
                record.items.append(ItemLink(record_id=record.id, item=str(self.anchors[name]["item"])))
            elif name in self.records:
                record.items.append(ItemLink(record_id=record.id, item=item_of(self.records[name].id)))
        for ref in values.get("links", ()):
            record.links.append(RecordLink(record_id=record.id, other=self.records[ref]))

    def override(self, record: Record, overrides: Any) -> None:
        """Write the overrides of a statement: a request before its confirmation, which names it."""
        asked: dict[str, str] = {}
        for values in overrides:
            confirms = {"confirms_id": asked[values["confirms"]]} if "confirms" in values else {}
            override = self.make(Override, values, statement_id=record.id, **confirms)
            asked[values.get("ref", "")] = override.id
            self.session.add(override)
            self.session.flush()

    def consult(self, record: Record, values: Mapping[str, Any]) -> None:
        """Write the consultees of a statement with their answers, and its comments: one before the replies to it."""
        for row in values.get("consultees", ()):
            consultee = self.make(Consultee, row, statement_id=record.id)
            self.session.add(consultee)
            self.session.flush()
            for answer in row.get("answers", ()):
                self.session.add(self.make(ConsulteeAnswer, answer, statement_id=record.id, consultee_id=consultee.id))
        made: dict[str, str] = {}
        for row in values.get("comments", ()):
            more: dict[str, Any] = {"replies_to_id": made[row["replies_to"]]} if "replies_to" in row else {}
            if quote := row.get("quote"):
                version = cast(Statement, record).versions[row["version_number"] - 1]
                at = version.text.index(quote)
                found = anchor(version.text, at, at + len(quote))
                more |= {"prefix": found.prefix, "suffix": found.suffix, "position": at, "language": version.language}
            comment = self.make(Comment, row, statement_id=record.id, **more)
            made[row.get("ref", "")] = comment.id
            self.session.add(comment)
            self.session.flush()

    @staticmethod
    def key_of_owner(part: type[Base], record: Record) -> dict[str, str]:
        """The column with the id of the record that a row belongs to."""
        columns = class_mapper(part).columns.keys()
        return {name: record.id for name in ("record_id", "contact_id", "statement_id") if name in columns}

    def make(self, kind: type[B], values: Mapping[str, Any], **more: Any) -> B:
        """A row of a mapped class from its columns in the file; persons and kinds of column as in :meth:`value`."""
        columns = class_mapper(kind).columns
        typed: dict[str, Any] = {"id": new_id()}
        for name, value in values.items():
            if name in columns and name != "kind":
                typed[name] = self.value(columns[name].type.python_type, value)
            elif f"{name}_id" in columns and value in self.persons:
                typed[f"{name}_id"] = self.persons[value]
        return kind(**typed, **more)

    def value(self, kind: type[Any], value: Any) -> Any:
        """A term by its value, days and instants by :meth:`day`, an hour as ISO 8601; texts with titles put in."""
        if issubclass(kind, Enum):
            return kind(value)
        if issubclass(kind, datetime):
            return datetime.combine(self.day(value), _NOON)
        if issubclass(kind, date):
            return self.day(value)
        if issubclass(kind, time):
            return time.fromisoformat(value)
        if isinstance(value, str):
            for name, title in self.titles.items():
                value = value.replace(f"{{{name}}}", title)
        return value

    def day(self, text: str) -> date:
        """A day such as ``today -12`` or ``hrc-session +9``: days from today, or from the start of an item ahead.

        A day counted from an item is tomorrow at the earliest. Weekends are avoided, in the direction away from today.
        """
        anchor, offset = text.rsplit(" ", 1)
        row = self.anchors.get(anchor)
        start = self.today if row is None else row["start"].date()
        day = start + timedelta(days=int(offset))
        if anchor != "today":
            day = max(day, self.today + timedelta(days=1))
        if day.weekday() > 4:
            day += timedelta(days=7 - day.weekday() if day > self.today else 4 - day.weekday())
        return day


def remove(workspace: Workspace | None = None, *, by: Viewer = OPERATOR) -> dict[str, int]:
    """Delete the sample in one transaction; return the number of records of each kind, and of persons.

    The rows that belong to its records are deleted with them. Records of the staff stay; sample persons in them are
    replaced by the record's owner, or removed. Raises Refused if ``by`` does not administer the workspace.
    """
    must_administer(by, Subject.SAMPLE, Operation.DELETE, workspace)
    with writing(ANONYMOUS, "Sample data removed.", workspace) as session:
        persons = _all(session, Person, Person.sample)
        ids = [person.id for person in persons]
        records = _all(session, Record, Record.sample)
        _release_persons(session, ids)
        kinds = Counter(str(record.kind) for record in records)
        for record in records:
            session.delete(record)
        session.flush()
        for person in persons:
            session.delete(person)
        return {"person": len(persons), **kinds} if persons else dict(kinds)


def _all(session: WorkspaceSession, kind: type[B], *where: Any) -> list[B]:
    return list(session.scalars(select(kind).where(*where).execution_options(everything=True)))


def _release_persons(session: WorkspaceSession, persons: list[str]) -> None:
    """Replace or remove sample persons in records of the staff."""
    for statement in _all(session, Statement, Statement.waiting_for_id.in_(persons), ~Statement.sample):
        statement.waiting_for_id = None
    for unsaved in _all(session, Unsaved, Unsaved.person_id.in_(persons)):
        session.delete(unsaved)
    mine = _owners(session, FollowUp.record_id, FollowUp.owner_id.in_(persons))
    for follow_up in _all(session, FollowUp, FollowUp.record_id.in_(mine), FollowUp.owner_id.in_(persons)):
        follow_up.owner_id = mine[follow_up.record_id]
    mine = _owners(session, Consent.contact_id, Consent.taken_by_id.in_(persons))
    for consent in _all(session, Consent, Consent.contact_id.in_(mine), Consent.taken_by_id.in_(persons)):
        consent.taken_by_id = mine[consent.contact_id]
    mine = _owners(session, Access.record_id, Access.person_id.in_(persons))
    named: dict[str, set[str]] = {}
    accesses = _all(session, Access, Access.record_id.in_(mine))
    for access in accesses:
        named.setdefault(access.record_id, set()).add(access.person_id)
    for access in accesses:
        if access.person_id not in persons:
            continue
        owner = mine[access.record_id]
        if named[access.record_id] <= set(persons) and owner not in named[access.record_id]:
            # Otherwise no one could open the record.
            access.person_id = owner
            named[access.record_id].add(owner)
        else:
            session.delete(access)
    session.flush()


def _owners(session: WorkspaceSession, column: Any, naming: Any) -> dict[str, str]:
    """Records of the staff to which such rows belong, with their owners."""
    asked = select(Record.id, Record.owner_id).join(column.class_, column == Record.id).where(naming, ~Record.sample)
    return {row.id: row.owner_id for row in session.execute(asked.execution_options(everything=True))}
