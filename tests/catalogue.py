"""What belongs in the catalogues of the interface: for ``pybabel`` (see pyproject.toml), and for the tests.

Babel's own extractor sees nothing inside an f-string, so the calls are found in the syntax tree. Besides the marked
texts these are the terms of the model, whose words are made from their values
(:func:`calendar_model.wording.english_term`), and the columns of records, whose names errors give.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO

from calendar_model.reference import ROW_CLASSES
from calendar_model.reference.names import messages
from calendar_model.wording import english_term

ONE, TWO = {"_", "gettext", "N_"}, {"NN_", "ngettext", "count"}
"""What marks one text, and what marks the two forms of one."""


def extract_texts(file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield every text that is marked in a module; for Babel."""
    yield from _marked(ast.parse(file.read()))


def extract_terms(file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield the words for the members of the enumerations in a module, and what is marked there; for Babel."""
    tree = ast.parse(file.read())
    yield from _marked(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
            for member in node.body:
                if isinstance(member, ast.Assign) and (value := _value(member.value)):
                    yield member.lineno, "_", english_term(value), []


def extract_columns(file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield the words for the columns of the tables in a module; for Babel."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and "Mapped" in ast.unparse(node):
            yield node.lineno, "_", english_term(node.target.id.removesuffix("_id").replace("_", "-")), []


def extract_reference(file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield the names and sentences in a file of the reference that readers see in their language; for Babel."""
    kind = next(one for one in ROW_CLASSES if Path(file.name).name == one.FILE)
    rows = csv.DictReader(StringIO(file.read().decode(), newline=""))
    for cells in rows:
        yield from ((rows.line_num, "_", text, []) for text in messages(kind, cells) if text)


def _marked(tree: ast.Module) -> Iterator[Any]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in ONE and len(texts) == len(node.args) == 1:
            yield node.lineno, "_", texts[0], []
        elif name in TWO and len(texts) == 2:
            yield node.lineno, "ngettext", tuple(texts), []


def _value(node: ast.expr) -> str:
    """The value of a member: its text, or the first of its tuple."""
    first = node.elts[0] if isinstance(node, ast.Tuple) else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
