"""What importing a calendar would do, and does: through the worker process, to a workspace of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.imports.calendar_comparison import CalendarSettings
from calendar_model.imports.calendar_import import plan_calendar, problems_of, write_calendar
from calendar_model.imports.plan import FieldChange, ImportNote, ImportPlan, ImportRefused, Outcome, Period
from calendar_model.mission.events import own_items
from calendar_model.mission.transactions import save
from calendar_model.store import history
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Change, Event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.imports.calendars import BRIEFING, calendar, event

THEIRS = CalendarSettings(
    "un-hrc",
    EventKind.MEETING,
    Sensitivity.INTERNAL,
    "Europe/Zurich",
    "Secretariat",
    since=date(2026, 1, 1),
    until=date(2028, 12, 31),
)
SERIES = ("DTSTART;TZID=Europe/Zurich:20270303T100000", "DURATION:PT1H")


def take(viewer: Viewer, *events: str, settings: CalendarSettings = THEIRS, head: str = "") -> ImportPlan:
    return write_calendar(viewer, plan_calendar(viewer, calendar(*events, head=head), settings))


def outcomes(plan: ImportPlan) -> list[tuple[str, Outcome, list[str]]]:
    """Of each line title, outcome, and the codes of its problems and notes."""
    return [
        (line.title, line.outcome, [*(one.code for one in line.problems), *(one.code for one in line.notes)])
        for line in plan.lines
    ]


def here(viewer: Viewer) -> Sequence[Event]:
    with reading(viewer) as session:
        return session.scalars(select(Event).order_by(Event.start, Event.title)).all()


def by_hand(viewer: Viewer, **values: Any) -> None:
    (one,) = here(viewer)
    save(viewer, Event, values, record_id=one.id, seen=one.version)


def test_events_are_taken_over_and_say_where_from(staff_member: Viewer) -> None:
    lines = ("LOCATION:Room XX", "DESCRIPTION:Opening", "STATUS:TENTATIVE")
    steps: list[tuple[int, int]] = []
    plan = plan_calendar(staff_member, calendar(event(*SERIES, *lines)), THEIRS)
    assert here(staff_member) == []
    write_calendar(staff_member, plan, lambda done, of: steps.append((done, of)))
    (one,) = here(staff_member)
    assert (one.title, one.start, one.end, one.start_time, one.end_time) == (
        "Briefing",
        date(2027, 3, 3),
        date(2027, 3, 3),
        time(10),
        time(11),
    )
    assert (one.timezone, one.standing, one.location, one.programme) == (
        "Europe/Zurich",
        Standing.PROVISIONAL,
        "Room XX",
        "Opening",
    )
    assert (one.body, one.event_kind, one.sensitivity, one.owner_id) == (
        "un-hrc",
        EventKind.MEETING,
        Sensitivity.INTERNAL,
        staff_member.person_id,
    )
    assert steps == [(1, 1)]
    with reading(staff_member) as session:
        (item,) = own_items(session)
        reasons = {change.reason for change in session.scalars(select(Change).where(Change.record_id == one.id))}
    assert item.basis.startswith("Imported from the calendar “Secretariat” on ")
    assert reasons == {"Imported from the calendar “Secretariat”."}
    assert history.verify(current_workspace()).clean


def test_the_same_file_again_changes_nothing(staff_member: Viewer) -> None:
    series = event(*SERIES, "RRULE:FREQ=WEEKLY;COUNT=3")
    assert take(staff_member, series).counts == {Outcome.NEW: 3}
    versions = [one.version for one in here(staff_member)]
    assert take(staff_member, series).counts == {Outcome.UNCHANGED: 3}
    assert [one.version for one in here(staff_member)] == versions


def test_what_moved_there_moves_here(staff_member: Viewer) -> None:
    take(staff_member, BRIEFING)
    moved = event("DTSTART;TZID=Europe/Zurich:20270304T100000", "DURATION:PT1H", "LOCATION:Room XX")
    (line,) = take(staff_member, moved).lines
    before = Period(date(2027, 3, 3), date(2027, 3, 3), time(10), time(11, 30), "Europe/Zurich")
    after = Period(date(2027, 3, 4), date(2027, 3, 4), time(10), time(11), "Europe/Zurich")
    assert (line.outcome, line.changes) == (
        Outcome.CHANGED,
        (FieldChange("period", before, after), FieldChange("location", "", "Room XX")),
    )
    (one,) = here(staff_member)
    assert (one.start, one.end_time, one.location, one.moved) == (date(2027, 3, 4), time(11), "Room XX", 1)


def test_what_was_set_by_hand_stays_and_the_rest_follows(staff_member: Viewer) -> None:
    take(staff_member, event(*SERIES, "LOCATION:Room XX"))
    by_hand(staff_member, location="Room XIX")
    assert take(staff_member, event(*SERIES, "LOCATION:Room XX")).counts == {Outcome.UNCHANGED: 1}
    stays = (FieldChange("location", "Room XIX", "Room I"),)
    (line,) = take(staff_member, event(*SERIES, "LOCATION:Room I")).lines
    assert (line.outcome, line.changes, line.kept) == (Outcome.KEPT, (), stays)
    (line,) = take(staff_member, event(*SERIES, "LOCATION:Room I", title="Debrief")).lines
    renamed = (FieldChange("title", "Briefing", "Debrief"),)
    assert (line.outcome, line.changes, line.kept) == (Outcome.CHANGED, renamed, stays)
    (one,) = here(staff_member)
    assert (one.title, one.location) == ("Debrief", "Room XIX")
    # It is measured against what was imported when it was set: it goes on being shown.
    (line,) = take(staff_member, event(*SERIES, "LOCATION:Room I", title="Debrief")).lines
    assert (line.outcome, line.kept) == (Outcome.KEPT, stays)


def test_what_is_here_already_is_not_taken_twice(staff_member: Viewer) -> None:
    entered = {"title": "BRIEFING", "body": "un-hrc", "start": date(2027, 3, 3), "end": date(2027, 3, 3)}
    kind = {"event_kind": EventKind.MEETING, "sensitivity": Sensitivity.INTERNAL}
    save(staff_member, Event, {**entered, **kind})
    ours = event(*SERIES, uid="hrc-64@hrd-calendar.example", title="From our feed")
    assert outcomes(plan_calendar(staff_member, calendar(BRIEFING, ours), THEIRS)) == [
        ("Briefing", Outcome.UNCHANGED, ["ics-entered-by-hand"]),
        ("From our feed", Outcome.REFUSED, ["ics-from-here"]),
    ]


def test_what_is_refused_does_not_keep_the_others(staff_member: Viewer) -> None:
    plan = take(
        staff_member, event(*SERIES, uid="untitled", title=""), event("DTSTART:yesterday", uid="x", title="X"), BRIEFING
    )
    assert sorted(outcomes(plan)) == [
        ("(untitled)", Outcome.NEW, []),
        ("Briefing", Outcome.NEW, []),
        ("X", Outcome.REFUSED, ["ics-unreadable-days"]),
    ]
    assert [one.title for one in here(staff_member)] == ["(untitled)", "Briefing"]


def test_a_series_that_grows_shorter_is_called_off_for_the_rest(staff_member: Viewer) -> None:
    take(staff_member, event(*SERIES, "RRULE:FREQ=WEEKLY;COUNT=3"))
    plan = take(staff_member, event(*SERIES, "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert [(line.start, line.outcome, line.notes) for line in plan.to_write] == [
        (date(2027, 3, 17), Outcome.CANCELLED, (ImportNote("ics-gone"),))
    ]
    assert [one.standing for one in here(staff_member)] == [Standing.CONFIRMED, Standing.CONFIRMED, Standing.CANCELLED]
    # The same in a file that brings one occurrence alone says nothing of the others.
    one = event("RECURRENCE-ID;TZID=Europe/Zurich:20270303T100000", *SERIES, title="Moved")
    assert [(line.title, line.outcome) for line in take(staff_member, one).to_write] == [("Moved", Outcome.CHANGED)]


def test_a_single_event_that_is_gone_is_offered_and_not_cancelled_by_itself(staff_member: Viewer) -> None:
    second = event("DTSTART;VALUE=DATE:20270401", uid="two", title="Debrief")
    take(staff_member, BRIEFING, second)
    plan = take(staff_member, BRIEFING)
    assert [(line.title, line.outcome, line.offered) for line in plan.lines] == [
        ("Briefing", Outcome.UNCHANGED, False),
        ("Debrief", Outcome.CANCELLED, True),
    ]
    assert (plan.to_write, [line.title for line in plan.offered]) == ((), ["Debrief"])
    assert {one.standing for one in here(staff_member)} == {Standing.CONFIRMED}
    write_calendar(staff_member, plan.accepted())
    assert [one.standing for one in here(staff_member)] == [Standing.CONFIRMED, Standing.CANCELLED]
    assert take(staff_member, BRIEFING).offered == ()
    # It comes back, and is held again.
    assert take(staff_member, BRIEFING, second).counts == {Outcome.UNCHANGED: 1, Outcome.CHANGED: 1}
    assert {one.standing for one in here(staff_member)} == {Standing.CONFIRMED}


def test_what_is_gone_is_not_offered_where_the_file_says_nothing_of_it(staff_member: Viewer) -> None:
    take(
        staff_member,
        BRIEFING,
        event("DTSTART;VALUE=DATE:20260701", uid="past", title="Past"),
        event("DTSTART;VALUE=DATE:20280401", uid="later", title="Later"),
        event("DTSTART;VALUE=DATE:20270401", uid="two", title="Debrief"),
    )
    by_another = replace(THEIRS, source_name="Somebody else")
    shorter = replace(THEIRS, until=date(2027, 3, 20))
    one = event("DTSTART;VALUE=DATE:20270301", uid="three")
    for settings, head in ((by_another, ""), (shorter, ""), (THEIRS, "METHOD:REQUEST"), (THEIRS, "METHOD:CANCEL")):
        offered = plan_calendar(staff_member, calendar(one, BRIEFING, head=head), settings).offered
        assert [line.title for line in offered] == []
    broken = plan_calendar(staff_member, calendar(event("DTSTART:soon", uid="x")), THEIRS)
    assert broken.offered == ()


def test_events_that_share_an_identifier_stay_apart_when_some_of_them_go(staff_member: Viewer) -> None:
    one, two, three = (
        event(f"DTSTART;VALUE=DATE:202703{day:02}", uid="same", title=f"Panel {day}") for day in (1, 2, 3)
    )
    take(staff_member, one)
    assert take(staff_member, one, two, three).counts == {Outcome.NEW: 2, Outcome.UNCHANGED: 1}
    plan = take(staff_member, two)
    assert [(line.title, line.outcome, line.offered) for line in plan.lines] == [
        ("Panel 2", Outcome.UNCHANGED, False),
        ("Panel 1", Outcome.CANCELLED, True),
        ("Panel 3", Outcome.CANCELLED, True),
    ]
    assert take(staff_member, three, two, one).counts == {Outcome.UNCHANGED: 3}
    take(staff_member, two.replace("SUMMARY", "LOCATION:Room XX\r\nSUMMARY"))
    assert [(event.title, event.start.day, event.location) for event in here(staff_member)] == [
        ("Panel 1", 1, ""),
        ("Panel 2", 2, "Room XX"),
        ("Panel 3", 3, ""),
    ]
    assert take(staff_member, three, two, one).counts == {Outcome.UNCHANGED: 2, Outcome.CHANGED: 1}


def test_an_event_whose_title_says_cancelled_is_cancelled_under_its_own_title(staff_member: Viewer) -> None:
    take(staff_member, BRIEFING)
    written = BRIEFING.replace("SUMMARY:Briefing", "SUMMARY:Canceled: Briefing")
    assert take(staff_member, written).counts == {Outcome.CANCELLED: 1}
    assert [(one.title, one.standing) for one in here(staff_member)] == [("Briefing", Standing.CANCELLED)]


def test_a_cancellation_cancels_all_of_a_series(staff_member: Viewer) -> None:
    take(staff_member, event(*SERIES, "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert take(staff_member, event(*SERIES), head="METHOD:CANCEL").counts == {Outcome.CANCELLED: 2}
    assert {one.standing for one in here(staff_member)} == {Standing.CANCELLED}
    assert outcomes(take(staff_member, event(uid="never"), head="METHOD:CANCEL")) == [
        ("Briefing", Outcome.UNCHANGED, ["ics-never-here"])
    ]


def test_what_leaves_the_days_that_are_asked_for_is_moved_and_not_doubled(staff_member: Viewer) -> None:
    take(staff_member, BRIEFING)
    plan = take(staff_member, event("DTSTART;VALUE=DATE:20350303"), event("DTSTART;VALUE=DATE:20350304", uid="far"))
    assert plan.counts == {Outcome.CHANGED: 1}
    outside = {"count": 1, "since": THEIRS.since, "until": THEIRS.until}
    assert plan.remarks == (ImportNote("ics-outside-period", outside),)
    assert [one.start for one in here(staff_member)] == [date(2035, 3, 3)]


def test_what_its_calendar_marks_as_private_is_never_public(staff_member: Viewer) -> None:
    public = replace(THEIRS, sensitivity=Sensitivity.PUBLIC)
    plan = take(staff_member, BRIEFING, event(*SERIES, "CLASS:PRIVATE", uid="p", title="Private"), settings=public)
    assert [(line.title, line.notes) for line in plan.lines] == [
        ("Briefing", ()),
        ("Private", (ImportNote("ics-taken-as-internal"),)),
    ]
    assert [one.title for one in here(ANONYMOUS)] == ["Briefing"]


def test_nothing_is_written_when_one_line_cannot_be(staff_member: Viewer) -> None:
    take(staff_member, BRIEFING)
    other = event("DTSTART;VALUE=DATE:20270305", uid="two", title="New")
    plan = plan_calendar(staff_member, calendar(event(*SERIES, title="Renamed"), other), THEIRS)
    by_hand(staff_member, room="XX")
    with pytest.raises(EditConflict):
        write_calendar(staff_member, plan)
    assert [one.title for one in here(staff_member)] == ["Briefing"]


def test_two_who_take_over_the_same_do_not_double_it(staff_member: Viewer, other: Viewer) -> None:
    plans = [(viewer, plan_calendar(viewer, calendar(BRIEFING), THEIRS)) for viewer in (staff_member, other)]
    write_calendar(*plans[0])
    with pytest.raises(EditConflict):
        write_calendar(*plans[1])
    assert len(here(staff_member)) == 1


def test_nobody_takes_anything_over() -> None:
    plan = plan_calendar(ANONYMOUS, calendar(BRIEFING), THEIRS)
    with pytest.raises(Refused):
        write_calendar(ANONYMOUS, plan)
    assert here(ANONYMOUS) == []


@pytest.mark.parametrize(
    ("settings", "field", "code"),
    [
        (replace(THEIRS, body=""), "body", "ics-no-body"),
        (replace(THEIRS, source_name=" "), "source_name", "ics-no-source-name"),
        (replace(THEIRS, timezone=""), "timezone", "ics-no-zone"),
        (replace(THEIRS, until=date(2025, 1, 1)), "until", "ics-until-before-since"),
        (replace(THEIRS, until=date(2040, 1, 1)), "until", "ics-period-too-long"),
    ],
)
def test_how_it_is_taken_over_has_to_make_sense(settings: CalendarSettings, field: str, code: str) -> None:
    assert [(one.field, one.code) for one in problems_of(settings)] == [(field, code)]
    with pytest.raises(ImportRefused) as refused:
        plan_calendar(ANONYMOUS, calendar(BRIEFING), settings)
    assert refused.value.problem.code == code
