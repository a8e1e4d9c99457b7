"""Our own work by its day: what of it the timeline shows, by filter, by link and by access."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.mission.dated_work import DatedEngagement, DatedStatement, dated_work
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.models import Engagement, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat, StatementState, Voice
from calendar_model.vocabulary import Sensitivity
from tests.staff import CLEARER

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
ITEM, OTHER = "session-HRC64", "session-UPR54"


def engaged(who: Viewer, title: str, on: date, items: Collection[str] = (), **columns: Any) -> str:
    values = {
        "title": title,
        "engagement_kind": EngagementKind.CONSULTED,
        "form": EngagementForm.ONLINE,
        "on": on,
        "sensitivity": Sensitivity.INTERNAL,
        **columns,
    }
    return save(who, Engagement, values, items=list(items))


def drafted(who: Viewer, title: str, due: date | None, items: Collection[str] = (), **columns: Any) -> str:
    values = {"title": title, "format": StatementFormat.GENERAL_DEBATE, "due": due, **columns}
    return save(who, Statement, {"sensitivity": Sensitivity.INTERNAL, **values}, items=list(items))


KINDS = (EngagementKind.INVITED, EngagementKind.CONSULTED)


@pytest.fixture
def found(reference: Reference, staff_member: Viewer) -> Any:
    def ask(chosen: Filter | None = None, items: Collection[str] = (ITEM, OTHER), who: Viewer = staff_member) -> Any:
        with reading(who) as session:
            return dated_work(session, FIRST, LAST, chosen or Filter(), reference, items)

    return ask


def titles(work: Any) -> list[str]:
    return [one.title for one in work]


def test_work_of_the_period_comes_by_day(staff_member: Viewer, found: Any) -> None:
    for title, on in (("Before", date(2026, 10, 31)), ("Last", LAST), ("First", FIRST), ("After", date(2026, 12, 1))):
        engaged(staff_member, title, on, [ITEM], organisation="un-hrc", kinds=KINDS)
    made = drafted(staff_member, "Draft", date(2026, 11, 10), [OTHER, ITEM], voice=Voice.JOINT, forum="un-hrc")
    assert titles(found()) == ["First", "Draft", "Last"]
    first, draft, _last = found()
    assert isinstance(first, DatedEngagement)
    assert (first.kinds, first.body, first.items) == (KINDS, "un-hrc", (ITEM,))
    assert draft == DatedStatement(
        made,
        "Draft",
        date(2026, 11, 10),
        "un-hrc",
        Voice.JOINT,
        StatementFormat.GENERAL_DEBATE,
        StatementState.IDEA,
        (ITEM, OTHER),
    )


def test_a_statement_that_was_made_is_on_the_day_of_its_delivery(staff_member: Viewer, found: Any) -> None:
    head = member(save(staff_member, Person, {"name": "Head", "roles": CLEARER}))
    made = drafted(staff_member, "Made", date(2026, 10, 5))
    commands.save_text(staff_member, made, "Thank you.", language="en", based_on=0)
    for who, to in ((staff_member, StatementState.CONSULTATION), (head, StatementState.CLEARED)):
        commands.move(who, made, to, seen=1)
    assert found() == []
    commands.move(staff_member, made, StatementState.DELIVERED, seen=1, on=date(2026, 11, 3))
    (one,) = found()
    assert (one.day, one.is_delivered) == (date(2026, 11, 3), True)


def test_what_is_dropped_or_has_no_day_is_left_out(staff_member: Viewer, found: Any) -> None:
    drafted(staff_member, "No day", None)
    dropped = drafted(staff_member, "Dropped", FIRST)
    commands.move(staff_member, dropped, StatementState.DROPPED, seen=0)
    assert found() == []


def test_the_filter_keeps_by_body_and_what_is_linked_to_its_items(staff_member: Viewer, found: Any) -> None:
    engaged(staff_member, "Geneva", FIRST, organisation="un-hrc")
    engaged(staff_member, "Vienna", FIRST, organisation="osce")
    engaged(staff_member, "Linked", FIRST, [ITEM], organisation="osce")
    assert titles(found(Filter(organisations=("un-hrc",)))) == ["Geneva", "Linked"]
    assert titles(found(Filter(organisations=("un-hrc",)), items=())) == ["Geneva"]
    assert titles(found(Filter(text="council"))) == ["Linked"]
    assert found(Filter(text="council"), items=()) == []


def test_only_items_that_the_filter_keeps_are_named(staff_member: Viewer, found: Any) -> None:
    engaged(staff_member, "Both", FIRST, [ITEM, OTHER])
    assert [one.items for one in found(items=(OTHER,))] == [(OTHER,)]


def test_who_has_no_access_finds_nothing_restricted(staff_member: Viewer, other: Viewer, found: Any) -> None:
    engaged(staff_member, "Secret", FIRST, [ITEM], sensitivity=Sensitivity.RESTRICTED)
    drafted(staff_member, "Secret", FIRST, [ITEM], sensitivity=Sensitivity.RESTRICTED)
    assert titles(found()) == ["Secret", "Secret"]
    assert found(who=other) == []
    assert found(who=ANONYMOUS) == []
