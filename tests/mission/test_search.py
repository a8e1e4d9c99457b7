"""Search over the calendar and the records: what is found, in which order, and by whom."""

from __future__ import annotations

import pytest

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.search import search_items, search_organisations, search_records, search_words
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, RecordKind, StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY


@pytest.mark.parametrize(("text", "words"), [("", ()), ("  ", ()), ("Joint  STATEMENT", ("joint", "statement"))])
def test_words_are_folded(text: str, words: tuple[str, ...]) -> None:
    assert search_words(text) == words


def test_a_very_long_text_is_cut() -> None:
    assert len(search_words("a " * 500)) <= 12


def test_items_to_come_are_first_and_then_the_past_ones_backwards() -> None:
    reference, table = calendar.current(TODAY)
    found = search_items(table, reference, "general assembly session", TODAY, 200)
    assert set(found["item"]) >= {"session-GA80", "session-GA81", "session-GA82"}
    assert all(word in text for text in found["search"] for word in ("general", "assembly", "session"))
    over = [end.date() < TODAY for end in found["end"]]
    assert over == sorted(over)
    starts = [start.date() for start in found["start"]]
    coming = over.count(False)
    assert starts[:coming] == sorted(starts[:coming])
    assert starts[coming:] == sorted(starts[coming:], reverse=True)
    assert search_items(table, reference, "", TODAY, 8).empty
    assert len(search_items(table, reference, "session", TODAY, 8)) == 8


@pytest.mark.parametrize(
    ("text", "first"),
    [("hrc64", "session-HRC64"), ("Haiti", "upr-4-HTI"), ("human rights day", "human-rights-day-2026")],
)
def test_what_the_text_names_is_first(text: str, first: str) -> None:
    reference, table = calendar.current(TODAY)
    assert search_items(table, reference, text, TODAY, 8)["item"].iloc[0] == first


@pytest.mark.parametrize(
    ("text", "found"),
    [("osce", ["osce", "osce-odihr"]), ("unga", []), ("general ass", ["un-ga", "oas-ga"]), ("", [])],
)
def test_organisations_are_found_by_the_beginnings_of_words(text: str, found: list[str]) -> None:
    reference, table = calendar.current(TODAY)
    assert search_organisations(table, reference, text, 8) == found


def test_of_many_organisations_the_first_are_found() -> None:
    reference, table = calendar.current(TODAY)
    assert len(search_organisations(table, reference, "c", 3)) == 3


def test_a_word_with_signs_of_a_pattern_is_taken_as_it_is() -> None:
    reference, table = calendar.current(TODAY)
    assert search_items(table, reference, "(.*", TODAY, 8).empty
    assert search_records(member("somebody"), "%", 8) == ()


def test_records_are_found_by_all_words_of_the_title_by_those_who_may_see_them() -> None:
    officer, other = (save(ANONYMOUS, Person, {"name": name}) for name in ("Desk officer", "Other"))
    values = {"voice": Voice.JOINT, "format": StatementFormat.STATEMENT, "title": "Felles innlegg om Østersjøen"}
    statement = save(member(officer), Statement, values)
    engagement = {
        "engagement_kind": EngagementKind.CONSULTED,
        "title": "Felles møte",
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
    }
    secret = save(member(officer), Engagement, {**engagement, "sensitivity": Sensitivity.RESTRICTED})
    hits = search_records(member(officer), "felles", 8)
    assert {(hit.id, hit.kind) for hit in hits} == {
        (statement, RecordKind.STATEMENT),
        (secret, RecordKind.ENGAGEMENT),
    }
    assert [hit.id for hit in search_records(member(other), "felles", 8)] == [statement]
    assert [hit.id for hit in search_records(member(other), "østersjøen FELLES", 8)] == [statement]
    assert search_records(member(other), "felles ukjent", 8) == ()
    assert search_records(ANONYMOUS, "felles", 8) == ()
    assert len(search_records(member(officer), "felles", 1)) == 1
