"""How long the server works on a page after a filter change: the calendar as it is over an empty workspace, and 10,000
items over 20,000 engagements and 5,000 statements of ten versions each.

``python -m tests.benchmarks.page`` runs the real dashboard, page by page, through Streamlit's own runner without a
browser, and prints medians in milliseconds of server time: opening the page, and a rerun after the organisation changed.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.transactions import save
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import FOLDER_VARIABLE, current_workspace
from calendar_model.store.models import Person
from tests.app import open_page
from tests.benchmarks.folder import DATA, large_folder, prepare
from tests.benchmarks.stopwatch import timed
from tests.benchmarks.workspace import fill
from tests.day import TODAY

PAGES = (
    "today",
    "timeline",
    "month",
    "coverage",
    "statements",
    "engagements",
    "cases",
    "follow_ups",
    "resolutions",
    "upr",
    "meetings",
    "organisations",
    "contacts",
    "language",
    "feeds",
    "dossier",
)
CHOICES: tuple[list[str], ...] = (["un-hrc"], ["osce", "coe"], ["un"], [], ["un-ga"], ["eu", "coe"], ["asean"])


def main() -> None:
    prepare()
    with tempfile.TemporaryDirectory() as parent:
        for folder in (DATA, large_folder(Path(parent), 10_000)):
            os.environ[DATA_VARIABLE] = str(folder)
            with timed() as built:
                _, table = calendar.current()
            print(f"{len(table):,} items; read and built in {built.milliseconds:.0f} ms")
            os.environ[FOLDER_VARIABLE] = str(Path(parent) / f"workspace-{len(table)}")
            if folder == DATA:
                person = save(ANONYMOUS, Person, {"name": "Officer"})
            else:
                person, *_ = fill(current_workspace(), table, TODAY)
            print(f"  {'page':<15}{'opened':>12}{'rerun after a filter change':>30}")
            for page in PAGES:
                first, rerun = _times(page, person)
                print(f"  {page:<15}{first:>9.0f} ms{rerun:>27.0f} ms")


def _times(page: str, person: str) -> tuple[float, float]:
    """Milliseconds of the first run and the median of the reruns; raises AssertionError if the page fails."""
    with timed() as first:
        app = open_page(page, person, **({"of": "session-HRC64"} if page == "dossier" else {}))
    assert not app.exception, app.exception
    reruns = []
    for choice in CHOICES:
        app.multiselect(key="organisation").set_value(choice)
        with timed() as rerun:
            app.run()
        reruns.append(rerun.milliseconds)
        assert not app.exception, app.exception
    return first.milliseconds, statistics.median(reruns)


if __name__ == "__main__":
    main()
