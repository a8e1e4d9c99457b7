"""Three jobs in Norwegian, in a browser that asks for it: subscribe, log an engagement, confirm a session's dates."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from calendar_model.translation import catalogue
from tests.browser.conftest import settled
from tests.browser.driver import fill, press, says

nb = catalogue("nb").gettext


@pytest.fixture
def browser_locale() -> str:
    return "nb-NO"


def test_a_filter_becomes_a_subscription(staff_page: Page, staffed_server: str) -> None:
    staff_page.goto(f"{staffed_server}/subscribe?organisation=osce&kind=meeting")
    settled(staff_page)
    expect(staff_page.get_by_role("heading", level=1)).to_have_text(nb("Feeds"))
    assert staff_page.evaluate("document.documentElement.lang") == "nb"
    press(staff_page, nb("Create subscription"))
    expect(staff_page.get_by_test_id("stMain").get_by_text("/feeds/mine/").first).to_be_visible()
    # The calendar itself is the same for every reader.
    feed = staff_page.request.get(f"{staffed_server}/feeds/calendar.ics?organisation=osce&kind=meeting").text()
    assert "SUMMARY:Warsaw Human Dimension Conference" in feed.replace("\r\n ", "")


def test_an_engagement_is_logged(staff_page: Page, staffed_server: str) -> None:
    staff_page.goto(f"{staffed_server}/engagements?new=consulted")
    settled(staff_page)
    fill(staff_page, **{nb("Title").replace(" ", "_"): "Frokost med nettverket"})
    press(staff_page, nb("Save engagement"))
    says(staff_page, "Frokost med nettverket")
    staff_page.goto(f"{staffed_server}/engagements")
    settled(staff_page)
    expect(staff_page.get_by_role("heading", level=1)).to_have_text(nb("Engagements"))
    expect(staff_page.get_by_test_id("stMain").get_by_test_id("stDataFrame").first).to_be_visible()


def test_the_dates_of_a_session_are_confirmed(staff_page: Page, staffed_server: str) -> None:
    staff_page.goto(f"{staffed_server}/confirm?organisation=un-hrc&q=hrc64")
    settled(staff_page)
    line = staff_page.locator("[class*='st-key-what_confirm_session-HRC64']")
    line.get_by_role("button", name=nb("Confirm dates")).click()
    expect(line.get_by_role("alert")).to_be_visible()
    line.get_by_label(nb("Source URL")).fill("https://www.ohchr.org/en/hr-bodies/hrc/sessions")
    line.get_by_label(nb("Source URL")).press("Tab")
    settled(staff_page)
    line.get_by_role("button", name=nb("Confirm dates")).click()
    expect(staff_page.locator(".st-key-undo[role=status]")).to_contain_text(
        nb("Recorded: {title}. The calendar and all feeds are updated.").partition(":")[0]
    )
    settled(staff_page)
    expect(line).to_have_count(0)


def test_the_choice_is_remembered_by_the_browser(staff_page: Page, staffed_server: str) -> None:
    staff_page.goto(f"{staffed_server}/settings")
    settled(staff_page)
    staff_page.get_by_role("button", name="Norsk bokmål").click()
    staff_page.get_by_role("combobox", name=nb("Language of the pages")).click()
    staff_page.get_by_role("option", name="English").click()
    expect(staff_page.get_by_role("heading", level=1)).to_have_text("Settings")
    staff_page.keyboard.press("Escape")
    settled(staff_page)
    staff_page.reload()
    expect(staff_page.get_by_role("heading", level=1)).to_have_text("Settings")
