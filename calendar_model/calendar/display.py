"""The date of an item in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from calendar_model import wording
from calendar_model.vocabulary import WINDOWS, Standing


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, (Mapping, pd.Series)) else getattr(row, name)


def when(row: Any, zone: str | None = None) -> str:
    """Return when a row of the calendar table is, as one phrase.

    ``row`` is a mapping, a Series or a named tuple with the table's columns. Days are ``Mon 23 Feb – Tue 31 Mar
    2026``, expected ones ``expected Mon 22 Feb – Tue 30 Mar 2027``, windows ``Feb–Mar 2028 (dates not set)``, hours
    ``Thu 20 Mar 2025, 13:00 (Geneva time)`` in the place's own time, then the reader's where ``zone`` (IANA) is given
    and differs.
    """
    start, end, precision = _value(row, "start").date(), _value(row, "end").date(), _value(row, "date_precision")
    days = wording.when_known(start, end, precision, held=_value(row, "standing") == Standing.HELD)
    at = _value(row, "starts_at")
    place = _value(row, "timezone")
    if at is None or pd.isna(at) or not place or precision in WINDOWS:
        return days
    local = at.tz_convert(place)
    ends = _value(row, "ends_at")
    lasts = "" if ends is None or pd.isna(ends) or ends <= at else f"–{ends.tz_convert(place):%H:%M}"
    # In "Room XXI, Palais des Nations, Geneva" the city comes last.
    town = _value(row, "location").rsplit(",", 1)[-1].strip()
    whose = city(place) if town.casefold() in ("", "online") else town
    phrase = f"{days}, {local:%H:%M}{lasts} ({whose} time)"
    if zone and zone != place:
        there = at.tz_convert(ZoneInfo(zone))
        if there.utcoffset() != local.utcoffset():
            day = "" if there.date() == local.date() else f" {wording.day(there.date(), year=False)}"
            phrase += f", {there:%H:%M}{day} in {city(zone)}"
    return phrase


def city(zone: str) -> str:
    """Return the city of an IANA zone: ``New York`` for ``America/New_York``."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
