"""What the linter has to refuse: the time is read in one place, so that all can stand on any day."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

IMPORTS = """
from datetime import UTC, date, datetime
import datetime as dt
import email.utils
import os
import time
import time as t
import uuid
import pandas as pd
import sqlalchemy as sa
from pandas import Timestamp
from sqlalchemy import func
"""
READING = """
datetime.now(UTC)
datetime.utcnow()
datetime.today()
dt.datetime.now(tz=dt.UTC)
date.today()
dt.date.today()
email.utils.formatdate()
from email.utils import localtime
os.times()
time.time()
t.time()
from time import time_ns
time.localtime()
time.gmtime()
time.ctime()
time.strftime("%Y")
time.clock_gettime(time.CLOCK_REALTIME)
from time import perf_counter
time.perf_counter_ns()
time.process_time()
time.thread_time()
import timeit
uuid.uuid1()
pd.Timestamp.now()
pd.Timestamp.today()
Timestamp.utcnow()
func.now()
sa.func.current_timestamp()
sa.func.current_date()
"""
ALLOWED = """
import time
from calendar_model import clock
from calendar_model.clock import now, today
clock.machine_now()
now()
today()
time.monotonic()
time.sleep(1)
"""


def refused(code: str, file: str) -> set[int]:
    """The lines of the code that would be refused in this file of the project, counted from 1."""
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise", "--no-cache"]
    found = subprocess.run(
        [*ruff, "--stdin-filename", str(ROOT / file), "-"], input=code, capture_output=True, text=True, cwd=ROOT
    )
    assert found.returncode in (0, 1), found.stderr
    return {int(line.split(":")[1]) for line in found.stdout.splitlines() if "TID251" in line}


@pytest.mark.parametrize("file", ["calendar_model/feeds/new.py", "pages/new.py", "tests/pages/test_new.py"])
def test_every_reading_of_the_time_is_refused(file: str) -> None:
    imported, all_lines = (len(code.splitlines()) for code in (IMPORTS, IMPORTS + READING))
    # The first line of each piece is empty.
    assert refused(IMPORTS + READING, file) == set(range(imported + 2, all_lines + 1))
    assert refused(ALLOWED, file) == set()


def test_only_the_clock_reads_the_time_and_only_the_stopwatch_measures() -> None:
    named = [
        str(path.relative_to(ROOT))
        for folder in ("calendar_model", "pages", "tests", "dashboard.py")
        for path in [ROOT / folder, *(ROOT / folder).rglob("*.py")]
        if path.is_file() and path != Path(__file__) and "noqa: TID251" in path.read_text(encoding="utf-8")
    ]
    assert named == []
    assert refused(IMPORTS + READING, "calendar_model/clock.py") == set()
    assert refused(IMPORTS + READING, "tests/benchmarks/stopwatch.py") == set()
    assert refused(IMPORTS + READING, "tests/benchmarks/page.py") != set()
