"""The units of docs/deploy/: systemd accepts them, they shut the service in, and their commands are real."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from calendar_model.__main__ import main
from calendar_model.configuration import EXIT_STATUS
from calendar_model.store.database import FOLDER_VARIABLE
from calendar_model.store.scheduled_backups import FOLDER_VARIABLE as BACKUPS_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = ("hrd-calendar@.service", "hrd-calendar-backup.service", "hrd-calendar-backup.timer")
SERVICES = UNITS[:2]
INSTALLED = "/opt/hrd-calendar"


def settings(unit: str) -> list[tuple[str, str]]:
    """The settings of a unit in their order."""
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    return [(line.partition("=")[0], line.partition("=")[2]) for line in lines if re.match(r"[A-Za-z]+=", line)]


def environment() -> dict[str, str]:
    """The example of the environment file."""
    lines = (DEPLOY / "environment").read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines if line and line[0] != "#"}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, where the project is here and not where an administrator installs it."""
    for unit in UNITS:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        text = text.replace(f"{INSTALLED}/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit).write_text(text.replace(INSTALLED, str(ROOT)), encoding="utf-8")
    return tmp_path


def test_systemd_accepts_the_units(units: Path) -> None:
    instances = [units / unit.replace("@.", "@8501.") for unit in UNITS]
    (units / "hrd-calendar@8501.service").symlink_to("hrd-calendar@.service")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, instances)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{units}:"},
    )
    assert (verified.stdout + verified.stderr, verified.returncode) == ("", 0)


@pytest.mark.parametrize(("unit", "most"), [(SERVICES[0], 25), (SERVICES[1], 18)])
def test_a_service_is_shut_in(units: Path, unit: str, most: int) -> None:
    """By systemd's own measure: 100 is a service that may do everything. The network is what remains."""
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={most}", "--no-pager", str(units / unit)]
    rated = subprocess.run(command, capture_output=True, text=True)
    assert rated.returncode == 0, rated.stdout[-2000:] + rated.stderr


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_nobody_else_and_writes_where_its_records_are(unit: str) -> None:
    found = dict(settings(unit))
    assert (found["User"], found["ProtectSystem"], found["NoNewPrivileges"]) == ("hrd-calendar", "strict", "yes")
    assert found["EnvironmentFile"] == "/etc/hrd-calendar/environment"
    assert found["WorkingDirectory"] == INSTALLED
    writable = found["ReadWritePaths"].split()
    example = environment()
    # The marker that there is a workspace is kept beside its folder.
    assert str(Path(example[FOLDER_VARIABLE]).parent) in writable
    assert (example[BACKUPS_VARIABLE] in writable) == ("backup" in unit)


def test_the_backup_is_the_command_that_there_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    commands = [shlex.split(value) for name, value in settings(SERVICES[1]) if name == "ExecStart"]
    folder = environment()[BACKUPS_VARIABLE]
    assert [command[:4] for command in commands] == [
        [f"{INSTALLED}/.venv/bin/python", "-m", "calendar_model", "backup"]
    ] * 2
    for command in commands:
        assert folder in command
        assert main([part.replace(folder, str(tmp_path)) for part in command[3:]]) == 0
    assert "can be restored" in capsys.readouterr().out


def test_a_wrong_configuration_is_not_tried_again() -> None:
    assert dict(settings(SERVICES[0]))["RestartPreventExitStatus"] == str(EXIT_STATUS)


def test_the_timer_starts_the_backup_by_its_name() -> None:
    assert UNITS[1].rpartition(".")[0] == UNITS[2].rpartition(".")[0]
    [when] = [value for name, value in settings(UNITS[2]) if name == "OnCalendar"]
    parsed = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True)
    assert parsed.returncode == 0, parsed.stderr
