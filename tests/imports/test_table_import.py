"""Rows of tables as records: looked at one by one, written together or not at all, and known again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import when
from calendar_model.documents import table_csv
from calendar_model.documents.workbook import table_xlsx
from calendar_model.imports.explanations import explain_row
from calendar_model.imports.plan import FieldChange, ImportLine, ImportNote, ImportPlan, ImportRefused, Outcome, Period
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import EXAMPLE, match_columns
from calendar_model.imports.tables.reader import TableSheet, read_table
from calendar_model.imports.templates import TEMPLATES
from calendar_model.imports.templates.files import HOW, template_csv, template_xlsx
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.mission.events import event_of, own_events
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.store.models import Engagement, Event, Record
from calendar_model.terms import EngagementKind, EventKind
from calendar_model.vocabulary import Precision, Sensitivity, Standing

EVENTS, ENGAGEMENTS, SESSIONS, REVIEWS = TEMPLATES
Look = Callable[..., ImportPlan]
NORWEGIAN = """Ref;Tittel;Dato;Kl.;Organ;Sted;Session;Status
A1;Frokost med sivilsamfunn;3. mars 2027;13.00–14.30;HRC;;HRC64;
A2;Panel;03/04/2027;;HRC;;;confirmed
A3;Side;2027-03-05;11;hrd council;;HRC999;foo
A1;Frokost igjen;4. mars 2027;;HRC;;;
;;;;;;;
A4;Late;2027-03-05;15:00–11:00;OSCE;;;Confirmed
"""


def sheet(data: bytes, name: str = "a.csv") -> TableSheet:
    one = read_table(data, file_name=name)[0]
    return TableSheet(one["name"], tuple(one["header"]), tuple(map(tuple, one["rows"])), tuple(one["numbers"]))


@pytest.fixture
def look(reference: Reference, table: pd.DataFrame) -> Look:
    def looked(viewer: Viewer, template: ImportTemplate, data: str | bytes, **options: Any) -> ImportPlan:
        found = sheet(data.encode() if isinstance(data, str) else data, options.pop("name", "a.csv"))
        known = {"reference": reference, "table": table, **options}
        return plan_table(viewer, template, found, match_columns(template.columns, found.header), **known)

    return looked


def problems(line: ImportLine) -> list[tuple[str, str]]:
    """The field and the code of each problem."""
    return [(one.field, one.code) for one in line.problems]


def codes(line: ImportLine) -> list[str]:
    return [note.code for note in line.notes]


def changes(line: ImportLine) -> list[tuple[str, object, object]]:
    return [(one.field, one.before, one.after) for one in line.changes]


def count(viewer: Viewer) -> int:
    with reading(viewer) as session:
        return session.scalar(select(func.count(Record.id))) or 0


# --- Templates


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_template_matches_itself_and_its_example_is_left_out(
    template: ImportTemplate, look: Look, desk: Viewer
) -> None:
    workbook = read_table(template_xlsx(template), file_name="t.xlsx")
    assert workbook[1]["name"] == HOW
    assert [row[0] for row in workbook[1]["rows"]][: len(template.columns)] == [one.label for one in template.columns]
    left_out = ImportPlan((), (ImportNote("table-example-left-out", {"row": 2}), ImportNote("table-no-rows")))
    for data, name in ((template_csv(template), "t.csv"), (template_xlsx(template), "t.xlsx")):
        found = sheet(data, name)
        assert match_columns(template.columns, found.header) == {
            one.name: place for place, one in enumerate(template.columns)
        }
        assert look(desk, template, data, name=name) == left_out
    filled_in = template_csv(template).replace(f" {EXAMPLE}".encode(), b"")
    (line,) = look(desk, template, filled_in).lines
    assert line.outcome is (Outcome.NEW if template in (EVENTS, ENGAGEMENTS) else Outcome.CHANGED), line.problems


def test_headers_are_known_in_two_languages_and_with_a_slip_each_column_once() -> None:
    def known(template: ImportTemplate, *header: str) -> dict[str, int]:
        return {name: place for name, place in match_columns(template.columns, header).items() if place is not None}

    norwegian = ("Tittel", "DATO", "Sted:", "organ", "Kl.", "Merknad")
    assert known(EVENTS, *norwegian) == {"title": 0, "start": 1, "location": 2, "body": 3, "start_time": 4}
    assert known(EVENTS, "Titel", "Organisaton or body", "Frist dya", "x") == {"title": 0, "body": 1}
    assert known(EVENTS, "Date", "Title", "date", "") == {"title": 1, "start": 0}
    assert known(REVIEWS, "State", "Session", "Date", "Link") == {
        "country": 0,
        "session": 1,
        "date": 2,
        "source_url": 3,
    }


# --- Events


def test_events_are_looked_at_row_by_row_and_those_that_are_right_are_written(look: Look, desk: Viewer) -> None:
    plan = look(desk, EVENTS, NORWEGIAN)
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
    assert count(desk) == 0
    steps: list[tuple[int, int]] = []
    done = write_table(desk, EVENTS, plan, lambda at, of: steps.append((at, of)))
    assert steps == [(1, 1)]
    with reading(desk) as session:
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
        desk.person_id,
    )
    assert [link.item for link in event.items] == ["session-HRC64"]
    assert look(desk, EVENTS, NORWEGIAN).counts == {Outcome.UNCHANGED: 1, Outcome.REFUSED: 4}
    with pytest.raises(Refused) as refused:
        write_table(desk, EVENTS, plan)
    assert [one.code for one in refused.value.problems] == ["row-edit-conflict"]
    assert count(desk) == 1


def test_an_event_is_known_by_its_reference_and_what_was_changed_by_hand_stays(look: Look, desk: Viewer) -> None:
    first = "Reference,Title,First day,Last day,Organisation or body,Room,Place\nA1,Panel,2027-03-03,2027-03-05,HRC,XX,Palais\n"
    (made,) = write_table(desk, EVENTS, look(desk, EVENTS, first)).lines
    save(desk, Event, {"room": "XXI"}, record_id=made.record_id, seen=1)
    (line,) = look(desk, EVENTS, first).lines
    assert (line.outcome, line.kept) == (Outcome.KEPT, (FieldChange("room", "XXI", "XX"),))
    second = "Reference,Title,First day,Organisation or body,Place,Room\nA1,Panel on elections,2027-03-10,HRC,,XX\n"
    plan = look(desk, EVENTS, second)
    (line,) = plan.lines
    assert (line.outcome, [one.field for one in line.kept]) == (Outcome.CHANGED, ["room"])
    assert changes(line) == [
        ("title", "Panel", "Panel on elections"),
        ("start", date(2027, 3, 3), date(2027, 3, 10)),
        ("end", date(2027, 3, 5), date(2027, 3, 12)),
    ]
    write_table(desk, EVENTS, plan)
    third = second.replace(",XX", ",XXII")
    (line,) = look(desk, EVENTS, third).lines
    assert (line.outcome, changes(line)) == (Outcome.CHANGED, [("room", "XXI", "XXII")])
    with reading(desk) as session:
        (event,) = own_events(session)
    assert (event.id, event.room, event.location) == (made.record_id, "XXI", "Palais")


def test_our_own_files_of_events_come_back_unchanged(look: Look, desk: Viewer) -> None:
    shared = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "sensitivity": Sensitivity.INTERNAL}
    timed = {"start_time": time(13), "end_time": time(14, 30), "timezone": "Europe/Zurich"}
    first = {
        "title": "=Defenders, and elections",
        "room": "XX",
        "location": "Palais, Geneva",
        "request_due": date(2027, 2, 1),
    }
    days = {"start": date(2027, 3, 3), "end": date(2027, 3, 3)}
    save(desk, Event, {**shared, **timed, **first, **days})
    second = {"title": "Conference", "start": date(2026, 12, 30), "end": date(2027, 1, 2), "location": "Oslo"}
    save(desk, Event, {**shared, **second, "event_kind": EventKind.MEETING})
    _, whole = calendar_for(desk)
    own = whole[whole["item"].map(event_of).astype(bool)]
    for data, name in ((table_csv(own), "own.csv"), (table_xlsx(own, "Ours", made=date(2026, 11, 24)), "own.xlsx")):
        plan = look(desk, EVENTS, data, name=name)
        assert sorted(line.outcome for line in plan.lines) == [Outcome.REFUSED, Outcome.UNCHANGED, Outcome.UNCHANGED]
        assert [problems(line) for line in plan.lines if line.problems] == [[("event_kind", "cell-not-in-list")]]
    listed = pd.DataFrame(
        {"When": when(row, "America/New_York"), "Title": row.title, "Organisation": "HRC", "Place": row.location}
        for row in own[own["kind"] != "deadline"].itertuples()
    )
    assert look(desk, EVENTS, table_csv(listed)).counts == {Outcome.UNCHANGED: 2}


# --- Who sees what


def test_a_file_opens_nothing_and_says_nothing_of_what_its_reader_may_not_see(
    look: Look, desk: Viewer, other: Viewer
) -> None:
    rows = "Title,First day,Organisation,Who sees it\nSecret,2027-03-03,HRC,restricted\nOpen,2027-03-04,HRC,public\n"
    plan = look(desk, EVENTS, rows)
    assert [(line.outcome, codes(line)) for line in plan.lines] == [
        (Outcome.NEW, []),
        (Outcome.NEW, ["row-published-by-hand"]),
    ]
    write_table(desk, EVENTS, plan)
    with reading(desk) as session:
        assert [(event.title, event.sensitivity) for event in own_events(session)] == [
            ("Secret", Sensitivity.RESTRICTED),
            ("Open", Sensitivity.INTERNAL),
        ]
    assert look(other, EVENTS, rows).counts == {Outcome.NEW: 1, Outcome.KEPT: 1}
    opened = look(desk, EVENTS, rows.replace("restricted", "internal"))
    assert (opened.lines[0].outcome, codes(opened.lines[0])) == (Outcome.KEPT, ["row-opened-by-hand"])
    assert opened.to_write == ()


def test_engagements_are_restricted_where_their_kind_is_and_follow_ups_come_with_them(
    look: Look, desk: Viewer, other: Viewer
) -> None:
    rows = """What,Kind,Day,Organisation,Next step,By when,Who sees it
