"""The picture of a chart up to the browser that draws it: what is asked, for whose eyes, and what is said."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.calendar import Filter
from calendar_model.figures.picture import NO_BROWSER
from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind
from pages.components.widgets.pictures import filter_words
from tests.app import everything, open_page


@pytest.mark.parametrize("page", ["timeline", "resolutions", "upr"])
def test_without_a_browser_a_sentence_says_what_to_do(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    app = open_page(page)
    app.button(key=f"{page}_picture_make").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == [NO_BROWSER]
    assert "Download as PNG" not in everything(app)


def test_another_choice_puts_away_what_was_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    app = open_page("timeline")
    app.button(key="timeline_picture_make").click().run()
    assert len(app.error) == 1
    app.segmented_control(key="timeline_picture_format").set_value("PDF").run()
    assert len(app.error) == 0


def test_who_acts_as_somebody_chooses_for_whom_a_picture_is(me: Viewer) -> None:
    keys = ["timeline_picture_for"]
    assert [c.key for c in open_page("timeline").segmented_control if c.key in keys] == []
    app = open_page("timeline", me.person_id)
    assert [c.value for c in app.segmented_control if c.key in keys] == ["anyone"]


def test_a_filter_is_said_in_words(reference: Reference) -> None:
    chosen = Filter(
        organisations=("osce", "un-hrc"),
        kinds=(Kind.DEADLINE, Kind.UPR_REVIEW),
        countries=("NOR",),
        start=date(2026, 12, 1),
        end=date(2026, 12, 31),
        text="land",
    )
    assert (
        filter_words(chosen, reference)
        == "OSCE, HRC; deadlines, UPR reviews; Norway; Tue 1 Dec – Thu 31 Dec 2026; “land”"
    )
    assert filter_words(Filter(), reference) == ""
