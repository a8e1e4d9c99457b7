"""What hangs on an item of the calendar, as each may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.dossier import Dossier, LinkedCounts, deadlines, dossier, held_in, work_on
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    Event,
    FollowUp,
    LanguageProposal,
    Record,
    Reprisal,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    RecordKind,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity, Standing
from tests.day import TODAY

ITEM = "hrc-resolution-HRC67"
INTERNAL = {"sensitivity": Sensitivity.INTERNAL}
COLUMNS: dict[type[Record], dict[str, Any]] = {
    Contact: {"contact_kind": ContactKind.ORGANISATION, **INTERNAL},
    Engagement: {
        "engagement_kind": EngagementKind.CONSULTED,
        "on": date(2026, 11, 3),
        "form": EngagementForm.ONLINE,
        **INTERNAL,
    },
    Statement: {"format": StatementFormat.RESOLUTION_TEXT, **INTERNAL},
    Case: {"suggested_by": Suggester.CIVIL_SOCIETY},
    Event: {
        "event_kind": EventKind.SIDE_EVENT,
        "body": "un-hrc",
        "start": date(2028, 3, 1),
        "end": date(2028, 3, 1),
        **INTERNAL,
    },
    LanguageProposal: {"text": "Privacy", "wording": "including defenders", **INTERNAL},
    Reprisal: {},
}


@pytest.fixture
def make(staff_member: Viewer) -> Callable[..., str]:
    """Saves a record of a kind under a title, for the staff_member."""

    def saved(kind: type[Record], title: str, *links: str, item: str = "", **columns: Any) -> str:
        return save(
            staff_member, kind, {"title": title, **COLUMNS[kind], **columns}, items=[item] if item else [], links=links
        )

    return saved


def of(who: Viewer, table: pd.DataFrame, item: str = ITEM) -> Dossier:
    reference, _ = calendar_for(who)
    with reading(who) as session:
        return dossier(session, item, table, reference, TODAY, who.person_id)


def titles(records: Any) -> list[str]:
    return [record.title for record in records]


# --- What belongs to it


def test_of_an_item_to_which_nothing_is_tied_nothing_hangs(staff_member: Viewer, table: pd.DataFrame) -> None:
    found = of(staff_member, table)
    assert [mark.expectation for mark in found.readiness] == ["consulted", "participation", "draft", "cleared"]
    for part in ("engagements", "through", "to_consult", "drafts", "cases", "events", "proposals", "reprisals"):
        assert getattr(found, part) == ()
    assert (found.follow_ups, found.history, found.titles, found.own) == ((), (), {}, "")


def test_all_kinds_that_are_tied_to_the_item(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    for kind in COLUMNS:
        make(kind, kind.__name__, item=ITEM)
        make(kind, f"{kind.__name__} elsewhere", item="session-HRC64")
    found = of(staff_member, table)
    assert {
        "engagements": titles(found.engagements),
        "drafts": [draft.statement.title for draft in found.drafts],
        "cases": titles(found.cases),
        "events": titles(found.events),
        "proposals": titles(found.proposals),
        "reprisals": titles(found.reprisals),
        "to_consult": titles(found.to_consult),
    } == {
        "engagements": ["Engagement"],
        "drafts": ["Statement"],
        "cases": ["Case"],
        "events": ["Event"],
        "proposals": ["LanguageProposal"],
        "reprisals": ["Reprisal"],
        "to_consult": ["Contact"],
    }


def test_engagements_stand_newest_first_with_whom_they_were(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    one, two = make(Contact, "Organisation 001"), make(Contact, "Organisation 002")
    make(Engagement, "Older", one, item=ITEM, on=date(2026, 10, 1))
    make(Engagement, "Newer", two, one, item=ITEM)
    found = of(staff_member, table)
    assert [(e.title, titles(found.with_whom[e.id])) for e in found.engagements] == [
        ("Newer", ["Organisation 001", "Organisation 002"]),
        ("Older", ["Organisation 001"]),
    ]


def test_whom_we_have_yet_to_consult(staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]) -> None:
    names = ("draft", "case", "speaker", "heard", "heard on the draft", "dropped", "stranger")
    contact = {name: make(Contact, name) for name in names}
    draft = make(Statement, "Draft", contact["draft"], contact["heard"], contact["heard on the draft"], item=ITEM)
    make(Case, "Case 1", contact["case"], draft)
    make(Event, "Panel", contact["speaker"], contact["heard"], item=ITEM)
    make(Engagement, "Round", contact["heard"], item=ITEM)
    make(Engagement, "On the draft", contact["heard on the draft"], draft)
    dropped = make(Statement, "Dropped", contact["dropped"], item=ITEM)
    commands.move(staff_member, dropped, StatementState.DROPPED, seen=0)
    make(Engagement, "Elsewhere", contact["stranger"], contact["draft"], item="session-HRC64")
    found = of(staff_member, table)
    assert {one.title: found.because[one.id] for one in found.to_consult} == {
        "case": ("Case 1",),
        "draft": ("Draft",),
        "speaker": ("Panel",),
    }
    assert (titles(found.engagements), titles(found.through)) == (["Round"], ["On the draft"])


def test_cases_and_reprisals_come_through_what_is_tied(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    draft = make(Statement, "Draft", item=ITEM)
    cancelled = make(Event, "Cancelled", item=ITEM, standing=Standing.CANCELLED)
    case = make(Case, "Case 1", draft)
    make(Case, "Case 2", cancelled)
    make(Reprisal, "Reprisal 1", case)
    engaged = make(Engagement, "Round", item=ITEM)
    make(Reprisal, "Reprisal 2", engaged)
    make(Reprisal, "Reprisal 3")
    found = of(staff_member, table)
    assert (titles(found.cases), titles(found.reprisals)) == (["Case 1"], ["Reprisal 1", "Reprisal 2"])
    assert titles(found.events) == ["Cancelled"]


def test_drafts_say_what_misses_next(staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]) -> None:
    draft = make(Statement, "Draft", item=ITEM, due=date(2028, 1, 1))
    make(Statement, "Idea", item=ITEM)
    commands.save_text(staff_member, draft, "Recalling the Declaration.", language="en", based_on=0)
    commands.move(staff_member, draft, StatementState.CONSULTATION, seen=1)
    found = of(staff_member, table)
    assert [(d.statement.title, d.version, d.next, [unmet.code for unmet in d.unmet]) for d in found.drafts] == [
        (
            "Draft",
            1,
            StatementState.CLEARED,
            ["may-not-clear"],
        ),
        ("Idea", 0, StatementState.DRAFT, []),
    ]


def test_follow_ups_of_all_that_hangs_on_it_are_open_ones_by_day(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    draft = make(Statement, "Draft", item=ITEM)
    hung = {make(Case, "Case 1", draft): date(2026, 12, 1), make(Engagement, "Round", item=ITEM): date(2026, 11, 1)}
    with writing(staff_member) as session:
        for record, due in hung.items():
            session.add(FollowUp(record_id=record, what=f"by {due}", due=due, owner_id=staff_member.person_id))
        session.add(
            FollowUp(
                record_id=draft, what="done", due=TODAY, owner_id=staff_member.person_id, done_on=date(2026, 11, 2)
            )
        )
    assert [(one.what, one.record.title, one.owner.name) for one in of(staff_member, table).follow_ups] == [
        ("by 2026-11-01", "Round", "Desk"),
        ("by 2026-12-01", "Case 1", "Desk"),
    ]


def test_to_an_own_event_belongs_what_is_tied_to_its_record(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    speaker = make(Contact, "Organisation 001")
    event = make(Event, "Panel", speaker, item=ITEM)
    make(Statement, "Opening", event)
    make(Engagement, "Invitation", event, speaker)
    make(Engagement, "By its item", item=f"event-{event}")
    found = of(staff_member, table, f"event-{event}")
    assert found.own == event
    assert [titles(part) for part in (found.events, found.with_whom[event], found.to_consult)] == [
        ["Panel"],
        ["Organisation 001"],
        [],
    ]
    assert [draft.statement.title for draft in found.drafts] == ["Opening"]
    assert titles(found.engagements) == ["By its item", "Invitation"]
    assert titles(of(staff_member, table).through) == ["Invitation"]
    with reading(staff_member) as session:
        assert work_on(session, f"event-{event}").kinds == {RecordKind.ENGAGEMENT: 2, RecordKind.STATEMENT: 1}


# --- Who sees it


def test_nobody_sees_more_than_is_theirs_to_see(
    staff_member: Viewer, other: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    hidden = {"sensitivity": Sensitivity.RESTRICTED}
    defender = make(Contact, "CANARY contact", contact_kind=ContactKind.DEFENDER)
    draft = make(Statement, "Draft", item=ITEM)
    make(Event, "Panel", defender, item=ITEM)
    make(Engagement, "Round", defender, item=ITEM)
    for kind in (Engagement, Statement, Event, LanguageProposal):
        made = make(kind, f"CANARY {kind.__name__}", item=ITEM, **hidden)
        with writing(staff_member) as session:
            session.add(FollowUp(record_id=made, what="CANARY", due=TODAY, owner_id=staff_member.person_id))
    make(Case, "CANARY case", item=ITEM)
    make(Reprisal, "CANARY reprisal", item=ITEM)
    whole, seen, public = of(staff_member, table), of(other, table), of(ANONYMOUS, table)
    assert len([title for title in whole.titles.values() if "CANARY" in title]) == 7
    assert [title for title in (*seen.titles.values(), *public.titles.values()) if "CANARY" in title] == []
    assert (titles(seen.engagements), titles(seen.events)) == (["Round"], ["Panel"])
    assert [d.statement.id for d in seen.drafts] == [draft]
    assert (seen.to_consult, seen.cases, seen.reprisals, seen.follow_ups) == ((), (), (), ())
    assert [change for change in (*seen.history, *public.history) if "CANARY" in change.after] == []
    assert (public.engagements, public.drafts, public.events, public.history) == ((), (), (), ())
    with reading(other) as session:
        assert work_on(session, ITEM) == LinkedCounts(
            {RecordKind.ENGAGEMENT: 1, RecordKind.STATEMENT: 1, RecordKind.EVENT: 1}, {StatementState.IDEA: 1}, None
        )
    with reading(staff_member) as session:
        assert work_on(session, ITEM).kinds == {
            RecordKind.ENGAGEMENT: 2,
            RecordKind.STATEMENT: 2,
            RecordKind.EVENT: 2,
            RecordKind.LANGUAGE: 1,
            RecordKind.CASE: 1,
            RecordKind.REPRISAL: 1,
        }
        assert work_on(session, ITEM).next_follow_up == TODAY


# --- Around it in the calendar


def test_the_deadlines_are_those_of_the_item_its_session_and_what_it_belongs_to(table: pd.DataFrame) -> None:
    assert deadlines(table, ITEM)["item"].to_list() == [
        "deadline-hrc-side-event-request-HRC67",
        "deadline-hrc-tabling-HRC67",
        "deadline-hrc-amendments-HRC67",
    ]
    assert deadlines(table, "nowhere").empty
    assert "deadline-hrc-tabling-HRC67" not in deadlines(table, "deadline-hrc-tabling-HRC67")["item"].to_list()


def test_in_a_session_stand_its_texts_and_reviews(
    staff_member: Viewer, table: pd.DataFrame, make: Callable[..., str]
) -> None:
    make(Event, "Panel", item="session-HRC67")
    assert held_in(calendar_for(staff_member)[1], "session-HRC67")["item"].to_list() == [ITEM]
    assert set(held_in(table, "session-UPR53")["kind"]) == {"upr-review"}
    assert held_in(table, ITEM).empty
    assert held_in(table, "nowhere").empty


def test_a_review_is_not_shown_the_deadlines_of_another_country(table: pd.DataFrame) -> None:
    of_myanmar = "deadline-upr-stakeholder-submissions-UPR54-MMR"
    found = {item: set(deadlines(table, item)["item"]) for item in ("upr-4-HTI", "upr-4-MMR", "session-UPR54")}
    assert [item for item, listed in found.items() if of_myanmar in listed] == ["upr-4-MMR", "session-UPR54"]
    assert all("deadline-upr-comments-UPR54" in listed for listed in found.values())
