"""What is read from calendar files: in this process, where it is quick; the worker process is in test_sandbox."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pandas as pd
import pytest
import recurring_ical_events
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_model.calendar import Filter
from calendar_model.feeds import build_feed
from calendar_model.imports.ics.events import MAX_EVENTS
from calendar_model.imports.ics.reader import MAX_ROWS, read_calendar
from calendar_model.imports.plan import ImportRefused
from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind
from tests.imports.calendars import BRIEFING, calendar, codes, event

# The parser guesses and warns; in the worker nobody listens.
pytestmark = pytest.mark.filterwarnings("ignore")


def read(data: bytes, since: str = "2026-01-01", until: str = "2028-12-31") -> dict[str, Any]:
    return read_calendar(data, timezone="Europe/Zurich", since=since, until=until)


def rows(data: bytes, *names: str, **days: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in read(data, **days)["rows"]]


def when(data: bytes, **days: str) -> list[str]:
    names = ("start", "start_time", "end", "end_time", "timezone")
    return [" ".join(part for part in row if part) for row in rows(data, *names, **days)]


def test_a_series_is_expanded_with_its_exceptions() -> None:
    series = event(
        "DTSTART;TZID=Europe/Zurich:20270303T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "EXDATE;TZID=Europe/Zurich:20270310T100000",
        "RDATE;TZID=Europe/Zurich:20270305T150000",
    )
    moved = event("RECURRENCE-ID:20270317T090000Z", "DTSTART:20270318T080000Z", "DTEND:20270318T090000Z", title="Moved")
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Zurich:20270331T100000",
        "DTSTART;TZID=Europe/Zurich:20270331T140000",
        "DTEND;TZID=Europe/Zurich:20270331T150000",
        title="From now on at two",
    )
    assert rows(calendar(series, moved, later), "title", "occurrence", "start", "start_time", "end_time") == [
        ("Briefing", "20270303T090000Z", "2027-03-03", "10:00:00", "11:00:00"),
        ("Briefing", "20270305T140000Z", "2027-03-05", "15:00:00", "16:00:00"),
        ("Moved", "20270317T090000Z", "2027-03-18", "09:00:00", "10:00:00"),
        ("Briefing", "20270324T090000Z", "2027-03-24", "10:00:00", "11:00:00"),
        ("From now on at two", "20270331T080000Z", "2027-03-31", "14:00:00", "15:00:00"),
        ("From now on at two", "20270407T080000Z", "2027-04-07", "14:00:00", "15:00:00"),
    ]


def test_an_endless_series_ends_with_the_days_that_are_asked_for() -> None:
    series = calendar(event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=MONTHLY"))
    assert when(series, since="2027-01-15", until="2027-04-01") == [
        f"2027-{month:02}-01 2027-{month:02}-01" for month in (2, 3, 4)
    ]


ZONED = "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0330\nTZOFFSETTO:+0330\nEND:STANDARD\nEND:VTIMEZONE"


@pytest.mark.parametrize(
    ("lines", "head", "expected"),
    [
        (("DTSTART;VALUE=DATE:20270303", "DTEND;VALUE=DATE:20270306"), "", "2027-03-03 2027-03-05"),
        (("DTSTART;VALUE=DATE:20270303",), "", "2027-03-03 2027-03-03"),
        (("DTSTART;VALUE=DATE:20270303", "DURATION:P2D"), "", "2027-03-03 2027-03-04"),
        (("DTSTART:20270303T100000", "DURATION:PT90M"), "", "2027-03-03 10:00:00 2027-03-03 11:30:00 Europe/Zurich"),
        (("DTSTART:20270303T100000Z",), "", "2027-03-03 11:00:00 2027-03-03 Europe/Zurich"),
        (("DTSTART;TZID=America/New_York:20270303T230000", "DURATION:PT2H"), "", "2027-03-03 23:00:00 2027-03-04 01:00:00 America/New_York"),
        (("DTSTART;TZID=W. Europe Standard Time:20270303T100000",), "", "2027-03-03 10:00:00 2027-03-03 Europe/Berlin"),
        (("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Oslo:20270303T100000",), "", "2027-03-03 10:00:00 2027-03-03 Europe/Oslo"),
        (("DTSTART;TZID=Ours:20270303T133000",), ZONED, "2027-03-03 11:00:00 2027-03-03 Europe/Zurich"),
        (("DTSTART:20270303T100000Z",), "X-WR-TIMEZONE:America/New_York", "2027-03-03 05:00:00 2027-03-03 America/New_York"),
        (("DTSTART:20270303T100000",), "X-WR-TIMEZONE:America/New_York", "2027-03-03 10:00:00 2027-03-03 America/New_York"),
    ],
)  # fmt: skip
def test_days_and_hours(lines: tuple[str, ...], head: str, expected: str) -> None:
    assert when(calendar(event(*lines), head=head)) == [expected]


@pytest.mark.parametrize(
    ("lines", "code", "values"),
    [
        ((), "ics-no-beginning", {}),
        (("DTSTART:tomorrow",), "ics-unreadable-days", {}),
        (("DTSTART:20270303T100000Z", "DTSTART:20270304T100000Z"), "ics-unreadable-days", {}),
        (("DTSTART:16040303T100000Z",), "ics-other-century", {"year": 1604, "first": 1970, "last": 2100}),
        (("DTSTART:20270303T100000Z", "DTEND:29990303T100000Z"), "ics-other-century", {"year": 2999, "first": 1970, "last": 2100}),
        (("DTSTART:20270303T100000Z", "DTEND:20270303T090000Z"), "ics-ends-first", {}),
        (("DTSTART:20270303T100000Z", "DURATION:-PT1H"), "ics-ends-first", {}),
        (("DTSTART;VALUE=DATE:20270303", "DTEND:20270303T090000Z"), "ics-days-and-hours", {}),
        (("DTSTART;TZID=Nowhere:20270303T100000",), "ics-unexplained-zone", {"zone": "Nowhere"}),
        (("DTSTART:20270303T100000Z", "RRULE:FREQ=FORTNIGHTLY"), "ics-unreadable-rule", {}),
        (("DTSTART:20270303T100000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), "ics-unreadable-rule", {}),
        (("DTSTART:20270303T100000Z", "RRULE:FREQ=SECONDLY"), "ics-recurs-too-often", {}),
        (("DTSTART:20270303T100000Z", "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40"), "ics-recurs-too-often", {}),
        (("DTSTART:20270303T100000Z", "DURATION:P9999999D", "RRULE:FREQ=DAILY"), "ics-unreadable-days", {}),
    ],
)  # fmt: skip
def test_an_event_that_is_broken_is_refused_and_the_others_go_on(
    lines: tuple[str, ...], code: str, values: dict[str, object]
) -> None:
    found = rows(calendar(event(*lines, uid="broken", title="Broken"), BRIEFING), "title", "problem")
    assert sorted(found) == [("Briefing", None), ("Broken", {"code": code, "values": values})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    found = read(
        calendar(event("DTSTART;VALUE=DATE:20270303", title="Réunion à Genève — Дом")).decode().encode(encoding)
    )
    assert [row["title"] for row in found["rows"]] == ["Réunion à Genève — Дом"]
    assert found["remarks"] == []


def test_western_european_letters_are_read_with_a_remark() -> None:
    found = read(calendar(event("DTSTART;VALUE=DATE:20270303", title="Réunion")).decode().encode("cp1252"))
    assert [row["title"] for row in found["rows"]] == ["Réunion"]
    assert codes(found["remarks"]) == ["ics-western-letters"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"hello", "ics-not-a-calendar"),
        (b"\x00\xff\xfe\x01" * 99, "ics-not-a-calendar"),
        (event("DTSTART:20270303T100000Z").encode(), "ics-not-a-calendar"),
        (calendar(BRIEFING)[:-20], "ics-cut-off"),
        (calendar(BRIEFING).decode().encode("utf-16")[:-1], "ics-cut-off"),
        (calendar("no name and no colon"), "ics-broken"),
        (b"PK\x03\x04rest", "ics-packed"),
        (b"\x1f\x8brest", "ics-packed"),
        (calendar(BRIEFING, head="METHOD:REPLY"), "ics-reply"),
        (calendar(*["BEGIN:VEVENT\r\nEND:VEVENT"] * (MAX_EVENTS + 1)), "ics-too-many-events"),
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(data)
    assert refused.value.problem.code == code


def test_who_is_invited_is_not_taken_over() -> None:
    data = calendar(
        event(
            "DTSTART;VALUE=DATE:20270303",
            "ORGANIZER;CN=Desk:mailto:organiser@ngo.example",
            "ATTENDEE;CN=A defender:mailto:defender@ngo.example",
            "CONTACT:Somebody",
            "COMMENT:With the defender",
        )
    )
    found = read(data)
    assert codes(found["remarks"]) == ["ics-attendees-left-out"]
    assert [word for word in ("ngo", "defender@", "Somebody", "With the") if word in json.dumps(found["rows"])] == []


def test_texts_are_plain_and_of_a_length() -> None:
    lines = (
        "DTSTART;VALUE=DATE:20270303",
        "LOCATION:Palais\\, <b>Room XX</b>",
        "DESCRIPTION:<html><style>p {}</style><p>Opening &amp\\; debate</p><script>x()</script><p>Then lunch</p></html>",
        "URL:https://secretariat.example/meeting",
    )
    found = rows(
        calendar(event(*lines, title="A\u202e\x07 <i>long</i> " + "x" * 400)), "title", "location", "programme"
    )
    assert found == [
        ("A long " + "x" * 292 + "…", "Palais, Room XX", "Opening & debate\n\nThen lunch\n\nhttps://secretariat.example/meeting")
    ]  # fmt: skip


def test_standing_follows_status_and_method() -> None:
    events = [
        event("DTSTART;VALUE=DATE:20270301", f"STATUS:{status}", uid=status)
        for status in ("TENTATIVE", "CONFIRMED", "CANCELLED", "WHATEVER")
    ]
    names = ("uid", "standing", "series_cancelled")
    assert rows(calendar(*events), *names) == [
        ("TENTATIVE", "provisional", False),
        ("CONFIRMED", "confirmed", False),
        ("CANCELLED", "cancelled", False),
        ("WHATEVER", "confirmed", False),
    ]
    assert rows(calendar(event(), head="METHOD:CANCEL"), *names) == [("one@secretariat.example", "cancelled", True)]


def test_of_two_that_are_the_same_the_later_one_is_taken() -> None:
    old = event("DTSTART;VALUE=DATE:20270301", "SEQUENCE:2", title="Second")
    new = event("DTSTART;VALUE=DATE:20270302", "SEQUENCE:10", title="Tenth")
    expected = [("Second", {"code": "ics-older-version", "values": {}}), ("Tenth", None)]
    assert sorted(rows(calendar(old, new), "title", "problem")) == expected
    assert sorted(rows(calendar(new, old), "title", "problem")) == expected


def test_what_is_no_event_is_left_out_and_said() -> None:
    parts = ("BEGIN:VTODO\r\nUID:t\r\nEND:VTODO", "BEGIN:VJOURNAL\r\nUID:j\r\nEND:VJOURNAL")
    assert read(calendar(BRIEFING, *parts))["remarks"] == [
        {"code": "ics-parts-left-out", "values": {"kinds": ["notes", "tasks"], "count": 2}}
    ]


def test_more_occurrences_than_are_taken_are_said() -> None:
    found = read(calendar(*[event("DTSTART:20260101T080000Z", "RRULE:FREQ=DAILY", uid=f"{n}") for n in range(3)]))
    assert (len(found["rows"]), found["complete"], found["series"]) == (MAX_ROWS, False, [])
    assert found["remarks"][-1] == {"code": "ics-first-occurrences", "values": {"most": MAX_ROWS}}


_ZONES = st.sampled_from(["Europe/Zurich", "America/New_York", "Africa/Nairobi", "Asia/Kathmandu"])
_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn", "Zs", "Zl", "Zp"], exclude_characters="<>"), min_size=1, max_size=30)  # fmt: skip
_DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 1))
_STARTS = st.one_of(
    _DAYS,
    # At noon no clock is put forward or back, whose doubtful hours writers tell apart by their own lights.
    st.builds(lambda day, minute, zone: datetime.combine(day, time(12, minute), ZoneInfo(zone)), _DAYS, st.integers(0, 59), _ZONES),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(_WORDS, _STARTS, st.integers(1, 9)), min_size=1, max_size=4))
def test_what_icalendar_writes_comes_back(events: list[tuple[str, date, int]]) -> None:
    written = icalendar.Calendar.new()
    expected = []
    for number, (title, start, long) in enumerate(events):
        timed = isinstance(start, datetime)
        end = start + (timedelta(hours=long) if timed else timedelta(days=long))
        written.add_component(icalendar.Event.new(uid=f"{number}", summary=title, start=start, end=end))
        last = end if timed else end - timedelta(days=1)
        expected.append((f"{number}", title, f"{start:%Y-%m-%d}", f"{last:%Y-%m-%d}", f"{start:%X}" if timed else ""))
    found = rows(written.to_ical(), "uid", "title", "start", "end", "start_time", until="2029-12-31")
    assert sorted(found) == sorted(expected)


def test_what_vobject_writes_comes_back() -> None:
    written = vobject.iCalendar()
    one = written.add("vevent")
    one.add("uid").value = "v"
    one.add("summary").value = "Höringen, del 1; del 2"
    one.add("dtstart").value = datetime(2027, 3, 3, 9, tzinfo=ZoneInfo("Europe/Oslo"))
    one.add("dtend").value = datetime(2027, 3, 3, 10, 30, tzinfo=ZoneInfo("Europe/Oslo"))
    one.add("rrule").value = "FREQ=DAILY;COUNT=2"
    data = written.serialize().encode()
    hours = [(row["title"], row["start"], row["start_time"], row["timezone"]) for row in read(data)["rows"]]
    # It names the zone by what a clock there says.
    assert hours == [("Höringen, del 1; del 2", f"2027-03-0{day}", "09:00:00", "CET") for day in (3, 4)]


def test_our_own_feed_comes_back(reference: Reference, table: pd.DataFrame) -> None:
    chosen = Filter(kinds=(Kind.UPR_REVIEW,), start=date(1970, 1, 1), end=date(2100, 12, 31))
    data = build_feed(reference, table, chosen, "https://calendar.example.org", windows=True)
    found = read(data, since="1970-01-01", until="2100-12-31")["rows"]
    theirs = icalendar.Calendar.from_ical(data).events
    assert len(theirs) > 50
    assert sorted((row["uid"], row["title"], row["start"], row["end"], row["problem"]) for row in found) == sorted(
        (str(one["UID"]), str(one["SUMMARY"]), f"{one.start}", f"{one.end - timedelta(days=1)}", None) for one in theirs
    )


def read_or_refused(data: bytes) -> dict[str, Any]:
    """What is read; of what is refused nothing, if there is a sentence for it. Whatever else is raised goes on."""
    try:
        return read(data, since="2019-01-01", until="2019-12-31")
    except ImportRefused as refused:
        says = str(refused)
    assert says.endswith(".")
    return {"rows": []}


FOLDERS = [Path(str(package.__file__)).parent for package in (icalendar, recurring_ical_events)]
SAMPLES = [
    data
    for folder in FOLDERS
    for file in sorted(folder.rglob("*.ics"))
    if len(data := file.read_bytes()) < 4_000 and b"VCALENDAR" in data
] or [calendar(BRIEFING)]


def test_every_sample_of_the_libraries_is_read_or_refused() -> None:
    found = [read_or_refused(data)["rows"] for data in SAMPLES]
    assert [row for rows in found for row in rows if not (row["problem"] or row["uid"])] == []
    assert sum(map(bool, found)) >= len(found) // 2


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample with some stretches of bytes replaced, taken away or doubled."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        at, long = draw(st.integers(0, len(data))), draw(st.integers(0, 12))
        other = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b"\r\n", b";", b":", b"99999999", b"BEGIN:VEVENT\r\n", b"-", b"Z", b"\0"]),
            )
        )
        data[at : at + long] = draw(st.sampled_from([other, bytes(data[at : at + long]) * 2, b""]))
    return bytes(data)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_damaged_file_is_read_or_refused(data: bytes) -> None:
    found = read_or_refused(data)
    for row in found["rows"]:
        assert row["problem"] or row["series_cancelled"] or row["start"] <= row["end"]
    assert json.loads(json.dumps(found)) == found
