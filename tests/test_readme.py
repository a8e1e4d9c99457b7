"""The README names everything that a newcomer can set, call or open; links in documents lead somewhere."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from calendar_model.__main__ import _parser
from calendar_model.reference import ROW_CLASSES
from calendar_model.web.metrics import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"])


def variables() -> set[str]:
    """The variables of the environment that the code names, those of others that it reads included."""
    files = [
        ROOT / "dashboard.py",
        *(path for folder in ("calendar_model", "pages") for path in (ROOT / folder).rglob("*.py")),
    ]
    texts = [text for path in files if "VARIABLE" in (text := path.read_text(encoding="utf-8"))]
    assigned = {
        str(node.value.value)
        for text in texts
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and any(isinstance(target, ast.Name) and target.id.endswith("VARIABLE") for target in node.targets)
    }
    named = {
        name for path in files for name in re.findall(r"HRD_CALENDAR_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }
    return assigned | named


def test_every_variable_is_in_the_table_of_operations() -> None:
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE))
    assert {"HRD_CALENDAR_PUBLIC_URL", "DATABASE_URL", "CHROMIUM", "PORT"} <= variables()
    assert variables() - table == set()
    # What uvicorn and Streamlit read.
    assert table - variables() == {"FORWARDED_ALLOW_IPS", "STREAMLIT_SECRETS_FILES"}


def test_the_example_of_the_environment_names_variables_that_there_are() -> None:
    example = (ROOT / "docs" / "deploy" / "environment").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert len(named) > 5
    assert named - variables() == {"STREAMLIT_SECRETS_FILES"}


def test_every_metric_and_every_file_to_deploy_is_in_operations() -> None:
    named = set(re.findall(r"`((?:hrd_calendar|process)_\w+)`", OPERATIONS))
    families = {f"{family.name}_total" if family.type == "counter" else family.name for family in REGISTRY.collect()}
    ours = {name for name in families if name.startswith("hrd_calendar")}
    assert ours - named == set()
    # Shown once the variable names a folder.
    assert named - families == {"hrd_calendar_backup_age_seconds"}
    files = {path.name for path in (ROOT / "docs" / "deploy").iterdir()}
    assert {name for name in files if f"](deploy/{name})" not in OPERATIONS} == set()


def test_every_command_is_in_the_readme() -> None:
    help_text = [sys.executable, "-m", "calendar_model", "--help"]
    usage = subprocess.run(help_text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    commands = set(re.findall(r"^    (\w+) +\w", usage, re.MULTILINE))
    assert commands >= {"items", "cycles", "feed", "check", "backtest"}
    assert {name for name in commands if f"python -m calendar_model {name}" not in README} == set()


def test_every_command_of_operations_is_one_that_there_is() -> None:
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", OPERATIONS, re.DOTALL | re.MULTILINE)).replace("\\\n", " ")
    commands = [shlex.split(line.partition("python -m calendar_model ")[2]) for line in blocks.splitlines()]
    given = [command for command in commands if command]
    assert len(given) >= 5
    for command in given:
        _parser().parse_args(command)


def test_every_reference_file_is_described() -> None:
    described = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert {kind.FILE for kind in ROW_CLASSES if kind.FILE not in described} == set()
    assert {path.name for path in (ROOT / "data").glob("*.csv")} == {kind.FILE for kind in ROW_CLASSES}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_picture_and_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    assert [to for to in targets if not to.startswith("https://") and not (document.parent / to).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = re.findall(r"`((?:calendar_model|pages|tests|data|docs)/[\w./-]+)", document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_documents_that_people_look_for_are_there() -> None:
    named = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert named >= {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/decisions/README.md"}


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"^\| \[(\d{4})\]\(([^)]+)\) \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [file for _, file in listed] == sorted(path.name for path in folder.glob("0*.md"))
    assert [(folder / file).read_text(encoding="utf-8")[:7] for _, file in listed] == [
        f"# {number}:" for number, _ in listed
    ]


def test_every_command_of_make_that_a_document_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}
    assert len(named) >= 5
    assert named - targets == set()


def test_the_version_is_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


LEVEL_A = (
    "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 "
    "2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2"
)
LEVEL_AA = (
    "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2 "
    "3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
)
CRITERIA = {**dict.fromkeys(LEVEL_A.split(), "A"), **dict.fromkeys(LEVEL_AA.split(), "AA")}
"""The criteria of WCAG 2.2 (W3C Recommendation) at the levels A and AA; 4.1.1 is obsolete."""


def test_accessibility_has_every_criterion_and_names_a_test_where_one_holds_it() -> None:
    text = (ROOT / "docs" / "ACCESSIBILITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\.\d\.\d+) .+? \| (A+) \| ([a-z ]+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert {number: level for number, level, *_ in rows} == CRITERIA
    assert len(rows) == len(CRITERIA)
    for number, _level, status, held_by, gap in rows:
        assert status in {"met", "met in part", "not met", "not assessed", "not applicable"}, number
        assert held_by.startswith("`tests/") == status.startswith("met"), number
        assert status not in {"met in part", "not met"} or len(gap) > 5, number


@pytest.mark.parametrize("document", ["SECURITY.md", "ACCESSIBILITY.md"])
def test_every_promise_names_a_test_that_exists(document: str) -> None:
    promises = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promises)
    assert len(named) >= 25
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
