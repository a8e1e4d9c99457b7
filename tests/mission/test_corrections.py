"""Who may put the reference right, what is refused, and what those who subscribed see of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.corrections import change_cadence, record_correction
from calendar_model.mission.records import delete_record
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import DATA_VARIABLE, load
from calendar_model.store.models import Case, Correction, Person, RecordLink
from calendar_model.terms import RecordKind, Suggester
from calendar_model.vocabulary import Sensitivity

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
DAYS = {"start": "2027-03-01", "end": "2027-04-02", "date_precision": "day", "standing": "confirmed"}
WHY = "It was of another session."


def record(who: Viewer, values: Mapping[str, str] = DAYS, /, **columns: Any) -> str:
    known = {"title": "HRC64", "file": "sessions.csv", "row": "HRC64", "source_url": SOURCE}
    return save(who, Correction, {**known, "values": json.dumps(values), **columns})


def change(who: Viewer, correction: str, seen: int, **columns: Any) -> None:
    save(who, Correction, columns, record_id=correction, seen=seen, reason=WHY)


def withdraw(who: Viewer, correction: str, seen: int) -> None:
    delete_record(who, RecordKind.CORRECTION, correction, seen=seen, reason=WHY)


def shown() -> tuple[Any, ...]:
    _, table = calendar_for(ANONYMOUS)
    (row,) = table[table["item"] == "session-HRC64"].itertuples()
    return row.start, row.sequence, row.basis


def told(client: TestClient) -> tuple[str, int]:
    """First day and sequence of the session in the file that calendar programs are given."""
    unfolded = client.get("/feeds/item/session-HRC64.ics").content.replace(b"\r\n ", b"").decode()
    lines = dict(line.split(":", 1) for line in unfolded.split("\r\n") if ":" in line)
    return lines["DTSTART;VALUE=DATE"], int(lines["SEQUENCE"])


def changed() -> datetime:
    """What the feed's Last-Modified is taken from."""
    found: datetime = calendar_for(ANONYMOUS)[1].attrs["files_changed"]
    return found


def test_subscribers_follow_every_step_and_never_a_lower_sequence(
    client: TestClient, staff_member: Viewer, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    seen, at = [told(client)], [changed()]
    made = record(staff_member)
    seen.append(told(client))
    at.append(changed())
    change(staff_member, made, 1, values=json.dumps({**DAYS, "start": "2027-03-02"}), note="A holiday.")
    seen.append(told(client))
    withdraw(staff_member, made, 2)
    seen.append(told(client))
    at.append(changed())
    assert [days for days, _ in seen] == ["20270222", "20270301", "20270302", "20270222"]
    sequences = [sequence for _, sequence in seen]
    assert sequences == sorted(set(sequences))
    assert at == sorted(at)
    assert at[1] > at[0]
    with reading(staff_member) as session:
        assert session.scalars(select(Correction)).all() == []


def test_the_calendar_says_that_it_is_corrected(staff_member: Viewer) -> None:
    record(staff_member)
    reference, _ = calendar_for(ANONYMOUS)
    assert shown()[2] == (
        f"The days of the session are from the source given. {reference.corrected['sessions.csv', 'HRC64'].basis}"
    )
    assert reference.corrected["sessions.csv", "HRC64"].basis.endswith(
        ", from the source given: start, end, date precision, standing."
    )


def test_a_change_of_something_else_does_not_read_the_corrections_again(staff_member: Viewer) -> None:
    record(staff_member)
    before = calendar_for(ANONYMOUS)[1]
    save(ANONYMOUS, Person, {"name": "Somebody new"})
    assert calendar_for(ANONYMOUS)[1] is before


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"values": "[]"}, "Enter the corrected columns as a JSON object of texts."),
        ({"values": '{"start": 5}'}, "Enter the corrected columns as a JSON object of texts."),
        (
            {"source_url": ""},
            "Enter the address of the source, beginning with https:// or http://, without spaces.",
        ),
        (
            {"values": json.dumps({**DAYS, "end": "2027-02-01"})},
            "End: “2027-02-01” is not valid. Expected: a date on or after the start, 2027-03-01.",
        ),
        (
            {"sensitivity": Sensitivity.INTERNAL},
            "A correction concerns the organisations' meetings, so it is always public.",
        ),
    ],
)
def test_what_would_not_fit_is_refused(staff_member: Viewer, columns: dict[str, Any], says: str) -> None:
    before = shown()
    with pytest.raises(Refused) as refused:
        record(staff_member, **columns)
    assert (str(refused.value), shown()) == (says, before)


def test_a_correction_stays_public_and_of_its_row(staff_member: Viewer) -> None:
    made = record(staff_member)
    for columns in ({"sensitivity": Sensitivity.INTERNAL}, {"row": "HRC65"}):
        with pytest.raises(Refused):
            change(staff_member, made, 1, **columns)
    case = save(staff_member, Case, {"title": "Case 1", "suggested_by": Suggester.DEFENDER})
    with pytest.raises(Refused) as refused, writing(staff_member) as session:
        session.add(RecordLink(record_id=case, other_id=made))
    assert (
        str(refused.value)
        == "A correction is public and cannot be linked to other records. Link it to a calendar item instead."
    )


def test_nobody_of_the_sample_puts_the_reference_right() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    before = shown()
    with pytest.raises(Refused) as refused:
        record(fictional)
    assert str(refused.value) == "Sample users cannot record corrections: they would apply to everyone's calendar."
    assert shown() == before


