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
    StatementFormat,
    StatementState,
    Step,
    Voice,
)
from tests.cases import ANSWERS, CASE
from tests.refusals import refused_for
from tests.staff import CLEARER

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after all those that are written down here as past."""
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-30")


@pytest.fixture
def head() -> Viewer:
    """Somebody who may clear."""
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def statement(who: Viewer, text: str = "Thank you, Mr President.", **more: Any) -> str:
    values = {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE, "forum": "un-hrc"}
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


def test_a_statement_goes_from_idea_to_followed_up(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member, "")
    assert state(staff_member, made) is StatementState.IDEA
    write(staff_member, made, "Thank you.")
    assert state(staff_member, made) is StatementState.DRAFT
    move(staff_member, made, StatementState.CONSULTATION)
    with refused_for("may-not-clear"):
        move(staff_member, made, StatementState.CLEARED)
    move(head, made, StatementState.CLEARED)
    with reading(staff_member) as session:
        found = session.get(Statement, made)
        assert found is not None
        assert (found.cleared_version, found.cleared_by_id) == (1, head.person_id)
    with refused_for("no-delivery-day"):
        move(staff_member, made, StatementState.DELIVERED)
    move(staff_member, made, StatementState.DELIVERED, on=date(2026, 11, 24))
    with refused_for("statement-not-writable"):
        write(staff_member, made, "Another.", based_on=1)
    move(staff_member, made, StatementState.FOLLOWED_UP)
    assert state(staff_member, made) is StatementState.FOLLOWED_UP


def test_an_edit_takes_the_clearance_back(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    move(staff_member, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    assert write(staff_member, made, "Thank you very much.", based_on=1) == 2
    assert state(staff_member, made) is StatementState.DRAFT
    with reading(staff_member) as session:
        assert session.execute(select(Statement.cleared_version, Statement.cleared_at)).one() == (None, None)


def test_who_has_not_read_the_newest_text_does_not_move_it(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    move(staff_member, made, StatementState.CONSULTATION)
    write(staff_member, made, "Thank you, all.", based_on=1)
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
def test_no_column_is_set_past_the_checks(staff_member: Viewer, forged: dict[str, Any]) -> None:
    made = statement(staff_member)
    with pytest.raises(Refused):
        save(staff_member, Statement, forged, record_id=made, seen=2)
    assert state(staff_member, made) is StatementState.DRAFT
    with refused_for("statement-not-an-idea"):
        save(
            staff_member,
            Statement,
            {"title": "X", "voice": Voice.JOINT, "format": StatementFormat.STATEMENT, "state": StatementState.CLEARED},
        )


def test_a_saved_text_never_changes_and_has_its_writers_name(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    with refused_for("text-or-override-changed"), writing(staff_member) as session:
        session.scalars(select(Version)).one().text = "Other"
    with refused_for("version-of-another-person"), writing(staff_member) as session:
        session.add(Version(statement_id=made, number=2, text="x", written_by_id=head.person_id))


def test_the_second_of_two_texts_is_refused_with_both(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member, "One.")
    write(head, made, "One. Two.", based_on=1)
    with pytest.raises(NewerText) as refused:
        write(staff_member, made, "One. Three.", based_on=1)
    assert (refused.value.base, refused.value.theirs.text) == ("One.", "One. Two.")


def test_what_is_typed_is_kept_for_its_writer_alone(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    before = change_token()
    for text in ("Typed", "Typed so far"):
        commands.keep_unsaved(staff_member, made, text, language="en", based_on=1)
    assert change_token() == before
    with reading(staff_member) as session:
        kept = unsaved(session, made)
        assert kept is not None
        assert (kept.text, kept.based_on) == ("Typed so far", 1)
    with reading(head) as session:
        assert unsaved(session, made) is None
    write(staff_member, made, "Saved", based_on=1)
    with reading(staff_member) as session:
        assert unsaved(session, made) is None


# --- Cases


def raising(staff_member: Viewer, head: Viewer, **weighed: Any) -> tuple[str, str]:
    """A statement in consultation that raises a case, both of them seen by both."""
    case = save(staff_member, Case, {**CASE, **weighed}, named=[staff_member.person_id, head.person_id])
    made = statement(staff_member, links=[case])
    with reading(staff_member) as session:
        seen = session.scalar(select(Statement.version).where(Statement.id == made)) or 0
    save(staff_member, Statement, {}, record_id=made, seen=seen, named=[staff_member.person_id, head.person_id])
    move(staff_member, made, StatementState.CONSULTATION)
    return made, case


def test_what_raises_a_case_waits_for_the_checks_and_for_the_contact_afterwards(
    staff_member: Viewer, head: Viewer
) -> None:
    made, case = raising(staff_member, head)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert [(unmet.code, unmet.subject) for unmet in refused.value.unmet] == [
        ("mission-not-consulted", case),
        ("not-consulted-before", case),
        ("risk-not-assessed", case),
        ("prospects-not-assessed", case),
        ("publicity-not-decided", case),
    ]
    save(staff_member, Case, ANSWERS, record_id=case, seen=1)
    move(head, made, StatementState.CLEARED)
    move(staff_member, made, StatementState.DELIVERED, on=date(2026, 11, 24))
    with refused_for("not-followed-up"):
        move(staff_member, made, StatementState.FOLLOWED_UP)
    with refused_for("case-closed-before-contact"):
        save(staff_member, Case, {"closed_on": date(2026, 11, 30)}, record_id=case, seen=2)
    save(staff_member, Case, {"after_on": date(2026, 11, 25), "after_with": InTheLoop.DEFENDER}, record_id=case, seen=2)
    move(staff_member, made, StatementState.FOLLOWED_UP)
    save(staff_member, Case, {"closed_on": date(2026, 11, 30)}, record_id=case, seen=3)


def test_an_answer_taken_back_in_the_same_breath_counts_as_missing(staff_member: Viewer, head: Viewer) -> None:
    made, case = raising(staff_member, head, **ANSWERS)

    def take_back_and_clear() -> None:
        with writing(head) as session:
            weighed, found = session.get(Case, case), session.get(Statement, made)
            assert weighed is not None
            assert found is not None
            weighed.before_on = None
            found.state = StatementState.CLEARED

    with refused_for("not-consulted-before"):
        take_back_and_clear()
    assert state(staff_member, made) is StatementState.CONSULTATION


def test_a_delivered_statement_keeps_its_day(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    move(staff_member, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    move(staff_member, made, StatementState.DELIVERED, on=date(2026, 11, 23))
    with refused_for("state-already"):
        move(staff_member, made, StatementState.DELIVERED)
    with refused_for("clearance-without-move"):
        save(staff_member, Statement, {"delivered_on": None}, record_id=made, seen=5)
    save(staff_member, Statement, {"delivered_on": date(2026, 11, 24)}, record_id=made, seen=5)


def test_the_writer_does_not_clear_what_raises_a_case(head: Viewer, staff_member: Viewer) -> None:
    made, _ = raising(head, staff_member, **ANSWERS)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert [unmet.code for unmet in refused.value.unmet] == ["is-writer"]


def test_a_case_weighed_anew_holds_the_delivery_back(staff_member: Viewer, head: Viewer) -> None:
    made, case = raising(staff_member, head, **ANSWERS)
    move(head, made, StatementState.CLEARED)
    save(staff_member, Case, {"risk": RiskLevel.NOT_ACCEPTABLE}, record_id=case, seen=1)
    with refused_for("risk-not-acceptable"):
        move(staff_member, made, StatementState.DELIVERED, on=date(2026, 11, 24))


def test_a_case_tied_after_the_clearance_takes_it_back(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member)
    move(staff_member, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    case = save(staff_member, Case, CASE, named=[staff_member.person_id, head.person_id])
    with writing(staff_member) as session:
        session.add(RecordLink(record_id=case, other_id=made))
    assert state(staff_member, made) is StatementState.DRAFT


def test_a_hidden_case_still_holds_the_statement_back_without_its_code(staff_member: Viewer, head: Viewer) -> None:
    case = save(staff_member, Case, CASE)
    made = statement(staff_member, links=[case])
    with reading(staff_member) as session:
        seen = session.scalar(select(Statement.version)) or 0
    save(staff_member, Statement, {}, record_id=made, seen=seen, named=[staff_member.person_id, head.person_id])
    move(staff_member, made, StatementState.CONSULTATION)
    with pytest.raises(Refused) as refused:
        move(head, made, StatementState.CLEARED)
    assert "Case 1" not in str(refused.value)
    hidden = refused.value.unmet[0]
    assert (hidden.code, hidden.subject) == ("mission-not-consulted", "")
    assert str(hidden) == "A case you cannot see: the bilateral mission has not been consulted."


def test_whose_word_is_waited_for_is_named(staff_member: Viewer, head: Viewer) -> None:
    made = statement(staff_member, links=[save(staff_member, Case, CASE)])
    assert titles(head) == []
    commands.move(staff_member, made, StatementState.CONSULTATION, seen=1, waiting_for=head.person_id)
    assert titles(head) == ["General debate"]


def test_an_override_takes_two_persons_a_reason_and_the_same_text(staff_member: Viewer, head: Viewer) -> None:
    made, _ = raising(staff_member, head)

    def ask(reason: str = "The hearing is tomorrow.") -> str:
        return commands.ask_override(staff_member, made, Step.CLEAR, reason)

    def confirm(who: Viewer, asked: str) -> None:
        commands.confirm_override(who, asked, "Agreed with the embassy.")

    with refused_for("override-without-reason"):
        ask("urgent")
    asked = ask()
    with refused_for("mission-not-consulted"):
        move(head, made, StatementState.CLEARED)
    with refused_for("override-needs-second-person"):
        confirm(staff_member, asked)
    confirm(head, asked)
    move(head, made, StatementState.CLEARED)
    with reading(staff_member) as session:
        kept = session.scalars(select(Override).order_by(Override.at)).all()
        assert [(o.person_id, o.reason, o.version_number) for o in kept] == [
            (staff_member.person_id, "The hearing is tomorrow.", 1),
            (head.person_id, "Agreed with the embassy.", 1),
        ]
        assert kept[0].missing.startswith("Case 1: the bilateral mission has not been consulted.")
    write(staff_member, made, "A new text.", based_on=1)
    move(staff_member, made, StatementState.CONSULTATION, seen=2)
    with refused_for("mission-not-consulted"):
        move(head, made, StatementState.CLEARED, seen=2)
    with refused_for("text-or-override-changed"), writing(head) as session:
        session.scalars(select(Override)).first().reason = "Nothing"  # type: ignore[union-attr]
