"""Access that was asked for runs out by itself, a refusal reaches the asker, and all who are named are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.access_requests import (
    RECENTLY,
    grant_access,
    last_refusal,
    list_open_requests,
    notices,
    recent_answers,
    refuse_access,
    request_access,
)
from calendar_model.mission.contacts import channels_to_avoid
from calendar_model.mission.tasks import TaskKind, own_tasks
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store import history
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Access, AccessRequest, Case, Contact, Engagement, Event, Person, Record
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, EventKind, Role, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.day import TODAY
from tests.refusals import refused_for

pytestmark = pytest.mark.usefixtures("either_database")

REASON = "I stand in for a colleague."
CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}
MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=clock.now().tzinfo)


@pytest.fixture
def case(staff_member: Viewer) -> str:
    return save(staff_member, Case, CASE)


def asked(who: Viewer, grantor: Viewer, case: str) -> str:
    request_access(who, case, REASON)
    return next(one.request_id for one in list_open_requests(grantor) if one.person_id == who.person_id)


def sees(who: Viewer, record_id: str) -> bool:
    with reading(who) as session:
        return session.get(Record, record_id) is not None


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setenv(clock.TODAY_VARIABLE, instant.isoformat())


def test_access_runs_out_without_anybody_signing_in(
    staff_member: Viewer, other: Viewer, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, MORNING)
    grant_access(staff_member, asked(other, staff_member, case), timedelta(hours=6))
    # The same criteria, kept for this reader, are asked again at other hours.
    seen = []
    for hours in (0, 5, 6, 7, 24):
        at(monkeypatch, MORNING + timedelta(hours=hours))
        seen.append(sees(other, case))
    assert seen == [True, True, False, False, False]
    with pytest.raises(Refused):
        save(other, Case, {"country": "KEN"}, record_id=case, seen=1)
    # They can ask again, and get it again.
    grant_access(staff_member, asked(other, staff_member, case), timedelta(days=30))
    assert sees(other, case)
    at(monkeypatch, MORNING + timedelta(days=32))
    assert not sees(other, case)
    assert history.verify(current_workspace()).problems == ()


def test_a_calendar_in_a_cache_ends_with_the_access(
    staff_member: Viewer, other: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, MORNING)
    values = {"title": "Briefing", "body": "un-hrc", "event_kind": EventKind.MEETING, "start": TODAY, "end": TODAY}
    event = save(staff_member, Event, {**values, "sensitivity": Sensitivity.RESTRICTED}, named=[staff_member.person_id])
    grant_access(staff_member, asked(other, staff_member, event), timedelta(hours=6))
    seen = []
    for hours in (0, 5, 6):
        at(monkeypatch, MORNING + timedelta(hours=hours))
        _, table = calendar_for(other)
        seen.append(bool((table["title"] == "Briefing").any()))
    assert seen == [True, True, False]


@pytest.mark.parametrize("lasts", [timedelta(days=30, seconds=1), timedelta(days=365)])
def test_access_lasts_thirty_days_at_most(staff_member: Viewer, other: Viewer, case: str, lasts: timedelta) -> None:
    request = asked(other, staff_member, case)
    with pytest.raises(Refused) as refused:
        grant_access(staff_member, request, lasts)
    assert [one.code for one in refused.value.problems] == ["access-too-long"]
    assert not sees(other, case)


def test_a_script_grants_nothing_for_good(staff_member: Viewer, other: Viewer, case: str) -> None:
    request = asked(other, staff_member, case)

    def grant(until: datetime | None) -> None:
        with writing(staff_member) as session:
            row = session.get_one(AccessRequest, request)
            row.granted_by_id, row.granted_at = staff_member.person_id, clock.now()
            row.until = until
            session.add(Access(record_id=case, person_id=other.person_id))

    for until in (None, clock.now() + timedelta(days=1)):
        with pytest.raises(Refused):
            grant(until)
    assert not sees(other, case)


def test_nobody_dates_a_grant_back_so_that_nobody_is_told(staff_member: Viewer, other: Viewer, case: str) -> None:
    request = asked(other, staff_member, case)
    with refused_for("request-changed"), writing(staff_member) as session:
        row = session.get_one(AccessRequest, request)
        row.granted_by_id, row.granted_at = staff_member.person_id, clock.now() - timedelta(days=60)
        row.until = clock.now() + timedelta(days=1)
        session.add(Access(record_id=case, person_id=other.person_id, until=row.until))
    assert not sees(other, case)


def test_who_has_access_for_a_time_lets_nobody_in(staff_member: Viewer, other: Viewer, me: Viewer, case: str) -> None:
    grant_access(staff_member, asked(other, staff_member, case), timedelta(days=1))

    def extend() -> None:
        with writing(other) as session:
            mine = select(Access).where(Access.record_id == case, Access.person_id == other.person_id)
            session.scalars(mine).one().until = None

    def let_in() -> None:
        with writing(other) as session:
            session.add(Access(record_id=case, person_id=me.person_id))

    def lower() -> None:
        save(other, Case, {"sensitivity": Sensitivity.INTERNAL}, record_id=case, seen=1, reason=REASON)

    def grant() -> None:
        grant_access(other, asked(me, staff_member, case))

    for act in (extend, let_in, lower, grant):
        with pytest.raises(Refused) as refused:
            act()
        assert [one.code for one in refused.value.problems] == [
            "grant-by-another" if act is grant else "access-runs-out"
        ]
    assert not sees(me, case)
    # What their role allows they do.
    save(other, Case, {"country": "KEN"}, record_id=case, seen=1)


def test_a_refusal_reaches_the_asker_who_can_ask_again(
    staff_member: Viewer, other: Viewer, me: Viewer, case: str
) -> None:
    request = asked(other, staff_member, case)
    with pytest.raises(Refused) as refused:
        refuse_access(staff_member, request, "No.")
    assert [one.code for one in refused.value.problems] == ["refusal-without-reason"]
    for who in (other, me):
        with pytest.raises(Refused):
            refuse_access(who, request, REASON)
    refuse_access(staff_member, request, "The case is closed this week.")
    assert list_open_requests(staff_member) == []
    (answer,) = recent_answers(other)
    assert (answer.record_id, answer.title, answer.answered_by) == (case, "", "Desk")
    assert answer.refusal == "The case is closed this week."
    assert recent_answers(me) == recent_answers(staff_member) == []
    assert "The case is closed this week." in everything(open_page("today", other.person_id))
    assert last_refusal(other, case) == "The case is closed this week."
    assert last_refusal(me, case) == ""
    assert not sees(other, case)
    with pytest.raises(Refused):
        grant_access(staff_member, request)
    grant_access(staff_member, asked(other, staff_member, case))
    assert sees(other, case)
    assert [one.title for one in recent_answers(other) if not one.refusal] == ["Case 1"]


def test_an_answer_is_news_for_two_weeks(
    staff_member: Viewer, other: Viewer, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_access(staff_member, asked(other, staff_member, case), "The case is closed this week.")
    at(monkeypatch, MORNING + RECENTLY - timedelta(days=1))
    assert len(recent_answers(other)) == 1
    at(monkeypatch, MORNING + RECENTLY + timedelta(days=2))
    assert recent_answers(other) == []


def test_a_request_is_a_task_of_those_who_can_answer_it(staff_member: Viewer, other: Viewer) -> None:
    reader = member(save(ANONYMOUS, Person, {"name": "A reader", "roles": {Role.READER}}))
    case = save(staff_member, Case, CASE, named=[staff_member.person_id, reader.person_id])

    def tasks(viewer: Viewer) -> list[tuple[str, str]]:
        found = own_tasks(viewer, TODAY).mine
        return [(task.record_id, task.what) for task in found if task.kind is TaskKind.ACCESS_REQUEST]

    request = asked(other, staff_member, case)
    assert tasks(staff_member) == [(case, "Case 1")]
    assert tasks(reader) == tasks(other) == []
    grant_access(staff_member, request)
    assert tasks(staff_member) == []


def test_a_clearer_is_told_of_a_request_for_a_record_of_nobody_and_not_what_it_is(
    staff_member: Viewer, other: Viewer, case: str
) -> None:
    clearer = member(save(ANONYMOUS, Person, {"name": "A clearer", "roles": {Role.CLEARER}}))
    save(OPERATOR, Person, {"active": False}, record_id=staff_member.person_id, seen=1)
    request_access(other, case, REASON)
    (task,) = [one for one in own_tasks(clearer, TODAY).mine if one.kind is TaskKind.ACCESS_REQUEST]
    assert task.what == ""
    page = open_page("today", clearer.person_id)
    assert not page.exception
    assert "Case 1" not in everything(page)


def test_all_who_are_named_are_told(staff_member: Viewer, other: Viewer, me: Viewer) -> None:
    case = save(staff_member, Case, CASE, named=[staff_member.person_id, me.person_id])
    grant_access(staff_member, asked(other, staff_member, case), timedelta(days=3))
    (told,) = notices(me)
    assert (told.record_id, told.person, told.granted_by, told.reason) == (case, "Other", "Desk", REASON)
    assert told.until is not None
    assert notices(other) == []
    assert notices(member(save(ANONYMOUS, Person, {"name": "Outsider"}))) == []
    page = open_page("cases", me.person_id, record=case)
    assert not page.exception
    assert REASON in everything(page)
    assert REASON in everything(open_page("today", me.person_id))


def test_what_one_must_not_do_is_read_without_the_contact(staff_member: Viewer, other: Viewer) -> None:
    values = {"title": "Defender 1", "contact_kind": ContactKind.DEFENDER, "forbidden_channels": "No e-mail"}
    contact = save(staff_member, Contact, values)
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    made = save(staff_member, Engagement, {"title": "Briefing", **met}, links=[contact])
    case = save(staff_member, Case, CASE, links=[contact])
    assert not sees(other, contact)
    assert channels_to_avoid(other, made) == ["No e-mail"]
    assert channels_to_avoid(other, case) == []
    page = open_page("engagements", other.person_id, record=made)
    assert not page.exception
    assert "No e-mail" in everything(page)
    assert "Defender 1" not in everything(page)
