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
@pytest.mark.parametrize(
    ("label", "days", "address"),
    [
        ("From", ("2027-03-02",), r"from=2027-03-02"),
        ("Period", ("2027-03-02", "2027-04-05"), r"period=2027-03-02&period=2027-04-05"),
    ],
)
def test_a_typed_date_counts_at_once(
    server: str, visit: Visit, key: str, label: str, days: tuple[str, ...], address: str
) -> None:
    page = visit.page
    page.goto(f"{server}/timeline")
    settled(page)
    expect(page.locator("html")).to_have_attribute("data-typed-dates", "heard")
    typed(page, label, *days)
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(address))
    # Enter leaves the reader where they were, and Tab goes on.
    assert page.evaluate("document.activeElement.role") == ("spinbutton" if key == "Enter" else None)
    if key == "Enter":
        # And goes on typing in the same field.
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"{address[:-2]}25"))
