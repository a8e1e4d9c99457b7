"""Write the calendar table as an iCalendar object (RFC 5545, RFC 7986).

Only the columns that :mod:`calendar_model.calendar.columns` declares for feeds are written. No feed names an attendee,
an organiser or a contact.

Days and hours
    An item of whole days is written as dates with an exclusive end, and never as midnight. A timed item is
    written in UTC, because that is right in every client whatever it knows of time zones; the wall time at
    the place is in the description. A deadline is a moment: it has a start and no end. An expected item is
    written on its expected days, a window (``date_precision`` month or year) on its first day; both are tentative
    and leave the reader free. No entry is longer than what it stands for: it ends on ``entry_end``, which of a
    session that lasts a year is the end of its main part.

Standing
    projected and provisional: TENTATIVE; confirmed and held: CONFIRMED; cancelled: CANCELLED, in the feed
    for 90 days after the record changed, then left out. Few clients show STATUS, so the summary says it
    too.

Categories
    The codes of the organisation, of the body and of the kind (``un-hrc``, ``un-hrc-upr``, ``upr-review``).
    Names change and codes do not, and a reader's colours depend on them.

Alarms
    Only where they are asked for, and only of deadlines that are still to come: so many days before. A deadline
    of a whole day reminds at nine in the morning of the reader's clock, because an alarm
    counts from the midnight before (RFC 5545, 3.8.6.3).

An empty feed
    RFC 5545 (3.4) asks for at least one component, and RFC 5546 (3.2.1) for an event where the method is
    PUBLISH, while a filter that matches nothing today is a good subscription. Such a feed has one
    VTIMEZONE, of UTC, and no METHOD: valid by the grammar, and nothing to see in any client. (Outlook
    itself exports calendars without events: MS-STANOICAL 2.1.13.)
"""

from __future__ import annotations

import uuid
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from calendar_model import wording
from calendar_model.calendar.columns import COLUMNS, IN_FEEDS, ColumnType
from calendar_model.feeds import content, links
from calendar_model.vocabulary import UID_DOMAIN, WINDOWS, Confidence, Kind, Precision, Sensitivity, Standing

PRODUCT = "-//HRD calendar//Multilateral calendar for human rights defenders//EN"
REFRESH_EVERY = "PT6H"
"""How often a client should ask again. Google keeps its own pace; Outlook.com asks every three hours."""

CANCELLED_FOR = timedelta(days=90)
"""How long after its last change a cancelled item stays in a feed."""

FOLLOW_UP = "follow-up-"
"""What the identifiers of a person's follow-ups begin with; they have a page of their own, and none on the timeline."""


class IncompleteItemError(ValueError):
    """An item that cannot be written; the message says which, and what is missing."""


_FeedRow: Any = namedtuple("_FeedRow", IN_FEEDS)  # type: ignore[misc]
"""The part of a row of the calendar table that is written; days as 2026-02-23, instants in UTC, "NaT" for none."""

_MOMENTS = {ColumnType.DAY: "datetime64[D]", ColumnType.INSTANT: "datetime64[s]"}
"""How fine a day and an instant are written."""

_STATUS = {
    Standing.HELD: "CONFIRMED",
    Standing.CONFIRMED: "CONFIRMED",
    Standing.PROVISIONAL: "TENTATIVE",
    Standing.PROJECTED: "TENTATIVE",
    Standing.NOT_CONFIRMED: "TENTATIVE",
    Standing.CANCELLED: "CANCELLED",
}
_STANDING = {
    Standing.HELD: "Held.",
    Standing.CONFIRMED: "Confirmed.",
    Standing.PROVISIONAL: "Provisional: announced, but may still change.",
    Standing.PROJECTED: "Projected: calculated by a rule, not officially announced.",
    Standing.NOT_CONFIRMED: "Not confirmed: the dates have passed, and no outcome is recorded.",
    Standing.CANCELLED: "Cancelled.",
}

_WORKED_OUT = (Standing.PROJECTED, Standing.NOT_CONFIRMED)

