"""A calendar of somebody else comes in by its file, and comes again changed, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Person
from tests.browser.conftest import Visit, settled, start_server, stop_server
from tests.browser.driver import press, says
from tests.imports.calendars import calendar, event

TITLE = "Briefing of the secretariat"
SERIES = event(
    "DTSTART;TZID=Europe/Zurich:20270301T100000",
    "DTEND;TZID=Europe/Zurich:20270301T113000",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "ATTENDEE;CN=Somebody:mailto:somebody@defenders.example",
    title=TITLE,
)
FIRST = "Mon 1 Mar 2027, 10:00–11:30 (Zurich time)"
LAST = ("Mon 15 Mar 2027, 10:00–11:30 (Zurich time)", "Mon 22 Mar 2027, 10:00–11:30 (Zurich time)")


def exception(day: str) -> str:
    """The second of the series, on another day."""
    return event(
        "RECURRENCE-ID;TZID=Europe/Zurich:20270308T100000",
        f"DTSTART;TZID=Europe/Zurich:{day}T150000",
        f"DTEND;TZID=Europe/Zurich:{day}T163000",
        title=TITLE,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server with one person in its workspace."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    save(ANONYMOUS, Person, {"name": "Desk officer"}, workspace=workspace)
    workspace.close()
    process, address = start_server(tmp_path / "server.log")
    yield address
    stop_server(process)


def choose(field: Locator, value: str) -> None:
    """As the driver does it, of a field that is found by what it says while nothing is chosen."""
    page = field.page
    field.click()
    field.fill(value)
    page.get_by_role("option", name=value).first.click()
    settled(page)


def upload(page: Page, data: bytes) -> None:
    file = FilePayload(name="secretariat.ics", mimeType="text/calendar", buffer=data)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name=re.compile("^(Preview import|Preview again)$"))).to_be_visible()
    settled(page)


def agenda(page: Page, server: str) -> list[str]:
    """When the timeline's agenda has the series."""
    page.goto(f"{server}/agenda?q=secretariat")
    settled(page)
    told = page.locator(".st-key-lines_agenda")
    expect(told).to_contain_text(TITLE)
    found = [text for text in told.inner_text().split("\n") if text.strip()]
    return [when for when, title in pairwise(found) if title == TITLE]


def test_a_series_comes_in_and_one_of_it_moves(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"{server}/import")
    settled(page)
    page.get_by_role("button", name="Select user").click()
    choose(page.get_by_role("combobox", name="Who uses this computer?"), "Desk officer")
    page.keyboard.press("Escape")

    # Previewed and imported.
    upload(page, calendar(SERIES, exception("20270310")))
    expect(page.get_by_role("button", name="Preview import")).to_be_disabled()
    choose(page.get_by_placeholder("Select", exact=True), "UN Human Rights Council")
    press(page, "Preview import")
    says(page, "4 new. Nothing has been imported yet.")
    press(page, "Import 4 events")
    says(page, "Imported: 4 new.")
    assert agenda(page, server) == [FIRST, "Wed 10 Mar 2027, 15:00–16:30 (Zurich time)", *LAST]

    # It comes again, one of it on another day: that one moves, and nothing is there twice.
    page.goto(f"{server}/import")
    settled(page)
    upload(page, calendar(SERIES, exception("20270311")))
    choose(page.get_by_placeholder("Select", exact=True), "UN Human Rights Council")
    press(page, "Preview import")
    says(page, "1 changed, 3 unchanged. Nothing has been imported yet.")
    press(page, "Import 1 event")
    says(page, "Imported: 1 changed.")
    assert agenda(page, server) == [FIRST, "Thu 11 Mar 2027, 15:00–16:30 (Zurich time)", *LAST]

    # Who was invited is nowhere, and nothing went to anybody else.
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("workspace.sqlite*"))
    assert (TITLE.encode() in kept, b"somebody@defenders.example" in kept) == (True, False)
    assert set(visit.hosts) == {server.removeprefix("http://")}
    assert "Traceback" not in (tmp_path / "server.log").read_text(encoding="utf-8")
