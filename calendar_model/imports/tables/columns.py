"""The columns of a table: what each is called, how it is filled in, and which column of a file is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

EXAMPLE = "(example)"
"""At the end of a cell it marks the row of a template that shows how it is filled in: no such row is imported."""


@dataclass(frozen=True)
class TemplateColumn:
    """A column. ``name`` is that of the record, ``label`` the header of a template, ``help`` how it is filled in.

    ``choices`` are the words that it takes, if it takes no others; ``aliases`` are further headers by which it is
    known, ``example`` is the cell of a template's example, in ISO 8601 where the ``format`` is a day or an hour.
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
"""From how much alike two names are a slip of the pen; 1 is equal."""


def match_columns(columns: Sequence[TemplateColumn], header: Sequence[str]) -> dict[str, int | None]:
    """Which column of a file is which, guessed from its names: for each column's name its place from 0, or None.

    A column is known by its label, its name or another usual word for it, English or Norwegian, whatever the case and
    the punctuation; what is left over by what is nearly so. No column of the file stands for two, and the first of two
    of the same name is taken.
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
                    # The more usual word first, and of equal ones the first column.
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
    """The columns that are needed and that no column of the file is."""
    return [column for column in columns if column.needed and chosen.get(column.name) is None]


def folded(text: str) -> str:
    """A text without case, punctuation and spare blanks, so that two ways to write a name are one."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _likeness(name: str, words: Iterable[str]) -> float:
    # Of a short name one letter is another word.
    return max((SequenceMatcher(None, name, word).ratio() for word in map(folded, words) if len(word) > 4), default=0.0)
