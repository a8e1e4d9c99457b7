"""The Containerfile, as far as that goes without a container: what it copies is enough to serve, and has no secret."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from calendar_model.store.database import FOLDER_VARIABLE
from tests.browser.conftest import free_port, stop_server

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "deploy" / "Containerfile"
HOME = "/opt/hrd-calendar"


def instructions() -> list[tuple[str, str]]:
    """The instructions with their arguments; those of the last stage are the last."""
    text = re.sub(r"\\\n\s*", "", FILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def values(instruction: str) -> list[str]:
    return [value for name, value in instructions() if name == instruction]


def copies() -> list[tuple[list[str], str]]:
    """What is copied from the project, and where to."""
    return [(parts[:-1], parts[-1]) for value in values("COPY") if (parts := value.split()) and parts[0][:2] != "--"]


def in_git(path: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", "--", path], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]


def test_all_that_is_copied_is_there_and_nothing_of_it_is_a_secret() -> None:
    sources = [source for given, _ in copies() for source in given]
    assert "requirements.lock" in sources
    for source in sources:
        assert in_git(source), source
        # A folder that git ignores in part could bring a secret, or the records of staff.
        ignored = subprocess.run(
            ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", source],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert [name for name in ignored if not name.endswith(".pyc")] == []
    assert not {".", "./", ".streamlit", ".workspace"} & set(sources)
    assert values("ADD") == []


def test_no_variable_of_it_holds_a_secret() -> None:
    text = FILE.read_text(encoding="utf-8")
    names = {part.partition("=")[0] for value in values("ENV") for part in value.split()}
    assert names == {FOLDER_VARIABLE, "HRD_CALENDAR_LOG", "PYTHONDONTWRITEBYTECODE"}
    assert not re.search(r"PASSWORD|TOKEN|SECRET|KEY=", text)


def test_it_runs_as_nobody_special_and_packages_are_those_of_the_lock() -> None:
    [user] = values("USER")
    assert int(user.partition(":")[0]) >= 1000
    assert instructions().index(("USER", user)) < [name for name, _ in instructions()].index("CMD")
    [install] = [value for value in values("RUN") if "pip install" in value]
    assert "--require-hashes" in install
    # No address of a registry: the administrator's own settings name it.
    assert not re.search(r"https?://(?!127\.0\.0\.1)", FILE.read_text(encoding="utf-8"))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder of the container, made of what the last stage copies."""
    home = tmp_path / "home"
    for sources, to in copies():
        if to.startswith("/"):
            continue
        for source in sources:
            for name in in_git(source):
                target = home / (Path(to, name) if to == "./" else name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, target)
    return home


def test_what_is_copied_is_enough_to_serve_and_to_be_found_healthy(image: Path, tmp_path: Path) -> None:
    port = str(free_port())

    def here(command: str) -> list[str]:
        local = command.replace(f"{HOME}/.venv/bin", str(Path(sys.executable).parent)).replace("8501", port)
        parts: list[str] = json.loads(local)
        return parts

    [start], [health] = values("CMD"), values("HEALTHCHECK")
    environment = {**os.environ, FOLDER_VARIABLE: str(tmp_path / "workspace"), "PYTHONDONTWRITEBYTECODE": "1"}
    check = here(health.partition("CMD ")[2])
    assert subprocess.run(check, capture_output=True).returncode != 0
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*here(start), "--server.address", "127.0.0.1"], cwd=image, env=environment, stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            if subprocess.run(check, capture_output=True).returncode == 0:
                break
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.2)
        else:
            raise AssertionError((tmp_path / "log").read_text())
    finally:
        stop_server(process)
    assert "Traceback" not in (tmp_path / "log").read_text()
