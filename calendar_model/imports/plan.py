"""What an import would do, line by line, before it does anything; and the doing, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from calendar_model import wording
from calendar_model.vocabulary import Standing

Progress = Callable[[int, int], None]
"""Called with how many lines are done, and of how many."""


class ImportRefused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A file that is not taken at all; ``str()`` is a sentence that says why, and what to do next."""


class Outcome(StrEnum):
    """What would become of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """It differs, and stays as it is here, because somebody has set it by hand."""
    CANCELLED = "cancelled"
    """It is called off, or gone from a calendar that is followed."""
    REFUSED = "refused"


WRITES = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.CANCELLED})


@dataclass(frozen=True)
class ImportLine:
    """One thing that was found. ``number`` is its row in the file, or its place in the calendar, from 1.

    ``start`` and ``end`` (inclusive) are days; with ``start_time`` it is timed, in ``timezone`` (IANA). ``series`` is
    what the occurrences of a series have in common; empty for what does not recur. ``offered``: it is written only once
    the reader has said so (:meth:`ImportPlan.accepted`).
    ``says`` is for the reader: what would change ("Starts: 3 March 2027 → 4 March 2027"), or why it is refused.
    ``values`` are the columns to write, ``record_id`` and ``seen`` the record and the version of it that this was
    worked out against; ``more`` is what else the writer of this kind of line needs.
    """

    number: int
    title: str
    outcome: Outcome
    start: date | None = None
    end: date | None = None
    says: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    record_id: str = ""
    seen: int = 0
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    start_time: time | None = None
    end_time: time | None = None
    timezone: str = ""
    standing: Standing | None = None
    series: str = ""
    offered: bool = False

    @property
    def when(self) -> str:
        """Its days, hours and zone for people; empty if they are not known."""
        if self.start is None:
            return ""
        return when(self.start, self.end or self.start, self.start_time, self.end_time, self.timezone)

    @property
    def moments(self) -> tuple[date | None, date | None]:
        """When it begins and ends: two days (inclusive), or two hours with their zone; an hour without an end is one
        moment (RFC 5545, 3.6.1)."""
        if self.start is None or self.start_time is None or not self.timezone:
            return self.start, self.end or self.start
        zone = ZoneInfo(self.timezone)
        first = datetime.combine(self.start, self.start_time, zone)
        last = datetime.combine(self.end or self.start, self.end_time, zone) if self.end_time is not None else first
        return first, last


def when(start: date, end: date, start_time: time | None, end_time: time | None, timezone: str) -> str:
    """``Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich)``; days alone without hours."""
    if start_time is None:
        return wording.span(start, end)
    last = f"–{end_time:%H:%M}" if end_time is not None else ""
    return f"{wording.span(start, end)}, {start_time:%H:%M}{last} ({timezone})"


@dataclass(frozen=True)
class ImportPlan:
    """A dry run. ``remarks`` are sentences about the whole file."""

    lines: tuple[ImportLine, ...]
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many lines have each outcome, in the order of :class:`Outcome`; those that nobody has are left out."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    @property
    def to_write(self) -> tuple[ImportLine, ...]:
        """The lines that would write something, without those that are only offered."""
        return tuple(line for line in self.lines if line.outcome in WRITES and not line.offered)

    @property
    def offered(self) -> tuple[ImportLine, ...]:
        """The lines that wait for the reader to say so."""
        return tuple(line for line in self.lines if line.offered)

    def accepted(self) -> ImportPlan:
        """The same with what is offered among what would be written."""
        return replace(self, lines=tuple(replace(line, offered=False) for line in self.lines))
