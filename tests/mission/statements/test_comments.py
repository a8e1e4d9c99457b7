"""Comments on a text: on a passage or on the whole, with replies, resolved, orphaned and attached anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.comments import (
    LONGEST_QUOTE,
    Passage,
    Thread,
    add_comment,
    attach_comment,
    comments_on,
    delete_comment,
    place_in,
    reopen_comment,
    reply_to_comment,
    resolve_comment,
)
from calendar_model.mission.statements.queries import load_statement
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import can_undo, latest
from calendar_model.store.history import of_record
from calendar_model.store.models import Comment, Person, Statement
from calendar_model.terms import Role, StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refusal
from tests.staff import CLEARER

FIRST = "Mr President,\n\nNorway thanks the Special Rapporteur for her report. Defenders who work alone need all of us."


@pytest.fixture
def me() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Me"}))


@pytest.fixture
def ola() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Ola", "roles": {Role.READER}}))


@pytest.fixture
def made(me: Viewer) -> str:
    return begin(me)


def begin(who: Viewer, **values: Any) -> str:
    return commands.start_statement(who, {"title": "Text", "format": StatementFormat.STATEMENT, **values}, text=FIRST)


def write(who: Viewer, statement: str, text: str, based_on: int) -> str:
    commands.save_text(who, statement, text, language="en", based_on=based_on)
    return text


def passage(quote: str, text: str = FIRST) -> Passage:
    at = text.index(quote)
    return Passage("en", text, at, at + len(quote))


def the_one(who: Viewer, statement: str) -> Thread:
    (thread,) = comments_on(who, statement)
    return thread


def test_a_comment_is_on_a_passage_or_on_the_whole(me: Viewer, ola: Viewer, made: str) -> None:
    add_comment(ola, made, "  Too long. ")
    add_comment(ola, made, "Thank the Council too.", passage("Special Rapporteur"))
    on_passage, on_whole = comments_on(me, made)
    assert (on_whole.comment.remark, on_whole.is_on_passage, on_whole.is_orphaned) == ("Too long.", False, False)
    place = on_passage.place
    assert place is not None
    assert FIRST[slice(*place)] == on_passage.comment.quote == "Special Rapporteur"
    assert on_passage.comment.prefix + on_passage.comment.quote + on_passage.comment.suffix in FIRST
    assert (on_passage.comment.version_number, on_passage.comment.language) == (1, "en")
    assert on_passage.comment.person.name == "Ola"


def test_a_comment_says_something_and_is_on_a_saved_text(me: Viewer, made: str) -> None:
    assert refusal(lambda: add_comment(me, made, " ")).code == "required"
    typed = FIRST + " We stand with them."
    assert refusal(lambda: add_comment(me, made, "Why?", passage("We stand", typed))).code == "passage-not-saved"
    assert refusal(lambda: add_comment(me, made, "Why?", Passage("en", FIRST, 4, 4))).code == "passage-unknown"
    assert refusal(lambda: add_comment(me, made, "Why?", Passage("fr", FIRST, 0, 4))).code == "passage-not-saved"
    long = "a " * LONGEST_QUOTE
    assert refusal(lambda: add_comment(me, made, "Why?", Passage("en", long, 0, len(long)))).code == "passage-too-long"
    # What else was typed and is not saved does not matter.
    add_comment(me, made, "Who?", passage("Defenders who work alone", "Excellencies, " + typed))
    assert the_one(me, made).comment.position == FIRST.index("Defenders")


def test_a_comment_follows_its_passage_and_is_orphaned_without_it(me: Viewer, ola: Viewer, made: str) -> None:
    comment = add_comment(ola, made, "Which?", passage("Defenders who work alone"))
    second = write(me, made, FIRST.replace("Norway thanks", "We thank"), 1)
    third = write(me, made, "Excellencies, " + second.replace("need all of us", "need us"), 2)
    place = the_one(me, made).place
    assert place is not None
    assert third[slice(*place)] == "Defenders who work alone"
    fourth = write(me, made, third.replace(" Defenders who work alone need us.", ""), 3)
    orphan = the_one(me, made)
    assert (orphan.is_orphaned, orphan.is_open, orphan.comment.quote) == (True, True, "Defenders who work alone")
    attach_comment(me, comment, passage("her report", fourth))
    again = the_one(me, made)
    assert again.place is not None
    assert fourth[slice(*again.place)] == again.comment.quote == "her report"
    assert again.comment.version_number == 4


def test_where_a_comment_is_in_any_version(me: Viewer, made: str) -> None:
    second = write(me, made, "Excellencies, " + FIRST, 1)
    add_comment(me, made, "Which?", passage("Defenders who work alone", second))
    write(me, made, second.replace(" Defenders who work alone need all of us.", ""), 2)
    comment = the_one(me, made).comment
    with reading(me) as session:
        versions = load_statement(session, made).versions
    begins = FIRST.index("Defenders"), second.index("Defenders")
    assert [span and span[0] for span in (place_in(versions, comment, number) for number in (1, 2, 3, 9))] == [
        *begins,
        None,
        None,
    ]


def test_comments_in_two_languages_follow_each_their_own_text(me: Viewer, made: str) -> None:
    commands.save_text(me, made, "Monsieur le Président, merci.", language="fr", based_on=0)
    add_comment(me, made, "Madame?", Passage("fr", "Monsieur le Président, merci.", 0, 8))
    write(me, made, "Mr President, thank you.", 1)
    assert the_one(me, made).place == (0, 8)


def test_who_wrote_it_or_edits_the_statement_resolves_and_reopens(me: Viewer, ola: Viewer, made: str) -> None:
    reader = member(save(OPERATOR, Person, {"name": "Reader", "roles": {Role.READER}}))
    comment = add_comment(ola, made, "Why?")
    assert refusal(lambda: resolve_comment(reader, comment)).code == "comment-not-yours-to-settle"
    resolve_comment(me, comment)
    done = the_one(ola, made).comment
    assert (done.resolved_by and done.resolved_by.name, done.resolved_at is not None) == ("Me", True)
    assert refusal(lambda: attach_comment(me, comment, passage("her report"))).code == "comment-changed"
    reopen_comment(ola, comment)
    opened = the_one(ola, made)
    assert (opened.is_open, opened.comment.resolved_by) == (True, None)


def test_replies_are_in_one_thread_and_keep_what_they_reply_to(me: Viewer, ola: Viewer, made: str) -> None:
    comment = add_comment(ola, made, "Why?")
    other = add_comment(ola, made, "Typo")
    delete_comment(ola, other)
    reply = reply_to_comment(me, comment, "Because.")
    assert [one.remark for one in the_one(ola, made).replies] == ["Because."]
    assert refusal(lambda: delete_comment(ola, comment)).code == "comment-has-replies"
    assert refusal(lambda: delete_comment(ola, reply)).code == "comment-of-another"
    assert refusal(lambda: reply_to_comment(ola, reply, "No.")).code == "comment-gone"
    assert refusal(lambda: resolve_comment(me, reply)).code == "comment-changed"
    delete_comment(me, reply)
    delete_comment(ola, comment)
    assert comments_on(me, made) == []


@pytest.mark.parametrize(
    "change",
    [
        {"remark": "Other"},
        {"quote": "Norway"},
        {"position": 3},
        {"version_number": 7},
        {"prefix": ""},
        {"language": "fr"},
    ],
)
def test_what_was_said_and_quoted_cannot_be_changed(me: Viewer, made: str, change: dict[str, Any]) -> None:
    comment = add_comment(me, made, "Why?", passage("her report"))

    def act() -> None:
        with writing(me) as session:
            row = session.get_one(Comment, comment)
            for name, value in change.items():
                setattr(row, name, value)

    assert refusal(act).code in {"comment-changed", "passage-unknown"}


@pytest.mark.parametrize("end", [StatementState.DELIVERED, StatementState.DROPPED])
def test_comments_on_what_is_delivered_or_dropped_are_only_read(me: Viewer, made: str, end: StatementState) -> None:
    head = member(save(OPERATOR, Person, {"name": "Head", "roles": CLEARER}))
    comment = add_comment(me, made, "Why?")
    if end is StatementState.DELIVERED:
        commands.move(me, made, StatementState.CONSULTATION, seen=1)
        commands.move(head, made, StatementState.CLEARED, seen=1)
    commands.move(me, made, end, seen=1, on=TODAY)
    for act in (
        lambda: add_comment(me, made, "Late"),
        lambda: reply_to_comment(me, comment, "Late"),
        lambda: resolve_comment(me, comment),
        lambda: attach_comment(me, comment, passage("her report")),
        lambda: delete_comment(me, comment),
    ):
        assert refusal(act).code == "comments-closed"
    assert the_one(me, made).comment.remark == "Why?"


def test_comments_on_a_restricted_text_are_for_those_with_access(me: Viewer, ola: Viewer) -> None:
    secret = begin(me, sensitivity=Sensitivity.RESTRICTED)
    comment = add_comment(me, secret, "Why?", passage("her report"))
    assert comments_on(ola, secret) == []
    for act in (
        lambda: add_comment(ola, secret, "Hello"),
        lambda: reply_to_comment(ola, comment, "Hello"),
        lambda: resolve_comment(ola, comment),
    ):
        assert refusal(act).code in {"comment-gone", "statement-gone"}
    with reading(ola) as session:
        assert of_record(session, secret) == []


def test_the_history_keeps_comments_and_a_deleted_statement_takes_them_along(
    me: Viewer, ola: Viewer, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = add_comment(ola, made, "Why?", passage("her report"))
    reply_to_comment(me, comment, "Because.")
    with reading(me) as session:
        assert [change.action for change in of_record(session, made) if change.table == "comment"] == ["create"] * 2
    commands.move(me, made, StatementState.DROPPED, seen=1)
    monkeypatch.setenv("HRD_CALENDAR_TODAY", TODAY.replace(year=TODAY.year + 12).isoformat())
    with writing(me, "Kept long enough by now.") as session:
        session.delete(session.get_one(Statement, made))
    with reading(me) as session:
        assert session.scalars(select(Comment)).all() == []


def test_a_comment_is_not_undone_once_it_was_replied_to_or_its_statement_moved(me: Viewer, ola: Viewer) -> None:
    made, moved = begin(me), begin(me)
    add_comment(me, moved, "Is that so?")
    first = latest(me, moved)
    commands.move(me, moved, StatementState.CONSULTATION, seen=1)
    answered = add_comment(me, made, "Is that so?")
    second = latest(me, made)
    assert can_undo(me, second)
    reply_to_comment(ola, answered, "Yes.")
    for done in (first, second):
        assert done.changes
        assert not can_undo(me, done)
    (thread,) = comments_on(me, made)
    assert [one.remark for one in thread.replies] == ["Yes."]
