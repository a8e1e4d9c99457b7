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

from playwright.sync_api import Page

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import staff
from calendar_model.mission import sample
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import FOLDER_VARIABLE
from pages.components.shell.current_user import COOKIE
from pages.components.shell.navigation import PAGES
from tests.benchmarks.folder import DATA, large_folder, prepare
from tests.browser.conftest import WIDE, chromium, settled, start_server, stop_server
from tests.day import TODAY

ROUNDS = 8
"""How often each is measured; once more before, to fill the caches."""

_CLOCK = """
window.time = (selector) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const isAtRest = () => app.dataset.testScriptState === "notRunning";
  const shown = () => [...document.querySelectorAll(selector)].map((one) => one.textContent).join();
  const isDrawn = () => !document.querySelector('[data-testid="stSkeleton"]')
    && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every((one) => one.querySelector(".trace"));
  const before = shown();
  let hasRun = false;
  const watch = new MutationObserver(() => { hasRun ||= !isAtRest(); });
  watch.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  window.timed = new Promise((resolve) => {
    const begin = ({ timeStamp }) => {
      for (const kind of ["click", "keydown"]) document.removeEventListener(kind, begin, true);
      const look = () => {
        if (!hasRun || !isAtRest() || shown() === before || !isDrawn()) return requestAnimationFrame(look);
        watch.disconnect();
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
    return [
        Wait("timeline, closer", 400, _click(".st-key-zoom button >> nth=2", PICTURE, before=_opened("timeline"))),
        Wait("timeline, wider", 400, _click(".st-key-zoom button >> nth=3", PICTURE)),
        Wait("timeline, filter", 400, _click("[role=option] >> nth=0", PICTURE, before=_list_organisations)),
        Wait("timeline, no filter", 400, _click("[class*=st-key-chip_organisation] button >> nth=0", PICTURE)),
    ]


def _panels() -> list[Wait]:
    """The panel of the first item that the page lists, and of a mark of the timeline."""
    return [
        Wait("panel, on today", 300, _click("[class*=st-key-what_now] button >> nth=0", PANEL, before=_opened("today"))),
        Wait("panel, on the agenda", 300, _click("[class*=st-key-what_agenda] button >> nth=0", PANEL, before=_opened("agenda"))),
    ]


def _search() -> list[Wait]:
    """A word, letter by letter."""
    letters = "council"
    return [Wait(f"search, letter {at + 1}", 150, _type(letters, at)) for at in range(1, len(letters))]


def _click(target: str, selector: str, before: Callable[[Page], None] | None = None) -> Callable[[Page], float]:
    """What clicks ``target`` after ``before``, and gives the milliseconds until ``selector`` finds another text."""

    def measure(page: Page) -> float:
        if before is not None:
            before(page)
        target_ = page.locator(target)
        target_.wait_for()
        return _timed(page, selector, target_.click)

    return measure


def _timed(page: Page, selector: str, begin: Callable[[], None]) -> float:
    page.evaluate(f"time({json.dumps(selector)})")
    begin()
    return float(page.evaluate("timed"))


if __name__ == "__main__":
    main()
