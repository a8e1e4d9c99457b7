"""What an import would do, line by line, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from calendar_model.access.problems import Problem, Refused
from calendar_model.messages import message
from calendar_model.vocabulary import Precision, Standing

Progress = Callable[[int, int], None]
"""Called with the number of lines done, and their total."""


def no_progress(_done: int, _of: int) -> None:
    """A :data:`Progress` that shows nothing."""


class ImportRefused(Refused):
    """A file or an address from which nothing is imported."""

    def __init__(self, code: str, **values: object) -> None:
        self.problem = Problem(code, values=values)
        super().__init__(self.problem)


class Outcome(StrEnum):
    """The outcome of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """It differs, but the value set by hand here is kept."""
    CANCELLED = "cancelled"
    """It is cancelled, or gone from a followed calendar."""
    REFUSED = "refused"


WRITES = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.CANCELLED})


@dataclass(frozen=True)
class Period:
    """Days from ``start`` to ``end`` (inclusive); with ``start_time`` timed, in ``timezone`` (IANA)."""

    start: date
    end: date
    start_time: time | None = None
    end_time: time | None = None
    timezone: str = ""
    precision: Precision = Precision.DAY


@dataclass(frozen=True)
class FieldChange:
    """A field whose value here (``before``) differs from the file (``after``).

    Values are those of the column, or a :class:`Period` for the field ``period``.
    """

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class ImportNote:
    """A note for the reader about a line or a whole file; ``values`` fill its sentence.

    ``str()`` is the sentence.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return message(self.code, self.values)


@dataclass(frozen=True)
class ImportLine:
    """A line of the plan. ``number`` is its row in the file, or its place in the calendar, from 1.

    ``start`` and ``end`` (inclusive) are days; with ``start_time`` it is timed, in ``timezone`` (IANA). ``series`` is
    shared by the occurrences of a series; empty for an event that does not recur. An ``offered`` line is written only
    once the reader has agreed (:meth:`ImportPlan.accepted`).

    ``problems`` are the reasons for a refusal, ``changes`` the fields to change, ``kept`` those that differ but stay,
    ``notes`` further remarks. ``values`` are the columns to write, ``record_id`` and ``seen`` the record and its
    version at the time of the comparison; ``more`` is for the writer of this kind of line.
    """

    number: int
    title: str
    outcome: Outcome
    start: date | None = None
    end: date | None = None
    problems: tuple[Problem, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    kept: tuple[FieldChange, ...] = ()
    notes: tuple[ImportNote, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    record_id: str = ""
    seen: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)
    start_time: time | None = None
    end_time: time | None = None
    timezone: str = ""
    standing: Standing | None = None
    series: str = ""
    offered: bool = False

    @property
    def period(self) -> Period | None:
        """The days, hours and zone; None if unknown."""
        if self.start is None:
            return None
        return Period(self.start, self.end or self.start, self.start_time, self.end_time, self.timezone)

    @property
    def moments(self) -> tuple[date | None, date | None]:
        """The start and end: two days (inclusive), or two instants with their zone; an event without an end time is one
        moment (RFC 5545, 3.6.1)."""
        if self.start is None or self.start_time is None or not self.timezone:
            return self.start, self.end or self.start
        zone = ZoneInfo(self.timezone)
        first = datetime.combine(self.start, self.start_time, zone)
        last = datetime.combine(self.end or self.start, self.end_time, zone) if self.end_time is not None else first
        return first, last


@dataclass(frozen=True)
class ImportPlan:
    """A dry run: the lines with their outcomes, and ``remarks`` about the whole file."""

    lines: tuple[ImportLine, ...]
    remarks: tuple[ImportNote, ...] = ()

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """The number of lines by outcome, in the order of :class:`Outcome`, without zeros."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    @property
    def to_write(self) -> tuple[ImportLine, ...]:
        """The lines to write, without those that are only offered."""
        return tuple(line for line in self.lines if line.outcome in WRITES and not line.offered)

    @property
    def series_together(self) -> tuple[tuple[ImportLine, ...], ...]:
        """The lines in order; occurrences of a series with the same outcome are grouped."""
        found: dict[object, list[ImportLine]] = {}
        for place, line in enumerate(self.lines):
            key = (line.series, line.outcome, line.offered) if line.series else place
            found.setdefault(key, []).append(line)
        return tuple(map(tuple, found.values()))

    @property
    def offered(self) -> tuple[ImportLine, ...]:
        """The lines to be written only once the reader has agreed."""
        return tuple(line for line in self.lines if line.offered)

    def accepted(self) -> ImportPlan:
        """Return the plan with the offered lines accepted."""
        return replace(self, lines=tuple(replace(line, offered=False) for line in self.lines))
