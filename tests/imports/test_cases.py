"""Calendar files from public bug reports, one fault each: what is read from them, whatever the order of their parts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pandas as pd
import pytest

from calendar_model.__main__ import main
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter, with_items
from calendar_model.feeds import build_feed
from calendar_model.imports.calendar_comparison import CalendarSettings
from calendar_model.imports.calendar_import import plan_calendar, write_calendar
from calendar_model.imports.ics.reader import read_calendar
from calendar_model.mission.events import own_items
from calendar_model.reference import Reference
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Kind, Sensitivity

pytestmark = pytest.mark.filterwarnings("ignore")

CASES = Path(__file__).parent / "cases"
DAYS = {"timezone": "Europe/Zurich", "since": "2026-06-01", "until": "2030-12-31"}
TITLE = "Briefing on defenders"

Found = tuple[str, str, str, str]
"""Title, start, end and zone: a day (inclusive) and no zone, or an hour with its offset."""


def hours(day: str, first: str, last: str, offset: str, zone: str, title: str = TITLE) -> Found:
    return title, f"{day}T{first}:00{offset}", f"{day}T{last}:00{offset}", zone


def zurich(day: str, first: str, last: str, title: str = TITLE) -> Found:
    summer = date(2027, 3, 28) <= date.fromisoformat(day) < date(2027, 10, 31)
    return hours(day, first, last, "+02:00" if summer else "+01:00", "Europe/Zurich", title)


def new_york(day: str, first: str, last: str) -> Found:
    return hours(day, first, last, "-05:00", "America/New_York")


WHOLE_DAYS = [(TITLE, "2027-03-02", "2027-03-04", "")]
AT_TEN = [zurich("2027-03-01", "10:00", "11:00")]
AT_TEN_UTC = [zurich("2027-03-01", "11:00", "12:00")]
WITH_THE_GOOD_ONE = [*AT_TEN, zurich("2027-03-01", "10:00", "11:00", "Good one")]

EXPECTED: dict[str, list[Found]] = {
    "day-with-zone": WHOLE_DAYS,
    "day-zone-on-start-only": WHOLE_DAYS,
    "outlook-whole-day-mark": WHOLE_DAYS,
    "floating-series-utc-exception": [
        zurich("2027-03-01", "18:00", "19:00"),
        zurich("2027-03-03", "18:00", "19:00"),
    ],
    "override-named-by-day": [
        zurich("2027-03-01", "10:00", "11:00"),
        zurich("2027-03-02", "15:00", "16:00"),
        zurich("2027-03-03", "10:00", "11:00"),
    ],
    "utc-series-in-zoned-calendar": [
        *(zurich(f"2027-03-{day:02}", "16:00", "17:00") for day in (1, 8, 15, 22)),
        zurich("2027-03-29", "17:00", "18:00"),
        zurich("2027-04-05", "17:00", "18:00"),
    ],
    "zone-and-utc-mark": [zurich("2027-06-01", "12:00", "13:00")],
    "fold-inside-a-letter": [
        zurich(
            "2027-03-01",
            "11:00",
            "12:00",
            "Réunion préparatoire sur la situation des défenseuses et défenseurs à Genève, été",
        )
    ],
    "cut-inside-a-letter": [zurich("2027-03-01", "11:00", "12:00", "R")],
    "until-in-local-time": [new_york(f"2027-03-{day:02}", "14:00", "15:00") for day in range(1, 6)],
    "utc-in-the-doubled-hour": [hours("2027-10-31", "01:30", "02:30", "+00:00", "UTC")],
    "exrule": [zurich(f"2027-03-{day:02}", "11:00", "12:00") for day in (1, 2, 3, 4, 5, 8, 9, 10)],
    "broken-alarm": WITH_THE_GOOD_ONE,
    "alarm-minus-inside": WITH_THE_GOOD_ONE,
    "broken-task": AT_TEN,
    "zone-offset-over-a-day": AT_TEN,
    "zone-without-beginning": AT_TEN_UTC,
    "zone-named-twice": [zurich("2027-06-27", "00:00", "23:00")],
    "zone-name-ends-in-blank": [zurich("2027-06-01", "10:00", "11:00")],
    "broken-dtstamp": AT_TEN,
    "text-after-the-end": AT_TEN_UTC,
    "cr-cr-lf": AT_TEN_UTC,
    "one-identifier-two-events": [
        zurich("2027-03-01", "11:00", "12:00", "Panel one"),
        zurich("2027-03-02", "11:00", "12:00", "Panel two"),
    ],
    "rule-with-unknown-part": [
        zurich("2027-03-01", "11:00", "12:00"),
        zurich("2027-03-08", "11:00", "12:00"),
        zurich("2027-03-15", "11:00", "12:00"),
    ],
    "no-title": [zurich("2027-03-01", "11:00", "12:00", "(untitled)")],
    "hour-24": [(TITLE, "2027-03-01T21:00:00+01:00", "2027-03-02T01:00:00+01:00", "Europe/Zurich")],
    "windows-display-name": [hours("2027-06-01", "10:00", "11:00", "+02:00", "Europe/Berlin")],
}

REMARKS = {
    "broken-task": [("ics-parts-left-out", {"kinds": ["tasks"], "count": 1})],
    "rule-with-unknown-part": [("ics-rule-part-left-out", {"part": "X-NOTE"})],
}


def content(name: str) -> bytes:
    return (CASES / f"{name}.ics").read_bytes()


def turned(data: bytes) -> bytes:
    """The file with the components of its calendar in the other order."""
    head, *parts = re.split(rb"(?m)^(?=BEGIN:(?:VEVENT|VTIMEZONE|VTODO)\b)", data)
    last, end, rest = parts[-1].rpartition(b"END:VCALENDAR")
    return b"".join([head, last, *reversed(parts[:-1]), end, rest])


def found(rows: Sequence[dict[str, Any]]) -> list[Found]:
    return sorted((row["title"], moment(row, "start"), moment(row, "end"), row["timezone"]) for row in rows)


def moment(row: dict[str, Any], which: str) -> str:
    day, hour = row[which], row[f"{which}_time"]
    if not hour:
        return str(day)
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), ZoneInfo(row["timezone"])).isoformat()


def test_every_case_has_its_expectation() -> None:
    assert {file.stem for file in CASES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("order", [bytes, turned])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_is_read_as_it_is_meant(name: str, order: type[bytes]) -> None:
    read = read_calendar(order(content(name)), **DAYS)
    assert [row["problem"] for row in read["rows"] if row["problem"]] == []
    assert found(read["rows"]) == sorted(EXPECTED[name])
    assert not any(row["outside"] for row in read["rows"])


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_left_out_of_a_case_is_said(name: str) -> None:
    found = [(one["code"], one["values"]) for one in read_calendar(content(name), **DAYS)["remarks"]]
    remarks = [one for one in found if not one[0].startswith("ics-hours-")]
    assert remarks == REMARKS.get(name, [])


def under_their_names() -> bytes:
    """All cases in one file, the identifiers of each under its own name."""
    return b"".join(content(name).replace(b"@desk.example", f"@{name}.example".encode()) for name in EXPECTED)


def test_the_command_line_lists_the_cases_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.ics"
    file.write_bytes(under_their_names())
    chosen = ["--zone", DAYS["timezone"], "--body", "un-hrc", "--from", DAYS["since"], "--until", DAYS["until"]]
    assert main(["import", str(file), *chosen, "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {(one["outcome"], one["standing"], one["why"]) for one in listed} == {("new", "confirmed", "")}
    assert all(one["all_day"] == (not one["timezone"]) for one in listed)
    printed = sorted((one["title"], one["start"], one["end"], one["timezone"]) for one in listed)
    assert printed == sorted(chain.from_iterable(EXPECTED.values()))


def in_utc(found: Found) -> tuple[str, date | datetime, date | datetime]:
    """As icalendar tells it: days with an exclusive end, hours in UTC."""
    title, start, end, zone = found
    if zone:
        return title, datetime.fromisoformat(start).astimezone(UTC), datetime.fromisoformat(end).astimezone(UTC)
    return title, date.fromisoformat(start), date.fromisoformat(end) + timedelta(days=1)


def test_what_was_imported_is_given_out_at_the_same_instants(
    staff_member: Viewer, reference: Reference, table: pd.DataFrame
) -> None:
    chosen = CalendarSettings(
        "un-hrc",
        EventKind.MEETING,
        Sensitivity.PUBLIC,
        DAYS["timezone"],
        "Cases",
        since=date.fromisoformat(DAYS["since"]),
        until=date.fromisoformat(DAYS["until"]),
    )
    write_calendar(staff_member, plan_calendar(staff_member, under_their_names(), chosen))
    with reading(staff_member) as session:
        own = tuple(own_items(session))
    feed = build_feed(reference, with_items(table, own, reference), Filter(kinds=(Kind.MEETING,)), "")
    written = [one for one in icalendar.Calendar.from_ical(feed).events if str(one["UID"]).startswith("event-")]
    found = [(str(one["SUMMARY"]), one.start, one.end) for one in written]
    assert sorted(found, key=str) == sorted(map(in_utc, chain.from_iterable(EXPECTED.values())), key=str)
    hours = [moment for _, *moments in found for moment in moments if isinstance(moment, datetime)]
    assert {moment.utcoffset() for moment in hours} == {timedelta(0)}
