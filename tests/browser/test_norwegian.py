"""Three jobs in Norwegian, in a browser that asks for it: subscribe, log an engagement, confirm a session's dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.translation import catalogue
from pages.components.shell.current_user import COOKIE
from tests.browser.conftest import WIDE, settled
from tests.browser.driver import fill, press, says

nb = catalogue("nb").gettext


@pytest.fixture
def page(browser: Browser, staffed_server: str, desk_officer: str) -> Iterator[Page]:
    """A page of a Norwegian browser in which the desk officer acts."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="nb-NO")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": COOKIE, "value": desk_officer, "url": staffed_server}])
    yield context.new_page()
    context.close()


def test_a_filter_becomes_a_subscription(page: Page, staffed_server: str) -> None:
    page.goto(f"{staffed_server}/subscribe?organisation=osce&kind=meeting")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(nb("Feeds"))
    assert page.evaluate("document.documentElement.lang") == "nb"
    press(page, nb("Create subscription"))
    expect(page.get_by_test_id("stMain").get_by_text("/feeds/mine/").first).to_be_visible()
    # The calendar itself is the same for every reader.
    feed = page.request.get(f"{staffed_server}/feeds/calendar.ics?organisation=osce&kind=meeting").text()
    assert "SUMMARY:Warsaw Human Dimension Conference" in feed.replace("\r\n ", "")


def test_an_engagement_is_logged(page: Page, staffed_server: str) -> None:
    page.goto(f"{staffed_server}/engagements?new=consulted")
    settled(page)
    fill(page, **{nb("Title").replace(" ", "_"): "Frokost med nettverket"})
    press(page, nb("Save engagement"))
    says(page, "Frokost med nettverket")
    page.goto(f"{staffed_server}/engagements")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(nb("Engagements"))
    expect(page.get_by_test_id("stMain").get_by_test_id("stDataFrame").first).to_be_visible()


def test_the_dates_of_a_session_are_confirmed(page: Page, staffed_server: str) -> None:
    page.goto(f"{staffed_server}/confirm?organisation=un-hrc&q=hrc64")
    settled(page)
    line = page.locator("[class*='st-key-what_confirm_session-HRC64']")
    line.get_by_role("button", name=nb("Confirm dates")).click()
    expect(line.get_by_role("alert")).to_be_visible()
    line.get_by_label(nb("Source URL")).fill("https://www.ohchr.org/en/hr-bodies/hrc/sessions")
    line.get_by_label(nb("Source URL")).press("Tab")
    settled(page)
    line.get_by_role("button", name=nb("Confirm dates")).click()
    says(page, nb("Recorded: {title}. The calendar and all feeds are updated.").partition(":")[0])
    settled(page)
    expect(line).to_have_count(0)


def test_the_choice_is_remembered_by_the_browser(page: Page, staffed_server: str) -> None:
    page.goto(f"{staffed_server}/settings")
    settled(page)
    page.get_by_role("button", name="Norsk bokmål").click()
    page.get_by_role("combobox", name=nb("Language of the pages")).click()
    page.get_by_role("option", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.keyboard.press("Escape")
    settled(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
