"""Who has read what is restricted: noted once, seen by people with access alone, and looked through in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_model import clock
from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import reads
from calendar_model.mission.access_requests import grant_access, list_open_requests, request_access
from calendar_model.mission.audit import audited_reads
from calendar_model.mission.reads import CHECK_AFTER, check_off_reads, reading_for_document, reads_of
from calendar_model.mission.records import delete_record, get_record
from calendar_model.mission.statements.queries import view_statement
from calendar_model.mission.tasks import TaskKind, own_tasks
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    Identity,
    Person,
    ReadCheck,
    Record,
    RecordRead,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    ReadKind,
    RecordKind,
    Role,
    StatementFormat,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for


@pytest.fixture
def me(staff_member: Viewer) -> Viewer:
    return staff_member


@pytest.fixture
def colleague(me: Viewer) -> Viewer:
    return member(save(me, Person, {"name": "A colleague with access"}))


@pytest.fixture
def stranger(me: Viewer) -> Viewer:
    return member(save(me, Person, {"name": "A colleague without access"}))


@pytest.fixture
def case(me: Viewer, colleague: Viewer) -> str:
    values = {"title": "Case 3", "suggested_by": Suggester.CIVIL_SOCIETY}
    return save(me, Case, values, named=[me.person_id, colleague.person_id])


def opened(viewer: Viewer, record_id: str, kind: RecordKind = RecordKind.CASE) -> Record | None:
    return get_record(viewer, [kind], record_id)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    now = clock.now() + by
    monkeypatch.setattr(reads, "now", lambda: now)


def readers(viewer: Viewer, record_id: str) -> list[tuple[str, ReadKind]]:
    return [(one.person_id, one.how) for one in reads_of(viewer, record_id, 50).newest]


def test_whoever_opens_a_restricted_record_is_noted_once_an_hour(
    me: Viewer, colleague: Viewer, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for viewer in (me, colleague, colleague):
        assert opened(viewer, case) is not None
    assert sorted(readers(me, case)) == sorted((one.person_id, ReadKind.OPENED) for one in (me, colleague))
    later(monkeypatch, timedelta(minutes=61))
    opened(colleague, case)
    assert len(readers(me, case)) == 3


def test_who_cannot_open_it_is_not_noted_and_learns_nothing(me: Viewer, stranger: Viewer, case: str) -> None:
    opened(me, case)
    assert opened(stranger, case) is None
    assert readers(stranger, case) == []
    assert [person for person, _ in readers(me, case)] == [me.person_id]


def test_what_all_staff_may_read_is_not_noted(me: Viewer) -> None:
    values = {
        "title": "A meeting",
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
        "engagement_kind": EngagementKind.CONSULTED,
    }
    made = save(me, Engagement, values)
    assert opened(me, made, RecordKind.ENGAGEMENT) is not None
    assert readers(me, made) == []


def test_a_contact_whose_identity_is_recorded_is_noted_for_who_reads_the_identity(me: Viewer, stranger: Viewer) -> None:
    values = {"title": "Organisation 7", "contact_kind": ContactKind.ORGANISATION}
    contact = save(me, Contact, values, named=[me.person_id])
    opened(me, contact, RecordKind.CONTACT)
    assert readers(me, contact) == []
    save(me, Identity, {"contact_id": contact, "name": "A fictional name"})
    opened(me, contact, RecordKind.CONTACT)
    assert opened(stranger, contact, RecordKind.CONTACT) is not None
    assert readers(me, contact) == [(me.person_id, ReadKind.OPENED)]
    assert readers(stranger, contact) == []


def test_a_restricted_statement_and_a_document_are_noted(me: Viewer) -> None:
    values = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    made = save(me, Statement, values, named=[me.person_id])
    assert view_statement(me, made) is not None
    with reading_for_document(me) as session:
        assert session.get(Statement, made) is not None
    assert sorted(readers(me, made)) == [(me.person_id, ReadKind.DOCUMENT), (me.person_id, ReadKind.OPENED)]


def test_a_document_with_an_open_contact_is_made_and_not_noted(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Organisation 7", "contact_kind": ContactKind.ORGANISATION})
    with reading_for_document(me) as session:
        assert session.get(Contact, made) is not None
    assert readers(me, made) == []


def test_nobody_notes_a_reading_in_the_name_of_another_or_takes_one_back(
    me: Viewer, colleague: Viewer, case: str
) -> None:
    opened(me, case)
    with refused_for("calendar-of-another-person"), writing(me) as session:
        session.add(RecordRead(record_id=case, person_id=colleague.person_id, how=ReadKind.OPENED))
    with reading(me) as session:
        (kept,) = session.query(RecordRead).all()
    with refused_for("read-changed"), writing(me) as session:
        session.delete(session.get(RecordRead, kept.id))
    with refused_for("read-changed"), writing(me) as session:
        changed = session.get(RecordRead, kept.id)
        assert changed is not None
        changed.how = ReadKind.DOCUMENT
    assert len(readers(me, case)) == 1


@pytest.mark.usefixtures("either_database")
def test_the_owner_looks_through_what_others_have_read_in_time(
    me: Viewer, colleague: Viewer, stranger: Viewer, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due() -> list[str]:
        return [
            task.record_id
            for task in own_tasks(me, clock.today() + CHECK_AFTER).mine
            if task.kind is TaskKind.READ_CHECK
        ]

    opened(me, case)
    assert due() == []
    opened(colleague, case)
    assert due() == [case]
    assert [task for task in own_tasks(me, TODAY).mine if task.kind is TaskKind.READ_CHECK] == []
    assert all(one.is_new for one in reads_of(me, case, 50).newest)
    with refused_for("record-gone"):
        check_off_reads(stranger, case)
    check_off_reads(me, case)
    assert due() == []
    assert not any(one.is_new for one in reads_of(me, case, 50).newest)
    later(monkeypatch, timedelta(hours=2))
    opened(colleague, case)
    assert due() == [case]
    assert [one.is_new for one in reads_of(me, case, 50).newest] == [True, False, False]


def due_checks(who: Viewer) -> list[str]:
    tasks = own_tasks(who, clock.today() + CHECK_AFTER).mine
    return [task.record_id for task in tasks if task.kind is TaskKind.READ_CHECK]


@pytest.mark.usefixtures("either_database")
def test_nobody_looks_through_their_own_readings_for_the_owner(me: Viewer, colleague: Viewer, case: str) -> None:
    opened(colleague, case)
    check_off_reads(colleague, case)
    assert due_checks(me) == [case]
    assert reads_of(me, case, 50).unchecked == 1
    check_off_reads(me, case)
    assert due_checks(me) == []
    assert reads_of(me, case, 50).unchecked == 0


def test_nobody_looks_through_what_is_still_to_be_read(me: Viewer, colleague: Viewer, case: str) -> None:
    ahead = clock.now() + timedelta(days=1000)
    with writing(me) as session:
        session.add(ReadCheck(record_id=case, person_id=me.person_id, at=ahead))
    with writing(colleague) as session:
        session.add(RecordRead(record_id=case, person_id=colleague.person_id, how=ReadKind.DOCUMENT, at=ahead))
    assert all(one.at <= clock.now() for one in reads_of(me, case, 50).newest)
    opened(colleague, case)
    assert reads_of(me, case, 50).unchecked == 2


def test_who_has_access_for_a_time_looks_nothing_through(me: Viewer, stranger: Viewer, case: str) -> None:
    request_access(stranger, case, "I take part in the visit next week.")
    (request,) = list_open_requests(me)
    grant_access(me, request.request_id)
    opened(stranger, case)
    with refused_for("read-check-without-access"):
        check_off_reads(stranger, case)


def test_the_newest_readings_are_listed_and_all_are_counted(
    me: Viewer, colleague: Viewer, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(me, case)
    for _ in range(3):
        later(monkeypatch, timedelta(hours=2))
        opened(colleague, case)
    found = reads_of(me, case, 2)
    assert [one.person_id for one in found.newest] == [colleague.person_id] * 2
    assert (found.count, found.unchecked) == (4, 3)


def test_an_auditor_sees_who_read_which_record_and_nothing_of_it(me: Viewer, colleague: Viewer, case: str) -> None:
    auditor = member(save(OPERATOR, Person, {"name": "The auditor", "roles": {Role.AUDITOR}}))
    opened(me, case)
    opened(colleague, case)
    assert {(one.person_id, one.record_id, one.kind) for one in audited_reads(auditor, 10)} == {
        (one.person_id, case, RecordKind.CASE) for one in (me, colleague)
    }
    assert [one.person_id for one in audited_reads(auditor, 10, colleague.person_id)] == [colleague.person_id]
    assert len(audited_reads(auditor, 1)) == 1
    assert reads_of(auditor, case, 10).count == 0
    with refused_for("role-needed"):
        audited_reads(me, 10)


def test_a_reading_outlives_the_record_and_tells_the_auditor_no_kind_of_it(me: Viewer) -> None:
    auditor = member(save(OPERATOR, Person, {"name": "The auditor", "roles": {Role.AUDITOR}}))
    values = {"title": "Somewhere", "contact_kind": ContactKind.DEFENDER}
    contact = save(me, Contact, values, named=[me.person_id])
    opened(me, contact, RecordKind.CONTACT)
    with writing(me, "It was entered twice.") as session:
        session.delete(session.get(Contact, contact))
    assert [(one.record_id, one.kind) for one in audited_reads(auditor, 10)] == [(contact, None)]


def test_a_check_needs_access_even_where_all_staff_see_the_record(me: Viewer, stranger: Viewer) -> None:
    contact = save(
        me, Contact, {"title": "Organisation 7", "contact_kind": ContactKind.ORGANISATION}, named=[me.person_id]
    )
    with refused_for("read-check-without-access"):
        check_off_reads(stranger, contact)
    check_off_reads(me, contact)


def test_a_record_whose_readings_were_looked_through_can_be_deleted(me: Viewer, colleague: Viewer) -> None:
    values = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    values |= {"title": "Met", "sensitivity": Sensitivity.RESTRICTED}
    made = save(me, Engagement, values, named=[me.person_id, colleague.person_id])
    opened(colleague, made, RecordKind.ENGAGEMENT)
    check_off_reads(me, made)
    with refused_for("role-needed"), writing(me, "A mistake of mine.") as session:
        session.delete(session.query(ReadCheck).one())
    delete_record(me, RecordKind.ENGAGEMENT, made, seen=1, reason="It was entered twice.")
    assert opened(me, made, RecordKind.ENGAGEMENT) is None
