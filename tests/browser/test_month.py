"""The month as a reader uses it: mouse, keyboard, a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visit, settled

DAY = "GA Human Rights Defenders Day"


def open_month(page: Page, server: str, query: str = "?from=2026-12-01") -> None:
    page.goto(f"{server}/month{query}")
    settled(page)


def test_an_entry_opens_its_panel_and_the_way_back_leads_to_it(visit: Visit, server: str) -> None:
    page = visit.page
    open_month(page, server)
    page.evaluate("window.sameDocument = true")
    table = page.get_by_role("grid", name="December 2026")
    table.get_by_role("button", name=DAY).click()
    expect(page.get_by_role("dialog")).to_contain_text("Wed 9 Dec 2026")
    expect(page).to_have_url(re.compile("item=hrd-day-2026"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(table.get_by_role("button", name=DAY)).to_be_focused()
    expect(table.get_by_role("button", name="EU-NGO Human Rights Forum, expected Tue 8")).to_be_visible()
    assert page.evaluate("window.sameDocument")


def test_arrow_keys_go_from_day_to_day_and_enter_to_its_entries(visit: Visit, server: str) -> None:
    page = visit.page
    open_month(page, server, "")
    days = page.locator("td")
    expect(days.and_(page.locator("[aria-current=date]"))).to_contain_text("Tuesday 24 November 2026, today")
    days.and_(page.locator("[aria-current=date]")).focus()
    for key, day in (("ArrowRight", "25"), ("ArrowUp", "18"), ("Home", "16"), ("End", "22"), ("ArrowLeft", "21")):
        page.keyboard.press(key)
        expect(page.locator(f"td[data-date='2026-11-{day}']")).to_be_focused()
    page.locator("td[data-date='2026-11-25']").focus()
    page.keyboard.press("Enter")
    entry = page.locator("td[data-date='2026-11-25'] button").first
    expect(entry).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(entry).to_be_focused()


def test_what_does_not_fit_into_a_day_opens_the_agenda_of_its_week(visit: Visit, server: str) -> None:
    page = visit.page
    open_month(page, server, "?from=2026-11-01&organisation=un")
    page.get_by_role("button", name="more, Wednesday 4 November 2026: open the agenda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda")
    expect(page).to_have_url(re.compile(r"/agenda\?(?=.*zoom=week)(?=.*from=2026-11-04)(?=.*organisation=un)"))
    expect(page.get_by_text("Wed 4 Nov 2026 – Tue 10 Nov 2026").first).to_be_visible()


def test_on_a_phone_it_is_a_list_of_days(visit: Visit, server: str) -> None:
    page = visit.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    open_month(page, server)
    expect(page.get_by_role("heading", level=3, name="Wednesday 9 December 2026")).to_be_visible()
    expect(page.get_by_role("grid")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    page.get_by_role("button", name=DAY).click()
    expect(page.get_by_role("dialog")).to_contain_text("Wed 9 Dec 2026")
    page.keyboard.press("Escape")
    page.goto(f"{server}/month")
    settled(page)
    earlier = page.get_by_text("Earlier this month")
    expect(page.get_by_role("heading", level=3).first).to_have_text("Tuesday 24 November 2026, today")
    earlier.click()
    expect(page.get_by_role("heading", level=3, name="Monday 2 November 2026")).to_be_visible()
