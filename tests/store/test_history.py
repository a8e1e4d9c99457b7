"""The history: a line for every change, holding what the row held, in a chain that gives the present when played."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model import clock
from calendar_model.store.database import Workspace
from calendar_model.store.history import START, line_hash, of_item, of_record, plain, present, replay, verify
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Change,
    Consent,
    Contact,
    Cosponsor,
    Engagement,
    Event,
    FollowUp,
    Identity,
    ItemLink,
    LanguageProposal,
    Person,
    Record,
    RecordLink,
    Reprisal,
    Statement,
    Version,
)
from calendar_model.terms import (
    ContactKind,
    CosponsorStanding,
    EngagementForm,
    EngagementKind,
    EventKind,
    StatementFormat,
    StatementState,
    Suggester,
    Voice,
)
from calendar_model.vocabulary import Sensitivity, Standing
from tests.store.conftest import a_statement, an_engagement, reading, writing


def lines(workspace: Workspace, after: int = 0) -> list[Change]:
    with reading(workspace) as session:
        return list(session.scalars(select(Change).where(Change.number > after).order_by(Change.number)))


def told(line: Change) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    return line.action, line.table, json.loads(line.before), json.loads(line.after)


def assert_plays(workspace: Workspace) -> None:
    """Played again, the history gives the present."""
    with workspace.snapshot() as connection:
        assert replay(connection) == present(connection)
    assert verify(workspace).problems == ()


# --- What a line holds


def test_a_new_row_is_kept_with_what_the_database_fills_in(workspace: Workspace, person: Person) -> None:
    began = clock.now()
    event = Event(
        title="Side event",
        sensitivity=Sensitivity.PUBLIC,
        owner_id=person.id,
        event_kind=EventKind.SIDE_EVENT,
        start=date(2026, 11, 24),
        end=date(2026, 11, 24),
        start_time=time(13, 15),
        created_at=datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=1))),
    )
    with writing(workspace, actor=person.id, reason="Asked for by the capital") as session:
        session.add(event)
        session.commit()
    (line,) = lines(workspace, after=1)
    assert told(line) == (
        "create",
        "event",
        {},
        {
            "id": event.id,
            "kind": "event",
            "title": "Side event",
            "sensitivity": "public",
            "owner_id": person.id,
            "mission_id": None,
            "created_at": "2026-11-20T08:00:00+00:00",
            "updated_at": event.updated_at.isoformat(),
            "sample": False,
            "version": 1,
            "event_kind": "side-event",
            "body": "",
            "start": "2026-11-24",
            "end": "2026-11-24",
            "start_time": "13:15:00",
            "end_time": None,
            "timezone": "",
            "standing": "provisional",
            "location": "",
            "room": "",
            "request_due": None,
            "organisers": "",
            "cosponsors": "",
            "programme": "",
            "defenders_speak": False,
            "moved": 0,
        },
    )
    assert (line.person_id, line.reason, line.row_id, line.record_id) == (
        person.id,
        "Asked for by the capital",
        event.id,
        event.id,
    )
    assert began <= line.at <= clock.now()


def test_what_is_hung_on_a_record_names_it(workspace: Workspace, person: Person) -> None:
    contact = Contact(title="Defender 014", sensitivity=Sensitivity.RESTRICTED, owner_id=person.id)
    contact.contact_kind = ContactKind.DEFENDER
    contact.consents.append(Consent(to_what="Named in a statement", given_on=date(2026, 11, 1), taken_by_id=person.id))
    statement = a_statement(person)
    statement.versions.append(Version(number=1, text="Mr President,", written_by_id=person.id))
    statement.cosponsors.append(Cosponsor(country="CRI"))
    statement.items.append(ItemLink(item="hrc-resolution-HRC67"))
    statement.named.append(Access(person_id=person.id))
    statement.follow_ups.append(FollowUp(what="Send it round", due=date(2026, 12, 1), owner_id=person.id))
    statement.links.append(RecordLink(other=contact))
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    found = {line.table: line for line in lines(workspace, after=1)}
    assert {table: line.record_id for table, line in found.items()} == {
        "contact": contact.id,
        "consent": contact.id,
        "statement": statement.id,
        "version": statement.id,
        "cosponsor": statement.id,
        "item_link": statement.id,
        "access": statement.id,
        "follow_up": statement.id,
        "record_link": statement.id,
    }
    link = statement.links[0]
    assert json.loads(found["record_link"].after) == {
        "id": link.id,
        "record_id": statement.id,
        "other_id": contact.id,
    }
    assert json.loads(found["cosponsor"].after)["standing"] == "asked"
    assert_plays(workspace)


def test_an_edit_is_kept_as_the_columns_that_changed_in_either_table(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
        first = statement.updated_at
        statement.title, statement.state = "Item 4", StatementState.DRAFT
        session.commit()
        second = statement.updated_at
        statement.speaking_seconds = 90
        session.commit()
    assert [told(line) for line in lines(workspace, after=2)] == [
        (
            "update",
            "statement",
            {"title": "Item 3, general debate", "state": "idea", "version": 1, "updated_at": first.isoformat()},
            {"title": "Item 4", "state": "draft", "version": 2, "updated_at": second.isoformat()},
        ),
        (
            "update",
            "statement",
            {"speaking_seconds": None, "version": 2, "updated_at": second.isoformat()},
            {"speaking_seconds": 90, "version": 3, "updated_at": statement.updated_at.isoformat()},
        ),
    ]


def test_an_edit_of_what_was_never_read_is_kept_with_what_it_was(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        session.add(a_statement(person, lead="The desk"))
        session.commit()
    with writing(workspace) as session:
        record = session.scalars(select(Record)).one()
        assert isinstance(record, Statement)
        assert "lead" in sa.inspect(record).unloaded
        record.lead = "The mission"
        session.commit()
    before, after = (json.loads(text) for line in lines(workspace, after=2) for text in (line.before, line.after))
    assert (before["lead"], after["lead"]) == ("The desk", "The mission")


def test_what_is_set_to_what_it_was_is_no_change(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    with writing(workspace) as session:
        again = session.get_one(Statement, statement.id)
        again.title = "Something else"
        again.title = statement.title
        again.state = StatementState.IDEA
        session.commit()
    assert [line.action for line in lines(workspace)] == ["create", "create"]


def test_what_is_set_to_what_it_was_unread_is_no_change_either(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        session.add(a_statement(person, lead="The desk"))
        session.commit()
    with writing(workspace) as session:
        record = session.scalars(select(Record)).one()
        assert isinstance(record, Statement)
        assert "lead" in sa.inspect(record).unloaded
        record.lead, record.speaking_seconds, record.state = "The desk", None, StatementState.IDEA
        session.commit()
        assert (record.lead, record.version) == ("The desk", 1)
    assert [line.action for line in lines(workspace)] == ["create", "create"]
    assert_plays(workspace)


def test_what_hangs_on_a_record_does_not_change_it(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
        statement.items.append(ItemLink(item="hrc-resolution-HRC67"))
        session.commit()
    assert [line.table for line in lines(workspace, after=2)] == ["item_link"]
    assert statement.version == 1


def test_what_goes_with_a_deleted_record_is_kept(workspace: Workspace, person: Person) -> None:
    contact = Contact(title="Defender 014", sensitivity=Sensitivity.RESTRICTED, owner_id=person.id)
    contact.contact_kind, contact.identity = ContactKind.DEFENDER, Identity(name="CANARY")
    engagement = an_engagement(person, links=[RecordLink(other=contact)], items=[ItemLink(item="one")])
    with writing(workspace) as session:
        session.add(engagement)
        session.commit()
    with writing(workspace, reason="Asked to be forgotten") as session:
        session.delete(session.get_one(Contact, contact.id))
        session.commit()
    gone = lines(workspace, after=6)
    assert sorted((line.action, line.table, line.reason) for line in gone) == [
        ("delete", "contact", "Asked to be forgotten"),
        ("delete", "identity", "Asked to be forgotten"),
        ("delete", "record_link", "Asked to be forgotten"),
    ]
    assert_plays(workspace)


def test_what_is_taken_off_a_record_is_kept(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person, items=[ItemLink(item="one"), ItemLink(item="two")])
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
        statement.items = [link for link in statement.items if link.item == "two"]
        session.commit()
    (line,) = lines(workspace, after=4)
    assert (line.action, line.table, json.loads(line.before)["item"]) == ("delete", "item_link", "one")
    assert_plays(workspace)


def test_a_row_put_in_the_place_of_another_is_an_edit(workspace: Workspace, person: Person) -> None:
    link = ItemLink(id="t", item="one")
    with writing(workspace) as session:
        session.add(a_statement(person, items=[link]))
        session.commit()
        session.delete(link)
        session.add(ItemLink(id="t", item="two", record_id=link.record_id))
        session.commit()
    (line,) = lines(workspace, after=3)
    assert told(line) == ("update", "item_link", {"item": "one"}, {"item": "two"})
    assert_plays(workspace)


def test_of_what_is_rolled_back_no_line_remains(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        session.add(a_statement(person))
        session.flush()
        session.rollback()
        session.add(a_statement(person, "Kept"))
        with session.begin_nested() as savepoint:
            session.add(a_statement(person, "Not kept"))
            session.flush()
            savepoint.rollback()
        session.commit()
    found = lines(workspace)
    assert [line.number for line in found] == [1, 2]
    assert json.loads(found[1].after)["title"] == "Kept"
    assert_plays(workspace)


# --- Names


def test_a_name_is_in_the_history_only_as_a_digest_that_dies_with_it(workspace: Workspace, person: Person) -> None:
    contact = Contact(title="Defender 014", sensitivity=Sensitivity.RESTRICTED, owner_id=person.id)
    contact.contact_kind = ContactKind.DEFENDER
    contact.identity = identity = Identity(name="CANARY", channel="CANARY +47", notes="CANARY’s sister")
    with writing(workspace) as session:
        session.add(contact)
        session.commit()
        salt = identity.salt
        identity.name = "CANARY II"
        session.commit()
        assert verify(workspace).problems == ()
        contact.identity = None
        session.commit()
    with workspace.snapshot() as connection:
        kept = str(connection.execute(sa.text("SELECT * FROM change")).all())
    assert "CANARY" not in kept
    assert salt not in kept

    def sealed(value: str) -> dict[str, str]:
        return {"sealed": hashlib.sha256((salt + value).encode()).hexdigest()}

    created, changed, deleted = (line for line in lines(workspace) if line.table == "identity")
    assert json.loads(created.after)["name"] == sealed("CANARY")
    assert told(changed)[2:] == (
        {"name": sealed("CANARY"), "version": 1},
        {"name": sealed("CANARY II"), "version": 2},
    )
    assert json.loads(deleted.before)["notes"] == sealed("CANARY’s sister")
    assert [line.record_id for line in (created, changed, deleted)] == [contact.id] * 3
    assert_plays(workspace)


# --- Reading it


def test_a_records_history_is_all_that_was_done_to_it(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person, items=[ItemLink(item="hrc-resolution-HRC67")])
    other = an_engagement(person, items=[ItemLink(item="upr-NOR-3")])
    with writing(workspace) as session:
        session.add_all([statement, other])
        session.commit()
        statement.state = StatementState.DRAFT
        session.commit()
    with reading(workspace) as session:
        assert [(line.action, line.table) for line in of_record(session, statement.id)] == [
            ("create", "statement"),
            ("create", "item_link"),
            ("update", "statement"),
        ]
        assert [line.number for line in of_item(session, "hrc-resolution-HRC67")] == [
            line.number for line in of_record(session, statement.id)
        ]
        assert {line.record_id for line in of_item(session, "upr-NOR-3")} == {other.id}
        assert of_item(session, "nowhere") == []


# --- Any sequence of changes

TITLES = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
DAYS = st.dates(date(1998, 1, 1), date(2030, 12, 31))
INDEX = st.integers(0, 30)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(0, 6), TITLES, DAYS),
        st.tuples(st.just("edit"), INDEX, TITLES, DAYS),
        st.tuples(st.just("tie"), INDEX, INDEX),
        st.tuples(st.just("hang"), INDEX, st.integers(0, 5), TITLES, DAYS),
        st.tuples(st.just("delete"), INDEX),
        st.tuples(st.just("take off"), INDEX),
        st.tuples(st.sampled_from(["flush", "commit", "roll back", "leave"])),
    ),
    max_size=25,
)


def make(kind: int, person: Person, title: str, day: date) -> Record:
    common: dict[str, Any] = {"title": title, "owner_id": person.id, "sensitivity": Sensitivity.INTERNAL}
    return (
        lambda: Event(event_kind=EventKind.PANEL, start=day, end=day, standing=Standing.HELD, **common),
        lambda: Contact(contact_kind=ContactKind.DEFENDER, identity=Identity(name=title), **common),
        lambda: Engagement(engagement_kind=EngagementKind.INVITED, on=day, form=EngagementForm.PHONE, **common),
        lambda: Statement(voice=Voice.JOINT, format=StatementFormat.STATEMENT, due=day, sample=True, **common),
        lambda: LanguageProposal(text=title, wording="defenders", **common),
        lambda: Case(suggested_by=Suggester.DEFENDER, risk_weighed_on=day, **common),
        lambda: Reprisal(alleged_on=day, account=title, **common),
    )[kind]()


def edit(record: Record, title: str, day: date) -> None:
    record.title = title
    if isinstance(record, Event):
        record.end, record.start_time = day, time(day.day % 24, day.month)
    elif isinstance(record, Contact) and record.identity is not None:
        record.identity.name = title
    elif isinstance(record, Statement):
        record.delivered_on, record.cleared_at = day, datetime(day.year, day.month, day.day, tzinfo=UTC)
    elif isinstance(record, Case):
        record.before_on = None if record.before_on == day else day


def hang(record: Record, what: int, title: str, day: date, person: Person) -> None:
    if what == 0 and not record.named:
        record.named.append(Access(person_id=person.id))
    elif what == 1 and title not in [link.item for link in record.items]:
        record.items.append(ItemLink(item=title))
    elif what == 2:
        record.follow_ups.append(FollowUp(what=title, due=day, owner_id=person.id))
    elif what == 3 and isinstance(record, Statement):
        record.versions.append(Version(number=len(record.versions) + 1, text=title, written_by_id=person.id))
    elif what == 4 and isinstance(record, Statement) and title not in [c.country for c in record.cosponsors]:
        record.cosponsors.append(Cosponsor(country=title, standing=CosponsorStanding.JOINED))
    elif what == 5 and isinstance(record, Contact):
        record.consents.append(Consent(to_what=title, given_on=day, taken_by_id=person.id))


def play(workspace: Workspace, person: Person, steps: list[tuple[Any, ...]]) -> None:
    """Does what the steps say, in sessions like those of the pages."""
    every = select(Record).order_by(Record.created_at, Record.id)
    session = writing(workspace, actor=person.id)
    try:
        for step, *rest in steps:
            records = list(session.scalars(every))
            if step == "create":
                kind, title, day = rest
                session.add(make(kind, person, title, day))
            elif step == "flush":
                session.flush()
            elif step == "commit":
                session.commit()
            elif step == "roll back":
                session.rollback()
            elif step == "leave":
                session.commit()
                session.close()
                session = writing(workspace, actor=person.id)
            elif records:
                record = records[rest[0] % len(records)]
                if step == "edit":
                    _, title, day = rest
                    edit(record, title, day)
                elif step == "hang":
                    _, what, title, day = rest
                    hang(record, what, title, day, person)
                elif step == "take off":
                    record.items, record.follow_ups = record.items[1:], record.follow_ups[1:]
                elif step == "tie":
                    other = records[rest[1] % len(records)]
                    if other not in [link.other for link in record.links]:
                        record.links.append(RecordLink(other=other))
                elif step == "delete":
                    session.delete(record)
                    session.commit()
                    session.close()
                    session = writing(workspace, actor=person.id)
        session.commit()
    finally:
        session.close()


@given(steps=STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_was_done_the_history_gives_the_present(
    workspace: Workspace, person: Person, steps: list[tuple[Any, ...]]
) -> None:
    play(workspace, person, steps)
    assert_plays(workspace)


# --- Tampering


def tamper(workspace: Workspace, *statements: str | sa.Executable) -> None:
    """Does past the application what these statements say, with the database's own guards out of the way."""
    with workspace.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
            for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                driver.execute(f"DROP TRIGGER {name}")
        with connection.begin():
            if not on_sqlite:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for some in statements:
                connection.execute(sa.text(some) if isinstance(some, str) else some)
        if on_sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def filled(workspace: Workspace, person: Person) -> Statement:
    """A workspace with something in every table of which there is a history, but overrides."""
    statement = a_statement(person, versions=[Version(number=1, text="Mr President,", written_by_id=person.id)])
    with writing(workspace, actor=person.id, reason="To begin with") as session:
        session.add(statement)
        others = [make(kind, person, f"Number {kind}", date(2026, 11, 24)) for kind in range(7)]
        session.add_all(others)
        statement.links = [RecordLink(other=other) for other in others]
        for what in range(6):
            for record in (statement, *others):
                hang(record, what, "x", date(2026, 12, 1), person)
        session.commit()
        statement.state = StatementState.DRAFT
        session.commit()
        session.delete(others[2])
        session.commit()
    return statement


