"""In a browser: a table on a page gives nothing away that the page's own files leave out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import sample
from calendar_model.store.database import FILE, open_workspace
from calendar_model.store.models import Contact
from calendar_model.vocabulary import Sensitivity
from tests.browser.conftest import Visit, settled, start_server, stop_server
from tests.conftest import TODAY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, set[str]]]:
    """A server with the sample: its address, who sees all of it, and what its restricted contacts are called."""
    folder = tmp_path_factory.mktemp("sample")
    workspace = open_workspace(f"sqlite:///{folder / FILE}")
    sample.load(calendar.current(TODAY)[1], TODAY, workspace)
    person = staff(workspace)[0].id
    with reading(member(person), workspace=workspace) as session:
        restricted = {one.title for one in session.query(Contact) if one.sensitivity is Sensitivity.RESTRICTED}
    workspace.close()
    process, address = start_server(folder / "log", HRD_CALENDAR_WORKSPACE=str(folder))
    yield address, person, restricted
    stop_server(process)


def copied(page: Page) -> str:
    """What is on the clipboard once everything in the page's first table was chosen and copied."""
    page.evaluate("navigator.clipboard.writeText('as it was')")
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 120, box["y"] + 55)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.wait_for_timeout(500)
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("path", ["contacts", "engagements"])
def test_the_toolbar_of_a_table_gives_no_file(visit: Visit, site: tuple[str, str, set[str]], path: str) -> None:
    address, person, _ = site
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.context.add_cookies([{"name": "hrd_person", "value": person, "url": address}])
    page.goto(f"{address}/{path}")
    settled(page)
    table = page.get_by_test_id("stDataFrame").first
    table.hover()
    toolbar = table.get_by_test_id("stElementToolbar")
    expect(toolbar.get_by_role("button", name="Search")).to_be_visible()
    assert toolbar.get_by_role("button", name="CSV").count() == 0
    assert copied(page) == "as it was"


def test_the_page_s_own_file_leaves_out_what_is_restricted(visit: Visit, site: tuple[str, str, set[str]]) -> None:
    address, person, restricted = site
    page = visit.page
    page.context.add_cookies([{"name": "hrd_person", "value": person, "url": address}])
    page.goto(f"{address}/contacts")
    settled(page)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download as CSV").click()
    rows = list(csv.reader(Path(downloading.value.path()).read_text("utf-8-sig").splitlines()))
    assert restricted
    assert len(rows) > 1
    assert not restricted & {cell for row in rows for cell in row}
