"""What belongs in the catalogues of the interface: for ``pybabel``, the Makefile and the tests.

Besides the marked sentences these are the terms of the model, whose words are made from their values
(:func:`calendar_model.wording.term`), and the columns of records, whose names errors give.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, BinaryIO

from babel.messages.extract import DEFAULT_KEYWORDS, extract_python

from calendar_model.wording import english_term

KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "NN_": (1, 2), "count": (2, 3)}
"""What marks a message, as in the Makefile: the second and third argument of :func:`calendar_model.wording.count`."""


def extract_terms(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield the words for the members of the enumerations in a module, and what is marked there; for Babel."""
    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
            for member in node.body:
                if isinstance(member, ast.Assign) and (value := _value(member.value)):
                    yield member.lineno, "_", english_term(value), []


def extract_columns(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Yield the words for the columns of the tables in a module; for Babel."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and "Mapped" in ast.unparse(node):
            yield node.lineno, "_", english_term(node.target.id.removesuffix("_id").replace("_", "-")), []


def _value(node: ast.expr) -> str:
    """The value of a member: its text, or the first of its tuple."""
    first = node.elts[0] if isinstance(node, ast.Tuple) else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
