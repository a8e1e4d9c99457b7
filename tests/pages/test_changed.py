"""Lists mark the records that colleagues have changed since the reader's last visit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.mission.visits import record_visit
from calendar_model.store.models import Case, Contact, Engagement, Event, LanguageProposal, Reprisal
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, EventKind, StatementFormat, Suggester
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import sound

MARK = "changed since your last visit"


def marks(app: AppTest) -> int:
    """How often the page has the mark, in small print and in tables."""
    words = [one.value for one in app.caption]
    words += [str(cell) for frame in app.dataframe for cell in frame.value.to_numpy().flatten()]
    return sum(text.count(MARK) for text in words)


def statement(who: Viewer) -> None:
    commands.start_statement(who, {"title": "Item 3", "format": StatementFormat.STATEMENT}, text="Thanks.")


def engagement(who: Viewer) -> None:
    values = {"title": "Met", "engagement_kind": EngagementKind.INVITED, "on": TODAY, "form": EngagementForm.ONLINE}
    save(who, Engagement, values)


def contact(who: Viewer) -> None:
    save(
        who,
        Contact,
        {"title": f"Network {who.person_id[:4]}", "contact_kind": ContactKind.ORGANISATION, "sensitivity": "internal"},
    )


def case(who: Viewer, reader: Viewer) -> None:
    named = [who.person_id, reader.person_id]
    save(who, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY}, named=named)
    save(who, Reprisal, {"title": "Reprisal 1"}, named=named)


def proposal(who: Viewer) -> None:
    save(who, LanguageProposal, {"title": "Water", "text": "Water", "wording": "including defenders"})


def event(who: Viewer) -> None:
    place = {"timezone": "Europe/Zurich", "body": "un-hrc"}
    values = {"title": "Panel", "event_kind": EventKind.SIDE_EVENT, "start": TODAY, "end": TODAY, **place}
    save(who, Event, values)


@pytest.mark.parametrize(
    ("page", "count"),
    [("statements", 1), ("engagements", 1), ("contacts", 1), ("cases", 2), ("language", 1), ("meetings", 1)],
)
def test_what_a_colleague_has_changed_is_marked(me: Viewer, other: Viewer, page: str, count: int) -> None:
    made = {
        "statements": statement,
        "engagements": engagement,
        "contacts": contact,
        "cases": lambda who: case(who, me if who is other else other),
        "language": proposal,
        "meetings": event,
    }[page]
    record_visit(me, TODAY - timedelta(days=3))
    made(me)
    assert marks(sound(open_page(page, me.person_id))) == 0
    made(other)
    assert marks(sound(open_page(page, me.person_id))) == count
    # On a first visit nothing is known to be new.
    assert marks(sound(open_page(page, other.person_id))) == 0
