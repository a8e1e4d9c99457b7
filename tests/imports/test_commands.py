"""Calendars of others from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from calendar_model.__main__ import main
from calendar_model.safeguards.desk import reading
from calendar_model.safeguards.sight import Viewer
from calendar_model.workspace.records import Event
from tests.imports.calendars import BRIEFING, calendar, event

AS = ("--as", "Desk", "--body", "un-hrc", "--from", "2026-01-01", "--until", "2028-12-31")


def kept(viewer: Viewer) -> int:
    with reading(viewer) as session:
        return session.scalar(select(func.count(Event.id))) or 0


def test_a_file_is_tried_out_and_then_taken_over(
    desk: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(calendar(BRIEFING, event("DTSTART:soon", uid="two", title="Debrief")))
    table = (
        "No.  What     When            Title     Why\n"
        "2    refused                  Debrief   Its days or hours cannot be read.\n"
        "1    new      Wed 3 Mar 2027  Briefing  \n"
        "1 new, 1 refused\n"
    )
    assert main(["import", str(file), *AS]) == 0
    assert capsys.readouterr().out == f"{table}Nothing is written yet; add --write to take it over.\n"
    assert kept(desk) == 0
    assert main(["import", str(file), *AS, "--write"]) == 0
    assert capsys.readouterr().out == f"{table}Written: 1.\n"
    assert kept(desk) == 1


def test_what_cannot_be_taken_over_is_a_sentence(
    desk: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none, table, file = tmp_path / "none.ics", tmp_path / "dates.csv", tmp_path / "letter.ics"
    file.write_text("Dear all")
    says = {
        ("import", str(none), *AS): f"{none} cannot be read (No such file or directory); name another file.",
        ("import", str(table), *AS): "dates.csv is a table: import it on the page Import, where its columns are matched.",
        ("import", str(file), *AS): "This is not a calendar file. Choose a file that ends in .ics, as calendar programs export it.",
        ("import", str(file), "--as", "Desk", "--body", "nobody"): "“nobody” is not a code of an organisation or body. Look for it among the organisations.",
        ("import", str(file), "--as", "Nobody", "--body", "un-hrc"): "There is no person “Nobody”; give the identifier, as it stands in the history, or the whole name.",
        ("refresh", "nothing"): "There is no calendar nothing that is followed.",
    }  # fmt: skip
    found = {}
    for command in says:
        assert main(command) == 2
        found[command] = capsys.readouterr().err.removesuffix("\n")
    assert found == says
    assert main(["refresh"]) == 0
    assert capsys.readouterr().out == "No calendar is due.\n"
