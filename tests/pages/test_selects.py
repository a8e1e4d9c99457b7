"""A page asks the database as often for many records as for a few."""

from __future__ import annotations

from itertools import count
from typing import Any

from calendar_model.access.permissions import Viewer
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
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
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, EventKind, StatementFormat, Suggester
from pages.components.shell.item_panel import ITEM
from tests.app import open_page
from tests.asked import asked
from tests.cases import ANSWERS
from tests.day import TODAY

SESSION = "session-HRC64"
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("today", {}),
    ("today", {ITEM: SESSION}),
    ("statements", {}),
    ("coverage", {}),
    ("dossier", {"of": SESSION}),
    ("engagements", {}),
    ("cases", {}),
    ("follow_ups", {}),
    ("contacts", {}),
    ("language", {}),
    ("meetings", {}),
    ("timeline", {}),
)
_numbers = count()


def add_work(who: Viewer) -> None:
    """A record of each kind, linked to the session and to each other."""

    def add(kind: type[Record], title: str, *links: str, **values: Any) -> str:
        made = save(who, kind, {"title": f"{title} {number}", **values}, items=[SESSION], links=links)
        save(who, FollowUp, {"record_id": made, "what": "Ask", "due": TODAY, "owner_id": who.person_id})
        return made

    number = next(_numbers)
    contact = add(Contact, "C", contact_kind=ContactKind.ORGANISATION)
    case = add(Case, "Case", contact, suggested_by=Suggester.CIVIL_SOCIETY, **ANSWERS)
    met = {"engagement_kind": EngagementKind.INVITED, "form": EngagementForm.ONLINE, "on": TODAY}
    engagement = add(Engagement, "Breakfast", contact, case, **met)
    statement = add(Statement, "Debate", case, engagement, format=StatementFormat.GENERAL_DEBATE, due=TODAY)
    commands.save_text(who, statement, "Thank you.", language="en", based_on=0)
    planned = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}
    add(Event, "Side event", contact, **planned, request_due=TODAY)
    add(Reprisal, "Reprisal", contact)
    add(LanguageProposal, "Paragraph", text="Resolution", wording="defenders")


def selects_of_each_page(who: Viewer) -> dict[str, int]:
    found = {}
    for page, parameters in PAGES:
        with asked() as selects:
            app = open_page(page, who.person_id, **parameters)
        assert not app.exception
        found[f"{page} {parameters}"] = len(selects)
    return found


def test_no_page_asks_more_often_for_more_records(staff_member: Viewer) -> None:
    add_work(staff_member)
    add_work(staff_member)
    selects_of_each_page(staff_member)
    add_work(staff_member)
    for_three = selects_of_each_page(staff_member)
    for _ in range(4):
        add_work(staff_member)
    assert selects_of_each_page(staff_member) == for_three
