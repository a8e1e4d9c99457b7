"""The ground under all pages: the entrance, the one port, the silence to the outside, the filter in the URL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, ROOT, Visit, settled

PAGES = {
    "": "Overview",
    "timeline": "Timeline",
    "coverage": "Coverage",
    "statements": "Statements",
    "engagements": "Engagements",
    "cases": "Cases",
    "follow-ups": "Follow-ups",
    "resolutions": "Resolutions",
    "upr": "UPR",
    "meetings": "Side events",
    "organisations": "Organisations",
    "contacts": "Contacts",
    "language": "Language",
    "subscribe": "Feeds",
    "import": "Import",
    "settings": "Settings",
    "confirm": "Dates to confirm",
    "corrections": "Corrections",
}
"""The menu: address and title."""
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
    # On a narrower screen the last entries are in a list of their own.
    visit.page.set_viewport_size({"width": 1800, "height": 900})
    expect(visit.page.get_by_test_id("stTopNavLink")).to_have_text(list(PAGES.values()))
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


def test_link_restores_the_filter_and_keeps_it_over_pages(server: str, visit: Visit) -> None:
    page = visit.page
    link = [("kind", "session"), ("organisation", "osce"), ("organisation", "un-hrc"), ("q", "session")]
    page.goto(f"{server}/timeline?" + "&".join(f"{name}={value}" for name, value in link))
    settled(page)
    chosen = page.locator(".st-key-choose_organisation").get_by_label("Selected values")
    names = ["OSCE, Organization for Security and Co-operation in Europe", "HRC, UN Human Rights Council"]
    expect(chosen.locator("[data-tag] [title]")).to_have_text(names)
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("session")
    assert asked(page) == link
    page.get_by_test_id("stTopNavLink").filter(has_text="Organisations").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Organisations")
    expect(chosen.locator("[data-tag] [title]")).to_have_text(names)
    assert asked(page) == link


def test_choice_goes_into_the_url_as_code_and_back_takes_it_out(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/timeline")
    settled(page)
    page.locator(".st-key-choose_organisation input").click()
    page.keyboard.type("OSCE, Org")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/timeline?organisation=osce")
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_url(f"{server}/timeline")
    expect(page.locator(".st-key-choose_organisation [data-tag]")).to_have_count(0)


def test_search_works_while_typing_and_clear_takes_all_back(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/timeline?standing=projected")
    settled(page)
    page.get_by_role("searchbox", name="Search").press_sequentially("council", delay=30)
    page.wait_for_url("**q=council**")
    settled(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    page.wait_for_url(f"{server}/timeline")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("")


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


def test_narrow_screen_folds_the_bar_to_what_is_active(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{server}/timeline?organisation=osce&kind=deadline&q=helsinki")
    settled(page)
    folded = page.get_by_role("button", name="Filter: OSCE, Deadlines, “helsinki”")
    expect(folded).to_be_visible()
    expect(page.locator(".st-key-choose_organisation")).to_be_hidden()
    folded.click()
    expect(page.locator(".st-key-choose_organisation")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
