"""The columns of a template, and matching the columns of a file to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

EXAMPLE = "(example)"
"""Marks the example row of a template, at the end of a cell; such a row is not imported."""


@dataclass(frozen=True)
class TemplateColumn:
    """A column. ``name`` is the column of the record, ``label`` the header in a template, ``help`` how to fill it in.

    ``choices`` are the accepted words, if they are limited; ``aliases`` are other recognised headers, ``example`` is
    the cell in the example row, in ISO 8601 if the ``format`` is a day or an hour.
    """

    name: str
    label: str
    help: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    example: str = ""
    format: Literal["text", "day", "hour"] = "text"


_NEAR = 0.84
"""Minimum likeness of a misspelt name; 1 is equal."""


def match_columns(columns: Sequence[TemplateColumn], header: Sequence[str]) -> dict[str, int | None]:
    """Match the headers of a file to columns: return the place of each column by name, from 0, or None.

    A column is recognised by its label, name or aliases, English or Norwegian, ignoring case and punctuation; then by
    a similar name. Each column of the file is used once; of two with the same name the first is used.
    """
    names = [folded(name) for name in header]
    found: dict[str, int | None] = dict.fromkeys((column.name for column in columns), None)
    used: set[int] = set()

    def assign(column: TemplateColumn, place: int) -> None:
        found[column.name] = place
        used.add(place)

    for words in (lambda one: (one.label,), lambda one: (one.name,), lambda one: one.aliases):
        for column in columns:
            if found[column.name] is None:
                known = [folded(word) for word in words(column)]
                free = [place for place, name in enumerate(names) if name in known and place not in used]
                if free:
                    # The earlier alias first; for equal ones the first column.
                    assign(column, min(free, key=lambda place: (known.index(names[place]), place)))
    near = sorted(
        (-alike, place, number)
        for number, column in enumerate(columns)
        if found[column.name] is None
        for place, name in enumerate(names)
        if name
        and place not in used
        and (alike := _likeness(name, (column.label, column.name, *column.aliases))) >= _NEAR
    )
    for _, place, number in near:
        if found[columns[number].name] is None and place not in used:
            assign(columns[number], place)
    return found


def missing_columns(columns: Iterable[TemplateColumn], chosen: Mapping[str, int | None]) -> list[TemplateColumn]:
    """Return the required columns that are not matched."""
    return [column for column in columns if column.needed and chosen.get(column.name) is None]


def folded(text: str) -> str:
    """Return a text in lower case without punctuation and extra blanks, for comparing names."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _likeness(name: str, words: Iterable[str]) -> float:
    # In a short name one letter makes a different word.
    return max((SequenceMatcher(None, name, word).ratio() for word in map(folded, words) if len(word) > 4), default=0.0)
