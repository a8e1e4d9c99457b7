"""A form as somebody fills it in: what is refused, where it is said, and that the button stays in reach."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, settled


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_refusal_is_at_its_field_and_success_in_sight(
    staff_page: Page, staffed_server: str, size: dict[str, int]
) -> None:
    page = staff_page
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{staffed_server}/engagements?new=consulted")
    settled(page)
    save = page.get_by_role("button", name="Save engagement")
    expect(save).to_be_in_viewport(ratio=1)
    save.click()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport(ratio=1)
    expect(title).to_have_accessible_description(
        "Enter a title. If it could identify a person, use a code such as “Defender 014”."
    )
    expect(page.get_by_test_id("stAlert")).to_have_count(1)
    title.fill("Breakfast")
    title.press("Tab")
    expect(page.locator(".field-problem")).to_have_count(0)
    expect(title).not_to_have_attribute("aria-invalid", "true")
    save.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Breakfast")
    expect(page.get_by_test_id("stToast")).to_be_in_viewport(ratio=1)
