"""A workspace in either database, each test with its own, empty but for the layout of its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.database import Workspace, WorkspaceSession, open_workspace
from calendar_model.workspace.records import Engagement, Person, Statement
from calendar_model.workspace.terms import EngagementForm, EngagementKind, StatementForm


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}")
    return make()


@pytest.fixture
def workspace(url: str) -> Iterator[Workspace]:
    """An open workspace with nothing in it."""
    opened = open_workspace(url)
    yield opened
    opened.close()


def reading(workspace: Workspace) -> WorkspaceSession:
    """A session that sees everything."""
    session = workspace.session()
    session.sight = []
    return session


def writing(workspace: Workspace, actor: str = "", reason: str = "") -> WorkspaceSession:
    """A session that sees everything and may write anything."""
    session = workspace.session(write=True)
    session.sight, session.rules = [], lambda _: None
    session.actor, session.reason = actor, reason
    return session


@pytest.fixture
def person(workspace: Workspace) -> Person:
    """Somebody of the staff."""
    somebody = Person(name="Desk officer", post="Geneva", may_clear=True)
    with writing(workspace) as session:
        session.add(somebody)
        session.commit()
    return somebody


def a_statement(person: Person, title: str = "Item 3, general debate", **columns: object) -> Statement:
    """A statement, not yet in a session."""
    given: dict[str, object] = {"sensitivity": Sensitivity.INTERNAL, "form": StatementForm.NATIONAL, **columns}
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
