"""A workspace in either database, each test with its own, empty but for the layout of its tables."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_model.access.protection import audiences
from calendar_model.store.database import Workspace
from calendar_model.store.models import Engagement, Person, Statement
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat
from calendar_model.vocabulary import Sensitivity


def reading(workspace: Workspace) -> WorkspaceSession:
    """A session that sees everything."""
    session = workspace.session()
    session.scope = []
    return session


def writing(workspace: Workspace, actor: str = "", reason: str = "") -> WorkspaceSession:
    """A session that sees everything and may write anything."""
    session = workspace.session(write=True)
    session.scope, session.rules, session.access_rules = [], lambda _: None, audiences
    session.actor, session.reason = actor, reason
    return session


@pytest.fixture
def person(workspace: Workspace) -> Person:
    """Somebody of the staff."""
    somebody = Person(name="Desk officer", post="Geneva", roles=())
    with writing(workspace) as session:
        session.add(somebody)
        session.commit()
    return somebody


def a_statement(person: Person, title: str = "Item 3, general debate", **columns: object) -> Statement:
    """A statement, not yet in a session."""
    given: dict[str, object] = {"sensitivity": Sensitivity.INTERNAL, "format": StatementFormat.STATEMENT, **columns}
    return Statement(title=title, owner_id=person.id, **given)


def an_engagement(person: Person, title: str = "Breakfast with defenders", **columns: object) -> Engagement:
    """An engagement, not yet in a session."""
    given: dict[str, object] = {
        "sensitivity": Sensitivity.INTERNAL,
        "engagement_kind": EngagementKind.INVITED,
        "on": date(2026, 11, 24),
        "form": EngagementForm.IN_PERSON,
        **columns,
    }
    return Engagement(title=title, owner_id=person.id, **given)
