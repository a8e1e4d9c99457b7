"""``python -m calendar_model`` as a script would call it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import select

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission.events import item_of
from calendar_model.mission.reads import reads_of
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.store.database import FOLDER_VARIABLE, URL_VARIABLE, current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Case, Event, Person, Record
from calendar_model.terms import EventKind, ReadKind, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

ON = ["--as-of", "2026-11-24"]
COMMANDS = (
    "items",
    "cycles",
    "feed",
    "check",
    "backtest",
    "fit",
    "sample",
    "history",
    "verify",
    "backup",
    "restore",
    "keys",
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_items_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys,
        "items",
        *ON,
        "--organisation",
        "osce",
        "--organisation",
        "coe",
        "--from",
        "2026-11-24",
        "--format",
        "json",
    )
    found = json.loads(out)
    assert status == 0
    assert {item["organisation"] for item in found} == {"osce", "coe"}
    assert all(item["end"] >= "2026-11-24" for item in found)


def test_items_narrowed_by_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--body", "un-hrc-upr", "--kind", "upr-review", "--track", "upr", "--country", "nor"]
    _, out, _ = run(capsys, "items", *ON, *options, "--standing", "held", "--search", "cycle", "--format", "json")
    assert [item["uid"] for item in json.loads(out)] == [
        "upr-3-NOR@hrd-calendar.example",
        "upr-4-NOR@hrd-calendar.example",
    ]


def test_items_as_csv_and_table_hold_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "items", *ON, "--track", "hrc-resolution", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    _, table, _ = run(capsys, "items", *ON, "--track", "hrc-resolution")
    assert len(table.splitlines()) == len(rows) + 1
    assert [r["title"] for r in rows] == [
        line[-len(r["title"]) :] for r, line in zip(rows, table.splitlines()[1:], strict=True)
    ]


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "items", *ON, "--search", "xyzzy")[:2] == (
        0,
        "No items match the filter: with “xyzzy”.\n",
    )


def test_cycles_show_both_views_and_the_departure(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "cycles", *ON, "--until", "2030-12-31", "--format", "json")
    rows = [row for row in json.loads(out) if row["track"] == "ga-resolution"]
    assert [(r["view"], r["session"], r["standing"], r["interval_years"]) for r in rows] == [
        ("guidelines", "GA80", "cancelled", 2.0),
        ("practice", "GA80", "cancelled", 2.0),
        ("practice", "GA81", "projected", 3.0),
        ("guidelines", "GA82", "projected", 2.0),
        ("guidelines", "GA84", "projected", 2.0),
        ("practice", "GA84", "projected", 3.0),
    ]
    assert rows[2]["precedent"] == "A/RES/78/216"


def test_a_feed_goes_to_a_file_and_to_standard_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    target = tmp_path / "osce.ics"
    assert main(["feed", *ON, "--organisation", "osce", "--output", str(target)]) == 0
    assert main(["feed", *ON, "--organisation", "osce"]) == 0
    assert capfdbinary.readouterr().out == target.read_bytes()
    events = icalendar.Calendar.from_ical(target.read_bytes()).events
    assert len(events) > 2
    assert all("osce" in str(event["UID"]) or event["CATEGORIES"] for event in events)


def test_a_feed_has_items_without_dates_where_it_is_asked_to(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    seen = []
    for options in ([], ["--windows"]):
        assert main(["feed", *ON, "--kind", "meeting", *options]) == 0
        events = icalendar.Calendar.from_ical(capfdbinary.readouterr().out).events
        seen.append({str(event["UID"]) for event in events})
    assert seen[0] < seen[1]


def test_a_feed_that_cannot_be_written_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "feed", *ON, "--output", str(tmp_path / "no" / "where.ics"))
    assert status == 2
    assert err.endswith("could not be written (No such file or directory). Name another file.\n")


def test_check(capsys: pytest.CaptureFixture[str], data_copy: Path) -> None:
    status, out, _ = run(capsys, "--data", str(data_copy), "check")
    assert (status, out) == (0, f"No faults in {data_copy}.\n")
    (data_copy / "states.csv").unlink()
    status, out, _ = run(capsys, "--data", str(data_copy), "check")
    assert status == 1
    assert out.splitlines()[-1].endswith(f"in {data_copy}.")
    assert any(line.startswith("states.csv: nothing found; expected the file in") for line in out.splitlines())


def test_what_is_not_allowed_gets_a_sentence_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "items", "--kind", "party")
    assert (status, out) == (2, "")
    assert err.startswith("“party” is not a value of “kind”. Use session, resolution,")
    status, _, err = run(capsys, "items", "--from", "2027-01-01", "--until", "2026-01-01")
    assert (status, err) == (2, "--from 2027-01-01 is after --until 2026-01-01. Swap the two dates.\n")
    with pytest.raises(SystemExit) as refused:
        main(["items", "--from", "soon"])
    assert refused.value.code == 2
    assert "“soon” is not a date; write it as 2026-11-24" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([*command, "--help"])
    assert done.value.code == 0
    assert capsys.readouterr().out.startswith(" ".join(["usage: python -m calendar_model", *command]))


# --- What staff keep

EVENT = {"event_kind": EventKind.SIDE_EVENT, "start": TODAY, "end": TODAY, "body": "un-hrc", "title": "Breakfast"}


@pytest.fixture
def staff_member() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Kari Nordmann"}))


def announced(staff_member: Viewer) -> str:
    """A public event of the mission's own; its identifier in the calendar."""
    made = save(staff_member, Event, {**EVENT, "sensitivity": Sensitivity.INTERNAL}, items=["session-HRC64"])
    public = {"sensitivity": Sensitivity.PUBLIC}
    save(staff_member, Event, public, record_id=made, seen=1, reason="The programme is printed.")
    return made


