"""The kinds that the cases stand for: each fault in the other forms in which programs write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.imports.ics.reader import read_calendar
from calendar_model.imports.zones import zone_named
from tests.imports.calendars import BRIEFING, calendar, codes, event

# The parser guesses and warns; in the worker nobody listens.
pytestmark = pytest.mark.filterwarnings("ignore")

ZONE = "Europe/Zurich"
WESTERN, DAMAGED = "ics-western-letters", "ics-damaged-letters"
READS = {"timezone": ZONE, "since": "2026-06-01", "until": "2030-12-31"}
IN_THE_MORNING = ("DTSTART;TZID=Europe/Zurich:20270301T100000", "DTEND;TZID=Europe/Zurich:20270301T110000")


def instants(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Whole seconds in UTC."""
    days, seconds = st.dates(first, last), st.integers(0, 86_399)
    return st.builds(lambda day, at: datetime.combine(day, time(), UTC) + timedelta(seconds=at), days, seconds)


def read(data: bytes) -> dict[str, Any]:
    return read_calendar(data, **READS)


def when(*lines: str, head: str = "", more: tuple[str, ...] = ()) -> list[str]:
    """The occurrences of an event of these lines, of which none may be at fault."""
    rows = read(calendar(event(*lines), *more, head=head))["rows"]
    assert [row["problem"] for row in rows if row["problem"]] == []
    return [
        " ".join(filter(None, (row["start"], row["start_time"][:5], row["end"], row["end_time"][:5], row["timezone"])))
        for row in rows
    ]


def starts(*lines: str, head: str = "", more: tuple[str, ...] = ()) -> list[str]:
    return [" ".join(one.split()[:2]) for one in when(*lines, head=head, more=more)]


# --- Whole days

THREE_DAYS = ["2027-03-02 2027-03-04"]


@pytest.mark.parametrize("zone", ["", ";TZID=Europe/Zurich", ";TZID=Nowhere", ';TZID="Desk Zone "'])
@pytest.mark.parametrize("end_zone", ["", ";TZID=America/New_York"])
@pytest.mark.parametrize("form", [";VALUE=DATE", ""])
def test_a_day_is_a_day_whatever_zone_it_names(zone: str, end_zone: str, form: str) -> None:
    assert when(f"DTSTART{form}{zone}:20270302", f"DTEND{end_zone}{form}:20270305") == THREE_DAYS


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART;VALUE=DATE:20270302T000000", "DTEND;VALUE=DATE:20270305T000000"),
        ("DTSTART;VALUE=DATE:20270302", "DTEND:20270305T000000"),
        ("DTSTART;VALUE=DATE:20270302", "DTEND;TZID=Europe/Zurich:20270305T000000"),
        ("DTSTART;TZID=Europe/Zurich:20270302T000000", "DTEND;VALUE=DATE:20270305"),
        ("DTSTART;VALUE=DATE:20270302", "DURATION:P3D"),
        ("DTSTART;VALUE=DATE:20270302", "DURATION:P3DT0H0M0S"),
    ],
)
def test_midnights_beside_a_day_are_days(start: str, end: str) -> None:
    assert when(start, end) == THREE_DAYS


@pytest.mark.parametrize(
    "mark",
    ["X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT:true", "X-FUNAMBOL-ALLDAY:1"],
)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART:20270302T000000", "DTEND:20270305T000000"),
        ("DTSTART;TZID=America/New_York:20270302T000000", "DTEND;TZID=America/New_York:20270305T000000"),
        ("DTSTART:20270301T230000Z", "DTEND:20270304T230000Z"),
        ("DTSTART:20270302T000000Z", "DTEND:20270305T000000Z"),
    ],
)
def test_midnights_that_are_marked_as_whole_days_are_days(mark: str, start: str, end: str) -> None:
    assert when(start, end, mark) == THREE_DAYS


