"""The mission's own events: what of them stands in the calendar, and what is wrong with one that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Item
from calendar_model.mission.events import event_of, item_of, own_items, problems, save_event
from calendar_model.mission.transactions import save
from calendar_model.store.models import Base, Case, Change, Event, ItemLink, Person
from calendar_model.terms import EventKind, Suggester
from calendar_model.translation import in_language
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing

EVENT: dict[str, Any] = {
    "title": "Reprisals: what missions can do",
    "event_kind": EventKind.SIDE_EVENT,
    "body": "un-hrc",
    "start": date(2027, 3, 3),
    "end": date(2027, 3, 3),
    "start_time": time(13),
    "end_time": time(14, 30),
    "timezone": "Europe/Zurich",
    "standing": Standing.CONFIRMED,
    "location": "Palais des Nations, Geneva",
    "room": "Room XXI",
    "request_due": date(2027, 2, 10),
    "organisers": "Norway",
    "cosponsors": "Fiji and Uruguay.",
    "programme": "Opened by CANARY",
}


@pytest.fixture
def session() -> Iterator[Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Person(id="p", name="Desk"))
        yield session
    engine.dispose()


def items(session: Session, **columns: Any) -> list[Item]:
    session.add(
        Event(
            id="1",
            owner_id="p",
            sensitivity=Sensitivity.INTERNAL,
            updated_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
            items=[ItemLink(item="session-HRC64"), ItemLink(item="hrc-resolution-HRC67")],
            **{**EVENT, **columns},
        )
    )
    session.flush()
    session.expire_all()
    # The text in which a search looks is that of all languages; tests of the calendar look at it.
    return [replace(item, search="") for item in own_items(session)]


def test_an_event_and_the_day_to_ask_for_its_room(session: Session) -> None:
    shared: dict[str, Any] = {
        "body": "un-hrc",
        "date_precision": Precision.DAY,
        "standing": Standing.CONFIRMED,
        "confidence": Confidence.SOURCED,
        "basis": "The mission's own event, as entered by staff.",
        "sensitivity": Sensitivity.INTERNAL,
        "updated": date(2026, 11, 20),
    }
    found = items(session)
    assert found == [
        Item(
            item="event-1",
            title="Reprisals: what missions can do",
            kind=Kind.SIDE_EVENT,
            start=date(2027, 3, 3),
            end=date(2027, 3, 3),
            at=found[0].at,
            ends=found[0].ends,
            timezone="Europe/Zurich",
            location="Room XXI, Palais des Nations, Geneva",
            description="Organised by: Norway. Co-sponsored by: Fiji and Uruguay",
            related_to="hrc-resolution-HRC67",
            **shared,
        ),
        Item(
            item="event-1-request",
            title="Room request: Reprisals: what missions can do",
            kind=Kind.DEADLINE,
            start=date(2027, 2, 10),
            end=date(2027, 2, 10),
            for_whom="mission",
            related_to="event-1",
            **shared,
        ),
    ]
    assert [found[0].at, found[0].ends] == [
        datetime(2027, 3, 3, 12, tzinfo=UTC),
        datetime(2027, 3, 3, 13, 30, tzinfo=UTC),
    ]
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize(
    ("columns", "attribute", "expected"),
    [
        ({"event_kind": EventKind.PANEL}, "kind", Kind.SIDE_EVENT),
        ({"event_kind": EventKind.MISSION_MEETING}, "kind", Kind.MEETING),
        ({"event_kind": EventKind.CONFERENCE}, "kind", Kind.MEETING),
        ({"event_kind": EventKind.INFORMAL_CONSULTATION}, "kind", Kind.MEETING),
        ({"sample": True}, "title", "Reprisals: what missions can do (sample)"),
        ({"moved": 3}, "revision", 3),
        ({"location": ""}, "location", "Room XXI, Zurich"),
        ({"location": "", "start_time": None}, "location", "Room XXI"),
        ({"location": "", "room": ""}, "location", "Zurich"),
        ({"start_time": None}, "at", None),
        ({"start_time": None}, "ends", None),
        ({"end_time": None}, "ends", None),
        # An hour in no zone says nothing, and must not take the calendar down.
        ({"timezone": ""}, "at", None),
        ({"timezone": "Europe/Atlantis"}, "at", None),
        ({"timezone": ""}, "ends", None),
    ],
)
def test_what_else_of_an_event_stands_in_the_calendar(
    session: Session, columns: dict[str, Any], attribute: str, expected: Any
) -> None:
    assert getattr(items(session, **columns)[0], attribute) == expected


def test_of_a_cancelled_event_nobody_asks_for_the_room(session: Session) -> None:
    assert [(i.item, i.standing) for i in items(session, standing=Standing.CANCELLED)] == [
        ("event-1", Standing.CANCELLED)
    ]


def test_the_record_behind_an_item() -> None:
    assert [event_of(item) for item in (item_of("7f"), f"{item_of('7f')}-request", "session-HRC61")] == ["7f", "7f", ""]


@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ({}, ()),
        ({"start_time": None, "end_time": None, "timezone": ""}, ()),
        ({"end_time": None}, ()),
        ({"end": date(2027, 3, 4), "end_time": time(12)}, ()),
        ({"title": " "}, (("event-title-missing", "title"),)),
        (
            {"body": ""},
            (("event-body-missing", "body"),),
        ),
        ({"start": None}, (("event-days-missing", "start"),)),
        (
            {"end": date(2027, 3, 2)},
            (("event-ends-before-start", "end"),),
        ),
        (
            {"request_due": date(2027, 3, 4)},
            (("event-request-after-start", "request_due"),),
        ),
        (
            {"start_time": None},
            (("event-start-time-missing", "start_time"),),
        ),
        (
            {"timezone": ""},
            (("event-zone-missing", "timezone"),),
        ),
        (
            {"end_time": time(12)},
            (("event-ends-before-start-time", "end_time"),),
        ),
        # Clocks are put forward from 2 to 3 that night: 2:30 is 3:30.
        (
            {
                "start": date(2027, 3, 28),
                "end": date(2027, 3, 28),
                "start_time": time(2, 30),
                "end_time": time(3, 15),
                "request_due": None,
            },
            (("event-ends-before-start-time", "end_time"),),
        ),
        (
            {"standing": Standing.HELD, "start": date.max, "end": date.max},
            (("event-held-before-start", "standing"),),
        ),
        (
            {"title": "", "body": "", "start": None},
            (
                ("event-title-missing", "title"),
                ("event-body-missing", "body"),
                ("event-days-missing", "start"),
            ),
        ),
    ],
)
def test_what_is_wrong_is_named_by_code_and_field(columns: dict[str, Any], wrong: tuple[tuple[str, str], ...]) -> None:
    found = problems({**EVENT, **columns})
    assert tuple((problem.code, problem.field) for problem in found) == wrong
    assert all(str(problem) for problem in found)


days = st.dates(date(2027, 3, 26), date(2027, 3, 30)) | st.dates(date(2027, 10, 30), date(2027, 11, 1))
hours = st.none() | st.times()


@given(days, days, hours, hours, st.sampled_from(("", "Europe/Zurich", "America/New_York", "Europe/Atlantis")), days)
def test_what_passes_is_an_event_with_its_end_after_its_beginning(
    start: date, end: date, first: time | None, last: time | None, zone: str, request: date
) -> None:
    columns = {"start": start, "end": end, "start_time": first, "end_time": last, "timezone": zone}
    if problems({**EVENT, **columns, "request_due": request}):
        return
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Person(id="p", name="Desk"))
        event, deadline = items(session, **columns, request_due=request)
        assert event.start <= event.end
        assert deadline.start <= event.start
        assert (event.at is None) == (first is None)
        assert (event.ends is None) == (last is None)
        if event.at is not None and event.ends is not None:
            assert event.at.astimezone(UTC) < event.ends.astimezone(UTC)
    engine.dispose()


# --- Commands


def test_a_new_event_is_made_public_with_a_reason_and_ends_on_its_day(staff_member: Viewer) -> None:
    values = {**EVENT, "end": None, "end_time": None, "sensitivity": Sensitivity.PUBLIC}
    with pytest.raises(Refused) as refusal:
        save_event(staff_member, values, reason="Short.")
    assert [(one.code, one.field) for one in refusal.value.problems] == [("event-public-without-reason", "reason")]
    made = save_event(staff_member, values, reason="It is announced by the organisers.")
    with reading(staff_member) as session:
        event = session.get_one(Event, made)
        lines = session.execute(select(Change.reason).where(Change.record_id == made, Change.table == "event")).all()
    assert (event.sensitivity, event.end) == (Sensitivity.PUBLIC, EVENT["start"])
    assert [line.reason for line in lines] == ["", "It is announced by the organisers."]


def test_people_with_access_count_only_where_an_event_is_restricted(staff_member: Viewer) -> None:
    made = save_event(staff_member, EVENT, named=[staff_member.person_id])
    save_event(staff_member, {**EVENT, "sensitivity": Sensitivity.INTERNAL}, event_id=made, seen=1, named=[])
    with reading(staff_member) as session:
        assert session.get_one(Event, made).sensitivity is Sensitivity.INTERNAL


def test_a_change_of_one_column_leaves_the_days(staff_member: Viewer) -> None:
    made = save_event(staff_member, {**EVENT, "start": date(2027, 3, 6), "end": date(2027, 3, 7)})
    save_event(staff_member, {"title": "Renamed"}, event_id=made, seen=1)
    save_event(staff_member, {"start": date(2027, 3, 5)}, event_id=made, seen=2)
    with reading(staff_member) as session:
        event = session.get_one(Event, made)
        assert (event.title, event.start, event.end) == ("Renamed", date(2027, 3, 5), date(2027, 3, 7))


def test_an_event_that_its_links_restrict_is_not_made_public(staff_member: Viewer) -> None:
    case = save(staff_member, Case, {"title": "Case 014", "suggested_by": Suggester.DEFENDER})
    public = {**EVENT, "sensitivity": Sensitivity.PUBLIC}
    made = save_event(staff_member, public, links=[case], reason="The programme is printed.")
    with reading(staff_member) as session:
        assert session.get_one(Event, made).sensitivity is Sensitivity.RESTRICTED


def test_an_event_is_in_the_readers_language_and_found_in_all(session: Session) -> None:
    items(session, request_due=date(2027, 2, 10))
    with in_language("nb"):
        event, request = own_items(session)
    assert request.title == "Romforespørsel: Reprisals: what missions can do"
    assert request.basis == "Delegasjonens eget arrangement, slik det er lagt inn av ansatte."
    assert "room request" in request.search
    assert [item.search for item in own_items(session)] == [event.search, request.search]
