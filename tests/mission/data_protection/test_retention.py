"""Retention: each kind of record is due on its day and not before, never while something is open, for its readers only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import ANY_STAFF, OPERATOR, Viewer, member
from calendar_model.access.roles import DELETED_ONCE_DUE, RECORD_SUBJECTS, Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.messages.data_protection import COUNTED_FROM, PURPOSES
from calendar_model.mission.contacts import record_consent, withdraw_consent
from calendar_model.mission.data_protection.retention import (
    LEAST_MONTHS,
    MOST_MONTHS,
    RULES,
    CountedFrom,
    due_record,
    due_records,
    extensions_of,
    keep_longer,
    periods,
    set_period,
)
from calendar_model.mission.documents import enter_reference
from calendar_model.mission.records import delete_record, deleted_records
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import undo
from calendar_model.store.database import current_workspace, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    Access,
    Case,
    Contact,
    Engagement,
    Event,
    FollowUp,
    Identity,
    LanguageProposal,
    Person,
    Record,
    RecordLink,
    Reprisal,
    RetentionExtension,
    Statement,
    Version,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    RecordKind,
    ReprisalState,
    Role,
    StatementFormat,
    StatementState,
    Step,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for

REASON = "Its retention has ended."
THEN = date(2020, 2, 29)
"""A day of the past from which periods count."""
Make = Callable[[Viewer], str]


@pytest.fixture
def me(request: pytest.FixtureRequest) -> Viewer:
    if "either_database" in request.fixturenames:
        request.getfixturevalue("either_database")
    return member(save(OPERATOR, Person, {"name": "Desk"}))


@pytest.fixture
def administrator() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Administrator", "roles": {Role.ADMINISTRATOR}}))


def stand_on(day: date) -> None:
    """Have all that follows happen on another day; ``_today_again`` ends it."""
    _patch.setenv(TODAY_VARIABLE, day.isoformat())


_patch = pytest.MonkeyPatch()


@pytest.fixture(autouse=True)
def _today_again() -> Any:
    yield
    _patch.undo()


def engagement(who: Viewer, on: date = THEN, **more: Any) -> str:
    values = {"engagement_kind": EngagementKind.CONSULTED, "on": on, "form": EngagementForm.ONLINE}
    return save(who, Engagement, {"title": "Met", **values}, **more)


def event(who: Viewer) -> str:
    values = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": THEN, "end": THEN}
    return save(who, Event, {"title": "Event", **values})


def contact(kind: ContactKind) -> Make:
    return lambda who: save(who, Contact, {"title": "Code 1", "contact_kind": kind})


def proposal(who: Viewer) -> str:
    return save(who, LanguageProposal, {"title": "Language", "text": "A text", "wording": "Defenders"})


def case(who: Viewer, **more: Any) -> str:
    return save(who, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY, "closed_on": THEN, **more})


def reprisal(who: Viewer) -> str:
    closed = {"state": ReprisalState.CLOSED, "reported_to": "OHCHR", "reported_on": THEN, "response": "None"}
    return save(who, Reprisal, {"title": "Reprisal 1", "alleged_on": THEN, **closed})


def dropped(who: Viewer) -> str:
    made = save(who, Statement, {"title": "Statement", "format": StatementFormat.STATEMENT})
    save(who, Statement, {"state": StatementState.DROPPED}, record_id=made, seen=1)
    return made


CASES: list[tuple[Subject, Make, date, int]] = [
    # Kind, how one is made on the 29th of February 2020, the first day of its period, its months.
    (Subject.ENGAGEMENT, engagement, THEN, 60),
    (Subject.EVENT, event, THEN, 36),
    (Subject.LANGUAGE, proposal, THEN, 120),
    (Subject.ORGANISATION, contact(ContactKind.ORGANISATION), THEN, 60),
    (Subject.DEFENDER, contact(ContactKind.DEFENDER), THEN, 36),
    (Subject.CASE, case, THEN, 60),
    (Subject.REPRISAL, reprisal, THEN, 60),
    (Subject.STATEMENT, dropped, THEN, 120),
]


@pytest.mark.parametrize(("subject", "make", "since", "months"), CASES, ids=[str(one[0]) for one in CASES])
def test_a_record_is_due_on_its_day_and_not_the_day_before(
    me: Viewer, subject: Subject, make: Make, since: date, months: int
) -> None:
    stand_on(THEN)
    made = make(me)
    # The 29th of February has no anniversary in most years: the period then ends on the 28th.
    day = (pd.Timestamp(since) + pd.DateOffset(months=months)).date()
    stand_on(day - timedelta(days=1))
    assert due_records(me) == []
    if subject in DELETED_ONCE_DUE:
        with refused_for("not-due-before"):
            delete_record(me, kind_of(subject), made, seen=version(made), reason=REASON)
    stand_on(day)
    (found,) = due_records(me)
    assert (found.record_id, found.subject, found.since, found.months, found.due) == (made, subject, since, months, day)
    assert due_record(me, made) == found
    assert found.needs_archive == (subject in (Subject.CASE, Subject.REPRISAL))
    if found.needs_archive:
        with refused_for("not-archived"):
            delete_record(me, found.kind, made, seen=found.version, reason=REASON)
        enter_reference(me, made, "2026/17")
    delete_record(me, found.kind, made, seen=found.version, reason=REASON)
    assert due_records(me) == []
    assert [one.record_id for one in deleted_records(me)] == [made]
    assert verify(current_workspace()).problems == ()


def kind_of(subject: Subject) -> RecordKind:
    return RecordKind(subject)


def version(record_id: str) -> int:
    with reading(OPERATOR) as session:
        found = select(Record.version).where(Record.id == record_id).execution_options(everything=True)
        return int(session.scalars(found).one())


def test_every_kind_of_record_has_its_rule_and_its_sentences() -> None:
    assert set(RULES) == set(RECORD_SUBJECTS) == set(PURPOSES)
    assert {subject for subject, rule in RULES.items() if rule.months is None} == {Subject.CORRECTION}
    assert all(rule.months is None or LEAST_MONTHS <= rule.months <= MOST_MONTHS for rule in RULES.values())
    assert set(CountedFrom) == set(COUNTED_FROM)
    assert {one[0] for one in CASES} == set(RULES) - {Subject.CORRECTION}


@pytest.mark.usefixtures("either_database")
def test_a_statement_counts_from_its_delivery_and_goes_with_its_texts_and_overrides(me: Viewer) -> None:
    clearer = member(save(OPERATOR, Person, {"name": "Head", "roles": {Role.CLEARER, Role.EDITOR}}))
    stand_on(THEN)
    named = [me.person_id, clearer.person_id]
    raised = case(me, closed_on=None)
    save(me, Case, {}, record_id=raised, seen=1, named=named)
    values = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    made = commands.start_statement(me, values, text="Mr President,", named=named, links=[raised])
    commands.keep_unsaved(clearer, made, text="Typed", language="en", based_on=1)
    asked = commands.ask_override(me, made, Step.CLEAR, "There is no time.")
    commands.confirm_override(clearer, asked, "I agree that it cannot wait.")
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(clearer, made, state, seen=1, on=THEN)
    save(me, Case, {"after_on": THEN, "after_with": "defender", "after_note": "Safe.", "closed_on": THEN},
         record_id=raised, seen=version(raised))  # fmt: skip
    stand_on(THEN.replace(year=2030, day=27))
    assert [one.record_id for one in due_records(me)] == [raised]
    stand_on(THEN.replace(year=2030, day=28))
    assert [one.record_id for one in due_records(me)] == [raised]
    with refused_for("not-due-blocked"):
        delete_record(me, RecordKind.STATEMENT, made, seen=version(made), reason=REASON)
    commands.review_override(clearer, asked, "It could not wait, and nobody came to harm.", seen=1)
    assert {one.record_id for one in due_records(me)} == {made, raised}
    with refused_for("not-archived"):
        delete_record(me, RecordKind.STATEMENT, made, seen=version(made), reason=REASON)
    enter_reference(me, made, "2026/17")
    assert {one.record_id: one.needs_archive for one in due_records(me)} == {made: False, raised: True}
    done = delete_record(me, RecordKind.STATEMENT, made, seen=version(made), reason=REASON)
    with reading(me) as session:
        assert session.scalars(select(Version.id).execution_options(everything=True)).all() == []
    assert verify(current_workspace()).problems == ()
    undo(me, done)
    with reading(me) as session:
        assert [one.number for one in session.get_one(Statement, made).versions] == [1]
        assert len(session.get_one(Statement, made).overrides) == 2
        assert [one.version_number for one in session.get_one(Statement, made).override_reviews] == [1]
    assert verify(current_workspace()).problems == ()


def test_nothing_is_made_ripe_for_deletion_in_the_session_that_deletes_it(me: Viewer) -> None:
    stand_on(THEN)
    open_, closed = case(me, closed_on=None), case(me, closed_on=THEN)
    for made, code, column, value in (
        (open_, "not-due-while-open", "closed_on", THEN.replace(year=2000)),
        (closed, "not-due-before", "closed_on", THEN.replace(year=2000)),
    ):
        with refused_for(code), writing(me, REASON) as session, session.no_autoflush:
            row = session.get_one(Case, made)
            setattr(row, column, value)
            session.delete(row)
    head = member(save(OPERATOR, Person, {"name": "Head", "roles": {Role.CLEARER, Role.EDITOR}}))
    values = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    said = commands.start_statement(me, values, text="Mr President,")
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(head, said, state, seen=1, on=THEN)
    stand_on(THEN.replace(year=2036))
    with refused_for("not-archived"), writing(me, REASON) as session, session.no_autoflush:
        statement = session.get_one(Statement, said)
        statement.state = StatementState.DROPPED
        session.delete(statement)


@pytest.mark.parametrize("state", [StatementState.IDEA, StatementState.DRAFT, StatementState.CONSULTATION])
def test_a_statement_before_its_delivery_is_never_due(me: Viewer, state: StatementState) -> None:
    stand_on(THEN)
    made = commands.start_statement(me, {"title": "Item 4", "format": StatementFormat.STATEMENT}, text="Thanks.")
    if state is StatementState.CONSULTATION:
        commands.move(me, made, state, seen=1)
    stand_on(TODAY.replace(year=2050))
    assert due_records(me) == []
    with refused_for("not-due-while-open"):
        delete_record(me, RecordKind.STATEMENT, made, seen=version(made), reason=REASON)
    with refused_for("text-or-override-removed"), writing(me, REASON) as session:
        session.delete(session.scalars(select(Version)).first())


# --- What blocks


def an_open_follow_up(me: Viewer, record: str) -> Callable[[], object]:
    values = {"record_id": record, "what": "Ask", "due": THEN, "owner_id": me.person_id}
    made = save(me, FollowUp, values)
    return lambda: save(me, FollowUp, {"done_on": THEN, "outcome": "Done"}, record_id=made, seen=1)


def an_open_case(me: Viewer, record: str) -> Callable[[], object]:
    made = case(me, closed_on=None)
    save(me, Case, {}, record_id=made, seen=1, links=[record])
    return lambda: save(me, Case, {"closed_on": THEN}, record_id=made, seen=version(made))


def a_statement_to_be_made(me: Viewer, record: str) -> Callable[[], object]:
    values = {"title": "Item 4", "format": StatementFormat.STATEMENT}
    made = commands.start_statement(me, values, text="Thanks.", links=[record])
    return lambda: save(me, Statement, {"state": StatementState.DROPPED}, record_id=made, seen=version(made))


def an_event_to_come(me: Viewer, record: str) -> Callable[[], object]:
    values = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}
    made = save(me, Event, {"title": "Event", **values}, links=[record])
    return lambda: save(me, Event, {"start": THEN, "end": THEN}, record_id=made, seen=version(made))


def a_coming_item(me: Viewer, record: str) -> Callable[[], object]:
    save(me, Engagement, {}, record_id=record, seen=version(record), items=["session-HRC67"])
    return lambda: save(me, Engagement, {}, record_id=record, seen=version(record), items=["session-HRC12"])


@pytest.mark.parametrize(
    "block", [an_open_follow_up, an_open_case, a_statement_to_be_made, an_event_to_come, a_coming_item]
)
def test_what_is_open_keeps_a_record_until_it_is_over(me: Viewer, block: Callable[[Viewer, str], Any]) -> None:
    made = engagement(me)
    assert [one.record_id for one in due_records(me)] == [made]
    release = block(me, made)
    assert made not in [one.record_id for one in due_records(me)]
    release()
    assert made in [one.record_id for one in due_records(me)]


def test_what_is_open_blocks_the_deletion_of_a_case_also_where_it_is_hidden(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    made = case(me)
    save(me, Case, {}, record_id=made, seen=1, named=[me.person_id, other.person_id])
    hidden = save(other, Reprisal, {"title": "Reprisal 1"}, links=[made])
    assert due_records(me) == []
    with refused_for("not-due-blocked"):
        delete_record(me, RecordKind.CASE, made, seen=version(made), reason=REASON)
    with reading(me) as session:
        assert session.get(Reprisal, hidden) is None


def test_a_contact_is_kept_while_a_consent_is_valid_and_counts_from_the_last_contact(me: Viewer) -> None:
    stand_on(THEN)
    made = contact(ContactKind.DEFENDER)(me)
    record_consent(me, made, to_what="To be named", given_on=THEN, taken_by_id=me.person_id)
    stand_on(TODAY)
    assert due_records(me) == []
    with reading(me) as session:
        consent = session.get_one(Contact, made).consents[0].id
    withdraw_consent(me, made, consent, date(2023, 11, 25))
    assert due_records(me) == []
    stand_on(TODAY + timedelta(days=1))
    assert [(one.record_id, one.since) for one in due_records(me)] == [(made, date(2023, 11, 25))]
    engagement(me, date(2024, 1, 8), links=[made])
    assert due_records(me) == []


def test_the_day_of_a_contact_that_the_reader_cannot_see_is_not_shown(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    stand_on(THEN)
    made = contact(ContactKind.ORGANISATION)(me)
    hidden = engagement(me, THEN + timedelta(days=100), links=[made])
    save(me, Engagement, {"sensitivity": Sensitivity.RESTRICTED}, record_id=hidden, seen=1)
    last = (pd.Timestamp(THEN + timedelta(days=100)) + pd.DateOffset(months=60)).date()
    stand_on(last - timedelta(days=1))
    assert due_records(other) == due_records(me) == []  # The engagement keeps the contact for both.
    stand_on(last)
    shown = [(one.record_id, one.since) for one in due_records(other)]
    assert shown == [(made, THEN)]
    assert [one.since for one in due_records(me) if one.record_id == made] == [THEN + timedelta(days=100)]
    with reading(other) as session:
        assert session.get(Engagement, hidden) is None


def test_nobody_dates_a_change_back_to_delete_at_once(me: Viewer) -> None:
    made = reprisal(me)
    values = {"country": "KEN", "updated_at": datetime.combine(THEN, time(12), UTC)}
    save(me, Reprisal, values, record_id=made, seen=1)
    with refused_for("not-due-before"):
        delete_record(me, RecordKind.REPRISAL, made, seen=version(made), reason=REASON)


# --- For whom


def test_only_those_who_may_delete_a_record_have_it_on_their_list(me: Viewer) -> None:
    others = {role: member(save(OPERATOR, Person, {"name": str(role), "roles": {role}})) for role in Role}
    named = [me.person_id, *(one.person_id for one in others.values())]
    restricted = case(me)
    save(me, Case, {}, record_id=restricted, seen=1, named=named)
    met = engagement(me)
    hidden = engagement(me)
    save(me, Engagement, {"sensitivity": Sensitivity.RESTRICTED}, record_id=hidden, seen=1)
    found = {role: {one.record_id for one in due_records(who)} for role, who in others.items()}
    assert found == {
        **{role: set() for role in Role},
        Role.EDITOR: {met},
        Role.CASE_OFFICER: {restricted},
    }
    assert {one.record_id for one in due_records(me)} == {restricted, met, hidden}
    assert {one.record_id for one in due_records(ANY_STAFF)} == {met}


def test_a_contact_with_an_identity_is_listed_for_people_with_access(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    stand_on(THEN)
    made = contact(ContactKind.ORGANISATION)(me)
    save(me, Identity, {"contact_id": made, "name": "A fictional name"})
    stand_on(TODAY)
    assert [one.record_id for one in due_records(me)] == [made]
    assert due_records(other) == []


# --- Keeping longer, and other periods


def test_a_record_is_kept_longer_with_a_reason_until_a_day(me: Viewer) -> None:
    made = engagement(me)
    later = TODAY + timedelta(days=30)
    for until, reason, code in (
        (later, "", "required"),
        (later, "Short", "extension-without-reason"),
        (TODAY, REASON, "extension-out-of-bounds"),
        (TODAY.replace(year=2040), REASON, "extension-out-of-bounds"),
        (None, REASON, "required"),
    ):
        with refused_for(code):
            keep_longer(me, made, until=until, reason=reason)
    keep_longer(me, made, until=later, reason="An inquiry needs it.")
    assert [(one.until, one.reason, one.person_id) for one in extensions_of(me, made)] == [
        (later, "An inquiry needs it.", me.person_id)
    ]
    stand_on(later - timedelta(days=1))
    assert due_records(me) == []
    with refused_for("extension-changed"), writing(me) as session:
        session.delete(session.scalars(select(RetentionExtension)).one())
    with refused_for("extension-changed"), writing(me) as session:
        session.scalars(select(RetentionExtension)).one().until = TODAY
    stand_on(later)
    (found,) = due_records(me)
    undo(me, delete_record(me, found.kind, made, seen=found.version, reason=REASON))
    assert [one.record_id for one in due_records(me)] == [made]
    assert len(extensions_of(me, made)) == 1
    delete_record(me, found.kind, made, seen=version(made), reason=REASON)


def test_nobody_keeps_what_they_cannot_see(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    made = case(me)
    with refused_for("record-gone"):
        keep_longer(other, made, until=TODAY + timedelta(days=1), reason=REASON)
    keep_longer(me, made, until=TODAY + timedelta(days=1), reason=REASON)
    assert extensions_of(other, made) == []


def test_an_administrator_sets_another_period_within_bounds(me: Viewer, administrator: Viewer) -> None:
    engagement(me, TODAY - timedelta(days=400))
    assert due_records(me) == []
    set_period(administrator, Subject.ENGAGEMENT, 12)
    assert periods(me)[Subject.ENGAGEMENT] == 12
    assert [one.months for one in due_records(me)] == [12]
    set_period(administrator, Subject.ENGAGEMENT, 14)
    assert due_records(me) == []
    for subject, months, code in (
        (Subject.ENGAGEMENT, LEAST_MONTHS - 1, "number-out-of-bounds"),
        (Subject.ENGAGEMENT, MOST_MONTHS + 1, "number-out-of-bounds"),
        (Subject.CORRECTION, 12, "retention-of-nothing"),
        (Subject.IDENTITY, 12, "retention-of-nothing"),
    ):
        with refused_for(code):
            set_period(administrator, subject, months)
    with refused_for("role-needed"):
        set_period(me, Subject.ENGAGEMENT, 24)


# --- Whatever there is


@dataclass(frozen=True)
class Kept:
    """A record to be: a case or an engagement of some age, who is named, what it is linked to, and what is open."""

    level: Sensitivity
    named: frozenset[str]
    months: int
    links: frozenset[int]
    is_open: bool
    has_follow_up: bool


PERSONS = ("one", "two", "three")
kept = st.builds(
    Kept,
    st.sampled_from(list(Sensitivity)),
    st.frozensets(st.sampled_from(PERSONS)),
    st.integers(55, 65),
    st.frozensets(st.integers(0, 5), max_size=2),
    st.booleans(),
    st.booleans(),
)


def fill(session: Session, records: list[Kept]) -> None:
    """Cases and engagements in turn, past all rules."""
    session.add_all(Person(id=person, name=person) for person in PERSONS)
    for number, record in enumerate(records):
        day = (pd.Timestamp(TODAY) - pd.DateOffset(months=record.months)).date()
        common: dict[str, Any] = {"id": f"r{number}", "title": f"r{number}", "owner_id": "one"}
        common |= {"sensitivity": record.level, "updated_at": datetime.combine(day, time(12), UTC)}
        common["named"] = [Access(person_id=person) for person in sorted(record.named)]
        if record.has_follow_up:
            common["follow_ups"] = [FollowUp(what="", due=TODAY, owner_id="one")]
        common["links"] = [RecordLink(other_id=f"r{other}") for other in sorted(record.links) if other < number]
        if number % 2:
            closed = None if record.is_open else day
            session.add(Case(**common, suggested_by=Suggester.MINISTRY, closed_on=closed))
        else:
            kind, form = EngagementKind.INVITED, EngagementForm.ONLINE
            session.add(Engagement(**common, engagement_kind=kind, form=form, on=day))
        session.flush()
    session.commit()


@given(st.lists(kept, max_size=6), st.sampled_from(PERSONS))
@settings(max_examples=40)
def test_the_list_has_nothing_that_its_reader_cannot_read_and_nothing_that_is_open(
    tmp_path_factory: pytest.TempPathFactory, records: list[Kept], person: str
) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path_factory.mktemp('due') / 'workspace.sqlite'}")
    with Session(workspace.engine.execution_options(writes=True)) as session:
        fill(session, records)
    found = {one.record_id for one in due_records(member(person), workspace)}
    workspace.close()
    linked: dict[int, set[int]] = {number: set() for number in range(len(records))}
    for number, one in enumerate(records):
        for other in one.links:
            if other < number:
                linked[number].add(other)
                linked[other].add(number)
    open_cases = {number for number, one in enumerate(records) if number % 2 and one.is_open}
    assert found == {
        f"r{number}"
        for number, one in enumerate(records)
        if one.months >= 60
        and not one.has_follow_up
        and number not in open_cases
        and not linked[number] & open_cases
        and (one.level is not Sensitivity.RESTRICTED or person in one.named)
    }
