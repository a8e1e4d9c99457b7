"""Rows that become engagements, with their follow-ups."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.imports.explanations import explain_row
from calendar_model.imports.plan import ImportNote, Outcome
from calendar_model.imports.table_import import write_table
from calendar_model.imports.templates.engagements import EngagementTemplate
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementKind
from tests.imports.tables_of_rows import Look, codes, count, problems

ENGAGEMENTS = EngagementTemplate()


def test_a_row_has_several_kinds_and_takes_none_away(look: Look, staff_member: Viewer, other: Viewer) -> None:
    rows = "What,Kind,Day\nTalk,Consulted; participation-supported,2026-11-01\n"
    write_table(staff_member, ENGAGEMENTS, look(staff_member, ENGAGEMENTS, rows))
    assert look(staff_member, ENGAGEMENTS, rows).counts == {Outcome.UNCHANGED: 1}
    fewer = rows.replace("; participation-supported", "")
    assert look(staff_member, ENGAGEMENTS, fewer).counts == {Outcome.UNCHANGED: 1}
    more = look(staff_member, ENGAGEMENTS, rows.replace("participation-supported", "Security measures;"))
    assert explain_row(more.lines[0], ENGAGEMENTS.columns) == (
        "Kind: Consulted, participation supported → Consulted, participation supported, security measures"
    )
    write_table(staff_member, ENGAGEMENTS, more)
    with reading(staff_member) as session:
        assert session.scalars(select(Engagement)).one().kinds == (
            EngagementKind.CONSULTED,
            EngagementKind.PARTICIPATION_SUPPORTED,
            EngagementKind.SECURITY_MEASURES,
        )
    assert (count(staff_member), count(other)) == (1, 0)
    wrong = look(staff_member, ENGAGEMENTS, rows.replace("Consulted;", "Lunch;"))
    assert problems(wrong.lines[0]) == [("kinds", "cell-not-in-list")]


def test_engagements_are_restricted_where_their_kind_is_and_follow_ups_come_with_them(
    look: Look, staff_member: Viewer, other: Viewer
) -> None:
    rows = """What,Kind,Day,Organisation,Next step,By when,Who sees it
Talk,consulted,2026-11-01,OSCE,Write back,2026-12-01,
Defender 014,Security measures,Tue 3 Nov 2026,HRC,,,internal
Talk,Consulted,2026-11-02,,Write,,
"""
    plan = look(staff_member, ENGAGEMENTS, rows)
    assert [(line.outcome, codes(line), problems(line)) for line in plan.lines] == [
        (Outcome.NEW, ["row-follow-up"], []),
        (Outcome.NEW, [], []),
        (Outcome.REFUSED, [], [("follow_up_due", "row-follow-up-without-day")]),
    ]
    write_table(staff_member, ENGAGEMENTS, plan)
    assert (count(staff_member), count(other)) == (2, 1)
    with reading(other) as session:
        (talk,) = session.scalars(select(Engagement))
        assert (talk.engagement_kind, talk.organisation) == (EngagementKind.CONSULTED, "osce")
        assert [(one.what, one.due, one.owner_id) for one in talk.follow_ups] == [
            ("Write back", date(2026, 12, 1), staff_member.person_id)
        ]
    assert look(staff_member, ENGAGEMENTS, rows).counts == {Outcome.UNCHANGED: 2, Outcome.REFUSED: 1}
    later = look(staff_member, ENGAGEMENTS, rows.replace("2026-12-01", "2026-12-08"))
    moved = {"what": "Write back", "before": date(2026, 12, 1), "due": date(2026, 12, 8)}
    assert (later.lines[0].outcome, later.lines[0].notes) == (
        Outcome.CHANGED,
        (ImportNote("row-follow-up-moved", moved),),
    )
