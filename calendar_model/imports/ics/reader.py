"""Reads an untrusted calendar file as plain rows. Runs only in the worker process, and imports no part of the
application that could be misused there.

Recurrences are expanded with their exceptions within the requested days. Attendees, organisers and alarms are never
imported. An event that cannot be read becomes a row with a ``problem``, and the others continue; a file that is not a
calendar is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendar_model.access.problems import Problem
from calendar_model.imports.ics.content_lines import Part, read_parts
from calendar_model.imports.ics.defined_zones import DefinedZones
from calendar_model.imports.ics.events import MAX_EVENTS, MAX_TITLE, SourceEvent, read_event, read_title, read_uid
from calendar_model.imports.ics.moments import EventFault, SourceCalendar, day_of
from calendar_model.imports.ics.plain_text import plain
from calendar_model.imports.ics.recurrence import expand, with_rules
from calendar_model.imports.ics.rows import EventRow, Reading
from calendar_model.imports.ics.versions import newest_versions
from calendar_model.imports.plan import ImportNote, ImportRefused
from calendar_model.imports.worker_json import to_json
from calendar_model.imports.zones import is_place, zone_named

MAX_ROWS = 2_000
"""Maximum number of occurrences from one file; the earliest are used."""
_KINDS = {"VTODO": "tasks", "VJOURNAL": "notes", "VFREEBUSY": "busy-times"}
_ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})


def read_calendar(data: bytes, *, timezone: str, since: str, until: str) -> dict[str, Any]:
    """Return the rows of an iCalendar file, as plain JSON values.

    ``timezone`` (IANA) is for times without a zone; ``since`` and ``until`` are ISO dates, both inclusive. Returns
    ``rows`` (:class:`EventRow`, in the order of time), ``series`` (UIDs of which all occurrences between the two days
    are among the rows), ``remarks`` (sentences) and ``name`` (the calendar's own). Also ``method`` (of its message,
    empty for a published calendar), ``events`` (how many it has) and ``complete`` (false: there were more occurrences
    than the maximum).

    Raises :class:`~calendar_model.imports.plan.ImportRefused`.
    """
    reading = Reading(ZoneInfo(timezone), date.fromisoformat(since), date.fromisoformat(until))
    parts, remarks = read_parts(data)
    for code in remarks:
        reading.remark(code)
    calendars = [_read_calendar(part, reading) for part in parts]
    events = [event for calendar in calendars for event in _events(calendar, reading)]
    if len(reading.rows) + sum(_may_matter(event, reading) for event in events) > MAX_EVENTS:
        raise ImportRefused("ics-too-many-events", most=MAX_EVENTS, since=since, until=until)
    for together in _by_uid(newest_versions(events, reading)).values():
        expand(together, reading)
    rows = sorted(reading.rows, key=lambda row: (row.outside, row.start, row.start_time, row.number, row.occurrence))
    if reading.inside > MAX_ROWS:
        reading.complete = False
        del rows[MAX_ROWS : reading.inside]
    return {
        "rows": [row.as_json() for row in rows],
        "series": sorted(reading.series) if reading.complete else [],
        "remarks": [to_json(note) for note in (*reading.remarks, *_closing_remarks(reading))],
        "name": next((name for part in parts if (name := _name_of(part))), ""),
        "method": next((one.method for one in calendars if one.method), ""),
        "events": reading.events,
        "complete": reading.complete,
    }


def _read_calendar(part: Part, reading: Reading) -> SourceCalendar:
    method = part.text("METHOD").strip().upper()
    if (part.text("CALSCALE").strip() or "GREGORIAN").upper() != "GREGORIAN":
        raise ImportRefused("ics-not-gregorian")
    if method in _ANSWERS:
        raise ImportRefused("ics-reply")
    named = part.text("X-WR-TIMEZONE").strip()
    zone = zone_named(named) if named else None
    if named and not isinstance(zone, ZoneInfo):
        reading.remark("ics-calendar-zone-unknown", zone=plain(named, 60))
    own = zone if isinstance(zone, ZoneInfo) else reading.home
    return SourceCalendar(part, method, DefinedZones(part), own, own if is_place(own) else reading.home)


def _name_of(part: Part) -> str:
    return plain(part.text("X-WR-CALNAME") or part.text("NAME"), MAX_TITLE)


def _events(calendar: SourceCalendar, reading: Reading) -> Iterator[SourceEvent]:
    """Return the readable events of a calendar; the others become rows with their problem."""
    for part in calendar.part.parts:
        if part.name != "VEVENT":
            reading.skipped[part.name] += part.name != "VTIMEZONE"
            continue
        number = reading.events = reading.events + 1
        reading.invited |= "ATTENDEE" in part.properties or "ORGANIZER" in part.properties
        title, called_off = read_title(part)
        uid = read_uid(part, title, calendar)
        try:
            yield with_rules(read_event(number, part, calendar, uid, title, called_off), reading)
        except (EventFault, OverflowError) as fault:
            problem = fault.problem if isinstance(fault, EventFault) else Problem("ics-unreadable-days")
            reading.add(EventRow(number, title, uid, problem=problem))


def _may_matter(event: SourceEvent, reading: Reading) -> bool:
    """Whether an event may fall within the requested days; a recurring one may at any time after its start."""
    if event.start is None or event.end is None:
        return True
    day = timedelta(days=1)
    return day_of(event.start) <= reading.until + day and (
        event.recurs or event.recurrence is not None or day_of(event.end) >= reading.since - day
    )


def _by_uid(events: Iterable[SourceEvent]) -> dict[str, list[SourceEvent]]:
    found: dict[str, list[SourceEvent]] = {}
    for event in events:
        found.setdefault(event.uid, []).append(event)
    return found


def _closing_remarks(reading: Reading) -> Iterator[ImportNote]:
    if reading.invited:
        yield ImportNote("ics-attendees-left-out")
    if skipped := +reading.skipped:
        kinds = sorted({_KINDS.get(name, "other-parts") for name in skipped})
        yield ImportNote("ics-parts-left-out", {"kinds": kinds, "count": skipped.total()})
    if not reading.complete:
        yield ImportNote("ics-first-occurrences", {"most": MAX_ROWS})
