"""Templates and duplicates of statements, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.templates import (
    content_of_file,
    keep_file,
    save_template,
    template_files,
    templates,
)
from calendar_model.mission.themes import themes_in_use
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person, Statement
from calendar_model.terms import Role, StatementFormat
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.letters import letter, texts_of
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


def test_a_refusal_does_not_change_the_language_of_its_text(me: Viewer) -> None:
    made = save_template(me, {**VALUES, "language": "fr", "text": "Monsieur le Président,"})
    app = opened("statements", me, new="statement")
    app.selectbox(key="statement_template").set_value(made)
    app = click(run(app), "fill_in_template")
    app = click(app, "statement_new_save")
    assert len(app.error) == 1
    app.text_input(key="statement_new_title").set_value("One")
    click(run(app), "statement_new_save")
    with reading(me) as session:
        (kept,) = session.scalars(select(Statement))
        assert [version.language for version in kept.versions] == ["fr"]


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


# --- The Word file of a template


def test_a_word_file_is_saved_downloaded_replaced_and_removed(me: Viewer) -> None:
    made = save_template(me, VALUES)
    app = opened("templates", me, record=made)
    assert app.button(key="save_template_file").disabled
    app.file_uploader(key="template_file_0").set_value(("C:\\x\\Brev.docx", letter(), ""))
    app = click(run(app), "save_template_file")
    assert template_files(me)[made].name == "Brev.docx"
    assert app.button(key="save_template_file").disabled
    (button,) = [one for one in app.download_button if one.key == "download_template_file"]
    assert not button.disabled
    app.file_uploader(key="template_file_1").set_value(("Other.docx", letter("Another"), ""))
    click(run(app), "save_template_file")
    assert template_files(me)[made].name == "Other.docx"
    assert "Another" in texts_of(content_of_file(me, made))
    click(opened("templates", me, record=made), "remove_template_file")
    assert template_files(me) == {}


def test_a_refused_file_is_said_at_its_button_and_nothing_is_kept(me: Viewer) -> None:
    made = save_template(me, VALUES)
    app = opened("templates", me, record=made)
    app.file_uploader(key="template_file_0").set_value(("a.docx", b"PK no", ""))
    app = click(run(app), "save_template_file")
    assert len(app.error) == 1
    assert template_files(me) == {}


def test_a_reader_downloads_it_and_changes_nothing(me: Viewer) -> None:
    made = save_template(me, VALUES)
    keep_file(me, made, "Brev.docx", letter(), seen=1)
    reader = member(save(OPERATOR, Person, {"name": "Reader", "roles": (Role.READER,)}))
    app = opened("templates", reader, record=made)
    assert [one.key for one in app.download_button if one.key == "download_template_file"]
    assert [one.key for one in app.button if one.key in ("save_template_file", "remove_template_file")] == []
    assert [*app.file_uploader] == []


def test_no_text_of_a_statement_gets_into_the_file(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery copy is made of a restricted statement, at the button of its page."""
    later: list[Callable[[], bytes]] = []
    add = MediaFileManager.add_deferred

    def note(self: MediaFileManager, made: Callable[[], bytes], *rest: Any, **named: Any) -> Any:
        later.append(made)
        return add(self, made, *rest, **named)

    monkeypatch.setattr(MediaFileManager, "add_deferred", note)
    made = save_template(me, {**VALUES, "format": StatementFormat.STATEMENT})
    keep_file(me, made, "Brev.docx", template := letter(), seen=1)
    restricted = {"sensitivity": Sensitivity.RESTRICTED, "title": "On X-1", "speaker": "Ambassador"}
    opened("statements", me, record=statement(me, **restricted))
    copies = [texts_of(content) for content in (write() for write in later) if b"word/document.xml" in content]
    assert [one for one in copies if "Mr President," in one and "Item [item], Ambassador" in one]
    assert content_of_file(me, made) == template
