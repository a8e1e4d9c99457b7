"""What an import template has to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sqlalchemy.orm import Session as OrmSession

from calendar_model.access.permissions import Viewer
from calendar_model.imports.plan import ImportLine
from calendar_model.imports.tables.columns import TemplateColumn
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.store.session import WorkspaceSession

Rows = Sequence[tuple[int, Mapping[str, str]]]
"""The rows of a table, each with its number in the file and the texts of its cells by the name of their column; empty
cells are left out."""


class ImportTemplate(Protocol):
    """A kind of row, from its columns to the record that it becomes.

    ``key`` names it in addresses and file names, ``label`` is for readers. ``corrects_reference``: its rows are lookup
    of the reference, need a source, hold for everybody and are checked together. ``page`` is the key of the page on
    which is listed what was written.
    """

    key: str
    label: str
    page: str
    columns: tuple[TemplateColumn, ...]
    corrects_reference: bool

    def plan(self, session: OrmSession, lookup: RowLookup, rows: Rows) -> list[ImportLine]:
        """What the rows would do, one line each, compared with what the session's reader sees; writes nothing."""
        ...

    def unchanged_check(self, session: OrmSession) -> Callable[[ImportLine], bool]:
        """A function that says of a planned line whether what it was compared with is still the same."""
        ...

    def write(self, session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
        """Writes a line in an open transaction and gives the identifier of its record."""
        ...
