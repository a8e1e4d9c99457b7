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
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import when
from calendar_model.documents import table_csv
from calendar_model.documents.workbook import table_xlsx
from calendar_model.imports.plan import ImportPlan, ImportRefused, Outcome
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import EXAMPLE, FIELDS, Target, match
from calendar_model.imports.tables.reader import TableSheet, read_table
from calendar_model.imports.templates.files import HOW, template_csv, template_xlsx
from calendar_model.mission.events import event_of, own_events
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.store.models import Engagement, Event, Record
from calendar_model.terms import EngagementKind, EventKind
from calendar_model.vocabulary import Sensitivity, Standing

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
    def looked(viewer: Viewer, target: Target, data: str | bytes, **options: Any) -> ImportPlan:
        found = sheet(data.encode() if isinstance(data, str) else data, options.pop("name", "a.csv"))
        known = {"reference": reference, "table": table, **options}
        return plan_table(viewer, target, found, match(target, found.header), **known)

    return looked


def told(plan: ImportPlan) -> list[tuple[int, Outcome, str]]:
    return [(line.number, line.outcome, line.says) for line in plan.lines]


def count(viewer: Viewer) -> int:
    with reading(viewer) as session:
        return session.scalar(select(func.count(Record.id))) or 0


# --- Templates


@pytest.mark.parametrize("target", Target)
def test_a_template_matches_itself_and_its_example_is_left_out(target: Target, look: Look, desk: Viewer) -> None:
    workbook = read_table(template_xlsx(target), file_name="t.xlsx")
    assert workbook[1]["name"] == HOW
    assert [row[0] for row in workbook[1]["rows"]][: len(FIELDS[target])] == [one.label for one in FIELDS[target]]
    left_out = ImportPlan(
        (), ("Row 2 is the example of the template, and is left out.", "There is no row to take over.")
    )
    for data, name in ((template_csv(target), "t.csv"), (template_xlsx(target), "t.xlsx")):
        found = sheet(data, name)
        assert match(target, found.header) == {one.name: place for place, one in enumerate(FIELDS[target])}
        assert look(desk, target, data, name=name) == left_out
    filled_in = template_csv(target).replace(f" {EXAMPLE}".encode(), b"")
    (line,) = look(desk, target, filled_in).lines
    assert line.outcome is (Outcome.NEW if target in (Target.EVENTS, Target.ENGAGEMENTS) else Outcome.CHANGED), (
        line.says
    )


def test_headers_are_known_in_two_languages_and_with_a_slip_each_column_once() -> None:
    def known(target: Target, *header: str) -> dict[str, int]:
        return {name: place for name, place in match(target, header).items() if place is not None}

    norwegian = ("Tittel", "DATO", "Sted:", "organ", "Kl.", "Merknad")
    assert known(Target.EVENTS, *norwegian) == {"title": 0, "start": 1, "location": 2, "body": 3, "start_time": 4}
    assert known(Target.EVENTS, "Titel", "Organisaton or body", "Frist dya", "x") == {"title": 0, "body": 1}
    assert known(Target.EVENTS, "Date", "Title", "date", "") == {"title": 1, "start": 0}
    assert known(Target.REVIEWS, "State", "Session", "Date", "Link") == {
        "country": 0,
        "session": 1,
        "date": 2,
        "source_url": 3,
    }


# --- Events


def test_events_are_looked_at_row_by_row_and_those_that_are_right_are_written(look: Look, desk: Viewer) -> None:
    plan = look(desk, Target.EVENTS, NORWEGIAN)
    assert told(plan) == [
        (2, Outcome.NEW, "Belongs to: session-HRC64"),
        (
            3,
            Outcome.REFUSED,
            "First day: “03/04/2027” can be 3 April or 4 March. Write it as 2027-04-03 or 3 April 2027.",
        ),
        (
            4,
            Outcome.REFUSED,
            (
                "Organisation or body: “hrd council” is no organisation or body of the reference. Begins: “11” is no hour. "
                "Write it as 13:00. Standing: “foo” is none of: Provisional, Confirmed, Held, Cancelled. Belongs to: “HRC999” "
                "is no item of the calendar. Write the code of a session such as HRC67, or leave it."
            ),
        ),
        (5, Outcome.REFUSED, "Row 2 of this file is the same: take one of the two out."),
        (7, Outcome.REFUSED, "It begins at 15:00 and ends at 11:00: mend one of the hours, or the last day."),
    ]
    assert count(desk) == 0
    steps: list[tuple[int, int]] = []
    done = write_table(desk, Target.EVENTS, plan, lambda at, of: steps.append((at, of)))
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
    assert [tie.item for tie in event.items] == ["session-HRC64"]
    assert look(desk, Target.EVENTS, NORWEGIAN).counts == {Outcome.UNCHANGED: 1, Outcome.REFUSED: 4}
    with pytest.raises(Refused, match="somebody has written it since you looked"):
        write_table(desk, Target.EVENTS, plan)
    assert count(desk) == 1


