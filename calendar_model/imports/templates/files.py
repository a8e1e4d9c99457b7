"""Tables to fill in: the columns of each target, one example that is left out when the file comes back, and how to."""

from __future__ import annotations

import csv
import io
from datetime import date, time
from typing import Any

from calendar_model.imports.tables.columns import EXAMPLE, FIELDS, TITLES, Field, Target
from calendar_model.imports.tables.reader import MOST_ROWS

HOW = "How to fill it in"
"""The name of a workbook's second sheet."""

_NARROWEST, _WIDEST = 14, 44
"""Letters that a column shows."""
_DAYS = frozenset({"start", "end", "on", "date", "request_due", "follow_up_due"})
_HOURS = frozenset({"start_time", "end_time"})


def template_csv(target: Target) -> bytes:
    """The columns and the example as CSV in UTF-8 with a byte order mark, separated by commas, CRLF line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([field.label for field in FIELDS[target]])
    writer.writerow([field.example for field in FIELDS[target]])
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(target: Target) -> bytes:
    """The same as an Excel workbook, with lists to choose from and a second sheet that explains each column."""
    # It takes a while to load, and only this needs it.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet, how = book.worksheets[0], book.create_sheet(HOW)
    sheet.title = TITLES[target]
    sheet.freeze_panes = "A2"
    for number, field in enumerate(FIELDS[target], 1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"] = field.label
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}2"] = _value(field)
        sheet[f"{letter}2"].font = Font(italic=True)
        longest = max(len(field.label), len(field.example), *(len(choice) for choice in field.choices), 0)
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
        if field.name in _DAYS | _HOURS:
            # Whatever is typed is shown at once as it will be read.
            form = "yyyy-mm-dd" if field.name in _DAYS else "hh:mm"
            sheet.column_dimensions[letter].number_format = sheet[f"{letter}2"].number_format = form
        if field.choices:
            sheet.add_data_validation(_list(field, f"{letter}3:{letter}{MOST_ROWS}"))
    how.append(["Column", "Needed", "How to fill it in", "One of"])
    for field in FIELDS[target]:
        how.append([field.label, "yes" if field.needed else "", field.help, ", ".join(field.choices)])
    how.append([])
    how.append([f"The row that ends in “{EXAMPLE}” is left out. An empty cell leaves what is there already."])
    for letter, width in zip("ABCD", (28, 10, 80, 60), strict=True):
        how.column_dimensions[letter].width = width
        how[f"{letter}1"].font = Font(bold=True)
    for row in how.iter_rows(min_row=2, max_row=len(FIELDS[target]) + 1):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _value(field: Field) -> date | time | str | None:
    """The example of a field as Excel has it."""
    if field.example and field.name in _DAYS:
        return date.fromisoformat(field.example)
    if field.example and field.name in _HOURS:
        return time.fromisoformat(field.example)
    return field.example or None


def _list(field: Field, cells: str) -> Any:
    """A list of words to choose from; another word is refused by the program, with a sentence."""
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = DataValidation(type="list", formula1=f'"{",".join(field.choices)}"', allow_blank=not field.needed)
    offered.errorTitle, offered.error = field.label, "Choose one of the list."
    offered.promptTitle, offered.prompt = field.label, field.help[:255]
    offered.add(cells)
    return offered
