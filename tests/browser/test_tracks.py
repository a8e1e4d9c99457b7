"""A click on a text or a State opens the panel of its item; the cycle is in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settled


def click_mark(page: Page, points: str, at: int) -> None:
    """Clicks the mark ``at`` of the marks that the selector finds, in plotly's own layer for the mouse."""
    mark = page.locator(points).nth(at)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize(
    ("address", "points", "item", "title"),
    [
        (
            "resolutions?track=hrc-resolution",
            ".scatterlayer .trace .points path",
            "hrc-resolution-HRC13",
            "A/HRC/RES/13/13",
        ),
        ("upr?country=NOR", ".barlayer .trace .points .point path", "upr-4-NOR", "UPR of Norway, 4th cycle"),
    ],
)
def test_a_click_on_a_mark_opens_its_panel(
    server: str, visit: Visit, address: str, points: str, item: str, title: str
) -> None:
    page = visit.page
    page.goto(f"{server}/{address}")
    settled(page)
    expect(page.locator(points).first).to_be_attached()
    click_mark(page, points, 0)
    expect(page.get_by_role("dialog")).to_contain_text(title)
    expect(page).to_have_url(re.compile(rf"[?&]item={item}(&|$)"))


def test_the_cycle_stands_in_the_address(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/upr?cycle=5")
    settled(page)
    expect(page.get_by_text("193 projected.")).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("3", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]cycle=3(&|$)"))
    expect(page.get_by_text("193 held.")).to_be_visible()