def test_an_event_is_known_by_its_reference_and_what_was_changed_by_hand_stays(look: Look, desk: Viewer) -> None:
    first = "Reference,Title,First day,Last day,Organisation or body,Room,Place\nA1,Panel,2027-03-03,2027-03-05,HRC,XX,Palais\n"
    (made,) = write_table(desk, Target.EVENTS, look(desk, Target.EVENTS, first)).lines
    save(desk, Event, {"room": "XXI"}, record_id=made.record_id, seen=1)
    assert told(look(desk, Target.EVENTS, first)) == [
        (2, Outcome.KEPT, "Room: changed here by hand, and stays so, because the file says what it said before")
    ]
    second = "Reference,Title,First day,Organisation or body,Place,Room\nA1,Panel on elections,2027-03-10,HRC,,XX\n"
    plan = look(desk, Target.EVENTS, second)
    assert told(plan) == [
        (
            2,
            Outcome.CHANGED,
            (
                "Title: Panel → Panel on elections; First day: Wed 3 Mar 2027 → Wed 10 Mar 2027; Last day: Fri 5 Mar 2027 → "
                "Fri 12 Mar 2027; Room: changed here by hand, and stays so, because the file says what it said before"
            ),
        )
    ]
    write_table(desk, Target.EVENTS, plan)
    third = second.replace(",XX", ",XXII")
    assert told(look(desk, Target.EVENTS, third)) == [(2, Outcome.CHANGED, "Room: XXI → XXII")]
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
    no_event = "Kind: “deadline” is none of"
    for data, name in ((table_csv(own), "own.csv"), (table_xlsx(own, "Ours", made=date(2026, 11, 24)), "own.xlsx")):
        plan = look(desk, Target.EVENTS, data, name=name)
        assert sorted(line.outcome for line in plan.lines) == [Outcome.REFUSED, Outcome.UNCHANGED, Outcome.UNCHANGED]
        assert [line.says[: len(no_event)] for line in plan.lines if line.says] == [no_event]
    listed = pd.DataFrame(
        {"When": when(row, "America/New_York"), "Title": row.title, "Organisation": "HRC", "Place": row.location}
        for row in own[own["kind"] != "deadline"].itertuples()
    )
    assert look(desk, Target.EVENTS, table_csv(listed)).counts == {Outcome.UNCHANGED: 2}


# --- Who sees what


def test_a_file_opens_nothing_and_says_nothing_of_what_its_reader_may_not_see(
    look: Look, desk: Viewer, other: Viewer
) -> None:
    rows = "Title,First day,Organisation,Who sees it\nSecret,2027-03-03,HRC,restricted\nOpen,2027-03-04,HRC,public\n"
    plan = look(desk, Target.EVENTS, rows)
    assert told(plan) == [
        (2, Outcome.NEW, ""),
        (3, Outcome.NEW, "Who sees it: internal; it is made public on its own page, with a reason"),
    ]
    write_table(desk, Target.EVENTS, plan)
    with reading(desk) as session:
        assert [(event.title, event.sensitivity) for event in own_events(session)] == [
            ("Secret", Sensitivity.RESTRICTED),
            ("Open", Sensitivity.INTERNAL),
        ]
    assert look(other, Target.EVENTS, rows).counts == {Outcome.NEW: 1, Outcome.KEPT: 1}
    opened = look(desk, Target.EVENTS, rows.replace("restricted", "internal"))
    assert told(opened)[0] == (2, Outcome.KEPT, "Who sees it: it stays restricted, a file opens nothing to more people")
    assert opened.to_write == ()


