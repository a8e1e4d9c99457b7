"""A case in the browser: two screens at most, and what is open is a click from the field that answers it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calendar_model.access.permissions import member
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Case
from tests.browser.conftest import WIDE, settled
from tests.cases import ANSWERS, CASE

TWO_SCREENS = 2 * WIDE["height"]


@pytest.fixture
def case(tmp_path: Path, desk_officer: str) -> str:
    """The identifier of a case of the desk officer in which all but publicity is answered."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    made = save(member(desk_officer), Case, {**CASE, **ANSWERS, "publicity": None}, workspace=workspace)
    workspace.close()
    return made


def height(page: Page) -> int:
    """Pixels of the whole page, which scrolls within its frame."""
    settled(page)
    return int(page.get_by_test_id("stMain").evaluate("main => main.scrollHeight"))


def focused(page: Page) -> str:
    """The classes of the field that has the focus."""
    return str(page.evaluate("() => document.activeElement.closest('[class*=st-key-case_]')?.className"))


def test_a_case_fits_two_screens_and_a_question_leads_to_its_field(
    staff_page: Page, staffed_server: str, case: str
) -> None:
    staff_page.goto(f"{staffed_server}/cases?new=case")
    expect(staff_page.locator(".st-key-case_new_save")).to_be_visible()
    assert height(staff_page) <= TWO_SCREENS

    staff_page.goto(f"{staffed_server}/cases?record={case}")
    expect(staff_page.locator(f".st-key-case_{case}_save")).to_be_visible()
    assert height(staff_page) <= TWO_SCREENS
    staff_page.locator('a[href="#case-publicity"]').first.click()
    staff_page.keyboard.press("Tab")
    assert f"case_{case}_publicity" in focused(staff_page)


def test_an_answer_is_edited_where_it_is_read(staff_page: Page, staffed_server: str, case: str) -> None:
    staff_page.goto(f"{staffed_server}/cases?record={case}")
    line, advice = staff_page.locator(".st-key-lines_case_mission"), f".st-key-case_{case}_mission_advice textarea"
    line.get_by_role("button").click()
    expect(line).to_have_count(0)
    staff_page.locator(advice).fill("Wait until June.")
    staff_page.locator(f".st-key-case_{case}_save button").click()
    expect(line).to_contain_text("Wait until June.")
    expect(staff_page.locator(advice)).to_have_count(0)
