"""A track or a State in one screen, wide and narrow; a click opens the panel of an item; the choices are in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE, Visit, settled


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
        ("upr", ".barlayer .trace .points .point path", "upr-4-DZA", "UPR of Algeria, 4th cycle"),
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


def top_and_foot(part: Locator) -> tuple[float, float]:
    """Where a part of the page begins and ends, in pixels from the top of the screen."""
    expect(part).to_be_visible()
    box = part.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("track", ["hrc-resolution", "ga-resolution"])
def test_a_track_with_its_plan_and_our_work_is_in_one_screen(staffed_server: str, staff_page: Page, track: str) -> None:
    staff_page.goto(f"{staffed_server}/resolutions?track={track}")
    settled(staff_page)
    strip = staff_page.locator(".js-plotly-plot")
    expect(strip.locator(".scatterlayer .trace .points path").first).to_be_attached()
    next_text, _foot = top_and_foot(staff_page.locator(f".st-key-lines_next_{track}"))
    assert next_text <= 160
    for part in (strip, staff_page.locator(".st-key-lines_steps_plan"), staff_page.locator(".st-key-cycle_links_text")):
        top, foot = top_and_foot(part)
        assert next_text < top < foot <= WIDE["height"]


@pytest.mark.parametrize(
    ("address", "first", "chosen"),
    [
        ("resolutions?track=ga-resolution", ".st-key-lines_next_ga-resolution", "GA text"),
        ("upr", ".st-key-lines_next_UPR54", "By session"),
        ("upr?state=HTI", ".st-key-lines_next_upr_HTI", "Haiti"),
    ],
)
def test_on_a_phone_the_next_dates_come_first_and_lists_replace_the_pictures(
    server: str, visit: Visit, address: str, first: str, chosen: str
) -> None:
    page = visit.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{server}/{address}")
    settled(page)
    # The first run takes a wide screen for granted.
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.locator(":is(.st-key-resolutions_track, .st-key-by)")).to_have_count(0)
    expect(page.locator(".st-key-cycle_bar").get_by_role("combobox")).to_have_value(chosen)
    top, _foot = top_and_foot(page.locator(first))
    assert top <= 240
    wider = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    assert page.evaluate(wider) <= 0


def test_the_chosen_track_is_in_the_address(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/resolutions")
    settled(page)
    page.get_by_test_id("stButtonGroup").get_by_text("GA text", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]track=ga-resolution(&|$)"))
    expect(page.get_by_role("heading", name="Plan for GA81", exact=True)).to_be_visible()


def test_a_state_is_chosen_from_the_list_and_is_in_the_address(server: str, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server}/upr")
    settled(page)
    page.get_by_test_id("stButtonGroup").get_by_text("By State", exact=True).click()
    states = page.get_by_test_id("stSelectbox").get_by_role("combobox")
    states.fill("Kenya")
    page.get_by_role("option", name="Kenya").click()
    expect(page).to_have_url(re.compile(r"[?&]state=KEN(&|$)"))
    expect(page.locator(".st-key-lines_next_upr_KEN")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.locator(".st-key-lines_next_upr_KEN")).to_be_visible()
