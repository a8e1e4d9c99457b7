"""An iCalendar file of strangers as plain rows: read in the worker process alone, and importing nothing of the house
that could be reached from there.

Recurrences are expanded with their exceptions (RFC 5545, 3.8.5) inside the days that are asked for. Who is invited,
and by whom, is never taken over, and neither are alarms. What of an event cannot be understood becomes a row with a
``fault``, and the others go on; what is no calendar at all is refused.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from dateutil.rrule import rrulestr
from icalendar.cal import Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence

from calendar_model.imports.ics.content_lines import BROKEN, CUT_OFF, NO_CALENDAR, Part, Property, read_parts
from calendar_model.imports.ics.plain_text import plain
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.zones import DefinedZones, is_place, zone_named

__all__ = ["BROKEN", "CUT_OFF", "NO_CALENDAR", "read_calendar"]

MOST_EVENTS = 5_000
"""Events that a file may hold in the days that are asked for; a mission's calendar has some hundreds a year."""
MOST_ROWS = 2_000
"""Occurrences that are taken from one file; the first ones, in the order of time."""
_ENOUGH = 20_000
"""Occurrences after which no further series is expanded."""
_EARLIEST, _LATEST = 1970, 2100
_A_DAY = 24
"""Times a day that something may recur: what recurs more often is a machine's, or a trap."""

TITLE, PLACE, TEXT, IDENTIFIER = 300, 300, 5_000, 500
"""Letters that are taken over of a title, a place, a description and an identifier."""
UNTITLED = "(untitled)"
"""The title of an event that has none, which RFC 5545 allows."""

UNREADABLE_DAYS = "Its days or hours cannot be read."
UNREADABLE_RULE = "How it recurs cannot be read."
MIXED = "It begins on a whole day and ends at an hour, or the other way round."
ENDS_FIRST = "It ends before it begins."

_ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
_STANDING = {"TENTATIVE": "provisional", "CANCELLED": "cancelled"}
_CALLED_OFF = r"(?:cancell?ed|avlyst|annul[ée]e?|abgesagt)"
_CANCELLED_TITLE = re.compile(
    rf"\s*(?:[\[(]\s*{_CALLED_OFF}\s*[\])]\s*[:–—-]?|{_CALLED_OFF}\s*(?:[:!]|\s[–—-](?=\s)|\Z))\s*(.*)", re.IGNORECASE
)
"""``Cancelled: Briefing``, ``[Canceled] Briefing``, ``AVLYST – Briefing``: what is written before a title."""

_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_WHOLE_DAY_MARKS = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")
_RULE_PARTS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR"}) | frozenset(
    {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"}
)


