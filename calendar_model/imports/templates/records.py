"""What the templates share whose rows become records of staff: found again, compared, linked."""

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
    """By what a record without an identifier of its own is found again: title, day, and its body or kind."""
    return json.dumps([folded(title), str(on), str(which)])


class KnownRecords(Generic[R]):
    """The records that a reader sees, by their keys, and the rows of the file that are about each."""

    def __init__(self, records: Iterable[R], keys: Callable[[R], Iterable[str]]) -> None:
        self._by_key: dict[str, list[R]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        for record in records:
            for key in keys(record):
                self._by_key[key].append(record)

    def find(self, key: str) -> R | None:
        """The record of this key, if any. Raises UnclearCell where there are several."""
        found = self._by_key.get(key, [])
        if len(found) > 1:
            raise UnclearCell("row-several-records")
        return found[0] if found else None

    def once(self, line: ImportLine, key: str) -> ImportLine:
        """The line, refused if a row before it was about the same record."""
        if line.outcome is Outcome.REFUSED:
            return line
        before = self._rows.setdefault(line.record_id or key, line.number)
        return line if before == line.number else repeated(line, before)


class RecordTemplate(ABC, Generic[R]):
    """An :class:`~calendar_model.imports.templates.protocol.ImportTemplate` whose rows become records of staff.

    A kind of record says which records there are, by what one is found again, what a row would do, and how it is
    written.
    """

    corrects_reference = False

    @abstractmethod
    def records(self, session: OrmSession) -> Iterable[R]:
        """The records of this kind that the session's reader sees, with what is compared loaded."""

    @abstractmethod
    def keys(self, record: R) -> tuple[str, ...]:
        """By what a record is found again."""

    @abstractmethod
    def line(self, lookup: RowLookup, known: KnownRecords[R], number: int, cells: Mapping[str, str]) -> ImportLine:
        """What the row of this number would do."""

    def plan(self, session: OrmSession, lookup: RowLookup, rows: Rows) -> list[ImportLine]:
        known = KnownRecords(self.records(session), self.keys)
        return [self.line(lookup, known, number, cells) for number, cells in rows]

    def unchanged_check(self, session: OrmSession) -> Callable[[ImportLine], bool]:
        """As in the protocol; what a line changes, its version tells, so that only new records are looked at."""
        keys = frozenset(key for record in self.records(session) for key in self.keys(record))
        return lambda line: line.outcome is not Outcome.NEW or line.more["key"] not in keys


def refused(number: int, title: str, days: tuple[date | None, date | None], problems: Sequence[Problem]) -> ImportLine:
    """A line that is refused, each problem once."""
    unique = [one for place, one in enumerate(problems) if one not in problems[:place]]
    return ImportLine(number, title, Outcome.REFUSED, *days, problems=tuple(unique))


def repeated(line: ImportLine, before: int) -> ImportLine:
    """The line, refused because the row of the number ``before`` is the same."""
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
    """The level that a row gives, and a note where it would open a record to more people: no file does that.

    ``lowest`` is the level below which no record of its kind begins.
    """
    level = row.read("sensitivity", lambda text: parse_term(text, Sensitivity))
    if level is None:
        return None, []
    if existing is None:
        notes = [ImportNote("row-published-by-hand", {"level": lowest})] if level is Sensitivity.PUBLIC else []
        return max(level, lowest, key=lambda one: one.rank), notes
    if lowest is Sensitivity.RESTRICTED:
        # It was imported as restricted, whatever the row says, and is so until somebody opens it by hand.
        level = max(level, existing.sensitivity, key=lambda one: one.rank)
    if level.rank < existing.sensitivity.rank:
        return None, [ImportNote("row-opened-by-hand", {"level": existing.sensitivity})]
    return level, []


def new_items(record: Event | Engagement | None, items: Iterable[str]) -> tuple[str, ...]:
    """Those items of the calendar to which a record is not linked yet."""
    linked = {link.item for link in record.items} if record is not None else set()
    return tuple(item for item in items if item not in linked)


def linked_items(items: Sequence[str]) -> list[ImportNote]:
    """A note of the items to which a record would be linked, if there are any."""
    return [ImportNote("row-linked-items", {"items": tuple(items)})] if items else []


def link_items(record: Event | Engagement, items: Iterable[str]) -> None:
    """Links a record to items of the calendar; links that it has stay."""
    record.items += [ItemLink(item=item) for item in new_items(record, items)]
