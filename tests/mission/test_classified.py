"""Marks of classified documents are found as they stand on a document, and are no names of our levels."""

from __future__ import annotations

import pytest

from calendar_model.mission.classified import MARKS, marks_in
from calendar_model.translation import LANGUAGES, in_language
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import term


@pytest.mark.parametrize("mark", MARKS)
def test_each_mark_is_found_on_a_line_of_its_own_and_in_a_sentence(mark: str) -> None:
    assert marks_in(f"{mark}\nTo the Ministry") == (mark,)
    assert marks_in(f"The note ({mark}) is attached.") == (mark,)
    assert marks_in(mark.replace(" ", "\n")) == (mark,)


@pytest.mark.parametrize(
    "text", ["", "Plassen er begrenset.", "En fortrolig samtale", "Restricted", "EU restricted access", "HEMMELIGHET"]
)
def test_the_same_word_in_a_sentence_is_no_mark(text: str) -> None:
    assert marks_in(text) == ()


def test_several_texts_give_each_mark_once() -> None:
    assert marks_in("FORTROLIG", "HEMMELIG, FORTROLIG") == ("FORTROLIG", "HEMMELIG")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_level_is_called_like_a_mark(language: str) -> None:
    with in_language(language):
        assert not {term(level).upper() for level in Sensitivity} & set(MARKS)
