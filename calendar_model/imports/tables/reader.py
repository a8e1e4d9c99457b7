"""Reads tables as text: CSV from any program, and Excel workbooks.

Files are untrusted: :func:`read_sheets` has them parsed in a separate process with limits, and receives texts. The
meaning of the columns is not known here.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import MAX_BYTES, read_in_sandbox

MAX_ROWS, MAX_COLUMNS, MAX_CELL_LENGTH, MAX_SHEETS = 5_000, 60, 2_000, 20
"""Limits of a table (rows and columns that are not empty) and of a cell (characters)."""

_UNPACKED = 64 * 2**20
"""Maximum bytes of an unpacked workbook; the largest permitted table takes less than half."""
_MEMBERS = 1_000
_LAST_ROW = 1_048_576
"""Rows of an Excel sheet (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""
_SEPARATORS = (";", ",", "\t", "|")
_SAMPLE = 30
"""Number of rows used to detect the separator."""

_COULD_RUN = "=+-@\t\r\n＝＋－＠"
"""First characters of formulas: programs that write tables put an apostrophe before them, which is removed here."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that are not text and that a database may refuse."""


@dataclass(frozen=True)
class TableSheet:
    """A table as text. ``name`` is that of the sheet, or of the file for CSV.

    ``header`` has the column names; every row has as many cells, empty ones as empty text. Dates are in ISO format,
    times as ``13:00``, both together as ``2027-03-03T13:00``. ``numbers`` are the row numbers in the file, from 1, as
    in a spreadsheet; empty rows are left out.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()

    @property
    def numbered(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows with their numbers; without rows, the first below the header is 2."""
        return zip(self.numbers or range(2, len(self.rows) + 2), self.rows, strict=True)


def read_sheets(data: bytes, file_name: str) -> tuple[TableSheet, ...]:
    """Return the tables of a file, at least one: one for CSV, each visible sheet with content for Excel (.xlsx).

    A sheet that continues the rows of the one before it, as in our own files, is read as more columns of that one.

    The first row with two cells or more has the column names; rows above it are a title. CSV may be in UTF-8,
    UTF-16 or the western code page of Windows, separated by semicolons, commas, tabulators or bars. Raises
    :class:`~calendar_model.imports.plan.ImportRefused` for any other file, or one that is too large.
    """
    found = read_in_sandbox("table", data, file_name=file_name)
    return tuple(
        TableSheet(one["name"], tuple(one["header"]), tuple(map(tuple, one["rows"])), tuple(one["numbers"]))
        for one in found
    )


def read_table(data: bytes, *, file_name: str) -> list[dict[str, Any]]:
    """Return the result of :func:`read_sheets` as JSON; runs in the sandbox. Raises the same errors."""
    name = PurePath(file_name.replace("\\", "/")).name or "table"
    if len(data) > MAX_BYTES:
        raise ImportRefused("table-too-large", name=name, megabytes=MAX_BYTES // 2**20)
    if not data.strip():
        raise ImportRefused("table-empty", name=name)
    ending = PurePath(name).suffix.casefold()
    if data.startswith(b"PK") and ending != ".ods":
        sheets = _workbook(data, name)
    elif data.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")) or ending in (".xls", ".ods", ".numbers"):
        raise ImportRefused("table-other-kind", name=name)
    else:
        sheets = [(name, list(_records(_text(data, name), name)))]
    found = [table for title, rows in sheets if (table := _table(title, rows)) is not None]
    if not found:
        raise ImportRefused("table-none", name=name)
    return _joined(found)


def _joined(tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join each table to the one before it if both begin with the same column, and it numbers the rows of both.

    The numbers of the later table are unique; those of the earlier one are among them, or empty for added rows.
    """
    found = [dict(tables[0])]
    for table in tables[1:]:
        before = found[-1]
        rest = {row[0].strip(): row[1:] for row in table["rows"]}
        numbers = [row[0].strip() for row in before["rows"]]
        given = [number for number in numbers if number]
        if (
            before["header"][0] == table["header"][0] != ""
            and len(rest) == len(table["rows"])
            and "" not in rest
            and given
            and len(set(given)) == len(given)
            and rest.keys() >= set(given)
        ):
            empty = [""] * (len(table["header"]) - 1)
            before["header"] = [*before["header"], *table["header"][1:]]
            before["rows"] = [
                [*row, *rest.get(number, empty)] for row, number in zip(before["rows"], numbers, strict=True)
            ]
        else:
            found.append(dict(table))
    return found


def _table(title: str, rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, Any] | None:
    """Return a sheet with its header, cleaned and checked against the limits; None if it is empty."""
    kept: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        row = [_clean(cell) for cell in cells]
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        if len(row) > MAX_COLUMNS:
            raise ImportRefused("table-too-many-columns", name=title, row=number, columns=len(row), most=MAX_COLUMNS)
        for column, cell in enumerate(row, 1):
            if len(cell) > MAX_CELL_LENGTH:
                raise ImportRefused(
                    "table-cell-too-long", name=title, row=number, column=column, length=len(cell), most=MAX_CELL_LENGTH
                )
        kept.append((number, row))
        if len(kept) > MAX_ROWS + 2:
            raise ImportRefused("table-too-many-rows", name=title, most=MAX_ROWS)
    if not kept:
        return None
    head = next((place for place, (_, row) in enumerate(kept) if sum(map(bool, map(str.strip, row))) > 1), 0)
    header, body = [name.strip() for name in kept[head][1]], kept[head + 1 :]
    if len(body) > MAX_ROWS:
        raise ImportRefused("table-too-many-rows", name=title, most=MAX_ROWS)
    width = max(len(header), *(len(row) for _, row in body)) if body else len(header)
    return {
        "name": title,
        "header": header + [""] * (width - len(header)),
        "rows": [row + [""] * (width - len(row)) for _, row in body],
        "numbers": [number for number, _ in body],
    }


def _clean(cell: str) -> str:
    cell = _UNPRINTABLE.sub("", cell)
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _COULD_RUN else cell


# --- CSV


def _text(data: bytes, name: str) -> str:
    """Return the text of a file in any of the usual encodings."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        # In UTF-16 without a byte order mark, every second byte of Latin letters is zero.
        encodings = ("utf-8", "cp1252")
        if b"\x00" in data:
            encodings = ("utf-16-be",) if data[:1] == b"\x00" else ("utf-16-le",)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x00-\x08\x0e-\x1f]", text):
            return text
    raise ImportRefused("table-not-text", name=name)


def _records(text: str, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    first = 1
    if declared := re.match(r"sep=(.)\r?\n", text):
        # Excel's own declaration of the separator.
        separator, text, first = declared[1], text[declared.end() :], 2
    else:
        separator = max(_SEPARATORS, key=lambda one: _fits(text, one))
    number = first - 1
    try:
        for number, row in enumerate(_rows(text, separator), first):
            yield number, row
    except csv.Error:
        raise ImportRefused("table-open-quotation-mark", name=name, row=number + 1) from None


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _fits(text: str, separator: str) -> tuple[int, int]:
    """Return how many of the first rows a separator splits like the first one, and into how many cells."""
    widths: list[int] = []
    try:
        for row in _rows(text, separator):
            if any(cell.strip() for cell in row):
                widths.append(len(row))
            if len(widths) == _SAMPLE:
                break
    except csv.Error:
        # The rows so far are split; whether the rest can be read is checked later.
        pass
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual), usual) if usual > 1 else (0, 1)


# --- Excel


def _workbook(data: bytes, name: str) -> list[tuple[str, list[tuple[int, Sequence[str]]]]]:
    _measure(data, name)
    # Loaded here, because it is slow to load and needed only here.
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # Nothing that this library ignores in a workbook is a cell.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if len(shown) > MAX_SHEETS:
                raise ImportRefused("table-too-many-sheets", name=name, most=MAX_SHEETS)
            return [(str(sheet.title), list(_sheet(sheet, name))) for sheet in shown]
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001  whatever a library makes of hostile bytes, to the reader it is the same
        raise ImportRefused("table-unreadable-workbook", name=name) from None


def _sheet(sheet: Any, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    # The size declared in the file is not always right.
    sheet.reset_dimensions()
    found = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > _LAST_ROW:
            raise ImportRefused("table-damaged-workbook", name=name)
        last = max((place for place, value in enumerate(row, 1) if value not in (None, "")), default=0)
        if last:
            found += 1
            if found > MAX_ROWS + 2:
                raise ImportRefused("table-sheet-too-long", name=name, sheet=str(sheet.title), most=MAX_ROWS)
            yield number, [_cell(value) for value in row[:last]]


def _measure(data: bytes, name: str) -> None:
    """Check the unpacked size of a workbook piece by piece, because a small file can unpack to a huge one."""
    too_much = ImportRefused("table-packed-too-large", name=name)
    left = _UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if len(members) > _MEMBERS or sum(member.file_size for member in members) > _UNPACKED:
                raise too_much
            names = {member.filename for member in members}
            if "[Content_Types].xml" not in names or not any(one.endswith("workbook.xml") for one in names):
                raise ImportRefused("table-not-a-workbook", name=name)
            for member in members:
                with packed.open(member) as part:
                    rest = b""
                    while piece := part.read(2**16):
                        left -= len(piece)
                        if left < 0:
                            raise too_much
                        # ECMA-376 allows no document type; entities would expand a small file into a huge one.
                        if re.search(rb"<!(DOCTYPE|ENTITY)", (rest + piece).replace(b"\x00", b"")):
                            raise ImportRefused("table-workbook-with-entities", name=name)
                        rest = piece[-32:]
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001  as above
        raise ImportRefused("table-locked-workbook", name=name) from None


def _cell(value: Any) -> str:
    """Return a cell as text: ISO dates, times to the minute if exact, numbers without a trailing ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value.date().isoformat()}T{_hour(value)}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _hour(value)
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _hour(value: datetime | time) -> str:
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")
