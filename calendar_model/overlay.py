"""Corrections laid over the rows of the reference, before the rows are checked.

A correction names a row by its key and gives columns, as text as it would stand in the file. It stands until the file
says the same of its own accord: then the file has caught up, and nothing of it is applied any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from calendar_model import wording
from calendar_model.vocabulary import Confidence, Precision, Record

PROVENANCE = ("source_url", "source_note", "confidence", "recalled_fields", "updated", "revision")
"""Columns that say how a row is known: they follow from a correction and are not put right by one."""

MOVES = frozenset({"start", "end", "date", "time", "date_precision", "standing", "location", "session", "adopted"})
"""Columns of which a change is a move, by which a file's ``revision`` rises (``data/README.md``)."""


@dataclass(frozen=True)
class Corrected:
    """A correction of one row: of ``file`` (``sessions.csv``), with the key ``row``, its parts separated by a blank.

    ``values`` are the columns put right, ``on`` the day of it (UTC), ``at`` the instant of its last change, where it
    is kept already. ``written`` counts how often it was written down: recorded, changed, withdrawn. One that is
    ``withdrawn`` puts nothing right any more, and is still counted: what calendars have seen never counts back.
    """

    file: str
    row: str
    values: Mapping[str, str] = field(hash=False)
    source_url: str
    note: str
    on: date
    record_id: str = ""
    at: datetime | None = None
    written: int = 1
    withdrawn: bool = False


@dataclass(frozen=True)
class Overlaid:
    """What corrections make of one row: the ``cells`` that stand now, and those of the ``file`` (empty: a new row).

    ``columns`` are the ones in which the corrections count, none where the file has caught up; ``on`` is their day.
    ``last`` says of each column that is put right which correction did so last, by its ``record_id``.
    """

    kind: type[Record]
    row: str
    cells: Mapping[str, str] = field(hash=False)
    file: Mapping[str, str] = field(hash=False)
    columns: tuple[str, ...]
    on: date
    last: Mapping[str, str] = field(hash=False)

    @cached_property
    def for_file(self) -> dict[str, str]:
        """The cells as they belong in the file, where the revision rises by one with a move."""
        cells = dict(self.cells)
        if "revision" in self.kind.model_fields:
            moved = bool(self.file) and not MOVES.isdisjoint(self.columns)
            cells["revision"] = str(_whole(self.file.get("revision", "")) + moved)
        return cells

    @property
    def says(self) -> str:
        """A sentence for how the row is known; empty where the file has caught up."""
        day = wording.day(self.on)
        if not self.file:
            return f"Recorded in the dashboard on {day}, by the source given."
        what = ", ".join(name.replace("_", " ") for name in self.columns)
        return f"Corrected in the dashboard on {day}, by the source given: {what}." if what else ""


def key_columns(kind: type[Record], row: str) -> dict[str, str]:
    """The key of a row, column by column; a part left out at the end is empty."""
    parts = row.split(" ")
    parts += [""] * (len(kind.KEY) - len(parts))
    return dict(zip(kind.KEY, parts, strict=False))


def row_of(kind: type[Record], cells: Mapping[str, object]) -> str:
    """The key of a row as one text, from its columns."""
    return " ".join(str(cells.get(name) or "").strip() for name in kind.KEY).rstrip()


def columns_of(kind: type[Record]) -> tuple[str, ...]:
    """The columns of a file that a correction can put right, in their order; the notes last."""
    own = (name for name in kind.model_fields if name not in (*PROVENANCE, *kind.KEY, "notes"))
    return (*own, "notes")


def overlay(
    kind: type[Record], rows: Mapping[str, Mapping[str, str]], corrections: Iterable[Corrected]
) -> dict[str, Overlaid]:
    """The rows of a file that ``corrections`` touch, by key; ``rows`` are the file's cells by key.

    Several corrections of a row count in their order, column by column. A row that only withdrawn corrections touched
    stands as in the file, with its revision raised.
    """
    of_row: dict[str, list[Corrected]] = {}
    for one in corrections:
        if one.file == kind.FILE:
            of_row.setdefault(one.row, []).append(one)
    found = {row: _overlaid(kind, row, rows.get(row, {}), listed) for row, listed in of_row.items()}
    return {row: one for row, one in found.items() if one is not None}


def _overlaid(
    kind: type[Record], row: str, file: Mapping[str, str], corrections: Sequence[Corrected]
) -> Overlaid | None:
    standing = [one for one in corrections if not one.withdrawn]
    by = {name: one for one in standing for name in one.values}
    final = {name: one.values[name].strip() for name, one in by.items()}
    columns = tuple(name for name in columns_of(kind) if name in final and not _has(file, name, final[name]))
    cells = {name: value.strip() for name, value in file.items()}
    revision = _whole(cells.get("revision", "")) + sum(one.written for one in corrections)
    if columns or (standing and not file):
        counting = [one for one in standing if not columns or any(by[name] is one for name in columns)]
        rewritten = "notes" in final  # then they are as the corrections have them, and nothing is added
        cells = _put_right(kind, row, cells, {name: final[name] for name in columns}, counting, rewritten=rewritten)
    elif not file:
        return None
    elif gone := [one.on for one in corrections if one.withdrawn]:
        cells["updated"] = max(cells.get("updated", ""), max(gone).isoformat())
    if "revision" in kind.model_fields:
        cells["revision"] = str(revision)
    last = {name: one.record_id for name, one in by.items()}
    return Overlaid(kind, row, cells, file, columns, max(one.on for one in corrections), last)


def _has(file: Mapping[str, str], name: str, value: str) -> bool:
    """Whether the file says the same, and not only from memory."""
    if file.get(name, "").strip() != value or not file:
        return False
    if not value or name == "notes":
        return True
    return file.get("confidence", "").strip() != Confidence.RECALLED and name not in _recalled(file)


def _put_right(
    kind: type[Record],
    row: str,
    cells: Mapping[str, str],
    values: Mapping[str, str],
    corrections: Sequence[Corrected],
    *,
    rewritten: bool,
) -> dict[str, str]:
    last = corrections[-1]
    made = {**key_columns(kind, row), **cells, **values}
    if "known_from" in kind.model_fields and not made.get("known_from") and last.on.isoformat() < made.get("start", ""):
        # Without a day from which it could be known, a session that is to come would be known only once it opens.
        made["known_from"] = last.on.isoformat()
    recalled = _recalled(cells)
    if cells.get("confidence") == Confidence.RECALLED:
        recalled = [name for name in columns_of(kind) if cells.get(name) and name != "notes"]
    before = cells.get("source_url", "")
    notes = [made.get("notes", "")]
    if not rewritten:
        if notes[0] and made.get("date_precision") == Precision.DAY != cells.get("date_precision", Precision.DAY):
            # It says how the window was known, and would contradict the days.
            notes = [f"Before the correction: {notes[0]}"]
        notes += [one.note.strip() for one in corrections]
        notes += [f"Source before the correction: {before}"] if before and before != last.source_url else []
    return made | {
        "source_url": last.source_url,
        "source_note": f"Correction recorded in the dashboard on {wording.day(last.on)}",
        "confidence": Confidence.SOURCED.value,
        "recalled_fields": ";".join(name for name in recalled if name not in values),
        "notes": "; ".join(part for part in notes if part),
        "updated": max(cells.get("updated", ""), last.on.isoformat()),
    }


def _recalled(cells: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in cells.get("recalled_fields", "").split(";") if name.strip()]


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() else 0
