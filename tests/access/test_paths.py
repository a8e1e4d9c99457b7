"""No path leads round a safeguard: random acts by three persons, and after each an oracle that reads the bare tables."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.workflow import MOVES
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import USUAL_ROLES, Case, Person, Statement
from calendar_model.terms import (
    InTheLoop,
    Prospect,
    Publicity,
    RiskLevel,
    StatementFormat,
    StatementState,
    Step,
    Suggester,
)
from tests.day import TODAY
from tests.staff import CLEARER

SAID = ("cleared", "delivered", "followed-up")

answers: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"mission_consulted_on": TODAY, "mission": "The embassy", "mission_advice": "No objection."},
        {"mission_consulted_on": None},
        {"before_on": TODAY, "before_with": InTheLoop.DEFENDER},
        {"risk": RiskLevel.LOW, "risk_reasons": "Known already."},
        {"risk": RiskLevel.HIGH, "risk_mitigation": ""},
        {"risk": RiskLevel.NOT_ACCEPTABLE},
        {"prospect": Prospect.UNCLEAR, "prospect_reasons": "A review is due."},
        {"publicity": Publicity.STATEMENT, "publicity_reason": "They ask for it."},
        {"publicity": Publicity.QUIET},
        {"after_on": TODAY, "after_with": InTheLoop.DEFENDER},
        {"mission_advice": ""},
    ]
)

WEIGHED = {
    "mission_consulted_on": TODAY,
    "mission": "The embassy",
    "mission_advice": "No objection.",
    "before_on": TODAY,
    "before_with": InTheLoop.DEFENDER,
    "risk": RiskLevel.LOW,
    "risk_reasons": "Known already.",
    "prospect": Prospect.UNCLEAR,
    "prospect_reasons": "A review is due.",
    "publicity": Publicity.STATEMENT,
    "publicity_reason": "They ask for it.",
}


class Paths(RuleBasedStateMachine):
    """One statement, one case, three persons of whom one writes, and two may clear."""

    @initialize(weighed=st.sampled_from([False, False, True]), linked=st.sampled_from([True, True, False]))
    def begin(self, weighed: bool, linked: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.workspace: Workspace = open_workspace(f"sqlite:///{Path(self.folder.name) / 'paths.sqlite'}")
        self.persons = [
            self.save(ANONYMOUS, Person, {"name": name, "roles": roles})
            for name, roles in (("Desk", USUAL_ROLES), ("Head", CLEARER), ("Deputy", CLEARER))
        ]
        self.viewers: list[Viewer] = [member(person) for person in self.persons]
        writer = self.viewers[0]
        case = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY, **(WEIGHED if weighed else {})}
        self.case = self.save(writer, Case, case, named=self.persons)
        values = {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE}
        self.statement = self.save(writer, Statement, values, links=[self.case] if linked else [])
        self.save(writer, Statement, {}, record_id=self.statement, seen=1, named=self.persons)
        self.before = self.now()

    def teardown(self) -> None:
        if hasattr(self, "workspace"):
            self.workspace.close()
            self.folder.cleanup()

    def save(self, viewer: Viewer, kind: Any, values: dict[str, Any], **more: Any) -> str:
        return save(viewer, kind, values, workspace=self.workspace, **more)

    def raw(self, sql: str) -> list[Any]:
        with self.workspace.engine.connect() as connection:
            return list(connection.execute(sa.text(sql)))

    def now(self) -> Any:
        return self.raw("SELECT state, cleared_version, cleared_by_id, delivered_on FROM statement")[0]

    def seen(self, table: str) -> int:
        owner = {"statement": self.statement, "case": self.case}[table]
        return int(self.raw(f"SELECT version FROM record WHERE id = '{owner}'")[0][0])

    def newest(self) -> int:
        return int(self.raw("SELECT coalesce(max(number), 0) FROM version")[0][0])

    @rule(who=st.integers(0, 2))
    def write(self, who: int) -> None:
        number, text = self.newest(), f"Text {self.newest() + 1}"
        with suppress(Refused):
            commands.save_text(
                self.viewers[who], self.statement, text, language="en", based_on=number, workspace=self.workspace
            )

    @rule(who=st.integers(0, 2), to=st.sampled_from(StatementState), dated=st.booleans())
    def move(self, who: int, to: StatementState, dated: bool) -> None:
        with suppress(Refused):
            commands.move(
                self.viewers[who],
                self.statement,
                to,
                seen=self.newest(),
                on=TODAY if dated else None,
                workspace=self.workspace,
            )

    @rule(who=st.sampled_from([1, 1, 2, 0]))
    def go_on(self, who: int) -> None:
        """The straight way, so that random acts come far enough to meet the safeguards."""
        state = StatementState(self.now()[0])
        if state in (StatementState.IDEA, StatementState.DROPPED) or not self.newest():
            self.write(0)
        onwards = [to for to in MOVES[state] if to not in (StatementState.DROPPED, StatementState.DRAFT)]
        if onwards:
            self.move(who, onwards[0], True)

    @rule(
        who=st.integers(0, 2),
        state=st.none() | st.sampled_from(StatementState),
        cleared=st.none() | st.integers(1, 3),
    )
    def forge(self, who: int, state: StatementState | None, cleared: int | None) -> None:
        values: dict[str, Any] = {"cleared_version": cleared, "delivered_on": TODAY}
        if state is not None:
            values["state"] = state
        with suppress(Refused):
            self.save(self.viewers[who], Statement, values, record_id=self.statement, seen=self.seen("statement"))

    @rule(who=st.integers(0, 2), answer=answers)
    def answer(self, who: int, answer: dict[str, Any]) -> None:
        with suppress(Refused):
            self.save(self.viewers[who], Case, answer, record_id=self.case, seen=self.seen("case"))

    @rule(who=st.integers(0, 2), linked=st.booleans())
    def link(self, who: int, linked: bool) -> None:
        links = [self.case] if linked else []
        with suppress(Refused):
            self.save(
                self.viewers[who], Statement, {}, record_id=self.statement, seen=self.seen("statement"), links=links
            )

    @rule(who=st.integers(0, 2), to=st.sampled_from([StatementState.CLEARED, StatementState.DELIVERED]))
    def change_case_and_move_at_once(self, who: int, to: StatementState) -> None:
        with suppress(Refused), writing(self.viewers[who], workspace=self.workspace) as session:
            case, statement = session.get(Case, self.case), session.get(Statement, self.statement)
            assert case is not None
            assert statement is not None
            case.before_on = None
            if to is StatementState.DELIVERED:
                statement.delivered_on = TODAY
            statement.state = to

    @rule(who=st.integers(0, 2), confirm=st.integers(0, 2))
    def override(self, who: int, confirm: int) -> None:
        with suppress(Refused):
            asked = commands.ask_override(
                self.viewers[who], self.statement, Step.CLEAR, "The hearing is tomorrow.", workspace=self.workspace
            )
            commands.confirm_override(self.viewers[confirm], asked, "Agreed with the embassy.", self.workspace)

    @invariant()
    def what_was_let_through_had_passed(self) -> None:
        if not hasattr(self, "before"):
            return
        now = self.now()
        state, cleared_version, cleared_by, delivered_on = now
        if state in SAID:
            assert cleared_version == self.newest(), "what is cleared is the newest text"
            assert cleared_by in self.persons[1:], "by somebody who may clear"
        else:
            assert cleared_version is None or state == "dropped"
        assert state not in SAID[1:] or delivered_on is not None
        if state in SAID[:2] and state != self.before[0] and self.raised():
            assert self.weighed() or self.overridden(), f"{state} without its checks"
            if state == "cleared":
                assert cleared_by != self.raw("SELECT written_by_id FROM version ORDER BY number DESC")[0][0]
        if state == "followed-up" and state != self.before[0] and self.raised():
            after = self.raw("SELECT after_on FROM case_file")[0][0]
            assert after is not None
            assert after >= delivered_on
        self.before = now

    def raised(self) -> bool:
        return bool(self.raw("SELECT 1 FROM record_link"))

    def weighed(self) -> bool:
        case = self.raw("SELECT * FROM case_file")[0]._mapping
        answered = all(
            case[name]
            for name in (
                "mission_consulted_on",
                "mission",
                "mission_advice",
                "before_on",
                "before_with",
                "risk",
                "risk_reasons",
                "prospect",
                "prospect_reasons",
                "publicity",
                "publicity_reason",
            )
        )
        lessened = case["risk"] != "high" or bool(case["risk_mitigation"])
        return answered and lessened and case["risk"] != "not-acceptable" and case["publicity"] != "quiet"

    def overridden(self) -> bool:
        case = self.raw("SELECT risk, publicity FROM case_file")[0]
        if case.risk == "not-acceptable" or case.publicity == "quiet":
            return False
        asked = {row.id: row for row in self.raw('SELECT * FROM "override" WHERE confirms_id IS NULL')}
        return any(
            row.person_id != asked[row.confirms_id].person_id
            and row.person_id in self.persons[1:]
            and row.version_number == asked[row.confirms_id].version_number == self.newest()
            for row in self.raw('SELECT * FROM "override" WHERE confirms_id IS NOT NULL')
        )


Paths.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPaths = Paths.TestCase
