"""Tables as Excel workbooks: real dates, widths, a header that stays, a page set up for print.

Excel knows no time zones: an hour is written as the clock on the wall shows it, with the zone in a column of its own.
Text is text: a cell that begins like a formula is marked as quoted and formatted as text, so that it stays one when
somebody edits it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from math import isfinite
from textwrap import wrap
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from calendar_model.calendar import EXPORTED, PRINTED, ColumnType, columns_of_type
from calendar_model.documents.printable import printable
from calendar_model.documents.tables import as_given_out, could_run, of_calendar, whole_day
from calendar_model.vocabulary import Precision
from calendar_model.work_queue import BusyError, WorkQueue

DAY, HOUR = "[$-809]ddd d mmm yyyy", "[$-809]ddd d mmm yyyy hh:mm"
"""``Mon 23 Feb 2026``, in English whatever the language of the machine."""

WINDOWS = {Precision.MONTH: "[$-809]mmm yyyy", Precision.YEAR: "yyyy"}
"""The first and last day of a window are shown as no more than is known."""

LONGEST = 32_767
"""Characters of a cell (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""

MOST_ROWS = 20_000
"""Rows of a table: what one list of the dashboard can hold, and what is written in some seconds."""

TOO_MANY = f"It has more than {MOST_ROWS} rows. Choose a narrower filter, or download it as CSV."
BUSY = "Other tables are being written at the moment. Ask for this one again in a minute."

_queue = WorkQueue(at_once=2, waiting=6, seconds=60)

_DAYS = tuple(name for name in columns_of_type(ColumnType.DAY) if name in EXPORTED)

_EARLIEST = date(1900, 3, 1)
"""Excel counts days from 1900, and takes that for a leap year: what is earlier is written as text."""

_NARROWEST, _WIDEST = 8, 44
_LINE, _MOST_LINES = 15, 20
"""Points of a line, and how many of a text are shown without making the row higher by hand."""

_FONT, _BOLD = Font(name="Calibri", size=11), Font(name="Calibri", size=11, bold=True)
_HEAD_FONT = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEAD = PatternFill("solid", fgColor="1D4E89")
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)


@dataclass(frozen=True)
class _Shown:
    """A value that Excel knows, None for nothing, and how it is shown."""

    value: Any
    format: str = "General"


def table_xlsx(
    frame: pd.DataFrame, title: str, *, made: date, about: Mapping[str, str] | None = None, author: str = ""
) -> bytes:
    """A table as an Excel workbook: a sheet with the rows, and a small one, ``About``, that says what it is.

    ``frame`` as in :func:`~calendar_model.documents.table_csv`, and with the same columns and rows; those of a
    calendar table are in another order, with what people read first. Dates are dates, hours the wall time of the place
    or of their zone, which is in the column beside (``timezone``, or ``<column>, time zone``); truth values, numbers
    and texts stay as they are, and what is missing is empty. ``title`` names the rows, ``made`` is the day, ``about``
    holds further lines, such as the filter; ``author`` goes into the properties of the file.

    A text that is longer than a cell can be is cut, with an ellipsis. A table of more than :data:`MOST_ROWS` rows, or
    one for which the queue has no place, gives a workbook with an explanation instead.
    """
    if len(frame) > MOST_ROWS:
        return _written(_instead(TOO_MANY), title, made, {}, author)
    try:
        with _queue.slot(BUSY):
            return _written(frame, title, made, about or {}, author)
    except BusyError as busy:
        return _written(_instead(str(busy)), title, made, {}, author)


def _instead(sentence: str) -> pd.DataFrame:
    return pd.DataFrame({"This table could not be made": [sentence]})


