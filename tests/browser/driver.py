"""What tests do in a browser as somebody does: choose, type, press, follow, read. Each waits until the page is at rest."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import settled


def choose(field: Locator, value: str) -> None:
    """Takes a value from a list, as one types it."""
    field.click()
    field.fill(value)
    field.page.get_by_role("option", name=value).first.click()
    expect(field).to_have_value(value)
    settled(field.page)


def add(field: Locator, value: str) -> None:
    """Adds a value to those that are chosen in a list."""
    settled(field.page)
    field.click()
    field.fill(value)
    field.page.get_by_role("option", name=value).first.click()
    field.page.keyboard.press("Escape")
    settled(field.page)


def fill(page: Page, **fields: str) -> None:
    """Types into fields, by their labels with underscores for blanks, and leaves each."""
    for label, value in fields.items():
        field = page.get_by_label(label.replace("_", " "), exact=True)
        if field.get_attribute("role") == "group":  # a day, in parts that lead on to one another
            field.get_by_role("spinbutton").first.click()
            page.keyboard.type(value.replace("-", ""))
            page.keyboard.press("Tab")
        else:
            field.fill(value)
            field.press("Tab")
    settled(page)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Clicks the first button of this name on the page itself."""
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
    settled(page)


def follow(page: Page, name: str) -> None:
    """Clicks the first link of this name on the page itself."""
    page.get_by_test_id("stMain").get_by_role("link", name=name).first.click()
    settled(page)


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """Waits until the page, or what is said in a corner of it, holds a text."""
    expect(page.locator("body")).to_contain_text(text)