@pytest.mark.parametrize(
    ("mark", "start"),
    [("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "20270302T100000"), ("X-MICROSOFT-CDO-ALLDAYEVENT:FALSE", "20270302T000000")],
)
def test_what_is_not_marked_or_is_at_an_hour_stays_at_its_hours(mark: str, start: str) -> None:
    (found,) = when(f"DTSTART;TZID=Europe/Zurich:{start}", "DTEND;TZID=Europe/Zurich:20270305T000000", mark)
    assert found == f"2027-03-02 {start[9:11]}:00 2027-03-05 00:00 Europe/Zurich"


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2026, 6, 1), date(2030, 11, 1)), st.integers(1, 20), st.sampled_from([ZONE, "Pacific/Auckland", "America/St_Johns"]))  # fmt: skip
def test_whole_days_are_the_same_in_every_form(first: date, length: int, zone: str) -> None:
    after = first + timedelta(days=length)
    written = [
        (f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"),
        (f"DTSTART;TZID={zone};VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"),
        (f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DURATION:P{length}D"),
        (f"DTSTART;TZID={zone}:{first:%Y%m%d}T000000", f"DTEND;TZID={zone}:{after:%Y%m%d}T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
    ]  # fmt: skip
    expected = [f"{first} {after - timedelta(days=1)}"]
    assert {lines: when(*lines) for lines in written} == dict.fromkeys(written, expected)


def test_a_series_of_whole_days_takes_its_exceptions_in_hours() -> None:
    series = ("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;UNTIL=20270304T230000Z")
    excluded = ("EXDATE:20270302T000000Z", "EXDATE;TZID=Europe/Zurich:20270303T000000")
    assert when(*series, *excluded) == [f"2027-03-0{day} 2027-03-0{day}" for day in (1, 4, 5)]


# --- One broken part

BROKEN_IN_AN_EVENT = {
    "alarm": "BEGIN:VALARM\r\nTRIGGER;VALUE=DATE-TIME:never\r\nREPEAT:often\r\nEND:VALARM",
    "alarm that does not end": "BEGIN:VALARM\r\nTRIGGER:-PT5M",
    "stamp": "DTSTAMP:20261101T0900",
    "stamp twice": "DTSTAMP:yesterday\r\nDTSTAMP:today",
    "created": "CREATED:20261341T250000Z",
    "modified": "LAST-MODIFIED:",
    "sequence": "SEQUENCE:first",
    "priority": "PRIORITY:very high",
    "place on the map": "GEO:here",
    "length beside an end": "DURATION:an hour",
    "attachment": "ATTACH;ENCODING=BASE64;VALUE=BINARY:***",
    "line": "what somebody wrote into the file by hand",
    "line without a value": "X-NOTHING",
    "parameter": 'COMMENT;LANGUAGE="en:text',
}
BROKEN_BESIDE = {
    "task": "BEGIN:VTODO\r\nDUE:soon\r\nRRULE:FREQ=NEVER\r\nEND:VTODO",
    "note": "BEGIN:VJOURNAL\r\nDTSTART:once\r\nEND:VJOURNAL",
    "busy times": "BEGIN:VFREEBUSY\r\nFREEBUSY:always\r\nEND:VFREEBUSY",
    "zone without rules": "BEGIN:VTIMEZONE\r\nTZID:Desk\r\nEND:VTIMEZONE",
    "zone without name": "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:soon\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    "zone of a known name": "BEGIN:VTIMEZONE\r\nTZID:Europe/Zurich\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+9999\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    "a program's own part": "BEGIN:X-THING\r\nX-A:b\r\nEND:X-THING",
    "another event": "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:tomorrow\r\nEND:VEVENT",
    "another event that does not end": "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:tomorrow",
    "an end of nothing": "END:VALARM",
    "line": "what somebody wrote into the file by hand",
}  # fmt: skip


@pytest.mark.parametrize("part", BROKEN_IN_AN_EVENT.values(), ids=BROKEN_IN_AN_EVENT)
def test_an_event_is_taken_in_spite_of_a_broken_part(part: str) -> None:
    assert when(*IN_THE_MORNING, part) == ["2027-03-01 10:00 2027-03-01 11:00 Europe/Zurich"]


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("part", BROKEN_BESIDE.values(), ids=BROKEN_BESIDE)
def test_events_are_taken_in_spite_of_a_broken_part_beside_them(part: str, last: bool) -> None:
    rows = read(calendar(*([BRIEFING, part] if last else [part, BRIEFING])))["rows"]
    good = [row for row in rows if not row["problem"]]
    assert [(row["title"], row["start"], row["start_time"]) for row in good] == [("Briefing", "2027-03-03", "10:00:00")]


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        ("TZID:Desk Zone ", "Desk Zone"),
        ("TZID: Desk Zone", '" Desk Zone "'),
        ("TZID;X-A=b:Desk Zone", "Desk Zone "),
    ],
)
def test_blanks_around_the_name_of_a_zone_do_not_count(definition: str, named: str) -> None:
    zone = f"BEGIN:VTIMEZONE\n{definition}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0330\nTZOFFSETTO:+0330\nEND:STANDARD\nEND:VTIMEZONE"
    assert starts(f"DTSTART;TZID={named}:20270301T133000", head=zone) == ["2027-03-01 11:00"]


def test_the_name_of_a_zone_means_what_its_own_calendar_says() -> None:
    def half(offset: str, uid: str) -> bytes:
        zone = f"BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE"
        return calendar(event("DTSTART;TZID=Ours:20270301T120000", uid=uid), head=zone)

    rows = read(half("+0300", "a") + half("+0500", "b"))["rows"]
    assert {row["uid"]: row["start_time"] for row in rows} == {"a": "10:00:00", "b": "08:00:00"}


@pytest.mark.parametrize(
    "part", ["X-NOTE=1", "NOTE=1", "SKIP=FORWARD", "RSCALE=GREGORIAN", "BYDAY=", "WKST=", "COUNT=3;", ""]
)
def test_a_rule_is_followed_without_the_part_that_is_not_understood(part: str) -> None:
    found = starts("DTSTART;VALUE=DATE:20270301", f"RRULE:FREQ=WEEKLY;{part};COUNT=3")
    assert [one.split()[0] for one in found] == ["2027-03-01", "2027-03-08", "2027-03-15"]


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=XX", "COUNT=3", "", "FREQ=WEEKLY;UNTIL=later", "RSCALE=HEBREW;FREQ=YEARLY", "FREQ=DAILY;COUNT=many"])  # fmt: skip
def test_a_rule_whose_days_are_not_certain_refuses_its_event_alone(rule: str) -> None:
    rows = read(calendar(event("DTSTART:20270301T100000Z", f"RRULE:{rule}", uid="x"), BRIEFING))["rows"]
    assert sorted((row["uid"], bool(row["problem"])) for row in rows) == [
        ("one@secretariat.example", False),
        ("x", True),
    ]


# --- Letters

_LETTERS = st.text(st.sampled_from("éèàçøåßÉŒłДжם中😀’ abc-"), min_size=1, max_size=80).map(lambda text: f"R{text}é")


@settings(max_examples=60, deadline=None)
@given(_LETTERS, st.integers(5, 30), st.sampled_from([b"\r\n ", b"\n ", b"\r\n\t", b"\r\r\n "]))
def test_a_fold_may_be_anywhere(title: str, width: int, fold: bytes) -> None:
    data = calendar(event(*IN_THE_MORNING, title="PLACEHOLDER"))
    encoded = title.encode()
    folded = fold.join(encoded[at : at + width] for at in range(0, len(encoded), width))
    found = read(data.replace(b"PLACEHOLDER", folded))
    assert [row["title"] for row in found["rows"]] == [" ".join(title.split())]
    assert set(codes(found["remarks"])) & {WESTERN, DAMAGED} == set()


@settings(max_examples=60, deadline=None)
@given(_LETTERS, st.data())
def test_a_text_may_end_inside_a_letter(title: str, data: st.DataObject) -> None:
    encoded = title.encode()
    kept = data.draw(st.integers(1, len(encoded)))
    place = "LOCATION:Genève, Palais des Nations"
    written = calendar(event(*IN_THE_MORNING, place, title="PLACEHOLDER"))
    found = read(written.replace(b"PLACEHOLDER", encoded[:kept]))
    whole = encoded[:kept].decode(errors="ignore")
    assert [(row["title"], row["location"]) for row in found["rows"]] == [
        (" ".join(whole.split()), "Genève, Palais des Nations")
    ]
    assert set(codes(found["remarks"])) & {WESTERN, DAMAGED} == set()


@pytest.mark.parametrize(
    ("title", "read_as", "remark"),
    [
        ("Réunion du comité".encode("cp1252"), "Réunion du comité", WESTERN),
        ("COMITÉ".encode("cp1252"), "COMITÉ", WESTERN),
        ("PÅ MILJØ".encode("cp1252"), "PÅ MILJØ", WESTERN),
        (b"D\x81fense", "D\x81fense".replace("\x81", " "), WESTERN),
        ("Défense ".encode() + b"\xff" + "été".encode(), "Défense �été", DAMAGED),
    ],
)
def test_what_is_not_in_utf_8_is_said(title: bytes, read_as: str, remark: str) -> None:
    found = read(calendar(event(*IN_THE_MORNING, title="PLACEHOLDER")).replace(b"PLACEHOLDER", title))
    assert [row["title"] for row in found["rows"]] == [read_as]
    assert remark in codes(found["remarks"])


def test_one_line_in_another_encoding_does_not_change_the_others() -> None:
    data = calendar(
        event(*IN_THE_MORNING, "LOCATION:Genève", title="PLACEHOLDER"),
        event(*IN_THE_MORNING, uid="two", title="Défenseuses"),
    ).replace(b"PLACEHOLDER", "Réunion de travail".encode("cp1252"))
    rows = read(data)["rows"]
    assert [(row["title"], row["location"]) for row in rows] == [("Réunion de travail", "Genève"), ("Défenseuses", "")]


# --- Hours without a zone, in UTC, in another zone

SERIES_AT_18 = {
    "without a zone": "DTSTART:20270301T180000",
    "in its zone": "DTSTART;TZID=Europe/Zurich:20270301T180000",
    "in UTC": "DTSTART:20270301T170000Z",
}
SECOND_OF_MARCH = {
    "without a zone": "{}:20270302T180000",
    "in its zone": "{};TZID=Europe/Zurich:20270302T180000",
    "in UTC": "{}:20270302T170000Z",
    "in another zone": "{};TZID=America/New_York:20270302T120000",
    "as a day": "{};VALUE=DATE:20270302",
}
_pairs = [
    pytest.param(SERIES_AT_18[series], SECOND_OF_MARCH[moment], id=f"{series}, {moment}")
    for series in SERIES_AT_18
    for moment in SECOND_OF_MARCH
    if (series, moment) != ("in UTC", "without a zone")
]


@pytest.mark.parametrize(("start", "moment"), _pairs)
def test_an_occurrence_is_excluded_in_whatever_form_it_is_named(start: str, moment: str) -> None:
    found = starts(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", moment.format("EXDATE"))
    assert found == ["2027-03-01 18:00", "2027-03-03 18:00"]


@pytest.mark.parametrize(("start", "moment"), _pairs)
def test_an_occurrence_is_moved_in_whatever_form_it_is_named(start: str, moment: str) -> None:
    moved = event(moment.format("RECURRENCE-ID"), "DTSTART;TZID=Europe/Zurich:20270302T150000", "DURATION:PT1H")
    found = starts(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", more=(moved,))
    assert found == ["2027-03-01 18:00", "2027-03-02 15:00", "2027-03-03 18:00"]


@pytest.mark.parametrize(("start", "moment"), _pairs)
def test_an_occurrence_is_added_in_whatever_form_it_is_named(start: str, moment: str) -> None:
    found = starts(start, "DURATION:PT1H", moment.format("RDATE"))
    assert found == ["2027-03-01 18:00", "2027-03-02 18:00"]


@pytest.mark.parametrize("start", SERIES_AT_18.values(), ids=SERIES_AT_18)
@pytest.mark.parametrize("until", ["20270305T170000Z", "20270305T180000", "20270305"])
def test_the_last_occurrence_is_kept_in_whatever_form_it_is_named(start: str, until: str) -> None:
    found = starts(start, "DURATION:PT1H", f"RRULE:FREQ=DAILY;UNTIL={until}")
    if start.endswith("Z") and until.endswith("T180000"):
        # Without a zone it is by the clock of the series, an hour after the last one.
        found = found[:5]
    assert found == [f"2027-03-0{day} 18:00" for day in range(1, 6)]


@pytest.mark.parametrize("until", ["20270305T000000Z", "20270305T235959Z", "20270304T230000Z", "20270305"])
def test_the_last_of_a_series_of_days_is_kept(until: str) -> None:
    found = when("DTSTART;VALUE=DATE:20270301", f"RRULE:FREQ=DAILY;UNTIL={until}")
    assert found == [f"2027-03-0{day} 2027-03-0{day}" for day in range(1, 6)]


@pytest.mark.parametrize("value", ["PERIOD:20270302T170000Z/PT1H", "PERIOD:20270302T170000Z/20270302T180000Z"])
def test_a_period_is_an_occurrence_of_its_own_length(value: str) -> None:
    found = when("DTSTART;TZID=Europe/Zurich:20270301T180000", "DURATION:PT2H", f"RDATE;VALUE={value}")
    assert found == [
        "2027-03-01 18:00 2027-03-01 20:00 Europe/Zurich",
        "2027-03-02 18:00 2027-03-02 19:00 Europe/Zurich",
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("DTSTART;TZID=America/New_York:20270301T100000", "DTEND:20270301T110000", "10:00 2027-03-01 11:00 America/New_York"),
        ("DTSTART:20270301T100000", "DTEND;TZID=America/New_York:20270301T110000", "10:00 2027-03-01 11:00 America/New_York"),
        ("DTSTART:20270301T100000", "DTEND:20270301T110000Z", "10:00 2027-03-01 12:00 Europe/Zurich"),
        ("DTSTART;TZID=Europe/Zurich:20270301T100000", "DTEND;TZID=America/New_York:20270301T060000", "10:00 2027-03-01 12:00 Europe/Zurich"),
        ("DTSTART;TZID=America/New_York:20270301T100000Z", "DTEND:20270301T110000Z", "11:00 2027-03-01 12:00 Europe/Zurich"),
    ],
)  # fmt: skip
def test_the_end_is_in_the_zone_of_the_beginning_unless_it_names_one(start: str, end: str, expected: str) -> None:
    assert when(start, end) == [f"2027-03-01 {expected}"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["", "X-WR-TIMEZONE:Europe/Zurich", "X-WR-TIMEZONE:America/New_York"]),
    instants(date(2026, 7, 1), date(2028, 1, 1)),
    st.integers(2, 40),
)
def test_a_series_in_utc_stays_at_its_hour_in_utc(head: str, first: datetime, count: int) -> None:
    rows = read(calendar(event(f"DTSTART:{first:%Y%m%dT%H%M%SZ}", f"RRULE:FREQ=WEEKLY;COUNT={count}"), head=head))[
        "rows"
    ]
    instants = [
        datetime.fromisoformat(f"{row['start']}T{row['start_time']}").replace(tzinfo=ZoneInfo(row["timezone"]))
        for row in rows
    ]
    assert [at.astimezone(UTC) for at in instants] == [first + timedelta(weeks=week) for week in range(count)]


# --- The hour that the clock shows twice, and the one that it leaves out


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
    instants(date(2027, 1, 1), date(2028, 12, 1)),
    st.integers(1, 300),
)
def test_an_instant_stays_the_same_instant(zone: str, first: datetime, minutes: int) -> None:
    last = first + timedelta(minutes=minutes)
    (row,) = read(
        calendar(event(f"DTSTART:{first:%Y%m%dT%H%M%SZ}", f"DTEND:{last:%Y%m%dT%H%M%SZ}"), head=f"X-WR-TIMEZONE:{zone}")
    )["rows"]
    found = [
        datetime.fromisoformat(f"{row[side]}T{row[f'{side}_time']}").replace(tzinfo=ZoneInfo(row["timezone"]))
        for side in ("start", "end")
    ]
    assert [at.astimezone(UTC) for at in found] == [first, last]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:20271031T003000Z", "DTEND:20271031T010000Z"), "2027-10-31 00:30 2027-10-31 01:00 UTC"),
        (("DTSTART:20271031T003000Z", "DTEND:20271031T005900Z"), "2027-10-31 02:30 2027-10-31 02:59 Europe/Zurich"),
        (("DTSTART;TZID=Europe/Zurich:20271031T013000", "DURATION:PT2H"), "2027-10-30 23:30 2027-10-31 01:30 UTC"),
        (("DTSTART;TZID=Europe/Zurich:20271030T120000", "DURATION:P1D"), "2027-10-30 12:00 2027-10-31 12:00 Europe/Zurich"),
        (("DTSTART;TZID=Europe/Zurich:20271030T120000", "DURATION:PT24H"), "2027-10-30 12:00 2027-10-31 11:00 Europe/Zurich"),
        (("DTSTART:20271031T013000Z",), "2027-10-31 01:30 2027-10-31 UTC"),
    ],
)  # fmt: skip
def test_around_the_doubled_hour(lines: tuple[str, ...], expected: str) -> None:
    assert when(*lines) == [expected]


