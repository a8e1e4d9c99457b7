"""Corrections of the reference that are recorded in the dashboard: whether one fits, what it changes, and a patch.

They stand over the files (:func:`calendar_model.reference.load`) until the files say the same; :func:`patch` is what
brings the files there.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from calendar_model.overlay import (
    Corrected,
    Overlaid,
    columns_of,
    key_columns,
    overlay,
    row_of,
)
from calendar_model.reference import KINDS, Fault, brought, data_folder
from calendar_model.vocabulary import Precision, Record, Standing

__all__ = [
    "KIND_OF",
    "Corrected",
    "Difference",
    "Overlaid",
    "columns_of",
    "counts_as",
    "differences",
    "faults",
    "key_columns",
    "patch",
    "row_of",
    "rows_of",
    "settled",
    "standings",
    "title",
]

KIND_OF: dict[str, type[Record]] = {kind.FILE: kind for kind in KINDS}
"""What a row of each file is, by the file's name."""

_ADDRESS = re.compile(r"https?://[^\s/]\S*")


@dataclass(frozen=True)
class Difference:
    """A column that a correction puts right: what stands in the file and what shall stand, as text."""

    column: str
    before: str
    after: str


# --- Whether one fits


def faults(folder: Path | None, standing: Sequence[Corrected], *candidates: Corrected) -> tuple[str, ...]:
    """What keeps ``candidates`` from being recorded together on top of ``standing``, as sentences; empty: nothing.

    ``folder`` holds the files (None: the project's own). Of those that are ``standing`` already, one with the same
    ``record_id`` is replaced. To look at a long list, ask for all of it first, and one by one only if that says
    something.
    """
    wrong = [says for one in candidates for says in _malformed(one)]
    if wrong:
        return tuple(dict.fromkeys(wrong))
    replaced = {one.record_id for one in candidates} - {""}
    after = (*(one for one in standing if one.record_id not in replaced), *candidates)
    found = brought(folder, standing, after)
    own = {(one.file, one.row) for one in candidates}
    lines = _lines(folder or data_folder(), {file for file, _ in own}) if found else {}
    return tuple(dict.fromkeys(_sentence(fault, own, lines) for fault in found))


def _malformed(one: Corrected) -> list[str]:
    kind = KIND_OF.get(one.file)
    if kind is None:
        return [f"“{one.file}” is no file of the reference; choose one of {', '.join(KIND_OF)}."]
    found = []
    parts = one.row.split(" ")
    if not one.row.strip() or len(parts) > len(kind.KEY) or one.row != row_of(kind, key_columns(kind, one.row)):
        found.append(f"Say which row of {one.file} it is, by its {' and '.join(kind.KEY)} with a blank between.")
    if not one.values:
        found.append("Put at least one column right.")
    columns = columns_of(kind)
    found += [
        f"“{name}” cannot be put right in {one.file}; its columns are {', '.join(columns)}."
        for name in one.values
        if name not in columns
    ]
    if not _ADDRESS.fullmatch(one.source_url):
        found.append("Give the address at which it was read, beginning with https:// or http://, without spaces.")
    for text in (one.row, *one.values.values(), one.source_url, one.note):
        if not text.isprintable():
            found.append("Write each value in one line: a line break, or a sign that cannot be seen, is in it.")
            break
    return found


def _sentence(fault: Fault, own: set[tuple[str, str]], lines: Mapping[tuple[str, int], str]) -> str:
    """A fault of a candidate's own row by its column; one that it brings elsewhere with its place."""
    row = lines.get((fault.file, fault.line), "")
    if fault.column and (fault.line == 0 or (fault.file, row) in own):
        of_own = [one for one in own if one[0] == fault.file]
        where = f" of {row}" if row and len(of_own) > 1 else ""
        value = f"“{fault.value}” does not fit" if fault.value else "nothing is given"
        column = fault.column.replace("_", " ").capitalize()
        return f"{column}{where}: {value}; expected is {fault.expected}."
    return str(fault)


