"""What is wrong in the environment is said at start, all of it, whichever way the program is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from calendar_model import configuration
from calendar_model.__main__ import main
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.feeds.links import PUBLIC_URL_VARIABLE
from calendar_model.figures.picture import VARIABLE as BROWSER_VARIABLE
from calendar_model.imports.fetching import VARIABLE as REMOTE_VARIABLE
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import URL_VARIABLE
from calendar_model.store.scheduled_backups import FOLDER_VARIABLE as BACKUPS_VARIABLE
from calendar_model.web.logs import VARIABLE as LOG_VARIABLE
from calendar_model.web.metrics import TOKEN_VARIABLE
from calendar_model.web.metrics import VARIABLE as METRICS_VARIABLE
from tests.app import ROOT

WRONG = {
    TODAY_VARIABLE: "bogus",
    PUBLIC_URL_VARIABLE: "javascript:alert(1)",
    REMOTE_VARIABLE: "ftp://files.example.org/",
    URL_VARIABLE: "mysql://desk:canary-password@db.example.org/desk",
    DATA_VARIABLE: "/nonexistent",
    configuration.PORT_VARIABLE: "99999",
    BROWSER_VARIABLE: "/no/such/browser",
    LOG_VARIABLE: "xml",
    METRICS_VARIABLE: "yes",
    TOKEN_VARIABLE: "canary",
    BACKUPS_VARIABLE: "/nonexistent",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WRONG:
        monkeypatch.delenv(name, raising=False)


def faults_with(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> list[str]:
    monkeypatch.setenv(name, value)
    return configuration.faults()


def test_nothing_set_is_nothing_wrong() -> None:
    assert configuration.faults() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *WRONG.items(),
        (TODAY_VARIABLE, "2028-02-30"),
        (TODAY_VARIABLE, "2028-02-29T12:00:00"),
        (PUBLIC_URL_VARIABLE, "calendar.example.org"),
        (PUBLIC_URL_VARIABLE, "https://"),
        (PUBLIC_URL_VARIABLE, "https://user@calendar.example.org"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org/?a=b"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org/#top"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org:port"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org:99999"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org/<b>"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org/a b"),
        (REMOTE_VARIABLE, "https://good.example.org/, http://plain.example.org/"),
        (REMOTE_VARIABLE, "good.example.org"),
        (URL_VARIABLE, "postgresql://host:port/database"),
        (URL_VARIABLE, "no address"),
        (URL_VARIABLE, "sqlite://"),
        (configuration.PORT_VARIABLE, "0"),
        (configuration.PORT_VARIABLE, "http"),
        (configuration.PORT_VARIABLE, "-1"),
        (LOG_VARIABLE, "JSON"),
        (TOKEN_VARIABLE, "canary canary canary canary canar\n"),
        (TOKEN_VARIABLE, "canary" * 6 + "é"),
        (BACKUPS_VARIABLE, __file__),
    ],
)
def test_a_wrong_value_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    [sentence] = faults_with(monkeypatch, name, value)
    assert name in sentence
    assert sentence.endswith(".")
    assert "canary" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (TODAY_VARIABLE, "2028-02-29"),
        (TODAY_VARIABLE, "2028-02-29T12:00:00+01:00"),
        (PUBLIC_URL_VARIABLE, "https://calendar.example.org/desk/"),
        (PUBLIC_URL_VARIABLE, "http://[::1]:8501"),
        (PUBLIC_URL_VARIABLE, " https://calendar.example.org "),
        (REMOTE_VARIABLE, "https://a.example.org/x, https://b.example.org http://127.0.0.1:99/"),
        (URL_VARIABLE, "postgres://desk:word@db.example.org/desk"),
        (DATA_VARIABLE, ""),
        (configuration.PORT_VARIABLE, "8600"),
        (BROWSER_VARIABLE, sys.executable),
        (LOG_VARIABLE, "json"),
        (LOG_VARIABLE, "text"),
        (METRICS_VARIABLE, "0"),
        (METRICS_VARIABLE, "1"),
        (TOKEN_VARIABLE, "0123456789abcdef" * 4),
        (BACKUPS_VARIABLE, str(ROOT)),
    ],
)
def test_a_right_value_is_not_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert faults_with(monkeypatch, name, value) == []


def test_a_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, data_copy: Path) -> None:
    (data_copy / "tracks.csv").unlink()
    [sentence] = faults_with(monkeypatch, DATA_VARIABLE, str(data_copy))
    assert "tracks.csv" in sentence
    assert "sessions.csv" not in sentence


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "streamlit", "run", "dashboard.py", "--server.port", "0"],
        ["-m", "uvicorn", "dashboard:app", "--port", "0"],
        ["-m", "calendar_model", "items"],
        ["-m", "calendar_model.configuration"],
    ],
    ids=lambda command: command[1],
)
def test_all_faults_are_told_and_nothing_starts(command: list[str]) -> None:
    """The commands of the Makefile, of an administrator, and of a script."""
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **WRONG}, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == configuration.EXIT_STATUS
    assert [name for name in WRONG if name not in ended.stderr] == []
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "canary" not in ended.stdout + ended.stderr


def test_the_command_that_explains_a_reference_runs_without_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert main(["check"]) == 1
    assert "sessions.csv" in capsys.readouterr().out
    assert main(["items"]) == configuration.EXIT_STATUS


def test_no_short_feed_is_written(data_copy: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (data_copy / "sessions.csv").unlink()
    assert main(["--data", str(data_copy), "feed"]) == 2
    assert capsysbinary.readouterr().out == b""
