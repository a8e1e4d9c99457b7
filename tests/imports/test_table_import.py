"""Tables as a whole: written together or not at all, whatever is in them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.imports.explanations import explain_row
from calendar_model.imports.plan import ImportRefused, Outcome
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.tables.reader import TableSheet
from calendar_model.imports.templates import TEMPLATES
from calendar_model.imports.templates.events import EventTemplate
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.mission.events import own_events
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.models import Event
from tests.imports.tables_of_rows import Look, count

EVENTS = EventTemplate()


def test_a_conflict_leaves_nothing_of_the_file_behind(look: Look, staff_member: Viewer, other: Viewer) -> None:
    first = "Title,First day,Organisation,Room\nOne,2027-03-03,HRC,A\n"
    (one,) = write_table(staff_member, EVENTS, look(staff_member, EVENTS, first)).lines
    plan = look(staff_member, EVENTS, "Title,First day,Organisation,Room\nNew,2027-03-02,HRC,A\nOne,2027-03-03,HRC,B\n")
    assert plan.counts == {Outcome.NEW: 1, Outcome.CHANGED: 1}
    save(other, Event, {"room": "C"}, record_id=one.record_id, seen=1)
    with pytest.raises(Refused) as refused:
        write_table(staff_member, EVENTS, plan)
    assert refused.value.problems == (Problem("row-edit-conflict", values={"row": 3, "title": "One"}),)
    with reading(staff_member) as session:
        assert [(event.title, event.room) for event in own_events(session)] == [("One", "C")]


def test_columns_that_are_needed_are_asked_for(look: Look, staff_member: Viewer) -> None:
    with pytest.raises(ImportRefused) as refused:
        look(staff_member, EVENTS, "Title,Nothing\na,b\n")
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
    staff_member: Viewer,
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
        staff_member,
        template,
        found,
        match_columns(template.columns, header),
        reference=reference,
        table=table,
        source_url="https://example.org/a",
    )
    assert [line.number for line in plan.lines] == sorted({line.number for line in plan.lines})
    assert all(explain_row(line, template.columns) for line in plan.lines if line.outcome is Outcome.REFUSED)
    before = count(staff_member)
    new = 0
    try:
        done = write_table(staff_member, template, plan)
        new = sum(line.outcome is Outcome.NEW or "file" in line.values for line in done.to_write)
    finally:
        assert count(staff_member) == before + new