def test_engagements_are_restricted_where_their_kind_is_and_follow_ups_come_with_them(
    look: Look, desk: Viewer, other: Viewer
) -> None:
    rows = """What,Kind,Day,Organisation,Next step,By when,Who sees it
Talk,consulted,2026-11-01,OSCE,Write back,2026-12-01,
Defender 014,Security measures,Tue 3 Nov 2026,HRC,,,internal
Talk,Consulted,2026-11-02,,Write,,
"""
    plan = look(desk, Target.ENGAGEMENTS, rows)
    assert told(plan) == [
        (2, Outcome.NEW, "To be followed up: Write back, by Tue 1 Dec 2026"),
        (3, Outcome.NEW, ""),
        (4, Outcome.REFUSED, "Follow-up by: say by when it is to be done."),
    ]
    write_table(desk, Target.ENGAGEMENTS, plan)
    assert (count(desk), count(other)) == (2, 1)
    with reading(other) as session:
        (talk,) = session.scalars(select(Engagement))
        assert (talk.engagement_kind, talk.organisation) == (EngagementKind.CONSULTED, "osce")
        assert [(one.what, one.due, one.owner_id) for one in talk.follow_ups] == [
            ("Write back", date(2026, 12, 1), desk.person_id)
        ]
    assert look(desk, Target.ENGAGEMENTS, rows).counts == {Outcome.UNCHANGED: 2, Outcome.REFUSED: 1}
    later = look(desk, Target.ENGAGEMENTS, rows.replace("2026-12-01", "2026-12-08"))
    assert told(later)[0] == (2, Outcome.CHANGED, "To be followed up: Write back, by Tue 1 Dec 2026 → Tue 8 Dec 2026")


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
    without = look(desk, Target.SESSIONS, rows)
    assert told(without)[2] == (
        4,
        Outcome.REFUSED,
        "Source: give the address at which it was read, here or for the whole file.",
    )
    plan = look(desk, Target.SESSIONS, rows, source_url="https://example.org/all")
    assert [line.outcome for line in plan.lines] == [
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.NEW,
        *[Outcome.REFUSED] * 3,
    ]
    assert plan.lines[0].says == (
        "When: Feb–Apr 2028 → Mon 28 Feb – Fri 31 Mar 2028; Standing: Provisional → Confirmed; it has a source now, and "
        "is not from memory any more"
    )
    assert plan.lines[2].says == "Not in the reference yet: it will be number 55, cycle 5"
    assert [line.says.partition(" (")[0].partition(":")[2] for line in plan.lines[3:5]] == [
        " “HRC170” is no session of a body that the reference has; perhaps HRC70 is meant. Write its code, such as HRC67.",
        " Mon 1 Mar 2027 is before the first, Wed 10 Mar 2027. Mend one of the days.",
    ]
    assert plan.lines[5].says.startswith("upr_reviews.csv, line ")
    write_table(desk, Target.SESSIONS, plan)
    known, table = calendar_for(desk)
    sessions = [known.sessions[code] for code in ("HRC67", "UPR55")]
    assert [(one.start, one.standing, one.source_url) for one in sessions] == [
        (date(2028, 2, 28), Standing.CONFIRMED, "https://www.example.org/a"),
        (date(2027, 5, 3), Standing.CONFIRMED, "https://example.org/all"),
    ]
    again = look(desk, Target.SESSIONS, rows, source_url="https://example.org/all", reference=known, table=table)
    assert again.counts == {Outcome.UNCHANGED: 3, Outcome.REFUSED: 3}
    with pytest.raises(Refused, match="somebody has written it since you looked"):
        write_table(desk, Target.SESSIONS, plan)


