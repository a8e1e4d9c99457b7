"""The work on the next text of a track and on a State, as each may see it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.cycle_work import CycleWork, what_became_of, work_on_items, work_on_state
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Case, Engagement, Event, FollowUp, Person, Record, Reprisal, Statement
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    EventKind,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity

TEXT, SESSION, OTHER = "hrc-resolution-HRC67", "session-HRC67", "session-HRC66"
BEFORE, NEXT = "upr-4-HTI", "upr-5-HTI"
INTERNAL = {"sensitivity": Sensitivity.INTERNAL}
COLUMNS: dict[type[Record], dict[str, Any]] = {
    Engagement: {
        "engagement_kind": EngagementKind.CONSULTED,
        "on": date(2026, 11, 3),
        "form": EngagementForm.ONLINE,
        **INTERNAL,
    },
    Statement: {"format": StatementFormat.UPR_RECOMMENDATION, **INTERNAL},
    Event: {
        "event_kind": EventKind.SIDE_EVENT,
        "body": "un-hrc",
        "start": date(2027, 1, 20),
        "end": date(2027, 1, 20),
        **INTERNAL,
    },
    Case: {"suggested_by": Suggester.MINISTRY},
    Reprisal: {},
}


@pytest.fixture
def desk() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def colleague() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Colleague"}))


def made(who: Viewer, kind: type[Record], title: str, *items: str, links: tuple[str, ...] = (), **more: Any) -> str:
    return save(who, kind, {"title": title, **COLUMNS[kind], **more}, items=list(items), links=list(links))


def on_text(who: Viewer) -> CycleWork:
    with reading(who) as session:
        return work_on_items(session, (TEXT, SESSION))


def on_haiti(who: Viewer) -> CycleWork:
    with reading(who) as session:
        return work_on_state(session, "HTI", [BEFORE, NEXT])


def titles(records: Any) -> list[str]:
    return [record.title for record in records]


def test_without_linked_records_there_is_no_work(desk: Viewer) -> None:
    made(desk, Engagement, "Elsewhere", OTHER)
    assert not on_text(desk).any
    assert not on_haiti(desk).any


def test_what_is_linked_to_the_text_or_its_session_is_found_and_says_to_which(desk: Viewer) -> None:
    text = made(desk, Engagement, "On the text", TEXT, on=date(2026, 11, 2))
    session = made(desk, Engagement, "On the session", SESSION, on=date(2026, 11, 9))
    made(desk, Event, "Side event", TEXT, SESSION)
    made(desk, Engagement, "Elsewhere", OTHER)
    found = on_text(desk)
    assert titles(found.engagements) == ["On the session", "On the text"]
    assert titles(found.events) == ["Side event"]
    assert (found.items[text], found.items[session]) == (frozenset({TEXT}), frozenset({SESSION}))


def test_statements_are_in_order_of_their_states_and_then_of_their_due_days(desk: Viewer) -> None:
    drafted = made(desk, Statement, "Drafted", TEXT, due=date(2027, 12, 1))
    commands.save_text(desk, drafted, "A text.", language="en", based_on=0)
    made(desk, Statement, "Idea without a day", TEXT)
    made(desk, Statement, "Idea with a day", TEXT, due=date(2028, 1, 1))
    found = on_text(desk).statements
    assert titles(found) == ["Idea with a day", "Idea without a day", "Drafted"]
    assert found[-1].state is StatementState.DRAFT


def test_the_work_on_a_state_has_its_statements_of_all_cycles_with_their_texts(desk: Viewer) -> None:
    then, now = made(desk, Statement, "Then", BEFORE), made(desk, Statement, "Now", NEXT)
    commands.save_text(desk, then, "Protect defenders by law.", language="en", based_on=0)
    found = on_haiti(desk)
    assert {one.title: [version.text for version in one.versions] for one in found.statements} == {
        "Then": ["Protect defenders by law."],
        "Now": [],
    }
    assert (found.items[then], found.items[now]) == (frozenset({BEFORE}), frozenset({NEXT}))


def test_cases_of_the_state_and_engagements_through_them_are_found_only_by_those_with_access(
    desk: Viewer, colleague: Viewer
) -> None:
    case = made(desk, Case, "Case 7", country="HTI")
    made(desk, Case, "Case 8", country="KEN")
    made(desk, Reprisal, "Reprisal 2", country="HTI")
    made(desk, Engagement, "Asked the embassy", links=(case,))
    made(desk, Engagement, "On the review", NEXT, on=date(2026, 11, 1))
    seen, hidden = on_haiti(desk), on_haiti(colleague)
    assert (titles(seen.cases), titles(seen.reprisals)) == (["Case 7"], ["Reprisal 2"])
    assert titles(seen.engagements) == ["Asked the embassy", "On the review"]
    assert (hidden.cases, hidden.reprisals) == ((), ())
    assert titles(hidden.engagements) == ["On the review"]
    assert not on_haiti(ANONYMOUS).any


def test_links_of_a_dropped_statement_are_not_followed(desk: Viewer) -> None:
    dropped = made(desk, Statement, "Dropped", NEXT)
    made(desk, Engagement, "On the dropped text", links=(dropped,))
    assert titles(on_haiti(desk).engagements) == ["On the dropped text"]
    commands.move(desk, dropped, StatementState.DROPPED, seen=0)
    found = on_haiti(desk)
    assert (titles(found.statements), found.engagements) == (["Dropped"], ())


def test_what_became_of_a_recommendation_are_the_outcomes_of_its_completed_follow_ups(desk: Viewer) -> None:
    statement = made(desk, Statement, "Then", BEFORE)
    with writing(desk) as session:
        for what, done_on, outcome in (
            ("Law", date(2026, 10, 1), "A bill is before parliament."),
            ("Response", date(2026, 7, 1), "Supported."),
            ("Ask again", None, ""),
        ):
            values = {"record_id": statement, "what": what, "due": date(2026, 12, 1), "owner_id": desk.person_id}
            session.add(FollowUp(**values, done_on=done_on, outcome=outcome))
    (found,) = on_haiti(desk).statements
    assert [one.outcome for one in what_became_of(found)] == ["Supported.", "A bill is before parliament."]
