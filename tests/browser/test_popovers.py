"""In a browser: what opens below a button is used by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled


def test_the_filter_is_used_by_keyboard_and_leads_to_a_subscription(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/agenda")
    settled(page)
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    page.get_by_role("button", name="Filter").press("Enter")
    popover = page.get_by_test_id("stPopoverBody")
    organisation = popover.get_by_label("Organisation or body", exact=True)
    expect(organisation).to_be_focused()
    page.keyboard.type("OSCE")
    expect(page.get_by_role("option").first).to_contain_text("OSCE")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("organisation=osce"))
    expect(organisation).to_be_focused()
    page.keyboard.press("Tab")
    expect(popover.locator(":focus")).to_have_count(1)
    subscribe = popover.get_by_role("link", name="Subscribe")
    subscribe.press("Enter")
    expect(page).to_have_url(re.compile(r"/subscribe\?organisation=osce"))
    expect(popover).to_have_count(0)


def test_a_typed_period_keeps_the_focus_and_escape_leads_back(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/agenda")
    settled(page)
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    button = page.get_by_role("button", name="Filter")
    button.press("Enter")
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover.get_by_label("Organisation or body", exact=True)).to_be_focused()
    popover.get_by_role("spinbutton").first.focus()
    page.keyboard.type("20270101")
    page.keyboard.press("Tab")
    page.keyboard.type("20270331")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("period=2027-01-01"))
    settled(page)
    expect(popover.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(button).to_be_focused()