# --- Exclusions by rule, what follows the end, line ends, identifiers


@pytest.mark.parametrize("start", ["DTSTART:20270301T100000Z", "DTSTART;TZID=Europe/Zurich:20270301T100000", "DTSTART:20270301T100000", "DTSTART;VALUE=DATE:20270301"])  # fmt: skip
@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=SA,SU", (1, 2, 3, 4, 5, 8, 9, 10)),
        ("FREQ=DAILY;INTERVAL=2", (2, 4, 6, 8, 10)),
        ("FREQ=DAILY;UNTIL=20270305", (6, 7, 8, 9, 10)),
        ("FREQ=DAILY;COUNT=1", (2, 3, 4, 5, 6, 7, 8, 9, 10)),
    ],
)
def test_a_rule_excludes_what_it_names(start: str, rule: str, days: tuple[int, ...]) -> None:
    found = starts(start, "RRULE:FREQ=DAILY;COUNT=10", f"EXRULE:{rule}")
    assert [int(one.split()[0][-2:]) for one in found] == list(days)


def test_an_exclusion_that_is_not_understood_is_said() -> None:
    found = read(calendar(event("DTSTART:20270301T100000Z", "RRULE:FREQ=DAILY;COUNT=3", "EXRULE:FREQ=WORKDAYS")))
    assert len(found["rows"]) == 3
    assert "ics-exclusion-not-understood" in codes(found["remarks"])