def _written(frame: pd.DataFrame, title: str, made: date, about: Mapping[str, str], author: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Table"
    items = of_calendar(frame)
    names, rows = _items(frame) if items else _as_it_is(frame)
    _fill(sheet, names, rows, len(PRINTED) if items else len(names))
    _set_up(sheet, title)
    lines: dict[str, Any] = {"What": title, "Made on": made, "Rows": len(rows), **about}
    if items:
        lines["Dates"] = (
            "Where the date precision is expected, start and end are forecast: nine of ten such items start between "
            "earliest and latest. Where it is month or year, start and end are the ends of a window."
        )
    if any(isinstance(shown.value, datetime) for row in rows for shown in row):
        lines["Hours"] = "The time of the place or of the zone that stands beside."
    lines["Left out"] = "Restricted records are never in tables that leave the calendar."
    _about(book.create_sheet("About"), lines)
    book.properties.title, book.properties.creator = printable(title), printable(author)
    book.properties.created = book.properties.modified = datetime.combine(made, time())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- The cells


def _as_it_is(frame: pd.DataFrame) -> tuple[list[str], list[list[_Shown]]]:
    """Column heads and rows of a table."""
    names: list[str] = []
    columns: list[list[_Shown]] = []
    for name in frame.columns:
        values = list(frame[name].astype("object"))
        names.append(str(name))
        columns.append([_shown(value) for value in values])
        zones = [_zone(value) for value in values]
        if any(zones):
            names.append(f"{name}, time zone")
            columns.append([_Shown(zone or None) for zone in zones])
    return names, [list(row) for row in zip(*columns, strict=True)]


def _items(frame: pd.DataFrame) -> tuple[list[str], list[list[_Shown]]]:
    """Column heads and rows of items of the calendar."""
    given = as_given_out(frame)
    names = [*PRINTED, *(name for name in given.columns if name not in PRINTED)]
    rows = []
    for record in given.to_dict("records"):
        shown = {name: _shown(value) for name, value in record.items()}
        for name in _DAYS:
            shown[name] = _shown(date.fromisoformat(record[name][:10]))
        if window := WINDOWS.get(record["date_precision"], ""):
            for name in ("earliest", "latest"):
                shown[name] = _Shown(shown[name].value, window)
        for name in ("start", "end"):
            # The offset goes, the hour of the place stays; the zone is a column already.
            at = datetime.fromisoformat(record[name]).replace(tzinfo=None)
            shown[name] = _Shown(at.date(), window) if window else _shown(at.date() if record["all_day"] else at)
        rows.append([shown[name] for name in names])
    return [name.capitalize().replace("_", " ").replace("Timezone", "Time zone") for name in names], rows


def _shown(value: Any) -> _Shown:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return _Shown(None)
    if isinstance(value, str):
        return _Shown(value or None, "@" if could_run(printable(value)) else "General")
    if isinstance(value, datetime) and not whole_day(value):
        at = (value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value).replace(tzinfo=None)
        return _Shown(at, HOUR) if at.date() >= _EARLIEST else _Shown(at.isoformat())
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _Shown(value, DAY) if value >= _EARLIEST else _Shown(value.isoformat())
    value = value.item() if hasattr(value, "item") else value
    counts = isinstance(value, int) or (isinstance(value, float) and isfinite(value))
    return _Shown(value if counts else str(value))


def _zone(value: Any) -> str:
    """The zone of an instant: ``Europe/Zurich``, ``UTC``, ``UTC+01:00``."""
    if not isinstance(value, datetime) or pd.isna(value) or value.tzinfo is None:
        return ""
    return getattr(value.tzinfo, "key", "") or str(timezone(value.utcoffset() or timedelta()))


# --- The sheets


def _fill(sheet: Worksheet, names: Sequence[str], rows: Sequence[Sequence[_Shown]], read: int) -> None:
    """Heads and rows; the first ``read`` columns are printed, and their texts wrap."""
    widths = [_width(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    for place, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        head = _write(sheet.cell(1, place), _shown(name), _WRAPPED)
        head.font, head.fill = _HEAD_FONT, _HEAD
        sheet.column_dimensions[get_column_letter(place)].width = width
    for line, row in enumerate(rows, start=2):
        for place, shown in enumerate(row, start=1):
            if shown.value is not None:
                _write(sheet.cell(line, place), shown, _WRAPPED if place <= read else _TOP)
        lines = max((_lines(one.value, width) for one, width in zip(row[:read], widths[:read], strict=True)), default=1)
        if lines > 1:
            sheet.row_dimensions[line].height = _LINE * min(lines, _MOST_LINES)
    last = max(len(rows) + 1, 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(names), 1))}{last}"
    sheet.print_area = f"A1:{get_column_letter(max(read, 1))}{last}"


def _write(cell: Any, shown: _Shown, alignment: Alignment) -> Any:
    value = shown.value
    if isinstance(value, str):
        value = printable(value)
        value = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    cell.value, cell.number_format, cell.font = value, shown.format, _FONT
    cell.alignment = _LEFT if isinstance(value, date) else alignment
    if isinstance(value, str):
        # Else what begins with an equals sign would be a formula, and "#N/A" an error.
        cell.data_type = "s"
        cell.quotePrefix = could_run(value)
    return cell


def _width(name: str, column: Sequence[_Shown]) -> float:
    """In characters: as wide as the longest line, but no wider than what can be read; the filter's button has room."""
    longest = max((_length(shown) for shown in column), default=0)
    return min(max(longest, len(name) + 3, _NARROWEST), _WIDEST) + 1


def _length(shown: _Shown) -> int:
    if isinstance(shown.value, date):
        return {DAY: len("Wed 23 Sep 2026"), HOUR: len("Wed 23 Sep 2026 00:00")}.get(shown.format, len("Sep 2026"))
    return max((len(line) for line in str(shown.value).splitlines()), default=0)


def _lines(value: Any, width: float) -> int:
    if not isinstance(value, str):
        return 1
    return sum(max(len(wrap(line, int(width) - 1)), 1) for line in value.splitlines()) or 1


def _set_up(sheet: Worksheet, title: str) -> None:
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    _page(sheet)
    header: Any = sheet.oddHeader
    # An ampersand begins a code in a header.
    header.left.text = printable(title)[:100].replace("&", "&&")
    footer: Any = sheet.oddFooter
    footer.right.text = "Page &P of &N"


def _page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.5


def _about(sheet: Worksheet, lines: Mapping[str, Any]) -> None:
    for line, (name, value) in enumerate(lines.items(), start=1):
        _write(sheet.cell(line, 1), _shown(name), _TOP).font = _BOLD
        _write(sheet.cell(line, 2), _shown(value), _LEFT).alignment = _LEFT
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 80
    _page(sheet)