_OVER = (Standing.HELD, Standing.NOT_CONFIRMED, Standing.CANCELLED)
"""The standings of what is not still to come."""

_CSS_COLOURS = {
    "black": 0x000000, "gray": 0x808080, "silver": 0xC0C0C0, "slategray": 0x708090,
    "darkslategray": 0x2F4F4F, "maroon": 0x800000, "darkred": 0x8B0000, "firebrick": 0xB22222,
    "crimson": 0xDC143C, "red": 0xFF0000, "indianred": 0xCD5C5C, "salmon": 0xFA8072, "tomato": 0xFF6347,
    "orangered": 0xFF4500, "coral": 0xFF7F50, "sienna": 0xA0522D, "saddlebrown": 0x8B4513,
    "chocolate": 0xD2691E, "peru": 0xCD853F, "darkorange": 0xFF8C00, "orange": 0xFFA500,
    "goldenrod": 0xDAA520, "darkgoldenrod": 0xB8860B, "gold": 0xFFD700, "khaki": 0xF0E68C,
    "olive": 0x808000, "olivedrab": 0x6B8E23, "yellowgreen": 0x9ACD32, "darkolivegreen": 0x556B2F,
    "green": 0x008000, "darkgreen": 0x006400, "forestgreen": 0x228B22, "seagreen": 0x2E8B57,
    "mediumseagreen": 0x3CB371, "limegreen": 0x32CD32, "teal": 0x008080, "darkcyan": 0x008B8B,
    "lightseagreen": 0x20B2AA, "cadetblue": 0x5F9EA0, "turquoise": 0x40E0D0, "steelblue": 0x4682B4,
    "skyblue": 0x87CEEB, "deepskyblue": 0x00BFFF, "dodgerblue": 0x1E90FF, "cornflowerblue": 0x6495ED,
    "royalblue": 0x4169E1, "blue": 0x0000FF, "mediumblue": 0x0000CD, "navy": 0x000080,
    "midnightblue": 0x191970, "slateblue": 0x6A5ACD, "darkslateblue": 0x483D8B, "indigo": 0x4B0082,
    "rebeccapurple": 0x663399, "mediumpurple": 0x9370DB, "purple": 0x800080, "darkmagenta": 0x8B008B,
    "darkorchid": 0x9932CC, "orchid": 0xDA70D6, "plum": 0xDDA0DD, "mediumvioletred": 0xC71585,
    "deeppink": 0xFF1493, "palevioletred": 0xDB7093, "hotpink": 0xFF69B4,
}  # fmt: skip


@dataclass(frozen=True)
class CalendarProperties:
    """What a calendar says of itself, as clients show it.

    ``url`` is the public address of the dashboard without a slash at the end. ``source`` is the address of the feed,
    with the filter in the names of the dashboard's own address. Both are empty for a file that belongs to no
    server, and then has no links. ``colour`` is ``#rrggbb`` or empty. ``identity`` stands for the source in a feed
    whose address is a secret, which a file that is handed on must not tell.
    """

    name: str
    description: str = ""
    url: str = ""
    source: str = ""
    colour: str = ""
    identity: str = ""


def feed_bytes(
    table: pd.DataFrame, properties: CalendarProperties, *, as_of: date | None = None, alarm_days: int | None = None
) -> bytes:
    """A whole iCalendar object, in UTF-8, of a calendar table that is already filtered.

    `table` has the columns in `IN_FEEDS`, others are not looked at. `alarm_days`: each deadline has a reminder so many
    days before, at least one. A cancelled item is left out when `as_of` (or ``table.attrs["as_of"]``) is more than 90
    days after its last change; an occurrence that was due and did not take place (a departure) is a cancelled item like
    any other.

    The same table gives the same bytes. Raises `IncompleteItemError` for a row without identifier, title or
    dates, and ValueError when the day is not known.
    """
    day = as_of or table.attrs.get("as_of")
    if day is None:
        raise ValueError("Give the date of the feed: pass as_of, or set table.attrs['as_of'].")
    return calendar_bytes(table[~expired(table, day)], properties, alarm_days=alarm_days)


