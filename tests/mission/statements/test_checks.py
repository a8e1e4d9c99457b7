"""Statements pass their checks, whichever way they are written; through the door that pages use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.commands import NewerText
from calendar_model.mission.statements.queries import unsaved
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Case,
    Override,
    Person,
    Record,
    RecordLink,
    Statement,
    Version,
)
from calendar_model.terms import (
    InTheLoop,
    RiskLevel,
    StatementForm,
    StatementState,
    Step,
)
from tests.cases import ANSWERS, CASE
from tests.refusals import refused_for

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after all those that are written down here as past."""
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-30")


@pytest.fixture
def head() -> Viewer:
    """Somebody who may clear."""
    return member(save(ANONYMOUS, Person, {"name": "Head", "may_clear": True}))


def statement(who: Viewer, text: str = "Thank you, Mr President.", **more: Any) -> str:
    values = {"title": "General debate", "form": StatementForm.GENERAL_DEBATE, "forum": "un-hrc"}
    made = save(who, Statement, values, **more)
    if text:
        write(who, made, text)
    return made


def write(who: Viewer, made: str, text: str, *, based_on: int = 0) -> int:
    return commands.save_text(who, made, text, language="en", based_on=based_on).number


def move(who: Viewer, made: str, to: StatementState, *, seen: int = 1, on: date | None = None) -> None:
    commands.move(who, made, to, seen=seen, on=on)


def state(who: Viewer, made: str) -> StatementState | None:
    with reading(who) as session:
        return session.scalar(select(Statement.state).where(Statement.id == made))


def titles(who: Viewer) -> list[str]:
    with reading(who) as session:
        return sorted(session.scalars(select(Record.title)))


# --- Moves and texts


def test_a_statement_goes_from_idea_to_followed_up(desk: Viewer, head: Viewer) -> None:
    made = statement(desk, "")
    assert state(desk, made) is StatementState.IDEA
    write(desk, made, "Thank you.")
    assert state(desk, made) is StatementState.DRAFT
    move(desk, made, StatementState.CONSULTATION)
    with refused_for("may-not-clear"):
        move(desk, made, StatementState.CLEARED)
    move(head, made, StatementState.CLEARED)
    with reading(desk) as session:
        found = session.get(Statement, made)
        assert found is not None
        assert (found.cleared_version, found.cleared_by_id) == (1, head.person_id)
    with refused_for("no-delivery-day"):
        move(desk, made, StatementState.DELIVERED)
    move(desk, made, StatementState.DELIVERED, on=date(2026, 11, 24))
    with refused_for("statement-not-writable"):
        write(desk, made, "Another.", based_on=1)
    move(desk, made, StatementState.FOLLOWED_UP)
    assert state(desk, made) is StatementState.FOLLOWED_UP


