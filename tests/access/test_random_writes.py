"""Whatever people write who are not named, they never read who a contact is, nor anything that is restricted, nor what
is internal at a mission at which they have no role.

Random writes through every public door by nobody and by colleagues of another mission with every role, with the
identifiers of all rows in their hands; then all that they can read is looked through for a canary, which stands in
every hidden text.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from itertools import count
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.clock import TODAY_VARIABLE, now
from calendar_model.documents.item_note import briefing_note
from calendar_model.documents.note import Reader
from calendar_model.feeds import ROUTES
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.tables.reader import TableSheet
from calendar_model.imports.templates.engagements import EngagementTemplate
from calendar_model.mission import access_requests, sample, subscriptions
from calendar_model.mission.coverage import coverage
from calendar_model.mission.missions import add_mission
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.reference import Reference
from calendar_model.store import history
from calendar_model.store.database import WorkspaceError, current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    USUAL_ROLES,
    Base,
    Case,
    Change,
    Consent,
    Contact,
    Engagement,
    FollowUp,
    Identity,
    LanguageProposal,
    Person,
    Record,
    Reprisal,
    Statement,
    new_id,
)
from calendar_model.store.session import UnscopedQueryError, WorkspaceSession
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, Role, StatementFormat, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from tests.conftest import TODAY

pytestmark = [
    pytest.mark.usefixtures("either_database"),
    # What is written makes no sense on purpose.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

MARK = "qzcanary"
ITEM = "session-HRC64"
REASON = "A reason that is long enough."
REFUSED = (
    Refused, ImportRefused, SQLAlchemyError, UnscopedQueryError, WorkspaceError, ValueError, TypeError, AttributeError,
    LookupError,
)  # fmt: skip
"""How what is nonsense is turned down: by a rule, by the database, or by Python before it comes to either."""

KINDS: tuple[type[Any], ...] = tuple(
    sorted(
        {mapper.class_ for mapper in Base.registry.mappers} - {Change, Record}, key=lambda kind: str(kind.__tablename__)
    )
)
RECORDS: tuple[type[Record], ...] = tuple(kind for kind in KINDS if issubclass(kind, Record))

_numbers = count()


# --- What there is


@dataclass
class There:
    """The people, and the rows written since they came."""

    owner: Viewer
    writers: tuple[Viewer, ...]
    since: int
    number: int
    records: list[str]

    def ids(self, session: WorkspaceSession, kind: type[Any]) -> list[str]:
        """The rows of a kind that were written since, the first one first, also those that nobody sees any more."""
        if not kind.KEEPS_HISTORY:
            return sorted(session.scalars(select(kind.id).execution_options(everything=True)))
        lines = select(Change.row_id).where(Change.number > self.since)
        if kind is not Record:
            lines = lines.where(Change.table == kind.__tablename__)
        else:
            lines = lines.where(Change.row_id == Change.record_id)
        written = session.scalars(lines.order_by(Change.number).execution_options(everything=True))
        return list(dict.fromkeys(written))

    def kinds(self, session: WorkspaceSession) -> list[type[Any]]:
        """The kinds of which there are rows."""
        tables = select(Change.table).where(Change.number > self.since).distinct()
        written = set(session.scalars(tables.execution_options(everything=True)))
        return [kind for kind in KINDS if kind.__tablename__ in written or not kind.KEEPS_HISTORY]


def prepare() -> There:
    """Records of every sort that somebody keeps, hidden from others, with a canary in each."""
    with reading(ANONYMOUS) as session:
        last = select(sa.func.max(Change.number)).execution_options(everything=True)
        since = session.scalar(last) or 0
    number = next(_numbers)
    ours, theirs = (add_mission(OPERATOR, f"{name} {number}") for name in ("Ours", "Theirs"))
    owner = member(save(OPERATOR, Person, {"name": f"Owner {number}"}))
    given = {(role, theirs) for role in USUAL_ROLES}
    one, two = (member(save(OPERATOR, Person, {"name": f"{name} {number}", "given": given})) for name in ("One", "Two"))
    # With an administrator nobody else changes who is active, and who has which role.
    others = [
        member(save(OPERATOR, Person, {"name": f"{role} {number}", "given": {(role, at)}}))
        for role, at in (
            (Role.CLEARER, theirs),
            (Role.ADMINISTRATOR, None),
            (Role.AUDITOR, None),
            (Role.READER, theirs),
        )
    ]
    restricted = Sensitivity.RESTRICTED
    met: dict[str, Any] = {"on": TODAY, "engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE}

    def keep(kind: type[Record], title: str, links: Sequence[str] = (), **values: Any) -> str:
        title = f"{title} {number}"
        if values.get("sensitivity") is restricted and kind is not Engagement:
            title = f"{MARK} {title}"
        return save(owner, kind, {"title": title, **values}, items=[ITEM], links=links)

    organisation = keep(Contact, "Organisation", contact_kind=ContactKind.ORGANISATION)
    defender = keep(Contact, "Defender", contact_kind=ContactKind.DEFENDER, sensitivity=restricted)
    case = keep(Case, "Case", [defender], suggested_by=Suggester.CIVIL_SOCIETY, sensitivity=restricted)
    reprisal = keep(Reprisal, "Reprisal", [case], account=MARK, sensitivity=restricted)
    statement = keep(
        Statement, "Statement", [case], voice=Voice.JOINT, format=StatementFormat.STATEMENT, sensitivity=restricted
    )
    keep(LanguageProposal, "Proposal", text="Text", wording=MARK, sensitivity=restricted)
    keep(Engagement, "Open", [organisation], **met)
    keep(Engagement, "Hidden", [defender], **met, outcome=MARK, sensitivity=restricted)
    with writing(owner) as session:
        session.add_all(Identity(contact_id=id_, name=MARK, channel=MARK) for id_ in (organisation, defender))
        session.add(Consent(contact_id=defender, to_what=MARK, given_on=TODAY, taken_by_id=owner.person_id))
        session.add_all(
            FollowUp(record_id=id_, what=MARK, due=TODAY, owner_id=owner.person_id) for id_ in (case, reprisal)
        )
    commands.save_text(owner, statement, MARK, language="en", based_on=0)
    commands.keep_unsaved(owner, statement, f"{MARK} typed", language="en", based_on=1)
    lowered = keep(Engagement, "Lowered", **met, outcome=MARK, sensitivity=restricted)
    values = {"title": f"Lowered {number}", "outcome": "", "sensitivity": Sensitivity.INTERNAL}
    save(owner, Engagement, values, record_id=lowered, seen=1, reason=REASON)
    deleted = keep(Engagement, "Deleted", **met, outcome=MARK, sensitivity=restricted)
    with writing(owner, REASON) as session:
        session.delete(session.get_one(Engagement, deleted))
    internal = keep(Engagement, f"{MARK} Internal", **met, outcome=MARK, mission_id=ours)
    proposal = keep(LanguageProposal, f"{MARK} Internal", text="Text", wording=MARK, mission_id=ours)
    with writing(owner) as session:
        session.add(FollowUp(record_id=internal, what=MARK, due=TODAY, owner_id=owner.person_id))
    gone = keep(Engagement, f"{MARK} Gone", **met, outcome=MARK, mission_id=ours)
    with writing(owner, REASON) as session:
        session.delete(session.get_one(Engagement, gone))
    mine = {"title": f"Mine {number}", **met}
    save(one, Engagement, mine)
    save(two, Case, {"title": f"Mine {number}", "suggested_by": Suggester.MINISTRY})
    hidden = [organisation, defender, case, reprisal, statement, lowered, deleted, internal, proposal, gone]
    return There(owner, (one, two, ANONYMOUS, *others), since, number, hidden)


# --- What is written

Act = tuple[int, int, int, int, int]
"""What is done, to a row of which kind, which one, in which column, with what: numbers, each taken as far as it goes."""

numbers = st.integers(0, 63)
acts = st.lists(st.tuples(numbers, numbers, numbers, numbers, numbers), min_size=1, max_size=3)
DOORS = (*("orm",) * 12, *("save",) * 6, "ask", "grant", "import", "subscribe", "sample")
writes = st.lists(
    st.tuples(st.sampled_from(DOORS), st.sampled_from((0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6)), acts, st.booleans()),
    min_size=20,
    max_size=40,
)


def pick(some: Sequence[Any], number: int) -> Any:
    if not some:
        raise LookupError("there is none")
    return some[number % len(some)]


def value(session: WorkspaceSession, there: There, column: sa.Column[Any], number: int) -> Any:
    """A value that a column could hold: for a reference any row, for a term half the time only its text."""
    for key in column.foreign_keys:
        table = key.column.table.name
        kind = Record if table == "record" else next(one for one in KINDS if one.__tablename__ == table)
        return pick(there.ids(session, kind), number)
    if isinstance(column.type, sa.Enum):
        term = pick(list(column.type.python_type), number)
        return term if number % 2 else str(term.value)
    python: type[Any] = column.type.python_type
    if issubclass(python, Enum):
        return pick(list(python), number)
    if issubclass(python, datetime):
        return now()
    if issubclass(python, date):
        return TODAY
    if issubclass(python, time):
        return time(12)
    if issubclass(python, bool):
        return bool(number % 2)
    if issubclass(python, int):
        return number % 3
    return new_id() if column.primary_key else f"Written {number}"


def row_of(session: WorkspaceSession, there: There, kind: type[Any], number: int) -> Any:
    """A row as one has it who knows its identifier, whatever the session may read."""
    found = select(kind).where(kind.id == pick(there.ids(session, kind), number))
    row = session.scalars(found.execution_options(everything=True)).one_or_none()
    if row is None:
        raise LookupError("it is gone")
    return row


def new_row(session: WorkspaceSession, there: There, kind: type[Any], number: int) -> Any:
    mapper = sa.inspect(kind)
    values: dict[str, Any] = {}
    for shift, attribute in enumerate(mapper.column_attrs):
        column: Any = attribute.columns[0]
        is_given = not column.nullable and (column.foreign_keys or column.default is None)
        # Only where it is that of another row; of a record it is that of the table above.
        is_made = attribute.key in ("id", "kind", "version") and (kind in RECORDS or not column.foreign_keys)
        if is_made or (not is_given and (number + shift) % 3):
            continue
        values[attribute.key] = value(session, there, column, number + shift)
    return kind(**values)


def act_on(session: WorkspaceSession, there: There, act: Act) -> Any:
    """One operation of the ORM; gives the objects that have to live until they are written."""
    what, which, row, where, number = act
    if what % 5 == 0:
        made = new_row(session, there, pick(KINDS, which), number + row)
        session.add(made)
        return made
    kind = pick(there.kinds(session), which)
    found = row_of(session, there, kind, row)
    mapper = sa.inspect(kind)
    if what % 5 == 1:
        session.delete(found)
    elif what % 5 == 2:
        relation = pick(list(mapper.relationships), where)
        other = (
            row_of(session, there, relation.mapper.class_, number)
            if number % 2
            else new_row(
                session, there, pick([one.class_ for one in relation.mapper.self_and_descendants], row), number
            )
        )
        if relation.uselist:
            getattr(found, relation.key).append(other)
        else:
            setattr(found, relation.key, other)
        return found, other
    else:
        attribute = pick(list(mapper.column_attrs), where)
        setattr(found, attribute.key, value(session, there, attribute.columns[0], number))
    return found


def by_orm(there: There, who: Viewer, some: Sequence[Act], is_flushed: bool) -> None:
    with writing(who, REASON) as session:
        alive = []
        for act in some:
            alive.append(act_on(session, there, act))
            if is_flushed:
                session.flush()


def by_save(there: There, who: Viewer, some: Sequence[Act], is_new: bool) -> None:
    what, which, row, where, number = some[0]
    with reading(ANONYMOUS) as session:
        kind = pick(RECORDS, which)
        ids, people = there.ids(session, Record), there.ids(session, Person)
        columns = [one for one in sa.inspect(kind).column_attrs if one.key not in ("id", "kind", "version", "sample")]
        if is_new:
            made = new_row(session, there, kind, number)
            values = {one.key: getattr(made, one.key) for one in columns if getattr(made, one.key) is not None}
            values.pop("owner_id", None)
            record_id, seen = "", 0
        else:
            record_id = pick(there.ids(session, kind), row)
            changed = [pick(columns, where), pick(columns, where + 7)][: 1 + number % 2]
            values = {one.key: value(session, there, one.columns[0], number) for one in changed}
            version = select(Record.version).where(Record.id == record_id)
            seen = session.scalar(version.execution_options(everything=True)) or 0
    links = [pick(ids, number), pick(ids, row)] if what % 2 else None
    named = [pick(people, number), who.person_id] if what % 3 == 0 else None
    save(who, kind, values, record_id=record_id, seen=seen, links=links, named=named, reason=REASON)


def by_request(there: There, who: Viewer, some: Sequence[Act]) -> None:
    access_requests.request_access(who, pick(there.records, some[0][2]), REASON)


def by_grant(there: There, who: Viewer, some: Sequence[Act]) -> None:
    with reading(ANONYMOUS) as session:
        kind = next(one for one in KINDS if one.__tablename__ == "access_request")
        request = pick(there.ids(session, kind), some[0][2])
    access_requests.grant_access(who, request)


def by_import(there: There, who: Viewer, reference: Reference, table: pd.DataFrame) -> None:
    """A table with the titles and days of what is hidden: none of it is known again by somebody who does not see it."""
    header = ("Title", "Date", "Kind", "Outcome", "Sensitivity")
    titles = [f"{name} {there.number}" for name in ("Hidden", "Deleted", "Lowered", "Open", "Imported")]
    rows = tuple((title, TODAY.isoformat(), "consulted", "Imported", "internal") for title in titles)
    sheet = TableSheet("a.csv", header, rows, tuple(range(2, 2 + len(rows))))
    template = EngagementTemplate()
    plan = plan_table(who, template, sheet, match_columns(template.columns, header), reference=reference, table=table)
    assert MARK not in repr(plan)
    write_table(who, template, plan)


def by_subscription(who: Viewer, some: Sequence[Act]) -> None:
    level = Sensitivity.PUBLIC if some[0][4] % 3 == 0 else Sensitivity.INTERNAL
    subscriptions.create_subscription(who, chosen=Filter(), level=level, follow_ups=level is Sensitivity.INTERNAL)


# --- What is read


def every_value(viewer: Viewer) -> Iterator[tuple[str, object]]:
    """Every column of every row of every mapped class, as a viewer reads it; the history too."""
    with reading(viewer) as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                for attribute in mapper.column_attrs:
                    yield f"{mapper.class_.__name__}.{attribute.key}", getattr(row, attribute.key)


def found_by(viewer: Viewer, there: There) -> list[str]:
    """Where a viewer reads a canary."""
    found = [where for where, value in every_value(viewer) if MARK in str(value)]
    with reading(viewer) as session:
        for record_id in there.records:
            lines = history.of_record(session, record_id)
            found += ["history" for line in lines if MARK in f"{line.before}{line.after}{line.reason}"]
        found += ["deleted" for one in history.deleted(session) if MARK in f"{one.title}{one.reason}"]
    found += ["requests" for one in access_requests.list_open_requests(viewer) if MARK in f"{one.title}"]
    return sorted(set(found))


def documents_of(viewer: Viewer, reference: Reference, table: pd.DataFrame) -> str:
    """The dossier as a note, and the coverage, as texts."""
    with reading(viewer) as session:
        reader = Reader("One", viewer.person_id, TODAY, "Europe/Zurich")
        note = zipfile.ZipFile(io.BytesIO(briefing_note(session, ITEM, reference, table, reader)))
        parts = [note.read(name).decode("utf-8", "replace") for name in note.namelist()]
        covered: str = coverage(session, table, reference, TODAY).to_csv()
    return "\n".join([*parts, covered])


def feeds_of(viewer: Viewer) -> str:
    client = TestClient(Starlette(routes=ROUTES))
    token = subscriptions.create_subscription(viewer, follow_ups=True)
    answers = [client.get(f"/feeds/{path}") for path in ("calendar.ics", f"item/{ITEM}.ics", f"mine/{token}.ics")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    return "\n".join(answer.text for answer in answers)


def test_who_is_not_named_reads_nothing_hidden_whatever_they_write(
    reference: Reference, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, TODAY.isoformat())
    done: Counter[str] = Counter()
    last: list[There] = []

    def through(door: str, there: There, who: Viewer, some: Sequence[Act], also: bool) -> None:
        if door == "orm":
            by_orm(there, who, some, also)
        elif door == "save":
            by_save(there, who, some, also)
        elif door == "ask":
            by_request(there, who, some)
        elif door == "grant":
            by_grant(there, who, some)
        elif door == "import":
            by_import(there, who, reference, table)
        elif door == "subscribe":
            by_subscription(who, some)
        elif sample.loaded():
            sample.remove()
        else:
            sample.load(table, TODAY)

    @settings(
        max_examples=9,
        deadline=None,
        derandomize=True,
        database=None,
        # To find a shorter example would take minutes; the one that is found is printed, and comes again.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(writes)
    def write_and_read(written: list[tuple[str, int, list[Act], bool]]) -> None:
        there = prepare()
        last[:] = [there]
        for door, who, some, also in written:
            with suppress(*REFUSED):
                through(door, there, there.writers[who], some, also)
                done[door] += 1
        for viewer in (*there.writers, Viewer("", Sensitivity.INTERNAL)):
            assert found_by(viewer, there) == []

    write_and_read()
    (there,) = last
    for viewer in there.writers[:2]:
        assert MARK not in documents_of(viewer, reference, table)
        assert MARK not in feeds_of(viewer)
    # What is hidden is there, and there were writes enough that came through.
    assert {"Identity.name", "Contact.title", "Change.after", "history"} <= set(found_by(there.owner, there))
    assert MARK in documents_of(there.owner, reference, table)
    assert set(done) == set(DOORS) - {"grant"}
    assert done["orm"] > 3
    assert verify(current_workspace()).problems == ()
