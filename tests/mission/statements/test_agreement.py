"""What is agreed to the last word, and what stands in square brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.access.permissions import Viewer
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.agreement import agreed_at, bracketed_passages
from calendar_model.mission.statements.queries import list_statements, view_statement
from calendar_model.store.models import AgreedText
from calendar_model.terms import StatementFormat, StatementState, Voice
from tests.day import TODAY
from tests.refusals import refused_for

RESOLUTION = {"title": "Zero draft", "format": StatementFormat.RESOLUTION_TEXT}


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("", ()),
        ("Calls upon States to protect defenders;", ()),
        ("Calls [upon][on] States", ("[upon]", "[on]")),
        ("[Calls upon [all] States] to act", ("[Calls upon [all] States]",)),
        ("[Calls upon\nStates] to act", ("[Calls upon\nStates]",)),
        ("Calls [upon all\nStates to act", ("[upon all",)),
        ("Calls] upon", ()),
    ],
)
def test_passages_in_brackets_are_found_with_their_brackets(text: str, passages: tuple[str, ...]) -> None:
    assert bracketed_passages(text) == passages


@given(st.text(alphabet="ab[]\n", max_size=60))
def test_outside_the_passages_no_bracket_opens(text: str) -> None:
    rest = text
    for passage in bracketed_passages(text):
        assert passage.startswith("[")
        before, found, rest = rest.partition(passage)
        assert found
        assert "[" not in before
    assert "[" not in rest


def agreed(who: Viewer, made: str) -> list[AgreedText]:
    view = view_statement(who, made)
    assert view is not None
    return view.statement.agreed_texts


@pytest.mark.usefixtures("either_database")
def test_a_version_is_marked_as_agreed_and_the_next_one_is_not(me: Viewer) -> None:
    made = commands.start_statement(me, RESOLUTION, text="1. Calls [upon] States")
    with refused_for("text-in-brackets"):
        commands.mark_agreed(me, made, 1)
    commands.save_text(me, made, "1. Calls upon States", language="en", based_on=1)
    with refused_for("newer-text-unread"):
        commands.mark_agreed(me, made, 1)
    commands.mark_agreed(me, made, 2, " core group ")
    assert [(one.version_number, one.agreed_between, one.person_id) for one in agreed(me, made)] == [
        (2, "core group", me.person_id)
    ]
    with refused_for("agreed-already"):
        commands.mark_agreed(me, made, 2)

    def is_agreed() -> list[bool]:
        return [one.is_agreed for some in list_statements(me, TODAY).values() for one in some]

    assert is_agreed() == [True]
    commands.save_text(me, made, "1. Calls on States", language="en", based_on=2)
    assert is_agreed() == [False]
    view = view_statement(me, made)
    assert view is not None
    assert agreed_at(view.statement, 2) is not None
    assert agreed_at(view.statement, 3) is None


@pytest.mark.parametrize(
    "values",
    [
        {"title": "Item 3", "format": StatementFormat.STATEMENT},
        {"title": "Vote", "format": StatementFormat.EXPLANATION_OF_VOTE, "voice": Voice.NATIONAL},
    ],
)
def test_a_national_statement_is_negotiated_with_nobody(me: Viewer, values: dict[str, object]) -> None:
    made = commands.start_statement(me, values, text="Thank you.")
    with refused_for("not-negotiated"):
        commands.mark_agreed(me, made, 1)


def test_a_mark_can_be_taken_back_until_the_text_is_delivered(me: Viewer) -> None:
    made = commands.start_statement(me, {**RESOLUTION, "voice": Voice.JOINT}, text="1. Calls upon States")
    commands.mark_agreed(me, made, 1)
    commands.unmark_agreed(me, made, 1)
    assert agreed(me, made) == []
    commands.mark_agreed(me, made, 1)
    commands.move(me, made, StatementState.DROPPED, seen=1)
    with refused_for("statement-not-writable"):
        commands.unmark_agreed(me, made, 1)
    assert len(agreed(me, made)) == 1
