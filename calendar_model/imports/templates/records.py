"""Shared by the templates whose rows become records of staff: recognising, comparing, linking."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session as OrmSession

from calendar_model.access.problems import Problem
from calendar_model.imports.plan import FieldChange, ImportLine, ImportNote, Outcome
from calendar_model.imports.tables.cell_parsing import UnclearCell, parse_term
from calendar_model.imports.tables.columns import folded
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.protocol import Rows
from calendar_model.imports.templates.row import RowReader
from calendar_model.store.models import Engagement, Event, ItemLink, Record
from calendar_model.vocabulary import Sensitivity

R = TypeVar("R", bound=Record)


def record_key(title: str, on: date | None, which: object) -> str:
    """The key of a record without an identifier: title, day, and its body or kind."""
    return json.dumps([folded(title), str(on), str(which)])


class KnownRecords(Generic[R]):
    """The records that a reader sees, by their keys, and the row of the file about each."""

    def __init__(self, records: Iterable[R], keys: Callable[[R], Iterable[str]]) -> None:
        self._by_key: dict[str, list[R]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        for record in records:
            for key in keys(record):
                self._by_key[key].append(record)

    def find(self, key: str) -> R | None:
        """Return the record with this key, if any. Raises UnclearCell if there are several."""
        found = self._by_key.get(key, [])
        if len(found) > 1:
            raise UnclearCell("row-several-records")
        return found[0] if found else None

    def once(self, line: ImportLine, key: str) -> ImportLine:
        """Return the line, refused if an earlier row is about the same record."""
        if line.outcome is Outcome.REFUSED:
            return line
        before = self._rows.setdefault(line.record_id or key, line.number)
        return line if before == line.number else repeated(line, before)


class RecordTemplate(ABC, Generic[R]):
    """An :class:`~calendar_model.imports.templates.protocol.ImportTemplate` whose rows become records of staff.

    A subclass provides the existing records and their keys, what a row would do, and how it is written.
    """

    corrects_reference = False

    @abstractmethod
    def records(self, session: OrmSession) -> Iterable[R]:
        """Return the records of this kind that the reader sees, with the compared columns loaded."""

    @abstractmethod
    def keys(self, record: R) -> tuple[str, ...]:
        """Return the keys by which a record is recognised."""

    @abstractmethod
    def line(self, lookup: RowLookup, known: KnownRecords[R], number: int, cells: Mapping[str, str]) -> ImportLine:
        """Return what a row would do."""

    def plan(self, session: OrmSession, lookup: RowLookup, rows: Rows) -> list[ImportLine]:
        known = KnownRecords(self.records(session), self.keys)
        return [self.line(lookup, known, number, cells) for number, cells in rows]

    def unchanged_check(self, session: OrmSession) -> Callable[[ImportLine], bool]:
        """As in the protocol; changes are checked by version, so only new records are compared here."""
        keys = frozenset(key for record in self.records(session) for key in self.keys(record))
        return lambda line: line.outcome is not Outcome.NEW or line.more["key"] not in keys


def refused(number: int, title: str, days: tuple[date | None, date | None], problems: Sequence[Problem]) -> ImportLine:
    """Return a refused line, each problem once."""
    unique = [one for place, one in enumerate(problems) if one not in problems[:place]]
    return ImportLine(number, title, Outcome.REFUSED, *days, problems=tuple(unique))


def repeated(line: ImportLine, before: int) -> ImportLine:
    """Return the line, refused because row ``before`` is about the same item."""
    return refused(line.number, line.title, (line.start, line.end), [Problem("row-repeated", values={"row": before})])


def record_line(
    number: int,
    row: RowReader,
    existing: Record | None,
    given: Mapping[str, Any],
    days: tuple[date | None, date | None],
    *,
    more: Mapping[str, Any],
    additions: Sequence[ImportNote] = (),
    kept: Sequence[str] = (),
    notes: Sequence[ImportNote] = (),
) -> ImportLine:
    """A row as a line of the plan.

    ``given`` are the columns as they shall be, ``additions`` what else it would write; ``kept`` are columns that stay
    as they are here, and ``notes`` what is not written either.
    """
    title = str(given.get("title") or " ".join(row.cells.get("title", "").split()))
    if row.problems:
        return refused(number, title, days, row.problems)
    if existing is None:
        return ImportLine(number, title, Outcome.NEW, *days, notes=(*additions, *notes), values=dict(given), more=more)
    differing = [
        FieldChange(name, was, value) for name, value in given.items() if (was := getattr(existing, name)) != value
    ]
    changes = tuple(one for one in differing if one.field not in kept)
    outcome = Outcome.UNCHANGED
    if changes or additions:
        outcome = Outcome.CHANGED
    elif kept or notes:
        outcome = Outcome.KEPT
    return ImportLine(
        number,
        title,
        outcome,
        *days,
        changes=changes,
        kept=tuple(one for one in differing if one.field in kept),
        notes=(*additions, *notes),
        values={one.field: one.after for one in changes},
        record_id=existing.id,
        seen=existing.version,
        more=more,
    )


def read_sensitivity(
    row: RowReader, existing: Record | None, lowest: Sensitivity
) -> tuple[Sensitivity | None, list[ImportNote]]:
    """Return the sensitivity given by a row, and a note where it would widen access, which no file can do.

    ``lowest`` is the lowest level at which a record of this kind can be created.
    """
    level = row.read("sensitivity", lambda text: parse_term(text, Sensitivity))
    if level is None:
        return None, []
    if existing is None:
        notes = [ImportNote("row-published-by-hand", {"level": lowest})] if level is Sensitivity.PUBLIC else []
        return max(level, lowest, key=lambda one: one.rank), notes
    if lowest is Sensitivity.RESTRICTED:
        # It was imported as restricted, whatever the row says, and stays so until a person widens access.
        level = max(level, existing.sensitivity, key=lambda one: one.rank)
    if level.rank < existing.sensitivity.rank:
        return None, [ImportNote("row-opened-by-hand", {"level": existing.sensitivity})]
    return level, []


def new_items(record: Event | Engagement | None, items: Iterable[str]) -> tuple[str, ...]:
    """The calendar items to which a record is not linked yet."""
    linked = {link.item for link in record.items} if record is not None else set()
    return tuple(item for item in items if item not in linked)


def linked_items(items: Sequence[str]) -> list[ImportNote]:
    """A note about the items to which a record would be linked, if any."""
    return [ImportNote("row-linked-items", {"items": tuple(items)})] if items else []


def link_items(record: Event | Engagement, items: Iterable[str]) -> None:
    """Link a record to calendar items; existing links stay."""
    record.items += [ItemLink(item=item) for item in new_items(record, items)]