Talk,consulted,2026-11-01,OSCE,Write back,2026-12-01,
Defender 014,Security measures,Tue 3 Nov 2026,HRC,,,internal
Talk,Consulted,2026-11-02,,Write,,
"""
    plan = look(desk, ENGAGEMENTS, rows)
    assert [(line.outcome, codes(line), problems(line)) for line in plan.lines] == [
        (Outcome.NEW, ["row-follow-up"], []),
        (Outcome.NEW, [], []),
        (Outcome.REFUSED, [], [("follow_up_due", "row-follow-up-without-day")]),
    ]
    write_table(desk, ENGAGEMENTS, plan)
    assert (count(desk), count(other)) == (2, 1)
    with reading(other) as session:
        (talk,) = session.scalars(select(Engagement))
        assert (talk.engagement_kind, talk.organisation) == (EngagementKind.CONSULTED, "osce")
        assert [(one.what, one.due, one.owner_id) for one in talk.follow_ups] == [
            ("Write back", date(2026, 12, 1), desk.person_id)
        ]
    assert look(desk, ENGAGEMENTS, rows).counts == {Outcome.UNCHANGED: 2, Outcome.REFUSED: 1}
    later = look(desk, ENGAGEMENTS, rows.replace("2026-12-01", "2026-12-08"))
    moved = {"what": "Write back", "before": date(2026, 12, 1), "due": date(2026, 12, 8)}
    assert (later.lines[0].outcome, later.lines[0].notes) == (
        Outcome.CHANGED,
        (ImportNote("row-follow-up-moved", moved),),
    )


# --- The reference


def test_new_dates_become_corrections_with_their_source_and_then_say_what_the_reference_says(
    look: Look, desk: Viewer
) -> None:
    rows = """Session,First day,Last day,Source,Place
