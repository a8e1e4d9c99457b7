"""The catalogue of sentences: one for each code that the program raises or returns, and none that nobody uses."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from calendar_model import messages

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path
    for path in (*(ROOT / "calendar_model").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "dashboard.py")
    if path.parent.name != "messages"
]
CODED = {"HistoryStep", "ImportRefused", "Note", "Problem", "UnmetRequirement"}
"""What is made of a code, given first."""


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every node of the program's code with its place; of the model, the pages and the entrance."""
    return [
        (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for place, node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield place, node


def patterns(node: ast.AST) -> Iterator[str]:
    """The texts in a piece of code as regular expressions: what a formatted one is filled with can be anything."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    else:
        for part in ast.iter_child_nodes(node):
            yield from patterns(part)


def test_each_code_has_its_sentence() -> None:
    given = {pattern: place for place, call in calls(*CODED) if call.args for pattern in patterns(call.args[0])}
    known = "\n".join(messages.MESSAGES)
    assert {place: code for code, place in given.items() if not re.search(f"^{code}$", known, re.MULTILINE)} == {}


def test_each_sentence_has_a_code_that_is_used() -> None:
    whole = {node.value for _, node in nodes() if isinstance(node, ast.Constant)}
    made = [pattern for _, call in calls(*CODED) if call.args for pattern in patterns(call.args[0]) if ".+" in pattern]
    unused = [code for code in messages.MESSAGES if code not in whole]
    assert [code for code in unused if not any(re.fullmatch(pattern, code) for pattern in made)] == []


def test_no_code_has_two_sentences() -> None:
    counted = Counter(code for module in messages._MODULES for code in module.MESSAGES)
    assert [code for code, count in counted.items() if count > 1] == []