def test_a_changed_line_is_found(workspace: Workspace, filled: Statement) -> None:
    tamper(workspace, "UPDATE change SET reason = 'Another' WHERE number = 3")
    assert verify(workspace).problems == ("Change 3 in the history has been altered.",)


def test_a_changed_line_whose_hash_was_made_to_fit_is_found(workspace: Workspace, filled: Statement) -> None:
    (line,) = (line for line in lines(workspace) if line.number == 3)
    names = [column.name for column in Change.__table__.columns if column.name != "hash"]
    values = {name: plain(getattr(line, name)) for name in names} | {"reason": "Another"}
    tamper(workspace, sa.update(Change).values(reason="Another", hash=line_hash(values)).where(Change.number == 3))
    assert verify(workspace).problems == ("Change 4 in the history does not follow from the one before it.",)


def test_a_missing_line_is_found(workspace: Workspace, filled: Statement) -> None:
    (line,) = (line for line in lines(workspace) if line.action == "update")
    tamper(workspace, f"DELETE FROM change WHERE number = {line.number}")
    assert verify(workspace).problems == (
        f"The history has a gap: change {line.number} is missing.",
        f"state, updated_at, version of statement {filled.id} does not match the history: it was changed outside it.",
    )


def test_a_cut_off_end_is_found_by_the_rows(workspace: Workspace, filled: Statement) -> None:
    (line,) = (line for line in lines(workspace) if line.action == "update")
    tamper(workspace, f"DELETE FROM change WHERE number >= {line.number}")
    problems = verify(workspace).problems
    assert (
        f"state, updated_at, version of statement {filled.id} does not match the history: it was changed outside it."
        in (problems)
    )
    assert [problem for problem in problems if problem.endswith("it was deleted outside the history.")] != []


