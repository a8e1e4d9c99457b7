"""The General Assembly adopts a text: from the timeline into the panel, and the calendar says so at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Person
from tests.browser.conftest import WIDE, settled, start_server, stop_server
from tests.browser.driver import choose, fill, press

ITEM = "ga-resolution-GA81"
SOURCE = "https://www.un.org/en/ga/81/resolutions.shtml"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server that stands on the day of the vote, with one person in its workspace."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    save(ANONYMOUS, Person, {"name": "Desk officer"}, workspace=workspace)
    workspace.close()
    process, address = start_server(tmp_path / "server.log", **{TODAY_VARIABLE: "2026-12-18"})
    yield address
    stop_server(process)


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{server}/timeline?show=agenda&track=ga-resolution")
    settled(page)
    page.get_by_role("button", name="Nobody chosen").click()
    choose(page.get_by_role("combobox", name="You act as"), "Desk officer")
    page.keyboard.press("Escape")
    yield page
    context.close()


def sequence(server: str) -> int:
    feed = urlopen(f"{server}/feeds/item/{ITEM}.ics").read().decode()
    return int(re.findall(r"SEQUENCE:(\d+)", feed)[0])


def test_the_text_is_adopted_from_the_timeline(page: Page, server: str) -> None:
    before = sequence(server)
    press(page, "GA text, due in GA81")
    dialog = page.get_by_role("dialog")
    # By keyboard: the button, then the fields in their order.
    dialog.get_by_role("button", name="Adopted", exact=True).focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Symbol", exact=True)).to_be_visible()
    settled(page)
    fill(page, Symbol="A/RES/81/200", Day_of_adoption="2026-12-18")
    choose(dialog.get_by_role("combobox", name="How it was adopted"), "By a recorded vote")
    expect(dialog.get_by_label("In favour")).to_be_enabled()
    fill(page, In_favour="130", Against="14", Abstaining="41")
    dialog.get_by_role("button", name="Save", exact=True).click()
    settled(page)
    expect(dialog.get_by_role("alert")).to_contain_text("source")
    # A reload takes nothing of what was typed.
    page.reload()
    settled(page)
    expect(dialog.get_by_label("Symbol", exact=True)).to_have_value("A/RES/81/200")
    expect(dialog.get_by_label("In favour")).to_have_value("130")
    fill(page, Address_of_the_source=SOURCE)
    dialog.get_by_role("button", name="Save", exact=True).click()
    settled(page)
    expect(dialog.get_by_role("heading", level=2).first).to_contain_text("A/RES/81/200")
    expect(dialog).to_contain_text("by vote, 130 for, 14 against, 41 abstaining")
    expect(dialog.get_by_role("button", name=re.compile("^After: .*GA84"))).to_be_visible()
    assert sequence(server) > before
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stMain")).to_contain_text("A/RES/81/200")
