"""Which column of a file is which."""

from __future__ import annotations

from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.templates.events import EventTemplate
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.imports.templates.reviews import ReviewTemplate

EVENTS = EventTemplate()
REVIEWS = ReviewTemplate()


def test_headers_are_known_in_two_languages_and_with_a_slip_each_column_once() -> None:
    def known(template: ImportTemplate, *header: str) -> dict[str, int]:
        return {name: place for name, place in match_columns(template.columns, header).items() if place is not None}

    norwegian = ("Tittel", "DATO", "Sted:", "organ", "Kl.", "Merknad")
    assert known(EVENTS, *norwegian) == {"title": 0, "start": 1, "location": 2, "body": 3, "start_time": 4}
    assert known(EVENTS, "Titel", "Organisaton or body", "Frist dya", "x") == {"title": 0, "body": 1}
    assert known(EVENTS, "Date", "Title", "date", "") == {"title": 1, "start": 0}
    assert known(REVIEWS, "State", "Session", "Date", "Link") == {
        "country": 0,
        "session": 1,
        "date": 2,
        "source_url": 3,
    }