@dataclass(frozen=True)
class EventRow:
    """An occurrence, or what is wrong with an event (``fault``, a sentence).

    Days are ISO dates of the place, ``end`` inclusive; hours are ISO times in ``timezone`` (IANA), empty for whole
    days. ``occurrence`` tells the occurrences of a series apart and is empty for an event that does not recur.
    ``series_cancelled``: all of the series is called off. ``private``: its author has marked it as not for everyone.
    ``outside``: it does not recur, and lies outside the days that were asked for. ``alias`` is the identifier by which
    it is known where others of the file share its own.
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
    fault: str = ""


@dataclass
class _Reading:
    """What is gathered while a file is read."""

    home: ZoneInfo
    since: date
    until: date
    rows: list[EventRow] = field(default_factory=list)
    inside: int = 0
    events: int = 0
    invited: bool = False
    moved_from: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    series: set[str] = field(default_factory=set)
    remarks: dict[str, None] = field(default_factory=dict)
    complete: bool = True

    def holds(self, row: EventRow) -> bool:
        """Whether a row lies in the days that are asked for."""
        return row.end >= self.since.isoformat() and row.start <= self.until.isoformat()

    def add(self, row: EventRow) -> None:
        """Keeps a row, and whether it lies in the days that are asked for."""
        outside = not row.fault and not row.series_cancelled and not self.holds(row)
        self.inside += not outside
        self.rows.append(replace(row, outside=outside))


class _FaultError(ValueError):
    """What is wrong with one event; ``str()`` is a sentence for the reader."""


@dataclass(frozen=True)
class _Calendar:
    """A VCALENDAR: its method, the zones that it defines, and the zones of its hours.

    ``floating`` is that of hours that have none, ``shown`` that in which hours are told whose own is no place's.
    """

    part: Part
    method: str
    zones: DefinedZones
    floating: ZoneInfo
    shown: ZoneInfo


@dataclass(frozen=True)
class _Event:
    """A VEVENT that was looked through.

    ``start`` and ``end`` (exclusive) are two days, or two hours with zones; None only where a whole series is called
    off. ``floats``: its hours were written without a zone, and are those of ``calendar.floating``. What is said of its
    recurrence is as it is written, a day, or an hour with or without a zone, until :meth:`like_start` is asked.
    """

    number: int
    part: Part
    calendar: _Calendar
    uid: str
    title: str
    called_off: bool
    start: date | None
    end: date | None
    floats: bool
    recurrence: date | None
    rules: tuple[vRecur, ...]
    excluding_rules: tuple[str, ...]
    extra: tuple[date | tuple[date, date | timedelta], ...]
    excluded: tuple[date, ...]

    @property
    def recurs(self) -> bool:
        return bool(self.rules or self.extra)

    @property
    def age(self) -> tuple[int, str, int]:
        """Which of two of the same is the later one: SEQUENCE first (RFC 5546, 2.1.5), then DTSTAMP."""
        sequence = self.part.text("SEQUENCE").strip()
        return int(sequence) if re.fullmatch(r"\d{1,9}", sequence) else 0, self.stamp, self.number

    @property
    def stamp(self) -> str:
        """DTSTAMP, if it can be read."""
        stamp = self.part.text("DTSTAMP").strip().upper()
        return stamp if _MOMENT.fullmatch(stamp) else ""

    @property
    def standing(self) -> str:
        status = self.part.text("STATUS").strip().upper()
        if self.calendar.method == "CANCEL" or self.called_off:
            return "cancelled"
        return _STANDING.get(status, "confirmed")

    def like_start(self, moment: date) -> date:
        """A moment of the same series as the beginning of one of its occurrences: a day, or an hour in its zone."""
        start = self.start
        if not isinstance(start, datetime):
            return _as_day(moment, self.calendar.floating)
        if not isinstance(moment, datetime):
            return datetime.combine(moment, start.time(), start.tzinfo)
        return moment.replace(tzinfo=start.tzinfo) if moment.tzinfo is None else moment.astimezone(start.tzinfo)


def read_calendar(data: bytes, *, timezone: str, since: str, until: str) -> dict[str, Any]:
    """The rows of an iCalendar file, as plain JSON values.

    ``timezone`` (IANA) is that of hours without a zone, ``since`` and ``until`` are ISO dates, both included. Gives
    ``rows`` (:class:`EventRow`, in the order of time), ``series`` (UIDs of which all occurrences between the two days
    are among the rows), ``remarks`` (sentences), ``name`` (the calendar's own), ``method`` (of its message, empty for a
    published calendar), ``events`` (how many it holds) and ``complete`` (false: there were more occurrences than are
    taken, so that one that is not here is not gone).

    Raises :class:`~calendar_model.imports.plan.ImportRefused`.
    """
    reading = _Reading(ZoneInfo(timezone), date.fromisoformat(since), date.fromisoformat(until))
    parts, remarks = read_parts(data)
    reading.remarks |= dict.fromkeys(remarks)
    calendars = [_calendar(part, reading) for part in parts]
    events = [event for calendar in calendars for event in _events(calendar, reading)]
    if len(reading.rows) + sum(_in_question(event, reading) for event in events) > MOST_EVENTS:
        raise ImportRefused(
            f"The calendar holds more than {MOST_EVENTS:,} events from {since} to {until}. Choose a shorter period."
        )
    for together in _by_uid(_newest(events, reading)).values():
        _expand(together, reading)
    rows = sorted(reading.rows, key=lambda row: (row.outside, row.start, row.start_time, row.number, row.occurrence))
    if reading.inside > MOST_ROWS:
        reading.complete = False
        del rows[MOST_ROWS : reading.inside]
    return {
        "rows": [dict(vars(row)) for row in rows],
        "series": sorted(reading.series) if reading.complete else [],
        "remarks": [*reading.remarks, *_remarks(reading)],
        "name": next((name for part in parts if (name := _calendar_name(part))), ""),
        "method": next((one.method for one in calendars if one.method), ""),
        "events": reading.events,
        "complete": reading.complete,
    }


def _calendar(part: Part, reading: _Reading) -> _Calendar:
    method = part.text("METHOD").strip().upper()
    if (part.text("CALSCALE").strip() or "GREGORIAN").upper() != "GREGORIAN":
        raise ImportRefused("The calendar counts its days in another way than the Gregorian one. Export it in that.")
    if method in _ANSWERS:
        raise ImportRefused("This is somebody's answer to an invitation, and brings no event. Import the invitation.")
    named = part.text("X-WR-TIMEZONE").strip()
    zone = zone_named(named) if named else None
    if named and not isinstance(zone, ZoneInfo):
        reading.remarks[f"The calendar's own time zone “{plain(named, 60)}” is not known here."] = None
    own = zone if isinstance(zone, ZoneInfo) else reading.home
    return _Calendar(part, method, DefinedZones(part), own, own if is_place(own) else reading.home)


def _calendar_name(part: Part) -> str:
    return plain(part.text("X-WR-CALNAME") or part.text("NAME"), TITLE)


def _events(calendar: _Calendar, reading: _Reading) -> Iterator[_Event]:
    """The events of a calendar that can be understood; the others are among the rows, with what is wrong."""
    for part in calendar.part.parts:
        if part.name != "VEVENT":
            reading.skipped[part.name] += part.name != "VTIMEZONE"
            continue
        number = reading.events = reading.events + 1
        reading.invited |= "ATTENDEE" in part.properties or "ORGANIZER" in part.properties
        title, called_off = _title(part)
        uid = _uid(part, title, calendar)
        try:
            yield _event(number, part, calendar, uid, title, called_off, reading)
        except (_FaultError, OverflowError) as fault:
            says = str(fault) if isinstance(fault, _FaultError) else UNREADABLE_DAYS
            reading.add(EventRow(number, title, uid, fault=says))


def _title(part: Part) -> tuple[str, bool]:
    """The title, and whether it says that the event is called off: the standing says that, so the title need not."""
    title = plain(part.text("SUMMARY"), TITLE)
    match = _CANCELLED_TITLE.fullmatch(title)
    return (match[1] if match else title) or UNTITLED, match is not None


def _uid(part: Part, title: str, calendar: _Calendar) -> str:
    """The event's identifier; one that has none, against RFC 5545, is known by its title and beginning."""
    if uid := part.text("UID").strip()[:IDENTIFIER]:
        return uid
    try:
        start = _one(part, "DTSTART", calendar)
    except _FaultError:
        start = None
    return f"without-uid-{_digest(title, _key(start) if start is not None else '')}"


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _event(
    number: int, part: Part, calendar: _Calendar, uid: str, title: str, called_off: bool, reading: _Reading
) -> _Event:
    """What an event says; raises _FaultError for what it says against itself, before anything is worked out from it."""
    start, end = _one(part, "DTSTART", calendar), _one(part, "DTEND", calendar)
    recurrence = _one(part, "RECURRENCE-ID", calendar)
    floats = False
    if start is None:
        if calendar.method != "CANCEL" or recurrence is not None:
            raise _FaultError("It does not say when it begins.")
        end = None
    else:
        start, end, floats = _span(part, start, end, calendar)
        if _timestamp(end) < _timestamp(start):
            raise _FaultError(ENDS_FIRST)
    event = _Event(
        number,
        part,
        calendar,
        uid,
        title,
        called_off,
        start,
        end,
        floats,
        recurrence,
        (),
        tuple(one.value for one in part.properties.get("EXRULE", ())),
        tuple(_list(part, "RDATE", calendar)),
        tuple(moment for moment in _list(part, "EXDATE", calendar) if not isinstance(moment, tuple)),
    )
    if len(event.extra) + len(event.excluded) > MOST_EVENTS:
        raise _FaultError(f"It recurs on more than {MOST_EVENTS:,} days of a list.")
    rules = (_rule(one.value, event, reading) for one in part.properties.get("RRULE", ()))
    return replace(event, rules=tuple(rules)) if start is not None else event


