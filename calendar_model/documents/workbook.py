"""Tables as Excel workbooks: real dates, widths, a header that stays, a page set up for print.

The first sheet has the few columns that people read. The other columns are on a second sheet; both begin with the
number of the row, so that sorted or filtered sheets can still be put together.

Excel has no time zones: a time is written as the local clock shows it, with the zone in a column of its own. Text is
text: a cell that begins like a formula is marked as quoted and formatted as text, so that it stays text when edited.

Headings and terms are in words that the import recognises: a file written here can be imported again.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from math import isfinite
from re import fullmatch
from textwrap import wrap
from types import MappingProxyType
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from calendar_model.calendar import EXPORTED, LISTED, ColumnType, columns_of_type
from calendar_model.documents.printable import printable
from calendar_model.documents.tables import as_given_out, could_run, of_calendar, whole_day
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Precision
from calendar_model.wording import terms
from calendar_model.work_queue import BusyError, WorkQueue

DAY, HOUR = "[$-809]ddd d mmm yyyy", "[$-809]ddd d mmm yyyy hh:mm"
"""``Mon 23 Feb 2026``, in English whatever the language of the machine."""

WINDOWS = {Precision.MONTH: "[$-809]mmm yyyy", Precision.YEAR: "yyyy"}
"""The first and last day of a window show only what is known."""

EXPECTED = '[$-809]"{expected}" ddd d mmm yyyy'
"""An expected day says so."""

LONGEST = 32_767
"""Characters of a cell (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""

MOST_LISTED = 8
"""Columns of a table that has one sheet; of a wider one, columns of the first sheet, unless the list names them."""

MOST_ROWS = 20_000
"""Rows of a table: as many as one list of the dashboard can hold, written in a few seconds."""

TOO_MANY = N_("It has more than {rows:,} rows. Narrow the filter, or download it as CSV.")
BUSY = N_("Other tables are being created. Try again in a minute.")

HEADINGS: Mapping[str, str] = Translated(
    {
        "uid": "UID",
        "timezone": N_("Time zone"),
        "body": N_("Organisation or body"),
        "standing": N_("Date status"),
        "earliest": N_("Earliest start"),
        "latest": N_("Latest start"),
        "source_url": N_("Source"),
        "location": N_("Place"),
        "previous": N_("Previous in cycle"),
        "next": N_("Next in cycle"),
        "departure": N_("Due but not tabled"),
        "updated": N_("Last changed"),
        "on": N_("Date"),
        "what": N_("Action"),
        "record_title": N_("Record"),
        "forbidden_channels": N_("Channels to avoid"),
        "last_contact": N_("Last engagement"),
        "waiting_for": N_("Awaiting reply from"),
        "wording": N_("Proposed wording"),
        "precedent": N_("Agreed language"),
        "precedent_symbol": N_("Agreed in"),
        "our_work": N_("Our work"),
    }
)
"""Headings of columns whose codes do not read as words."""

_TERMS = frozenset({"kind", "standing", "date_precision", "confidence", "sensitivity", "form", "state", "record_kind"})
"""Columns of terms, which are written in words."""

_NAMED = frozenset({"organisation", "body", "forum", "country", "countries"})
"""Columns of codes of organisations and states, which are written as their names where these are given."""

_queue = WorkQueue(at_once=2, waiting=6, seconds=60)

_DAYS = tuple(name for name in columns_of_type(ColumnType.DAY) if name in EXPORTED)

_EARLIEST = date(1900, 3, 1)
"""Excel counts days from 1900, as if it were a leap year: earlier days are written as text."""

OUR_WORK = "our_work"
"""The name of the column that says what the mission does around an item."""

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
    """A value of a type that Excel has, None for nothing, and its number format."""

    value: Any
    format: str = "General"


@dataclass(frozen=True)
class _SheetColumn:
    """A column of a sheet: the name of the table's column that it shows, its heading, and its cells."""

    name: str
    heading: str
    cells: Sequence[_Shown]


def table_xlsx(
    frame: pd.DataFrame,
    title: str,
    *,
    made: date,
    about: Mapping[str, str] | None = None,
    author: str = "",
    names: Mapping[str, str] | None = None,
    listed: Sequence[str] = (),
    our_work: Mapping[str, str] | None = None,
) -> bytes:
    """Write a table as an Excel workbook: the sheet ``Table``, ``Details``, and ``About``, which describes them.

    ``frame`` as in :func:`~calendar_model.documents.table_csv`, and with the same columns and rows; column
    codes become headings, terms become words, and codes of organisations and states become ``names``. Dates are dates,
    times the local time of the place or of their zone, which is in a column of its own (``Time zone``, or
    ``<column>, time zone``); truth values, numbers and texts stay as they are, and missing values are empty. ``title``
    names the rows, ``made`` is the day, ``about`` holds further lines, such as the filter; ``author`` goes into the
    properties of the file.

    ``Table`` has the columns ``listed``, in this order; without them those that the calendar declares, or the first
    :data:`MOST_LISTED`. ``Details`` has the rest, and is missing if there is none. ``our_work`` describes by item what
    the mission does around it, without restricted records; it becomes the last column of ``Table``.

    A text that is longer than a cell allows is cut, with an ellipsis. A table of more than :data:`MOST_ROWS` rows, or
    one for which the queue has no place, gives a workbook with an explanation instead.
    """
    if len(frame) > MOST_ROWS:
        return _written(_instead(_(TOO_MANY).format(rows=MOST_ROWS)), title, made, author=author)
    try:
        with _queue.slot(_(BUSY)):
            return _written(
                frame, title, made, about or {}, author=author, names=names or {}, listed=listed, our_work=our_work
            )
    except BusyError as busy:
        return _written(_instead(str(busy)), title, made, author=author)


def _instead(sentence: str) -> pd.DataFrame:
    return pd.DataFrame({_("This table could not be created"): [sentence]})


def _written(
    frame: pd.DataFrame,
    title: str,
    made: date,
    about: Mapping[str, str] = MappingProxyType({}),
    *,
    author: str,
    names: Mapping[str, str] = MappingProxyType({}),
    listed: Sequence[str] = (),
    our_work: Mapping[str, str] | None = None,
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("Table")
    items = of_calendar(frame)
    columns = _items(frame, names, our_work) if items else _other_columns(frame, names)
    number = len(columns[0].cells) if columns else 0
    listed = listed or (_listed_of_calendar(our_work) if items else [str(name) for name in frame.columns[:MOST_LISTED]])
    first = [column for name in listed for column in columns if column.name == name]
    rest = [column for column in columns if column.name not in listed]
    if rest and (items or len(columns) > MOST_LISTED):
        numbers = _SheetColumn("row", _("Row"), [_Shown(place) for place in range(1, number + 1)])
        _fill(sheet, [numbers, *first], number, kept=2, title=title)
        details = book.create_sheet(_("Details"))
        _fill(details, [numbers, *rest], number, kept=1, title=title)
        _spread(details)
    else:
        _fill(sheet, [*first, *rest], number, kept=1, title=title)
    lines: dict[str, Any] = {_("Title"): title, _("Created"): made, _("Rows"): number, **about}
    if items:
        lines["Dates"] = _(
            "Date precision Expected: start and end are forecasts; nine in ten such items start between the earliest "
            "and the latest start. Month or Year: start and end are the ends of a window."
        )
    if any(isinstance(shown.value, datetime) for column in columns for shown in column.cells):
        lines["Times"] = _("Local time of the place, or of the time zone in the next column.")
    lines["Left out"] = _("Downloaded tables never include restricted records.")
    _about(book.create_sheet(_("About")), lines)
    book.properties.title, book.properties.creator = printable(title), printable(author)
    book.properties.created = book.properties.modified = datetime.combine(made, time())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- The cells


def _heading(name: str) -> str:
    """The heading of a column: its code in words; a name that is no code stays as it is."""
    if name in HEADINGS:
        return HEADINGS[name]
    return name.replace("_", " ").capitalize() if fullmatch("[a-z][a-z_]+", name) else name


def _in_words(column: str, value: Any, names: Mapping[str, str]) -> Any:
    """A term in words, and codes of organisations and states as their names; any other value as it is."""
    if not isinstance(value, str):
        return value
    if column in _TERMS:
        return terms(value.split("; ")) if value else ""
    if column in _NAMED and all(code in names for code in value.split()):
        return ", ".join(names[code] for code in value.split())
    return value


def _other_columns(frame: pd.DataFrame, names: Mapping[str, str]) -> list[_SheetColumn]:
    """The columns of a table that has no calendar items; a column of times is followed by that of their zones."""
    columns: list[_SheetColumn] = []
    for name in map(str, frame.columns):
        values = list(frame[name].astype("object"))
        heading = _heading(name)
        columns.append(_SheetColumn(name, heading, [_shown(_in_words(name, value, names)) for value in values]))
        zones = [_zone(value) for value in values]
        if any(zones):
            shown = [_Shown(zone or None) for zone in zones]
            columns.append(_SheetColumn(name, _("{heading}, time zone").format(heading=heading), shown))
    return columns


def _listed_of_calendar(our_work: Mapping[str, str] | None) -> tuple[str, ...]:
    return LISTED if our_work is None else (*LISTED, OUR_WORK)


def _items(frame: pd.DataFrame, names: Mapping[str, str], our_work: Mapping[str, str] | None) -> list[_SheetColumn]:
    """The columns of calendar items, with our work on each if it is given."""
    given = as_given_out(frame)
    item_of = dict(zip(frame["uid"], frame["item"], strict=True))
    cells: dict[str, list[_Shown]] = {str(name): [] for name in given.columns}
    if our_work is not None:
        cells[OUR_WORK] = []
    for record in given.to_dict("records"):
        shown = {str(name): _shown(_in_words(str(name), value, names)) for name, value in record.items()}
        for name in _DAYS:
            shown[name] = _shown(date.fromisoformat(record[name][:10]))
        if window := WINDOWS.get(record["date_precision"], ""):
            for name in ("earliest", "latest"):
                shown[name] = _Shown(shown[name].value, window)
        for name in ("start", "end"):
            # The local time without its offset; the zone is a column already.
            at = datetime.fromisoformat(record[name]).replace(tzinfo=None)
            shown[name] = _Shown(at.date(), window) if window else _shown(at.date() if record["all_day"] else at)
            if record["date_precision"] == Precision.EXPECTED and shown[name].format == DAY:
                shown[name] = _Shown(at.date(), EXPECTED.format(expected=_("expected")))
        if our_work is not None:
            shown[OUR_WORK] = _shown(our_work.get(item_of[record["uid"]], ""))
        for name, column in cells.items():
            column.append(shown[name])
    return [_SheetColumn(name, _heading(name), column) for name, column in cells.items()]


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


def _fill(sheet: Worksheet, columns: Sequence[_SheetColumn], rows: int, *, kept: int, title: str) -> None:
    """Write headings and cells, and set the sheet up; the first ``kept`` columns stay in sight."""
    widths = [_width(column.heading, column.cells) for column in columns]
    for place, (column, width) in enumerate(zip(columns, widths, strict=True), start=1):
        head = _write(sheet.cell(1, place), _shown(column.heading), _WRAPPED)
        head.font, head.fill = _HEAD_FONT, _HEAD
        sheet.column_dimensions[get_column_letter(place)].width = width
    for line, row in enumerate(zip(*(column.cells for column in columns), strict=True), start=2):
        for place, shown in enumerate(row, start=1):
            if shown.value is not None:
                _write(sheet.cell(line, place), shown, _WRAPPED)
        lines = max((_lines(one.value, width) for one, width in zip(row, widths, strict=True)), default=1)
        if lines > 1:
            sheet.row_dimensions[line].height = _LINE * min(lines, _MOST_LINES)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{rows + 1}"
    sheet.print_area = sheet.auto_filter.ref
    sheet.freeze_panes = f"{get_column_letter(kept + 1)}2"
    sheet.print_title_rows = "1:1"
    _page(sheet)
    header: Any = sheet.oddHeader
    # An ampersand begins a code in a header.
    header.left.text = printable(title)[:100].replace("&", "&&")
    footer: Any = sheet.oddFooter
    footer.right.text = _("Page &P of &N")


def _spread(sheet: Worksheet) -> None:
    """Print a sheet with many columns in full size on several pages, each with the column that joins it."""
    sheet.page_setup.fitToWidth = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.print_title_cols = "A:A"


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
    """Return a width in characters: that of the longest line, up to a readable limit, with room for the filter."""
    longest = max((_length(shown) for shown in column), default=0)
    return min(max(longest, len(name) + 3, _NARROWEST), _WIDEST) + 1


def _length(shown: _Shown) -> int:
    if isinstance(shown.value, date):
        known = {DAY: len("Wed 23 Sep 2026"), HOUR: len(_("Wed 23 Sep 2026 00:00"))}
        known[EXPECTED.format(expected=_("expected"))] = len(_("expected")) + 1 + known[DAY]
        return known.get(shown.format, len(_("Sep 2026")))
    return max((len(line) for line in str(shown.value).splitlines()), default=0)


def _lines(value: Any, width: float) -> int:
    if not isinstance(value, str):
        return 1
    return sum(max(len(wrap(line, int(width) - 1)), 1) for line in value.splitlines()) or 1


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
