"""What all benchmarks stand on: the day of the tests, and a reference folder with many more items than the real one."""

from __future__ import annotations

import csv
import os
import shutil
from calendar import monthrange
from datetime import date
from itertools import product
from pathlib import Path

from streamlit.logger import set_log_level

from calendar_model.calendar import build_table, horizon
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.reference import load
from tests.day import TODAY

DATA = Path(__file__).resolve().parents[2] / "data"
_YEARS = range(2024, 2030)


def prepare() -> None:
    """Stands on the day of the tests; of Streamlit, which warns of every run without a browser, only errors are printed."""
    os.environ[TODAY_VARIABLE] = TODAY.isoformat()
    set_log_level("error")


def large_folder(parent: Path, items: int) -> Path:
    """A copy of ``data/`` with invented meetings added until the calendar has exactly ``items`` items.

    The meetings are spread over all organisations with a seat, the months and six years, three to nine days each. Raises
    ValueError where ``items`` is less than the real calendar has.
    """
    folder = parent / f"data-{items}"
    shutil.copytree(DATA, folder)
    reference = load(folder)
    missing = items - len(build_table(reference, TODAY, horizon(TODAY)))
    if missing < 0:
        raise ValueError(f"the calendar has {items - missing} items already")
    bodies = [code for code, row in reference.organisations.items() if row.timezone]
    turns = list(product(_YEARS, range(1, 13)))
    meetings, editions = [], []
    for start in range(0, missing, len(turns)):
        number = start // len(turns)
        code = f"bench-{number}"
        meetings.append(
            {
                "code": code,
                "organisation": bodies[number % len(bodies)],
                "name": f"Benchmark meeting {number}",
                "slots": ";".join(str(month) for month in range(1, 13)),
                "interval_years": 1,
                "last_year": 2020,
                "confidence": "recalled",
                "updated": TODAY.isoformat(),
            }
        )
        for at, (year, month) in enumerate(turns[: missing - start]):
            first = 1 + (number * 7 + at * 3) % 20
            editions.append(
                {
                    "code": f"{code}-{year}-{month}",
                    "meeting": code,
                    "slot": month,
                    "title": f"Benchmark meeting {number}, {date(year, month, 1):%B %Y}",
                    "start": date(year, month, first).isoformat(),
                    "end": date(year, month, min(first + 2 + number % 7, monthrange(year, month)[1])).isoformat(),
                    "date_precision": "day",
                    "standing": "provisional" if date(year, month, first) > TODAY else "held",
                    "location": "Nowhere",
                    "confidence": "recalled",
                    "revision": 0,
                    "updated": TODAY.isoformat(),
                }
            )
    _append(folder / "recurring_meetings.csv", meetings)
    _append(folder / "meetings.csv", editions)
    return folder


def _append(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, columns, restval="", lineterminator="\n").writerows(rows)