# --- Days and hours


def _one(part: Part, name: str, calendar: _Calendar) -> date | None:
    """A day or an hour of an event; None if it does not say."""
    values = part.properties.get(name, [])
    if not values:
        return None
    if len({(one.value.strip(), one.parameters.get("TZID")) for one in values}) > 1:
        raise _FaultError(UNREADABLE_DAYS)
    return _moment(values[0].value, values[0], calendar)


def _moment(text: str, written: Property, calendar: _Calendar) -> date:
    """A day, or an hour with its zone, or without one where it has none.

    What is only a day is one whatever zone it names; an hour in UTC is in UTC whatever zone it names (RFC 5545,
    3.2.19). 24:00 is midnight at the end of the day, and the 60th second the last one.
    """
    match = _MOMENT.fullmatch(text.strip().upper())
    if match is None:
        raise _FaultError(UNREADABLE_DAYS)
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        found = date(int(year), int(month), int(day))
        clock = timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=min(int(second or 0), 59))
        if int(minute or 0) > 59 or int(second or 0) > 60 or clock > timedelta(hours=24):
            raise ValueError
        moment = datetime.combine(found, time()) + clock
    except (ValueError, OverflowError):
        raise _FaultError(UNREADABLE_DAYS) from None
    if not _EARLIEST <= found.year <= _LATEST:
        raise _FaultError(f"It is dated {found.year}; dates from {_EARLIEST} to {_LATEST} are taken.")
    if hour is None or (written.parameters.get("VALUE", "").upper() == "DATE" and not clock):
        return found
    if utc:
        return moment.replace(tzinfo=UTC)
    if not (named := written.parameters.get("TZID")):
        return moment
    zone = calendar.zones.find(named)
    if zone is None:
        raise _FaultError(f"Its hours are in the time zone “{plain(named, 60)}”, which the file does not explain.")
    return moment.replace(tzinfo=zone)


