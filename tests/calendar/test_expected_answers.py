"""Expected days against a sheet typed by hand, each with its reasons, as they stand on 24 November 2026."""

from __future__ import annotations

import csv
from datetime import date

import pandas as pd
import pytest

from tests.conftest import DATA
from tests.day import TODAY

SHEET = DATA.parent / "tests" / "answers" / "expected.csv"
with SHEET.open(encoding="utf-8", newline="") as _file:
    ANSWERS = list(csv.DictReader(_file))
COLUMNS = ("start", "end", "earliest", "latest")


def test_the_sheet_stands_on_the_day_of_the_tests() -> None:
    assert date(2026, 11, 24) == TODAY
    assert len(ANSWERS) >= 12


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer["item"] for answer in ANSWERS])
def test_the_days_are_those_of_the_sheet(table: pd.DataFrame, answer: dict[str, str]) -> None:
    found = table[table["item"] == answer["item"]].to_dict("records")
    assert len(found) == 1
    assert {name: found[0][name].date().isoformat() for name in COLUMNS} == {name: answer[name] for name in COLUMNS}