@pytest.mark.parametrize("after", ["<!-- 0.2 s -->", "END:VCALENDAR", "\r\n\r\n", "BEGIN:VEVENT\r\nEND:VEVENT", "\x1a"])
def test_what_follows_the_end_is_not_read(after: str) -> None:
    assert len(read(calendar(BRIEFING) + after.encode())["rows"]) == 1


def test_a_second_calendar_after_something_else_is_read() -> None:
    data = calendar(BRIEFING) + b"-- next --\r\n" + calendar(event(*IN_THE_MORNING, uid="two"))
    assert [row["uid"] for row in read(data)["rows"]] == ["two", "one@secretariat.example"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\r\n", b"\r\n\r\n", b"\r\n"])
def test_every_end_of_line_is_one(line_end: bytes) -> None:
    text = event(*IN_THE_MORNING, "DESCRIPTION:A long text\r\n  goes on", title="Accents é")
    (row,) = read(calendar(text).replace(b"\r\n", line_end))["rows"]
    assert (row["title"], row["programme"], row["start_time"]) == ("Accents é", "A long text goes on", "10:00:00")


def named(*lines: str, title: str) -> str:
    return event("DTSTAMP:20261101T090000Z", *lines, uid="same", title=title)


@pytest.mark.parametrize("turn", [list, lambda some: list(reversed(some))])
@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ([named("DTSTART:20270301T100000Z", title="A"), named("DTSTART:20270302T100000Z", title="B")], ["A", "B"]),
        ([named("DTSTART:20270301T100000Z", title="A"), named("DTSTART:20270302T100000Z", title="A")], ["A", "A"]),
        ([named("DTSTART:20270301T100000Z", title="A"), named("DTSTART:20270301T100000Z", title="B")], ["A", "B"]),
        ([named("DTSTART:20270301T100000Z", title="A"), named("DTSTART:20270301T100000Z", title="A")], ["A"]),
        ([named("DTSTART:20270301T100000Z", title="A"), named("DTSTART:20270302T100000Z", "SEQUENCE:1", title="B")], ["B"]),
        ([named("DTSTART:20270301T100000Z", "RRULE:FREQ=DAILY;COUNT=2", title="A"), named("DTSTART:20270401T100000Z", "RRULE:FREQ=DAILY;COUNT=2", title="B")], ["A", "A", "B", "B"]),
    ],
)  # fmt: skip
def test_two_events_may_share_an_identifier(
    events: list[str], kept: list[str], turn: Callable[[list[str]], list[str]]
) -> None:
    rows = read(calendar(*turn(events)))["rows"]
    good = [row for row in rows if not row["problem"]]
    assert sorted(row["title"] for row in good) == kept
    assert len({(row["uid"], row["occurrence"]) for row in good}) == len(kept)
    # Whichever is first, each keeps its identifier when the file comes again.
    turned = read(calendar(*reversed(turn(events))))["rows"]
    assert {(row["title"], row["uid"], row["start"]) for row in turned} == {
        (row["title"], row["uid"], row["start"]) for row in rows
    }


