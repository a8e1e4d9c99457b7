"""A click on the picture of the coverage, in Chromium, with a filter set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.accounts import bind_local
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Person
from tests.browser.conftest import WIDE, settled, start_server, stop_server


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The coverage of the General Assembly, as somebody of the staff."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    person = save(ANONYMOUS, Person, {"name": "Desk officer"}, workspace=workspace)
    bind_local(person, workspace)
    workspace.close()
    process, address = start_server(tmp_path / "server.log")
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/coverage?organisation=un-ga")
    settled(page)
    yield page
    context.close()
    stop_server(process)


def test_a_click_on_a_tile_begins_what_misses_with_the_tie_made(page: Page) -> None:
    tiles = page.locator(".js-plotly-plot .point path")
    expect(tiles.first).to_be_visible()
    word = page.locator(".js-plotly-plot text", has_text="late").nth(2)
    box = word.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"/(statements|engagements)\?.*tie=ga-resolution-GA81"))
    settled(page)
    expect(page.get_by_test_id("stMain")).to_contain_text("GA text, due in GA81")
    expect(page.get_by_test_id("stException")).to_have_count(0)