def _list(part: Part, name: str, calendar: _Calendar) -> Iterator[date | tuple[date, date | timedelta]]:
    """The moments of RDATE or EXDATE, and the periods of RDATE as pairs of a beginning and an end or a length."""
    for one in part.properties.get(name, ()):
        for text in filter(None, (text.strip() for text in one.value.split(","))):
            first, slash, last = text.partition("/")
            try:
                start = _moment(first, one, calendar)
                if not slash:
                    yield start
                elif last.upper().startswith("P"):
                    yield start, _duration(last)
                else:
                    yield start, _moment(last, one, calendar)
            except _FaultError:
                raise _FaultError(UNREADABLE_RULE) from None


def _duration(text: str) -> timedelta:
    try:
        length = vDDDTypes.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        length = None
    if not isinstance(length, timedelta):
        raise _FaultError("Its length cannot be read.")
    return length


def _span(part: Part, start: date, end: date | None, calendar: _Calendar) -> tuple[date, date, bool]:
    """When an event begins and ends (exclusive): two days, or two hours with zones; and whether those were without."""
    floating = calendar.floating
    if not isinstance(start, datetime):
        if isinstance(end, datetime):
            if end.time() != time():
                raise _FaultError(MIXED)
            end = end.date()
        return start, _end_of_days(part, start, end), False
    floats = start.tzinfo is None
    if end is not None and not isinstance(end, datetime):
        if start.time() != time():
            raise _FaultError(MIXED)
        return start.date(), _end_of_days(part, start.date(), end), False
    if floats and end is not None and end.tzinfo is not None and end.tzinfo is not UTC:
        start, floats = start.replace(tzinfo=end.tzinfo), False
    elif floats:
        start = start.replace(tzinfo=floating)
    if end is None:
        written = part.text("DURATION").strip().upper()
        length = _duration(written) if written else timedelta(0)
        if length < timedelta(0):
            raise _FaultError(ENDS_FIRST)
        days = timedelta(0) if written.lstrip("+").startswith("PT") else timedelta(days=length.days)
        end = _later(start, days, length - days)
    elif end.tzinfo is None:
        end = end.replace(tzinfo=start.tzinfo)
    if marked := _marked_days(part, start, end, calendar):
        return *marked, False
    return start, end, floats