def test_what_something_else_rests_on_is_not_withdrawn_first(staff_member: Viewer) -> None:
    values = {**DAYS, "body": "un-hrc", "number": "71", "title": "Human Rights Council, 71st session"}
    session = record(staff_member, values, row="HRC71")
    date_set = record(
        staff_member,
        {"date": "2027-02-15", "standing": "confirmed"},
        file="milestone_dates.csv",
        row="hrc-penholder-consultation HRC71",
    )
    with pytest.raises(Refused) as refused:
        withdraw(staff_member, session, 1)
    assert str(refused.value).startswith("Something else depends on this correction. Correct that first. ")
    withdraw(staff_member, date_set, 1)
    withdraw(staff_member, session, 1)
    assert "HRC71" not in calendar_for(ANONYMOUS)[0].sessions


def test_the_command_line_shows_lists_and_exports_them(
    staff_member: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corrections"]) == 0
    assert capsys.readouterr().out == "No corrections are recorded.\n"
    record(staff_member)
    assert main(["corrections", "list"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert [*head.split(), *line.split()[1:3]] == [
        *["Date", "File", "Row", "Corrected", "Effect", "Source"],
        "sessions.csv",
        "HRC64",
    ]
    assert line.endswith(f"overrides the file  {SOURCE}")
    assert main(["corrections", "export"]) == 0
    assert capsys.readouterr().out.startswith("--- a/data/sessions.csv\n+++ b/data/sessions.csv\n@@ ")
    assert main(["items", "--search", "64th", "--kind", "session", "--format", "csv"]) == 0
    assert ",2027-03-01," in capsys.readouterr().out
    assert main(["check"]) == 0


# --- Commands


def recorded_values(who: Viewer, correction: str) -> dict[str, str]:
    with reading(who) as session:
        found: dict[str, str] = json.loads(session.get_one(Correction, correction).values)
    return found


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def test_a_correction_says_what_its_days_imply_and_where_the_row_was_read_before(staff_member: Viewer) -> None:
    record(staff_member)
    other = "https://www.example.org/announced"
    values = {"start": "2027-03-08", "end": "2027-04-09", "notes": "As the  secretariat announced"}
    made = record_correction(staff_member, "sessions.csv", "HRC64", values, source_url=other, note="By letter")
    assert recorded_values(staff_member, made)["notes"] == (
        f"As the secretariat announced; By letter; Source before the correction: {SOURCE}"
    )
    window = record_correction(
        staff_member, "sessions.csv", "HRC67", {"start": "2028-03-06", "end": "2028-04-07"}, source_url=SOURCE
    )
    assert recorded_values(staff_member, window)["date_precision"] == "day"
    with pytest.raises(Refused) as refusal:
        record_correction(staff_member, "sessions.csv", "HRC64", {"start": "2027-03-08"}, source_url=other)
    assert codes(refusal) == [("correction-says-nothing-new", "")]
    later = {**DAYS, "end": "2027-04-09"}
    record_correction(
        staff_member, "sessions.csv", "HRC64", later, source_url=SOURCE, note="One", correction_id=made, seen=1
    )
    assert recorded_values(staff_member, made) == later


def test_confirmed_days_change_only_with_a_reason(staff_member: Viewer) -> None:
    """What is provisional or projected is improved without one, and a window is nothing that was confirmed."""
    made = record(staff_member)
    for values in ({"start": "2027-03-02"}, {"standing": "provisional"}, {"standing": "cancelled"}):
        with pytest.raises(Refused) as refusal:
            record(staff_member, values)
        assert codes(refusal) == [("correction-confirmed-without-note", "note")]
        with pytest.raises(Refused) as refusal:
            change(staff_member, made, 1, values=json.dumps({**DAYS, **values}))
        assert codes(refusal) == [("correction-confirmed-without-note", "note")]
    record(staff_member, {"location": "Nairobi"})
    record(staff_member, {"standing": "held"})
    record(staff_member, {"start": "2027-03-02"}, note="A holiday.")
    record(staff_member, {"end": "2027-04-05", "moved_because": "No quorum"})
    review = {"file": "upr_reviews.csv", "row": "upr-4-LBY"}
    record(staff_member, {"date": "2025-11-11"}, **review)
    with pytest.raises(Refused) as refusal:
        record(staff_member, {"date": "2025-11-12"}, **review)
    assert codes(refusal) == [("correction-confirmed-without-note", "note")]


def test_a_correction_without_a_source_is_refused(staff_member: Viewer) -> None:
    with pytest.raises(Refused) as refusal:
        record_correction(staff_member, "sessions.csv", "HRC64", DAYS, source_url="")
    assert codes(refusal) == [("correction-without-source", "source_url")]


def test_a_change_of_cadence_ends_one_rule_and_records_the_next(staff_member: Viewer) -> None:
    old = next(rule for rule in load().cadences if rule.last_year is None and rule.season and rule.interval_years)
    values = {
        "statement": "Every second year.",
        "season": old.season,
        "interval_years": "2",
        "known_from": "2026-11-01",
    }
    code = change_cadence(staff_member, old, values, first_year=2030, source_url=SOURCE)
    rules = {rule.code: rule for rule in calendar_for(ANONYMOUS)[0].cadences}
    assert (rules[old.code].last_year, rules[code].first_year, rules[code].track) == (2029, 2030, old.track)
    with pytest.raises(Refused) as refusal:
        change_cadence(staff_member, old, values, first_year=2030, source_url=SOURCE, code=code)
    assert codes(refusal) == [("cadence-code-taken", "code")]
    with pytest.raises(Refused) as refusal:
        change_cadence(staff_member, old, {}, first_year=2031, source_url=SOURCE)
    assert codes(refusal) == [("cadence-incomplete", "statement")]