def test_own_events_that_are_public_are_in_items_and_feed(
    capsys: pytest.CaptureFixture[str], staff_member: Viewer, data_copy: Path
) -> None:
    public = item_of(announced(staff_member))
    save(staff_member, Event, {**EVENT, "title": "Internal", "sensitivity": Sensitivity.INTERNAL})
    for options in ([], ON, ["--as-of", "2026-01-01"]):
        _, out, _ = run(capsys, "items", *options, "--kind", "side-event", "--format", "json")
        assert [item["uid"].partition("@")[0] for item in json.loads(out)] == [public]
    _, out, _ = run(capsys, "--data", str(data_copy), "items", *ON, "--kind", "side-event")
    assert out.splitlines()[1:] == ["Tue 24 Nov 2026  HRC           side-event  provisional  Breakfast"]
    _, out, _ = run(capsys, "feed", *ON, "--kind", "side-event")
    assert [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(out.encode()).events] == ["Breakfast"]


def test_the_history_of_a_record_as_a_table(capsys: pytest.CaptureFixture[str], staff_member: Viewer) -> None:
    made = announced(staff_member)
    status, out, _ = run(capsys, "history", "--record", made)
    lines = [re.sub(r"^\w{3} \d+ \w{3} \d{4}, \d\d:\d\d", "WHEN", line) for line in out.splitlines()]
    assert status == 0
    assert [re.split(r"\s{2,}", line.strip()) for line in lines] == [
        ["When (UTC)", "Who", "What", "Reason"],
        ["WHEN", "Kari Nordmann", "Event added (Breakfast)"],
        ["WHEN", "Kari Nordmann", "Item link added (session-HRC64)"],
        [
            "WHEN",
            "Kari Nordmann",
            "Event changed (sensitivity: internal → public)",
            "The programme is printed.",
        ],
    ]
    assert run(capsys, "history", "--item", "session-HRC64")[1] == out


def test_the_history_as_json_has_all_of_it(capsys: pytest.CaptureFixture[str], staff_member: Viewer) -> None:
    made = announced(staff_member)
    _, out, _ = run(capsys, "history", "--record", made, "--format", "json")
    *_, last = json.loads(out)
    assert (last["person_id"], last["person"], last["action"]) == (staff_member.person_id, "Kari Nordmann", "update")
    assert (last["table"], last["row_id"], last["record_id"]) == ("event", made, made)
    assert (last["before"]["sensitivity"], last["after"]["sensitivity"]) == ("internal", "public")
    assert (last["reason"], last["number"]) == ("The programme is printed.", 6)


