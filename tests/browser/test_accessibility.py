"""Every page against axe-core (WCAG 2.2 AA), on a light and a dark screen, wide and narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import NARROW, WIDE, settled

PATHS = (
    "",
    "timeline",
    "timeline?show=agenda",
    "resolutions",
    "upr",
    "meetings",
    "organisations",
    "subscribe",
    "coverage",
    "statements",
    "engagements",
    "cases",
    "follow-ups",
    "contacts",
    "language",
    "settings",
    "dossier?of=session-HRC64",
)

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", WIDE), ("light", NARROW)])
def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, server: str, scheme: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in PATHS:
        page.goto(f"{server}/{path}")
        settled(page)
        page.wait_for_timeout(1_000)  # a picture is drawn after the script has ended
        for violation in Axe().run(page, options=RULES).response["violations"]:
            targets = [str(node["target"]) for node in violation["nodes"]]
            found.setdefault(f"{path}: {violation['id']}", []).extend(targets)
    context.close()
    assert found == {}
