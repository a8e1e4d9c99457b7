"""The General Assembly adopts a text: from the timeline into the panel, and the calendar says so at once."""

from __future__ import annotations

import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.driver import choose, fill, press

ITEM = "ga-resolution-GA81"
SOURCE = "https://www.un.org/en/ga/81/resolutions.shtml"


@pytest.fixture
def server_day() -> str:
    """The day of the vote."""
    return "2026-12-18"


@pytest.fixture
def page(staff_page: Page, staffed_server: str) -> Page:
    """The timeline's agenda, narrowed to the text."""
    staff_page.goto(f"{staffed_server}/agenda?track=ga-resolution")
    settled(staff_page)
    return staff_page


def sequence(server: str) -> int:
    feed = urlopen(f"{server}/feeds/item/{ITEM}.ics").read().decode()
    return int(re.findall(r"SEQUENCE:(\d+)", feed)[0])


def test_the_text_is_adopted_from_the_timeline(page: Page, staffed_server: str) -> None:
    before = sequence(staffed_server)
    press(page, "GA text, due in GA81")
    dialog = page.get_by_role("dialog")
    # By keyboard: the button, then the fields in their order.
    dialog.get_by_role("button", name="Adopted", exact=True).focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Symbol", exact=True)).to_be_visible()
    settled(page)
    fill(page, Symbol="A/RES/81/200", Date_of_adoption="2026-12-18")
    choose(dialog.get_by_role("combobox", name="Adopted by"), "Recorded vote")
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
    fill(page, Source_URL=SOURCE)
    dialog.get_by_role("button", name="Save", exact=True).click()
    settled(page)
    expect(dialog.get_by_role("heading", level=2).first).to_contain_text("A/RES/81/200")
    expect(dialog).to_contain_text("by vote, 130 for, 14 against, 41 abstaining")
    expect(dialog.get_by_role("button", name=re.compile("^Next: .*GA84"))).to_be_visible()
    assert sequence(staffed_server) > before
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stMain")).to_contain_text("A/RES/81/200")
