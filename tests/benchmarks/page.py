"""How long the server works on a page after a filter change, at the calendar's own size and at 10,000 items.

``python -m tests.benchmarks.page`` runs the real dashboard, page by page, through Streamlit's own runner without a
browser, and prints medians in milliseconds of server time: opening the page, and a rerun after the organisation changed.
"""

from __future__ import annotations

import logging
import os
import statistics
import tempfile
import time
from pathlib import Path

from calendar_model import calendar
from calendar_model.calendar.current import TODAY_VARIABLE
from calendar_model.reference import DATA_VARIABLE
from tests.app import open_page
from tests.benchmarks.folder import DATA, TODAY, large_folder

PAGES = ("overview", "timeline", "resolutions", "upr", "meetings", "organisations", "feeds")
CHOICES: tuple[list[str], ...] = (["un-hrc"], ["osce", "coe"], ["un"], [], ["un-ga"], ["eu", "coe"], ["asean"])


def main() -> None:
    os.environ[TODAY_VARIABLE] = TODAY.isoformat()
    logging.getLogger("streamlit").setLevel(logging.ERROR)  # it warns of every run without a browser
    with tempfile.TemporaryDirectory() as parent:
        for folder in (DATA, large_folder(Path(parent), 10_000)):
            os.environ[DATA_VARIABLE] = str(folder)
            started = time.perf_counter()
            _, table = calendar.current()
            print(f"{len(table):,} items; read and built in {1000 * (time.perf_counter() - started):.0f} ms")
            print(f"  {'page':<15}{'opened':>12}{'rerun after a filter change':>30}")
            for page in PAGES:
                first, rerun = _times(page)
                print(f"  {page:<15}{first:>9.0f} ms{rerun:>27.0f} ms")


def _times(page: str) -> tuple[float, float]:
    """Milliseconds of the first run and the median of the reruns; raises AssertionError if the page fails."""
    started = time.perf_counter()
    app = open_page(page)
    first = 1000 * (time.perf_counter() - started)
    reruns = []
    for choice in CHOICES:
        app.multiselect(key="organisation").set_value(choice)
        started = time.perf_counter()
        app.run()
        reruns.append(1000 * (time.perf_counter() - started))
        assert not app.exception, app.exception
    return first, statistics.median(reruns)


if __name__ == "__main__":
    main()
