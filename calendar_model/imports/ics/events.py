"""What one event of a calendar file says (VEVENT; RFC 5545, 3.6.1)."""

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
"""Events that a file may hold in the days that are asked for; a mission's calendar has some hundreds a year."""
MAX_TITLE, MAX_PLACE, MAX_TEXT, MAX_UID = 300, 300, 5_000, 500
"""Letters that are taken over of a title, a place, a description and an identifier."""
UNTITLED = "(untitled)"
"""The title of an event that has none, which RFC 5545 allows."""
_STANDING_OF_STATUS = {"TENTATIVE": "provisional", "CANCELLED": "cancelled"}
_CALLED_OFF = r"(?:cancell?ed|avlyst|annul[ée]e?|abgesagt)"
_CANCELLED_TITLE = re.compile(
    rf"\s*(?:[\[(]\s*{_CALLED_OFF}\s*[\])]\s*[:–—-]?|{_CALLED_OFF}\s*(?:[:!]|\s[–—-](?=\s)|\Z))\s*(.*)", re.IGNORECASE
)
"""``Cancelled: Briefing``, ``[Canceled] Briefing``, ``AVLYST – Briefing``: what is written before a title."""


@dataclass(frozen=True)
class SourceEvent:
    """A VEVENT that was looked through.

    ``start`` and ``end`` (exclusive) are two days, or two hours with zones; None only where a whole series is called
    off. ``floats``: its hours were written without a zone, and are those of ``calendar.floating``. The moments of its
    recurrence are as they are written, days, or hours with or without a zone; :meth:`like_start` gives them the form of
    its beginning.
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
        """Which of two of the same is the later one: SEQUENCE first (RFC 5546, 2.1.5), then DTSTAMP."""
        sequence = self.part.text("SEQUENCE").strip()
        return int(sequence) if re.fullmatch(r"\d{1,9}", sequence) else 0, self.stamp, self.number

    @property
    def stamp(self) -> str:
        """DTSTAMP, if it can be read."""
        stamp = self.part.text("DTSTAMP").strip().upper()
        return stamp if MOMENT.fullmatch(stamp) else ""

    @property
    def standing(self) -> str:
        status = self.part.text("STATUS").strip().upper()
        if self.calendar.method == "CANCEL" or self.called_off:
            return "cancelled"
        return _STANDING_OF_STATUS.get(status, "confirmed")

    def like_start(self, moment: date) -> date:
        """A moment of the same series as the beginning of one of its occurrences: a day, or an hour in its zone."""
        start = self.start
        if not isinstance(start, datetime):
            return as_day(moment, self.calendar.floating)
        if not isinstance(moment, datetime):
            return datetime.combine(moment, start.time(), start.tzinfo)
        return moment.replace(tzinfo=start.tzinfo) if moment.tzinfo is None else moment.astimezone(start.tzinfo)


def read_title(part: Part) -> tuple[str, bool]:
    """The title, and whether it says that the event is called off: the standing says that, so the title need not."""
    title = plain(part.text("SUMMARY"), MAX_TITLE)
    match = _CANCELLED_TITLE.fullmatch(title)
    return (match[1] if match else title) or UNTITLED, match is not None


def read_uid(part: Part, title: str, calendar: SourceCalendar) -> str:
    """The event's identifier; one that has none, against RFC 5545, is known by its title and beginning."""
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
    """An event without its rules; raises EventFault for what contradicts itself or cannot be read."""
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
    """An identifier of its own for an event, made of its beginning and title too."""
    return f"{event.uid[: MAX_UID - 40]}#{_digest(*identity(event))}"


def identity(event: SourceEvent) -> tuple[str, str]:
    """Its beginning and title, which distinguish two events of one identifier."""
    return (moment_key(event.start) if event.start is not None else "", event.title)