def test_a_cut_off_beginning_is_found(workspace: Workspace, filled: Statement) -> None:
    tamper(workspace, "DELETE FROM change WHERE number <= 2")
    assert verify(workspace).problems[0] == "The history has a gap: changes 1 to 2 are missing."


def test_the_last_lines_hash_tells_two_histories_apart(workspace: Workspace, filled: Statement) -> None:
    verdict = verify(workspace)
    last = lines(workspace)[-1]
    assert (verdict.clean, verdict.lines, verdict.head) == (True, last.number, last.hash)
    assert lines(workspace)[0].previous == START


def test_an_edit_past_the_application_is_found(workspace: Workspace, filled: Statement) -> None:
    tamper(workspace, f"UPDATE record SET title = 'Another' WHERE id = '{filled.id}'")
    assert verify(workspace).problems == (
        f"title of statement {filled.id} does not match the history: it was changed outside it.",
    )


def test_an_edit_past_the_application_is_found_after_another_through_it(
    workspace: Workspace, filled: Statement
) -> None:
    tamper(workspace, f"UPDATE record SET title = 'Another' WHERE id = '{filled.id}'")
    with writing(workspace) as session:
        session.get_one(Statement, filled.id).title = "A third"
        session.commit()
    number = lines(workspace)[-1].number
    assert verify(workspace).problems == (
        f"Change {number} in the history does not match the earlier state of statement {filled.id}, which was changed outside the history before it.",
    )


