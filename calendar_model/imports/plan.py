"""What an import would do, line by line, before it does anything; and the doing, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Progress = Callable[[int, int], None]
"""Called with how many lines are done, and of how many."""


class ImportRefused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A file that is not taken at all; ``str()`` is a sentence that says why, and what to do next."""


class Fate(StrEnum):
    """What would become of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """It differs, and stays as it is here, because somebody has set it by hand."""
    CANCELLED = "cancelled"
    """It is called off, or gone from a calendar that is followed."""
    REFUSED = "refused"


WRITES = frozenset({Fate.NEW, Fate.CHANGED, Fate.CANCELLED})


@dataclass(frozen=True)
class Line:
    """One thing that was found. ``number`` is its row in the file, or its place in the calendar, from 1.

    ``says`` is for the reader: what would change ("Starts: 3 March 2027 → 4 March 2027"), or why it is refused.
    ``values`` are the columns to write, ``record_id`` and ``seen`` the record and the version of it that this was
    worked out against; ``more`` is what else the writer of this kind of line needs.
    """

    number: int
    title: str
    fate: Fate
    start: date | None = None
    end: date | None = None
    says: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    record_id: str = ""
    seen: int = 0
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Plan:
    """A dry run. ``remarks`` are sentences about the whole file."""

    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many lines have each fate, in the order of :class:`Fate`; those that nobody has are left out."""
        found = Counter(line.fate for line in self.lines)
        return {fate: found[fate] for fate in Fate if found[fate]}

    @property
    def to_write(self) -> tuple[Line, ...]:
        """The lines that would write something."""
        return tuple(line for line in self.lines if line.fate in WRITES)
