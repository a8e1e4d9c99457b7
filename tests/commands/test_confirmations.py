"""Dates to confirm from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.messages import message
from calendar_model.mission.visible_calendar import calendar_for

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
ITEM = "session-HRC64"
DAYS = ("--start", "2027-02-22", "--end", "2027-03-30", "--source", SOURCE)


def row(item: str) -> Any:
    _, table = calendar_for(ANONYMOUS)
    return table[table["item"] == item].iloc[0]


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    assert main(["confirm", "--format", "json"]) == 0
    return {one["item"]: one for one in json.loads(capsys.readouterr().out)}


def test_the_list_is_a_table_or_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    listed = as_json(capsys)
    first, session = next(iter(listed.values())), listed[ITEM]
    assert first["pressing"] == "just-past"
    assert {name: session[name] for name in ("start", "end", "date_precision", "pressing", "days", "records")} == {
        "start": "2027-02-22",
        "end": "2027-03-30",
        "date_precision": "expected",
        "pressing": "coming",
        "days": 90,
        "records": "confirmed",
    }
    assert main(["confirm"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(listed) + 1
    assert lines[1].startswith(first["item"])


@pytest.mark.usefixtures("staff_member")
def test_days_are_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["confirm", ITEM, *DAYS, "--as", "Desk"]) == 0
    assert ITEM in capsys.readouterr().out
    assert (row(ITEM)["standing"], row(ITEM)["source_url"]) == ("confirmed", SOURCE)
    assert ITEM not in as_json(capsys)


def test_days_that_are_subject_to_change_stay_provisional(staff_member: Viewer) -> None:
    assert main(["confirm", ITEM, *DAYS, "--provisional", "--as", staff_member.person_id]) == 0
    assert (row(ITEM)["standing"], row(ITEM)["date_precision"]) == ("provisional", "day")


@pytest.mark.usefixtures("staff_member")
def test_nothing_is_announced_yet(capsys: pytest.CaptureFixture[str]) -> None:
    answer = ("--not-announced", "--ask-again", "2027-01-10", "--note", "Later.")
    assert main(["confirm", ITEM, *answer, "--as", "Desk"]) == 0
    assert "10 Jan 2027" in capsys.readouterr().out
    assert as_json(capsys)[ITEM]["asked"] == {
        "on": "2026-11-24",
        "ask_again_on": "2027-01-10",
        "note": "Later.",
        "source_url": "",
    }
    assert main(["confirm"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{ITEM}: ")


@pytest.mark.usefixtures("staff_member")
@pytest.mark.parametrize(
    ("arguments", "code", "values"),
    [
        ((ITEM, *DAYS), "command-no-person", {}),
        ((ITEM, *DAYS, "--as", "Nobody"), "command-unknown-person", {"person": "Nobody"}),
        ((ITEM, "--source", SOURCE, "--as", "Desk"), "outcome-without-day", {}),
        ((ITEM, "--start", "2027-02-22", "--as", "Desk"), "correction-without-source", {}),
        (("nothing", *DAYS, "--as", "Desk"), "outcome-item-unknown", {"item": "nothing"}),
        ((ITEM, *DAYS, "--not-announced", "--as", "Desk"), "confirm-days-not-announced", {}),
        ((ITEM, *DAYS, "--ask-again", "2027-01-10", "--as", "Desk"), "confirm-ask-again-without-answer", {}),
        (("session-HRC61", "--not-announced", "--as", "Desk"), "confirm-not-listed", {"item": "session-HRC61"}),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: tuple[str, ...], code: str, values: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["confirm", *arguments]) == 2
    assert capsys.readouterr().err.strip() == message(code, values)


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["confirm", ITEM, "--start", "soon"])
    assert "2026-11-24" in capsys.readouterr().err
