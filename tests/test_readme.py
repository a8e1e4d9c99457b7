"""The README names everything that a newcomer can set, call or open."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from calendar_model.reference import KINDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_variable_is_in_the_readme() -> None:
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "calendar_model").rglob("*.py")]
    variables = {name for text in code for name in re.findall(r"HRD_CALENDAR_[A-Z_]+", text)}
    assert len(variables) >= 3
    assert {name for name in variables if f"`{name}`" not in README} == set()


def test_every_command_is_in_the_readme() -> None:
    help_text = [sys.executable, "-m", "calendar_model", "--help"]
    usage = subprocess.run(help_text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    commands = set(re.findall(r"^    (\w+) +\w", usage, re.MULTILINE))
    assert commands >= {"items", "cycles", "feed", "check", "backtest"}
    assert {name for name in commands if f"python -m calendar_model {name}" not in README} == set()


def test_every_reference_file_is_described() -> None:
    described = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert {kind.FILE for kind in KINDS if kind.FILE not in described} == set()
    assert {path.name for path in (ROOT / "data").glob("*.csv")} == {kind.FILE for kind in KINDS}


def test_every_picture_and_link_of_the_readme_is_there() -> None:
    targets = [t for t in re.findall(r"\]\(([^)]+)\)", README) if not t.startswith("http")]
    assert targets
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_every_promise_of_security_names_a_test_that_exists() -> None:
    promises = (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promises)
    assert len(named) >= 25
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
