"""Which column of a file is which."""

from __future__ import annotations

import pytest

from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.templates import TEMPLATES
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


@pytest.mark.parametrize(
    ("key", "header"),
    [
        ("events", "Reference|Title|Kind|Organisation or body|First day|Last day|Begins|Ends|Time zone|Place|Room|Ask for the room by|Organisers|Co-sponsors|Programme|Standing|Who sees it|Belongs to"),
        ("engagements", "What|Kind|Day|Place|How|Organisation|Who took part, in words|What came of it|Belongs to|What is to be followed up|Follow-up by|Who sees it"),
        ("sessions", "Session|First day|Last day|Standing|Place|Source|Note"),
        ("reviews", "State|Session|Day|Standing|Source|Note"),
    ],
)  # fmt: skip
def test_a_template_filled_in_under_its_earlier_headers_still_matches(key: str, header: str) -> None:
    template = next(one for one in TEMPLATES if one.key == key)
    found = match_columns(template.columns, header.split("|"))
    assert list(found.values()) == list(range(len(template.columns)))
