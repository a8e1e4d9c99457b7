"""Rows that become events: looked at one by one, known again, and opened to nobody."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import when
from calendar_model.documents import table_csv
from calendar_model.documents.workbook import table_xlsx
from calendar_model.imports.plan import FieldChange, ImportNote, Outcome
from calendar_model.imports.table_import import write_table
from calendar_model.imports.templates.events import EventTemplate
from calendar_model.mission.events import event_of, own_events
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.imports.tables_of_rows import Look, changes, codes, count, problems

EVENTS = EventTemplate()
NORWEGIAN = """Ref;Tittel;Dato;Kl.;Organ;Sted;Session;Status
A1;Frokost med sivilsamfunn;3. mars 2027;13.00–14.30;HRC;;HRC64;
A2;Panel;03/04/2027;;HRC;;;confirmed
A3;Side;2027-03-05;11;hrd council;;HRC999;foo
A1;Frokost igjen;4. mars 2027;;HRC;;;
;;;;;;;
A4;Late;2027-03-05;15:00–11:00;OSCE;;;Confirmed
"""


def test_events_are_looked_at_row_by_row_and_those_that_are_right_are_written(look: Look, staff_member: Viewer) -> None:
    plan = look(staff_member, EVENTS, NORWEGIAN)
    assert [(line.number, line.outcome) for line in plan.lines] == [
        (2, Outcome.NEW),
        *((number, Outcome.REFUSED) for number in (3, 4, 5, 7)),
    ]
    assert plan.lines[0].notes == (ImportNote("row-linked-items", {"items": ("session-HRC64",)}),)
    assert [problems(line) for line in plan.lines[1:]] == [
        [("start", "cell-day-or-month-first")],
        [
            ("body", "cell-unknown-organisation"),
            ("start_time", "cell-not-an-hour"),
            ("standing", "cell-not-in-list"),
            ("items", "cell-unknown-item"),
        ],
        [("", "row-repeated")],
        [("end_time", "event-ends-before-start-time")],
    ]
    assert count(staff_member) == 0
    steps: list[tuple[int, int]] = []
    done = write_table(staff_member, EVENTS, plan, lambda at, of: steps.append((at, of)))
    assert steps == [(1, 1)]
    with reading(staff_member) as session:
        (event,) = own_events(session)
    assert done.lines[0].record_id == event.id
    assert {name: getattr(event, name) for name in ("title", "event_kind", "body", "start", "end", "start_time")} == {
        "title": "Frokost med sivilsamfunn",
        "event_kind": EventKind.SIDE_EVENT,
        "body": "un-hrc",
        "start": date(2027, 3, 3),
        "end": date(2027, 3, 3),
        "start_time": time(13),
    }
    assert (event.end_time, event.timezone, event.location) == (time(14, 30), "Europe/Zurich", "Geneva")
    assert (event.standing, event.sensitivity, event.owner_id) == (
        Standing.PROVISIONAL,
        Sensitivity.INTERNAL,
        staff_member.person_id,
    )
    assert [link.item for link in event.items] == ["session-HRC64"]
    assert look(staff_member, EVENTS, NORWEGIAN).counts == {Outcome.UNCHANGED: 1, Outcome.REFUSED: 4}
    with pytest.raises(Refused) as refused:
        write_table(staff_member, EVENTS, plan)
    assert [one.code for one in refused.value.problems] == ["row-edit-conflict"]
    assert count(staff_member) == 1


def test_an_event_is_known_by_its_reference_and_what_was_changed_by_hand_stays(
    look: Look, staff_member: Viewer
) -> None:
    first = "Reference,Title,First day,Last day,Organisation or body,Room,Place\nA1,Panel,2027-03-03,2027-03-05,HRC,XX,Palais\n"
    (made,) = write_table(staff_member, EVENTS, look(staff_member, EVENTS, first)).lines
    save(staff_member, Event, {"room": "XXI"}, record_id=made.record_id, seen=1)
    (line,) = look(staff_member, EVENTS, first).lines
    assert (line.outcome, line.kept) == (Outcome.KEPT, (FieldChange("room", "XXI", "XX"),))
    second = "Reference,Title,First day,Organisation or body,Place,Room\nA1,Panel on elections,2027-03-10,HRC,,XX\n"
    plan = look(staff_member, EVENTS, second)
    (line,) = plan.lines
    assert (line.outcome, [one.field for one in line.kept]) == (Outcome.CHANGED, ["room"])
    assert changes(line) == [
        ("title", "Panel", "Panel on elections"),
        ("start", date(2027, 3, 3), date(2027, 3, 10)),
        ("end", date(2027, 3, 5), date(2027, 3, 12)),
    ]
    write_table(staff_member, EVENTS, plan)
    third = second.replace(",XX", ",XXII")
    (line,) = look(staff_member, EVENTS, third).lines
    assert (line.outcome, changes(line)) == (Outcome.CHANGED, [("room", "XXI", "XXII")])
    with reading(staff_member) as session:
        (event,) = own_events(session)
    assert (event.id, event.room, event.location) == (made.record_id, "XXI", "Palais")


def test_our_own_files_of_events_come_back_unchanged(look: Look, staff_member: Viewer) -> None:
    shared = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "sensitivity": Sensitivity.INTERNAL}
    timed = {"start_time": time(13), "end_time": time(14, 30), "timezone": "Europe/Zurich"}
    first = {
        "title": "=Defenders, and elections",
        "room": "XX",
        "location": "Palais, Geneva",
        "request_due": date(2027, 2, 1),
    }
    days = {"start": date(2027, 3, 3), "end": date(2027, 3, 3)}
    save(staff_member, Event, {**shared, **timed, **first, **days})
    second = {"title": "Conference", "start": date(2026, 12, 30), "end": date(2027, 1, 2), "location": "Oslo"}
    save(staff_member, Event, {**shared, **second, "event_kind": EventKind.MEETING})
    _, whole = calendar_for(staff_member)
    own = whole[whole["item"].map(event_of).astype(bool)]
    for data, name in ((table_csv(own), "own.csv"), (table_xlsx(own, "Ours", made=date(2026, 11, 24)), "own.xlsx")):
        plan = look(staff_member, EVENTS, data, name=name)
        assert sorted(line.outcome for line in plan.lines) == [Outcome.REFUSED, Outcome.UNCHANGED, Outcome.UNCHANGED]
        assert [problems(line) for line in plan.lines if line.problems] == [[("event_kind", "cell-not-in-list")]]
    listed = pd.DataFrame(
        {"When": when(row, "America/New_York"), "Title": row.title, "Organisation": "HRC", "Place": row.location}
        for row in own[own["kind"] != "deadline"].itertuples()
    )
    assert look(staff_member, EVENTS, table_csv(listed)).counts == {Outcome.UNCHANGED: 2}


def test_a_file_opens_nothing_and_says_nothing_of_what_its_reader_may_not_see(
    look: Look, staff_member: Viewer, other: Viewer
) -> None:
    rows = "Title,First day,Organisation,Who sees it\nSecret,2027-03-03,HRC,restricted\nOpen,2027-03-04,HRC,public\n"
    plan = look(staff_member, EVENTS, rows)
    assert [(line.outcome, codes(line)) for line in plan.lines] == [
        (Outcome.NEW, []),
        (Outcome.NEW, ["row-published-by-hand"]),
    ]
    write_table(staff_member, EVENTS, plan)
    with reading(staff_member) as session:
        assert [(event.title, event.sensitivity) for event in own_events(session)] == [
            ("Secret", Sensitivity.RESTRICTED),
            ("Open", Sensitivity.INTERNAL),
        ]
    assert look(other, EVENTS, rows).counts == {Outcome.NEW: 1, Outcome.KEPT: 1}
    opened = look(staff_member, EVENTS, rows.replace("restricted", "internal"))
    assert (opened.lines[0].outcome, codes(opened.lines[0])) == (Outcome.KEPT, ["row-opened-by-hand"])
    assert opened.to_write == ()
