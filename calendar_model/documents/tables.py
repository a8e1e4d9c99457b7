"""Tables as CSV, and what CSV and Excel files have in common.

Files are written so that Excel opens them correctly: UTF-8 with a byte order mark, because without one Excel assumes
the code page of the machine; CRLF line ends, as in RFC 4180; and no cell that a spreadsheet could run as a formula
(https://owasp.org/www-community/attacks/CSV_Injection).

Where a cell begins depends on the spreadsheet: one whose list separator is the semicolon treats a comma, and then a
quotation mark inside a cell, as text, so that ``note;=1+1`` has a second cell. So any character that some program uses
as a separator is treated as the start of a cell.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from calendar_model.calendar import EXPORTED, ColumnType, columns_of_type, records

_RUNS = frozenset("=+-@＝＋－＠")
"""First characters of a formula, including the wide forms of East Asian keyboards."""

_DIVIDES = ";,|\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_PASSED_OVER = '\\s"\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff'
"""Characters allowed between a separator and a formula: blanks, quotation marks, controls, invisible ones."""

_BEFORE = re.compile(f"[{_DIVIDES}{_PASSED_OVER}]+")
_DIVIDER = re.compile(f"[{_DIVIDES}]")


def table_csv(frame: pd.DataFrame) -> bytes:
    """A table as a CSV file in UTF-8 with a byte order mark, one header row, CRLF line ends.

    A calendar table (it has ``uid`` and ``date_precision``) is written with the columns and values of
    :func:`calendar_model.calendar.records`, codes separated by spaces; whether ``start`` and ``end`` bound a
    window says ``date_precision``. Any other table is written with the columns it has. Dates are ISO, truth values
    ``true`` and ``false``, what is missing is empty; what starts like a formula gets an apostrophe.
    """
    frame = as_given_out(frame)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in frame.columns])
    columns = [[_cell(value) for value in frame[name].astype("object")] for name in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def of_calendar(frame: pd.DataFrame) -> bool:
    """Whether the rows are items of the calendar table."""
    return {"uid", "date_precision"} <= set(frame.columns)


def as_given_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table for a file: calendar items as plain records without restricted ones, any
    other as it is."""
    if not of_calendar(frame):
        return frame
    kept = pd.DataFrame(records(frame), columns=list(EXPORTED))
    for name in set(columns_of_type(ColumnType.CODES)) & set(EXPORTED):
        kept[name] = kept[name].map(" ".join)
    return kept


def could_run(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    before = _BEFORE.match(text)
    return text.startswith(("\t", "\r", "\n")) or _runs_at(text, before.end() if before else 0)


def _runs_at(text: str, place: int) -> bool:
    return place < len(text) and text[place] in _RUNS


def _defused(text: str) -> str:
    """The text with an apostrophe before each part that could be a cell of its own and run."""

    def held(before: re.Match[str]) -> str:
        return _DIVIDER.sub(r"\g<0>'", before[0]) if _runs_at(text, before.end()) else before[0]

    inside = _BEFORE.sub(held, text)
    return f"'{inside}" if could_run(text) else inside


def whole_day(value: datetime) -> bool:
    """Whether a datetime of pandas means a day: midnight in no zone."""
    return value.tzinfo is None and value.time() == time()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return _defused(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if whole_day(value) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
