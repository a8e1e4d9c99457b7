"""What is laid over the timeline: names and axis in sight, folding, work joined to its item, the way by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from calendar_model.access.permissions import member
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.browser.conftest import settled
from tests.day import TODAY

LINKED, ALONE = "Breakfast with defenders", "Call to Vienna"


@pytest.fixture
def page(staff_page: Page, staffed_server: str, tmp_path: Path, desk_officer: str) -> Page:
    """The timeline of a year with two engagements, of which one is linked to a session."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    values = {
        "engagement_kind": EngagementKind.CONSULTED,
        "form": EngagementForm.ONLINE,
        "on": TODAY,
        "sensitivity": Sensitivity.INTERNAL,
    }
    for title, items in ((LINKED, ["session-HRC64"]), (ALONE, [])):
        columns = {**values, "title": title, "organisation": "osce"}
        save(member(desk_officer), Engagement, columns, items=items, workspace=workspace)
    workspace.close()
    staff_page.goto(f"{staffed_server}/timeline?organisation=un-hrc&organisation=osce")
    settled(staff_page)
    return staff_page


def mark(page: Page, text: str) -> Locator:
    return page.locator(".timeline-frame .mark").filter(has_text=text).first


def choose(page: Page, text: str) -> None:
    """Goes to a mark by keyboard alone and opens it."""
    marks = page.get_by_role("listbox", name="Marks of the timeline")
    marks.focus()
    page.keyboard.press("Home")
    for _ in range(page.locator(".timeline-frame .mark").count()):
        if text in (page.locator(".timeline-frame .mark[aria-selected=true]").text_content() or ""):
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator(".timeline-frame .mark[aria-selected=true]")).to_contain_text(text)
    page.keyboard.press("Enter")


def test_marks_are_opened_by_keyboard_and_work_is_joined_to_its_item(page: Page) -> None:
    expect(mark(page, LINKED)).to_be_attached()
    lines = page.locator(".timeline-frame line")
    expect(lines).to_have_count(0)
    box = mark(page, LINKED).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".hoverlayer .hovertext")).to_contain_text(LINKED)
    expect(lines).to_have_count(1)
    page.mouse.move(5, 5)
    expect(lines).to_have_count(0)

    choose(page, "Human Rights Council, 64th session")
    expect(page.get_by_role("dialog")).to_contain_text(LINKED)
    expect(page).to_have_url(re.compile("item=session-HRC64"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    choose(page, ALONE)
    expect(page.get_by_role("heading", level=1)).to_have_text(ALONE)
    expect(page).to_have_url(re.compile("/engagements"))


def test_axis_and_names_stay_in_sight_and_lanes_fold(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    axis = page.locator(".timeline-frame .axis")
    expect(axis).to_contain_text("2027")
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 330)")
    expect(page.locator(".js-plotly-plot .xtick").first).not_to_be_in_viewport()
    expect(axis).to_be_in_viewport(ratio=1)
    lane = page.locator(".timeline-frame .name").filter(has_text="HRC").first
    expect(lane).to_have_attribute("aria-expanded", "true")
    plot = page.locator(".st-key-timeline_figure .js-plotly-plot")
    expect(plot).to_have_count(1)
    before = plot.bounding_box()
    lane.focus()
    page.keyboard.press("Enter")
    expect(lane).to_have_attribute("aria-expanded", "false")
    expect(lane).to_be_focused()
    expect(plot).to_have_count(1)
    after = plot.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] < before["height"]
