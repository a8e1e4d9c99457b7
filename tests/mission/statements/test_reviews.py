"""Overrides stay a debt until a person who took no part in them has reviewed what was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import StatementGroup, list_statements, view_statement
from calendar_model.mission.statements.reviews import OverrideStanding, override_debts, standing_of
from calendar_model.mission.tasks import TaskKind, own_tasks
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import undo, undoable
from calendar_model.store.models import Case, Override, OverrideReview, Person, Statement
from calendar_model.terms import Role, StatementFormat, StatementState, Step
from calendar_model.vocabulary import Sensitivity
from tests.cases import ANSWERS, CASE
from tests.day import TODAY
from tests.refusals import refused_for

pytestmark = pytest.mark.usefixtures("either_database")

ASSESSMENT = "It could not wait, and the family agreed afterwards."


class Team:
    """A delivered statement with a case of which a check was overridden; Ada wrote it, Bo edited it, Cy asked for the
    override, Di confirmed it and cleared, Eve took no part. All can clear; Eve reads the case only if she ``may``."""

    def __init__(self, *, eve_reads: bool = True) -> None:
        roles = {Role.EDITOR, Role.CLEARER, Role.CASE_OFFICER}
        named = {
            name: save(ANONYMOUS, Person, {"name": name, "roles": roles}) for name in ("Ada", "Bo", "Cy", "Di", "Eve")
        }
        self.ada, self.bo, self.cy, self.di, self.eve = map(member, named.values())
        self.all = [self.ada, self.bo, self.cy, self.di, self.eve]
        readers = list(named.values())
        unanswered = {**ANSWERS, "mission_consulted_on": None}
        self.case = save(self.ada, Case, {**CASE, **unanswered}, named=readers if eve_reads else readers[:-1])
        values = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
        self.made = commands.start_statement(self.ada, values, text="Thank you.", named=readers, links=[self.case])
        self.write(self.bo, "Thank you, Mr President.", 1)
        self.asked = commands.ask_override(self.cy, self.made, Step.CLEAR, "The hearing is tomorrow.")

    def write(self, who: Viewer, text: str, based_on: int) -> None:
        commands.save_text(who, self.made, text, language="en", based_on=based_on)

    def confirm(self) -> None:
        commands.confirm_override(self.di, self.asked, "Agreed with the embassy.")

    def move(self, *states: StatementState, seen: int = 2) -> None:
        for state in states:
            commands.move(self.di, self.made, state, seen=seen, on=TODAY)

    def deliver(self) -> None:
        self.confirm()
        self.move(StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED)

    def review(self, who: Viewer, assessment: str = ASSESSMENT, seen: int = 2) -> None:
        commands.review_override(who, self.asked, assessment, seen=seen)

    def debts(self, who: Viewer | None = None) -> list[tuple[str, bool]]:
        return [(debt.override_id, debt.can_be_reviewed) for debt in override_debts(who or self.eve)]

    @property
    def standing(self) -> OverrideStanding:
        view = view_statement(self.ada, self.made)
        assert view is not None
        return standing_of(view.statement, view.statement.overrides[0])


@pytest.fixture
def team(either_database: object) -> Team:
    return Team()


def test_a_confirmed_override_is_a_debt_until_it_is_reviewed(team: Team) -> None:
    assert (team.debts(), team.standing) == ([], OverrideStanding.REQUESTED)
    team.confirm()
    assert (team.debts(), team.standing) == ([(team.asked, False)], OverrideStanding.IN_FORCE)
    with refused_for("nothing-to-review"):
        team.review(team.eve)
    team.move(StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED)
    assert (team.debts(), team.standing) == ([(team.asked, True)], OverrideStanding.TO_REVIEW)
    team.review(team.eve)
    assert (team.debts(), team.standing) == ([], OverrideStanding.REVIEWED)
    with reading(team.ada) as session:
        kept = session.scalars(select(OverrideReview)).one()
    assert (kept.person_id, kept.version_number, kept.assessment) == (team.eve.person_id, 2, ASSESSMENT)
    assert kept.at is not None
    with refused_for("nothing-to-review"):
        team.review(team.di)


def test_why_a_check_was_overridden_is_not_published_with_the_text(team: Team) -> None:
    team.deliver()
    team.review(team.eve)
    published = {"sensitivity": Sensitivity.PUBLIC}
    save(team.ada, Statement, published, record_id=team.made, seen=version(team), links=[], reason="It was published.")
    with reading(ANONYMOUS) as session:
        assert session.get(Statement, team.made) is not None
        for kind in (Override, OverrideReview):
            assert session.scalars(select(kind)).all() == []
    assert team.standing is OverrideStanding.REVIEWED


@pytest.mark.parametrize("who", ["ada", "bo", "cy"])
def test_who_wrote_edited_or_asked_reviews_nothing(team: Team, who: str) -> None:
    team.deliver()
    with refused_for("review-needs-another-person"):
        team.review(getattr(team, who))
    team.review(team.di)


def test_a_review_needs_an_assessment_the_text_and_the_role(team: Team) -> None:
    team.deliver()
    with refused_for("review-without-assessment"):
        team.review(team.eve, " ok ")
    with refused_for("newer-text-unread"):
        team.review(team.eve, seen=1)
    editor = member(save(ANONYMOUS, Person, {"name": "Editor", "roles": {Role.EDITOR}}))
    with refused_for("override-gone"):
        team.review(editor)
    save(
        team.ada,
        Statement,
        {},
        record_id=team.made,
        seen=version(team),
        named=[*(one.person_id for one in team.all), editor.person_id],
    )
    with refused_for("review-needs-another-person"):
        team.review(editor)
    assert team.debts() == [(team.asked, True)]


def version(team: Team) -> int:
    with reading(team.ada) as session:
        return session.get_one(Statement, team.made).version


def test_who_cannot_read_the_case_does_not_review_it() -> None:
    team = Team(eve_reads=False)
    team.deliver()
    with refused_for("unreadable-records"):
        team.review(team.eve)


def test_another_text_or_a_dropped_statement_leaves_no_debt(team: Team) -> None:
    team.confirm()
    team.move(StatementState.CONSULTATION, StatementState.DROPPED)
    assert (team.debts(), team.standing) == ([], OverrideStanding.NOT_USED)
    team.move(StatementState.DRAFT)
    assert team.standing is OverrideStanding.IN_FORCE
    team.write(team.bo, "Thank you, Madam President.", 2)
    assert (team.debts(), team.standing) == ([], OverrideStanding.NOT_USED)


def test_who_does_not_see_the_statement_sees_no_debt(team: Team) -> None:
    team.deliver()
    outsider = member(save(ANONYMOUS, Person, {"name": "Outsider", "roles": {Role.CLEARER}}))
    assert team.debts(outsider) == []
    assert own_tasks(outsider, TODAY).mine == ()


def test_it_is_a_task_of_those_who_can_review_it_and_counted_in_the_list(team: Team) -> None:
    team.deliver()

    def reviews(who: Viewer) -> list[str]:
        return [task.record_id for task in own_tasks(who, TODAY).mine if task.kind is TaskKind.REVIEW]

    assert [reviews(who) for who in team.all] == [[], [], [], [team.made], [team.made]]

    def listed(who: Viewer, today: date = TODAY) -> dict[StatementGroup, list[tuple[str, int]]]:
        found = list_statements(who, today, only_unreviewed=True, may_clear=True)
        return {group: [(one.id, one.unreviewed) for one in some] for group, some in found.items() if some}

    assert listed(team.eve) == {StatementGroup.AWAITING_ME: [(team.made, 1)]}
    assert listed(team.bo) == {StatementGroup.OTHERS: [(team.made, 1)]}
    team.review(team.eve)
    assert listed(team.eve) == {}
    assert reviews(team.di) == []


def test_a_review_never_changes_and_never_goes(team: Team) -> None:
    team.deliver()
    team.review(team.eve)

    def change(act: Callable[[OverrideReview], object]) -> None:
        with writing(team.eve) as session:
            act(session.scalars(select(OverrideReview)).one())

    with refused_for("text-or-override-changed"):
        change(lambda kept: setattr(kept, "assessment", "Something else entirely."))
    with refused_for("text-or-override-removed"), writing(team.eve) as session:
        session.delete(session.scalars(select(OverrideReview)).one())


def test_neither_an_override_nor_a_review_is_taken_back(team: Team) -> None:
    team.deliver()
    with writing(team.eve) as session:
        values = {"statement_id": team.made, "override_id": team.asked, "version_number": 2}
        session.add(OverrideReview(**values, assessment=ASSESSMENT, person_id=team.eve.person_id))
    with refused_for("undo-unknown"):
        undo(team.eve, undoable(session))
    assert team.standing is OverrideStanding.REVIEWED
