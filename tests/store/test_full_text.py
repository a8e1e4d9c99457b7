"""The index of what was said: the same words on both databases, in step with the records, and gone with them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from calendar_model.store import full_text
from calendar_model.store.backup import backup, restore
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.full_text import Phrase, contains, folded_text, index, phrases_of, words_of
from calendar_model.store.models import LanguageProposal, Person, Record, Statement, Version
from calendar_model.terms import StatementState
from calendar_model.vocabulary import Sensitivity
from tests.store.conftest import a_statement, writing

DELIVERED: dict[str, Any] = {"state": StatementState.DELIVERED, "delivered_on": date(2026, 11, 24)}
TEXT = "Mr President, human rights defenders — défenseurs — must not fear reprisals."


def spoken(workspace: Workspace, person: Person, *texts: tuple[str, str], **columns: Any) -> str:
    """A statement, by default delivered, with versions in the languages that are given."""
    with writing(workspace, person.id) as session:
        versions = [
            Version(number=number, language=language, text=text, written_by_id=person.id)
            for number, (language, text) in enumerate(texts, 1)
        ]
        session.add(statement := a_statement(person, versions=versions, **{**DELIVERED, **columns}))
        session.commit()
        return statement.id


def proposal(workspace: Workspace, person: Person, wording: str, final_wording: str = "") -> str:
    with writing(workspace, person.id) as session:
        values = {"title": "Proposal", "text": "A text", "wording": wording, "final_wording": final_wording}
        session.add(row := LanguageProposal(owner_id=person.id, sensitivity=Sensitivity.INTERNAL, **values))
        session.commit()
        return row.id


def found(workspace: Workspace, query: str) -> list[str]:
    with workspace.snapshot() as connection:
        return records_with(connection, phrases_of(query))


def records_with(connection: Connection, phrases: tuple[Phrase, ...]) -> list[str]:
    where = contains(connection.dialect.name, phrases)
    return sorted(connection.scalars(select(index.c.record_id).where(where)))


def indexed(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.snapshot() as connection:
        return sorted(
            (row.record_id, row.folded) for row in connection.execute(select(index.c.record_id, index.c.folded))
        )


# --- Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Défenseurs des droits de l’homme", ["defenseurs", "des", "droits", "de", "l", "homme"]),
        ("De\N{COMBINING ACUTE ACCENT}fenseurs", ["defenseurs"]),
        ("Ærlig talt, Øystein: STRAẞE, Łódź", ["aerlig", "talt", "oystein", "strasse", "lodz"]),
        ("المُدافِعون عن حقوق الإنسان", ["المدافعون", "عن", "حقوق", "الانسان"]),
        ("Правозащитники ещё", ["правозащитники", "еще"]),
        ("人权捍卫者 HRC", ["人", "权", "捍", "卫", "者", "hrc"]),
        ("A/HRC/RES/58/23 – 10%", ["a", "hrc", "res", "58", "23", "10"]),
        ("", []),
    ],
)
def test_words_are_folded_alike_in_every_language(text: str, words: list[str]) -> None:
    assert [word.folded for word in words_of(text)] == words


@given(st.text(max_size=200))
def test_every_word_has_its_place_and_nothing_but_letters_and_digits(text: str) -> None:
    words = list(words_of(text))
    assert all(word.folded and word.folded.isalnum() for word in words)
    assert [(word.start, word.end) for word in words] == sorted((word.start, word.end) for word in words)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert re.fullmatch(r" (\S+ )* ?", folded_text(text))


@pytest.mark.parametrize(
    ("query", "phrases"),
    [
        ("defend", [Phrase(("defend",), is_begun=True)]),
        ('"Human Rights"', [Phrase(("human", "rights"))]),
        ("“human righ”*", [Phrase(("human", "righ"), is_begun=True)]),
        ("of 58", [Phrase(("of",)), Phrase(("58",))]),
        ("of*", [Phrase(("of",), is_begun=True)]),
        ("non-governmental", [Phrase(("non", "governmental"), is_begun=True)]),
        ('"never closed', [Phrase(("never", "closed"))]),
        ("人权", [Phrase(("人", "权"))]),
        ('" " * () NEAR', [Phrase(("near",), is_begun=True)]),
        ("", []),
    ],
)
def test_a_question_asks_for_phrases_and_for_beginnings_of_words(query: str, phrases: list[Phrase]) -> None:
    assert list(phrases_of(query)) == phrases


# --- In step


def test_a_statement_is_found_by_its_newest_text_in_each_language_once_it_is_delivered(
    workspace: Workspace, person: Person
) -> None:
    texts = (("en", "We begin"), ("en", TEXT), ("fr", "Les défenseurs"))
    draft = spoken(workspace, person, *texts, state=StatementState.CLEARED, delivered_on=None)
    assert indexed(workspace) == []
    for state, is_found in (
        (StatementState.DELIVERED, True),
        (StatementState.FOLLOWED_UP, True),
        (StatementState.CLEARED, False),
    ):
        with writing(workspace, person.id) as session:
            session.get_one(Statement, draft).state = state
            session.commit()
        assert indexed(workspace) == sorted((draft, folded_text(text)) for _, text in texts[1:] if is_found)


def test_words_phrases_and_beginnings_find_a_text(workspace: Workspace, person: Person) -> None:
    one = spoken(workspace, person, ("en", TEXT), ("zh", "我们支持人权捍卫者"))
    spoken(workspace, person, ("en", "Rights of human beings"))
    for query in (
        "defenders",
        "DEFENSEURS",
        "repris",
        '"human rights defenders"',
        '"mr president human"',
        "人权捍卫者",
    ):
        assert set(found(workspace, query)) == {one}, query
    for query in ('"rights human"', '"human righ"', "prisals", "权人", "xylophone", '"human rights" xylophone'):
        assert found(workspace, query) == [], query


def test_proposed_language_is_found_as_it_is_now(workspace: Workspace, person: Person) -> None:
    id_ = proposal(workspace, person, "Calls upon States", "Encourages States")
    assert (found(workspace, '"calls upon"'), found(workspace, "encourages")) == ([id_], [id_])
    with writing(workspace, person.id) as session:
        session.get_one(LanguageProposal, id_).final_wording = "Calls upon States"
        session.commit()
    assert (found(workspace, '"calls upon"'), found(workspace, "encourages")) == ([id_], [])


def test_what_is_deleted_leaves_the_index_and_the_file(workspace: Workspace, person: Person) -> None:
    with writing(workspace, person.id) as session:
        session.add_all([a_statement(person, f"Other {n}", **DELIVERED) for n in range(3)])
        session.commit()
    made = [
        spoken(workspace, person, ("en", "Said of ΞENÓPHON, once")),
        proposal(workspace, person, "As ΞENÓPHON said"),
    ]
    spoken(workspace, person, ("en", "What stays"))
    assert found(workspace, "ξenophon") == sorted(made)
    for id_ in made:
        with writing(workspace, person.id) as session:
            session.delete(session.get_one(Record, id_))
            session.commit()
    assert found(workspace, "ξenophon") == []
    assert [text for _, text in indexed(workspace)] == [" what stays "]
    if workspace.file is not None:
        workspace.close()
        with sa.create_engine(f"sqlite:///{workspace.file}").connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        # The history keeps what was written; the index has it in another spelling.
        assert "ξenophon".encode() not in workspace.file.read_bytes()
        assert "ΞENÓPHON".encode() in workspace.file.read_bytes()


def test_a_rolled_back_change_leaves_no_words(workspace: Workspace, person: Person) -> None:
    with writing(workspace, person.id) as session:
        version = Version(number=1, text=TEXT, written_by_id=person.id)
        session.add(a_statement(person, versions=[version], **DELIVERED))
        session.flush()
        session.rollback()
    assert indexed(workspace) == []


def test_it_is_made_anew_by_the_step_of_the_layout_and_by_a_restored_backup(
    workspace: Workspace, person: Person, tmp_path: object, request: pytest.FixtureRequest
) -> None:
    from calendar_model.store import migrations

    spoken(workspace, person, ("en", TEXT))
    proposal(workspace, person, "Calls upon States")
    before = indexed(workspace)
    migrations.downgrade(workspace.engine, "0021")
    assert not full_text.TABLES & set(sa.inspect(workspace.engine).get_table_names())
    migrations.upgrade(workspace.engine)
    assert (len(before), indexed(workspace)) == (2, before)
    file = tmp_path / "backup.gz"  # type: ignore[operator]
    backup(workspace, file)
    for kind in ("new_sqlite", "new_postgresql"):
        url = request.getfixturevalue(kind)()
        restore(url, file)
        other = open_workspace(url)
        assert indexed(other) == before
        other.close()


# --- The same as reading every text

WORDS = st.sampled_from(
    ["human", "rights", "right", "défense", "defense", "the", "58/23", "人权", "О́ль", "a'b", "<b>", '"', "*"]
)
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)
QUERIES = st.one_of(
    st.lists(WORDS, max_size=4).map(" ".join),
    st.lists(WORDS, max_size=3).map(lambda w: f'"{" ".join(w)}"'),
    st.text(max_size=30),
)


def matches(text: str, phrases: tuple[Phrase, ...]) -> bool:
    words = list(words_of(text))
    return all(any(one.matches(words, place) for place in range(len(words))) for one in phrases)


@settings(max_examples=60)
@given(texts=TEXTS, queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_it_finds_what_reading_every_text_finds(workspace: Workspace, texts: list[str], queries: list[str]) -> None:
    with workspace.writing() as connection:
        inside = connection.begin_nested()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE full_text DROP CONSTRAINT fk_full_text_record_id_record")
        rows = [{"record_id": str(n), "part": str(n), "folded": folded_text(text)} for n, text in enumerate(texts)]
        connection.execute(sa.insert(index), rows)
        for query in queries:
            if phrases := phrases_of(query):
                wanted = sorted(str(n) for n, text in enumerate(texts) if matches(text, phrases))
                assert records_with(connection, phrases) == wanted, query
        inside.rollback()