def test_an_event_without_an_identifier_is_known_by_its_title_and_beginning() -> None:
    written = [
        event("DTSTART;TZID=Europe/Zurich:20270301T100000", uid=""),
        event("DTSTART:20270301T090000Z", "STATUS:TENTATIVE", uid=""),
        event("DTSTART:20270301T090000Z", uid="", title="Cancelled: Briefing"),
    ]
    others = [event("DTSTART:20270301T100000Z", uid=""), event("DTSTART:20270301T090000Z", uid="", title="Debrief")]
    uids = [read(calendar(one))["rows"][0]["uid"] for one in [*written, *others]]
    assert (len(set(uids[:3])), len(set(uids))) == (1, 3)


# --- Titles, hours, zones by their names


@pytest.mark.parametrize("title", ["", "SUMMARY:", "SUMMARY:   ", "SUMMARY:<b></b>"])
def test_what_has_no_title_is_called_untitled(title: str) -> None:
    (row,) = read(calendar(event(*IN_THE_MORNING, title, title="")))["rows"]
    assert row["title"] == "(untitled)"


@pytest.mark.parametrize(
    "written",
    ["Cancelled: Briefing", "Canceled: Briefing", "CANCELLED:Briefing", "Avlyst: Briefing", "AVLYST – Briefing",
     "[Cancelled] Briefing", "(canceled) Briefing", "Annulé : Briefing", "Annulée: Briefing", "Abgesagt: Briefing",
     "Cancelled - Briefing", "AVLYST! Briefing"],
)  # fmt: skip
def test_a_title_can_say_that_it_is_called_off(written: str) -> None:
    (row,) = read(calendar(event(*IN_THE_MORNING, title=written)))["rows"]
    assert (row["title"], row["standing"], row["series_cancelled"]) == ("Briefing", "cancelled", False)


