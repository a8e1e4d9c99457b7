"""The ground under all pages: the entrance, the one port, the silence to the outside, the filter in the URL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, ROOT, Visit, settled

MENU = ["Today", "Calendar", "Cycles", "Statements", "Engagements", "Cases"]
OF_ALL_PARTS = ("", "timeline", "coverage", "meetings", "import", "subscribe")
"""Pages on which between them stands every kind of thing that a browser has to fetch."""


@pytest.fixture
def stray_page() -> Iterator[str]:
    """A file in pages/ that no one has registered."""
    path = ROOT / "pages" / "stray_for_a_test.py"
    path.write_text("import streamlit as st\n\nst.title('Stray')\n")
    yield path.stem
    path.unlink()


def asked(page: Page) -> list[tuple[str, str]]:
    """The parameters in the page's address, sorted."""
    return sorted(parse_qsl(urlsplit(page.url).query))


def test_inner_page_opened_first_goes_through_the_entrance(fresh_server: str, visit: Visit) -> None:
    visit.page.goto(f"{fresh_server}/timeline")
    settled(visit.page)
    menu, tabs = (visit.page.get_by_role("navigation", name=name) for name in ("Menu", "Pages of this section"))
    expect(menu.get_by_role("link")).to_have_text(MENU)
    expect(menu.locator("[aria-current=page]")).to_have_text("Calendar")
    expect(tabs.get_by_role("link")).to_have_text(["Timeline", "Agenda", "Month", "Organisations"])
    expect(tabs.locator("[aria-current=page]")).to_have_text("Timeline")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Timeline")


def test_unregistered_page_opened_first_is_not_run(fresh_server: str, visit: Visit, stray_page: str) -> None:
    visit.page.goto(f"{fresh_server}/{stray_page}")
    expect(visit.page.get_by_role("dialog")).to_contain_text("Page not found")
    assert visit.page.get_by_text("Stray", exact=True).count() == 0


def test_page_file_run_without_the_entrance_stops_with_a_sentence() -> None:
    from streamlit.testing.v1 import AppTest

    for file in sorted((ROOT / "pages").glob("*.py")):
        alone = AppTest.from_file(str(file)).run()
        assert [e.value for e in alone.error] == ["Open this page from the start page of the calendar."], file.name
        assert len(alone.title) == 0, file.name


def test_nothing_is_asked_of_another_host_and_the_policy_is_kept(server: str, visit: Visit) -> None:
    for path in OF_ALL_PARTS:
        response = visit.page.goto(f"{server}/{path}")
        settled(visit.page)
        assert response is not None
        assert "default-src 'self'" in response.headers["content-security-policy"]
    assert set(visit.hosts) == {urlsplit(server).netloc}
    # Streamlit's index.html sets one variable for search engines in a script of its own; nothing depends on it.
    refused = {e for e in visit.errors if "Content Security Policy" in e}
    assert {e.split(":")[0] for e in refused} <= {
        "Executing inline script violates the following Content Security Policy directive 'script-src 'self' blob"
    }
    assert len(refused) <= 1


def test_feeds_are_on_the_same_port(server: str) -> None:
    with urlopen(f"{server}/_stcore/health") as health:
        assert health.read() == b"ok"
    with urlopen(f"{server}/feeds/calendar.ics") as feed:
        assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
        assert feed.read(15) == b"BEGIN:VCALENDAR"


def open_filter(page: Page) -> None:
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("[class*=st-key-choose_organisation]")).to_be_visible()


def choose_osce(page: Page, server: str) -> None:
    """Opens the timeline and chooses an organisation in the filter, whose list is closed then."""
    page.goto(f"{server}/timeline")
    settled(page)
    open_filter(page)
    page.locator("[class*=st-key-choose_organisation] input").click()
    page.keyboard.type("OSCE, Org")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/timeline?organisation=osce")
    page.keyboard.press("Escape")


def chips(page: Page) -> Locator:
    """The active values of the filter."""
    # Streamlit draws a button with a tooltip twice, and shows one of the two.
    return page.locator("[class*=st-key-chip_] p:visible")


