"""The offer to undo in the browser: in sight, in reach of the keyboard, and gone in time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from calendar_model.access.permissions import member
from calendar_model.mission import follow_ups
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind
from tests.browser.conftest import NARROW, WIDE, settled
from tests.day import TODAY


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_follow_up_done_is_undone_by_keyboard(
    staff_page: Page, staffed_server: str, desk_officer: str, tmp_path: object, size: dict[str, int]
) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path}/workspace.sqlite")
    me = member(desk_officer)
    values = {"title": "Breakfast", "engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE}
    made = save(me, Engagement, {**values, "on": TODAY}, workspace=workspace)
    follow_ups.add_follow_up(me, made, what="Write back", due=TODAY, owner_id=desk_officer, workspace=workspace)
    workspace.close()
    page = staff_page
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{staffed_server}/follow-ups")
    settled(page)
    # The seconds are counted from the offer, not from when the page was opened.
    assert page.locator(".st-key-undo").evaluate("place => place.getAnimations().length") == 0
    page.get_by_role("button", name="Update").click()
    page.get_by_role("button", name="Mark as done").click()

    undo = page.locator(".st-key-undo[role=status]").get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport(ratio=1)
    # The button that was pressed is gone: the keyboard goes on from here.
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Update")).to_be_visible()
    expect(page.locator(".st-key-undo[role=status]")).to_contain_text("Undone")
    page.mouse.move(5, 5)
    expect(page.locator(".st-key-undo")).to_have_css("visibility", "hidden")
