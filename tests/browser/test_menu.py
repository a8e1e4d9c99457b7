"""In a browser: the entry of the page that is open, and the menu on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import sample
from calendar_model.store.database import FILE, open_workspace
from calendar_model.store.models import Engagement
from tests.browser.conftest import NARROW, Visit, settled, start_server, stop_server
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


def heard(page: Page) -> None:
    """Waits until the page's own script listens to the menu; it comes a little after what is drawn."""
    for _ in range(150):
        if page.evaluate("Boolean(window.hrdMenu?.listening)"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("Nobody listens to the menu.")


@pytest.mark.parametrize("what", ["record", "form"])
def test_the_entry_of_the_page_that_is_open_leads_back_to_its_list(
    visit: Visit, site: tuple[str, str, str], what: str
) -> None:
    page = opened(visit.page, site, f"engagements?{f'record={site[2]}' if what == 'record' else 'new=consulted'}")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Engagements")
    heard(page)
    page.locator("[data-testid^=stTopNav][aria-current=page]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Engagements")
    expect(page).to_have_url(re.compile(r"/engagements$"))


def test_on_a_phone_the_menu_closes_after_a_choice(browser: Browser, site: tuple[str, str, str]) -> None:
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = opened(context.new_page(), site, "")
    heard(page)
    menu = page.get_by_test_id("stSidebar")
    for name in ("Cases", "Cases", "Coverage"):
        entry = page.get_by_test_id("stSidebarNavLink").filter(has_text=name)
        if menu.get_attribute("data-collapsed") == "true":
            page.get_by_test_id("stExpandSidebarButton").click()
        expect(menu).to_have_attribute("data-collapsed", "false")
        entry.click()
        expect(menu).to_have_attribute("data-collapsed", "true")
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        settled(page)
    context.close()
