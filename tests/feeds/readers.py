"""Four readers of a feed: icalendar, vobject, ical (that of Home Assistant), and the bare content lines.

`build_with_icalendar` is the way back: icalendar's own building and writing of what it read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import icalendar
import vobject
from ical.calendar_stream import CalendarStream
from icalendar.prop import vCategory, vDuration, vInt, vText, vUri


class Seen(NamedTuple):
    """What a reader makes of an event; instants in UTC."""

    uid: str
    summary: str
    start: date | datetime
    end: date | datetime | None
    sequence: int
    status: str
    description: str
    categories: tuple[str, ...]
    location: str


def by_icalendar(feed: bytes) -> dict[str, Seen]:
    """The events as icalendar reads them, by identifier."""
    seen = {}
    for event in icalendar.Calendar.from_ical(feed).walk("VEVENT"):
        uid = str(event["UID"])
        assert uid not in seen
        seen[uid] = Seen(
            uid,
            str(event["SUMMARY"]),
            event.decoded("DTSTART"),
            event.decoded("DTEND", None),
            event.decoded("SEQUENCE"),
            str(event["STATUS"]),
            str(event["DESCRIPTION"]),
            tuple(event.decoded("CATEGORIES")),
            str(event.get("LOCATION", "")),
        )
    return seen


def by_vobject(feed: bytes) -> dict[str, Seen]:
    """The events as vobject reads them, by identifier."""
    seen = {}
    for event in vobject.readOne(feed.decode()).contents.get("vevent", []):
        uid = event.uid.value
        assert uid not in seen
        end, location = event.contents.get("dtend"), event.contents.get("location")
        seen[uid] = Seen(
            uid,
            event.summary.value,
            event.dtstart.value,
            end[0].value if end else None,
            int(event.sequence.value),
            event.status.value,
            event.description.value,
            tuple(event.categories.value),
            location[0].value if location else "",
        )
    return seen


def by_ical(feed: bytes) -> dict[str, Seen]:
    """The events as ical reads them, by identifier."""
    seen = {}
    for event in CalendarStream.from_ics(feed.decode()).calendars[0].events:
        assert event.uid not in seen
        assert event.dtstart is not None
        seen[event.uid] = Seen(
            event.uid,
            event.summary or "",
            event.dtstart,
            event.dtend,
            event.sequence or 0,
            event.status.value if event.status else "",
            event.description or "",
            tuple(event.categories),
            event.location or "",
        )
    return seen


def lines(feed: bytes) -> list[str]:
    """The content lines of a feed, unfolded, as they are written."""
    assert feed.endswith(b"\r\n")
    return feed.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def events(feed: bytes) -> list[list[str]]:
    """The content lines of each event, without its BEGIN and END."""
    found: list[list[str]] = []
    inside = False
    for line in lines(feed):
        if line == "END:VEVENT":
            inside = False
        if inside:
            found[-1].append(line)
        if line == "BEGIN:VEVENT":
            inside = True
            found.append([])
    return found


def calendar_lines(feed: bytes) -> list[str]:
    """The content lines of the calendar itself."""
    read = lines(feed)
    first = next(i for i, line in enumerate(read) if i and line.startswith(("BEGIN:", "END:")))
    return read[1:first]


def reversed_components(feed: bytes) -> bytes:
    """The same calendar with its events in the opposite order."""
    calendar = icalendar.Calendar.from_ical(feed)
    calendar.subcomponents.reverse()
    return bytes(calendar.to_ical())


Property = tuple[str, Any, dict[str, str]]
_TEXT = ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "UID", "STATUS", "CLASS")


def values(feed: bytes) -> tuple[list[Property], list[list[Property]]]:
    """Names, plain Python values and parameters of the calendar's properties and of each event's."""
    calendar = icalendar.Calendar.from_ical(feed)
    return _properties(calendar), [_properties(event) for event in calendar.walk("VEVENT")]


def _properties(component: icalendar.Component) -> list[Property]:
    found: list[Property] = []
    for name, value in component.items():
        parameters = {key: str(setting) for key, setting in value.params.items() if key == "RELTYPE"}
        if isinstance(value, vCategory):
            found.append((name, [str(code) for code in value.cats], parameters))
        elif isinstance(value, vInt):
            found.append((name, int(value), parameters))
        elif hasattr(value, "dt"):
            found.append((name, value.dt, parameters))
        else:
            found.append((name, str(value), parameters))
    return found


def build_with_icalendar(calendar: Sequence[Property], items: Sequence[Sequence[Property]]) -> bytes:
    """icalendar's plain way: make a calendar and its events of Python values, and write them."""
    made = icalendar.Calendar()
    for name, value, _ in calendar:
        if name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
            made.add(name, vDuration(value) if not isinstance(value, str) else vText(value))
        elif name in ("SOURCE", "URL"):
            made.add(name, vUri(value))
        else:
            text = isinstance(value, str)
            made.add(name, vText(value if name == "DESCRIPTION" else _unescaped(value)) if text else value)
    made["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    made["SOURCE"].params["VALUE"] = "URI"
    for properties in items:
        event = icalendar.Event()
        for name, value, parameters in properties:
            event.add(name, value, parameters=parameters)
        made.add_component(event)
    return bytes(made.to_ical())


def _unescaped(value: str) -> str:
    """icalendar keeps the values of properties that it does not know as they are written."""
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], value)
