"""The catalogue of sentences: every problem that is raised has one, none is left over, and no code has two."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from calendar_model import messages

ROOT = Path(__file__).resolve().parents[2]
CODE = [
    path
    for folder in ("calendar_model", "pages")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent.name != "messages"
]
PUT_TOGETHER = ("history-", "remote-no-")
"""How codes begin that the model puts together from a table or a column."""


def nodes() -> Iterator[ast.AST]:
    for path in CODE:
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def problem_codes() -> set[str]:
    """The codes of problems that are written out where they are raised."""
    calls = [node for node in nodes() if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem"]
    codes = [
        call.args[0] if call.args else next(key.value for key in call.keywords if key.arg == "code") for call in calls
    ]
    return {str(code.value) for code in codes if isinstance(code, ast.Constant)}


def test_every_problem_has_a_sentence() -> None:
    codes = problem_codes()
    assert len(codes) > 50
    assert codes - messages.MESSAGES.keys() == set()


def test_no_sentence_is_left_over() -> None:
    named = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert {code for code in messages.MESSAGES if not code.startswith(PUT_TOGETHER)} - named == set()


def test_no_code_has_two_sentences() -> None:
    codes = Counter(code for module in messages._MODULES for code in module.MESSAGES)
    assert {code for code, number in codes.items() if number > 1} == set()
