"""In a browser: the entry of the page that is open, earlier addresses, and the search by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import sample
from calendar_model.store.database import FILE, open_workspace
from calendar_model.store.models import Engagement
from tests.browser.conftest import Visit, settled, start_server, stop_server
from tests.day import TODAY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """A server with the sample: its address, who reads it, and an engagement."""
    folder: Path = tmp_path_factory.mktemp("sample")
    workspace = open_workspace(f"sqlite:///{folder / FILE}")
    sample.load(calendar.current(TODAY)[1], TODAY, workspace)
    person = staff(workspace)[0].id
    with reading(member(person), workspace=workspace) as session:
        record = str(session.query(Engagement.id).limit(1).scalar())
    workspace.close()
    process, address = start_server(folder / "log", HRD_CALENDAR_WORKSPACE=str(folder))
    yield address, person, record
    stop_server(process)


def opened(page: Page, site: tuple[str, str, str], path: str) -> Page:
    address, person, _ = site
    page.context.add_cookies([{"name": "hrd_person", "value": person, "url": address}])
    page.goto(f"{address}/{path}")
    settled(page)
    return page


def heard(page: Page, script: str = "hrdMenu") -> None:
    """Waits until the page's own script listens to the menu, or to the key of the search; it comes a little after what is
    drawn."""
    page.wait_for_function("name => Boolean(window[name]?.listening)", arg=script)


@pytest.mark.parametrize("what", ["record", "form"])
def test_the_entry_of_the_page_that_is_open_leads_back_to_its_list(
    visit: Visit, site: tuple[str, str, str], what: str
) -> None:
    page = opened(visit.page, site, f"engagements?{f'record={site[2]}' if what == 'record' else 'new=consulted'}")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Engagements")
    heard(page)
    page.get_by_role("navigation", name="Menu").locator("[aria-current=page]").click()
    expect(page.get_by_role("heading", level=1).first).to_have_text("Engagements")
    expect(page).to_have_url(re.compile(r"/engagements$"))


def test_an_earlier_address_leads_on(visit: Visit, site: tuple[str, str, str]) -> None:
    page = opened(visit.page, site, "overview?organisation=osce")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 24 November 2026")
    expect(page).to_have_url(f"{site[0]}/?organisation=osce")
    opened(page, site, "timeline?show=agenda&zoom=month&organisation=osce")
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda")
    expect(page.locator("[class*=st-key-chip_] p:visible")).to_have_text(["OSCE"])
    expect(page).to_have_url(re.compile(r"/agenda\?.*zoom=month"))


def test_the_search_opens_and_is_used_by_keyboard(visit: Visit, site: tuple[str, str, str]) -> None:
    page = opened(visit.page, site, "timeline")
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    heard(page, "hrdSearch")
    page.keyboard.press("/")
    field = page.get_by_role("dialog").get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    page.keyboard.type("assembly 81st")
    results = page.locator(".st-key-search_results")
    expect(results.get_by_role("button", name="General Assembly, 81st session", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(results.get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    results.get_by_role("button", name="General Assembly, 81st session", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("item=session-GA81"))
    expect(page.get_by_role("dialog")).to_contain_text("Tue 8 Sep 2026 – Tue 7 Sep 2027")


def test_enter_opens_the_first_result_however_fast_it_follows(visit: Visit, site: tuple[str, str, str]) -> None:
    page = opened(visit.page, site, "timeline")
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    heard(page, "hrdSearch")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog").get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("osce")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/timeline\?organisation=osce$"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_slash_in_a_field_is_a_slash(visit: Visit, site: tuple[str, str, str]) -> None:
    page = opened(visit.page, site, "engagements?new=engagement")
    title = page.get_by_label("Title", exact=True)
    title.fill("A")
    title.press("/")
    expect(title).to_have_value("A/")
    expect(page.get_by_role("dialog")).to_have_count(0)