def test_an_edit_takes_the_clearance_back(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    move(desk, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    assert write(desk, made, "Thank you very much.", based_on=1) == 2
    assert state(desk, made) is StatementState.DRAFT
    with reading(desk) as session:
        assert session.execute(select(Statement.cleared_version, Statement.cleared_at)).one() == (None, None)


def test_who_has_not_read_the_newest_text_does_not_move_it(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    move(desk, made, StatementState.CONSULTATION)
    write(desk, made, "Thank you, all.", based_on=1)
    with refused_for("newer-text-unread"):
        move(head, made, StatementState.CLEARED, seen=1)


@pytest.mark.parametrize(
    "forged",
    [
        {"state": StatementState.CLEARED},
        {"state": StatementState.DELIVERED, "delivered_on": date(2026, 11, 24)},
        {"cleared_version": 1},
        {"delivered_on": date(2026, 11, 24), "state": StatementState.FOLLOWED_UP},
    ],
)
def test_no_column_is_set_past_the_checks(desk: Viewer, forged: dict[str, Any]) -> None:
    made = statement(desk)
    with pytest.raises(Refused):
        save(desk, Statement, forged, record_id=made, seen=2)
    assert state(desk, made) is StatementState.DRAFT
    with refused_for("statement-not-an-idea"):
        save(desk, Statement, {"title": "X", "form": StatementForm.JOINT, "state": StatementState.CLEARED})


def test_a_saved_text_never_changes_and_has_its_writers_name(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    with refused_for("text-or-override-changed"), writing(desk) as session:
        session.scalars(select(Version)).one().text = "Other"
    with refused_for("version-of-another-person"), writing(desk) as session:
        session.add(Version(statement_id=made, number=2, text="x", written_by_id=head.person_id))


def test_the_second_of_two_texts_is_refused_with_both(desk: Viewer, head: Viewer) -> None:
    made = statement(desk, "One.")
    write(head, made, "One. Two.", based_on=1)
    with pytest.raises(NewerText) as refused:
        write(desk, made, "One. Three.", based_on=1)
    assert (refused.value.base, refused.value.theirs.text) == ("One.", "One. Two.")


def test_what_is_typed_is_kept_for_its_writer_alone(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    before = change_token()
    for text in ("Typed", "Typed so far"):
        commands.keep_unsaved(desk, made, text, language="en", based_on=1)
    assert change_token() == before
    with reading(desk) as session:
        kept = unsaved(session, made)
        assert kept is not None
        assert (kept.text, kept.based_on) == ("Typed so far", 1)
    with reading(head) as session:
        assert unsaved(session, made) is None
    write(desk, made, "Saved", based_on=1)
    with reading(desk) as session:
        assert unsaved(session, made) is None


# --- Cases


def raising(desk: Viewer, head: Viewer, **weighed: Any) -> tuple[str, str]:
    """A statement in consultation that raises a case, both of them seen by both."""
    case = save(desk, Case, {**CASE, **weighed}, named=[desk.person_id, head.person_id])
    made = statement(desk, links=[case])
    with reading(desk) as session:
        seen = session.scalar(select(Statement.version).where(Statement.id == made)) or 0
    save(desk, Statement, {}, record_id=made, seen=seen, named=[desk.person_id, head.person_id])
    move(desk, made, StatementState.CONSULTATION)
    return made, case


def test_what_raises_a_case_waits_for_the_checks_and_for_the_contact_afterwards(desk: Viewer, head: Viewer) -> None:
    made, case = raising(desk, head)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert [(unmet.code, unmet.subject) for unmet in refused.value.unmet] == [
        ("mission-not-consulted", case),
        ("not-consulted-before", case),
        ("risk-not-assessed", case),
        ("prospects-not-assessed", case),
        ("publicity-not-decided", case),
    ]
    save(desk, Case, ANSWERS, record_id=case, seen=1)
    move(head, made, StatementState.CLEARED)
    move(desk, made, StatementState.DELIVERED, on=date(2026, 11, 24))
    with refused_for("not-followed-up"):
        move(desk, made, StatementState.FOLLOWED_UP)
    with refused_for("case-closed-before-contact"):
        save(desk, Case, {"closed_on": date(2026, 11, 30)}, record_id=case, seen=2)
    save(desk, Case, {"after_on": date(2026, 11, 25), "after_with": InTheLoop.DEFENDER}, record_id=case, seen=2)
    move(desk, made, StatementState.FOLLOWED_UP)
    save(desk, Case, {"closed_on": date(2026, 11, 30)}, record_id=case, seen=3)


def test_an_answer_taken_back_in_the_same_breath_counts_as_missing(desk: Viewer, head: Viewer) -> None:
    made, case = raising(desk, head, **ANSWERS)

    def take_back_and_clear() -> None:
        with writing(head) as session:
            weighed, found = session.get(Case, case), session.get(Statement, made)
            assert weighed is not None
            assert found is not None
            weighed.before_on = None
            found.state = StatementState.CLEARED

    with refused_for("not-consulted-before"):
        take_back_and_clear()
    assert state(desk, made) is StatementState.CONSULTATION


def test_a_delivered_statement_keeps_its_day(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    move(desk, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    move(desk, made, StatementState.DELIVERED, on=date(2026, 11, 23))
    with refused_for("state-already"):
        move(desk, made, StatementState.DELIVERED)
    with refused_for("clearance-without-move"):
        save(desk, Statement, {"delivered_on": None}, record_id=made, seen=5)
    save(desk, Statement, {"delivered_on": date(2026, 11, 24)}, record_id=made, seen=5)


def test_the_writer_does_not_clear_what_raises_a_case(head: Viewer, desk: Viewer) -> None:
    made, _ = raising(head, desk, **ANSWERS)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert [unmet.code for unmet in refused.value.unmet] == ["is-writer"]


def test_a_case_weighed_anew_holds_the_delivery_back(desk: Viewer, head: Viewer) -> None:
    made, case = raising(desk, head, **ANSWERS)
    move(head, made, StatementState.CLEARED)
    save(desk, Case, {"risk": RiskLevel.NOT_ACCEPTABLE}, record_id=case, seen=1)
    with refused_for("risk-not-acceptable"):
        move(desk, made, StatementState.DELIVERED, on=date(2026, 11, 24))


def test_a_case_tied_after_the_clearance_takes_it_back(desk: Viewer, head: Viewer) -> None:
    made = statement(desk)
    move(desk, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    case = save(desk, Case, CASE, named=[desk.person_id, head.person_id])
    with writing(desk) as session:
        session.add(RecordLink(record_id=case, other_id=made))
    assert state(desk, made) is StatementState.DRAFT


def test_a_hidden_case_still_holds_the_statement_back_without_its_code(desk: Viewer, head: Viewer) -> None:
    case = save(desk, Case, CASE)
    made = statement(desk, links=[case])
    with reading(desk) as session:
        seen = session.scalar(select(Statement.version)) or 0
    save(desk, Statement, {}, record_id=made, seen=seen, named=[desk.person_id, head.person_id])
    move(desk, made, StatementState.CONSULTATION)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert "Case 1" not in str(refused.value)
    hidden = refused.value.unmet[0]
    assert (hidden.code, hidden.subject) == ("mission-not-consulted", "")
    assert str(hidden) == "A case that you may not see: the bilateral mission has not been consulted."


def test_whose_word_is_waited_for_is_named(desk: Viewer, head: Viewer) -> None:
    made = statement(desk, links=[save(desk, Case, CASE)])
    assert titles(head) == []
    commands.move(desk, made, StatementState.CONSULTATION, seen=1, waiting_for=head.person_id)
    assert titles(head) == ["General debate"]


def test_an_override_takes_two_persons_a_reason_and_the_same_text(desk: Viewer, head: Viewer) -> None:
    made, _ = raising(desk, head)

    def ask(reason: str = "The hearing is tomorrow.") -> str:
        return commands.ask_override(desk, made, Step.CLEAR, reason)

    def confirm(who: Viewer, asked: str) -> None:
        commands.confirm_override(who, asked, "Agreed with the embassy.")

    with refused_for("override-without-reason"):
        ask("urgent")
    asked = ask()
    with refused_for("mission-not-consulted"):
        move(head, made, StatementState.CLEARED)
    with refused_for("override-needs-second-person"):
        confirm(desk, asked)
    confirm(head, asked)
    move(head, made, StatementState.CLEARED)
    with reading(desk) as session:
        kept = session.scalars(select(Override).order_by(Override.at)).all()
        assert [(o.person_id, o.reason, o.version_number) for o in kept] == [
            (desk.person_id, "The hearing is tomorrow.", 1),
            (head.person_id, "Agreed with the embassy.", 1),
        ]
        assert kept[0].missing.startswith("Case 1: the bilateral mission has not been consulted.")
    write(desk, made, "A new text.", based_on=1)
    move(desk, made, StatementState.CONSULTATION, seen=2)
    with refused_for("mission-not-consulted"):
        move(head, made, StatementState.CLEARED, seen=2)
    with refused_for("text-or-override-changed"), writing(head) as session:
        session.scalars(select(Override)).first().reason = "Nothing"  # type: ignore[union-attr]
