"""Templates and duplicates of statements, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.templates import save_template, templates
from calendar_model.mission.themes import themes_in_use
from calendar_model.store.models import Statement
from calendar_model.terms import StatementFormat
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.pages.driver import address, click, run, sound

VALUES: dict[str, Any] = {"name": "Debate", "format": StatementFormat.GENERAL_DEBATE, "text": "Thanks, {forum} {item}."}


def opened(page: str, who: Viewer, **parameters: str) -> AppTest:
    return sound(open_page(page, who.person_id, **parameters))


def statement(me: Viewer, **values: Any) -> str:
    known = {"title": "HRC64: debate", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    return commands.start_statement(me, {**known, **values}, text="Mr President,", items=["session-HRC64"])


def test_a_template_is_written_changed_and_deleted(me: Viewer) -> None:
    app = click(opened("templates", me), "new_template")
    app.text_input(key="template_new_name").set_value("Debate")
    app.text_area(key="template_new_text").set_value("Thanks, {forum}.")
    app = click(app, "template_new_save")
    (made,) = templates(me)
    assert (made.name, made.text, made.format) == ("Debate", "Thanks, {forum}.", StatementFormat.STATEMENT)
    app = click(app, f"open_{made.id}")
    app.text_input(key=f"template_{made.id}_name").set_value("Panel")
    click(app, f"template_{made.id}_save")
    assert [one.name for one in templates(me)] == ["Panel"]
    click(opened("templates", me, record=made.id), "delete_template")
    assert templates(me) == []


def test_an_empty_one_is_refused_at_its_fields(me: Viewer) -> None:
    app = click(opened("templates", me, new="1"), "template_new_save")
    assert len(app.error) == 1
    assert templates(me) == []


def test_it_is_filled_into_a_new_statement(me: Viewer) -> None:
    made = save_template(me, VALUES)
    app = opened("statements", me, new="statement")
    assert app.button(key="fill_in_template").disabled
    app.selectbox(key="statement_new_forum").set_value("un-hrc")
    app.text_input(key="statement_new_title").set_value("One")
    app.selectbox(key="statement_template").set_value(made)
    app = click(run(app), "fill_in_template")
    text = app.text_area(key="statement_new_text").value
    assert text == "Thanks, UN Human Rights Council [item]."
    # What is there stays.
    app = click(app, "fill_in_template")
    assert app.text_area(key="statement_new_text").value == f"{text}\n\n{text}"
    app.multiselect(key="statement_new_themes").set_value(["Reprisals"])
    click(run(app), "statement_new_save")
    with reading(me) as session:
        (kept,) = session.scalars(select(Statement))
        assert [version.text for version in kept.versions] == [f"{text}\n\n{text}"]
    assert themes_in_use(me) == ["Reprisals"]


def test_the_text_of_a_statement_becomes_a_template(me: Viewer) -> None:
    app = opened("statements", me, record=(made := statement(me)))
    app.text_input(key=f"template_name_{made}").set_value("From it")
    click(run(app), "save_as_template")
    assert [one.text for one in templates(me)] == ["Mr President,"]
    restricted = opened("statements", me, record=statement(me, sensitivity=Sensitivity.RESTRICTED))
    assert not [one for one in restricted.button if one.key == "save_as_template"]


def test_a_statement_is_duplicated_for_the_next_session(me: Viewer) -> None:
    app = click(opened("statements", me, record=(made := statement(me))), "duplicate")
    assert address(app, "record") != made
    with reading(me) as session:
        again = session.get_one(Statement, address(app, "record"))
        assert (again.title, [link.item for link in again.items]) == ("HRC65: debate", ["session-HRC65"])
