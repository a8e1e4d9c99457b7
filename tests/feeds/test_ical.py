"""The calendar table as iCalendar, by the contract for feeds and by what users of such feeds complain of."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.calendar import IN_FEEDS
from calendar_model.feeds import CalendarProperties, IncompleteItemError, feed_bytes
from calendar_model.feeds.ical import css_colour
from calendar_model.vocabulary import WINDOWS, Standing
from tests.feeds import readers
from tests.feeds.tables import (
    ALL_SORTS,
    AS_OF,
    DEADLINE,
    DEPARTURE,
    EXPECTED,
    PROJECTED,
    REVIEW,
    SESSION,
    TIMED_MEETING,
    WINDOW,
    YEAR_LONG,
    table_of,
)
from tests.feeds.test_content import nasty

BASE = "https://calendar.example.org"
SOURCE = f"{BASE}/feeds/calendar.ics?organisation=un-hrc"


def feed(*rows: dict[str, Any], as_of: date = AS_OF, **more: Any) -> bytes:
    table = table_of(rows, as_of=as_of)
    said = {"name": "HRD calendar", "description": "All dates", "url": BASE, "source": SOURCE, **more}
    return feed_bytes(table, CalendarProperties(**said))


def event(*rows: dict[str, Any], **more: Any) -> list[str]:
    (only,) = readers.events(feed(*rows, **more))
    return only


def prop(name: str, *rows: dict[str, Any]) -> str:
    (found,) = [line for line in event(*rows) if line.startswith(name)]
    return found


# Every property of an event


def test_a_session_of_whole_days() -> None:
    assert event(SESSION) == [
        "SUMMARY:Human Rights Council\\, 61st session",
        "DTSTART;VALUE=DATE:20260223",
        "DTEND;VALUE=DATE:20260401",
        "DTSTAMP:20261124T000000Z",
        "UID:session-HRC61@hrd-calendar.example",
        "SEQUENCE:2",
        "CATEGORIES:un-hrc,session",
        "CLASS:PUBLIC",
        (
            "DESCRIPTION:Interactive dialogue with the Special Rapporteur\\; renewal of the mandate\\n"
            "Held. In the Council's programme of work.\\nSource: https://www.ohchr.org/en/hr-bodies/hrc"
        ),
        "LAST-MODIFIED:20261124T000000Z",
        "LOCATION:Geneva",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://calendar.example.org/timeline?item=session-HRC61",
    ]


def test_a_deadline_with_an_hour_is_a_moment_in_utc() -> None:
    assert event(DEADLINE) == [
        "SUMMARY:Draft resolutions are to be tabled\\, HRC61",
        "DTSTART:20260319T120000Z",
        "DTSTAMP:20261124T000000Z",
        "UID:deadline-hrc-tabling-HRC61@hrd-calendar.example",
        "SEQUENCE:0",
        "CATEGORIES:un-hrc,deadline",
        "CLASS:PUBLIC",
        (
            "DESCRIPTION:The text\\, in Word\\, with the list of main sponsors\\nFor: penholder\\nLocal time: Thu 19 Mar 2026\\, 13:00 (Europe/Zurich\\, UTC+01:00)\\nHeld. Twelve days before the session ends\\, by the Council's practice.\\nNot yet checked against a source."
        ),
        "LAST-MODIFIED:20261124T000000Z",
        "LOCATION:Geneva",
        "RELATED-TO;RELTYPE=PARENT:session-HRC61@hrd-calendar.example",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://calendar.example.org/timeline?item=deadline-hrc-tabling-HRC61",
    ]


def test_a_timed_meeting_says_both_offsets_when_the_clocks_change_in_between() -> None:
    lines = event(TIMED_MEETING)
    assert lines[1:3] == ["DTSTART:20261024T203000Z", "DTEND:20261025T023000Z"]
    assert prop("TRANSP", TIMED_MEETING) == "TRANSP:OPAQUE"
    assert prop("DESCRIPTION", TIMED_MEETING) == (
        "DESCRIPTION:Local time: Sat 24 Oct 2026\\, 22:30 – Sun 25 Oct 2026\\, 03:30 (Europe/Zurich\\, UTC+02:00\\, at the end UTC+01:00)\\nConfirmed. In the Council's programme of work.\\nSource: https://www.ohchr.org/en/hr-bodies/hrc"
    )


def test_a_window_is_never_taken_for_exact_days() -> None:
    lines = event(WINDOW)
    assert lines[:3] == [
        "SUMMARY:Human Rights Council\\, 64th session (Feb–Apr 2027\\, dates not set)",
        "DTSTART;VALUE=DATE:20270201",
        "DTEND;VALUE=DATE:20270202",
    ]
    assert prop("STATUS", WINDOW) == "STATUS:TENTATIVE"
    assert prop("TRANSP", WINDOW) == "TRANSP:TRANSPARENT"
    assert prop("DESCRIPTION", WINDOW) == (
        "DESCRIPTION:Provisional: announced\\, but may still change. Exact dates not set: some time in "
        "Feb–Apr 2027. The spring session lies between February and April.\\n"
        "Source: https://www.ohchr.org/en/hr-bodies/hrc"
    )


def test_an_expected_item_is_tentative_on_its_days_and_says_the_interval() -> None:
    assert event(EXPECTED) == [
        "SUMMARY:Human Rights Council\\, 64th session (expected)",
        "DTSTART;VALUE=DATE:20270222",
        "DTEND;VALUE=DATE:20270331",
        "DTSTAMP:20261124T000000Z",
        "UID:session-HRC64@hrd-calendar.example",
        "SEQUENCE:0",
        "CATEGORIES:un-hrc,session",
        "CLASS:PUBLIC",
        (
            "DESCRIPTION:Projected: calculated by a rule\\, not officially announced. Expected Mon 22 Feb 2027\\, "
            "between 22 Feb and 1 Mar 2027: the last Monday of February in 11 of 11 years."
        ),
        "LAST-MODIFIED:20261124T000000Z",
        "LOCATION:Geneva",
        "STATUS:TENTATIVE",
        "TRANSP:TRANSPARENT",
        "URL:https://calendar.example.org/timeline?item=session-HRC64",
    ]


def test_an_expected_deadline_with_an_hour_is_a_whole_day() -> None:
    lines = event(DEADLINE | {"date_precision": "expected", "standing": "projected"})
    assert lines[1:3] == ["DTSTART;VALUE=DATE:20260319", "DTEND;VALUE=DATE:20260320"]


def test_a_year_long_session_is_an_entry_of_its_main_part() -> None:
    assert event(YEAR_LONG)[:3] == [
        "SUMMARY:General Assembly\\, 82nd session (expected)",
        "DTSTART;VALUE=DATE:20270907",
        "DTEND;VALUE=DATE:20271225",
    ]
    assert "until Tue 5 Sep 2028" in prop("DESCRIPTION", YEAR_LONG)
    assert "main part" not in prop("DESCRIPTION", EXPECTED)


def test_what_nobody_recorded_is_not_confirmed() -> None:
    passed = EXPECTED | {"standing": "not-confirmed"}
    assert prop("SUMMARY", passed).endswith(" (not confirmed)")
    assert prop("STATUS", passed) == "STATUS:TENTATIVE"
    assert prop("SUMMARY", WINDOW | {"standing": "not-confirmed"}).endswith(
        " (not confirmed\\, Feb–Apr 2027\\, dates not set)"
    )


def test_only_what_somebody_entered_is_to_be_checked_against_a_source() -> None:
    said = "Not yet checked against a source."
    recalled = SESSION | {"confidence": "recalled"}
    assert said in prop("DESCRIPTION", recalled)
    for worked_out in (EXPECTED, EXPECTED | {"standing": "provisional"}, recalled | {"standing": "not-confirmed"}):
        assert said not in prop("DESCRIPTION", worked_out)


@pytest.mark.parametrize(
    ("row", "summary"),
    [
        (PROJECTED, "Resolution on human rights defenders (projected, Feb–Apr 2028, dates not set)"),
        (REVIEW, "UPR of Norway (projected)"),
        (WINDOW | {"standing": "held"}, f"{WINDOW['title']} (Feb–Apr 2027, days not known)"),
        (WINDOW | {"date_precision": "year"}, f"{WINDOW['title']} (2027, dates not set)"),
        (SESSION | {"title": "HRC61", "standing": "cancelled"}, "Cancelled: HRC61"),
        (
            DEPARTURE,
            ("Did not take place: Third Committee text on human rights defenders (Oct–Nov 2025, dates not set)"),
        ),
    ],
)
def test_the_summary_says_how_firm_the_date_is(row: dict[str, Any], summary: str) -> None:
    (seen,) = readers.by_icalendar(feed(row)).values()
    assert seen.summary == summary


@pytest.mark.parametrize(
    ("standing", "days", "window"),
    [
        ("held", "CONFIRMED", "TENTATIVE"),
        ("confirmed", "CONFIRMED", "TENTATIVE"),
        ("provisional", "TENTATIVE", "TENTATIVE"),
        ("projected", "TENTATIVE", "TENTATIVE"),
        ("cancelled", "CANCELLED", "CANCELLED"),
    ],
)
def test_standing_decides_the_status(standing: str, days: str, window: str) -> None:
    assert prop("STATUS", SESSION | {"standing": standing}) == f"STATUS:{days}"
    assert prop("STATUS", WINDOW | {"standing": standing}) == f"STATUS:{window}"


def test_categories_are_the_codes_of_organisation_body_and_kind() -> None:
    assert prop("CATEGORIES", REVIEW) == "CATEGORIES:un-hrc,un-hrc-upr,upr-review"


# Identity (complaints 1, 2, 3, 7)


def test_what_moves_is_confirmed_or_cancelled_keeps_its_identifier() -> None:
    history = [
        {"standing": "projected", "date_precision": "month", "sequence": 0, "updated": "2026-01-10"},
        {"start": "2027-02-22", "end": "2027-04-02", "standing": "provisional", "sequence": 1, "updated": "2026-06-01"},
        {"start": "2027-03-01", "end": "2027-04-09", "standing": "confirmed", "sequence": 2, "updated": "2026-09-01"},
        {"start": "2027-03-01", "end": "2027-04-09", "standing": "cancelled", "sequence": 3, "updated": "2026-11-20"},
    ]
    seen = []
    for change in history:
        days = {"start": "2027-02-01", "end": "2027-04-30", "date_precision": "day"} | change
        (one,) = readers.by_icalendar(feed(WINDOW | days)).values()
        seen.append(one)
    assert {one.uid for one in seen} == {"session-HRC64@hrd-calendar.example"}
    assert all(later.sequence > earlier.sequence for earlier, later in pairwise(seen))
    assert [one.status for one in seen] == ["TENTATIVE", "TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert [one.start for one in seen] == [date(2027, 2, 1), date(2027, 2, 22), date(2027, 3, 1), date(2027, 3, 1)]


def test_cancelled_items_leave_ninety_days_after_the_change() -> None:
    called_off = SESSION | {"standing": "cancelled", "updated": "2026-05-01"}
    last_day = date(2026, 5, 1) + timedelta(days=90)
    assert len(readers.events(feed(called_off, WINDOW, as_of=last_day))) == 2
    assert [one[3] for one in readers.events(feed(called_off, WINDOW, as_of=last_day + timedelta(days=1)))] == [
        "DTSTAMP:20261124T000000Z"
    ]
    assert len(readers.events(feed(DEPARTURE | {"updated": "2026-05-01"}, WINDOW, as_of=last_day))) == 2
    assert len(readers.events(feed(DEPARTURE | {"updated": "2026-05-01"}, WINDOW, as_of=AS_OF))) == 1


def test_only_cancelled_items_leave() -> None:
    old = SESSION | {"updated": "2010-01-01"}
    assert len(readers.events(feed(old, as_of=date(2040, 1, 1)))) == 1


def test_the_same_data_gives_the_same_bytes_whatever_the_day() -> None:
    assert feed(*ALL_SORTS, as_of=AS_OF) == feed(*ALL_SORTS, as_of=AS_OF + timedelta(days=30))


def test_stamps_are_the_last_change_of_each_record() -> None:
    early, late = SESSION | {"updated": "2026-02-03"}, WINDOW | {"updated": "2026-10-04"}
    written = feed(early, late)
    stamps = [[line for line in one if line.startswith(("DTSTAMP", "LAST-MOD"))] for one in readers.events(written)]
    assert stamps == [
        ["DTSTAMP:20260203T000000Z", "LAST-MODIFIED:20260203T000000Z"],
        ["DTSTAMP:20261004T000000Z", "LAST-MODIFIED:20261004T000000Z"],
    ]
    assert [line for line in readers.calendar_lines(written) if line.startswith("LAST")] == [
        "LAST-MODIFIED:20261004T000000Z"
    ]


def test_a_changed_row_is_written_anew() -> None:
    before, after = SESSION | {"location": "Geneva"}, SESSION | {"location": "Online"}
    assert [prop("LOCATION", row) for row in (before, after, before)] == [
        "LOCATION:Geneva",
        "LOCATION:Online",
        "LOCATION:Geneva",
    ]


def test_a_large_feed_is_whole_and_its_identifiers_are_unique() -> None:
    rows = [SESSION | {"item": f"session-{number}"} for number in range(3000)]
    assert set(readers.by_icalendar(feed(*rows))) == {f"session-{n}@hrd-calendar.example" for n in range(3000)}


# Text (complaint 7)


def test_missing_values_leave_no_trace() -> None:
    blank = dict.fromkeys(
        ("description", "basis", "source_url", "location", "timezone", "for_whom", "related_to"), None
    )
    assert event(SESSION | blank) == [
        "SUMMARY:Human Rights Council\\, 61st session",
        "DTSTART;VALUE=DATE:20260223",
        "DTEND;VALUE=DATE:20260401",
        "DTSTAMP:20261124T000000Z",
        "UID:session-HRC61@hrd-calendar.example",
        "SEQUENCE:2",
        "CATEGORIES:un-hrc,session",
        "CLASS:PUBLIC",
        "DESCRIPTION:Held.",
        "LAST-MODIFIED:20261124T000000Z",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://calendar.example.org/timeline?item=session-HRC61",
    ]


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        ({"title": ""}, "it needs a title."),
        ({"start": None}, "it needs a first day."),
        ({"end": None, "updated": None}, "it needs a last day and a date of its last change."),
        ({"all_day": False}, "it needs a time."),
    ],
)
def test_an_incomplete_item_is_named_and_not_written(lacks: dict[str, Any], sentence: str) -> None:
    with pytest.raises(IncompleteItemError) as refused:
        feed(WINDOW, SESSION | lacks)
    assert str(refused.value) == f"The item 'session-HRC61' cannot be written to a calendar: {sentence}"


def test_the_day_must_be_known() -> None:
    table = table_of([SESSION])
    del table.attrs["as_of"]
    with pytest.raises(ValueError, match="Give the date of the feed"):
        feed_bytes(table, CalendarProperties(""))


# Privacy (complaint 10)


def test_a_column_that_nobody_listed_does_not_leak() -> None:
    table = table_of(ALL_SORTS)
    for column in ("defender", "search", "contact", "notes", "track", "session", "countries", "previous", "next"):
        table[column] = "planted-secret"
    written = feed_bytes(table, CalendarProperties("n", "d", BASE, SOURCE))
    assert b"planted" not in written.replace(b"\r\n ", b"")
    assert written == feed_bytes(table_of(ALL_SORTS), CalendarProperties("n", "d", BASE, SOURCE))


def test_the_keep_list_is_this_one() -> None:
    assert " ".join(IN_FEEDS) == (
        "uid item title kind organisation body start end earliest latest entry_end starts_at ends_at all_day timezone "
        "date_precision standing confidence basis source_url location description for_whom related_to departure "
        "sensitivity updated sequence"
    )


def test_only_listed_properties_are_written() -> None:
    names = {line.partition(":")[0].partition(";")[0] for one in readers.events(feed(*ALL_SORTS)) for line in one}
    assert names == {
        "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CLASS", "DESCRIPTION",
        "LAST-MODIFIED", "LOCATION", "RELATED-TO", "STATUS", "TRANSP", "URL",
    }  # fmt: skip


# The calendar's own properties (complaint 8)


def test_calendar_properties() -> None:
    written = feed(SESSION, name="HRD calendar: Council, UPR", description="Dates; all", colour="#009a44")
    assert readers.calendar_lines(written) == [
        "VERSION:2.0",
        "PRODID:-//HRD calendar//Multilateral calendar for human rights defenders//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "DESCRIPTION:Dates\\; all",
        "X-WR-CALDESC:Dates\\; all",
        "NAME:HRD calendar: Council\\, UPR",
        "X-WR-CALNAME:HRD calendar: Council\\, UPR",
        "COLOR:forestgreen",
        "LAST-MODIFIED:20261124T000000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "SOURCE;VALUE=URI:https://calendar.example.org/feeds/calendar.ics?organisation=un-hrc",
        "URL:https://calendar.example.org/timeline?organisation=un-hrc",
        "X-APPLE-CALENDAR-COLOR:#009a44",
        "X-PUBLISHED-TTL:PT6H",
        "X-WR-RELCALID:5651828b-e774-55a1-b86e-93b6044c2664",
    ]


def test_the_calendar_is_known_by_its_filter_and_not_by_the_server() -> None:
    def identifier(source: str) -> str:
        lines = readers.calendar_lines(feed(SESSION, source=source))
        (found,) = [line for line in lines if line.startswith("X-WR-RELCALID:")]
        return found

    assert identifier(SOURCE) == identifier(SOURCE.replace(BASE, "http://localhost:8501"))
    assert identifier(SOURCE) != identifier(SOURCE.replace("un-hrc", "osce"))


def test_a_file_that_belongs_to_no_server_has_no_links() -> None:
    written = feed(*ALL_SORTS, url="", source="")
    assert b"\r\nURL" not in written
    assert b"\r\nSOURCE" not in written
    assert len(readers.by_vobject(written)) == len(ALL_SORTS)


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#000080", "navy"), ("#010082", "navy"), ("#B22222", "firebrick"), ("#c8c8c8", "silver")],
)
def test_a_colour_is_the_nearest_of_the_names(colour: str, name: str) -> None:
    assert css_colour(colour) == name


def test_an_empty_feed_is_valid_and_shows_nothing() -> None:
    written = feed()
    calendar = icalendar.Calendar.from_ical(written)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert "METHOD" not in calendar
    assert readers.by_icalendar(written) == readers.by_vobject(written) == {}
    assert calendar.to_ical() == written


# Hours (complaint 6): the instant is written, so no client can be an hour wrong


@pytest.mark.parametrize(
    ("zone", "wall", "utc", "said"),
    [
        ("Europe/Zurich", "2026-03-28T13:00", "20260328T120000Z", "Sat 28 Mar 2026, 13:00 (Europe/Zurich, UTC+01:00)"),
        ("Europe/Zurich", "2026-03-29T13:00", "20260329T110000Z", "Sun 29 Mar 2026, 13:00 (Europe/Zurich, UTC+02:00)"),
        ("Europe/Zurich", "2026-10-25T01:30", "20261024T233000Z", "Sun 25 Oct 2026, 01:30 (Europe/Zurich, UTC+02:00)"),
        ("Europe/Zurich", "2026-10-25T04:00", "20261025T030000Z", "Sun 25 Oct 2026, 04:00 (Europe/Zurich, UTC+01:00)"),
        (
            "America/New_York", "2026-03-08T18:00", "20260308T220000Z",
            "Sun 8 Mar 2026, 18:00 (America/New_York, UTC-04:00)",
        ),
        (
            "America/New_York", "2026-11-01T18:00", "20261101T230000Z",
            "Sun 1 Nov 2026, 18:00 (America/New_York, UTC-05:00)",
        ),
        ("Europe/Warsaw", "2026-10-24T23:59", "20261024T215900Z", "Sat 24 Oct 2026, 23:59 (Europe/Warsaw, UTC+02:00)"),
        ("Africa/Banjul", "2026-07-01T12:00", "20260701T120000Z", "Wed 1 Jul 2026, 12:00 (Africa/Banjul, UTC+00:00)"),
        ("Asia/Jakarta", "2026-01-01T00:30", "20251231T173000Z", "Thu 1 Jan 2026, 00:30 (Asia/Jakarta, UTC+07:00)"),
        (
            "America/Santiago", "2026-09-06T09:00", "20260906T120000Z",
            "Sun 6 Sep 2026, 09:00 (America/Santiago, UTC-03:00)",
        ),
    ],
)  # fmt: skip
def test_hours_on_the_days_when_clocks_change(zone: str, wall: str, utc: str, said: str) -> None:
    at = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    row = DEADLINE | {"start": wall[:10], "end": wall[:10], "starts_at": at, "ends_at": at, "timezone": zone}
    assert prop("DTSTART", row) == f"DTSTART:{utc}"
    (seen,) = readers.by_icalendar(feed(row)).values()
    assert seen.start == at
    assert seen.description.splitlines()[2] == f"Local time: {said}"


# Read back by others


def expected(table: pd.DataFrame) -> dict[str, tuple[object, ...]]:
    facts: dict[str, tuple[object, ...]] = {}
    row: Any
    for row in table.itertuples():
        whole = row.all_day or row.date_precision != "day"
        start = row.start.date() if whole else row.starts_at.to_pydatetime()
        last = row.start if row.date_precision in WINDOWS else row.entry_end
        end = last.date() + timedelta(days=1) if whole else row.ends_at.to_pydatetime()
        facts[row.uid] = (start, None if end == start else end, row.sequence)
    return facts


def facts(seen: dict[str, readers.Seen]) -> dict[str, tuple[object, ...]]:
    return {uid: (one.start, one.end, one.sequence) for uid, one in seen.items()}


def test_three_unrelated_readers_see_the_same_in_any_order_of_the_events() -> None:
    table = table_of(ALL_SORTS)
    written = feed(*ALL_SORTS)
    seen = readers.by_icalendar(written)
    assert facts(seen) == expected(table)
    assert readers.by_vobject(written) == seen
    assert readers.by_ical(written) == seen
    assert readers.by_icalendar(readers.reversed_components(written)) == seen
    assert readers.by_vobject(readers.reversed_components(written)) == seen
    assert readers.by_icalendar(feed(*reversed(ALL_SORTS))) == seen


# What a text column can hold (no half characters), but for the one thing that icalendar writes otherwise.
text = nasty.map(lambda s: f"x{s}".encode(errors="ignore").decode().replace("\\N", ""))
days = st.dates(date(1990, 1, 1), date(2060, 12, 1))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 1)).map(  # noqa: DTZ001  naive until the zone is set
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
spans = st.timedeltas(timedelta(0), timedelta(days=40)).map(lambda span: timedelta(seconds=span.total_seconds() // 1))


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    row = {
        "title": draw(text),
        "description": draw(text),
        "basis": draw(text),
        "location": draw(text),
        "standing": draw(st.sampled_from(list(Standing))),
        "date_precision": draw(st.sampled_from(["day", "day", "expected", "month", "year"])),
        "sequence": draw(st.integers(0, 400)),
        "all_day": draw(st.booleans()),
        "timezone": draw(st.sampled_from(["", "Europe/Zurich", "America/New_York", "Asia/Jakarta"])),
    }
    if row["all_day"] or row["date_precision"] != "day":
        first, lasts = draw(days), draw(spans)
        entry_end = first + draw(st.sampled_from([lasts, lasts / 2]))
        return row | {"all_day": True, "start": str(first), "end": str(first + lasts), "entry_end": str(entry_end)}
    starts = draw(instants)
    ends = starts + draw(spans)
    return row | {
        "start": str(starts.date()),
        "end": str(ends.date()),
        "starts_at": starts,
        "ends_at": ends,
    }


@settings(deadline=None)
@given(st.lists(rows(), max_size=4), text)
def test_our_bytes_are_those_that_icalendar_writes(drawn: list[dict[str, Any]], name: str) -> None:
    table = table_of([row | {"item": f"item-{number}"} for number, row in enumerate(drawn)])
    written = feed_bytes(table, CalendarProperties(name, name, BASE, SOURCE))
    assert facts(readers.by_icalendar(written)) == expected(table)
    assert icalendar.Calendar.from_ical(written).to_ical() == written
    if drawn:
        assert readers.build_with_icalendar(*readers.values(written)) == written


@settings(deadline=None)
@given(st.lists(rows(), min_size=1, max_size=4))
def test_vobject_and_ical_read_the_same(drawn: list[dict[str, Any]]) -> None:
    table = table_of([row | {"item": f"item-{number}"} for number, row in enumerate(drawn)])
    written = feed_bytes(table, CalendarProperties("n", "", BASE, SOURCE))
    assert facts(readers.by_vobject(written)) == expected(table)
    assert readers.by_ical(written) == readers.by_vobject(written)
