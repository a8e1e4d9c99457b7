"""The time zones that a reader can select."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_choices() -> tuple[str, ...]:
    """The IANA zones named after a place, sorted; read from the disk once, because that is slow."""
    return tuple(
        sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    )
