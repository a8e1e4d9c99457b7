"""Every page against axe-core (WCAG 2.2 AA), in the light and in the dark, wide and narrow, with the sample in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import sample
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Case, Contact, Engagement, Event, LanguageProposal, Record, Statement
from pages.components.shell.current_user import COOKIE
from tests.browser.conftest import NARROW, WIDE, settled, start_server, stop_server
from tests.day import TODAY

LISTS = (
    "",
    "timeline",
    "agenda",
    "month?from=2026-11-01",
    "resolutions",
    "upr",
    "upr?state=HTI",
    "meetings",
    "organisations",
    "corrections",
    "corrections?new=1",
    "import",
    "subscribe",
    "coverage",
    "statements",
    "engagements",
    "cases",
    "follow-ups",
    "contacts",
    "language",
    "settings",
    "data-protection",
    "dossier?of=session-HRC64",
)
ONE_OF: dict[str, type[Record]] = {
    "statements": Statement,
    "engagements": Engagement,
    "cases": Case,
    "contacts": Contact,
    "language": LanguageProposal,
    "meetings": Event,
}

ON_A_PHONE = (
    "agenda",
    "month",
    "organisations",
    "resolutions",
    "upr",
    "upr?state=HTI",
    "coverage",
    "statements",
    "engagements",
    "follow-ups",
    "settings",
    "data-protection",
    "import",
    "dossier?of=session-HRC64",
)
"""Pages that between them hold every part of ours that a narrow screen lays out in another way."""

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
HIGH = 4_000
"""Pixels in which the page of any record of the sample is whole."""
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""In the dark only the colours are others."""


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory, table: pd.DataFrame) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A server over the sample: its address, the desk officer, and the pages of one record of each kind."""
    folder: Path = tmp_path_factory.mktemp("living")
    workspace = open_workspace(f"sqlite:///{folder / 'workspace.sqlite'}")
    sample.load(table, TODAY, workspace)
    officer = next(person.id for person in staff(workspace) if "desk officer" in person.name)
    with reading(member(officer), workspace) as session:
        records = {page: session.scalars(select(kind.id).order_by(kind.title)).first() for page, kind in ONE_OF.items()}
    workspace.close()
    process, address = start_server(folder / "server.log")
    yield address, officer, tuple(f"{page}?record={record}" for page, record in records.items())
    stop_server(process)


def at_rest(page: Page) -> None:
    """Waits until a picture is drawn, which comes after the script has ended, and nothing fades that is drawn anew."""
    settled(page)
    page.wait_for_timeout(300)
    settled(page)
    shown = page.get_by_test_id("stElementContainer")
    expect(shown.and_(page.locator("[data-stale=true]"))).to_have_count(0)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stElementContainer]')]"
        ".every(element => getComputedStyle(element).opacity === '1')"
    )


def lasting_violations(page: Page, rules: dict[str, Any]) -> list[dict[str, Any]]:
    """What axe finds twice where it finds anything: a page may be drawn anew while it looks."""
    found: list[dict[str, Any]] = Axe().run(page, options=rules).response["violations"]
    if found:
        page.wait_for_timeout(1_000)
        at_rest(page)
        found = Axe().run(page, options=rules).response["violations"]
    return found


@pytest.mark.parametrize(
    ("size", "lists", "each"), [(WIDE, LISTS, True), (NARROW, ON_A_PHONE, False)], ids=["wide", "phone"]
)
def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser,
    living: tuple[str, str, tuple[str, ...]],
    size: dict[str, int],
    lists: tuple[str, ...],
    each: bool,
) -> None:
    """``each``: also the page of one record of each kind."""
    server, officer, records = living
    context = browser.new_context(viewport=size, color_scheme="light")  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": officer, "url": server}])
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in (*lists, *(records if each else ())):
        # The button that saves a form stays in sight above what is scrolled: in a high window it covers nothing.
        page.set_viewport_size({"width": size["width"], "height": size["height"] if path in lists else HIGH})
        page.goto(f"{server}/{path}")
        at_rest(page)
        for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two, as named above
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
            for violation in lasting_violations(page, rules):
                targets = [str(node["target"]) for node in violation["nodes"]]
                found.setdefault(f"{path.partition('=')[0]}, {scheme}: {violation['id']}", []).extend(targets)
        page.emulate_media(color_scheme="light")
    context.close()
    assert found == {}