HRC67,28 February 2028,2028-03-31,https://www.example.org/a,
HRC63,2026-09-07,2026-10-09,,
UPR55,2027-05-03,2027-05-14,,
HRC170,2026-09-07,2026-10-09,,
UPR54,2027-03-10,2027-03-01,,
UPR52,2026-06-04,2026-06-15,,
"""
    without = look(desk, SESSIONS, rows)
    assert problems(without.lines[2]) == [("source_url", "row-no-source")]
    plan = look(desk, SESSIONS, rows, source_url="https://example.org/all")
    assert [line.outcome for line in plan.lines] == [
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.NEW,
        *[Outcome.REFUSED] * 3,
    ]
    window = Period(date(2028, 2, 1), date(2028, 4, 30), precision=Precision.MONTH)
    assert changes(plan.lines[0]) == [
        ("period", window, Period(date(2028, 2, 28), date(2028, 3, 31))),
        ("standing", Standing.PROVISIONAL, Standing.CONFIRMED),
    ]
    assert codes(plan.lines[0]) == ["row-sourced-now"]
    assert plan.lines[2].notes == (ImportNote("row-not-in-reference", {"number": "55", "cycle": "5"}),)
    assert plan.lines[3].problems == (Problem("cell-unknown-session", "code", {"cell": "HRC170", "nearest": "HRC70"}),)
    assert [problems(line) for line in plan.lines[4:]] == [
        [("end", "row-before-first-day")],
        [("", "row-does-not-fit")],
    ]
    write_table(desk, SESSIONS, plan)
    known, table = calendar_for(desk)
    sessions = [known.sessions[code] for code in ("HRC67", "UPR55")]
    assert [(one.start, one.standing, one.source_url) for one in sessions] == [
        (date(2028, 2, 28), Standing.CONFIRMED, "https://www.example.org/a"),
        (date(2027, 5, 3), Standing.CONFIRMED, "https://example.org/all"),
    ]
    again = look(desk, SESSIONS, rows, source_url="https://example.org/all", reference=known, table=table)
    assert again.counts == {Outcome.UNCHANGED: 3, Outcome.REFUSED: 3}
    with pytest.raises(Refused) as refused:
        write_table(desk, SESSIONS, plan)
    assert [one.code for one in refused.value.problems] == ["row-edit-conflict"]


def test_reviews_are_dated_by_state_and_lie_in_their_session(look: Look, desk: Viewer) -> None:
    rows = """Land,Session,Dato
