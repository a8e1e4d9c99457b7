"""The project's own reference, and its calendar on the day of the tests: read and built once a process, not to be changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from calendar_model.calendar import build_table, horizon
from calendar_model.reference import Reference, load
from tests.day import TODAY

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def project_reference() -> Reference:
    """The reference of the project's data files."""
    return load(DATA)


@cache
def project_table() -> pd.DataFrame:
    """The table of :func:`project_reference` on the day of the tests."""
    return build_table(project_reference(), TODAY, horizon(TODAY))
