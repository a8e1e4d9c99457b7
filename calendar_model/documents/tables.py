"""Tables as CSV, and what CSV and Excel files of a table have in common.

A file is opened by Excel sooner or later, and this module writes for that: UTF-8 with a byte order mark, because
Excel takes a file without one for the code page of the machine; CRLF at the end of a line, as RFC 4180 has it; and
no cell that a spreadsheet could run as a formula (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from calendar_model.calendar import FIELDS, records

_COULD_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table_csv(frame: pd.DataFrame) -> bytes:
    """A table as a CSV file in UTF-8 with a byte order mark, one header row, CRLF line ends.

    A calendar table (it has ``uid`` and ``date_precision``) is written with the columns and values of
    :func:`calendar_model.calendar.records`, countries separated by spaces; whether ``start`` and ``end`` bound a
    window says ``date_precision``. Any other table is written with the columns it has. Dates are ISO, truth values
    ``true`` and ``false``, what is missing is empty; text that starts like a formula gets an apostrophe.
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
    """The table as files have it: items of the calendar as plain records without those that are restricted, any
    other as it is."""
    if not of_calendar(frame):
        return frame
    kept = pd.DataFrame(records(frame), columns=list(FIELDS))
    kept["countries"] = kept["countries"].map(" ".join)
    return kept


def could_run(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return text.startswith(_COULD_RUN)


def whole_day(value: datetime) -> bool:
    """Whether a datetime of pandas stands for a day: midnight in no zone."""
    return value.tzinfo is None and value.time() == time()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if could_run(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if whole_day(value) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
