"""The cells of one row as values, with everything that is wrong with them."""

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
"""Letters of a title, as in the forms."""

DAY_HELP = "As 2027-03-03 or 3 March 2027."
HOUR_HELP = "As 13:00; empty: whole days."
BODY_HELP = "Its code, its short name or its whole name, as in Organisations: HRC, OSCE, ACHPR."

ANNOUNCED_STANDINGS = (Standing.PROVISIONAL, Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
"""How firm an event or an announced date can be: nobody projects it."""
STANDING_CHOICES = tuple(map(wording.standing_words, ANNOUNCED_STANDINGS))

_FORMULA_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
"""What Excel shows for a formula that failed."""

T = TypeVar("T")


class RowReader:
    """Reads the cells of a row, and gathers what is wrong with them in ``problems``.

    ``cells`` are the texts that the row has, by the name of their column, without those that are a failed formula.
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
        """Notes a problem with the column of this name, or with the whole row if it is empty."""
        self.problems.append(Problem(code, name, values))

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """What a cell means, or None: it is empty, or it is wrong, which is noted."""
        text = self.cells.get(name)
        return None if text is None else self.attempt(name, lambda: parse(text))

    def attempt(self, name: str, find: Callable[[], T]) -> T | None:
        """What ``find`` gives, or None where it raises UnclearCell, which is noted as a problem of the column."""
        try:
            return find()
        except UnclearCell as unclear:
            self.problems.append(replace(unclear.problem, field=name))
            return None

    def line(self, name: str, longest: int = LONGEST_TITLE) -> str:
        """A text in one line; one that is too long is noted."""
        text = " ".join(self.cells.get(name, "").split())
        if len(text) > longest:
            self.refuse(name, "cell-too-long", length=len(text), longest=longest)
        return text


def given(**values: Any) -> dict[str, Any]:
    """The columns for which a row has a value."""
    return {name: value for name, value in values.items() if value not in (None, "", ())}