def test_link_restores_the_filter_and_keeps_it_over_pages(server: str, visit: Visit) -> None:
    page = visit.page
    link = [("kind", "session"), ("organisation", "osce"), ("organisation", "un-hrc"), ("q", "session")]
    page.goto(f"{server}/timeline?" + "&".join(f"{name}={value}" for name, value in link))
    settled(page)
    names = ["OSCE", "HRC", "Sessions", "“session”"]
    expect(chips(page)).to_have_text(names)
    assert asked(page) == link
    # Streamlit keeps the parameters of fields that the browser has loaded.
    fields = page.locator(".st-key-filter_url")
    expect(fields.get_by_test_id("stMultiSelect").first).to_be_attached()
    expect(fields.get_by_test_id("stTextInput").first).to_be_attached()
    for title in ("Organisations", "Statements", "Calendar"):
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Timeline" if title == "Calendar" else title)
        expect(chips(page)).to_have_text(names)
        assert asked(page) == link
    open_filter(page)
    chosen = page.locator("[class*=st-key-choose_organisation]").get_by_label("Selected values")
    long = ["OSCE, Organization for Security and Co-operation in Europe", "HRC, UN Human Rights Council"]
    expect(chosen.locator("[data-tag] [title]")).to_have_text(long)
    expect(page.get_by_role("searchbox", name="Text")).to_have_value("session")


def test_choice_goes_into_the_url_as_code_and_back_takes_it_out(server: str, visit: Visit) -> None:
    page = visit.page
    choose_osce(page, server)
    expect(chips(page)).to_have_text(["OSCE"])
    page.go_back()
    page.wait_for_url(f"{server}/timeline")
    expect(chips(page)).to_have_count(0)


def test_a_value_leaves_the_filter_with_one_click(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/timeline?organisation=osce&kind=meeting&q=warsaw")
    settled(page)
    for gone, left in ((2, ["OSCE", "Meetings"]), (0, ["Meetings"]), (0, [])):
        chips(page).nth(gone).click()
        expect(chips(page)).to_have_text(left)
    page.wait_for_url(f"{server}/timeline")


def test_search_works_while_typing_and_clear_takes_all_back(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/timeline?standing=projected")
    settled(page)
    open_filter(page)
    page.get_by_role("searchbox", name="Text").press_sequentially("council", delay=30)
    page.wait_for_url("**q=council**")
    settled(page)
    expect(chips(page)).to_have_text(["projected", "“council”"], ignore_case=True)
    page.get_by_role("button", name="Clear filter", exact=True).click()
    page.wait_for_url(f"{server}/timeline")
    expect(chips(page)).to_have_count(0)


def test_unknown_value_in_a_link_is_named_and_left_out(server: str, visit: Visit) -> None:
    visit.page.goto(f"{server}/timeline?country=XXX&kind=session")
    settled(visit.page)
    expect(visit.page.get_by_role("alert").first).to_have_text(
        "Unknown country in the link: “XXX”. It is ignored; choose from the filter instead."
    )


def test_times_are_for_the_reader(server: str, visit: Visit) -> None:
    visit.page.goto(f"{server}/timeline")
    settled(visit.page)
    expect(visit.page.get_by_role("button", name="Oslo time")).to_be_visible()
    visit.page.goto(f"{server}/timeline?tz=America%2FNew_York")
    settled(visit.page)
    expect(visit.page.get_by_role("button", name="New York time")).to_be_visible()


def test_on_a_narrow_screen_the_menu_and_the_filter_fit(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{server}/agenda?organisation=osce&kind=deadline&q=helsinki")
    settled(page)
    expect(page.get_by_role("navigation", name="Menu").get_by_role("link")).to_have_text(MENU)
    expect(chips(page)).to_have_text(["OSCE", "Deadlines", "“helsinki”"])
    open_filter(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_a_removed_value_stays_removed(visit: Visit, server: str) -> None:
    page = visit.page
    choose_osce(page, server)
    page.keyboard.press("Escape")
    expect(page.locator("[class*=st-key-choose_organisation]")).to_have_count(0)
    chips(page).click()
    page.wait_for_url(f"{server}/timeline")
    # With each run the browser sends what it still knows of fields that it does not show.
    page.get_by_role("radio", name="quarter").click()
    page.wait_for_url("**/timeline?*zoom=quarter*")
    settled(page)
    expect(chips(page)).to_have_count(0)
    assert "organisation" not in dict(asked(page))