def test_reviews_are_dated_by_state_and_lie_in_their_session(look: Look, desk: Viewer) -> None:
    rows = """Land,Session,Dato
Ukraine,54,2027-01-18
ZWE,,19.01.2027
Norge,,2027-01-18
Norway,,2027-01-18
Ukraine,UPR54,2027-01-19
"""
    plan = look(desk, Target.REVIEWS, rows, source_url="https://example.org/upr")
    says = "Day: nothing → {}; Standing: Projected → Confirmed; it has a source now, and is not from memory any more"
    assert told(plan) == [
        (2, Outcome.CHANGED, says.format("Mon 18 Jan 2027")),
        (3, Outcome.CHANGED, says.format("Tue 19 Jan 2027")),
        (4, Outcome.REFUSED, "State: “Norge” is no member state of the reference."),
        (
            5,
            Outcome.REFUSED,
            "Day: Mon 18 Jan 2027 is not in UPR47 (Mon 4 Nov – Fri 15 Nov 2024). Mend the day, or name its session.",
        ),
        (6, Outcome.REFUSED, "Row 2 of this file is the same: take one of the two out."),
    ]
    write_table(desk, Target.REVIEWS, plan)
    known, _ = calendar_for(desk)
    assert {one.country: one.date for one in known.reviews if one.country in ("UKR", "ZWE") and one.cycle == 4} == {
        "UKR": date(2027, 1, 18),
        "ZWE": date(2027, 1, 19),
    }


# --- All or nothing


def test_what_is_overtaken_by_somebody_leaves_nothing_of_the_file_behind(
    look: Look, desk: Viewer, other: Viewer
) -> None:
    first = "Title,First day,Organisation,Room\nOne,2027-03-03,HRC,A\n"
    (one,) = write_table(desk, Target.EVENTS, look(desk, Target.EVENTS, first)).lines
    plan = look(desk, Target.EVENTS, "Title,First day,Organisation,Room\nNew,2027-03-02,HRC,A\nOne,2027-03-03,HRC,B\n")
    assert plan.counts == {Outcome.NEW: 1, Outcome.CHANGED: 1}
    save(other, Event, {"room": "C"}, record_id=one.record_id, seen=1)
    with pytest.raises(Refused) as refused:
        write_table(desk, Target.EVENTS, plan)
    assert str(refused.value) == "Row 3, “One”: somebody has written it since you looked. Look at the file again."
    with reading(desk) as session:
        assert [(event.title, event.room) for event in own_events(session)] == [("One", "C")]


def test_columns_that_are_needed_are_asked_for(look: Look, desk: Viewer) -> None:
    with pytest.raises(ImportRefused) as refused:
        look(desk, Target.EVENTS, "Title,Nothing\na,b\n")
    assert str(refused.value) == (
        "Say in which column these stand: Organisation or body, First day. Without them nothing can be taken over."
    )


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
SAID = """HRC 2027-03-03 2027-03-03T13:00Z 13:00 13:00–14:00 Geneva side-event restricted public Confirmed HRC64 #REF!
https://example.org/a A1 03/04/2027"""
cells = st.one_of(st.sampled_from(["", *SAID.split()]), st.text(max_size=8))


headers = st.lists(
    st.one_of(st.sampled_from([one.label for fields in FIELDS.values() for one in fields]), st.text(max_size=6)),
    min_size=1,
    max_size=8,
)


@given(st.sampled_from(Target), headers, st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_table_it_is_taken_over_whole_or_not_at_all(
    look: Look,
    desk: Viewer,
    reference: Reference,
    table: pd.DataFrame,
    target: Target,
    header: list[str],
    data: st.DataObject,
) -> None:
    wanted = [one.label for one in FIELDS[target] if one.needed]
    header = [*wanted, *header]
    of_column = [st.sampled_from(RIGHT[label]) | cells if label in RIGHT else cells for label in header]
    rows = data.draw(st.lists(st.tuples(*of_column), min_size=1, max_size=4))
    found = TableSheet("any", tuple(header), tuple(rows))
    plan = plan_table(
        desk, target, found, match(target, header), reference=reference, table=table, source_url="https://example.org/a"
    )
    assert [line.number for line in plan.lines] == sorted({line.number for line in plan.lines})
    assert all(line.says for line in plan.lines if line.outcome is Outcome.REFUSED)
    before = count(desk)
    new = 0
    try:
        done = write_table(desk, target, plan)
        new = sum(line.outcome is Outcome.NEW or "file" in line.values for line in done.to_write)
    finally:
        assert count(desk) == before + new
