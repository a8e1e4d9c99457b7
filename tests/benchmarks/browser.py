"""How long a reader waits in Chromium: another page, the timeline's zoom and filter, the panel of an item, the search.

``python -m tests.benchmarks browser`` runs the dashboard on a workspace with the sample, over the calendar as it is and
over 10,000 items, and prints medians and 95th percentiles in milliseconds beside their targets. All is measured with the
caches warm; the clock runs in the browser, from the click or the key until the script has run through, what was asked for
is there, and the browser has painted it.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, expect

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import staff
from calendar_model.figures.zoom import Zoom
from calendar_model.mission import sample
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import FOLDER_VARIABLE
from pages.components.shell.current_user import COOKIE
from pages.components.shell.navigation import PAGES
from tests.benchmarks.folder import DATA, large_folder, prepare
from tests.browser.conftest import WIDE, chromium, settled, start_server, stop_server
from tests.day import TODAY

PICTURE, PANEL, RESULTS = ".js-plotly-plot", ".st-key-panel_body", ".st-key-search_results"
CHOSEN = "OSCE, Organization for"
ROUNDS = 6
"""How often each is measured; once more before, to fill the caches."""

_CLOCK = """
window.time = (selector) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const isAtRest = () => app.dataset.testScriptState === "notRunning";
  const shown = () => [...document.querySelectorAll(selector)].map((one) => one.textContent).join();
  const isDrawn = () => !document.querySelector('[data-testid="stSkeleton"]')
    && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every((one) => one.querySelector(".trace"));
  const before = shown();
  const isAnother = () => shown() && shown() !== before;
  window.timed = new Promise((resolve) => {
    const begin = ({ timeStamp }) => {
      for (const kind of ["click", "keydown"]) document.removeEventListener(kind, begin, true);
      const look = () => {
        if (!isAtRest() || !isAnother() || !isDrawn()) return requestAnimationFrame(look);
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
      };
      look();
    };
    for (const kind of ["click", "keydown"]) document.addEventListener(kind, begin, true);
  });
};
"""
"""``time(selector)`` waits for a click or a key; ``timed`` then promises the milliseconds until a frame has been painted in
which the script has run through, the text of what ``selector`` finds is another one than before, and all pictures are drawn."""


class Wait(NamedTuple):
    """What a reader waits for, how many milliseconds at most, and what measures it once."""

    name: str
    target: int
    measure: Callable[[Page], float]


def main() -> None:
    """Measure and print."""
    prepare()
    with tempfile.TemporaryDirectory() as parent:
        for items, folder, times in ((0, DATA, 1), (10_000, large_folder(Path(parent), 10_000), 2)):
            os.environ[DATA_VARIABLE] = str(folder)
            os.environ[FOLDER_VARIABLE] = str(Path(parent) / f"workspace-{items}")
            _measure(times)


def _measure(times: int) -> None:
    """One table; ``times`` is by how much the targets are extended."""
    workspace = Path(os.environ[FOLDER_VARIABLE])
    _, table = calendar_for(ANONYMOUS)
    sample.load(table, TODAY)
    person = next(one.id for one in staff() if one.name == "Sample: desk officer")
    process, address = start_server(workspace / "log", **{DATA_VARIABLE: os.environ[DATA_VARIABLE]})
    print(f"{len(table):,} items")
    print(f"  {'':<24}{'median':>10}{'95 %':>10}{'target':>10}")
    try:
        with chromium() as browser:
            context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
            context.add_cookies([{"name": COOKIE, "value": person, "url": address}])
            context.add_init_script(_CLOCK)
            page = context.new_page()
            page.goto(f"{address}/cases")
            settled(page)
            for waits in (_page_switches(), _timeline(), _panels(), _search()):
                rounds = [[wait.measure(page) for wait in waits] for _ in range(ROUNDS + 1)][1:]
                for wait, found in zip(waits, zip(*rounds, strict=True), strict=True):
                    nearly_all = statistics.quantiles(found, n=20, method="inclusive")[-1]
                    columns = (statistics.median(found), nearly_all, times * wait.target)
                    print(f"  {wait.name:<24}{''.join(f'{column:>7.0f} ms' for column in columns)}", flush=True)
    finally:
        stop_server(process)


def _page_switches() -> list[Wait]:
    """Each tab of each section, in the order of the menu, and round again."""
    return [
        Wait(
            f"page {entry.file}",
            400,
            _click(f":is(.st-key-tab_{entry.file}, .st-key-section_{entry.section}) a >> nth=-1", "h1"),
        )
        for entry in PAGES
        if entry.section is not None and entry.is_tab
    ]


def _timeline() -> list[Wait]:
    """From a year to a quarter and back; one organisation into the filter and out of it."""
    quarter, year = (f".st-key-zoom button >> nth={list(Zoom).index(zoom)}" for zoom in (Zoom.QUARTER, Zoom.YEAR))
    return [
        Wait("timeline, closer", 400, _click(quarter, PICTURE, before=_opened("timeline"))),
        Wait("timeline, wider", 400, _click(year, PICTURE)),
        Wait("timeline, filter", 400, _click(f"[role=option] >> text={CHOSEN}", PICTURE, before=_organisations_listed)),
        Wait("timeline, no filter", 400, _click(".st-key-filter_clear button", PICTURE)),
    ]


def _panels() -> list[Wait]:
    """The panel of the first item that a page lists, and of a bar of the timeline."""
    first = ".st-key-lines_{} [class*=st-key-what_] button >> nth=0"
    return [
        Wait("panel on today", 300, _click(first.format("now"), PANEL, before=_opened("today"))),
        Wait("panel on agenda", 300, _click(first.format("agenda"), PANEL, before=_opened("agenda"))),
        Wait(
            "panel on timeline", 300, _click(f"{PICTURE} .bars .point path >> nth=0", PANEL, before=_opened("timeline"))
        ),
    ]


def _search() -> list[Wait]:
    """A word, letter by letter, as far as another letter finds others."""
    return [Wait(f"search, letter {at}", 150, _type(letter, at)) for at, letter in enumerate("assem", start=1)]


def _opened(page_file: str) -> Callable[[Page], None]:
    """What opens a page by the menu, unless it is open, and closes what lies over it."""
    entry = next(entry for entry in PAGES if entry.file == page_file)

    def open_(page: Page) -> None:
        _without_dialog(page)
        for place in (f"section_{entry.section}", f"tab_{entry.file}"):
            if page.locator(f".st-key-{place}").count():
                page.locator(f".st-key-{place} a").click()
                _at_rest(page)

    return open_


def _without_dialog(page: Page) -> None:
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        _at_rest(page)


def _at_rest(page: Page) -> None:
    """Waits until the server and the browser have nothing to do: a click on a dialog's cross starts a run a moment later."""
    page.wait_for_timeout(300)
    settled(page)


