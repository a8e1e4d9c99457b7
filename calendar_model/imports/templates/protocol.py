"""The protocol of an import template."""

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
"""The rows of a table: each row's number in the file, and its texts by column name without empty cells."""


class ImportTemplate(Protocol):
    """A kind of row, from its columns to the record that it becomes.

    ``key`` names it in addresses and file names, ``label`` is for readers. ``corrects_reference``: its rows correct
    the reference, need a source, apply to everyone and are checked together. ``page`` is the key of the page that
    lists the imported records.
    """

    key: str
    label: str
    page: str
    columns: tuple[TemplateColumn, ...]
    corrects_reference: bool

    def plan(self, session: OrmSession, lookup: RowLookup, rows: Rows) -> list[ImportLine]:
        """Return what the rows would do, a line for each, compared with what the reader sees; writes nothing."""
        ...

    def unchanged_check(self, session: OrmSession) -> Callable[[ImportLine], bool]:
        """Return a function that says whether the records behind a planned line are unchanged."""
        ...

    def write(self, session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
        """Write a line in an open transaction; return the identifier of its record."""
        ...
