"""The rows read from a calendar file, and the state of reading."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from calendar_model.access.problems import Problem
from calendar_model.imports.ics.content_lines import Part
from calendar_model.imports.ics.events import MAX_PLACE, MAX_TEXT, MAX_UID, SourceEvent, alias_of
from calendar_model.imports.ics.moments import day_of
from calendar_model.imports.ics.plain_text import plain
from calendar_model.imports.plan import ImportNote
from calendar_model.imports.worker_json import to_json
from calendar_model.imports.zones import is_place


@dataclass(frozen=True)
class EventRow:
    """An occurrence, or the ``problem`` of an event.

    Days are local ISO dates, ``end`` inclusive; hours are ISO times in ``timezone`` (IANA), empty for whole days.
    ``occurrence`` distinguishes the occurrences of a series; empty for an event that does not recur.
    ``series_cancelled``: the whole series is cancelled. ``private``: its author has marked it as private. ``outside``:
    it does not recur, and is outside the requested days. ``alias`` is its identifier where other events in the file
    share its own.
    """

    number: int
    title: str
    uid: str = ""
    alias: str = ""
    occurrence: str = ""
    start: str = ""
    end: str = ""
    start_time: str = ""
    end_time: str = ""
    timezone: str = ""
    standing: str = "confirmed"
    location: str = ""
    programme: str = ""
    private: bool = False
    series_cancelled: bool = False
    outside: bool = False
    problem: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {**vars(self), "problem": to_json(self.problem) if self.problem is not None else None}


@dataclass
class Reading:
    """The state of reading a file."""

    home: ZoneInfo
    since: date
    until: date
    rows: list[EventRow] = field(default_factory=list)
    inside: int = 0
    events: int = 0
    invited: bool = False
    skipped: Counter[str] = field(default_factory=Counter)
    series: set[str] = field(default_factory=set)
    _remarks: dict[object, ImportNote] = field(default_factory=dict)
    _remarks_on_hours: dict[object, ImportNote] = field(default_factory=dict)
    complete: bool = True

    @property
    def remarks(self) -> tuple[ImportNote, ...]:
        """The remarks on the whole file, each once; those on time zones last."""
        return *self._remarks.values(), *self._remarks_on_hours.values()

    def remark(self, code: str, **values: str) -> None:
        """Record a remark on the whole file."""
        self._remarks[(code, *values.values())] = ImportNote(code, values)

    def remark_on_hours(self, code: str, zone: ZoneInfo) -> None:
        """Record the zone in which times are shown."""
        self._remarks_on_hours[(code, zone.key)] = ImportNote(code, {"zone": zone.key})

    def holds(self, row: EventRow) -> bool:
        """Whether a row falls within the requested days."""
        return row.end >= self.since.isoformat() and row.start <= self.until.isoformat()

    def add(self, row: EventRow) -> None:
        """Add a row, and whether it falls within the requested days."""
        outside = row.problem is None and not row.series_cancelled and not self.holds(row)
        self.inside += not outside
        self.rows.append(replace(row, outside=outside))


def occurrence_row(
    event: SourceEvent, start: date | None, end: date | None, occurrence: str, reading: Reading
) -> EventRow:
    assert start is not None
    assert end is not None
    part = event.part
    row = EventRow(
        event.number,
        event.title,
        event.uid,
        alias_of(event),
        occurrence,
        standing=event.standing,
        location=plain(part.text("LOCATION"), MAX_PLACE),
        programme=_programme(part),
        private=(part.text("CLASS").strip() or "PUBLIC").upper() != "PUBLIC",
    )
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        # An end of whole days is the day after the last one (RFC 5545, 3.6.1).
        last = max(day_of(end) - timedelta(days=1), day_of(start))
        return replace(row, start=day_of(start).isoformat(), end=last.isoformat())
    zone = _zone(start, event, reading)
    first, last_hour = (moment.astimezone(zone) for moment in (start, end))
    if first.fold or last_hour.fold:
        # The second of two identical clock times when clocks go back; only UTC can express it.
        zone = ZoneInfo("UTC")
        first, last_hour = (moment.astimezone(zone) for moment in (start, end))
    return replace(
        row,
        start=first.date().isoformat(),
        end=last_hour.date().isoformat(),
        start_time=_hour(first.time()),
        end_time=_hour(last_hour.time()) if last_hour.timestamp() > first.timestamp() else "",
        timezone=zone.key,
    )


def _zone(moment: datetime, event: SourceEvent, reading: Reading) -> ZoneInfo:
    """Return the zone for display: a time's own, if it belongs to a place, else the calendar's or the chosen one."""
    known: tzinfo | None = moment.tzinfo
    if event.floats:
        reading.remark_on_hours("ics-hours-without-zone", event.calendar.floating)
        return event.calendar.floating
    if isinstance(known, ZoneInfo) and is_place(known):
        return known
    utc = known is UTC or isinstance(known, ZoneInfo)
    reading.remark_on_hours("ics-hours-in-utc" if utc else "ics-hours-in-own-zone", event.calendar.shown)
    return event.calendar.shown


def _hour(value: time) -> str:
    return value.replace(microsecond=0, tzinfo=None).isoformat()


def _programme(part: Part) -> str:
    text = part.text("DESCRIPTION") or part.text("X-ALT-DESC")
    address = part.text("URL").strip()
    parts = [plain(text, MAX_TEXT, lines=True)]
    if re.match(r"https?://\S+$", address, re.IGNORECASE) and len(address) <= MAX_UID and address not in text:
        parts.append(address)
    return "\n\n".join(part for part in parts if part)
