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
from calendar_model.mails import smtp
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import FOLDER_VARIABLE, URL_VARIABLE, open_workspace
from calendar_model.store.keys import (
    KEY_FILE_VARIABLE,
    KEY_VARIABLE,
    SIGNING_KEY_FILE_VARIABLE,
    SIGNING_KEY_VARIABLE,
    new_key,
)
from calendar_model.store.models import Person, RemoteCalendar
from calendar_model.store.scheduled_backups import FOLDER_VARIABLE as BACKUPS_VARIABLE
from calendar_model.terms import EventKind
from calendar_model.web.logs import VARIABLE as LOG_VARIABLE
from calendar_model.web.metrics import TOKEN_VARIABLE
from calendar_model.web.metrics import VARIABLE as METRICS_VARIABLE
from tests.app import ROOT
from tests.store.conftest import writing

WRONG = {
    TODAY_VARIABLE: "bogus",
    PUBLIC_URL_VARIABLE: "javascript:alert(1)",
    REMOTE_VARIABLE: "ftp://files.example.org/",
    URL_VARIABLE: "mysql://desk:canary-password@db.example.org/desk",
    DATA_VARIABLE: "/nonexistent",
    KEY_VARIABLE: "canary-key",
    SIGNING_KEY_FILE_VARIABLE: "/no/such/file.key",
    configuration.PORT_VARIABLE: "99999",
    BROWSER_VARIABLE: "/no/such/browser",
    LOG_VARIABLE: "xml",
    METRICS_VARIABLE: "yes",
    TOKEN_VARIABLE: "canary",
    BACKUPS_VARIABLE: "/nonexistent",
    smtp.VARIABLE: "mail:canary",
    smtp.FROM_VARIABLE: "canary",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*WRONG, *KEY_VARIABLES):
        monkeypatch.delenv(name, raising=False)


KEY, SECOND_KEY, SIGNING_KEY = "hrd-key-1." + "A" * 43, "hrd-key-1." + "E" * 43, "hrd-signing-key-1." + "A" * 43
KEY_VARIABLES = (KEY_VARIABLE, KEY_FILE_VARIABLE, SIGNING_KEY_VARIABLE, SIGNING_KEY_FILE_VARIABLE)


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
        (KEY_VARIABLE, " "),
        (KEY_VARIABLE, f"{KEY},canary"),
        (KEY_VARIABLE, KEY[:-2]),
        (KEY_VARIABLE, SIGNING_KEY),
        (SIGNING_KEY_VARIABLE, KEY),
        (configuration.PORT_VARIABLE, "0"),
        (configuration.PORT_VARIABLE, "http"),
        (configuration.PORT_VARIABLE, "-1"),
        (LOG_VARIABLE, "JSON"),
        (TOKEN_VARIABLE, "canary canary canary canary canar\n"),
        (TOKEN_VARIABLE, "canary" * 6 + "é"),
        (smtp.VARIABLE, "http://desk:canary@mail.example.org:25"),
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
        (KEY_VARIABLE, KEY),
        (KEY_VARIABLE, f"{KEY}, {KEY}"),
        (KEY_VARIABLE, ""),
        (SIGNING_KEY_VARIABLE, SIGNING_KEY),
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


def test_a_mail_server_needs_a_sender_and_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(smtp.VARIABLE, "smtp://desk:canary@mail.example.org")
    told = configuration.faults()
    assert [smtp.FROM_VARIABLE in told[0], PUBLIC_URL_VARIABLE in told[1]] == [True, True]
    assert "canary" not in " ".join(told)
    monkeypatch.setenv(smtp.FROM_VARIABLE, "calendar@example.org")
    assert faults_with(monkeypatch, PUBLIC_URL_VARIABLE, "https://calendar.example.org") == []


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


# --- Keys in a file


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys.txt"
    file.write_text(f"# The key of this year\n{new_key()}\n\n# and of the last\n{new_key()}\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640])
def test_keys_in_a_file_are_read_line_by_line(monkeypatch: pytest.MonkeyPatch, key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert faults_with(monkeypatch, KEY_FILE_VARIABLE, str(key_file)) == []


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o660, 0o606])
def test_a_file_of_keys_that_others_can_open_is_told(
    monkeypatch: pytest.MonkeyPatch, key_file: Path, mode: int
) -> None:
    key_file.chmod(mode)
    assert faults_with(monkeypatch, KEY_FILE_VARIABLE, str(key_file)) == [
        f"Other users of the machine can open {key_file}, which holds a key: run chmod 600 {key_file}."
    ]


@pytest.mark.parametrize("content", [b"", b"# Nothing yet\n", b"\xff\xfe", b"Dear colleagues,"])
def test_a_file_without_keys_is_told(monkeypatch: pytest.MonkeyPatch, key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    [sentence] = faults_with(monkeypatch, KEY_FILE_VARIABLE, str(key_file))
    assert sentence.startswith(f"{KEY_FILE_VARIABLE} has no valid key, or one that is cut off.")


@pytest.mark.parametrize("by_url", [False, True])
@pytest.mark.parametrize("name", ["key", "sub/../key", "deep/er/key"])
def test_a_file_of_keys_beside_what_they_protect_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_url: bool, name: str
) -> None:
    folder = tmp_path / "workspace"
    for below in ("sub", "deep/er"):
        (folder / below).mkdir(parents=True)
    (folder / name).write_text(new_key())
    (folder / name).chmod(0o600)
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    if by_url:
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
        monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{folder}/workspace.sqlite")
    [sentence] = faults_with(monkeypatch, KEY_FILE_VARIABLE, str(folder / name))
    assert sentence.startswith(f"{KEY_FILE_VARIABLE} names a file in the folder of the workspace,")


def test_a_key_and_a_file_of_keys_are_one_too_many(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    assert faults_with(monkeypatch, KEY_FILE_VARIABLE, str(key_file)) == [
        f"Set {KEY_VARIABLE} or {KEY_FILE_VARIABLE}, not both."
    ]


def test_a_new_key_is_made_whatever_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    assert main(["keys", "new"]) == 0
    monkeypatch.setenv(KEY_VARIABLE, capsys.readouterr().out)
    assert main(["keys", "new", "--signing"]) == 0
    monkeypatch.delenv(SIGNING_KEY_FILE_VARIABLE)
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, capsys.readouterr().out)
    assert [name for name in KEY_VARIABLES for sentence in configuration.faults() if name in sentence] == []


@pytest.mark.parametrize("key", ["", SECOND_KEY], ids=["no key", "another key"])
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "streamlit", "run", "dashboard.py", "--server.port", "0"],
        ["-m", "uvicorn", "dashboard:app", "--port", "0"],
    ],
    ids=lambda command: command[1],
)
def test_a_workspace_whose_key_is_missing_is_not_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str], key: str
) -> None:
    url = f"sqlite:///{tmp_path}/workspace/workspace.sqlite"
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    workspace = open_workspace(url)
    with writing(workspace) as session:
        kari = Person(name="Kari")
        session.add(kari)
        session.flush()
        session.add(
            RemoteCalendar(
                person_id=kari.id, name="Theirs", address="canary", body="un-hrc", event_kind=EventKind.MEETING
            )
        )
        session.commit()
    workspace.close()
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, URL_VARIABLE: url, KEY_VARIABLE: key},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == configuration.EXIT_STATUS
    assert "Nothing was started: The workspace has encrypted values" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "canary" not in ended.stdout + ended.stderr
