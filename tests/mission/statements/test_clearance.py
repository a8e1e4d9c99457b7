"""Four eyes: nobody clears a text that they wrote or edited since it was last cleared, or whose override they asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.clearance import Clearance, SavedText, clearances_of, contributors
from calendar_model.mission.statements.queries import newest
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import Undoable, undo
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import Case, Contact, Person, RecordLink, Statement, Version
from calendar_model.terms import (
    ContactKind,
    StatementFormat,
    StatementState,
    Step,
)
from tests.cases import ANSWERS, CASE
from tests.day import TODAY
from tests.refusals import refused_for
from tests.staff import CLEARER

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SPOKEN = "Thank you, Mr President. We are troubled by one case."


class Team:
    """A statement that raises a case, and three persons, each of whom may clear and sees everything."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        answers: dict[str, Any] = ANSWERS,
        linked: bool = True,
    ) -> None:
        self.workspace = workspace
        ids = {name: self.save(ANONYMOUS, Person, {"name": name, "roles": CLEARER}) for name in ("Ada", "Bo", "Cy")}
        self.ada, self.bo, self.cy = self.everyone = [member(id_) for id_ in ids.values()]
        self.names = {id_: name for name, id_ in ids.items()}
        self.last: tuple[Viewer, Undoable] | None = None
        """The last step of the statement, and who took it."""
        self.case = self.save(self.ada, Case, {**CASE, **answers}, named=ids.values())
        values = {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE}
        self.statement = self.save(self.ada, Statement, values)
        if linked:
            self.link()

    def save(self, who: Viewer, kind: Any, values: dict[str, Any], **more: Any) -> str:
        return save(who, kind, values, workspace=self.workspace, **more)

    def change(self, who: Viewer, values: dict[str, Any], **more: Any) -> None:
        with reading(who, self.workspace) as session:
            seen = session.scalar(select(Statement.version).where(Statement.id == self.statement)) or 0
        self.save(who, Statement, values, record_id=self.statement, seen=seen, **more)

    def link(self, *, cases: bool = True) -> None:
        named = [one.person_id for one in self.everyone]
        self.change(self.ada, {}, links=[self.case] if cases else [])
        self.change(self.ada, {}, named=named)

    def write(self, who: Viewer, text: str, language: str = "en") -> int:
        with reading(who, self.workspace) as session:
            last = newest(session, self.statement, language)
        based_on = last.number if last else 0
        return commands.save_text(
            who, self.statement, text, language=language, based_on=based_on, workspace=self.workspace
        ).number

    def move(self, who: Viewer, to: StatementState) -> None:
        with reading(who, self.workspace) as session:
            numbers = session.scalars(select(Version.number).where(Version.statement_id == self.statement))
            seen = max(numbers, default=0)
        self.last = who, commands.move(who, self.statement, to, seen=seen, on=TODAY, workspace=self.workspace)

    def undo(self) -> None:
        """Take the last step of the statement back."""
        if self.last is not None:
            undo(*self.last, self.workspace)

    def clear(self, who: Viewer) -> None:
        if self.state is StatementState.DRAFT:
            self.move(who, StatementState.CONSULTATION)
        self.move(who, StatementState.CLEARED)

    def refused(self, who: Viewer) -> set[str]:
        """The codes of what keeps somebody from clearing."""
        with pytest.raises(Refused) as refused:
            self.clear(who)
        return {unmet.code for unmet in refused.value.unmet}

    @property
    def state(self) -> StatementState:
        with reading(self.ada, self.workspace) as session:
            return session.scalars(select(Statement.state).where(Statement.id == self.statement)).one()


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}")
    opened = open_workspace(make())
    yield opened
    opened.close()


@pytest.fixture
def team(workspace: Workspace) -> Team:
    return Team(workspace)


# --- Whose text it is


@pytest.mark.parametrize(
    "again",
    [
        SPOKEN.replace(" ", "  "),
        SPOKEN.replace(". ", ".\n"),
        f"{SPOKEN}\u200b",
    ],
)
def test_a_blank_saved_by_a_colleague_leaves_the_writer_a_writer(team: Team, again: str) -> None:
    team.write(team.ada, SPOKEN)
    team.write(team.bo, again)
    assert team.refused(team.ada) == {"is-writer"}
    team.clear(team.bo)
    assert team.state is StatementState.CLEARED