Ukraine,54,2027-01-18
ZWE,,19.01.2027
Norge,,2027-01-18
Norway,,2027-01-18
Ukraine,UPR54,2027-01-19
"""
    plan = look(desk, REVIEWS, rows, source_url="https://example.org/upr")
    assert [line.number for line in plan.lines] == [2, 3, 4, 5, 6]
    for line, day in zip(plan.lines[:2], (18, 19), strict=True):
        assert changes(line) == [
            ("date", "", date(2027, 1, day)),
            ("standing", Standing.PROJECTED, Standing.CONFIRMED),
        ]
        assert codes(line) == ["row-sourced-now"]
    assert [problems(line) for line in plan.lines[2:]] == [
        [("country", "cell-unknown-state")],
        [("date", "row-outside-session")],
        [("", "row-repeated")],
    ]
    write_table(desk, REVIEWS, plan)
    known, _ = calendar_for(desk)
    assert {one.country: one.date for one in known.reviews if one.country in ("UKR", "ZWE") and one.cycle == 4} == {
        "UKR": date(2027, 1, 18),
        "ZWE": date(2027, 1, 19),
    }


# --- All or nothing


def test_a_conflict_leaves_nothing_of_the_file_behind(look: Look, desk: Viewer, other: Viewer) -> None:
    first = "Title,First day,Organisation,Room\nOne,2027-03-03,HRC,A\n"
    (one,) = write_table(desk, EVENTS, look(desk, EVENTS, first)).lines
    plan = look(desk, EVENTS, "Title,First day,Organisation,Room\nNew,2027-03-02,HRC,A\nOne,2027-03-03,HRC,B\n")
    assert plan.counts == {Outcome.NEW: 1, Outcome.CHANGED: 1}
    save(other, Event, {"room": "C"}, record_id=one.record_id, seen=1)
    with pytest.raises(Refused) as refused:
        write_table(desk, EVENTS, plan)
    assert refused.value.problems == (Problem("row-edit-conflict", values={"row": 3, "title": "One"}),)
    with reading(desk) as session:
        assert [(event.title, event.room) for event in own_events(session)] == [("One", "C")]


def test_columns_that_are_needed_are_asked_for(look: Look, desk: Viewer) -> None:
    with pytest.raises(ImportRefused) as refused:
        look(desk, EVENTS, "Title,Nothing\na,b\n")
    missing = ("Organisation or body", "First day")
    assert refused.value.problem == Problem("table-columns-not-chosen", values={"columns": missing})


RIGHT = {
    "Title": ["Panel", "Breakfast"],
    "What": ["Talk"],
    "Kind": ["Consulted", "security-measures"],
    "Organisation or body": ["HRC", "OSCE"],
    "First day": ["2027-03-03", "2028-02-28"],
    "Last day": ["2027-03-05", "2028-03-31"],
    "Day": ["2027-01-20", "20. januar 2027"],
    "Session": ["HRC64", "HRC67", "UPR54", "54"],
    "State": ["UKR", "Norway"],
}
TEXTS = """HRC 2027-03-03 2027-03-03T13:00Z 13:00 13:00–14:00 Geneva side-event restricted public Confirmed HRC64 #REF!
https://example.org/a A1 03/04/2027"""
cells = st.one_of(st.sampled_from(["", *TEXTS.split()]), st.text(max_size=8))