def _end_of_days(part: Part, start: date, end: date | None) -> date:
    """The day after the last one (RFC 5545, 3.6.1). Some programs give the first day as the end of a single one."""
    duration = part.first("DURATION")
    if end is None and duration is not None:
        length = _duration(duration.value)
        if length.seconds:
            raise _FaultError("It begins on a whole day and lasts for hours.")
        end = start + length
    if end is not None and end < start:
        raise _FaultError(ENDS_FIRST)
    return max(end or start, start + timedelta(days=1))


def _later(start: datetime, days: timedelta, hours: timedelta) -> datetime:
    """So much later: days by the calendar, hours by the clock that is never put forward or back (RFC 5545, 3.3.6)."""
    return ((start + days).astimezone(UTC) + hours).astimezone(start.tzinfo)


def _marked_days(part: Part, start: datetime, end: datetime, calendar: _Calendar) -> tuple[date, date] | None:
    """The days of an event that Outlook or the like marks as one of whole days, and writes in midnights."""
    if not any(part.text(name).strip().upper() in ("TRUE", "1") for name in _WHOLE_DAY_MARKS):
        return None
    for first, last in ((start, end), (start.astimezone(calendar.shown), end.astimezone(calendar.shown))):
        if first.time() == time() and last.time() == time():
            return first.date(), max(last.date(), first.date() + timedelta(days=1))
    return None


def _as_day(moment: date, floating: ZoneInfo) -> date:
    """The day that is meant by an hour: as it is written, or, where that is midnight here, the day here."""
    if not isinstance(moment, datetime):
        return moment
    here = moment.astimezone(floating) if moment.tzinfo is not None else moment
    return here.date() if here.time() == time() else moment.date()


def _timestamp(moment: date) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else moment.toordinal()


