"""The review of an override, and what is agreed of a text, on the page of a statement, in the list and on Today."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer, member
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import view_statement
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Person, Statement
from calendar_model.terms import Role, StatementFormat, StatementState, Step, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import click, sound


@pytest.fixture
def head(me: Viewer) -> Viewer:
    """A colleague of ``me`` who may clear."""
    return member(save(me, Person, {"name": "Head", "roles": {Role.EDITOR, Role.CLEARER}}))


def page(who: Viewer, made: str = "", name: str = "statements") -> AppTest:
    return sound(open_page(name, who.person_id, **({"record": made} if made else {})))


def kept(who: Viewer, made: str) -> Statement:
    view = view_statement(who, made)
    assert view is not None
    return view.statement


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def overridden(me: Viewer, head: Viewer) -> tuple[str, str]:
    """A delivered statement with a case of which a check was overridden, and the override."""
    both = [me.person_id, head.person_id]
    raised = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}, named=both)
    values = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    made = commands.start_statement(me, values, text="Thank you.", links=[raised], named=both)
    asked = commands.ask_override(me, made, Step.CLEAR, "The hearing is tomorrow.")
    commands.confirm_override(head, asked, "Agreed with the embassy.")
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(head, made, state, seen=1, on=TODAY)
    return made, asked


def test_who_took_no_part_records_the_review(me: Viewer, head: Viewer) -> None:
    made, asked = overridden(me, head)
    assert f"review_{asked}" not in keys(page(me, made))
    app = page(head, made)
    app.text_area(key=f"assessment_{asked}").set_value("ok")
    click(app, f"review_{asked}")
    assert len(app.error) == 1
    assert app.text_area(key=f"assessment_{asked}").value == "ok"
    app.text_area(key=f"assessment_{asked}").set_value("The family agreed afterwards.")
    click(app, f"review_{asked}")
    assert not app.error
    assert f"review_{asked}" not in keys(app)
    (review,) = kept(me, made).override_reviews
    assert (review.person_id, review.version_number) == (head.person_id, 1)
    assert any("The family agreed afterwards." in text.value for text in page(me, made).markdown)


def test_the_debt_is_counted_in_the_list_and_a_task_on_today(me: Viewer, head: Viewer) -> None:
    made, asked = overridden(me, head)
    save(me, Statement, {"title": "Item 5", "format": StatementFormat.STATEMENT})
    app = page(me)
    assert {f"open_{made}", "show_unreviewed"} <= keys(app)
    assert "1" in app.button(key="show_unreviewed").label
    click(app, "show_unreviewed")
    assert app.checkbox(key="statements_unreviewed").value is True
    assert [key for key in keys(app) if key.startswith("open_")] == [f"open_{made}"]

    def tasks(who: Viewer) -> int:
        return sum("override" in caption.value for caption in page(who, name="today").caption)

    assert (tasks(me), tasks(head)) == (0, 1)
    commands.review_override(head, asked, "The family agreed afterwards.", seen=1)
    assert tasks(head) == 0
    assert "show_unreviewed" not in keys(page(me))


def test_a_negotiated_text_is_marked_as_agreed_once_nothing_is_in_brackets(me: Viewer) -> None:
    values = {"title": "Joint", "voice": Voice.JOINT, "format": StatementFormat.STATEMENT}
    made = commands.start_statement(me, values, text="We [all] agree.")
    app = page(me, made)
    assert "mark_agreed" not in keys(app)
    assert any("[all]" in text.value.replace("\\", "") for text in app.markdown)
    commands.save_text(me, made, "We agree.", language="en", based_on=1)
    app = page(me, made)
    app.text_input(key=f"agreed_between_{made}").set_value("core group")
    click(app, "mark_agreed")
    (agreed,) = kept(me, made).agreed_texts
    assert (agreed.version_number, agreed.agreed_between) == (2, "core group")
    assert "mark_agreed" not in keys(app)
    click(app, "unmark_agreed")
    assert kept(me, made).agreed_texts == []


def test_a_national_statement_has_no_mark(me: Viewer) -> None:
    made = commands.start_statement(
        me, {"title": "National", "format": StatementFormat.STATEMENT}, text="[pause] Thanks."
    )
    assert not {"mark_agreed", "unmark_agreed"} & keys(page(me, made))
