"""Records whatever their kind: one whole, its history, its end, and what columns hold."""

from __future__ import annotations

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict
from calendar_model.mission.records import (
    changes_of,
    delete_record,
    deleted_records,
    get_record,
    number_bounds,
    text_limit,
)
from calendar_model.mission.transactions import save
from calendar_model.store.models import LINE, Contact, Person
from calendar_model.terms import ContactKind, RecordKind

NOUNS = (RecordKind.CASE, RecordKind.CONTACT)


@pytest.fixture
def staff_member() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Other"}))


def contact(who: Viewer, kind: ContactKind = ContactKind.COALITION) -> str:
    return save(who, Contact, {"title": "Coalition 001", "contact_kind": kind})


def test_a_record_is_found_among_the_kinds_of_a_page_and_can_be_read_afterwards(staff_member: Viewer) -> None:
    made = contact(staff_member)

    found = get_record(staff_member, NOUNS, made)

    assert isinstance(found, Contact)
    assert (found.title, found.owner.name, found.links, found.consents) == ("Coalition 001", "Desk", [], [])
    assert get_record(staff_member, [RecordKind.CASE], made) is None
    assert get_record(staff_member, NOUNS, "nothing") is None


def test_a_record_that_the_viewer_does_not_see_is_not_found(staff_member: Viewer, other: Viewer) -> None:
    made = contact(staff_member, ContactKind.DEFENDER)

    assert get_record(other, NOUNS, made) is None
    assert changes_of(other, made) == []


def test_a_deleted_record_leaves_its_history(staff_member: Viewer) -> None:
    made = contact(staff_member)

    delete_record(staff_member, RecordKind.CONTACT, made, seen=1, reason="Written down twice.")

    assert get_record(staff_member, NOUNS, made) is None
    assert [(one.record_id, one.reason) for one in deleted_records(staff_member)] == [(made, "Written down twice.")]
    assert changes_of(staff_member, made)[-1].reason == "Written down twice."


def test_a_record_is_deleted_with_a_reason_and_as_it_was_seen(staff_member: Viewer) -> None:
    made = contact(staff_member)

    with pytest.raises(Refused):
        delete_record(staff_member, RecordKind.CONTACT, made, seen=1, reason="")
    with pytest.raises(EditConflict):
        delete_record(staff_member, RecordKind.CONTACT, made, seen=2, reason="Written down twice.")

    assert get_record(staff_member, NOUNS, made) is not None


@pytest.mark.parametrize(
    ("table", "column", "limit"),
    [
        ("engagement", "title", LINE),
        ("engagement", "place", LINE),
        ("engagement", "on", None),
        ("engagement", "engagement_kind", None),
        ("engagement", "next_what", None),
    ],
)
def test_a_column_of_text_has_a_limit_and_no_other(table: str, column: str, limit: int | None) -> None:
    assert text_limit(table, column) == limit


def test_bounds_are_those_of_the_column() -> None:
    least, most = number_bounds("statement", "speaking_seconds")

    assert 0 < least < most
    with pytest.raises(KeyError):
        number_bounds("engagement", "title")
