"""Who is at a statement right now: seen by others who may see it, written seldom, and without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.presence import EVERY, GONE_AFTER, Here, note_presence, who_is_here
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Person, Presence
from calendar_model.terms import Role, StatementFormat
from calendar_model.vocabulary import Sensitivity
from tests.refusals import refusal


@pytest.fixture
def me() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Me"}))


@pytest.fixture
def ola() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Ola", "roles": {Role.READER}}))


def begin(who: Viewer, **values: object) -> str:
    return commands.start_statement(who, {"title": "Text", "format": StatementFormat.STATEMENT, **values}, text="One")


class Hands:
    """A clock whose hands are moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = clock.machine_now()
        monkeypatch.setattr(clock, "machine_now", lambda: self.at)

    def go_on(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return Hands(monkeypatch)


def test_others_are_seen_until_they_are_gone(me: Viewer, ola: Viewer, hands: Hands) -> None:
    made = begin(me)
    note_presence(me, made)
    note_presence(ola, made, typing=True)
    assert who_is_here(me, made) == [Here(ola.person_id, "Ola", typing=True)]
    assert who_is_here(ola, made) == [Here(me.person_id, "Me", typing=False)]
    hands.go_on(GONE_AFTER)
    assert who_is_here(me, made) == []


def test_it_is_written_at_most_so_often_and_empties_no_cache(me: Viewer, ola: Viewer, hands: Hands) -> None:
    made = begin(me)
    token = change_token()
    note_presence(ola, made)
    first = noted(me)
    hands.go_on(EVERY - timedelta(seconds=1))
    note_presence(ola, made, typing=True)
    assert noted(me) == first
    hands.go_on(timedelta(seconds=1))
    note_presence(ola, made, typing=True)
    assert noted(me) != first
    assert change_token() == token


def noted(who: Viewer) -> list[tuple[object, bool]]:
    with reading(who) as session:
        return [(row.at, row.typing) for row in session.scalars(select(Presence))]


def test_old_notes_elsewhere_go(me: Viewer, hands: Hands) -> None:
    first, second = begin(me), begin(me)
    note_presence(me, first)
    note_presence(me, second)
    assert len(noted(me)) == 2
    hands.go_on(GONE_AFTER + timedelta(seconds=1))
    note_presence(me, second)
    assert len(noted(me)) == 1


def test_who_may_not_see_the_statement_learns_nothing(me: Viewer, ola: Viewer) -> None:
    secret = begin(me, sensitivity=Sensitivity.RESTRICTED)
    note_presence(me, secret)
    assert who_is_here(ola, secret) == []
    assert refusal(lambda: note_presence(ola, secret)).code == "record-gone"
    assert len(noted(me)) == 1
    assert noted(ola) == []


def test_nobody_is_noted_for_another(me: Viewer, ola: Viewer) -> None:
    made = begin(me)

    def act() -> None:
        with writing(me) as session:
            session.add(Presence(statement_id=made, person_id=ola.person_id))

    assert refusal(act).code == "presence-of-another"


def test_nobody_takes_the_note_of_another_away(me: Viewer, ola: Viewer) -> None:
    made = begin(me)
    note_presence(ola, made)

    def delete() -> None:
        with writing(me) as session:
            session.delete(session.scalars(select(Presence)).one())

    assert refusal(delete).code == "presence-of-another"
