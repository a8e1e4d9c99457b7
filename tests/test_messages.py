"""The catalogue of sentences: one for each code that the program raises or returns, and none that nobody uses."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from calendar_model import messages

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    path
    for path in (*(ROOT / "calendar_model").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "dashboard.py")
    if path.parent.name != "messages"
]
CODED = {"Problem", "UnmetRequirement"}
"""What is made of a code, given first."""


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def texts(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def test_each_code_has_its_sentence() -> None:
    given = {code: place for place, call in calls(*CODED) if call.args for code in texts(call.args[0])}
    assert {place: code for code, place in given.items() if code not in messages.MESSAGES} == {}


def test_each_sentence_has_a_code_that_is_used() -> None:
    used = {text for path in FILES for text in texts(ast.parse(path.read_text(encoding="utf-8")))}
    assert [code for code in messages.MESSAGES if code not in used] == []


def test_no_code_has_two_sentences() -> None:
    counted = Counter(code for module in messages._MODULES for code in module.MESSAGES)
    assert [code for code, count in counted.items() if count > 1] == []


def test_what_is_refused_is_said_by_code() -> None:
    sentences = (ast.Constant, ast.JoinedStr)
    refused = [
        place for place, call in calls("Refused") if any(isinstance(argument, sentences) for argument in call.args)
    ]
    assert refused == []
