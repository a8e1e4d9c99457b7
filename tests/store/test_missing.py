"""A workspace that was there before and is missing is refused, never begun anew in silence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.transactions import save
from calendar_model.store.database import WorkspaceError, create_workspace, current_workspace
from calendar_model.store.failures import Failure
from calendar_model.store.models import Person

STAFF = "from calendar_model.access.unit_of_work import staff; print([person.name for person in staff()])"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the workspace; it is not there yet."""
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(tmp_path / "mission"))
    return tmp_path / "mission"


def in_another_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=dict(os.environ))


def names() -> list[str]:
    return [person.name for person in staff()]


@pytest.mark.parametrize("mount_point", [False, True])
def test_a_running_process_refuses_until_the_folder_is_back(folder: Path, mount_point: bool) -> None:
    save(ANONYMOUS, Person, {"name": "Desk"})
    away = folder.with_name("away")
    folder.rename(away)
    if mount_point:
        folder.mkdir()
    for _ in range(2):
        with pytest.raises(WorkspaceError) as refused:
            names()
        assert refused.value.failure is Failure.GONE
    with pytest.raises(WorkspaceError):
        save(ANONYMOUS, Person, {"name": "Nobody"})
    assert not list(folder.glob("*"))
    if mount_point:
        folder.rmdir()
    away.rename(folder)
    assert names() == ["Desk"]
    save(ANONYMOUS, Person, {"name": "Other"})
    assert names() == ["Desk", "Other"]


def test_another_file_in_its_place_is_opened_and_not_the_one_without_a_name(folder: Path, tmp_path: Path) -> None:
    save(ANONYMOUS, Person, {"name": "Desk"})
    current_workspace().close()
    shutil.copytree(folder, tmp_path / "copy")
    save(ANONYMOUS, Person, {"name": "After the copy"})
    folder.rename(tmp_path / "away")
    (tmp_path / "copy").rename(folder)
    assert names() == ["Desk"]


@pytest.mark.parametrize("mount_point", [False, True])
def test_a_process_that_starts_refuses_too_until_it_is_told_otherwise(folder: Path, mount_point: bool) -> None:
    first = in_another_process("-c", STAFF)
    assert (first.returncode, first.stdout) == (0, "[]\n")
    away = folder.with_name("away")
    folder.rename(away)
    if mount_point:
        folder.mkdir()
    refused = in_another_process("-m", "calendar_model", "verify")
    assert refused.returncode == 2
    assert "python -m calendar_model workspace create" in refused.stderr
    assert not list(folder.glob("*"))
    assert in_another_process("-m", "calendar_model", "workspace", "create").returncode == 0
    assert in_another_process("-c", STAFF).stdout == "[]\n"


def test_a_folder_that_is_nowhere_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(folder / "volume" / "mission"))
    with pytest.raises(WorkspaceError) as refused:
        current_workspace()
    assert refused.value.failure is Failure.GONE
    assert not folder.exists()


def test_a_new_one_in_the_place_of_one_that_is_lost_is_asked_for(folder: Path) -> None:
    save(ANONYMOUS, Person, {"name": "Desk"})
    shutil.rmtree(folder)
    with pytest.raises(WorkspaceError):
        names()
    create_workspace()
    assert names() == []
    save(ANONYMOUS, Person, {"name": "Other"})
    assert [person.name for person in staff(create_workspace())] == ["Other"]
