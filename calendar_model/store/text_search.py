"""Words in columns of text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def contains_word(column: InstrumentedAttribute[Any], word: str) -> ColumnElement[bool]:
    """Whether the word occurs in the column, in any case. SQLite folds only ASCII, so the usual spellings are tried."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))