def calendar_bytes(table: pd.DataFrame, properties: CalendarProperties, *, alarm_days: int | None = None) -> bytes:
    """As `feed_bytes`, with every row of the table that is not restricted, however long ago it was cancelled."""
    rows = list(_rows(table.loc[table["sensitivity"] != Sensitivity.RESTRICTED, list(IN_FEEDS)]))
    head = _head(properties, updated=max((row.updated for row in rows), default=""))
    # What has no reminder has the same bytes in every feed.
    days = [alarm_days if alarm_days and _has_reminder(row) else None for row in rows]
    events = [_event(row, properties.url, before) for row, before in zip(rows, days, strict=True)]
    return b"".join([head, *events, b"END:VCALENDAR\r\n"])


def expired(table: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Which rows are cancelled and changed last more than 90 days before `as_of`."""
    return (table["standing"] == Standing.CANCELLED) & (table["updated"] < pd.Timestamp(as_of - CANCELLED_FOR))


def css_colour(colour: str) -> str:
    """The CSS3 colour name that RFC 7986 (5.9) asks for, next to ``#rrggbb``.

    Next: the least sum of squared differences of red, green and blue, over the names that are strong enough
    to be seen as a calendar's colour.
    """
    wanted = int(colour.removeprefix("#"), 16)

    def distance(value: int) -> int:
        return sum(((wanted >> shift & 0xFF) - (value >> shift & 0xFF)) ** 2 for shift in (16, 8, 0))

    return min(_CSS_COLOURS, key=lambda css: distance(_CSS_COLOURS[css]))


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    columns: list[list[object]] = []
    for column in IN_FEEDS:
        values, type_ = table[column], COLUMNS[column].type
        if type_ in _MOMENTS:
            columns.append(_iso(values.to_numpy(dtype=_MOMENTS[type_])))
        elif type_ in (ColumnType.FLAG, ColumnType.NUMBER):
            columns.append(values.tolist())
        else:
            columns.append(values.to_numpy(dtype=object, na_value="").tolist())
    return map(_FeedRow._make, zip(*columns, strict=True))


def _iso(moments: np.ndarray) -> list[object]:
    """Days or instants in the form of ISO 8601, each different one written once: most of a calendar's recur."""
    different, which = np.unique(moments, return_inverse=True)
    return list(np.datetime_as_string(different).astype(object)[which])


def _head(properties: CalendarProperties, *, updated: str) -> bytes:
    """The calendar's own properties, and what stands in for events if there are none (`updated` empty)."""
    url, source, colour, identity = properties.url, properties.source, properties.colour, properties.identity
    feed = urlsplit(source)
    query = links.page_query(feed.query)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if updated:
        lines.append("METHOD:PUBLISH")
    for prop, text in (
        ("DESCRIPTION", properties.description),
        ("X-WR-CALDESC", properties.description),
        ("NAME", properties.name),
        ("X-WR-CALNAME", properties.name),
    ):
        if text:
            lines.append(f"{prop}:{content.escape(text)}")
    if colour:
        lines.append(f"COLOR:{css_colour(colour)}")
    if updated:
        lines.append(f"LAST-MODIFIED:{_midnight(updated)}")
    if source or identity:
        lines.append(f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH_EVERY}")
    if source:
        lines.append(f"SOURCE;VALUE=URI:{_uri(source)}")
    if url:
        lines.append(f"URL:{_uri(f'{url}/timeline?{query}' if query else f'{url}/timeline')}")
    if colour:
        lines.append(f"X-APPLE-CALENDAR-COLOR:{colour}")
    if source or identity:
        lines.append(f"X-PUBLISHED-TTL:{REFRESH_EVERY}")
        # By what Outlook knows a calendar again (MS-OXCICAL, 2.1.3.1.1.18). Not UID (RFC 7986, 5.3): vdirsyncer takes
        # the first UID of a file for that of the event, and keeps one of all events (its issue 1222).
        path = identity or f"{feed.path}?{feed.query}"
        lines.append(f"X-WR-RELCALID:{uuid.uuid5(uuid.NAMESPACE_DNS, f'{path}@{UID_DOMAIN}')}")
    if not updated:
        lines += [
            "BEGIN:VTIMEZONE",
            "TZID:Etc/UTC",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZNAME:UTC",
            "TZOFFSETFROM:+0000",
            "TZOFFSETTO:+0000",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    return content.join(lines)


@lru_cache(maxsize=20_000)
def _event(row: Any, url: str, alarm_days: int | None) -> bytes:
    """A VEVENT. The row itself is its fingerprint: the same values give the same bytes, which are kept."""
    _refuse_incomplete(row)
    cancelled = row.standing == Standing.CANCELLED
    window = row.date_precision in WINDOWS
    expected = row.date_precision == Precision.EXPECTED
    whole_days = row.all_day or window or expected
    moment = not whole_days and row.ends_at in ("NaT", row.starts_at)

    lines = ["BEGIN:VEVENT", f"SUMMARY:{content.escape(_summary(row))}"]
    if whole_days:
        after = date.fromisoformat(row.start if window else row.entry_end) + timedelta(days=1)
        lines.append(f"DTSTART;VALUE=DATE:{_basic(row.start)}")
        lines.append(f"DTEND;VALUE=DATE:{_basic(after.isoformat())}")
    else:
        lines.append(f"DTSTART:{_basic(row.starts_at)}Z")
        if not moment:
            lines.append(f"DTEND:{_basic(row.ends_at)}Z")
    stamp = _midnight(row.updated)
    lines += [f"DTSTAMP:{stamp}", f"UID:{content.escape(row.uid)}", f"SEQUENCE:{row.sequence}"]
    categories = dict.fromkeys(code for code in (row.organisation, row.body, row.kind) if code)
    lines += [
        f"CATEGORIES:{','.join(content.escape(code) for code in categories)}",
        f"CLASS:{'PUBLIC' if row.sensitivity == Sensitivity.PUBLIC else 'PRIVATE'}",
        f"DESCRIPTION:{content.escape(_description(row))}",
        f"LAST-MODIFIED:{stamp}",
    ]
    if row.location:
        lines.append(f"LOCATION:{content.escape(row.location)}")
    if row.related_to:
        parent = f"{row.related_to}@{row.uid.rpartition('@')[2]}"
        lines.append(f"RELATED-TO;RELTYPE=PARENT:{content.escape(parent)}")
    lines.append(f"STATUS:{'TENTATIVE' if (window or expected) and not cancelled else _STATUS[Standing(row.standing)]}")
    lines.append(f"TRANSP:{'TRANSPARENT' if whole_days or moment or cancelled else 'OPAQUE'}")
    if url:
        page = "follow-ups" if row.item.startswith(FOLLOW_UP) else links.item_page(row.item)
        lines.append(f"URL:{_uri(f'{url}/{page}')}")
    if alarm_days is not None:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{content.escape(_summary(row))}",
            f"TRIGGER:{_before(alarm_days, whole_days=whole_days)}",
            "END:VALARM",
        ]
    lines.append("END:VEVENT")
    return content.join(lines)


def _has_reminder(row: Any) -> bool:
    return row.kind == Kind.DEADLINE and row.standing not in _OVER


def _before(days: int, *, whole_days: bool) -> str:
    """The trigger of an alarm: so many days before the start, or at nine of that day where the start is a midnight."""
    if not whole_days:
        return f"-P{days}D"
    return f"-P{days - 1}DT15H" if days > 1 else "-PT15H"


def _refuse_incomplete(row: Any) -> None:
    missing = [
        field
        for field, value in (
            ("an identifier", row.uid),
            ("a title", content.clean(row.title)),
            ("a first day", row.start.replace("NaT", "")),
            ("a last day", row.end.replace("NaT", "")),
            ("a date of its last change", row.updated.replace("NaT", "")),
            (
                "a time",
                row.all_day or row.date_precision in WINDOWS or row.starts_at.replace("NaT", ""),
            ),
        )
        if not value
    ]
    if missing:
        raise IncompleteItemError(
            f"The item {row.item or row.title or row.uid!r} cannot be written to a calendar: "
            f"it needs {' and '.join(missing)}."
        )


def _summary(row: Any) -> str:
    remarks = []
    if row.standing == Standing.NOT_CONFIRMED:
        remarks.append("not confirmed")
    elif row.date_precision == Precision.EXPECTED:
        remarks.append("expected")
    elif row.standing == Standing.PROJECTED:
        remarks.append("projected")
    if row.date_precision in WINDOWS:
        remarks.append(_span(row))
        remarks.append("days not known" if row.standing == Standing.HELD else "dates not set")
    text = f"{row.title} ({', '.join(remarks)})" if remarks else row.title
    if row.standing != Standing.CANCELLED:
        return text
    return f"Did not take place: {text}" if row.departure else f"Cancelled: {text}"


def _description(row: Any) -> str:
    """Return the description, addressees, local time, basis of the date, and source."""
    parts = [row.description]
    if row.for_whom:
        parts.append(f"For: {row.for_whom}")
    if row.date_precision == Precision.DAY and not row.all_day:
        parts.append(f"Local time: {_wall_time(row)}")
    parts.append(f"{_standing(row)} {row.basis}")
    if row.kind == Kind.SESSION and row.entry_end < row.end and row.date_precision not in WINDOWS:
        parts.append(f"This entry covers the main part; the session lasts until {_day(row.end)}.")
    worked_out = row.date_precision == Precision.EXPECTED or row.standing in _WORKED_OUT
    if row.confidence == Confidence.RECALLED and not worked_out:
        parts.append("Not yet checked against a source.")
    if row.source_url:
        parts.append(f"Source: {row.source_url}")
    return "\n".join(part for part in map(content.clean, parts) if part)


def _standing(row: Any) -> str:
    """Return the standing of the date in a sentence, with the months of a window."""
    if row.departure:
        return "Was due but did not take place."
    if row.standing == Standing.PROVISIONAL and row.date_precision == Precision.EXPECTED:
        return "Provisional: dates not announced yet."
    text = _STANDING[Standing(row.standing)]
    if row.date_precision not in WINDOWS or row.standing == Standing.CANCELLED:
        return text
    unknown = "not known" if row.standing == Standing.HELD else "not set"
    return f"{text} Exact dates {unknown}: some time in {_span(row)}."


def _day(iso: str) -> str:
    return wording.day(date.fromisoformat(iso))


def _span(row: Any) -> str:
    """The window in words."""
    return wording.span(date.fromisoformat(row.start), date.fromisoformat(row.end), row.date_precision)


def _wall_time(row: Any) -> str:
    """Thu 20 Mar 2025, 13:00 (Europe/Zurich, UTC+01:00); with the end if there is one."""
    zone = ZoneInfo(row.timezone or "UTC")
    starts = datetime.fromisoformat(f"{row.starts_at}+00:00").astimezone(zone)
    text = f"{wording.day(starts)}, {starts:%H:%M}"
    offset = f"UTC{starts.isoformat()[19:]}"
    if row.ends_at not in ("NaT", row.starts_at):
        ends = datetime.fromisoformat(f"{row.ends_at}+00:00").astimezone(zone)
        text += f"–{ends:%H:%M}" if ends.date() == starts.date() else f" – {wording.day(ends)}, {ends:%H:%M}"
        if ends.utcoffset() != starts.utcoffset():
            offset += f", at the end UTC{ends.isoformat()[19:]}"
    return f"{text} ({zone.key}, {offset})"


def _basic(iso: str) -> str:
    """2026-02-23 as 20260223, 2026-02-23T12:00:00 as 20260223T120000."""
    return iso.replace("-", "").replace(":", "")


def _midnight(day: str) -> str:
    return f"{_basic(day)}T000000Z"


def _uri(address: str) -> str:
    """An address that is safe as a URI value: what is not a URI character is percent-encoded (RFC 3986)."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]")
