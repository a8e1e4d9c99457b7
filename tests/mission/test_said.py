"""What did we say: found by words, State, theme, forum and period, as far as its reader may see it."""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.said import PASSAGE, SaidQuery, passage, what_was_said
from calendar_model.mission.statements import commands
from calendar_model.mission.themes import themes_in_use
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.database import current_workspace
from calendar_model.store.full_text import phrases_of
from calendar_model.store.models import LanguageProposal, Person, RecordRead
from calendar_model.terms import ProposalOutcome, RecordKind, StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.staff import CLEARER

DEFENDERS = "Mr President, human rights defenders must not fear reprisals."
RESTRICTED = Sensitivity.RESTRICTED

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def delivered(
    me: Viewer, head: Viewer, title: str, text: str, *, on: date = TODAY, items: tuple[str, ...] = (),
    themes: tuple[str, ...] = (), **values: Any,
) -> str:  # fmt: skip
    level = values.pop("sensitivity", Sensitivity.INTERNAL)
    born = {"title": title, "format": StatementFormat.STATEMENT, "forum": "un-hrc", "sensitivity": level, **values}
    named = [me.person_id, head.person_id] if level is RESTRICTED else None
    made = commands.start_statement(me, born, text=text, items=items, themes=themes, named=named)
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(head, made, state, seen=1, on=on)
    return made


class Search:
    def __init__(self, table: pd.DataFrame, reference: Reference) -> None:
        self.table, self.reference = table, reference

    def __call__(self, who: Viewer, text: str = "", **narrowed: Any) -> list[str]:
        found = what_was_said(who, SaidQuery(text, **narrowed), self.table, self.reference)
        assert found.count == len(found.hits)
        return [hit.title for hit in found.hits]


@pytest.fixture
def search(table: pd.DataFrame, reference: Reference) -> Search:
    return Search(table, reference)


def test_it_is_found_by_words_forum_period_and_state_newest_first(me: Viewer, head: Viewer, search: Search) -> None:
    delivered(me, head, "Old", f"{DEFENDERS} {'And more. ' * 9}", on=date(2024, 3, 1), forum="osce")
    delivered(me, head, "New", DEFENDERS)
    delivered(me, head, "Other", "We thank Belarus.", on=date(2025, 3, 1))
    delivered(me, head, "Review", "A text", on=date(2025, 4, 1), items=(review := review_of(search.table, "NOR"),))
    assert review
    commands.start_statement(me, {"title": "Draft", "format": StatementFormat.STATEMENT}, text=DEFENDERS)
    assert search(me, '"human rights defenders"') == ["New", "Old"]
    assert search(me, "defend", by_match=True) == ["New", "Old"]
    assert search(me, "defend", forum="osce") == ["Old"]
    assert search(me, "defend", start=date(2024, 3, 2)) == ["New"]
    assert search(me, "defend", end=date(2024, 3, 1)) == ["Old"]
    assert search(me, country="BLR") == ["Other"]
    assert search(me, country="NOR") == ["Review"]
    assert search(me, "xylophone") == search(me) == search(me, '"" *') == []


def review_of(table: pd.DataFrame, country: str) -> str:
    return str(table.loc[(table["countries"] == country) & (table["kind"] == "upr-review"), "item"].iloc[0])


def test_themes_narrow_it_and_are_known_to_those_who_see_a_record_with_them(
    me: Viewer, head: Viewer, other: Viewer, search: Search
) -> None:
    delivered(me, head, "One", DEFENDERS, themes=("Reprisals", " Digital  rights"))
    delivered(me, head, "Two", DEFENDERS, themes=("reprisals",), sensitivity=RESTRICTED)
    delivered(me, head, "Three", DEFENDERS, themes=("Secret",), sensitivity=RESTRICTED)
    assert sorted(search(me, theme="Reprisals")) == ["One", "Two"]
    assert search(other, theme="Reprisals") == ["One"]
    assert search(other, theme="Secret") == []
    assert themes_in_use(me) == ["Digital rights", "Reprisals", "Secret"]
    assert themes_in_use(other) == ["Digital rights", "Reprisals"]
    assert themes_in_use(other, RecordKind.CASE) == []
    assert themes_in_use(ANONYMOUS) == ()


