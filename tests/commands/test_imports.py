"""Calendars of others from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from calendar_model.__main__ import main
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.imports.plan import ImportNote
from calendar_model.store.models import Event
from tests.imports.calendars import BRIEFING, calendar, event

AS = ("--as", "Desk", "--body", "un-hrc", "--from", "2026-01-01", "--until", "2028-12-31")


def kept(viewer: Viewer) -> int:
    with reading(viewer) as session:
        return session.scalar(select(func.count(Event.id))) or 0


def standings(viewer: Viewer) -> dict[str, str]:
    with reading(viewer) as session:
        return {one.title: str(one.standing) for one in session.scalars(select(Event))}


def test_a_file_is_tried_out_and_then_taken_over(
    staff_member: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(calendar(BRIEFING, event("DTSTART:soon", uid="two", title="Debrief")))
    when = "Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich)"
    blank = " " * len(when)
    table = (
        f"No.  Outcome  {'When':{len(when)}}  Status     Title     Details\n"
        f"2    refused  {blank}             Debrief   Its dates or times cannot be read.\n"
        f"1    new      {when}  confirmed  Briefing  \n"
        "1 new, 1 refused\n"
        f"{ImportNote('ics-some-refused')}\n"
    )
    assert main(["import", str(file), *AS]) == 0
    assert capsys.readouterr().out == f"{table}Preview only. Add --write to import.\n"
    assert kept(staff_member) == 0
    assert main(["import", str(file), *AS, "--write"]) == 0
    assert capsys.readouterr().out == f"{table}Imported: 1.\n"
    assert kept(staff_member) == 1


def listed(out: str) -> list[tuple[object, ...]]:
    names = ("outcome", "title", "start", "end", "all_day", "timezone", "standing", "why")
    found = json.loads(out)
    assert all(tuple(one) == names for one in found)
    return [tuple(one.values()) for one in found]


def test_a_dry_run_is_a_list_for_programs_and_needs_no_person(
    staff_member: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(
        calendar(
            event("DTSTART;VALUE=DATE:20270302", "DTEND;VALUE=DATE:20270305", uid="days", title="Days"),
            event(
                "DTSTART;TZID=America/New_York:20270312T230000",
                "DURATION:PT2H",
                "RRULE:FREQ=DAILY;COUNT=2",
                "STATUS:TENTATIVE",
                uid="series",
                title="Series",
            ),
            event("DTSTART:20270401T080000Z", uid="moment", title="Moment"),
            event("DTSTART;VALUE=DATE:20270402", uid="off", title="Cancelled: Off"),
            event("DTSTART:soon", uid="x", title="Broken"),
        )
    )
    without_person = [str(file), *AS[2:], "--format", "json"]
    assert main(["import", *without_person]) == 0
    printed = capsys.readouterr()
    zone = "America/New_York"
    assert listed(printed.out) == [
        ("refused", "Broken", None, None, False, "", None, "Its dates or times cannot be read."),
        ("new", "Days", "2027-03-02", "2027-03-04", True, "", "confirmed", ""),
        ("new", "Series", "2027-03-12T23:00:00-05:00", "2027-03-13T01:00:00-05:00", False, zone, "provisional", ""),
        ("new", "Series", "2027-03-13T23:00:00-05:00", "2027-03-14T01:00:00-05:00", False, zone, "provisional", ""),
        (
            "new",
            "Moment",
            "2027-04-01T10:00:00+02:00",
            "2027-04-01T10:00:00+02:00",
            False,
            "Europe/Zurich",
            "confirmed",
            "",
        ),
        (
            "unchanged",
            "Off",
            "2027-04-02",
            "2027-04-02",
            True,
            "",
            "cancelled",
            "It is cancelled and was never imported.",
        ),
    ]
    assert "--write" in printed.err
    assert kept(staff_member) == 0
    assert main(["import", *without_person, "--write"]) == 2
    assert "--as" in capsys.readouterr().err
    assert kept(staff_member) == 0


def test_what_was_written_is_compared_with_what_is_internal(
    staff_member: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(calendar(BRIEFING))
    assert main(["import", str(file), *AS, "--write", "--format", "json"]) == 0
    assert [one[0] for one in listed(capsys.readouterr().out)] == ["new"]
    file.write_bytes(calendar(event("DTSTART;VALUE=DATE:20270304"), event("DTSTART:20270801T100000Z", uid="two")))
    assert main(["import", str(file), *AS[2:], "--format", "json"]) == 0
    assert [one[:3] for one in listed(capsys.readouterr().out)] == [
        ("changed", "Briefing", "2027-03-04"),
        ("new", "Briefing", "2027-08-01T12:00:00+02:00"),
    ]


def test_what_is_gone_from_a_file_is_shown_and_cancelled_when_that_is_said(
    staff_member: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(calendar(BRIEFING, event("DTSTART;VALUE=DATE:20270401", uid="two", title="Debrief")))
    assert main(["import", str(file), *AS, "--write"]) == 0
    file.write_bytes(calendar(BRIEFING))
    capsys.readouterr()
    assert main(["import", str(file), *AS, "--write"]) == 0
    assert "--cancel-gone" in capsys.readouterr().out
    assert standings(staff_member) == {"Briefing": "confirmed", "Debrief": "confirmed"}
    assert main(["import", str(file), *AS, "--format", "json"]) == 0
    shown = listed(capsys.readouterr().out)
    assert [one[:3] for one in shown] == [
        ("unchanged", "Briefing", "2027-03-03T10:00:00+01:00"),
        ("cancelled", "Debrief", "2027-04-01"),
    ]
    assert main(["import", str(file), *AS, "--cancel-gone", "--write"]) == 0
    assert standings(staff_member) == {"Briefing": "confirmed", "Debrief": "cancelled"}


def test_what_cannot_be_taken_over_is_a_sentence(
    staff_member: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none, table, file = tmp_path / "none.ics", tmp_path / "dates.csv", tmp_path / "letter.ics"
    file.write_text("Dear all")
    says = {
        ("import", str(none), *AS): f"{none} cannot be read (No such file or directory). Name another file.",
        ("import", str(table), *AS): "dates.csv is a table. Import it on the Import page, where its columns are matched.",
        ("import", str(file), *AS): "This is not a calendar file. Choose an .ics file exported from a calendar program.",
        ("import", str(file), "--as", "Desk", "--body", "nobody"): "“nobody” is not the code of an organisation or body. Look it up on the Organisations page.",
        ("import", str(file), "--as", "Nobody", "--body", "un-hrc"): "There is no person “Nobody”. Enter the identifier shown in the history, or the full name.",
        ("refresh", "nothing"): "No followed calendar has the identifier nothing.",
    }  # fmt: skip
    found = {}
    for command in says:
        assert main(command) == 2
        found[command] = capsys.readouterr().err.removesuffix("\n")
    assert found == says
    assert main(["refresh"]) == 0
    assert capsys.readouterr().out == "No calendar is due.\n"