def _day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _key(moment: date, floats: bool = False) -> str:
    """A moment as iCalendar writes it: a day, an hour in UTC, or an hour without a zone."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    zoned = moment.tzinfo is not None and not floats
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if zoned else f"{moment:%Y%m%dT%H%M%S}"


# --- Which events, and which of their occurrences


def _in_question(event: _Event, reading: _Reading) -> bool:
    """Whether an event can have to do with the days that are asked for; one that recurs may, from its beginning on."""
    if event.start is None or event.end is None:
        return True
    day = timedelta(days=1)
    return _day_of(event.start) <= reading.until + day and (
        event.recurs or event.recurrence is not None or _day_of(event.end) >= reading.since - day
    )


def _newest(events: Sequence[_Event], reading: _Reading) -> list[_Event]:
    """Of several that are the same, the one that was changed last; the others are refused.

    Events that only share their identifier are all kept, under identifiers of their own.
    """
    groups: dict[tuple[str, str], list[_Event]] = {}
    for event in events:
        groups.setdefault((event.uid, _key(event.recurrence) if event.recurrence else ""), []).append(event)
    kept: list[_Event] = []
    shared: dict[str, str] = {}
    for (uid, recurrence), same in groups.items():
        distinct: list[_Event] = []
        for event in sorted(same, key=lambda one: one.age, reverse=True):
            if any(recurrence or _is_older(event, newer) for newer in distinct):
                says = "The file holds it twice; the one that was changed last is taken."
                reading.add(EventRow(event.number, event.title, event.uid, fault=says))
            else:
                distinct.append(event)
        kept += distinct if len(distinct) == 1 or recurrence else [replace(one, uid=_alias(one)) for one in distinct]
        shared |= {uid: next((_alias(one) for one in distinct if one.recurs), uid)} if len(distinct) > 1 else {}
    # What moves an occurrence belongs to the one of them that recurs.
    kept = [replace(one, uid=shared.get(one.uid, one.uid)) if one.recurrence else one for one in kept]
    return sorted(kept, key=lambda event: event.number)


def _alias(event: _Event) -> str:
    """An identifier of its own for an event, made of its beginning and title too."""
    return f"{event.uid[: IDENTIFIER - 40]}#{_digest(*_identity(event))}"


def _identity(event: _Event) -> tuple[str, str]:
    return (_key(event.start) if event.start is not None else "", event.title)


def _is_older(event: _Event, newer: _Event) -> bool:
    """Whether two events of one identifier are two versions of the same, and no two events.

    Versions say so by SEQUENCE, or by DTSTAMP where they still have day or title in common; two that were written at
    the same time and differ are two events.
    """
    (start, title), (other_start, other_title) = _identity(event), _identity(newer)
    if event.age[0] != newer.age[0] or (start, title) == (other_start, other_title) or not start or not other_start:
        return True
    return event.stamp != newer.stamp and (start == other_start or title == other_title)


def _by_uid(events: Iterable[_Event]) -> dict[str, list[_Event]]:
    found: dict[str, list[_Event]] = {}
    for event in events:
        found.setdefault(event.uid, []).append(event)
    return found


class _Known(Occurrence):  # type: ignore[misc]  # the library has no types
    """An occurrence that can still be told by when it was to be, before it was moved."""

    def source(self) -> Component:
        """The event that it is an occurrence of."""
        component: Component = self._adapter._component
        return component

    def was_to_be(self) -> date:
        """When it begins by the rule of its series."""
        moved = self._adapter
        if moved.is_modification() and not moved.this_and_future:
            planned: date = moved._component["RECURRENCE-ID"].dt
        else:
            planned = self.start - moved.move_recurrences_by
        return planned


_ALL_EVENTS = (ComponentsWithName("VEVENT", occurrence=_Known),)


def _expand(events: Sequence[_Event], reading: _Reading) -> None:
    """Adds the occurrences of all that has one identifier."""
    first = events[0]
    series = next((event for event in events if event.recurrence is None), None)
    if series is not None and series.calendar.method == "CANCEL" and not series.recurs:
        reading.add(EventRow(series.number, series.title, series.uid, standing="cancelled", series_cancelled=True))
        return
    if reading.inside > _ENOUGH:
        reading.complete = False
        return
    try:
        if series is not None and not series.recurs and len(events) == 1:
            # One that does not recur is told wherever it lies: it may have been moved from where it was taken over.
            found = [_row(series, series.start, series.end, "", reading)]
        else:
            found = list(_occurrences(events, series, reading))
    except Exception as fault:  # noqa: BLE001  whatever the rule does to the library, the other events go on
        says = str(fault) if isinstance(fault, _FaultError) else "How it recurs cannot be worked out."
        reading.add(EventRow(first.number, first.title, first.uid, fault=says))
        return
    for row in found:
        reading.add(row)
    if series is not None:
        reading.series.add(series.uid)


def _occurrences(events: Sequence[_Event], series: _Event | None, reading: _Reading) -> Iterator[EventRow]:
    together = icalendar.Calendar()
    of: dict[int, _Event] = {}
    for event in events:
        component = _component(event, series or event, reading)
        together.add_component(component)
        of[id(component)] = event
    for one in CalendarQuery(together, components=_ALL_EVENTS).series:
        for occurrence in one.between(reading.since, reading.until + timedelta(days=1)):
            event = of[id(occurrence.source())]
            planned = _as_written(series or event, occurrence.was_to_be())
            yield _row(
                event,
                _as_written(event, occurrence.start),
                _as_written(event, occurrence.end),
                _key(planned, floats=(series or event).floats),
                reading,
            )


def _as_written(event: _Event, moment: date) -> date:
    """A day where the event is written in days: beside hours the library turns them into midnights."""
    return _day_of(moment) if not isinstance(event.start, datetime) else moment


def _component(event: _Event, series: _Event, reading: _Reading) -> Component:
    """An event as the library that expands recurrences reads it: every moment of it in the form of its beginning."""
    assert event.start is not None
    assert event.end is not None
    component = icalendar.Event()
    component["UID"] = event.uid
    component["DTSTART"], component["DTEND"] = vDDDTypes(event.start), vDDDTypes(event.end)
    if event.recurrence is not None:
        range_ = event.part.properties["RECURRENCE-ID"][0].parameters.get("RANGE", "")
        component["RECURRENCE-ID"] = named = vDDDTypes(series.like_start(event.recurrence))
        if range_.upper() == "THISANDFUTURE":
            named.params["RANGE"] = "THISANDFUTURE"
        return component
    if event.rules:
        component["RRULE"] = list(event.rules)
    if event.extra:
        component["RDATE"] = vDDDLists([vDDDTypes(_extra(one, event)) for one in event.extra])
    excluded = [event.like_start(one) for one in event.excluded]
    for rule in event.excluding_rules:
        excluded += _excluded_by(rule, event, reading)
    if excluded:
        component["EXDATE"] = vDDDLists([vDDDTypes(one) for one in excluded])
    return component


def _extra(one: date | tuple[date, date | timedelta], event: _Event) -> Any:
    """A moment of RDATE, or a period as a pair, in the form of the event's beginning."""
    if not isinstance(one, tuple):
        return event.like_start(one)
    start, end = one
    return event.like_start(start), end if isinstance(end, timedelta) else event.like_start(end)


