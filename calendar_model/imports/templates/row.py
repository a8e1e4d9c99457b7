"""Reads the cells of one row as values, and collects their problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from calendar_model import wording
from calendar_model.access.problems import Problem
from calendar_model.imports.tables.cell_parsing import UnclearCell
from calendar_model.imports.tables.columns import TemplateColumn
from calendar_model.vocabulary import Standing

LONGEST_TITLE = 300
"""Characters of a title, as in the forms."""

DAY_HELP = "As 2027-03-03 or 3 March 2027."
HOUR_HELP = "As 13:00. Empty: whole days."
BODY_HELP = "Code, short name or full name, as on the Organisations page: HRC, OSCE, ACHPR."

ANNOUNCED_STANDINGS = (Standing.PROVISIONAL, Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
"""The standings of an event or an announced date; it is never projected."""
STANDING_CHOICES = tuple(map(wording.standing_words, ANNOUNCED_STANDINGS))

_FORMULA_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
"""What Excel shows for a failed formula."""

T = TypeVar("T")


class RowReader:
    """Reads the cells of a row, and collects their problems in ``problems``.

    ``cells`` are the texts of the row by column name, without failed formulas.
    """

    def __init__(self, columns: Sequence[TemplateColumn], cells: Mapping[str, str]) -> None:
        self.cells = dict(cells)
        self.problems: list[Problem] = []
        for name, text in cells.items():
            if text in _FORMULA_ERRORS:
                self.refuse(name, "cell-failed-formula", cell=text)
                del self.cells[name]
        for column in columns:
            if column.needed and column.name not in cells:
                self.refuse(column.name, "cell-empty")

    def refuse(self, name: str, code: str, **values: object) -> None:
        """Record a problem with the named column, or with the whole row if ``name`` is empty."""
        self.problems.append(Problem(code, name, values))

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return the value of a cell; None if it is empty, or if it is wrong, which is recorded as a problem."""
        text = self.cells.get(name)
        return None if text is None else self.attempt(name, lambda: parse(text))

    def attempt(self, name: str, find: Callable[[], T]) -> T | None:
        """Return what ``find`` returns; None if it raises UnclearCell, which is recorded as a problem of the column."""
        try:
            return find()
        except UnclearCell as unclear:
            self.problems.append(replace(unclear.problem, field=name))
            return None

    def line(self, name: str, longest: int = LONGEST_TITLE) -> str:
        """Return a text on one line; record a problem if it is too long."""
        text = " ".join(self.cells.get(name, "").split())
        if len(text) > longest:
            self.refuse(name, "cell-too-long", length=len(text), longest=longest)
        return text


def given(**values: Any) -> dict[str, Any]:
    """Return the columns for which a row has a value."""
    return {name: value for name, value in values.items() if value not in (None, "", ())}
