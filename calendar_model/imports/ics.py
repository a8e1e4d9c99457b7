"""An iCalendar file of strangers as plain rows: read in the child process alone, and importing nothing of the house
that could be reached from there.

Recurrences are expanded with their exceptions (RFC 5545, 3.8.5) inside the days that are asked for. Who is invited,
and by whom, is never taken over. What of a file cannot be understood becomes a row with a ``fault``, and the others
go on; what is no calendar at all is refused.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import x_wr_timezone
from icalendar import Calendar
from icalendar.cal import Component
from icalendar.prop import vBroken
from icalendar.timezone import tzp
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence

from calendar_model.imports.plan import ImportRefused

MOST_EVENTS = 5_000
"""Events that a file may hold; a mission's calendar has some hundreds a year."""
MOST_PARTS = 25_000
"""Parts (events, alarms, zones) that it may hold."""
MOST_ROWS = 2_000
"""Occurrences that are taken from one file; the first ones, in the order of time."""
_ENOUGH = 20_000
"""Occurrences after which no further series is expanded."""
_EARLIEST, _LATEST = 1970, 2100
_FIRST_DAY, _LAST_DAY = date(_EARLIEST, 1, 1), date(_LATEST, 12, 31)
_A_DAY = 24
"""Times a day that something may recur: what recurs more often is a machine's, or a trap."""

_MARKUP = 10
"""So many times the letters that are taken over are looked at, markup included: its parser is slow on what is none."""
TITLE, PLACE, TEXT, IDENTIFIER = 300, 300, 5_000, 500
"""Letters that are taken over of a title, a place, a description and an identifier."""

NO_CALENDAR = "This is not a calendar file. Choose a file that ends in .ics, as calendar programs export it."
BROKEN = (
    "The file breaks the rules of calendar files, and cannot be read. Export it again, or send its events by another "
    "program."
)
CUT_OFF = "The file ends in the middle: it was cut off on its way. Export or download it again."
_UTC_NAMES = frozenset({"UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich", "Etc/UTC", "Etc/UCT", "Etc/GMT"})
_NO_PLACES = ("localtime", "posixrules", "Factory", "posix/", "right/")
"""What some machines keep beside the zones of places, and others do not know."""
_ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
_STANDING = {"TENTATIVE": "provisional", "CANCELLED": "cancelled"}
_PACKED = {
    b"PK\x03\x04": "a packed folder or an Office file",
    b"\x1f\x8b": "a packed file",
    b"BZh": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"%PDF": "a PDF document",
}


@dataclass(frozen=True)
class Row:
    """An occurrence, or what is wrong with an event (``fault``, a sentence).

    Days are ISO dates of the place, ``end`` inclusive; hours are ISO times in ``timezone`` (IANA), empty for whole
    days. ``occurrence`` tells the occurrences of a series apart and is empty for an event that does not recur.
    ``series_cancelled``: all of the series is called off. ``private``: its author has marked it as not for everyone.
    ``outside``: it does not recur, and lies outside the days that were asked for.
    """

    number: int
    title: str
    uid: str = ""
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
    rows: list[Row] = field(default_factory=list)
    events: int = 0
    invited: bool = False
    moved_from: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    series: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    complete: bool = True

    def holds(self, row: Row) -> bool:
        """Whether a row lies in the days that are asked for."""
        return row.end >= self.since.isoformat() and row.start <= self.until.isoformat()


class _FaultError(ValueError):
    """What is wrong with one event; ``str()`` is a sentence for the reader."""


@dataclass(frozen=True)
class _Event:
    """A VEVENT that was looked through. ``floating`` is the zone of hours that have none."""

    number: int
    component: Component
    uid: str
    title: str
    floating: ZoneInfo
    method: str

    @property
    def recurrence(self) -> str:
        """Which occurrence of its series it is about; empty: the series, or an event that does not recur."""
        value = _one(self.component, "RECURRENCE-ID")
        return _key(value.dt) if value is not None else ""

    @property
    def recurs(self) -> bool:
        return any(name in self.component for name in ("RRULE", "RDATE"))

    @property
    def age(self) -> tuple[int, str, int]:
        """Which of two of the same is the later one: SEQUENCE first (RFC 5546, 2.1.5), then DTSTAMP."""
        sequence, stamp = _one(self.component, "SEQUENCE"), _one(self.component, "DTSTAMP")
        return int(sequence or 0), _key(stamp.dt) if stamp is not None else "", self.number


