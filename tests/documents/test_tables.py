"""Tables as CSV, as a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model import calendar
from calendar_model.calendar import EXPORTED
from calendar_model.documents import table_csv


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_bytes_that_excel_reads() -> None:
    frame = pd.DataFrame({"Name": ["Côte d'Ivoire", 'a "b", c'], "Votes": [3, -1]})
    expected = '\ufeffName,Votes\r\nCôte d\'Ivoire,3\r\n"a ""b"", c",-1\r\n'
    assert table_csv(frame) == expected.encode()


def test_values_are_plain() -> None:
    frame = pd.DataFrame(
        {
            "day": pd.Series([pd.Timestamp("2026-12-09"), pd.NaT]),
            "moment": pd.Series([datetime(2026, 3, 16, 12, tzinfo=UTC), None], dtype=object),
            "date": pd.Series([date(2026, 1, 2), None], dtype=object),
            "flag": [True, False],
            "number": pd.Series([1.5, None]),
            "text": pd.Series(["a", None], dtype=object),
        }
    )
    assert rows_of(table_csv(frame)) == [
        ["day", "moment", "date", "flag", "number", "text"],
        ["2026-12-09", "2026-03-16T12:00:00+00:00", "2026-01-02", "true", "1.5", "a"],
        ["", "", "", "false", "", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_could_run_is_text(start: str) -> None:
    cell = f"{start}1+1"
    assert rows_of(table_csv(pd.DataFrame({cell: [cell]}))) == [[f"'{cell}"], [f"'{cell}"]]


HIDING = [
    ";",
    ",",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "|",
    '"',
    '";',
    "; ",
    ';"',
    ";\x00",
    ";\u200b",
    ";\ufeff",
    " ",
    "\u2028",
    ";\t;",
]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
TEXTS = st.lists(WORDS | st.sampled_from([*HIDING, "=1+1", "+1", "-1", "@A1", "＝1", "a"]), max_size=8).map("".join)


def parts(text: str) -> list[str]:
    """The cells that a program sees which divides by any of these, without what it passes over."""
    unseen = "".join(map(chr, [*range(33), *range(0x7F, 0xA1), 0xAD, 0x200B, 0xFEFF])) + '"'
    return [part.strip(unseen).strip() for part in re.split("[;,|\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text)]


@given(st.lists(TEXTS, min_size=1))
def test_text_is_read_back_and_formulas_with_an_apostrophe(texts: list[str]) -> None:
    found = [row[0] for row in rows_of(table_csv(pd.DataFrame({"text": texts, "last": ["x"] * len(texts)})))[1:]]
    assert [text.replace("'", "") for text in texts] == [text.replace("'", "") for text in found]
    assert [text for text in texts if not any(sign in text for sign in "=+-@＝＋－＠\t\r\n")] == [
        text for text in found if not any(sign in text for sign in "=+-@＝＋－＠\t\r\n")
    ]
    assert [part for text in found for part in parts(text) if part.startswith((*"=+-@＝＋－＠",))] == []


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_separator_hides_a_formula(hiding: str, formula: str) -> None:
    """As Excel with semicolons reads the line: a quotation mark counts at the beginning of a cell alone."""
    content = table_csv(pd.DataFrame({"number": [1], "text": [f"note{hiding}{formula}"], "last": ["x"]}))
    body = content.decode("utf-8-sig").partition("\r\n")[2]
    if hiding != " ":
        assert [part for part in parts(body) if part.startswith(formula)] == []


def test_a_long_run_of_blanks_takes_no_time_to_look_at() -> None:
    text = "\n" * 100_000 + "a"
    assert rows_of(table_csv(pd.DataFrame({"text": [text]})))[1] == [f"'{text}"]


def test_numbers_and_days_stay_what_they_are() -> None:
    frame = pd.DataFrame({"change": [-3, -1], "share": [-0.5, 2.0], "day": [date(2026, 1, 2), date(2026, 1, 3)]})
    assert rows_of(table_csv(frame))[1:] == [["-3", "-0.5", "2026-01-02"], ["-1", "2.0", "2026-01-03"]]


def test_items_leave_with_the_columns_of_the_command_line() -> None:
    reference, table = calendar.current(date(2026, 11, 24))
    wanted = table[table["item"].isin(["hrd-day-2026", "session-UPR54", "deadline-hrc-tabling-HRC61"])]
    header, *rows = rows_of(table_csv(wanted))
    assert header == list(EXPORTED)
    found = {r[header.index("uid")].split("@")[0]: dict(zip(header, r, strict=True)) for r in rows}
    assert [found["hrd-day-2026"][c] for c in ("start", "end", "date_precision", "all_day")] == [
        "2026-12-09",
        "2026-12-09",
        "day",
        "true",
    ]
    assert [found["session-UPR54"][c] for c in ("start", "end", "earliest", "latest", "date_precision")] == [
        "2027-01-18",
        "2027-01-29",
        "2027-01-18",
        "2027-01-25",
        "expected",
    ]
    assert found["session-UPR54"]["countries"].split() == sorted(found["session-UPR54"]["countries"].split())
    assert [found["deadline-hrc-tabling-HRC61"][c] for c in ("start", "all_day")] == [
        "2026-03-16T13:00:00+01:00",
        "false",
    ]
    assert reference.faults == ()


def test_an_empty_calendar_has_its_header() -> None:
    _, table = calendar.current(date(2026, 11, 24))
    assert rows_of(table_csv(table.head(0))) == [list(EXPORTED)]
