"""From an expected day on the timeline to the record of its body's forecasts, in Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled


def test_the_panel_of_an_expected_day_leads_to_the_record_of_its_body(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/agenda?item=cedaw-2027-1")
    settled(page)
    page.get_by_role("dialog").locator("a[href*=organisations]").click()
    expect(page).to_have_url(re.compile(r"/organisations\?show=un-cedaw"))
    settled(page)
    expect(page.locator(".st-key-organisation_record")).to_be_in_viewport()
    expect(page.get_by_test_id("stMain")).to_contain_text("Elimination of Discrimination against Women")
