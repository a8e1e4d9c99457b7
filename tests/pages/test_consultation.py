"""The consultation and the comments on the page of a statement, and what lists and Today say of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.mission.missions import add_mission
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.comments import Passage, add_comment, comments_on
from calendar_model.mission.statements.consultation import answer_consultation, ask_consultees, consultees_of
from calendar_model.mission.statements.presence import note_presence
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person
from calendar_model.terms import ConsultationAnswer, Role, StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import click, sound

TEXT = "Norway thanks the Special Rapporteur. Defenders who work alone need all of us."


@pytest.fixture
def ola() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Ola", "roles": {Role.READER}}))


@pytest.fixture
def made(me: Viewer) -> str:
    return commands.start_statement(me, {"title": "Item 3", "format": StatementFormat.STATEMENT}, text=TEXT)


def page(who: Viewer, made: str) -> AppTest:
    return sound(open_page("statements", who.person_id, record=made))


def words(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.subheader, *app.get("html")]
    return "\n".join(str(getattr(one, "value", None) or getattr(one, "body", "") or one) for one in shown)


def consult(me: Viewer, made: str, *asked: Viewer) -> None:
    commands.move(me, made, StatementState.CONSULTATION, seen=1)
    ask_consultees(me, made, [one.person_id for one in asked], TODAY + timedelta(2))


def test_consultees_are_asked_with_the_move(me: Viewer, ola: Viewer, made: str) -> None:
    app = page(me, made)
    app.multiselect(f"consultees_{made}").set_value([ola.person_id])
    app.date_input(f"answer_by_{made}").set_value(TODAY)
    sound(click(app, "move_consultation"))
    (asked,) = consultees_of(me, made)
    assert (asked.person_id, asked.due, asked.asked_by_id) == (ola.person_id, TODAY, me.person_id)
    # The fields are empty again, also when the text is a draft once more.
    commands.move(me, made, StatementState.DRAFT, seen=1)
    app = page(me, made)
    assert (app.multiselect(f"consultees_{made}").value, app.date_input(f"answer_by_{made}").value) == ([], None)


def test_more_are_asked_later_and_withdrawn(me: Viewer, ola: Viewer, made: str) -> None:
    commands.move(me, made, StatementState.CONSULTATION, seen=1)
    app = page(me, made)
    app.multiselect(f"consultees_{made}").set_value([ola.person_id])
    sound(click(app, "ask_consultees"))
    (asked,) = consultees_of(me, made)
    sound(click(app, f"withdraw_{asked.id}"))
    assert [one.withdrawn_at is not None for one in consultees_of(me, made)] == [True]


def test_a_consultee_answers_on_the_page(me: Viewer, ola: Viewer, made: str) -> None:
    consult(me, made, ola)
    app = page(ola, made)
    app.radio(f"answer_{made}").set_value(ConsultationAnswer.OBJECT)
    sound(click(app, "send_answer"))
    assert len(app.error) == 1
    assert [one.answer for one in consultees_of(me, made)] == [None]
    app.radio(f"answer_{made}").set_value(ConsultationAnswer.OBJECT)
    app.text_area(f"answer_remark_{made}").set_value("Not now.")
    sound(click(app, "send_answer"))
    (one,) = consultees_of(me, made)
    assert (one.answer, one.remark, one.version) == (ConsultationAnswer.OBJECT, "Not now.", 1)
    shown = words(page(me, made))
    assert "1 of 1 answered, 1 objecting" in shown
    assert "Ola objects (version 1)" in shown


def test_a_reader_without_the_role_is_offered_no_asking(me: Viewer, ola: Viewer, made: str) -> None:
    consult(me, made, ola)
    app = page(ola, made)
    keys = {button.key for button in app.button}
    assert "ask_consultees" not in keys
    assert not {key for key in keys if str(key).startswith("withdraw_")}
    assert "send_answer" in keys


def test_an_answer_is_called_for_on_today_and_counted_in_the_list(me: Viewer, ola: Viewer, made: str) -> None:
    consult(me, made, ola)
    assert "awaits your view" in words(sound(open_page("today", ola.person_id)))
    assert "view awaited from Ola" in words(sound(open_page("today", me.person_id)))
    answer_consultation(ola, made, ConsultationAnswer.AGREE, seen=1)
    assert "1 of 1 answered" in words(sound(open_page("statements", me.person_id)))


def test_a_selected_passage_is_commented_on_resolved_and_reopened(me: Viewer, ola: Viewer, made: str) -> None:
    app = page(ola, made)
    at = TEXT.index("Defenders")
    key = f"text_{made}_en_read"
    app.session_state[key] = {"passage": {"text": TEXT, "start": at, "end": at + 9, "number": 1}}
    sound(app.run())
    app.text_area(f"comment_new_{made}").set_value("Which?")
    sound(click(app, f"comment_add_{made}"))
    (thread,) = comments_on(me, made)
    assert (thread.comment.quote, thread.comment.remark, thread.place) == ("Defenders", "Which?", (at, at + 9))
    mine = page(me, made)
    assert "<mark>Defenders</mark>" in words(mine)
    sound(click(mine, f"resolve_{thread.comment.id}"))
    assert not comments_on(me, made)[0].is_open
    sound(click(mine, f"reopen_{thread.comment.id}"))
    mine.text_area(f"reply_text_{thread.comment.id}").set_value("All.")
    sound(click(mine, f"reply_add_{thread.comment.id}"))
    assert [reply.remark for reply in comments_on(me, made)[0].replies] == ["All."]


def test_a_comment_without_its_passage_says_so_and_is_attached_again(me: Viewer, made: str) -> None:
    comment = add_comment(me, made, "Which?", Passage("en", TEXT, TEXT.index("Defenders"), len(TEXT)))
    text = "Norway thanks the Special Rapporteur."
    commands.save_text(me, made, text, language="en", based_on=1)
    app = page(me, made)
    assert "The passage is gone." in words(app)
    app.session_state[f"text_{made}_en_{me.person_id}"] = {"passage": {"text": text, "start": 0, "end": 6, "number": 1}}
    sound(app.run())
    sound(click(app, f"attach_{comment}"))
    (thread,) = comments_on(me, made)
    assert (thread.comment.quote, thread.place) == ("Norway", (0, 6))


@pytest.mark.parametrize(
    "sent", [{}, {"text": TEXT}, {"text": TEXT, "start": 5, "end": 900, "number": 1}, {"start": "0"}, None, "text"]
)
def test_what_is_no_passage_is_not_taken(me: Viewer, made: str, sent: object) -> None:
    app = page(me, made)
    app.session_state[f"text_{made}_en_{me.person_id}"] = {"passage": sent}
    sound(app.run())
    assert f"comment_cancel_{made}" not in {button.key for button in app.button}


def test_the_comparison_lists_the_comments_of_both_versions(me: Viewer, made: str) -> None:
    add_comment(me, made, "Which?", Passage("en", TEXT, TEXT.index("Defenders"), len(TEXT)))
    add_comment(me, made, "Why?", Passage("en", TEXT, 0, 6))
    commands.save_text(me, made, "Norway thanks the Special Rapporteur.", language="en", based_on=1)
    shown = words(page(me, made))
    assert "in version 2: “Norway”" in shown
    assert "not in version 2" in shown


def test_comments_on_what_is_dropped_are_only_read(me: Viewer, made: str) -> None:
    comment = add_comment(me, made, "Which?")
    commands.move(me, made, StatementState.DROPPED, seen=1)
    app = page(me, made)
    assert "Which?" in words(app)
    keys = {button.key for button in app.button}
    assert not keys & {f"comment_add_{made}", f"resolve_{comment}", f"reply_add_{comment}", f"delete_{comment}"}


def test_a_public_text_is_commented_on_at_its_mission_alone() -> None:
    ours, theirs = add_mission(OPERATOR, "Ours"), add_mission(OPERATOR, "Theirs")
    editor, outsider = (
        member(save(OPERATOR, Person, {"name": name, "given": {(Role.EDITOR, at)}, "mission_id": at}))
        for name, at in (("Editor", ours), ("Outsider", theirs))
    )
    columns = {"title": "Item 3", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.PUBLIC}
    made = commands.start_statement(editor, {**columns, "mission_id": ours}, text=TEXT)
    adding = f"comment_add_{made}"
    assert adding in {button.key for button in page(editor, made).button}
    app = page(outsider, made)
    assert adding not in {button.key for button in app.button}
    assert "Select a passage" not in words(app)


def test_who_else_is_here_is_said(me: Viewer, ola: Viewer, made: str) -> None:
    note_presence(ola, made)
    assert "Also here: Ola." in words(page(me, made))
    note_presence(ola, made, typing=True)
    assert "Also here: Ola." in words(page(me, made))