def read_calendar(data: bytes, *, timezone: str, since: str, until: str) -> dict[str, Any]:
    """The rows of an iCalendar file, as plain JSON values.

    ``timezone`` (IANA) is that of hours without a zone, ``since`` and ``until`` are ISO dates, both included. Gives
    ``rows`` (:class:`Row`, in the order of time), ``series`` (UIDs of which all occurrences between the two days are
    among the rows), ``remarks`` (sentences), ``name`` (the calendar's own), ``events`` (how many it holds) and
    ``complete`` (false: there were more occurrences than are taken, so that one that is not here is not gone).

    Raises :class:`~calendar_model.imports.plan.ImportRefused`.
    """
    reading = _Reading(ZoneInfo(timezone), date.fromisoformat(since), date.fromisoformat(until))
    text = _text(data, reading)
    calendars = _calendars(text)
    events = [event for calendar in calendars for event in _events(calendar, reading)]
    for uid, together in _by_uid(_newest(events, reading)).items():
        _expand(uid, together, reading)
    rows = sorted(reading.rows, key=lambda row: (row.outside, row.start, row.start_time, row.number, row.occurrence))
    inside = sum(not row.outside for row in rows)
    if inside > MOST_ROWS:
        reading.complete = False
        del rows[MOST_ROWS:inside]
    return {
        "rows": [asdict(row) for row in rows],
        "series": sorted(reading.series) if reading.complete else [],
        "remarks": [*reading.remarks, *_remarks(reading)],
        "name": next((name for calendar in calendars if (name := _calendar_name(calendar))), ""),
        "events": reading.events,
        "complete": reading.complete,
    }


def _text(data: bytes, reading: _Reading) -> str:
    for start, what in _PACKED.items():
        if data.startswith(start):
            raise ImportRefused(
                f"This is {what}, not a calendar file. Unpack or export it to a file that ends in .ics."
            )
    text = _decoded(data, reading).lstrip("\ufeff \t\r\n").replace("\0", "")
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise ImportRefused(NO_CALENDAR)
    begun = Counter(part.upper() for part in re.findall(r"^BEGIN:([\w-]+)", text, re.IGNORECASE | re.MULTILINE))
    if begun["VEVENT"] > MOST_EVENTS or begun.total() > MOST_PARTS:
        raise ImportRefused(
            f"The calendar holds more than {MOST_EVENTS:,} events, or {MOST_PARTS:,} parts. Export a shorter stretch "
            "of time."
        )
    return text


def _decoded(data: bytes, reading: _Reading) -> str:
    wide = (
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else {b"B\0": "utf-16-le", b"\0B": "utf-16-be"}.get(data[:2])
    )
    try:
        return data.decode(wide or "utf-8-sig")
    except UnicodeDecodeError:
        if wide:
            raise ImportRefused(CUT_OFF) from None
    reading.remarks.append(
        "The file is not in UTF-8. It was read as Western European: look whether accented letters are right."
    )
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _calendars(text: str) -> list[Calendar]:
    try:
        found = [calendar for calendar in Calendar.from_ical(text, multiple=True) if calendar.name == "VCALENDAR"]
    except Exception:  # noqa: BLE001  a parser raises what it likes at what strangers write
        raise ImportRefused(BROKEN) from None
    if not found:
        raise ImportRefused(CUT_OFF)
    for calendar in found:
        if (_said(calendar, "CALSCALE") or "GREGORIAN").upper() != "GREGORIAN":
            raise ImportRefused(
                "The calendar counts its days in another way than the Gregorian one. Export it in that."
            )
        if _method(calendar) in _ANSWERS:
            raise ImportRefused(
                "This is somebody's answer to an invitation, and brings no event. Import the invitation."
            )
    return found


def _method(calendar: Calendar) -> str:
    return (_said(calendar, "METHOD") or "").strip().upper()