def test_the_history_of_what_is_restricted_is_told_to_those_named(
    capsys: pytest.CaptureFixture[str], staff_member: Viewer
) -> None:
    other = save(ANONYMOUS, Person, {"name": "Other"})
    case = {"title": "Case 7", "sensitivity": Sensitivity.RESTRICTED, "suggested_by": Suggester.MINISTRY}
    made = save(staff_member, Case, case, items=["session-HRC64"])
    assert run(capsys, "history", "--record", made) == (
        0,
        f"The history of {made} has nothing that is public or internal.\n",
        "",
    )
    assert run(capsys, "history", "--item", "session-HRC64", "--as", other)[1] == (
        "The history of session-HRC64 has nothing that Other can see.\n"
    )
    _, out, _ = run(capsys, "history", "--record", made, "--as", staff_member.person_id)
    assert [line.split("  ")[2] for line in out.splitlines()[1:]] == [
        "Case added (Case 7)",
        "Access added",
        "Item link added (session-HRC64)",
    ]
    noted = reads_of(staff_member, made, 10).newest
    assert [(one.person_id, one.how) for one in noted] == [(staff_member.person_id, ReadKind.COMMAND_LINE)]
    assert run(capsys, "history", "--record", made, "--as", "nobody") == (
        2,
        "",
        "There is no person “nobody”. Enter an identifier shown in the history.\n",
    )


def test_a_change_of_a_text_keeps_the_table_to_its_lines(
    capsys: pytest.CaptureFixture[str], staff_member: Viewer
) -> None:
    made = save(staff_member, Event, {**EVENT, "sensitivity": Sensitivity.INTERNAL})
    programme = {"programme": "Opening\n\x1b[2J" + "words " * 40}
    save(staff_member, Event, programme, record_id=made, seen=1)
    _, out, _ = run(capsys, "history", "--record", made)
    assert (
        out.splitlines()[-1]
        .rstrip()
        .endswith("Event changed (programme: empty → Opening [2Jwords words words words words words words words …)")
    )


def test_verify_says_that_all_is_well_or_what_is_not(capsys: pytest.CaptureFixture[str], staff_member: Viewer) -> None:
    made = announced(staff_member)
    head = verify(current_workspace()).head
    says = "All records match the history: 6 changes, 5 rows. Hash of the last change, to be kept elsewhere:"
    assert run(capsys, "verify") == (0, f"{says} {head}\n", "")
    with current_workspace().writing() as connection:
        connection.exec_driver_sql("UPDATE record SET title = 'Another'")
    assert run(capsys, "verify") == (
        1,
        f"title of event {made} does not match the history: it was changed outside it.\n",
        "",
    )


def test_a_backup_is_restored_into_an_empty_workspace_to_the_same_checksum(
    capsys: pytest.CaptureFixture[str], staff_member: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(staff_member)
    file, again = tmp_path / "one.gz", tmp_path / "again.gz"
    status, made, _ = run(capsys, "backup", str(file))
    assert (status, len(made)) == (0, 65)
    assert run(capsys, "backup", str(file)) == (
        2,
        "",
        f"{file} already exists and is not overwritten. Name another file.\n",
    )
    status, out, err = run(capsys, "restore", str(file))
    assert (status, out) == (2, "")
    assert err.startswith("The workspace is not empty; a backup can be restored only into an empty one.")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "new"))
    assert run(capsys, "restore", str(tmp_path / "nothing.gz"))[::2] == (
        2,
        f"{tmp_path / 'nothing.gz'} cannot be read (No such file or directory). Name a backup file.\n",
    )
    assert run(capsys, "restore", str(file)) == (0, made, "")
    assert run(capsys, "backup", str(again)) == (0, made, "")


