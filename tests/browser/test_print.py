"""Pages on paper: without what only a screen can use, on a light ground, and with nothing cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.access.permissions import member
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Engagement, Statement
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat
from calendar_model.vocabulary import Sensitivity
from tests.browser.conftest import PATIENCE, WIDE, settled
from tests.day import TODAY

PAPER = {"width": 703, "height": 1017}
"""An A4 page within its margins."""

PAGES = ("", "agenda", "month", "timeline", "coverage", "engagements", "dossier?of=session-HRC64", "resolutions")


@pytest.fixture
def dark_page(browser: Browser, staffed_server: str) -> Page:
    context = browser.new_context(viewport=WIDE, color_scheme="dark", locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def on_paper(page: Page, address: str) -> None:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(media="screen")
    page.goto(address)
    settled(page)
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]


def test_a_page_on_paper_has_no_menu_no_filter_and_no_button_and_dark_text_on_a_light_ground(
    dark_page: Page, staffed_server: str
) -> None:
    page = dark_page
    for name in PAGES:
        on_paper(page, f"{staffed_server}/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".st-key-print_ground")).to_have_count(1)
        gone = [
            page.get_by_role("navigation"),
            page.get_by_test_id("stDownloadButton"),
            page.get_by_test_id("stPopover"),
        ]
        gone += [page.get_by_role("button", name="Print"), page.get_by_role("button", name="Search")]
        for one in gone:
            for shown in one.all():
                expect(shown).to_be_hidden()
        ground, ink, wide = page.evaluate(
            """() => [getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor,
              getComputedStyle(document.querySelector("h1")).color, document.documentElement.scrollWidth]"""
        )
        assert (name, ground, ink) == (name, "rgb(255, 255, 255)", "rgb(0, 0, 0)")
        assert (name, wide <= PAPER["width"]) == (name, True)


def test_a_list_is_printed_whole(dark_page: Page, staffed_server: str, desk_officer: str, tmp_path: str) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path}/workspace.sqlite")
    shared = {"engagement_kind": EngagementKind.COUNTRY_DESK, "form": EngagementForm.PHONE}
    for number in range(30):
        values = {"title": f"Call {number}", "on": TODAY - timedelta(number), **shared}
        save(member(desk_officer), Engagement, {**values, "sensitivity": Sensitivity.INTERNAL}, workspace=workspace)
    workspace.close()
    page = dark_page
    on_paper(page, f"{staffed_server}/engagements")
    rows = page.locator(".print-table tbody tr")
    expect(rows).to_have_count(30)
    expect(rows.last).to_be_visible()
    expect(rows.first).to_contain_text("Tue 24 Nov 2026")
    expect(page.get_by_test_id("stDataFrame")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(rows.first).to_be_hidden()


def test_a_statement_is_printed_whole_and_its_button_prints(
    dark_page: Page, staffed_server: str, desk_officer: str, tmp_path: str
) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path}/workspace.sqlite")
    values = {"title": "Defenders", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    statement = save(member(desk_officer), Statement, values, workspace=workspace)
    text = "\n\n".join(f"Paragraph {number} thanks the Special Rapporteur." for number in range(40))
    commands.save_text(member(desk_officer), statement, text, language="en", based_on=0, workspace=workspace)
    workspace.close()
    page = dark_page
    on_paper(page, f"{staffed_server}/statements?record={statement}")
    field = page.get_by_role("textbox", name="Text in English")
    expect(field).to_have_value(text)
    assert field.evaluate("one => one.scrollHeight <= one.clientHeight + 1")
    assert field.evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")
