"""Plain English: short sentences, and none of the phrases that no English-speaking colleague would say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LONGEST = 25
"""Words in a sentence of the interface."""
LONGEST_IN_DOCUMENTS = 35
"""Words in a sentence of a document or a docstring, which may list things."""

PHRASES = {
    r"\bmisses\b|\bwhat missed\b": "missing, still needed, outstanding",
    r"\bmend(s|ed|ing)?\b": "correct, fix, complete",
    r"\blacks\b": "has no, needs",
    r"\bstands? (here|below|above|beside|over)\b|\bstand in\b": "is listed, appears, is shown",
    r"\bhangs? (on|from)\b|\bhanging\b": "linked to, depends on",
    r"\btied to\b|\bties\b": "linked to, links",
    r"\bwaits? for your\b": "awaits your",
    r"\bdays are (open|not known)\b": "dates not set",
    r"\bpass(es|ed)? over\b": "override",
    r"\btalked over\b|\bweighed\b": "consulted, assessed",
    r"\brhythms?\b": "cycle, interval",
    r"\bsittings?\b": "session; meeting for the half day",
    r"\brings?\b": "reminder",
    r"\bthose who are named\b|\bthose named\b": "people with access",
    r"\bdid not come\b": "did not take place",
    r"\bwhoever\b|\bsomebody\b": "the noun: user, person, author; someone",
    r"\boctets?\b": "bytes",
    r"\bfrom birth\b": "from the start",
    r"\bwritten down\b": "recorded",
    r"\bthrow (it|them) away\b": "discard",
    r"\bbegin it now\b|\bis begun\b": "create, start",
    r"\bnot there any more\b": "no longer available",
    r"\bstrikes? back\b": "reprisals",
    r"\bof ours\b": "our",
    r"\bfalls? due\b": "is due",
}
"""What nobody says, and what to write instead (both as lists of words)."""

EXCEPTIONS = {"tied to": "An import still recognises this heading of older tables."}
"""Beginnings of texts that may stay as they are, and why."""


@dataclass(frozen=True)
class Text:
    """A text with the file and the line where it begins; ``seen`` by users, or a document's."""

    where: str
    words: str
    longest: int

    def sentences(self) -> Iterator[str]:
        for paragraph in re.split(r"\n\s*\n|\n(?=[-*|#>] |\d+\. )", self.words):
            yield from re.split(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«*`\[])|(?<=:)\s*\n|;\s", paragraph)


def _of_code(path: Path) -> Iterator[Text]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    where = str(path.relative_to(ROOT))
    written_for_engineers = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            words = "".join(str(p.value) if isinstance(p, ast.Constant) else "{…}" for p in node.values)
            if "</" not in words:
                yield Text(f"{where}:{node.lineno}", words, LONGEST)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in inside:
            continue
        # No markup, no pattern, no picture of a table.
        if re.search(r"[A-Za-z]\s+[A-Za-z]", node.value) and not re.search(r"</|\(\?|={9}|[;{]\n", node.value):
            longest = LONGEST_IN_DOCUMENTS if id(node) in written_for_engineers else LONGEST
            yield Text(f"{where}:{node.lineno}", node.value, longest)


def _of_document(path: Path) -> Iterator[Text]:
    text = re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`]+`", "`code`", text)
    for block in re.finditer(r"(?:.+\n?)+", text):
        line = text.count("\n", 0, block.start()) + 1
        for cell in re.split(r"\s\|\s|\n\|", block[0]):
            yield Text(f"{path.relative_to(ROOT)}:{line}", re.sub(r"\]\([^)]+\)", "]", cell), LONGEST_IN_DOCUMENTS)


@cache
def texts() -> list[Text]:
    """Every text in the code and the documents that people read."""
    code = [path for folder in ("calendar_model", "pages") for path in sorted((ROOT / folder).rglob("*.py"))]
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"]
    found = [text for path in (ROOT / "dashboard.py", *code) if "versions" not in path.parts for text in _of_code(path)]
    return [*found, *(text for path in documents for text in _of_document(path))]


def allowed(text: Text) -> bool:
    return any(text.words.startswith(beginning) for beginning in EXCEPTIONS)


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_text_has_a_phrase_that_nobody_says(phrase: str) -> None:
    found = [
        f"{text.where} {match[0]!r}: write {PHRASES[phrase]}"
        for text in texts()
        if not allowed(text)
        for match in [re.search(phrase, text.words, re.IGNORECASE)]
        if match
    ]
    assert found == []


def test_sentences_are_short() -> None:
    found = [
        f"{text.where} {len(words)} words: {' '.join(words[:8])} …"
        for text in texts()
        for sentence in text.sentences()
        if len(words := sentence.split()) > text.longest and not allowed(text)
    ]
    assert found == []