def _organisations_listed(page: Page) -> None:
    _at_rest(page)
    if not page.locator("[class*=st-key-choose_organisation]").is_visible():
        page.get_by_role("button", name="Filter").click()
    page.locator("[class*=st-key-choose_organisation] input").click()
    page.keyboard.type(CHOSEN)


def _type(letter: str, at: int) -> Callable[[Page], float]:
    def measure(page: Page) -> float:
        if at == 1:
            _without_dialog(page)
            page.keyboard.press("/")
            expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
        _at_rest(page)
        return _timed(page, RESULTS, lambda: page.keyboard.press(letter))

    return measure


def _click(target: str, selector: str, before: Callable[[Page], None] | None = None) -> Callable[[Page], float]:
    """What clicks ``target`` after ``before``, and gives the milliseconds until ``selector`` finds another text."""

    def measure(page: Page) -> float:
        if before is not None:
            before(page)
        found = page.locator(target)
        # Over the bars of a picture plotly has a surface of its own.
        found.hover(force=True)
        return _timed(page, selector, lambda: found.click(force=True))

    return measure


def _timed(page: Page, selector: str, begin: Callable[[], None]) -> float:
    page.evaluate(f"time({json.dumps(selector)})")
    begin()
    return float(page.evaluate("timed"))


if __name__ == "__main__":
    main()
