"""A statement begun again for the next session: what it takes along, what moves on, and what stays behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.access_requests import grant_access, list_open_requests, request_access
from calendar_model.mission.links import all_linked_to
from calendar_model.mission.reads import reads_of
from calendar_model.mission.records import get_record
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.duplicates import duplicate, duplicate_plan
from calendar_model.mission.statements.queries import view_statement
from calendar_model.mission.themes import themes_of
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Statement
from calendar_model.terms import ReadKind, RecordKind, StatementFormat, StatementState, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for


def begun(me: Viewer, *items: str, **values: Any) -> str:
    known: dict[str, Any] = {
        "title": "HRC64: general debate",
        "format": StatementFormat.GENERAL_DEBATE,
        "voice": Voice.JOINT,
    }
    known |= {"forum": "un-hrc", "agenda_item": "3", "lead": "Norway", "speaker": "Head", "speaking_seconds": 90}
    options: dict[str, Any] = {
        "themes": ["Reprisals"],
        "items": items,
        "named": values.pop("named", None),
        "links": values.pop("links", None),
    }
    level = {"sensitivity": Sensitivity.INTERNAL}
    made = commands.start_statement(me, {**known, **level, **values}, text="Mr President,", **options)
    commands.save_text(me, made, "Mr President, thanks.", language="en", based_on=1)
    commands.save_text(me, made, "Monsieur le Président", language="fr", based_on=0)
    return made


def opened(me: Viewer, record_id: str) -> Statement:
    view = view_statement(me, record_id)
    assert view is not None
    return view.statement


def with_links(me: Viewer, record_id: str) -> Statement:
    found = get_record(me, [RecordKind.STATEMENT], record_id)
    assert isinstance(found, Statement)
    return found


def start(table: pd.DataFrame, item: str) -> date:
    found: date = table.set_index("item").loc[item]["start"].date()
    return found


def test_it_takes_along_what_stays_the_same(me: Viewer, table: pd.DataFrame) -> None:
    old = begun(me, "session-HRC64", "hrc-resolution-HRC67", due=start(table, "deadline-hrc-tabling-HRC64"))
    made = opened(me, duplicate(me, old, table, TODAY))
    assert (made.title, made.format, made.voice, made.forum) == (
        "HRC65: general debate", StatementFormat.GENERAL_DEBATE, Voice.JOINT, "un-hrc",
    )  # fmt: skip
    assert (made.agenda_item, made.lead, made.speaker, made.speaking_seconds) == ("3", "Norway", "", 90)
    assert (made.state, made.owner_id, made.cleared_version) == (StatementState.DRAFT, me.person_id, None)
    texts = [(one.number, one.language, one.text) for one in made.versions]
    assert texts == [(1, "en", "Mr President, thanks."), (2, "fr", "Monsieur le Président")]
    assert themes_of(made) == ["Reprisals"]
    assert [link.item for link in made.items] == ["hrc-resolution-HRC76", "session-HRC65"]
    assert [one.id for one in all_linked_to(made)] == [old]
    assert made.due == start(table, "deadline-hrc-tabling-HRC65")


def test_the_due_day_is_counted_where_there_is_no_deadline_to_follow(me: Viewer, table: pd.DataFrame) -> None:
    before = start(table, "session-HRC64") - timedelta(days=5)
    plan = duplicate_plan(with_links(me, begun(me, "session-HRC64", due=before)), table)
    assert (plan.due, plan.is_counted) == (start(table, "session-HRC65") - timedelta(days=5), True)
    assert duplicate_plan(with_links(me, begun(me, due=before)), table).due is None
    assert duplicate_plan(with_links(me, begun(me, "session-HRC64")), table).due is None
    # The next session is over as well.
    past = begun(me, "session-HRC60", due=start(table, "session-HRC60"))
    assert duplicate_plan(with_links(me, past), table).due == start(table, "session-HRC61")
    assert opened(me, duplicate(me, past, table, TODAY)).due is None


@pytest.mark.parametrize(
    ("items", "title", "moved"),
    [
        (("session-HRC64", "session-HRC65"), "HRC64 and HRC65: item 4", "HRC65 and HRC66: item 4"),
        (("session-UPR5",), "UPR5, as in UPR54 (not XUPR5)", "UPR6, as in UPR54 (not XUPR5)"),
        (("session-HRC64", "hrc-resolution-HRC64"), "HRC64: item 4", "HRC65: item 4"),
    ],
)
def test_each_session_in_the_title_moves_on_once(
    me: Viewer, table: pd.DataFrame, items: tuple[str, ...], title: str, moved: str
) -> None:
    plan = duplicate_plan(with_links(me, begun(me, *items, title=title)), table)
    assert plan.title == moved


def test_it_says_what_has_no_next_item(me: Viewer, table: pd.DataFrame) -> None:
    plan = duplicate_plan(with_links(me, begun(me, "upr-5-NOR", "upr-6-NOR", "gone")), table)
    assert [(one.item, one.to) for one in plan.moved] == [("upr-5-NOR", "upr-6-NOR")]
    assert [one.item for one in plan.left] == ["gone", "upr-6-NOR"]


def test_a_restricted_one_stays_so_and_leaves_its_cases(
    me: Viewer, other: Viewer, staff_member: Viewer, table: pd.DataFrame
) -> None:
    case = save(
        me, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY}, named=[me.person_id, other.person_id]
    )
    old = begun(
        me, "session-HRC64", sensitivity=Sensitivity.RESTRICTED, named=[me.person_id, other.person_id], links=[case]
    )
    assert duplicate_plan(with_links(me, old), table).cases == 1
    made = opened(me, duplicate(me, old, table, TODAY))
    assert made.sensitivity is Sensitivity.RESTRICTED
    assert {one.person_id for one in made.named} == {me.person_id, other.person_id}
    assert [one.id for one in all_linked_to(made)] == [old]
    with pytest.raises(Refused):
        duplicate(staff_member, old, table, TODAY)
    with reading(staff_member) as session:
        assert session.scalar(select(func.count(Statement.id))) == 0


def test_access_for_a_time_does_not_become_lasting_by_it(
    me: Viewer, staff_member: Viewer, other: Viewer, table: pd.DataFrame
) -> None:
    old = begun(me, sensitivity=Sensitivity.RESTRICTED, named=[me.person_id, staff_member.person_id])
    request_access(other, old, "I stand in for a colleague.")
    (asked,) = list_open_requests(me)
    grant_access(me, asked.request_id, timedelta(days=2))
    with refused_for("access-runs-out"):
        duplicate(other, old, table, TODAY)
    made = opened(me, duplicate(me, old, table, TODAY))
    assert {one.person_id for one in made.named} == {me.person_id, staff_member.person_id}


def test_who_duplicates_a_restricted_one_is_noted_as_its_reader(me: Viewer, other: Viewer, table: pd.DataFrame) -> None:
    old = begun(me, sensitivity=Sensitivity.RESTRICTED, named=[me.person_id, other.person_id])
    duplicate(other, old, table, TODAY)
    assert [(one.person_id, one.how) for one in reads_of(me, old).newest] == [(other.person_id, ReadKind.DOCUMENT)]
