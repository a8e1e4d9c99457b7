"""The Word documents that pages offer: which there are, and what a click gives."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
import streamlit as st

from calendar_model.access.permissions import Viewer
from calendar_model.documents.word import MOST_CHARACTERS, MOST_PARTS, TOO_LONG
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Statement
from calendar_model.terms import StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The Word files that a page offers, by label: Streamlit's test runner cannot click on a download."""
    found: dict[str, dict[str, Any]] = {}
    drawn = st.download_button

    def drawing(label: str, **options: Any) -> Any:
        if options["file_name"].endswith(".docx"):
            found[label] = options
        return drawn(label, **options)

    monkeypatch.setattr(st, "download_button", drawing)
    return found


def lines(offer: dict[str, Any]) -> list[str]:
    write: Callable[[], bytes] = offer["data"]
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(write())).paragraphs]


def test_an_item_has_its_note(me: Viewer, offered: dict[str, dict[str, Any]]) -> None:
    open_page("dossier", me.person_id, of="session-HRC67")
    (label,) = offered
    assert label == "Download briefing note"
    assert offered[label]["file_name"] == "briefing-note-2026-11-24.docx"
    assert lines(offered[label])[0] == "Human Rights Council, 67th session"


def test_this_week_and_the_next_have_theirs(offered: dict[str, dict[str, Any]]) -> None:
    open_page("today", organisation="un-hrc", period=["2027-01-01", "2027-02-01"])
    assert {label: offer["file_name"] for label, offer in offered.items()} == {
        "Briefing note for this week": "week-note-2026-11-23.docx",
        "Briefing note for next week": "week-note-2026-11-30.docx",
    }
    assert lines(offered["Briefing note for next week"])[:2] == [
        "Week of Mon 30 Nov – Sun 6 Dec 2026",
        "Briefing note · week 49 · calendar filtered by HRC",
    ]


def test_a_statement_is_given_in_each_of_its_languages_until_it_is_not_for_the_reader(
    me: Viewer, staff_member: Viewer, offered: dict[str, dict[str, Any]]
) -> None:
    values = {
        "title": "Joint",
        "voice": Voice.JOINT,
        "format": StatementFormat.STATEMENT,
        "sensitivity": Sensitivity.INTERNAL,
        "forum": "un-hrc",
    }
    statement = save(staff_member, Statement, values)
    open_page("statements", me.person_id, record=statement)
    assert offered == {}
    for language, text in (("en", "Thank you."), ("fr", "Merci.")):
        commands.save_text(staff_member, statement, text, language=language, based_on=0)
    open_page("statements", me.person_id, record=statement)
    assert {label: offer["file_name"] for label, offer in offered.items()} == {
        "Download delivery copy, English": "statement-2026-11-24.docx",
        "Download delivery copy, French": "statement-2026-11-24.docx",
    }
    french = offered["Download delivery copy, French"]
    assert lines(french)[-2:] == ["Draft, not cleared (version 2)", "Merci."]
    with writing(staff_member) as session:
        found = session.get(Statement, statement)
        assert found is not None
        found.sensitivity = Sensitivity.RESTRICTED
    assert lines(french) == [
        "This document could not be created",
        "This statement no longer exists, or you do not have access. Go back to the list.",
    ]


def test_a_text_that_is_too_long_to_be_laid_out_gets_a_document_that_says_so(
    me: Viewer, offered: dict[str, dict[str, Any]]
) -> None:
    values = {
        "title": "Long",
        "voice": Voice.JOINT,
        "format": StatementFormat.STATEMENT,
        "sensitivity": Sensitivity.INTERNAL,
        "forum": "un-hrc",
    }
    statement = save(me, Statement, values)
    commands.save_text(me, statement, "a\n" * (MOST_PARTS + 1), language="en", based_on=0)
    open_page("statements", me.person_id, record=statement)
    assert lines(offered["Download delivery copy"])[-1] == TOO_LONG.format(parts=MOST_PARTS, characters=MOST_CHARACTERS)