def _calendar_name(calendar: Calendar) -> str:
    return _plain(_said(calendar, "X-WR-CALNAME") or _said(calendar, "NAME") or "", TITLE)


def _events(calendar: Calendar, reading: _Reading) -> Iterator[_Event]:
    """The events of a calendar that can be understood; the others are among the rows, with what is wrong."""
    calendar, floating = _with_its_zone(calendar, reading)
    for component in calendar.subcomponents:
        if component.name != "VEVENT":
            reading.skipped[str(component.name)] += component.name != "VTIMEZONE"
            continue
        number = reading.events = reading.events + 1
        reading.invited |= "ATTENDEE" in component or "ORGANIZER" in component
        title, uid = _plain(_said(component, "SUMMARY") or "", TITLE), ""
        try:
            event = _Event(number, component, uid := _uid(component, title), title, floating, _method(calendar))
            _look_through(event)
            yield event
        except _FaultError as fault:
            reading.rows.append(Row(number, title, uid, fault=str(fault)))


def _with_its_zone(calendar: Calendar, reading: _Reading) -> tuple[Calendar, ZoneInfo]:
    """The calendar with its hours in the zone that it names for all of itself, and that zone."""
    named = (_said(calendar, "X-WR-TIMEZONE") or "").strip()
    zone: Any = tzp.timezone(named) if named else None
    if not isinstance(zone, ZoneInfo):
        if named:
            reading.remarks.append(f"The calendar's own time zone “{_plain(named, 60)}” is not known here.")
        return calendar, reading.home
    try:
        return x_wr_timezone.to_standard(calendar, timezone=zone), zone
    except Exception:  # noqa: BLE001  as it stands its hours are right too, only in another zone
        return calendar, zone


def _uid(component: Component, title: str) -> str:
    """The event's identifier; one that has none, against RFC 5545, is known by its title and beginning."""
    if uid := (_said(component, "UID") or "").strip()[:IDENTIFIER]:
        return uid
    start = _one(component, "DTSTART")
    said = f"{title}\n{_key(start.dt) if hasattr(start, 'dt') else ''}"
    return f"without-uid-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _look_through(event: _Event) -> None:
    """Refuses what an event says against itself, before anything is worked out from it."""
    component = event.component
    start, end = _moment(component, "DTSTART"), _moment(component, "DTEND")
    if start is None:
        if event.method == "CANCEL" and not event.recurrence:
            return
        raise _FaultError("It does not say when it begins.")
    if end is not None:
        if isinstance(start, datetime) is not isinstance(end, datetime):
            raise _FaultError("It begins on a whole day and ends at an hour, or the other way round.")
        if _comparable(end, event.floating) < _comparable(start, event.floating):
            raise _FaultError("It ends before it begins.")
    duration = _one(component, "DURATION")
    if duration is not None and end is None:
        if not isinstance(length := getattr(duration, "dt", None), timedelta):
            raise _FaultError("Its length cannot be read.")
        if length < timedelta(0):
            raise _FaultError("It ends before it begins.")
        if not isinstance(start, datetime) and length.seconds:
            raise _FaultError("It begins on a whole day and lasts for hours.")
    _moment(component, "RECURRENCE-ID")
    _one(component, "SEQUENCE"), _one(component, "DTSTAMP")
    _look_through_recurrence(component)