def test_a_row_put_in_past_the_application_is_found(workspace: Workspace, filled: Statement) -> None:
    tamper(workspace, f"INSERT INTO item_link (id, record_id, item) VALUES ('t', '{filled.id}', 'y')")
    assert verify(workspace).problems == (
        "The history has no entry for item_link t: it was added outside the history.",
    )


def test_a_row_taken_out_past_the_application_is_found(workspace: Workspace, filled: Statement) -> None:
    version = filled.versions[0].id
    tamper(workspace, f"DELETE FROM version WHERE id = '{version}'")
    assert verify(workspace).problems == (
        f"The row of version {version} is missing: it was deleted outside the history.",
    )


def test_half_a_record_is_found(workspace: Workspace, filled: Statement) -> None:
    tamper(workspace, f"DELETE FROM statement WHERE id = '{filled.id}'")
    assert verify(workspace).problems == (
        f"The row of statement {filled.id} is missing: it was deleted outside the history.",
        f"Part of record {filled.id} is missing: it was deleted outside the history.",
    )


def test_of_very_many_problems_a_hundred_are_named(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        session.add_all(an_engagement(person, str(number)) for number in range(120))
        session.commit()
    tamper(workspace, "UPDATE engagement SET place = 'Elsewhere'")
    problems = verify(workspace).problems
    assert (len(problems), problems[-1]) == (101, "And 20 more.")


def cells(connection: sa.Connection, table: sa.Table) -> list[tuple[sa.Column[Any], Any, Any]]:
    """Every cell of a table: column, key of the row, and the value as the driver gives it."""
    (key,) = table.primary_key
    found = []
    for column in table.columns:
        rows = connection.execute(select(key, sa.type_coerce(column, sa.types.NullType())).order_by(key))
        found += [(column, row_id, value) for row_id, value in rows]
    return found


def another(value: Any, column: sa.Column[Any], dialect: str) -> Any:
    """A value that the column can hold and that is not the same."""
    kind = column.type.python_type
    if kind is bool:
        return not value
    if kind is int:
        return (value or 0) + 1_000_000
    if issubclass(kind, datetime):
        moved = (value if isinstance(value, datetime) else None) or datetime(2001, 2, 3, tzinfo=UTC)
        return (moved + timedelta(microseconds=1)) if dialect == "postgresql" else "2001-02-03 04:05:06.000007"
    if issubclass(kind, date):
        return date(1999, 9, 9) if dialect == "postgresql" else "1999-09-09"
    if issubclass(kind, time):
        return time(1, 2, 3) if dialect == "postgresql" else "01:02:03.000000"
    text = str(value or "")
    return text[:-1] + ("x" if not text.endswith("x") else "y")


@given(which=st.integers(0, 30), cell=st.integers(0, 1000))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_cell_changed_past_the_application_is_found(
    workspace: Workspace, filled: Statement, which: int, cell: int
) -> None:
    assert verify(workspace).problems == ()
    kept = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.KEEPS_HISTORY}
    tables = sorted((table for table in (*kept, Change.__table__) if isinstance(table, sa.Table)), key=lambda t: t.name)
    table = tables[which % len(tables)]
    with workspace.engine.connect() as connection:
        choice = cells(connection, table)
        if not choice:
            return
        column, row_id, value = choice[cell % len(choice)]
        new = another(value, column, connection.dialect.name)
    (key,) = table.primary_key
    put = sa.text(f'UPDATE "{table.name}" SET "{column.name}" = :value WHERE "{key.name}" = :key')
    put = put.bindparams(sa.bindparam("value", type_=sa.types.NullType()))
    tamper(workspace, put.bindparams(value=new, key=row_id))
    assert verify(workspace).problems != ()
    tamper(workspace, put.bindparams(value=value, key=new if column is key else row_id))
    assert verify(workspace).problems == ()


# --- Columns that are younger than a row


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_row_that_is_older_than_a_column_may_be_changed_and_deleted(
    workspace: Workspace, person: Person, is_deleted: bool
) -> None:
    """As where a migration has given ``post`` to a person who was entered before."""
    with workspace.writing() as connection:
        on_table = " ON change" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER change_refuses_update{on_table}")
        (row,) = connection.execute(select(*(getattr(Change, one.key) for one in sa.inspect(Change).column_attrs)))
        line = dict(row._mapping)
        after = json.loads(line["after"])
        del after["post"]
        line["after"] = json.dumps(after, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        line["hash"] = line_hash({name: plain(value) for name, value in line.items()})
        connection.execute(sa.update(Change).values(**line))
    assert verify(workspace).problems == ()
    with writing(workspace, actor=person.id) as session:
        one = session.get_one(Person, person.id)
        if is_deleted:
            session.delete(one)
        else:
            one.post = "New York"
        session.commit()
    assert verify(workspace).problems == ()
