"""The Council's next session is confirmed from the worklist: it leaves the list, and the calendar and the feed follow."""

from __future__ import annotations

import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled

SESSION, DEADLINE = "session-HRC64", "deadline-hrc-organisational-meeting-HRC64"
TITLE = "Human Rights Council, 64th session"
SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"


@pytest.fixture
def page(staff_page: Page, staffed_server: str) -> Page:
    """The worklist, narrowed to the Council's next session."""
    staff_page.goto(f"{staffed_server}/confirm?organisation=un-hrc&q=hrc64")
    settled(staff_page)
    return staff_page


def fed(server: str, item: str) -> tuple[str, int]:
    """The first day and the SEQUENCE of an item in the file that calendar programs are given."""
    content = urlopen(f"{server}/feeds/item/{item}.ics").read().decode()
    (day,), (sequence,) = re.findall(r"DTSTART;VALUE=DATE:(\d+)", content), re.findall(r"SEQUENCE:(\d+)", content)
    return day, int(sequence)


def test_the_session_is_confirmed_from_the_worklist(page: Page, staffed_server: str) -> None:
    session, deadline = fed(staffed_server, SESSION), fed(staffed_server, DEADLINE)
    line = page.locator(f"[class*='st-key-what_confirm_{SESSION}']")
    expect(line).to_contain_text(TITLE)
    # The announced days are a week later than the expected ones.
    for label, day in (("First day", "20270301"), ("Last day", "20270402")):
        line.get_by_role("group", name=label).get_by_role("spinbutton").first.click()
        page.keyboard.type(day)
        page.keyboard.press("Tab")
        settled(page)
    line.get_by_role("button", name="Confirm dates").click()
    expect(line.get_by_role("alert")).to_contain_text("source")
    line.get_by_label("Source URL").fill(SOURCE)
    line.get_by_label("Source URL").press("Tab")
    settled(page)
    line.get_by_role("button", name="Confirm dates").click()
    expect(page.locator(".st-key-undo[role=status]")).to_contain_text(f"Recorded: {TITLE}")
    settled(page)
    expect(line).to_have_count(0)
    assert fed(staffed_server, SESSION) == ("20270301", fed(staffed_server, SESSION)[1])
    assert fed(staffed_server, SESSION)[1] > session[1]
    assert (deadline[0], fed(staffed_server, DEADLINE)[0]) == ("20270208", "20270215")
    assert fed(staffed_server, DEADLINE)[1] > deadline[1]

    # The panel says how the days compare with what was expected of them.
    page.goto(f"{staffed_server}/timeline?item={SESSION}")
    settled(page)
    expect(page.get_by_role("dialog")).to_contain_text("announced for 7 days later; known 97 days ahead")


def test_another_line_is_opened_and_put_off(page: Page) -> None:
    item = "deadline-hrc-sr-dialogue-HRC64"
    line = page.locator(f"[class*='st-key-what_confirm_{item}']")
    line.get_by_role("button", name="More").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    line.get_by_role("button", name="Not announced yet").click()
    page.get_by_role("button", name="Check again later").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("check again on")
    settled(page)
    expect(line).to_have_count(0)
    page.get_by_text("Not announced yet (1)").click()
    expect(line).to_contain_text("Asked on Tue 24 Nov 2026 by Desk officer")
