"""Reads the dates and times of a calendar file in its zones (RFC 5545, 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar.prop import vDDDTypes

from calendar_model.access.problems import Problem
from calendar_model.imports.ics.content_lines import Part, Property
from calendar_model.imports.ics.defined_zones import DefinedZones
from calendar_model.imports.ics.plain_text import plain

_EARLIEST, _LATEST = 1970, 2100
MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_WHOLE_DAY_MARKS = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")


class EventFault(ValueError):  # noqa: N818  what is wrong with a file is not an error of the program
    """A fault of one event, as a ``problem``."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)


@dataclass(frozen=True)
class SourceCalendar:
    """A VCALENDAR: its method, its own zones, and the zones of its times.

    ``floating`` is the zone of times without one, ``shown`` the one for times whose own zone is not that of a place.
    """

    part: Part
    method: str
    zones: DefinedZones
    floating: ZoneInfo
    shown: ZoneInfo


def read_moment(part: Part, name: str, calendar: SourceCalendar) -> date | None:
    """Return a day or time of an event; None if it is not given."""
    values = part.properties.get(name, [])
    if not values:
        return None
    if len({(one.value.strip(), one.parameters.get("TZID")) for one in values}) > 1:
        raise EventFault("ics-unreadable-days")
    return parse_moment(values[0].value, values[0], calendar)


def parse_moment(text: str, written: Property, calendar: SourceCalendar) -> date:
    """Return a day, or a time with its zone, if it has one.

    A day ignores any zone that it names; so does a time in UTC (RFC 5545, 3.2.19). 24:00 is midnight
    at the end of the day, and second 60 is read as 59.
    """
    match = MOMENT.fullmatch(text.strip().upper())
    if match is None:
        raise EventFault("ics-unreadable-days")
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        found = date(int(year), int(month), int(day))
        clock = timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=min(int(second or 0), 59))
        if int(minute or 0) > 59 or int(second or 0) > 60 or clock > timedelta(hours=24):
            raise ValueError
        moment = datetime.combine(found, time()) + clock
    except (ValueError, OverflowError):
        raise EventFault("ics-unreadable-days") from None
    if not _EARLIEST <= found.year <= _LATEST:
        raise EventFault("ics-other-century", year=found.year, first=_EARLIEST, last=_LATEST)
    if hour is None or (written.parameters.get("VALUE", "").upper() == "DATE" and not clock):
        return found
    if utc:
        return moment.replace(tzinfo=UTC)
    if not (named := written.parameters.get("TZID")):
        return moment
    zone = calendar.zones.find(named)
    if zone is None:
        raise EventFault("ics-unexplained-zone", zone=plain(named, 60))
    return moment.replace(tzinfo=zone)


def read_moments(part: Part, name: str, calendar: SourceCalendar) -> Iterator[date | tuple[date, date | timedelta]]:
    """Return the moments of RDATE or EXDATE; periods of RDATE as pairs of a start and an end or duration."""
    for one in part.properties.get(name, ()):
        for text in filter(None, (text.strip() for text in one.value.split(","))):
            first, slash, last = text.partition("/")
            try:
                start = parse_moment(first, one, calendar)
                if not slash:
                    yield start
                elif last.upper().startswith("P"):
                    yield start, _duration(last)
                else:
                    yield start, parse_moment(last, one, calendar)
            except EventFault:
                raise EventFault("ics-unreadable-rule") from None


def _duration(text: str) -> timedelta:
    try:
        length = vDDDTypes.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        length = None
    if not isinstance(length, timedelta):
        raise EventFault("ics-unreadable-length")
    return length


def read_span(part: Part, start: date, end: date | None, calendar: SourceCalendar) -> tuple[date, date, bool]:
    """Return the start and end (exclusive): two days, or two times with zones; and whether they had no zone."""
    floating = calendar.floating
    if not isinstance(start, datetime):
        if isinstance(end, datetime):
            if end.time() != time():
                raise EventFault("ics-days-and-hours")
            end = end.date()
        return start, _end_of_days(part, start, end), False
    floats = start.tzinfo is None
    if end is not None and not isinstance(end, datetime):
        if start.time() != time():
            raise EventFault("ics-days-and-hours")
        return start.date(), _end_of_days(part, start.date(), end), False
    if floats and end is not None and end.tzinfo is not None and end.tzinfo is not UTC:
        start, floats = start.replace(tzinfo=end.tzinfo), False
    elif floats:
        start = start.replace(tzinfo=floating)
    if end is None:
        written = part.text("DURATION").strip().upper()
        length = _duration(written) if written else timedelta(0)
        if length < timedelta(0):
            raise EventFault("ics-ends-first")
        days = timedelta(0) if written.lstrip("+").startswith("PT") else timedelta(days=length.days)
        end = _later(start, days, length - days)
    elif end.tzinfo is None:
        end = end.replace(tzinfo=start.tzinfo)
    if marked := _marked_days(part, start, end, calendar):
        return *marked, False
    return start, end, floats


def _end_of_days(part: Part, start: date, end: date | None) -> date:
    """Return the day after the last (RFC 5545, 3.6.1). Some programs end a one-day event on its first day."""
    duration = part.first("DURATION")
    if end is None and duration is not None:
        length = _duration(duration.value)
        if length.seconds:
            raise EventFault("ics-day-lasts-hours")
        end = start + length
    if end is not None and end < start:
        raise EventFault("ics-ends-first")
    return max(end or start, start + timedelta(days=1))


def _later(start: datetime, days: timedelta, hours: timedelta) -> datetime:
    """Add a duration: days by the calendar, hours in elapsed time (RFC 5545, 3.3.6)."""
    return ((start + days).astimezone(UTC) + hours).astimezone(start.tzinfo)


def _marked_days(part: Part, start: datetime, end: datetime, calendar: SourceCalendar) -> tuple[date, date] | None:
    """Return the days of an event that Outlook marks as all-day and writes with midnights."""
    if not any(part.text(name).strip().upper() in ("TRUE", "1") for name in _WHOLE_DAY_MARKS):
        return None
    for first, last in ((start, end), (start.astimezone(calendar.shown), end.astimezone(calendar.shown))):
        if first.time() == time() and last.time() == time():
            return first.date(), max(last.date(), first.date() + timedelta(days=1))
    return None


def as_day(moment: date, floating: ZoneInfo) -> date:
    """Return the day meant by a time: as written or, if it is local midnight, the local day."""
    if not isinstance(moment, datetime):
        return moment
    here = moment.astimezone(floating) if moment.tzinfo is not None else moment
    return here.date() if here.time() == time() else moment.date()


def timestamp_of(moment: date) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else moment.toordinal()


def day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def moment_key(moment: date, floats: bool = False) -> str:
    """Return a moment in iCalendar format: a day, a time in UTC, or a time without a zone."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    zoned = moment.tzinfo is not None and not floats
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if zoned else f"{moment:%Y%m%dT%H%M%S}"
