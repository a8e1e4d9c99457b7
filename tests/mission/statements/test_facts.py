"""The facts of many statements at once are those of each alone, and take no more selects than those of two."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.facts import facts_for, facts_of
from calendar_model.mission.statements.queries import newest
from calendar_model.mission.statements.requirements import next_steps
from calendar_model.mission.statements.workflow import StatementFacts
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Case, Engagement, FollowUp, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat, StatementState, Step
from calendar_model.vocabulary import Sensitivity
from tests.asked import asked
from tests.cases import ANSWERS, CASE
from tests.day import TODAY
from tests.staff import CLEARER


@pytest.fixture
def desk(staff_member: Viewer) -> tuple[list[Viewer], list[str]]:
    """Three persons, and four statements whose texts, cases, clearances and overrides all differ."""
    clearers = [member(save(ANONYMOUS, Person, {"name": name, "roles": CLEARER})) for name in ("Head", "Deputy")]
    head, deputy = clearers
    named = [one.person_id for one in (staff_member, head, deputy)]

    def begin(title: str, *links: str) -> str:
        values = {"title": title, "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
        return save(staff_member, Statement, values, named=named, links=links)

    def write(who: Viewer, made: str, *texts: str) -> None:
        for text in texts:
            with reading(who) as session:
                last = newest(session, made, "en")
            commands.save_text(who, made, text, language="en", based_on=last.number if last else 0)

    answered = save(staff_member, Case, {**CASE, **ANSWERS}, named=named)
    open_ = save(staff_member, Case, {**CASE, "title": "Case 2"}, named=named[:2])
    met: dict[str, Any] = {"title": "Breakfast", "on": TODAY, "sensitivity": Sensitivity.RESTRICTED}
    kind, form = EngagementKind.INVITED, EngagementForm.ONLINE
    meeting = save(staff_member, Engagement, {**met, "engagement_kind": kind, "form": form})

    cleared = begin("Cleared, then changed", answered)
    write(staff_member, cleared, "Thank you.")
    for state in (StatementState.CONSULTATION, StatementState.CLEARED):
        commands.move(head, cleared, state, seen=1, on=TODAY)
    write(deputy, cleared, "Thank you. We are troubled.")

    overridden = begin("Overridden", answered, open_)
    write(staff_member, overridden, "Mr President.")
    write(deputy, overridden, "Mr President. One case.")
    reason = "The session is tomorrow, and the text is agreed."
    commands.confirm_override(head, commands.ask_override(staff_member, overridden, Step.CLEAR, reason), reason)

    unlinked = begin("Unlinked", answered, meeting)
    write(head, unlinked, "Excellencies.")
    with reading(staff_member) as session:
        seen = session.get_one(Statement, unlinked).version
    save(staff_member, Statement, {}, record_id=unlinked, seen=seen, links=[meeting])
    with writing(staff_member) as session:
        for done in ({}, {}, {"done_on": TODAY, "outcome": "Said."}):
            session.add(FollowUp(what="Ask", due=TODAY, owner_id=head.person_id, record_id=unlinked, **done))

    plain = begin("Without a case", meeting)
    write(staff_member, plain, "Thank you.", "Thank you all.")
    return [staff_member, head, deputy], [cleared, overridden, unlinked, plain]


def alone(who: Viewer, ids: list[str]) -> dict[str, StatementFacts]:
    found = {}
    for id_ in ids:
        with reading(who) as session:
            found[id_] = facts_for(session, session.get_one(Statement, id_), who.person_id)
    return found


def together(who: Viewer, ids: list[str]) -> dict[str, StatementFacts]:
    with reading(who) as session:
        statements = session.scalars(select(Statement).where(Statement.id.in_(ids))).all()
        return facts_of(session, statements, who.person_id)


def test_facts_of_many_are_those_of_each(desk: tuple[list[Viewer], list[str]]) -> None:
    persons, ids = desk
    for who in persons:
        found = together(who, ids)
        assert found == alone(who, ids)
        assert len({(one.writers, one.askers, one.overridden, one.cases) for one in found.values()}) == 4
    assert {found[id_].hidden for id_ in ids} == {0, 1}


@pytest.mark.usefixtures("sample_officer")
def test_facts_of_the_sample_together_and_each_alone() -> None:
    for person in staff():
        who = member(person.id)
        with reading(who) as session:
            ids = list(session.scalars(select(Statement.id)))
        assert len(ids) >= 7
        found = together(who, ids)
        assert found == alone(who, ids)
        assert any(facts.cases for facts in found.values())
        assert any(facts.overridden for facts in found.values())


def test_next_steps_of_six_take_no_more_selects_than_of_two(staff_member: Viewer) -> None:
    def raised(title: str) -> str:
        case = save(staff_member, Case, {**CASE, "title": f"Case {title}"})
        values = {"title": title, "format": StatementFormat.GENERAL_DEBATE}
        made = save(staff_member, Statement, values, links=[case])
        commands.save_text(staff_member, made, "Thank you.", language="en", based_on=0)
        return made

    ids = [raised(str(number)) for number in range(6)]
    with asked() as of_two:
        next_steps(staff_member, ids[:2])
    with asked() as of_six:
        assert len(next_steps(staff_member, ids)) == 6
    assert len(of_six) == len(of_two)
