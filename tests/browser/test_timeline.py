"""The timeline as a reader uses it: mouse, keyboard, a link, a phone, a dark screen, a printer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.figures.palette import INKS
from tests.browser.conftest import NARROW, WIDE, Visit, settled

BARS = ".js-plotly-plot .trace.bars .point path"


def open_timeline(page: Page, server: str, query: str = "") -> None:
    page.goto(f"{server}/timeline{query}")
    settled(page)


def drawn(page: Page) -> None:
    """Waits for the picture."""
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    expect(page.locator(".js-plotly-plot .xtick").first).to_be_visible()


def click_the_longest_bar(page: Page) -> None:
    boxes = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .map(path => path.getBoundingClientRect()).map(box => [box.x, box.y, box.width, box.height])""",
        BARS,
    )
    x, y, width, height = max(boxes, key=lambda box: box[2])
    # Not in the middle: that is where the label of the hover stands from the click before.
    page.mouse.move(x + 0.9 * width, y + height / 2)
    expect(page.locator(".hoverlayer .hovertext")).to_be_visible()
    page.mouse.click(x + 0.9 * width, y + height / 2)


def test_a_click_on_a_bar_opens_the_panel_puts_it_in_the_url_and_reload_restores_it(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server, "?organisation=un-ga&kind=session")
    drawn(page)
    click_the_longest_bar(page)
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("General Assembly, 81st session")
    expect(panel).to_contain_text("Tue 8 Sep 2026 – Tue 7 Sep 2027")
    expect(page).to_have_url(re.compile(r"[?&]item=session-GA81\b"))
    page.reload()
    expect(page.get_by_role("dialog")).to_contain_text("General Assembly, 81st session")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("item="))


def test_the_same_bar_opens_again_and_nothing_is_paled(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server, "?organisation=un-ga&kind=session")
    drawn(page)
    for _ in range(2):
        click_the_longest_bar(page)
        expect(page.get_by_role("dialog")).to_contain_text("General Assembly, 81st session")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    opacities = page.evaluate(
        "selector => [...new Set([...document.querySelectorAll(selector)].map(p => getComputedStyle(p).opacity))]", BARS
    )
    assert opacities == ["1"]


def test_before_leads_to_the_predecessor(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server, "?item=session-GA81")
    page.get_by_role("dialog").get_by_role("button", name="Previous: General Assembly, 80th session").click()
    expect(page).to_have_url(re.compile("item=session-GA80"))
    expect(page.get_by_role("dialog")).to_contain_text("Tue 9 Sep 2025 – Tue 8 Sep 2026")


def test_add_to_my_calendar_is_a_calendar_file(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server, "?item=session-GA81")
    link = page.get_by_role("dialog").get_by_role("link", name="Add to my calendar")
    href = link.get_attribute("href")
    answer = page.request.get(f"{server}{href}" if href and href.startswith("/") else str(href))
    assert answer.status == 200
    assert answer.text().count("BEGIN:VEVENT") == 1
    assert "General Assembly\\, 81st session" in answer.text().replace("\r\n ", "")


def test_a_link_to_what_is_not_there_gets_a_sentence(visit: Visit, server: str) -> None:
    open_timeline(visit.page, server, "?item=session-HRC999")
    expect(visit.page.get_by_role("dialog")).to_contain_text("is not in the calendar")


def test_the_agenda_works_without_a_mouse(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/agenda?organisation=un-ga&kind=observance")
    settled(page)
    first = page.get_by_role("button", name="Human Rights Defenders Day")
    page.get_by_role("button", name="›", exact=True).focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if first.evaluate("button => button === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Wed 9 Dec 2026")
    expect(page).to_have_url(re.compile("item=hrd-day-2026"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_zoom_stretch_and_switch_are_in_the_url(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server)
    page.get_by_role("radio", name="week").click()
    expect(page).to_have_url(re.compile("zoom=week"))
    page.get_by_role("button", name="›", exact=True).click()
    expect(page).to_have_url(re.compile("from=2026-12-01"))
    page.get_by_role("link", name="Agenda", exact=True).click()
    expect(page).to_have_url(re.compile(r"/agenda\?zoom=week&from=2026-12-01$"))
    page.reload()
    settled(page)
    expect(page.get_by_text("Tue 1 Dec 2026 – Mon 7 Dec 2026").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_fits_a_phone_and_follows_the_theme(browser: Browser, server: str, scheme: str) -> None:
    context = browser.new_context(
        viewport=NARROW,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        timezone_id="Europe/Oslo",
    )
    page = context.new_page()
    open_timeline(page, server)
    drawn(page)
    # The column says how wide it is, and the labels are cut for it.
    expect(page.locator(".js-plotly-plot .xtick text").first).to_have_text(re.compile("S$"))
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    box = page.locator(".js-plotly-plot").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    ink = INKS["dark" if scheme == "dark" else "light"].ink
    red, green, blue = (int(ink[i : i + 2], 16) for i in (1, 3, 5))
    colour = page.locator(".js-plotly-plot .annotation text").first.evaluate("text => getComputedStyle(text).fill")
    assert colour == f"rgb({red}, {green}, {blue})"
    context.close()


def test_labels_stay_inside_the_picture(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server)
    drawn(page)
    right, edge = page.evaluate(
        """() => [Math.max(...[...document.querySelectorAll('.js-plotly-plot .scatterlayer .textpoint text')]
            .map(text => text.getBoundingClientRect().right)),
          document.querySelector('.js-plotly-plot').getBoundingClientRect().right]"""
    )
    assert right <= edge
    assert page.evaluate("document.documentElement.scrollWidth") == WIDE["width"]


def test_the_printer_gets_title_filter_and_agenda_only(visit: Visit, server: str) -> None:
    page = visit.page
    open_timeline(page, server, "?organisation=un-ga&kind=observance")
    drawn(page)
    sheet = page.locator(".agenda-print")
    expect(sheet).to_be_hidden()
    page.emulate_media(media="print")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("GA; observance")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for gone in (
        page.locator(".js-plotly-plot"),
        page.get_by_role("radio", name="week"),
        page.get_by_role("navigation"),
    ):
        expect(gone.first).to_be_hidden()