def test_all_who_wrote_since_the_last_clearance_are_writers_in_any_language(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.write(team.bo, "Merci, Monsieur le Président.", "fr")
    assert team.refused(team.ada) == team.refused(team.bo) == {"is-writer"}
    team.clear(team.cy)


def test_an_older_text_brought_back_brings_its_writer_back(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.write(team.bo, "Thank you.")
    team.clear(team.cy)
    team.write(team.cy, f"{SPOKEN} And by others.")
    assert team.refused(team.ada) == team.refused(team.cy) == {"is-writer"}
    team.clear(team.bo)


def test_a_writer_may_clear_what_others_wrote_after_their_text_was_cleared(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.clear(team.bo)
    team.write(team.cy, f"{SPOKEN} They ask to be heard.")
    assert team.refused(team.cy) == {"is-writer"}
    team.clear(team.ada)


def test_a_clearance_that_was_taken_back_settles_nothing(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.clear(team.bo)
    team.move(team.bo, StatementState.DRAFT)
    assert team.refused(team.ada) == {"is-writer"}
    team.write(team.cy, f"{SPOKEN} They ask to be heard.")
    assert team.refused(team.ada) == {"is-writer"}
    team.clear(team.bo)


def test_a_blank_saved_after_the_clearance_settles_nothing(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.clear(team.bo)
    team.write(team.cy, SPOKEN.replace(" ", "  "))
    assert team.state is StatementState.DRAFT
    assert team.refused(team.ada) == {"is-writer"}


@pytest.mark.parametrize("again", [SPOKEN, f"{SPOKEN} ", f"\n{SPOKEN}\n\n", SPOKEN.replace("\n", "\r\n")])
def test_a_save_that_changes_nothing_is_refused_and_ends_no_clearance(team: Team, again: str) -> None:
    team.write(team.ada, SPOKEN)
    team.clear(team.bo)
    with refused_for("text-unchanged"):
        team.write(team.cy, again)
    assert team.state is StatementState.CLEARED


def test_a_writer_stays_one_when_the_case_is_unlinked(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.link(cases=False)
    assert team.refused(team.ada) == {"is-writer"}
    team.clear(team.bo)


def test_what_a_writer_cleared_before_the_case_was_linked_settles_nothing(workspace: Workspace) -> None:
    team = Team(workspace, linked=False)
    team.write(team.ada, SPOKEN)
    team.clear(team.ada)
    team.link()
    assert team.state is StatementState.DRAFT
    team.write(team.bo, f"{SPOKEN} They ask to be heard.")
    assert team.refused(team.ada) == {"is-writer"}


def test_who_asked_for_the_override_does_not_clear_what_it_overrides(workspace: Workspace) -> None:
    team = Team(workspace, answers={**ANSWERS, "mission_consulted_on": None})
    team.write(team.ada, SPOKEN)
    asked = commands.ask_override(team.bo, team.statement, Step.CLEAR, "The hearing is tomorrow.", workspace=workspace)
    commands.confirm_override(team.cy, asked, "Agreed with the embassy.", workspace=workspace)
    assert team.refused(team.bo) == {"asked-override"}
    team.clear(team.cy)


def test_the_history_keeps_who_cleared_which_text(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    team.clear(team.bo)
    team.write(team.cy, f"{SPOKEN} They ask to be heard.")
    team.clear(team.bo)
    team.move(team.bo, StatementState.DRAFT)
    with reading(team.ada, team.workspace) as session:
        kept = clearances_of(session, team.statement)
    bo = team.bo.person_id
    assert [(one.version, one.person_id, one.taken_back) for one in kept] == [(1, bo, False), (2, bo, True)]


def test_a_saved_text_is_the_newest_and_stays(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    with pytest.raises(Refused), writing(team.bo, workspace=team.workspace) as session:
        session.add(Version(statement_id=team.statement, number=0, text="x", written_by_id=team.bo.person_id))
    with pytest.raises(Refused), writing(team.bo, workspace=team.workspace) as session:
        session.delete(session.scalars(select(Version)).one())


# --- Who clears reads what they clear


def test_who_cannot_see_the_case_does_not_clear(team: Team) -> None:
    team.write(team.ada, SPOKEN)
    outsider = member(team.save(ANONYMOUS, Person, {"name": "Di", "roles": CLEARER}))
    commands.move(
        team.ada,
        team.statement,
        StatementState.CONSULTATION,
        seen=1,
        waiting_for=outsider.person_id,
        workspace=team.workspace,
    )
    assert team.refused(outsider) == {"unreadable-records"}
    team.clear(team.bo)


@pytest.mark.parametrize("linked_from_statement", [True, False])
def test_who_cannot_see_a_linked_restricted_record_does_not_clear(team: Team, linked_from_statement: bool) -> None:
    team.write(team.ada, SPOKEN)
    contact = team.save(team.ada, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    ends = {"record_id": team.statement, "other_id": contact}
    if not linked_from_statement:
        ends = {"record_id": contact, "other_id": team.statement}
    with writing(team.ada, workspace=team.workspace) as session:
        session.add(RecordLink(**ends))
    assert team.refused(team.bo) == {"unreadable-records"}


def test_who_cannot_see_the_case_confirms_no_override_of_it(workspace: Workspace) -> None:
    team = Team(workspace, answers={**ANSWERS, "mission_consulted_on": None})
    outsider = member(team.save(ANONYMOUS, Person, {"name": "Di", "roles": CLEARER}))
    team.write(team.ada, SPOKEN)
    team.change(team.ada, {}, named=[one.person_id for one in (*team.everyone, outsider)])
    asked = commands.ask_override(team.ada, team.statement, Step.CLEAR, "The hearing is tomorrow.", workspace=workspace)
    with pytest.raises(Refused) as refused:
        commands.confirm_override(outsider, asked, "Agreed with the embassy.", workspace)
    assert [unmet.code for unmet in refused.value.unmet] == ["unreadable-records"]


# --- Any sequence of acts


people = st.sampled_from(["a", "b", "c"])
pieces = st.lists(st.sampled_from(["One.", "Two.", "Three."]), max_size=3)
acts = st.lists(
    st.tuples(st.just("write"), people, pieces, st.sampled_from(["en", "fr"]))
    | st.tuples(st.just("clear"), people, st.booleans(), st.just("")),
    max_size=14,
)


@given(acts)
def test_who_wrote_what_is_new_since_the_last_clearance_is_a_writer(acts: list[tuple[Any, ...]]) -> None:
    texts: list[SavedText] = []
    clearances: list[Clearance] = []
    owed: dict[str, set[str]] = {}
    """By language the sentences of the newest text that nobody but their writers has cleared."""
    newest: dict[str, list[str]] = {}
    wrote: dict[str, set[str]] = {}
    for act, who, what, language in acts:
        if act == "write":
            texts.append(SavedText(len(texts) + 1, language, "  ".join(what), who))
            new = set(what) - set(newest.get(language, []))
            owed[language] = (owed.get(language, set()) & set(what)) | new
            newest[language] = what
            for one in new:
                wrote.setdefault(one, set()).add(who)
        elif texts:
            found = contributors(texts, clearances).writers
            standing = {one for some in owed.values() for one in some}
            assert {who for one in standing for who in wrote[one]} <= found
            if who not in found:
                clearances.append(Clearance(len(texts), who, AT, taken_back=what))
                if not what:
                    owed = {}


moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["write", "blank", "restore", "clear", "clear", "clear and undo", "back", "undo", "link", "unlink"]
        ),
        st.integers(0, 2),
        st.sampled_from(["en", "fr"]),
    ),
    min_size=3,
    max_size=16,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves)
def test_no_sequence_of_acts_lets_somebody_clear_what_they_wrote_since(moves: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(f"sqlite:///{Path(folder) / 'contributors.sqlite'}")
        try:
            _try(Team(workspace), moves)
        finally:
            workspace.close()


def _try(team: Team, moves: list[tuple[str, int, str]]) -> None:
    saved: dict[str, list[str]] = {"en": [], "fr": []}
    since: set[int] = set()
    for number, (act, who, language) in enumerate(moves):
        person = team.everyone[who]
        with suppress(Refused):
            if act == "write":
                team.write(person, f"Text {number}.", language)
                saved[language].append(f"Text {number}.")
                since.add(who)
            elif act in ("blank", "restore") and saved[language]:
                old = saved[language][-1 if act == "blank" else 0]
                team.write(person, f"{old}\n" if act == "blank" else old, language)
                if saved[language][-1] != old:
                    since.add(who)
                saved[language].append(old)
            elif act == "back":
                team.move(person, StatementState.DRAFT)
            elif act in ("link", "unlink"):
                team.link(cases=act == "link")
            elif act == "undo":
                team.undo()
            elif act == "clear and undo" and any(saved.values()):
                team.clear(person)
                team.undo()
                assert team.state is not StatementState.CLEARED
            elif act == "clear" and any(saved.values()):
                team.clear(person)
                assert who not in since, "cleared by somebody who wrote since the last clearance"
                assert team.state is StatementState.CLEARED
                since = set()