@pytest.mark.parametrize("command", [["items"], ["verify"], ["history", "--item", "session-HRC64"]])
def test_a_workspace_that_cannot_be_opened_gets_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv(URL_VARIABLE, "mysql://here")
    says = "A workspace must be a PostgreSQL database or an SQLite file, not mysql. Write DATABASE_URL as"
    assert run(capsys, *command) == (2, "", f"{says} postgresql://user:password@host/database, or leave it out.\n")


def test_the_sample_is_loaded_once_and_removed(capsys: pytest.CaptureFixture[str], staff_member: Viewer) -> None:
    own = announced(staff_member)
    assert run(capsys, "sample", "remove") == (0, "There is no sample data in the workspace.\n", "")
    status, out, _ = run(capsys, "sample", "load")
    found = re.fullmatch(r"Sample data loaded: (\d+ users and \d+ records)\.\n", out)
    assert (status, found is not None) == (0, True)
    assert run(capsys, "sample", "load") == (0, "The sample data is already loaded.\n", "")
    _, out, _ = run(capsys, "items", "--search", "(sample)")
    assert out == "No items match the filter: with “(sample)”.\n"
    fictional = next(one for one in staff() if one.sample)
    create_subscription(member(fictional.id))
    assert run(capsys, "sample", "remove") == (0, f"Sample data removed: {found and found[1]}.\n", "")
    assert [one.name for one in staff()] == ["Kari Nordmann"]
    assert run(capsys, "verify")[0] == 0
    with reading(staff_member) as session:
        assert list(session.scalars(select(Record.id))) == [own]


def test_fit_lists_the_best_rule_first(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--body", "un-hrc", "--season", "hrc-spring", "--year", "2027"]
    status, out, _ = run(capsys, "fit", *ON, *asked, "--format", "json")
    found = json.loads(out)
    assert status == 0
    assert (found["expected"], found["earliest"], found["latest"]) == ("2027-02-22", "2027-02-22", "2027-03-01")
    best = found["rules"][0]
    assert (best["rrule"], best["day"]) == ("FREQ=YEARLY;BYMONTH=2;BYDAY=-1MO", "2027-02-22")
    assert best["hits"] == sum(error == 0 for error in best["errors"].values())
    assert best["errors"]["2021"] == 0
    weights = [rule["weight"] for rule in found["rules"]]
    assert weights == sorted(weights, reverse=True)
    status, out, _ = run(capsys, "fit", *ON, *asked, "--limit", "3")
    lines = out.splitlines()
    assert status == 0
    assert len(lines) == 5
    assert lines[2].startswith("on the last Monday of February")


def test_fit_reads_a_rule_of_procedure_and_a_recurring_meeting(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "fit", *ON, "--body", "un-ga", "--format", "json")
    (only,) = json.loads(out)["rules"]
    assert (only["day"], only["weight"]) == ("2027-09-07", 1)
    _, out, _ = run(capsys, "fit", *ON, "--meeting", "pace-1", "--format", "json")
    assert json.loads(out)["expected"] == "2027-01-25"


def test_fit_says_when_no_day_can_be_expected(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "fit", *ON, "--meeting", "shdm", "--slot", "2")
    assert status == 0
    assert "2027" in out
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (["--season", "hrc-winter"], "hrc-spring"),
        (["--body", "un-hrc"], "hrc-spring, hrc-summer, hrc-autumn"),
        (["--body", "un-hrc", "--season", "ga-regular"], "hrc-spring"),
        (["--body", "nobody"], "un-hrc-upr"),
        (["--meeting", "nothing"], "pace-1"),
        (["--meeting", "cm-dh", "--slot", "9"], "1, 2, 3, 4"),
    ],
)
def test_fit_names_what_there_is(capsys: pytest.CaptureFixture[str], asked: list[str], named: str) -> None:
    status, out, error = run(capsys, "fit", *ON, *asked)
    assert (status, out) == (2, "")
    assert named in error


def test_the_backtest_as_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "backtest", *ON, "--format", "table")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].split()[:3] == ["Body", "Forecast", "of"]
    assert any("HRC spring session" in line for line in lines)
