"""Reads one event of a calendar file (VEVENT; RFC 5545, 3.6.1)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar.prop import vRecur

from calendar_model.imports.ics.content_lines import Part
from calendar_model.imports.ics.moments import (
    MOMENT,
    EventFault,
    SourceCalendar,
    as_day,
    moment_key,
    read_moment,
    read_moments,
    read_span,
    timestamp_of,
)
from calendar_model.imports.ics.plain_text import plain

MAX_EVENTS = 5_000
"""Maximum number of events in the requested days; a mission's calendar has a few hundred a year."""
MAX_TITLE, MAX_PLACE, MAX_TEXT, MAX_UID = 300, 300, 5_000, 500
"""Maximum characters imported of a title, a place, a description and an identifier."""
UNTITLED = "(untitled)"
"""The title for an event without one, which RFC 5545 allows."""
_STANDING_OF_STATUS = {"TENTATIVE": "provisional", "CANCELLED": "cancelled"}
_CALLED_OFF = r"(?:cancell?ed|avlyst|annul[ée]e?|abgesagt)"
_CANCELLED_TITLE = re.compile(
    rf"\s*(?:[\[(]\s*{_CALLED_OFF}\s*[\])]\s*[:–—-]?|{_CALLED_OFF}\s*(?:[:!]|\s[–—-](?=\s)|\Z))\s*(.*)", re.IGNORECASE
)
"""``Cancelled: Briefing``, ``[Canceled] Briefing``, ``AVLYST – Briefing``: prefixes of cancelled titles."""


@dataclass(frozen=True)
class SourceEvent:
    """A parsed VEVENT.

    ``start`` and ``end`` (exclusive) are two days, or two times with zones; None only if a whole series is cancelled.
    ``floats``: its times have no zone, and use ``calendar.floating``. The moments of its recurrence are as written
    (days, or times with or without a zone); :meth:`like_start` converts them to the form of its start.
    """

    number: int
    part: Part
    calendar: SourceCalendar
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
        """The sort key for versions: SEQUENCE first (RFC 5546, 2.1.5), then DTSTAMP."""
        sequence = self.part.text("SEQUENCE").strip()
        return int(sequence) if re.fullmatch(r"\d{1,9}", sequence) else 0, self.stamp, self.number

    @property
    def stamp(self) -> str:
        """DTSTAMP, if readable."""
        stamp = self.part.text("DTSTAMP").strip().upper()
        return stamp if MOMENT.fullmatch(stamp) else ""

    @property
    def standing(self) -> str:
        status = self.part.text("STATUS").strip().upper()
        if self.calendar.method == "CANCEL" or self.called_off:
            return "cancelled"
        return _STANDING_OF_STATUS.get(status, "confirmed")

    def like_start(self, moment: date) -> date:
        """Convert a moment of the series to the form of its start: a day, or a time in its zone."""
        start = self.start
        if not isinstance(start, datetime):
            return as_day(moment, self.calendar.floating)
        if not isinstance(moment, datetime):
            return datetime.combine(moment, start.time(), start.tzinfo)
        return moment.replace(tzinfo=start.tzinfo) if moment.tzinfo is None else moment.astimezone(start.tzinfo)


def read_title(part: Part) -> tuple[str, bool]:
    """Return the title without a prefix for cancelled, and whether it had one, because the standing shows it."""
    title = plain(part.text("SUMMARY"), MAX_TITLE)
    match = _CANCELLED_TITLE.fullmatch(title)
    return (match[1] if match else title) or UNTITLED, match is not None


def read_uid(part: Part, title: str, calendar: SourceCalendar) -> str:
    """Return the event's identifier; without one, contrary to RFC 5545, it is made from title and start."""
    if uid := part.text("UID").strip()[:MAX_UID]:
        return uid
    try:
        start = read_moment(part, "DTSTART", calendar)
    except EventFault:
        start = None
    return f"without-uid-{_digest(title, moment_key(start) if start is not None else '')}"


def _digest(*parts: str) -> str:
    """A short hash of texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def read_event(
    number: int, part: Part, calendar: SourceCalendar, uid: str, title: str, called_off: bool
) -> SourceEvent:
    """Read an event without its recurrence; raises EventFault for contradictory or unreadable values."""
    start, end = read_moment(part, "DTSTART", calendar), read_moment(part, "DTEND", calendar)
    recurrence = read_moment(part, "RECURRENCE-ID", calendar)
    floats = False
    if start is None:
        if calendar.method != "CANCEL" or recurrence is not None:
            raise EventFault("ics-no-beginning")
        end = None
    else:
        start, end, floats = read_span(part, start, end, calendar)
        if timestamp_of(end) < timestamp_of(start):
            raise EventFault("ics-ends-first")
    event = SourceEvent(
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
        tuple(read_moments(part, "RDATE", calendar)),
        tuple(moment for moment in read_moments(part, "EXDATE", calendar) if not isinstance(moment, tuple)),
    )
    if len(event.extra) + len(event.excluded) > MAX_EVENTS:
        raise EventFault("ics-too-many-dates", most=MAX_EVENTS)
    return event


def alias_of(event: SourceEvent) -> str:
    """Return a unique identifier for an event, made from its start and title as well."""
    return f"{event.uid[: MAX_UID - 40]}#{_digest(*identity(event))}"


def identity(event: SourceEvent) -> tuple[str, str]:
    """Return the start and title, which distinguish two events with the same identifier."""
    return (moment_key(event.start) if event.start is not None else "", event.title)
