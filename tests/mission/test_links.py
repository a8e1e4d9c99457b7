"""Links between records, as somebody sees them."""

from __future__ import annotations

from typing import Any

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.links import linked_of_kind, linked_records, record_choices
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Contact, Engagement, Person, Reprisal, Statement
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    RecordKind,
    StatementFormat,
    Suggester,
)
from tests.day import TODAY


@pytest.fixture
def staff_member() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head"}))


def case(who: Viewer, title: str, **more: Any) -> str:
    return save(who, Case, {"title": title, "suggested_by": Suggester.MINISTRY}, **more)


def linked_titles(who: Viewer, record_id: str) -> list[list[str]]:
    kinds = (RecordKind.STATEMENT, RecordKind.ENGAGEMENT, RecordKind.CONTACT, RecordKind.CASE, RecordKind.REPRISAL)
    return [[one.title for one in linked_of_kind(who, kind, record_id)] for kind in kinds]


def test_linked_records_are_found_from_either_end_and_only_if_seen(staff_member: Viewer, head: Viewer) -> None:
    both = [staff_member.person_id, head.person_id]
    contact = save(staff_member, Contact, {"title": "Defender 1", "contact_kind": ContactKind.DEFENDER})
    made, other = case(staff_member, "Case 1", links=[contact], named=both), case(staff_member, "Case 2", named=both)
    values = {"title": "Statement", "format": StatementFormat.STATEMENT}
    save(staff_member, Statement, values, links=[made, other], named=both)
    kinds = {"engagement_kind": EngagementKind.COUNTRY_DESK, "form": EngagementForm.PHONE}
    save(
        staff_member, Engagement, {"title": "Call", "on": TODAY, **kinds}, links=[made], named=[staff_member.person_id]
    )
    save(staff_member, Reprisal, {"title": "Reprisal 1"}, links=[made])
    with reading(staff_member) as session:
        raised = linked_records(session, RecordKind.STATEMENT, [made, other, "nothing"])
    assert linked_titles(staff_member, made) == [["Statement"], ["Call"], ["Defender 1"], [], ["Reprisal 1"]]
    assert {id_: [one.title for one in found] for id_, found in raised.items()} == {
        made: ["Statement"],
        other: ["Statement"],
        "nothing": [],
    }
    assert linked_titles(head, made) == [["Statement"], [], [], [], []]


def test_a_link_can_be_made_to_what_the_viewer_sees_of_the_kinds_asked_for(staff_member: Viewer, head: Viewer) -> None:
    seen, hidden = case(staff_member, "Case 1"), case(head, "Case 2")
    contact = save(staff_member, Contact, {"title": "Coalition 1", "contact_kind": ContactKind.COALITION})

    assert record_choices(staff_member, [RecordKind.CASE], kept=[hidden]) == {seen: "Case 1"}
    assert record_choices(staff_member, [RecordKind.CASE, RecordKind.CONTACT]) == {
        seen: "Case 1",
        contact: "Coalition 1",
    }
    assert record_choices(head, [RecordKind.REPRISAL]) == {}


def test_what_is_linked_already_is_offered_beyond_the_newest(
    staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_model.mission.links.MOST_CHOICES", 1)
    first, _, last = (case(staff_member, f"Case {number}") for number in (1, 2, 3))

    assert set(record_choices(staff_member, [RecordKind.CASE])) == {last}
    assert set(record_choices(staff_member, [RecordKind.CASE], kept=[first])) == {first, last}