def _lines(folder: Path, files: Iterable[str]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for file in files:
        sheet = _Sheet.read(folder, KIND_OF[file])
        found |= {(file, line): row for row, line in sheet.lines.items()}
    return found


# --- What it changes


def settled(kind: type[Record], base: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The ``values`` of a correction of a row that said ``base``, with what exact days say by themselves.

    Days that are not whole months cannot be a window: where the row was one, and the precision was left as it was, the
    days are known; and where the standing was left too, a source that gives days confirms them.
    """
    settled = dict(values)
    precision = base.get("date_precision", "")
    if "date_precision" not in kind.model_fields or precision in ("", Precision.DAY):
        return settled
    start, end = (_day(values.get(name) or base.get(name, "")) for name in ("start", "end"))
    if start is None or end is None or values.get("date_precision", precision) != precision:
        return settled
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        return settled
    settled["date_precision"] = Precision.DAY.value
    known = base.get("standing", "")
    if known in (Standing.PROJECTED, Standing.PROVISIONAL) and values.get("standing", known) == known:
        settled["standing"] = Standing.CONFIRMED.value
    return settled


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def rows_of(folder: Path | None, file: str) -> dict[str, dict[str, str]]:
    """The rows of a file as they stand in it, by key; nothing of what cannot be read."""
    return _Sheet.read(folder or data_folder(), KIND_OF[file]).rows


def standings(folder: Path | None, corrections: Sequence[Corrected]) -> dict[tuple[str, str], Overlaid]:
    """What the corrections make of each row that they touch, by file and key, whether it fits or not."""
    folder = folder or data_folder()
    found: dict[tuple[str, str], Overlaid] = {}
    for file in dict.fromkeys(one.file for one in corrections if one.file in KIND_OF):
        kind = KIND_OF[file]
        found |= {(file, row): one for row, one in overlay(kind, rows_of(folder, file), corrections).items()}
    return found


def differences(folder: Path | None, standing: Sequence[Corrected], candidate: Corrected) -> tuple[Difference, ...]:
    """The columns in which the row would stand otherwise than it does with those that are ``standing``.

    Empty: the reference says the same already, and has it from a source.
    """
    before = standings(folder, [one for one in standing if one.record_id != candidate.record_id or not one.record_id])
    now = before.get((candidate.file, candidate.row))
    cells = dict(now.cells) if now else rows_of(folder, candidate.file).get(candidate.row, {})
    made = overlay(KIND_OF[candidate.file], {candidate.row: cells} if cells else {}, [candidate])
    columns = made[candidate.row].columns if candidate.row in made else ()
    return tuple(Difference(name, cells.get(name, ""), made[candidate.row].cells[name]) for name in columns)


def counts_as(made: Overlaid, one: Corrected) -> str:
    """Whether a correction that is recorded still counts for its row, in a few words; ``made`` is of the row.

    The file has caught up once it says the same; it says something else since where its row was changed later.
    """
    own = {name for name in one.values if made.last.get(name) == one.record_id}
    if not own:
        return "a later correction counts"
    if not made.file:
        return "a new row"
    if not own & set(made.columns):
        return "the file has caught up"
    if made.file.get("updated", "") > one.on.isoformat():
        return "the file was changed since, and says something else"
    return "stands over the file"


def title(file: str, row: str) -> str:
    """What a correction is called in lists."""
    return f"{row}, {Path(file).stem.replace('_', ' ')}"


# --- The patch


def patch(folder: Path | None, corrections: Sequence[Corrected]) -> str:
    """A unified diff of ``data/`` that ``git apply`` takes, after which the files say what the corrections say.

    Lines that are not corrected stay as they are, byte for byte. Empty where the files have caught up.
    """
    folder = folder or data_folder()
    parts = []
    made = standings(folder, corrections)
    for kind in KINDS:
        rows = {row: one for (file, row), one in made.items() if file == kind.FILE and (one.columns or not one.file)}
        if rows:
            parts.append(_Sheet.read(folder, kind).diff(rows))
    return "".join(parts)


class _Sheet:
    """A file of the reference in the pieces of text that its rows are."""

    def __init__(self, kind: type[Record], text: str) -> None:
        self.kind = kind
        self.pieces: list[str] = []
        self.header: list[str] = []
        self.rows: dict[str, dict[str, str]] = {}
        self.at: dict[str, int] = {}
        """The piece in which a row stands, by key."""
        self.lines: dict[str, int] = {}
        """The last line of a row, by key, as :class:`~calendar_model.reference.Fault` counts."""
        lines = text.removeprefix("\ufeff").splitlines(keepends=True)
        self.mark = text[: len(text) - len(text.removeprefix("\ufeff"))]
        reader = csv.reader(lines)
        read = 0
        for cells in reader:
            self.pieces.append("".join(lines[read : reader.line_num]))
            read = reader.line_num
            if len(self.pieces) == 1:
                self.header = [name.strip() for name in cells]
            elif len(cells) == len(self.header):
                named = dict(zip(self.header, cells, strict=True))
                row = row_of(kind, named)
                if row not in self.rows:
                    self.rows[row], self.at[row], self.lines[row] = named, len(self.pieces) - 1, read

    @classmethod
    def read(cls, folder: Path, kind: type[Record]) -> _Sheet:
        try:
            # As bytes: a file opened as text would lose which line ends it has.
            return cls(kind, (folder / kind.FILE).read_bytes().decode())
        except (OSError, UnicodeDecodeError, csv.Error):
            return cls(kind, "")

    def diff(self, rows: Mapping[str, Overlaid]) -> str:
        """The difference that these rows make; empty for a file that could not be read."""
        if not self.pieces:
            return ""
        end = "\r\n" if self.pieces[0].endswith("\r\n") else "\n"
        changed = list(self.pieces)
        for row, one in rows.items():
            if row in self.at:
                piece = self.pieces[self.at[row]]
                own_end = piece[len(piece.rstrip("\r\n")) :]
                changed[self.at[row]] = self._line(one) + own_end
            else:
                if not changed[-1].endswith("\n"):
                    changed[-1] += end
                changed.append(self._line(one) + end)
        before, after = (_git_lines(self.mark + "".join(pieces)) for pieces in (self.pieces, changed))
        name = f"data/{self.kind.FILE}"
        found = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)

    def _line(self, one: Overlaid) -> str:
        cells = one.for_file
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow([cells.get(name, "") for name in self.header])
        return written.getvalue()


def _git_lines(text: str) -> list[str]:
    """Lines as git counts them: at each line feed, and nowhere else."""
    return [line for line in re.split(r"(?<=\n)", text) if line]
