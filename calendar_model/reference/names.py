"""The reference with its names and sentences in the reader's language.

The catalogues have those of the files in ``data/``; what a correction from the dashboard says instead is in none, and
stays as it was typed. The titles of resolutions and documents, notes, and the names of persons are nobody's to
translate: they are not among the :data:`TEXTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from calendar_model import wording
from calendar_model.reference.reader import Reference
from calendar_model.reference.rows import (
    Cadence,
    DateRule,
    ForecastNote,
    MandateHolder,
    Meeting,
    MemberState,
    Milestone,
    MilestoneDate,
    Observance,
    Organisation,
    RecurringMeeting,
    ReferenceRow,
    Resolution,
    Season,
    Session,
    Track,
)
from calendar_model.translation import SOURCE, gettext, language

R = TypeVar("R", bound=ReferenceRow)

TEXTS: Mapping[type[ReferenceRow], tuple[str, ...]] = {
    Organisation: ("name", "short_name", "type", "mechanism", "seat_city"),
    Session: ("location", "interruption", "moved_because"),
    Season: ("name",),
    DateRule: ("statement",),
    Track: ("title", "short_title", "description", "penholder"),
    Cadence: ("statement",),
    Resolution: ("theme", "penholder"),
    MandateHolder: ("mandate", "title", "appointed_at"),
    RecurringMeeting: ("name", "rhythm", "relevance", "location"),
    Meeting: ("location", "moved_because"),
    Milestone: ("name", "rule"),
    MilestoneDate: ("source_note",),
    ForecastNote: ("reason",),
    Observance: ("name", "relevance"),
}
"""The columns that are put through the catalogue whole."""

NUMBERED: Mapping[type[ReferenceRow], tuple[str, ...]] = {Session: ("title",), Meeting: ("title",)}
"""The columns that are put through it without their numbers: one text serves all sessions of a body."""

CODES: Mapping[type[ReferenceRow], tuple[str, ...]] = {Milestone: ("for_whom", "seconds_for")}
"""The columns by whose values the model decides: they stay, and are put through the catalogue where they are shown.
``|`` separates the values of one cell."""

_NUMBER = re.compile(r"(\d+)(st|nd|rd|th)?\b")


def in_readers_language(reference: Reference) -> Reference:
    """Return the reference in the reader's language; the same one where that is English.

    Names of States are CLDR's. :attr:`Reference.as_recorded` of the result is ``reference``.
    """
    if language() == SOURCE:
        return reference
    found: dict[str, Any] = {}
    for kind in TEXTS:
        name = Path(kind.FILE).stem
        rows = getattr(reference, name)
        if isinstance(rows, dict):
            found[name] = {code: _translated(row) for code, row in rows.items()}
        else:
            found[name] = tuple(_translated(row) for row in rows)
    found["states"] = {code: _named(row) for code, row in reference.states.items()}
    return replace(reference, **found, recorded=reference)


def without_numbers(title: str) -> tuple[str, dict[str, int]]:
    """Return a title as a text of the catalogue, and the numbers for its placeholders.

    ``Human Rights Council, {ordinal} session`` and 64, ``OSCE Ministerial Council {number}`` and 2026; further ones
    are ``{ordinal_2}`` or ``{number_2}``.
    """
    numbers: dict[str, int] = {}

    def placeholder(match: re.Match[str]) -> str:
        name = "ordinal" if match[2] else "number"
        if name in numbers:
            name = f"{name}_{len(numbers) + 1}"
        numbers[name] = int(match[1])
        return f"{{{name}}}"

    return _NUMBER.sub(placeholder, title), numbers


def messages(kind: type[ReferenceRow], cells: Mapping[str, str]) -> Iterator[str]:
    """Yield the texts of a row, as its cells, that the catalogues have."""
    yield from (cells[column] for column in TEXTS.get(kind, ()))
    yield from (without_numbers(cells[column])[0] for column in NUMBERED.get(kind, ()))
    yield from (value for column in CODES.get(kind, ()) for value in cells[column].split("|"))


def _translated(row: R) -> R:
    kind = type(row)
    texts = {column: gettext(getattr(row, column)) for column in TEXTS[kind]}
    texts |= {column: _title(getattr(row, column)) for column in NUMBERED.get(kind, ())}
    return row.model_copy(update=texts)


def _title(title: str) -> str:
    text, numbers = without_numbers(title)
    translated = gettext(text)
    if translated == text:
        return title
    ordinals = {name: wording.ordinal(number) for name, number in numbers.items() if name.startswith("ordinal")}
    return translated.format(**{**numbers, **ordinals})


def _named(row: MemberState) -> MemberState:
    return row.model_copy(update={"name": wording.state(row.code, row.name)})
