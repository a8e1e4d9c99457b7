"""No organisation, track or milestone is named in the code of the model: what distinguishes one is a column of its row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from calendar_model.reference import Reference
from tests.conftest import DATA

ROOT = DATA.parent

PLACES = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def texts(code: str) -> Iterator[tuple[int, str]]:
    """Every text in a module with its line, documentation apart."""
    tree = ast.parse(code)
    documentation: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, PLACES):
            documentation |= {id(child.value) for child in node.body if isinstance(child, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def named(code: str, codes: Iterable[str]) -> list[tuple[int, str]]:
    """The lines that name one of the codes: as a whole text, or inside one if the code cannot be a word."""
    inside = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in codes if "-" in one))
    whole = frozenset(codes)
    return [(line, text) for line, text in texts(code) if text in whole or inside.search(text)]


def test_no_code_of_the_reference_is_in_the_model(reference: Reference) -> None:
    codes = [*reference.organisations, *reference.tracks, *reference.milestones, *reference.seasons]
    codes += [*reference.recurring_meetings, *(row.code for row in reference.observances)]
    found = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in (ROOT / "calendar_model").rglob("*.py")
        for line, text in named(path.read_text(encoding="utf-8"), codes)
    }
    assert found == set()


def test_a_planted_code_is_found() -> None:
    code = (
        '"""About un-hrc."""\nREGIONAL = {"osce"}\nprefix = f"deadline-hrc-tabling-{REGIONAL}"\nword = "the un body"\n'
    )
    assert [line for line, _ in named(code, ["un", "osce", "un-hrc", "hrc-tabling"])] == [2, 3]
