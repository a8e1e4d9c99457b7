"""Consultees of a statement: who is asked, who answers, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import tasks
from calendar_model.mission.missions import add_mission
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.commands import edit_statement
from calendar_model.mission.statements.comments import add_comment, comments_on, reply_to_comment
from calendar_model.mission.statements.consultation import (
    ConsultationCount,
    ConsulteeView,
    answer_consultation,
    ask_consultees,
    consultees_of,
    count_answers,
    withdraw_consultee,
)
from calendar_model.mission.statements.presence import note_presence, who_is_here
from calendar_model.mission.statements.queries import StatementGroup, list_statements, statement_links
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import can_undo, latest, undo
from calendar_model.store.history import of_record
from calendar_model.store.models import Access, Comment, Consultee, ConsulteeAnswer, Person, Presence, Statement
from calendar_model.terms import ConsultationAnswer, Role, StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refusal, refused_for
from tests.staff import CLEARER

AGREE, OBJECT, CHANGES, NO_VIEW = (
    ConsultationAnswer.AGREE,
    ConsultationAnswer.OBJECT,
    ConsultationAnswer.AGREE_WITH_CHANGES,
    ConsultationAnswer.NO_VIEW,
)


def person(name: str, **columns: object) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, **columns}))


@pytest.fixture
def me() -> Viewer:
    return person("Me")


@pytest.fixture
def ola() -> Viewer:
    return person("Ola", roles={Role.READER})


@pytest.fixture
def kari() -> Viewer:
    return person("Kari")


def drafted(who: Viewer, **values: object) -> str:
    columns = {"title": "Defenders", "format": StatementFormat.STATEMENT, **values}
    return commands.start_statement(who, columns, text="Mr President,")


def consulted(who: Viewer, *asked: Viewer, **values: object) -> str:
    made = drafted(who, **values)
    persons = [one.person_id for one in asked]
    commands.move(who, made, StatementState.CONSULTATION, seen=1, consultees=persons, answer_by=TODAY + timedelta(3))
    return made


def of(who: Viewer, statement: str) -> dict[str, ConsulteeView]:
    return {one.name: one for one in consultees_of(who, statement)}


def test_several_are_asked_with_the_move_and_later(me: Viewer, ola: Viewer, kari: Viewer) -> None:
    made = consulted(me, ola)
    ask_consultees(me, made, [kari.person_id])
    asked = of(me, made)
    assert list(asked) == ["Ola", "Kari"]
    assert (asked["Ola"].due, asked["Kari"].due) == (TODAY + timedelta(3), None)
    assert all(one.is_awaited and one.asked_by_id == me.person_id for one in asked.values())


def test_the_move_is_undone_with_those_who_were_asked(me: Viewer, ola: Viewer) -> None:
    made = drafted(me, sensitivity=Sensitivity.RESTRICTED)
    done = commands.move(me, made, StatementState.CONSULTATION, seen=1, consultees=[ola.person_id])
    assert consultees_of(ola, made) != []
    undo(me, done)
    assert consultees_of(me, made) == []
    with reading(me) as session:
        assert session.scalars(select(Access.person_id).where(Access.record_id == made)).all() == [me.person_id]


def test_nobody_is_asked_before_the_consultation(me: Viewer, ola: Viewer) -> None:
    made = drafted(me)
    assert refusal(lambda: ask_consultees(me, made, [ola.person_id])).code == "not-in-consultation"
    moved = consulted(me)
    assert refusal(lambda: ask_consultees(me, moved, [])).code == "no-consultees-chosen"


def test_asking_gives_access_to_a_restricted_statement(me: Viewer, ola: Viewer, kari: Viewer) -> None:
    made = consulted(me, ola, sensitivity=Sensitivity.RESTRICTED)
    assert list(of(ola, made)) == ["Ola"]
    assert of(kari, made) == {}
    assert refusal(lambda: answer_consultation(kari, made, AGREE, seen=1)).code == "not-consulted"
    answer_consultation(ola, made, AGREE, seen=1)


def test_an_internal_statement_is_for_those_who_read_at_its_mission(me: Viewer) -> None:
    ours, theirs = add_mission(OPERATOR, "Ours"), add_mission(OPERATOR, "Theirs")
    editor = person("Editor", given={(Role.EDITOR, ours)}, mission_id=ours)
    outsider = person("Outsider", given={(Role.EDITOR, theirs)}, mission_id=theirs)
    made = consulted(editor)
    refused = refusal(lambda: ask_consultees(editor, made, [outsider.person_id]))
    assert (refused.code, refused.field) == ("asked-of-other-mission", "person_id")
    secret = consulted(editor, outsider, sensitivity=Sensitivity.RESTRICTED)
    answer_consultation(outsider, secret, AGREE, seen=1)
    assert of(editor, secret)["Outsider"].answer is AGREE


def test_only_active_colleagues_are_asked(me: Viewer) -> None:
    away = person("Away", active=False)
    made = consulted(me)
    assert refusal(lambda: ask_consultees(me, made, [away.person_id])).code == "consultee-unknown"
    with pytest.raises(Refused):
        ask_consultees(me, made, ["0" * 32])


def test_consultees_answer_for_themselves_and_an_answer_keeps_its_version(
    me: Viewer, ola: Viewer, kari: Viewer
) -> None:
    made = consulted(me, ola, kari)
    answer_consultation(ola, made, CHANGES, "  Name the State. ", seen=1)
    one = of(me, made)["Ola"]
    assert (one.answer, one.remark, one.version, one.is_older, one.is_awaited) == (
        CHANGES,
        "Name the State.",
        1,
        False,
        False,
    )
    commands.save_text(me, made, "Madam President,", language="en", based_on=1)
    assert (of(me, made)["Ola"].version, of(me, made)["Ola"].is_older) == (1, True)
    answer_consultation(ola, made, AGREE, seen=2)
    assert (of(me, made)["Ola"].answer, of(me, made)["Ola"].version) == (AGREE, 2)
    with reading(me) as session:
        given = session.scalars(select(ConsulteeAnswer.version_number).order_by(ConsulteeAnswer.at)).all()
    assert given == [1, 2]
    assert refusal(lambda: answer_consultation(me, made, AGREE, seen=2)).code == "not-consulted"

    def for_kari() -> None:
        with writing(ola) as session:
            theirs = session.scalars(select(Consultee).where(Consultee.person_id == kari.person_id)).one()
            session.add(ConsulteeAnswer(statement_id=made, consultee_id=theirs.id, answer=AGREE, version_number=1))

    assert refusal(for_kari).code == "answer-for-another"


@pytest.mark.parametrize("answer", [OBJECT, CHANGES])
def test_who_objects_or_asks_for_changes_says_why(me: Viewer, ola: Viewer, answer: ConsultationAnswer) -> None:
    made = consulted(me, ola)
    refused = refusal(lambda: answer_consultation(ola, made, answer, " ", seen=1))
    assert (refused.code, refused.field) == ("answer-without-remark", "remark")


@pytest.mark.parametrize("seen", [0, 2])
def test_an_answer_is_to_a_version_that_is_there(me: Viewer, ola: Viewer, seen: int) -> None:
    made = consulted(me, ola)
    assert refusal(lambda: answer_consultation(ola, made, AGREE, seen=seen)).code == "answer-to-no-text"


def test_an_answer_never_changes_and_stays(me: Viewer, ola: Viewer) -> None:
    made = consulted(me, ola)
    answer_consultation(ola, made, AGREE, seen=1)

    def change() -> None:
        with writing(ola) as session:
            session.scalars(select(ConsulteeAnswer)).one().answer = ConsultationAnswer.NO_VIEW

    def delete(kind: type[Consultee | ConsulteeAnswer]) -> None:
        with writing(me) as session:
            session.delete(session.scalars(select(kind)).one())

    assert refusal(change).code == "answer-changed"
    assert refusal(lambda: delete(ConsulteeAnswer)).code == "answer-changed"
    assert refusal(lambda: delete(Consultee)).code in {"answer-changed", "consultee-changed"}


def test_who_is_withdrawn_is_not_asked_any_more_and_can_be_asked_again(me: Viewer, ola: Viewer) -> None:
    made = consulted(me, ola)
    one = of(me, made)["Ola"].id
    withdraw_consultee(me, one)
    assert of(me, made)["Ola"].withdrawn_at is not None
    assert tasks.own_tasks(ola, TODAY).mine == ()
    assert refusal(lambda: answer_consultation(ola, made, AGREE, seen=1)).code == "not-consulted"
    assert refusal(lambda: withdraw_consultee(me, one)).code == "not-consulted"
    ask_consultees(me, made, [ola.person_id], TODAY)
    again = of(me, made)["Ola"]
    assert (again.id, again.due, again.is_awaited) == (one, TODAY, True)
    answer_consultation(ola, made, AGREE, seen=1)


def test_a_reader_answers_and_asks_nobody(me: Viewer, ola: Viewer, kari: Viewer) -> None:
    made = consulted(me, ola)
    assert refusal(lambda: ask_consultees(ola, made, [kari.person_id])).code == "role-needed"
    assert refusal(lambda: withdraw_consultee(ola, of(ola, made)["Ola"].id)).code == "role-needed"


def test_an_answer_is_awaited_by_who_asked_and_who_owns_the_text(me: Viewer, ola: Viewer, kari: Viewer) -> None:
    made = consulted(me, ola, kari)
    mine = tasks.own_tasks(ola, TODAY).mine
    assert [(task.kind, task.record_id, task.due) for task in mine] == [
        (tasks.TaskKind.CONSULTATION, made, TODAY + timedelta(3))
    ]
    waiting = tasks.own_tasks(me, TODAY).waiting
    assert {task.waiting_for for task in waiting} == {ola.person_id, kari.person_id}
    answer_consultation(ola, made, AGREE, seen=1)
    assert tasks.own_tasks(ola, TODAY).mine == ()
    assert [task.waiting_for for task in tasks.own_tasks(me, TODAY).waiting] == [kari.person_id]
    ask_consultees(me, made, [ola.person_id])
    assert len(tasks.own_tasks(ola, TODAY).mine) == 1
    assert of(me, made)["Ola"].answer is AGREE


def test_the_list_counts_answers_and_shows_the_consultee_what_awaits_them(
    me: Viewer, ola: Viewer, kari: Viewer
) -> None:
    made = consulted(me, ola, kari)
    listed = list_statements(ola, TODAY)
    assert [one.id for one in listed[StatementGroup.AWAITING_ME]] == [made]
    answer_consultation(ola, made, OBJECT, "Not now.", seen=1)
    assert list_statements(ola, TODAY)[StatementGroup.AWAITING_ME] == []
    assert statement_links(me, [made])[made].answers == ConsultationCount(2, 1, 1)
    withdraw_consultee(me, of(me, made)["Kari"].id)
    assert count_answers(consultees_of(me, made)) == ConsultationCount(1, 1, 1)
    alone = drafted(me)
    assert statement_links(me, [alone])[alone].answers is None


def test_neither_an_objection_nor_a_missing_answer_keeps_from_clearing(me: Viewer, ola: Viewer, kari: Viewer) -> None:
    head = person("Head", roles=CLEARER)
    made = consulted(me, ola, kari)
    answer_consultation(ola, made, OBJECT, "Not now.", seen=1)
    commands.move(head, made, StatementState.CLEARED, seen=1)
    answer_consultation(kari, made, AGREE, seen=1)
    commands.move(me, made, StatementState.DELIVERED, seen=1, on=TODAY)
    refused = refusal(lambda: answer_consultation(ola, made, AGREE, seen=1))
    assert (refused.code, refused.values["state"]) == ("consultation-over", StatementState.DELIVERED)


def test_a_fictional_colleague_is_not_asked_about_a_record_of_the_staff(me: Viewer) -> None:
    fictional = save(ANONYMOUS, Person, {"name": "Fictional", "sample": True})
    made = consulted(me)
    assert refusal(lambda: ask_consultees(me, made, [fictional])).code == "consultee-unknown"


def test_a_deleted_statement_takes_its_consultees_along(
    me: Viewer, ola: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = consulted(me, ola)
    answer_consultation(ola, made, AGREE, seen=1)
    commands.move(me, made, StatementState.DROPPED, seen=1)
    monkeypatch.setenv("HRD_CALENDAR_TODAY", TODAY.replace(year=TODAY.year + 12).isoformat())
    with writing(me, "Kept long enough by now.") as session:
        session.delete(session.get_one(Statement, made))
    with reading(me) as session:
        assert session.scalars(select(Consultee)).all() == []


def test_an_objection_stands_though_its_consultee_is_asked_again_and_withdrawn(me: Viewer, kari: Viewer) -> None:
    made = consulted(me, kari)
    answer_consultation(kari, made, OBJECT, "It names a defender.", seen=1)
    ask_consultees(me, made, [kari.person_id])
    withdraw_consultee(me, of(me, made)["Kari"].id)
    assert count_answers(consultees_of(me, made)) == ConsultationCount(asked=1, answered=1, objecting=1)
    assert of(me, made)["Kari"].counts
    ask_consultees(me, made, [kari.person_id])
    answer_consultation(kari, made, AGREE, seen=1)
    assert count_answers(consultees_of(me, made)).objecting == 0


def test_who_withdraws_a_request_changes_nothing_else_of_it(me: Viewer, kari: Viewer) -> None:
    consulted(me, kari)
    for name, value in {"asked_by_id": kari.person_id, "due": TODAY, "asked_at": clock.now()}.items():
        with refused_for("consultee-changed"), writing(me) as session:
            row = session.scalars(select(Consultee)).one()
            row.withdrawn_at = clock.now()
            setattr(row, name, value)


def test_a_request_is_not_withdrawn_once_it_was_delivered(me: Viewer, kari: Viewer) -> None:
    made = consulted(me, kari)
    head = person("Head", roles=CLEARER)
    commands.move(head, made, StatementState.CLEARED, seen=1)
    commands.move(head, made, StatementState.DELIVERED, seen=1, on=TODAY)
    with refused_for("consultation-over"):
        withdraw_consultee(me, of(me, made)["Kari"].id)


def test_an_answer_is_not_undone_and_neither_is_a_request_that_was_answered(me: Viewer, kari: Viewer) -> None:
    made = consulted(me)
    ask_consultees(me, made, [kari.person_id])
    asked = latest(me, made)
    assert can_undo(me, asked)
    answer_consultation(kari, made, OBJECT, "It names a defender.", seen=1)
    for who, done in ((me, asked), (kari, latest(kari, made))):
        assert done.changes
        assert not can_undo(who, done)
        with pytest.raises(Refused):
            undo(who, done)
    assert of(me, made)["Kari"].answer is OBJECT


def test_what_is_said_about_a_public_text_is_read_at_its_mission_alone() -> None:
    ours, theirs = add_mission(OPERATOR, "Ours"), add_mission(OPERATOR, "Theirs")
    editor, colleague = (person(name, given={(Role.EDITOR, ours)}, mission_id=ours) for name in ("Editor", "Colleague"))
    outsider = person("Outsider", given={(Role.EDITOR, theirs)}, mission_id=theirs)
    administrator = person("Administrator", roles={Role.ADMINISTRATOR})
    made = consulted(editor, colleague, mission_id=ours, sensitivity=Sensitivity.INTERNAL)
    answer_consultation(colleague, made, OBJECT, "It names a defender.", seen=1)
    comment = add_comment(colleague, made, "Leave the name out.")
    note_presence(colleague, made)
    edit_statement(
        editor, made, version_of(editor, made), {"sensitivity": Sensitivity.PUBLIC}, reason="It was published."
    )
    answer_consultation(colleague, made, NO_VIEW, "It is out.", seen=1)
    reply_to_comment(editor, comment, "Too late.")
    tables = {"comment", "consultee", "consultee_answer"}
    for who in (outsider, administrator, ANONYMOUS):
        with reading(who) as session:
            assert session.get(Statement, made) is not None
            for kind in (Consultee, ConsulteeAnswer, Comment, Presence):
                assert session.scalars(select(kind)).all() == []
            # Nor in the history, whose lines go to the archive with what they say.
            assert tables.isdisjoint(line.table for line in of_record(session, made))
    with reading(colleague) as session:
        lines = [line.table for line in of_record(session, made) if line.table in tables]
    assert sorted(lines) == ["comment", "comment", "consultee", "consultee_answer", "consultee_answer"]
    assert of(editor, made)["Colleague"].answer is NO_VIEW
    assert [one.name for one in who_is_here(editor, made)] == ["Colleague"]
    assert [one.comment.id for one in comments_on(editor, made)] == [comment]
    for act in (
        lambda: add_comment(outsider, made, "And mine?"),
        lambda: note_presence(outsider, made),
        lambda: ask_consultees(editor, made, [outsider.person_id]),
    ):
        assert refusal(act).code in ("role-at-mission-needed", "asked-of-other-mission")


def version_of(who: Viewer, statement: str) -> int:
    with reading(who) as session:
        return session.get_one(Statement, statement).version