@pytest.mark.parametrize("title", ["Cancelled", "Avlyst: "])
def test_a_title_that_says_nothing_else(title: str) -> None:
    (row,) = read(calendar(event(*IN_THE_MORNING, title=title)))["rows"]
    assert (row["title"], row["standing"]) == ("(untitled)", "cancelled")


@pytest.mark.parametrize("title", ["Cancelled visas of defenders", "Debt cancelled: what next", "Avlystingen", "Annulment: what next"])  # fmt: skip
def test_a_title_about_cancelling_is_not_called_off(title: str) -> None:
    (row,) = read(calendar(event(*IN_THE_MORNING, title=title)))["rows"]
    assert (row["title"], row["standing"]) == (title, "confirmed")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("20270228T240000", ["2027-03-01 00:00"]),
        ("20271231T240000", ["2028-01-01 00:00"]),
        ("20270301T100060", ["2027-03-01 10:00"]),
        ("20270301T1000", ["2027-03-01 10:00"]),
    ],
)
def test_hours_on_the_edge(start: str, expected: list[str]) -> None:
    assert starts(f"DTSTART:{start}") == expected


@pytest.mark.parametrize("start", ["20270301T250000", "20270301T240001", "20270301T106100", "20270229", "20270301T1"])
def test_hours_that_are_none_refuse_their_event_alone(start: str) -> None:
    rows = read(calendar(event(f"DTSTART:{start}", uid="x"), BRIEFING))["rows"]
    assert sorted((row["uid"], bool(row["problem"])) for row in rows) == [
        ("one@secretariat.example", False),
        ("x", True),
    ]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(GMT+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Berlin"),
        ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"),
        ("(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw"),
        ("(UTC+02:00) Athens, Bucharest", "Europe/Bucharest"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC+03:00) Nairobi", "Africa/Nairobi"),
        ("(UTC+02:00) Jerusalem", "Asia/Jerusalem"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("europe/zurich", "Europe/Zurich"),
        ("/mozilla.org/20050126_1/Europe/Oslo", "Europe/Oslo"),
        ("tzone://Microsoft/Utc", "UTC"),
    ],
)
def test_zones_go_by_the_names_that_programs_give_them(name: str, zone: str) -> None:
    found = zone_named(name)
    assert isinstance(found, ZoneInfo)
    assert found.key == zone
    assert zone_named(f"{name} ") == found


