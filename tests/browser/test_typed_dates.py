"""A date typed into a field counts when Enter or Tab ends it, as it does when the reader clicks elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settled


def typed(page: Page, label: str, *days: str) -> None:
    """Types days, digit by digit, into the date field of this label."""
    parts = page.get_by_test_id("stDateInput").filter(has_text=label).get_by_role("spinbutton")
    expect(parts).to_have_count(3 * len(days))
    for place, number in enumerate("-".join(days).split("-")):
        parts.nth(place).press_sequentially(number)


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_typed_period_counts_at_once_and_the_filter_stays_open(server: str, visit: Visit, key: str) -> None:
    page = visit.page
    page.goto(f"{server}/timeline")
    settled(page)
    expect(page.locator("html")).to_have_attribute("data-typed-dates", "heard")
    page.get_by_role("button", name="Filter").click()
    typed(page, "Period", "2027-03-02", "2027-04-05")
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile("period=2027-03-02&period=2027-04-05"))
    parts = page.get_by_test_id("stDateInput").filter(has_text="Period").get_by_role("spinbutton")
    expect(parts).to_have_text(["2027", "03", "02", "2027", "04", "05"])


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_typed_date_counts_at_once(server: str, visit: Visit, key: str) -> None:
    days, address = ("2027-03-02",), "from=2027-03-02"
    page = visit.page
    page.goto(f"{server}/timeline")
    settled(page)
    expect(page.locator("html")).to_have_attribute("data-typed-dates", "heard")
    typed(page, "From", *days)
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(address))
    # Enter leaves the reader where they were, and Tab goes on.
    assert page.evaluate("document.activeElement.role") == ("spinbutton" if key == "Enter" else None)
    if key == "Enter":
        # And goes on typing in the same field.
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"{address[:-2]}25"))
