"""Time zones defined in a calendar file (VTIMEZONE; RFC 5545, 3.6.5)."""

from __future__ import annotations

from datetime import datetime, tzinfo

from icalendar import Timezone

from calendar_model.imports.ics.content_lines import Part
from calendar_model.imports.zones import exact_zone, zone_named

_YEARS = range(2020, 2031)


class DefinedZones:
    """The zones defined in a calendar (VTIMEZONE), each built when an event needs it."""

    def __init__(self, calendar: Part) -> None:
        self._parts = {
            name: part for part in calendar.parts if part.name == "VTIMEZONE" and (name := part.text("TZID").strip())
        }
        self._found: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return the zone of a name: the standard one, else the one defined in the calendar, else None."""
        if name not in self._found:
            self._found[name] = exact_zone(name) or self._defined(name) or zone_named(name)
        return self._found[name]

    def _defined(self, name: str) -> tzinfo | None:
        part = self._parts.get(name)
        if part is None:
            return None
        try:
            parsed = Timezone.from_ical("\r\n".join([*_content_lines(part), ""]))
            assert isinstance(parsed, Timezone)
            zone = parsed.to_tz(lookup_tzid=False)
            # A definition can be built and still fail, or have no offset, when used.
            asked = [datetime(year, month, 1, 12, tzinfo=zone).utcoffset() for year in _YEARS for month in (1, 7)]
        except Exception:  # noqa: BLE001  a parser raises what it likes at what strangers write
            return None
        return zone if None not in asked else None


def _content_lines(part: Part) -> list[str]:
    """A definition as content lines, without the properties that a zone does not need."""
    kept = ("TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
    lines = [f"{name}:{one.value.strip()}" for name in kept for one in part.properties.get(name, ())]
    inner = [line for one in part.parts for line in _content_lines(one)]
    return [f"BEGIN:{part.name}", *lines, *inner, f"END:{part.name}"]
