"""The dashboard with a broken reference: it starts, shows what is good, and says what is wrong."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.transactions import save
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import current_workspace
from calendar_model.store.failures import WHAT_TO_DO, Failure
from calendar_model.store.models import Person
from tests.app import open_page

OF_THE_CALENDAR = ("today", "timeline", "month", "resolutions", "upr", "meetings", "organisations", "feeds")
OF_THE_WORKSPACE = (
    "coverage",
    "statements",
    "engagements",
    "cases",
    "follow_ups",
    "contacts",
    "language",
    "settings",
    "dossier",
    "imports",
    "corrections",
)
DAMAGED = WHAT_TO_DO[Failure.DAMAGED]
WITHOUT = "Until then the calendar shows reference data only, without the mission's own records."
FILES = ("organisations.csv", "sessions.csv", "cadences.csv", "upr_reviews.csv", "tracks.csv")


def test_a_fault_is_said_on_the_page_and_the_rest_is_shown(data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = data_copy / "sessions.csv"
    sessions.write_text(sessions.read_text(encoding="utf-8").replace("2026-02-23", "soon", 1), encoding="utf-8")
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    app = open_page("today")
    assert not app.exception
    assert [e.label for e in app.expander if "fault" in e.label] == [
        "The reference data has 1 fault; the faulty rows are left out of the calendar"
    ]
    shown = app.dataframe[0].value
    assert shown[["File", "Column", "Value"]].to_numpy().tolist() == [["sessions.csv", "start", "soon"]]
    assert any("General Assembly, 81st session" in button.label for button in app.button)


@pytest.mark.parametrize(
    ("page", "file"),
    [
        *product(("today", "timeline", "month"), FILES),
        *product(OF_THE_CALENDAR[3:], ("organisations.csv", "sessions.csv", "tracks.csv")),
        # These look up no more than names of organisations and items.
        *product(OF_THE_WORKSPACE, ("organisations.csv",)),
    ],
)
def test_no_page_falls_over_a_file_that_cannot_be_read(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch, page: str, file: str
) -> None:
    (data_copy / file).write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    app = open_page(page, save(ANONYMOUS, Person, {"name": "Desk officer"}))
    assert not app.exception
    assert len(app.title) == 1


@pytest.mark.parametrize("page", ["today", *OF_THE_WORKSPACE])
def test_no_page_falls_over_a_workspace_that_is_damaged(page: str) -> None:
    person = save(ANONYMOUS, Person, {"name": "Desk officer"})
    workspace = current_workspace()
    assert workspace.file is not None
    workspace.engine.dispose()
    workspace.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 100_000)
    app = open_page(page, person)
    assert not app.exception
    assert [error.value for error in app.error] == [f"{DAMAGED} {WITHOUT}"]
