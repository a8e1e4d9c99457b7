"""Files to fill in for a template: columns, an example row that is not imported, and instructions."""

from __future__ import annotations

import csv
import io
from datetime import date, time
from typing import Any

from calendar_model.imports.tables.columns import EXAMPLE, TemplateColumn
from calendar_model.imports.tables.reader import MAX_ROWS
from calendar_model.imports.templates.protocol import ImportTemplate

HOW = "How to fill it in"
"""The name of a workbook's second sheet."""

_NARROWEST, _WIDEST = 14, 44
"""Characters shown in a column."""
_FORMATS = {"day": "yyyy-mm-dd", "hour": "hh:mm"}
"""Excel's number formats, so that a cell shows how it will be read."""


def template_csv(template: ImportTemplate) -> bytes:
    """Return the columns and the example as CSV: UTF-8 with a byte order mark, commas, CRLF line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.label for column in template.columns])
    writer.writerow([column.example for column in template.columns])
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(template: ImportTemplate) -> bytes:
    """Return the same as an Excel workbook, with lists of choices and a second sheet that explains each column."""
    # Loaded here, because it is slow to load and needed only here.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet, how = book.worksheets[0], book.create_sheet(HOW)
    sheet.title = template.label
    sheet.freeze_panes = "A2"
    for number, column in enumerate(template.columns, 1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"] = column.label
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}2"] = _example(column)
        sheet[f"{letter}2"].font = Font(italic=True)
        longest = max(len(column.label), len(column.example), *(len(choice) for choice in column.choices), 0)
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
        if number_format := _FORMATS.get(column.format):
            sheet.column_dimensions[letter].number_format = sheet[f"{letter}2"].number_format = number_format
        if column.choices:
            sheet.add_data_validation(_choices(column, f"{letter}3:{letter}{MAX_ROWS}"))
    how.append(["Column", "Required", "How to fill it in", "Choices"])
    for column in template.columns:
        how.append([column.label, "yes" if column.needed else "", column.help, ", ".join(column.choices)])
    how.append([])
    how.append([f"The row marked “{EXAMPLE}” is not imported. An empty cell leaves the existing value unchanged."])
    for letter, width in zip("ABCD", (28, 10, 80, 60), strict=True):
        how.column_dimensions[letter].width = width
        how[f"{letter}1"].font = Font(bold=True)
    for row in how.iter_rows(min_row=2, max_row=len(template.columns) + 1):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _example(column: TemplateColumn) -> date | time | str | None:
    """The example of a column as Excel has it."""
    if column.example and column.format == "day":
        return date.fromisoformat(column.example)
    if column.example and column.format == "hour":
        return time.fromisoformat(column.example)
    return column.example or None


def _choices(column: TemplateColumn, cells: str) -> Any:
    """A list of choices for the cells; Excel refuses other values with a message."""
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=not column.needed)
    offered.errorTitle, offered.error = column.label, "Choose from the list."
    offered.promptTitle, offered.prompt = column.label, column.help[:255]
    offered.add(cells)
    return offered
