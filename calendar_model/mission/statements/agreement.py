"""Texts that several States negotiate: which version is agreed to the last word, and what is not agreed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from calendar_model.terms import StatementFormat

if TYPE_CHECKING:
    from calendar_model.store.models import AgreedText, Statement

NEGOTIATED = frozenset({StatementFormat.RESOLUTION_TEXT, StatementFormat.AMENDMENT})
"""Formats that are negotiated no matter who proposes the text."""


def is_negotiated(statement: Statement) -> bool:
    """Whether others have to agree to the text: a joint statement, a resolution or an amendment."""
    return statement.voice.is_shared or statement.format in NEGOTIATED


def bracketed_passages(text: str) -> Sequence[str]:
    """The passages in square brackets, with the brackets, in the order of the text.

    Texts under negotiation mark in this way what is not agreed. Of brackets within brackets the outer pair counts; one
    that is never closed runs to the end of its line.
    """
    return tuple(text[start:end] for start, end in _outermost(_pairs(text)))


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign == "[":
            opened.append(place)
        elif sign == "]" and opened:
            yield opened.pop(), place + 1
    for start in opened:
        end = text.find("\n", start)
        yield start, end if end >= 0 else len(text)


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    until = 0
    for start, end in sorted(spans):
        if start >= until:
            yield start, end
            until = end


def agreed_at(statement: Statement, number: int) -> AgreedText | None:
    """The record that version ``number`` is agreed, of a statement that was read with its agreed texts."""
    return next((one for one in statement.agreed_texts if one.version_number == number), None)
