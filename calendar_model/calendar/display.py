"""The date of an item in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from calendar_model import wording
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing

_NO_BREAK = "\u00a0"
"""A space that does not break."""


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, (Mapping, pd.Series)) else getattr(row, name)


def when(row: Any, zone: str | None = None) -> str:
    """Return when a row of the calendar table is, as one phrase.

    ``row`` is a mapping, a Series or a named tuple with the table's columns. Days are ``Mon 23 Feb – Tue 31 Mar
    2026``, expected ones ``expected Mon 22 Feb – Tue 30 Mar 2027``, windows ``Feb–Mar 2028 (dates not set)``. Hours are
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
    phrase = _("{days}, {hours} ({place} time)").format(days=days, hours=f"{local:%H:%M}{lasts}", place=whose)
    if zone and zone != place:
        there = at.tz_convert(ZoneInfo(zone))
        if there.utcoffset() != local.utcoffset():
            day = "" if there.date() == local.date() else f" {wording.day(there.date(), year=False)}"
            phrase += _(", {there:%H:%M}{day} in {city}").format(there=there, day=day, city=city(zone))
    return phrase


def interval_words(row: Any) -> str:
    """Return the uncertainty of an expected day, the larger distance to both ends: ``± 7 days``, unbroken.

    Empty for an item without an expected day, and if the interval is the day itself. ``row`` as in :func:`when`.
    """
    if _value(row, "date_precision") != Precision.EXPECTED:
        return ""
    start = _value(row, "start")
    days = max((start - _value(row, "earliest")).days, (_value(row, "latest") - start).days)
    return f"±{_NO_BREAK}{days}{_NO_BREAK}{_('day') if days == 1 else _('days')}" if days else ""


def listed_when(row: Any, *, as_of: date, zone: str | None = None) -> str:
    """Return when a row is, for a line of a list: :func:`when` with the interval, or the term of a mandate holder.

    ``expected Mon 22 Feb 2027 ± 7 days``; ``since Nov 2017`` of a term that is open on ``as_of``, and ``Jun 2018 – Apr
    2024`` of one that is over.
    """
    if _value(row, "kind") == Kind.MANDATE_HOLDER:
        return _term(_value(row, "start").date(), _value(row, "end").date(), _value(row, "date_precision"), as_of)
    phrase, interval = when(row, zone), interval_words(row)
    if not interval:
        return phrase
    return f"{phrase}{' ' if _value(row, 'all_day') else ', '}{interval}"


def listed_when_known(row: Any, *, as_of: date, zone: str | None = None) -> str:
    """Return :func:`listed_when` with the standing: ``Mon 23 – Fri 27 Nov 2026, confirmed``.

    The phrases for an expected day and for a window already say that they are projected.
    """
    phrase, standing = listed_when(row, as_of=as_of, zone=zone), Standing(_value(row, "standing"))
    if standing is Standing.PROJECTED and _value(row, "date_precision") != Precision.DAY:
        return phrase
    return f"{phrase}, {wording.standing_words(standing).lower()}"


def _term(start: date, end: date, precision: str, as_of: date) -> str:
    first = wording.span(start, start, precision)
    if end < as_of:
        return f"{first} – {wording.span(end, end, precision)}"
    return _("from {first}").format(first=first) if start > as_of else _("since {first}").format(first=first)


def city(zone: str) -> str:
    """Return the city of an IANA zone: ``New York`` for ``America/New_York``."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
