"""What is ours in a week: by the days of each record, and for each reader what they may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.week import Week, week
from calendar_model.store.models import Contact, Engagement, FollowUp, Record, Statement
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, StatementFormat
from calendar_model.vocabulary import Sensitivity

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
INTERNAL: dict[str, Any] = {"sensitivity": Sensitivity.INTERNAL}


def engaged(who: Viewer, title: str, on: date, *links: str) -> str:
    values = {"title": title, "engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE, "on": on}
    return save(who, Engagement, {**values, **INTERNAL}, links=list(links))


def of(who: Viewer) -> Week:
    with reading(who) as session:
        return week(session, MONDAY, SUNDAY)


def titles(records: Any) -> list[str]:
    return [record.title for record in records]


def test_engagements_of_the_week_come_with_their_contacts(staff_member: Viewer) -> None:
    group = save(
        staff_member, Contact, {"title": "Organisation 003", "contact_kind": ContactKind.ORGANISATION, **INTERNAL}
    )
    for title, on in (("Before", date(2026, 11, 22)), ("Last day", SUNDAY), ("After", date(2026, 11, 30))):
        engaged(staff_member, title, on)
    first = engaged(staff_member, "First day", MONDAY, group)
    found = of(staff_member)
    assert titles(found.engagements) == ["First day", "Last day"]
    assert titles(found.with_whom[first]) == ["Organisation 003"]


def test_statements_are_due_in_it_or_were_delivered_in_it(staff_member: Viewer) -> None:
    for title, due in (("In it", SUNDAY), ("Later", date(2026, 11, 30))):
        save(staff_member, Statement, {"title": title, "format": StatementFormat.STATEMENT, "due": due, **INTERNAL})
    assert [(one.statement.title, one.version) for one in of(staff_member).statements] == [("In it", 0)]


def test_follow_ups_are_open_and_due_by_its_end(staff_member: Viewer) -> None:
    record = engaged(staff_member, "Call", date(2026, 10, 1))
    due = {"Late": date(2026, 10, 9), "In it": SUNDAY, "Later": date(2026, 11, 30)}
    with writing(staff_member) as session:
        found = session.get(Record, record)
        assert found is not None
        for what, day in due.items():
            found.follow_ups.append(FollowUp(what=what, due=day, owner_id=staff_member.person_id))
        done = FollowUp(what="Done", due=MONDAY, done_on=MONDAY, owner_id=staff_member.person_id)
        found.follow_ups.append(done)
    assert [one.what for one in of(staff_member).follow_ups] == ["Late", "In it"]


def test_what_a_reader_may_not_see_is_not_in_their_week(staff_member: Viewer, other: Viewer) -> None:
    kinds = {"engagement_kind": EngagementKind.SECURITY_MEASURES, "form": EngagementForm.ONLINE}
    save(staff_member, Engagement, {"title": "Secret", "on": MONDAY, **kinds})
    assert (titles(of(staff_member).engagements), titles(of(other).engagements)) == (["Secret"], [])
