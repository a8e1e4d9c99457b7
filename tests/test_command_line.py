"""``python -m calendar_model`` as a script would call it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import icalendar
import pytest

from calendar_model.__main__ import main

ON = ["--as-of", "2026-11-24"]


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
        "Nothing in the calendar for with “xyzzy”.\n",
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
    assert len(events) > 20
    assert all("osce" in str(event["UID"]) or event["CATEGORIES"] for event in events)


def test_a_feed_that_cannot_be_written_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "feed", *ON, "--output", str(tmp_path / "no" / "where.ics"))
    assert status == 2
    assert err.endswith("could not be written (No such file or directory); name another file.\n")


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
    assert (status, err) == (2, "--from 2027-01-01 is after --until 2026-01-01; swap them.\n")
    with pytest.raises(SystemExit) as refused:
        main(["items", "--from", "soon"])
    assert refused.value.code == 2
    assert "“soon” is not a date; write it as 2026-11-24" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["items"], ["cycles"], ["feed"], ["check"], ["backtest"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "calendar_model", *command, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: python -m calendar_model")
