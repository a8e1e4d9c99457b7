"""Time zones by the names that programs and people use: IANA, Windows, vendors' prefixes, towns."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

UTC_NAMES = frozenset({"UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich", "Etc/UTC", "Etc/UCT", "Etc/GMT"})
_NO_PLACES = ("localtime", "posixrules", "Factory", "posix/", "right/")
"""Names that some machines have besides the zones of places, and others lack."""
_AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)

_DISPLAYED = re.compile(r"\((?:UTC|GMT)(?:([+-])(\d{1,2}):(\d{2}))?\)\s*(.+)")
"""``(UTC+01:00) Amsterdam, Berlin, Bern, Rome``: how Windows displays a zone."""
_IN_NORTH_AMERICA = re.compile(r"(\w+) Time \((?:US & )?Canada\)")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})")


def zone_named(name: str) -> tzinfo | None:
    """Return the zone that a calendar file means by a name, if the name is known without a definition; else None.

    A ZoneInfo, except for a bare offset such as ``UTC+01:00``.
    """
    name = name.strip()
    known = exact_zone(name)
    if known is not None:
        return known
    if name.casefold() == "tzone://microsoft/utc":
        return ZoneInfo("UTC")
    if match := _OFFSET.fullmatch(name):
        offset = _offset(*match.groups())
        return timezone(offset) if abs(offset) < timedelta(hours=24) else None
    return displayed_zone(name)


@cache
def exact_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name or a Windows identifier, with or without a vendor's prefix."""
    if not name:
        return None
    with warnings.catch_warnings():
        # It guesses at vendors' prefixes, with a warning.
        warnings.simplefilter("ignore")
        found = tzp.timezone(name)
    if not isinstance(found, ZoneInfo):
        same = zones_by_name().get(name.casefold())
        found = ZoneInfo(same) if same else None
    return found


@cache
def displayed_zone(name: str) -> ZoneInfo | None:
    """Return the zone that Windows displays under a name, if its towns or country identify it.

    If the towns are in several zones, these must have the same offsets throughout the years covered.
    """
    match = _DISPLAYED.fullmatch(name)
    if match is None:
        return None
    sign, hours, minutes, places = match.groups()
    if north := _IN_NORTH_AMERICA.fullmatch(places):
        return exact_zone(f"{north[1]} Standard Time")
    if places == "Coordinated Universal Time":
        return ZoneInfo("UTC")
    offset = _offset(sign, hours, minutes) if sign else timedelta(0)
    towns = zones_by_town()
    named = [towns[town] for place in places.split(",") if towns.get(town := place.strip().casefold())]
    found = [zone for name in named if _standard_offset(zone := ZoneInfo(name)) == offset]
    of_windows = [zone for zone in found if zone.key in WINDOWS_TO_OLSON.values()]
    found = of_windows or found
    return found[0] if found and len({_hours_kept(zone) for zone in found}) == 1 else None


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


_YEARS = range(2020, 2031)


def _hours_kept(zone: ZoneInfo) -> tuple[timedelta | None, ...]:
    """Return the offsets of a zone, day by day over several years."""
    first = datetime(_YEARS[0], 1, 1, tzinfo=UTC)
    days = (datetime(_YEARS[-1] + 1, 1, 1, tzinfo=UTC) - first).days
    return tuple((first + timedelta(days=day)).astimezone(zone).utcoffset() for day in range(days))


def _standard_offset(zone: ZoneInfo) -> timedelta:
    """Return the winter offset, by which Windows sorts its zones. Ireland and Morocco treat winter as the exception."""
    return min(datetime(2027, month, 1, tzinfo=zone).utcoffset() or timedelta(0) for month in (1, 7))


@cache
def zones_by_name() -> Mapping[str, str]:
    """IANA names by their lower-case form."""
    return {name.casefold(): name for name in available_timezones() if not name.startswith(_NO_PLACES)}


@cache
def zones_by_town() -> Mapping[str, str]:
    """IANA names by town, in lower case with blanks; empty if two zones name the same town."""
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, _, town = name.rpartition("/")
        if area.partition("/")[0] in _AREAS:
            key = town.replace("_", " ").replace("-", " ").casefold()
            found[key] = "" if key in found else name
    return found


def is_place(zone: tzinfo) -> bool:
    """Whether a zone belongs to a place, so that hours can be shown in it."""
    return isinstance(zone, ZoneInfo) and zone.key not in UTC_NAMES and not zone.key.startswith(_NO_PLACES)