def _look_through_recurrence(component: Component) -> None:
    for name in ("RRULE", "RDATE", "EXDATE"):
        if any(isinstance(value, vBroken) for value in _all(component, name)):
            raise _FaultError("How it recurs cannot be read.")
    if sum(len(value.dts) for name in ("RDATE", "EXDATE") for value in _all(component, name)) > MOST_EVENTS:
        raise _FaultError(f"It recurs on more than {MOST_EVENTS:,} days of a list.")
    for rule in _all(component, "RRULE"):
        times = math.prod(len(rule.get(name, ())) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if rule.get("FREQ", [""])[0] in ("SECONDLY", "MINUTELY", "HOURLY") or times > _A_DAY:
            raise _FaultError("It recurs every hour or more often: nobody's calendar does that.")
        if any(not isinstance(every, int) or every < 1 for every in rule.get("INTERVAL", ())):
            raise _FaultError("How it recurs cannot be read.")


def _moment(component: Component, name: str) -> date | None:
    """A day or an hour of an event; None if it does not say."""
    value = _one(component, name)
    if value is None:
        return None
    moment = getattr(value, "dt", None)
    if not isinstance(moment, date):
        raise _FaultError("Its days or hours cannot be read.")
    if isinstance(moment, datetime) and moment.tzinfo is None and (zone := value.params.get("TZID")):
        raise _FaultError(f"Its hours are in the time zone “{_plain(str(zone), 60)}”, which the file does not explain.")
    if not _EARLIEST <= moment.year <= _LATEST:
        raise _FaultError(f"It is dated {moment.year}; dates from {_EARLIEST} to {_LATEST} are taken.")
    return moment


def _newest(events: Sequence[_Event], reading: _Reading) -> list[_Event]:
    """Of several that are the same occurrence, the one that was changed last; the others are refused."""
    kept: dict[tuple[str, str], _Event] = {}
    for event in events:
        key = (event.uid, event.recurrence)
        older, kept[key] = sorted((event, kept.get(key, event)), key=lambda one: one.age)
        if older is not event or kept[key] is not event:
            says = "The file holds it twice; the one that was changed last is taken."
            reading.rows.append(Row(older.number, older.title, older.uid, fault=says))
    return list(kept.values())


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
            planned: date = _one(moved._component, "RECURRENCE-ID").dt
        else:
            planned = self.start - moved.move_recurrences_by
        return planned


_ALL_EVENTS = (ComponentsWithName("VEVENT", occurrence=_Known),)


def _expand(uid: str, events: Sequence[_Event], reading: _Reading) -> None:
    first = events[0]
    whole = next((event for event in events if not event.recurrence), None)
    if whole is not None and whole.method == "CANCEL" and not whole.recurs:
        reading.rows.append(Row(whole.number, whole.title, uid, standing="cancelled", series_cancelled=True))
        return
    if len(reading.rows) > _ENOUGH:
        reading.complete = False
        return
    together = Calendar()
    for event in events:
        together.add_component(event.component)
    of = {id(event.component): event for event in events}
    recurs = len(events) > 1 or bool(first.recurs or first.recurrence)
    # One that does not recur is told wherever it lies: it may have been moved away from where it was taken over.
    since, until = (reading.since, reading.until) if recurs else (_FIRST_DAY, _LAST_DAY)
    try:
        found = [
            _row(of[id(occurrence.source())], occurrence, bool(whole and whole.recurs), reading)
            for series in CalendarQuery(together, components=_ALL_EVENTS).series
            for occurrence in series.between(since, until + timedelta(days=1))
        ]
    except Exception as fault:  # noqa: BLE001  whatever the rule does to the library, the other events go on
        says = str(fault) if isinstance(fault, _FaultError) else "How it recurs cannot be worked out."
        reading.rows.append(Row(first.number, first.title, uid, fault=says))
        return
    reading.rows += (replace(row, outside=not reading.holds(row)) for row in found)
    if whole is not None:
        reading.series.add(uid)


def _row(event: _Event, occurrence: _Known, recurs: bool, reading: _Reading) -> Row:
    component = event.component
    status = (_said(component, "STATUS") or "").strip().upper()
    row = Row(
        event.number,
        event.title,
        event.uid,
        _key(_as_written(component, occurrence.was_to_be())) if recurs or event.recurrence else "",
        standing="cancelled" if event.method == "CANCEL" else _STANDING.get(status, "confirmed"),
        location=_plain(_said(component, "LOCATION") or "", PLACE),
        programme=_programme(component),
        private=(_said(component, "CLASS") or "PUBLIC").strip().upper() != "PUBLIC",
    )
    start, end = _as_written(component, occurrence.start), _as_written(component, occurrence.end)
    if not isinstance(start, datetime):
        # An end of whole days is the day after the last one (RFC 5545, 3.6.1).
        last = max(end - timedelta(days=1), start)
        return replace(row, start=start.isoformat(), end=last.isoformat())
    assert isinstance(end, datetime)
    zone = _zone(start, event, reading)
    first, last_hour = (_in(moment, zone, event) for moment in (start, end))
    return replace(
        row,
        start=first.date().isoformat(),
        end=last_hour.date().isoformat(),
        start_time=_hour(first.time()),
        end_time=_hour(last_hour.time()) if last_hour.timestamp() > first.timestamp() else "",
        timezone=zone.key,
    )


def _as_written(component: Component, moment: date) -> date:
    """A day where the event is written in days: beside hours the library turns them into midnights."""
    written = _one(component, "DTSTART").dt
    return moment.date() if isinstance(moment, datetime) and not isinstance(written, datetime) else moment


def _zone(moment: datetime, event: _Event, reading: _Reading) -> ZoneInfo:
    """In which zone an hour is said: its own, if that is the name of a place, else the one that was chosen."""
    known = moment.tzinfo
    if known is None:
        reading.moved_from[f"Hours without a time zone were taken as those of {event.floating.key}."] += 1
        return event.floating
    if isinstance(known, ZoneInfo) and known.key not in _UTC_NAMES and not known.key.startswith(_NO_PLACES):
        return known
    utc = moment.utcoffset() == timedelta(0) and isinstance(known, ZoneInfo)
    what = "UTC" if utc else "a time zone of the calendar's own"
    reading.moved_from[f"Hours in {what} are shown in those of {reading.home.key}."] += 1
    return reading.home


def _in(moment: datetime, zone: ZoneInfo, event: _Event) -> datetime:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=event.floating)).astimezone(zone)