def test_what_a_reader_may_not_see_is_neither_found_nor_counted(
    me: Viewer, head: Viewer, other: Viewer, search: Search
) -> None:
    delivered(me, head, "Open", DEFENDERS)
    delivered(me, head, "Hidden", DEFENDERS, sensitivity=RESTRICTED)
    save(me, LanguageProposal, {"title": "Hers", "text": "A", "wording": DEFENDERS, "sensitivity": RESTRICTED})
    assert sorted(search(me, "reprisals")) == ["Hers", "Hidden", "Open"]
    for who in (other, ANY_STAFF, Viewer(me.person_id, Sensitivity.INTERNAL)):
        for by_match in (False, True):
            assert search(who, "reprisals", by_match=by_match) == ["Open"]
    assert search(ANONYMOUS, "reprisals") == []


def test_a_restricted_passage_that_is_shown_is_noted_as_read(me: Viewer, head: Viewer, search: Search) -> None:
    made = delivered(me, head, "Hidden", DEFENDERS, sensitivity=RESTRICTED)
    search(head, "xylophone")
    assert readings(me, made) == []
    search(head, "reprisals")
    assert readings(me, made) == [head.person_id]


def readings(who: Viewer, record_id: str) -> list[str]:
    with reading(who) as session:
        return list(session.scalars(select(RecordRead.person_id).where(RecordRead.record_id == record_id)))


def test_proposed_and_agreed_language_is_found(me: Viewer, table: pd.DataFrame, reference: Reference) -> None:
    values = {"title": "Freedom of assembly", "text": "A", "forum": "un-hrc", "wording": "Calls upon States"}
    weakened = {"outcome": ProposalOutcome.WEAKENED, "final_wording": "Encourages States"}
    made = save(me, LanguageProposal, {**values, **weakened})
    for text, is_agreed in (('"calls upon"', False), ('"encourages states"', True)):
        found = what_was_said(me, SaidQuery(text), table, reference)
        (hit,) = found.hits
        assert (hit.record_id, hit.kind, hit.is_agreed, hit.day) == (made, RecordKind.LANGUAGE, is_agreed, TODAY)


def test_the_day_of_a_proposal_is_that_of_utc_whatever_the_zone_of_the_server(
    me: Viewer, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Pacific/Auckland")
    current_workspace().engine.dispose()
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-24T23:30:00+00:00")
    save(me, LanguageProposal, {"title": "Late", "text": "A", "wording": DEFENDERS})
    assert search(me, "defenders", end=date(2026, 11, 24)) == ["Late"]
    assert search(me, "defenders", start=date(2026, 11, 25)) == []


def test_a_hit_says_what_was_found_where(me: Viewer, head: Viewer, table: pd.DataFrame, reference: Reference) -> None:
    made = delivered(me, head, "New", DEFENDERS)
    (hit,) = what_was_said(me, SaidQuery('"rights defenders" repr'), table, reference).hits
    assert (hit.record_id, hit.number, hit.language, hit.day, hit.forum) == (made, 1, "en", TODAY, "un-hrc")
    assert [piece for piece, is_found in hit.passage.pieces if is_found] == ["rights defenders", "reprisals"]
    assert (hit.passage.text, hit.passage.from_start, hit.passage.to_end) == (DEFENDERS, True, True)


@pytest.mark.parametrize("place", [0, 40, 400])
def test_the_passage_is_where_most_was_found_and_of_whole_words(place: int) -> None:
    words = ["alpha"] * 500
    words[place : place + 2] = ["human", "rights"]
    text = " ".join(["human", *words])
    found = passage(text, phrases_of('"human rights" human'))
    assert [piece for piece, is_found in found.pieces if is_found][-1] == "human rights"
    assert len(found.text) <= PASSAGE
    assert set(found.text.split()) <= {"alpha", "human", "rights"}
    assert found.text in text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a b " * 25_000, "a b c d e f g h i j k l"),
        ("the state of the land is the rule " * 2_900, 'the state of law "is the" "the rule" land'),
    ],
)
def test_a_common_word_in_a_long_text_keeps_nobody_waiting(text: str, asked: str) -> None:
    began = monotonic()
    found = passage(text, phrases_of(asked))
    assert found.from_start
    assert monotonic() - began < 10