@pytest.mark.parametrize("name", ["(UTC+01:00) Nowhere", "(UTC+09:00) Amsterdam, Berlin", "(UTC+01:00) West Central Africa", "Desk", "", "UTC+99:00"])  # fmt: skip
def test_a_name_that_does_not_say_which_zone_it_is_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize("quoted", ['"{}"', "{}"])
def test_a_name_with_a_colon_in_it_is_read_with_and_without_quotation_marks(quoted: str) -> None:
    name = quoted.format("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna")
    assert when(f"DTSTART;TZID={name}:20270601T100000") == ["2027-06-01 10:00 2027-06-01 Europe/Berlin"]


# --- How many


def of_day(day: str, uid: str) -> str:
    return event(f"DTSTART;VALUE=DATE:{day}", uid=uid)


def test_only_what_falls_into_the_period_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calendar_model.imports.ics.reader.MAX_EVENTS", 20)
    before = [of_day(f"20{year}0303", f"b{year}") for year in range(10, 26)]
    after = [of_day(f"20{year}0303", f"a{year}") for year in range(31, 60)]
    over = event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY;UNTIL=20200601", uid="over")
    rows = read(calendar(*before, *after, over, *[of_day("20270303", f"{number}") for number in range(18)]))["rows"]
    assert sum(not row["outside"] for row in rows) == 18
    assert sum(row["outside"] for row in rows) == len(before) + len(after)


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2026, 6, 1), date(2030, 12, 31)), st.permutations(["SUMMARY:Briefing", "LOCATION:Room", "STATUS:CONFIRMED", "CLASS:PUBLIC", "X-A:b"]))  # fmt: skip
def test_the_order_of_lines_does_not_matter(day: date, lines: list[str]) -> None:
    data = calendar("\r\n".join(["BEGIN:VEVENT", *lines, f"DTSTART;VALUE=DATE:{day:%Y%m%d}", "UID:a", "END:VEVENT"]))
    (row,) = read(data)["rows"]
    assert (row["title"], row["location"], row["start"], row["private"]) == ("Briefing", "Room", str(day), False)