def _rule(text: str, event: _Event, reading: _Reading, *, naive: bool = False) -> vRecur:
    """A recurrence rule without what is not understood of it, and its end in the form of the event's beginning.

    ``naive``: the end by the clock of the place, without a zone. Raises _FaultError for what cannot be read, and for
    what recurs more often than a calendar of people does.
    """
    parts: dict[str, str] = {}
    for name, _, value in (part.partition("=") for part in text.strip().upper().split(";")):
        name, value = name.strip(), value.strip()
        if name in _RULE_PARTS and value:
            parts[name] = _until(value, event, naive=naive) if name == "UNTIL" else value
        elif name == "RSCALE" and value != "GREGORIAN":
            raise _FaultError("It recurs by another calendar than the Gregorian one, which is not understood.")
        elif name and value and name not in ("RSCALE", "SKIP"):
            reading.remarks[f"Part of a recurrence rule is not understood and was left out: {plain(name, 40)}."] = None
    try:
        rule: vRecur = vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))
    except Exception:  # noqa: BLE001  a parser raises what it likes at what strangers write
        raise _FaultError(UNREADABLE_RULE) from None
    if not rule.get("FREQ") or any(not isinstance(every, int) or every < 1 for every in rule.get("INTERVAL", ())):
        raise _FaultError(UNREADABLE_RULE)
    times = math.prod(len(rule.get(name, ())) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if rule["FREQ"][0] in ("SECONDLY", "MINUTELY", "HOURLY") or times > _A_DAY:
        raise _FaultError("It recurs every hour or more often: nobody's calendar does that.")
    return rule


def _until(text: str, event: _Event, *, naive: bool) -> str:
    """The end of a rule in the form of the event's beginning, whatever form it is written in (RFC 5545, 3.3.10).

    A day includes all of itself; an hour without a zone is by the clock of the event.
    """
    try:
        moment = _moment(text, Property(text, {}), event.calendar)
    except _FaultError:
        raise _FaultError(UNREADABLE_RULE) from None
    last = event.like_start(moment)
    if not isinstance(last, datetime):
        return f"{last:%Y%m%d}"
    if not isinstance(moment, datetime):
        last = last.replace(hour=23, minute=59, second=59)
    return _key(last, floats=naive)


def _excluded_by(text: str, event: _Event, reading: _Reading) -> list[date]:
    """The occurrences that an EXRULE takes out (RFC 2445, 4.8.5.2): no program writes it now, and old files have it."""
    start = event.start
    first = datetime.combine(_day_of(start), start.time() if isinstance(start, datetime) else time()) if start else None
    try:
        written = _rule(text, event, reading, naive=True)
        rule = rrulestr(written.to_ical().decode(), dtstart=first)  # type: ignore[no-untyped-call]
        window = (reading.since - timedelta(days=367), reading.until + timedelta(days=2))
        found = rule.between(*(datetime.combine(day, time()) for day in window), inc=True)
    except (_FaultError, ValueError):
        reading.remarks["What a recurrence excludes (EXRULE) is not understood: check the days of its series."] = None
        return []
    return [event.like_start(moment) for moment in found]


# --- Rows


def _row(event: _Event, start: date | None, end: date | None, occurrence: str, reading: _Reading) -> EventRow:
    assert start is not None
    assert end is not None
    part = event.part
    row = EventRow(
        event.number,
        event.title,
        event.uid,
        _alias(event),
        occurrence,
        standing=event.standing,
        location=plain(part.text("LOCATION"), PLACE),
        programme=_programme(part),
        private=(part.text("CLASS").strip() or "PUBLIC").upper() != "PUBLIC",
    )
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        # An end of whole days is the day after the last one (RFC 5545, 3.6.1).
        last = max(_day_of(end) - timedelta(days=1), _day_of(start))
        return replace(row, start=_day_of(start).isoformat(), end=last.isoformat())
    zone = _zone(start, event, reading)
    first, last_hour = (moment.astimezone(zone) for moment in (start, end))
    if first.fold or last_hour.fold:
        # The second of the two hours that a clock shows alike: by that clock it cannot be told, in UTC it can.
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


def _zone(moment: datetime, event: _Event, reading: _Reading) -> ZoneInfo:
    """In which zone an hour is told: its own, if that is the name of a place, else the calendar's or the chosen one."""
    known: tzinfo | None = moment.tzinfo
    if event.floats:
        reading.moved_from[f"Hours without a time zone were taken as those of {event.calendar.floating.key}."] += 1
        return event.calendar.floating
    if isinstance(known, ZoneInfo) and is_place(known):
        return known
    utc = known is UTC or isinstance(known, ZoneInfo)
    what = "UTC" if utc else "a time zone of the calendar's own"
    reading.moved_from[f"Hours in {what} are shown in those of {event.calendar.shown.key}."] += 1
    return event.calendar.shown


def _hour(value: time) -> str:
    return value.replace(microsecond=0, tzinfo=None).isoformat()


def _programme(part: Part) -> str:
    text = part.text("DESCRIPTION") or part.text("X-ALT-DESC")
    address = part.text("URL").strip()
    parts = [plain(text, TEXT, lines=True)]
    if re.match(r"https?://\S+$", address, re.IGNORECASE) and len(address) <= IDENTIFIER and address not in text:
        parts.append(address)
    return "\n\n".join(part for part in parts if part)


def _remarks(reading: _Reading) -> Iterator[str]:
    yield from reading.moved_from
    if reading.invited:
        yield "Who is invited, and by whom, is not taken over: a defender's address could stand there."
    skipped = {name: count for name, count in reading.skipped.items() if count}
    if skipped:
        kinds = {"VTODO": "tasks", "VJOURNAL": "notes", "VFREEBUSY": "busy times"}
        names = sorted({kinds.get(name, "other parts") for name in skipped})
        yield f"Only events are taken: {', '.join(names)} are left out ({sum(skipped.values())})."
    if not reading.complete:
        yield f"Only the first {MOST_ROWS:,} occurrences are here; choose a shorter period to see the others."
