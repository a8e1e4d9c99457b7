"""Scheduled backups, and the drill: a workspace is destroyed and restored by the commands of docs/OPERATIONS.md."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import select

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission.transactions import save
from calendar_model.store import database, migrations
from calendar_model.store.database import FOLDER_VARIABLE, URL_VARIABLE, current_workspace
from calendar_model.store.models import Base, Engagement, Person
from calendar_model.store.scheduled_backups import Retention
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY


def close() -> None:
    """Stop all dashboards, as far as they are this process."""
    for opened in database._open.values():
        opened.close()
    database._open.clear()


def destroy() -> None:
    """What a lost disk, or a lost server, leaves of the workspace."""
    close()
    if server := os.environ.get(URL_VARIABLE):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    else:
        shutil.rmtree(os.environ[FOLDER_VARIABLE])


def log(viewer: Viewer, title: str, sensitivity: Sensitivity) -> str:
    return save(
        viewer,
        Engagement,
        {
            "title": title,
            "sensitivity": sensitivity,
            "owner_id": viewer.person_id,
            "engagement_kind": EngagementKind.INVITED,
            "on": TODAY,
            "form": EngagementForm.IN_PERSON,
        },
    )


def rows() -> dict[str, list[object]]:
    with current_workspace().snapshot() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.usefixtures("either_database")
def test_a_destroyed_workspace_comes_back_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    amina = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
    for number, sensitivity in enumerate(Sensitivity):
        log(amina, f"Breakfast {number}", sensitivity)
    before = rows()
    assert before["engagement"]
    assert before["change"]

    assert main(["backup", "--to", str(folder)]) == 0
    [file] = folder.iterdir()
    assert main(["backup", "--check", str(folder)]) == 0
    destroy()
    if not os.environ.get(URL_VARIABLE):
        # A workspace that was there and is missing is not replaced by accident.
        assert main(["restore", str(file)]) == 2
        assert main(["workspace", "create"]) == 0
    assert main(["restore", str(file)]) == 0
    assert main(["verify"]) == 0
    assert rows() == before
    with reading(member(staff()[0].id)) as session:
        assert len(session.scalars(select(Engagement)).all()) == len(Sensitivity)
    # What is said and logged names no record.
    assert "Breakfast" not in "".join(capsys.readouterr())
    log(amina, "After it", Sensitivity.INTERNAL)
    assert main(["verify"]) == 0


def old_rows(layout: str) -> dict[str, list[object]]:
    """What is in the database, which has this layout; read past the program, which would bring it to the present one."""
    engine = sa.create_engine(database._parse(database._environment()))
    found = sa.MetaData()
    with engine.connect() as connection:
        assert migrations.present(connection) == layout
        found.reflect(connection)
        made: dict[str, list[object]] = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in found.sorted_tables
        }
    engine.dispose()
    return made


@pytest.mark.usefixtures("either_database")
def test_an_upgrade_can_be_taken_back_as_the_guide_says() -> None:
    """The program of the old version is not here: where it would restore a copy, the present one does and steps down."""
    old, folder = "0009", Path(os.environ[FOLDER_VARIABLE])
    amina = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
    log(amina, "Breakfast", Sensitivity.RESTRICTED)
    migrations.downgrade(current_workspace().engine, old)
    close()
    before = old_rows(old)
    assert before["engagement"]

    # The new version is started, and used.
    log(amina, "After it", Sensitivity.INTERNAL)
    close()
    [copy] = folder.glob(f"*.layout-{old}.*")
    if os.environ.get(URL_VARIABLE):
        destroy()
        assert main(["restore", str(copy)]) == 0
        migrations.downgrade(current_workspace().engine, old)
        close()
    else:
        for file in folder.glob(f"{database.FILE}*"):
            file.rename(folder.with_name(file.name))
        copy.rename(folder / database.FILE)
    assert old_rows(old) == before
    assert main(["verify"]) == 0


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["backup", "--to", str(tmp_path), "--keep-daily", "1", "--keep-weekly", "0", "--keep-monthly", "0"]) == 0
    )
    [file] = tmp_path.iterdir()
    said = capsys.readouterr().out
    assert said.startswith(f"Backed up to {file}, checksum ")
    assert said.endswith("1 backup kept, 0 deleted.\n")
    assert main(["backup", "--check", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{file} can be restored: 0 changes, 0 rows, checksum ")


def test_a_failure_is_a_sentence_and_a_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--to", str(tmp_path / "away")], ["--check", str(tmp_path)], ["--check", str(tmp_path / "x")]):
        assert main(["backup", *arguments]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--to", "a", "b"],
        ["--to", "a", "--check", "b"],
        ["--to", "a", "--keep-daily", "-1"],
        ["--to", "a", "--keep-daily", "x"],
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["backup", *arguments])
    assert refused.value.code == 2


def test_what_is_kept_by_default_is_two_weeks_two_months_and_a_year() -> None:
    assert Retention() == (14, 8, 12)