headers = st.lists(
    st.one_of(st.sampled_from([one.label for template in TEMPLATES for one in template.columns]), st.text(max_size=6)),
    min_size=1,
    max_size=8,
)


@given(st.sampled_from(TEMPLATES), headers, st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_table_it_is_taken_over_whole_or_not_at_all(
    look: Look,
    desk: Viewer,
    reference: Reference,
    table: pd.DataFrame,
    template: ImportTemplate,
    header: list[str],
    data: st.DataObject,
) -> None:
    wanted = [one.label for one in template.columns if one.needed]
    header = [*wanted, *header]
    of_column = [st.sampled_from(RIGHT[label]) | cells if label in RIGHT else cells for label in header]
    rows = data.draw(st.lists(st.tuples(*of_column), min_size=1, max_size=4))
    found = TableSheet("any", tuple(header), tuple(rows))
    plan = plan_table(
        desk,
        template,
        found,
        match_columns(template.columns, header),
        reference=reference,
        table=table,
        source_url="https://example.org/a",
    )
    assert [line.number for line in plan.lines] == sorted({line.number for line in plan.lines})
    assert all(explain_row(line, template.columns) for line in plan.lines if line.outcome is Outcome.REFUSED)
    before = count(desk)
    new = 0
    try:
        done = write_table(desk, template, plan)
        new = sum(line.outcome is Outcome.NEW or "file" in line.values for line in done.to_write)
    finally:
        assert count(desk) == before + new