def _hour(value: time) -> str:
    return value.replace(microsecond=0, tzinfo=None).isoformat()


def _key(moment: date) -> str:
    """A moment as iCalendar writes it: a day, an hour in UTC, or an hour without a zone."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if moment.tzinfo is not None else f"{moment:%Y%m%dT%H%M%S}"


def _comparable(moment: date, floating: ZoneInfo) -> float:
    if not isinstance(moment, datetime):
        return moment.toordinal()
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=floating)).timestamp()


def _programme(component: Component) -> str:
    text = _said(component, "DESCRIPTION") or _said(component, "X-ALT-DESC") or ""
    address = (_said(component, "URL") or "").strip()
    parts = [_plain(text, TEXT, lines=True)]
    if re.match(r"https?://\S+$", address, re.IGNORECASE) and len(address) <= IDENTIFIER and address not in text:
        parts.append(address)
    return "\n\n".join(part for part in parts if part)


def _all(component: Component, name: str) -> list[Any]:
    value = component.get(name)
    return [] if value is None else value if isinstance(value, list) else [value]


def _one(component: Component, name: str) -> Any:
    """The value of what stands once in a component; None if it does not stand there."""
    values = _all(component, name)
    if len(values) > 1 or any(isinstance(value, vBroken) for value in values):
        raise _FaultError(
            "Its days or hours cannot be read." if name.startswith("DT") else f"Its {name} cannot be read."
        )
    return values[0] if values else None


def _said(component: Component, name: str) -> str | None:
    """The first text of a name."""
    return next((str(value) for value in _all(component, name)), None)


class _Words(HTMLParser):
    """The words of an HTML text, a line for each of its blocks."""

    _BLOCKS = frozenset({"br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr"})
    _UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._unseen += tag in self._UNSEEN
        if tag in self._BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in self._UNSEEN and self._unseen > 0
        if tag in self._BLOCKS - {"br", "hr"}:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)


_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)


def _plain(text: str, most: int, *, lines: bool = False) -> str:
    """A text without HTML, control characters and needless blanks, of at most so many letters."""
    text = text[: most * _MARKUP]
    if _TAG.search(text):
        words = _Words()
        words.feed(text)
        words.close()
        text = "".join(words.said)
    cleaned = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    if lines:
        cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in cleaned.split("\n"))).strip()
    else:
        cleaned = " ".join(cleaned.split())
    return cleaned if len(cleaned) <= most else f"{cleaned[: most - 1].rstrip()}…"


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
        yield f"Only the first {MOST_ROWS:,} occurrences are here; ask for fewer days to have the others."
