"""The list of statements as one person has it, and one statement with its texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import (
    StatementGroup,
    StatementLinks,
    links_of,
    list_statements,
    load_statement,
    newest_text,
    open_overrides,
    text_in,
    text_of,
    who_may_clear,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Case, Person, RecordLink, Statement
from calendar_model.terms import CosponsorStanding, StatementFormat, StatementState, Step, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.staff import CLEARER


@pytest.fixture
def me() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Me"}))


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def begin(who: Viewer, title: str, *texts: str, **more: Any) -> str:
    links = more.pop("links", None)
    named = more.pop("named", None)
    values = {"title": title, "format": StatementFormat.STATEMENT, **more}
    made = save(who, Statement, values, links=links, named=named)
    for text in texts:
        write(who, made, text)
    return made


def write(who: Viewer, made: str, text: str, language: str = "en") -> None:
    last = newest_text(who, made, language)
    commands.save_text(who, made, text, language=language, based_on=last.number if last else 0)


def move(who: Viewer, made: str, to: StatementState, **more: Any) -> None:
    with reading(who) as session:
        seen = len(load_statement(session, made).versions)
    commands.move(who, made, to, seen=seen, **more)


def titles(who: Viewer, **narrowed: Any) -> Mapping[str, list[str]]:
    """The groups that hold something, by name."""
    groups = list_statements(who, TODAY, **narrowed)
    return {group.name: [line.title for line in lines] for group, lines in groups.items() if lines}


def kept(who: Viewer, **narrowed: Any) -> list[str]:
    return sorted(title for group in titles(who, **narrowed).values() for title in group)


def test_each_statement_stands_once_in_the_first_group_that_fits(me: Viewer, head: Viewer) -> None:
    waiting = begin(head, "Waits for me, and is due", "Text.", due=date(2026, 11, 25))
    move(head, waiting, StatementState.CONSULTATION, waiting_for=me.person_id)
    begin(me, "Mine, later", due=date(2027, 3, 1))
    begin(me, "Mine, without a day")
    begin(me, "Mine, overdue", due=date(2026, 11, 1))
    begin(head, "Theirs, due on the last day", due=date(2026, 12, 8))
    begin(head, "Theirs, due a day later", due=date(2026, 12, 9))
    dropped = begin(me, "Mine, dropped", due=date(2026, 11, 25))
    move(me, dropped, StatementState.DROPPED)
    assert titles(me) == {
        "AWAITING_ME": ["Waits for me, and is due"],
        "MINE": ["Mine, overdue", "Mine, later", "Mine, without a day"],
        "SOON": ["Theirs, due on the last day"],
        "OTHERS": ["Theirs, due a day later", "Mine, dropped"],
    }


def test_what_was_delivered_is_due_no_more_and_still_open(me: Viewer, head: Viewer) -> None:
    made = begin(head, "Said", "Text.", due=date(2026, 11, 24))
    move(head, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    assert titles(me) == {"SOON": ["Said"]}
    move(head, made, StatementState.DELIVERED, on=date(2026, 11, 24))
    assert titles(me) == {"OTHERS": ["Said"]}
    assert titles(head) == {"MINE": ["Said"]}
    move(head, made, StatementState.FOLLOWED_UP)
    assert titles(head) == {"OTHERS": ["Said"]}


def test_what_i_have_typed_and_not_saved_is_mine(me: Viewer, head: Viewer) -> None:
    made = begin(head, "Theirs", "Text.")
    commands.keep_unsaved(me, made, "Text, and more.", language="en", based_on=1)
    (line,) = list_statements(me, TODAY)[StatementGroup.MINE]
    assert (line.title, line.is_typed, line.open, line.restricted) == ("Theirs", True, True, False)
    (line,) = list_statements(head, TODAY)[StatementGroup.MINE]
    assert line.is_typed is False


def test_search_looks_into_titles_and_the_newest_text_of_each_language(me: Viewer) -> None:
    first = begin(me, "General debate", "We thank the rapporteur.", "We thank the expert.")
    write(me, first, "Nous remercions l'ÉQUIPE.", "fr")
    begin(me, "Hundred% statement_text")
    assert kept(me, search="RAPPORTEUR") == []
    assert kept(me, search="expert") == ["General debate"]
    assert kept(me, search="debate expert") == ["General debate"]
    assert kept(me, search="remercions") == ["General debate"]
    assert kept(me, search="équipe") == ["General debate"]
    assert kept(me, search="debate nothing") == []
    assert kept(me, search="%") == ["Hundred% statement_text"]
    assert kept(me, search="t_t") == ["Hundred% statement_text"]
    assert kept(me, search="  ") == ["General debate", "Hundred% statement_text"]


def test_filters_keep_states_voices_and_formats(me: Viewer) -> None:
    begin(me, "An idea")
    begin(me, "A draft", "Text.")
    begin(me, "A joint idea", voice=Voice.JOINT, format=StatementFormat.GENERAL_DEBATE)
    assert kept(me, voices=[Voice.JOINT, Voice.GROUP]) == ["A joint idea"]
    assert kept(me, states=[StatementState.IDEA]) == ["A joint idea", "An idea"]
    assert kept(me, formats=[StatementFormat.STATEMENT]) == ["A draft", "An idea"]
    assert kept(me, states=[StatementState.IDEA], formats=[StatementFormat.STATEMENT]) == ["An idea"]


def test_who_is_not_named_finds_nothing_restricted(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Canary in the title", "Canary in the text.", sensitivity=Sensitivity.RESTRICTED)
    assert kept(me, search="canary") == ["Canary in the title"]
    for narrowed in ({}, {"search": "canary"}, {"may_clear": True}):
        assert kept(head, **narrowed) == []
        assert kept(ANONYMOUS, **narrowed) == []
    with reading(head) as session:
        assert text_of(session, made, 1) == ""
        assert links_of(session, [made]) == {made: StatementLinks()}


def raising(me: Viewer, head: Viewer) -> tuple[str, str]:
    """A statement in consultation that raises a case whose checks are open, both seen by both."""
    both = [me.person_id, head.person_id]
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}, named=both)
    made = begin(me, "Raises it", "Text.", links=[case], sensitivity=Sensitivity.RESTRICTED, named=both)
    move(me, made, StatementState.CONSULTATION)
    return made, case


def ask(who: Viewer, made: str) -> str:
    return commands.ask_override(who, made, Step.CLEAR, "The hearing is tomorrow.")


def test_an_override_waits_for_who_may_clear_until_it_is_confirmed_or_the_text_changes(
    me: Viewer, head: Viewer
) -> None:
    made, _ = raising(me, head)
    assert titles(head, may_clear=True) == {"OTHERS": ["Raises it"]}
    ask(me, made)
    assert titles(head, may_clear=True) == {"AWAITING_ME": ["Raises it"]}
    assert titles(head) == {"OTHERS": ["Raises it"]}
    write(me, made, "Another text.")
    with reading(head) as session:
        assert open_overrides(session) == []
    second = ask(me, made)
    with reading(head) as session:
        assert [(one.id, one.person.name) for one in open_overrides(session, made)] == [(second, "Me")]
        assert open_overrides(session, "0" * 32) == []
    commands.confirm_override(head, second, "Agreed with the embassy.")
    with reading(head) as session:
        assert open_overrides(session) == []


def test_my_own_override_does_not_wait_for_me(head: Viewer, me: Viewer) -> None:
    made, _ = raising(head, me)
    ask(head, made)
    assert titles(head, may_clear=True) == {"MINE": ["Raises it"]}


def test_what_hangs_on_a_statement_is_told_whichever_way_it_is_tied(me: Viewer, head: Viewer) -> None:
    made, _ = raising(me, head)
    second = save(me, Case, {"title": "Case 2", "suggested_by": Suggester.MINISTRY})
    with writing(me) as session:
        session.add(RecordLink(record_id=second, other_id=made))
    with reading(me) as session:
        seen = session.get(Statement, made)
        assert seen is not None
        version = seen.version
    save(me, Statement, {}, record_id=made, seen=version, items=["hrc-resolution-HRC67", "session-HRC64"])
    with reading(me) as session:
        assert links_of(session, [made]) == {
            made: StatementLinks(("hrc-resolution-HRC67", "session-HRC64"), ("Case 1", "Case 2")),
        }
    with reading(head) as session:
        assert links_of(session, [made])[made].cases == ("Case 1",)


def test_one_statement_has_all_its_texts_after_the_session(me: Viewer) -> None:
    made = begin(me, "Two texts", "One.", "Two.")
    with reading(me) as session:
        statement = load_statement(session, made)
        assert [text_of(session, made, number) for number in (1, 2, 3)] == ["One.", "Two.", ""]
    assert [text_in(statement, number) for number in (1, 2, 3)] == ["One.", "Two.", ""]
    assert [version.written_by.name for version in statement.versions] == ["Me", "Me"]


def test_states_that_join_change_their_answer_and_leave_the_list(me: Viewer) -> None:
    made = begin(me, "Together", voice=Voice.JOINT, format=StatementFormat.STATEMENT)

    def answer(countries: list[str], standing: CosponsorStanding | None) -> list[tuple[str, CosponsorStanding]]:
        commands.set_cosponsors(me, made, countries, standing)
        with reading(me) as session:
            return [(one.country, one.standing) for one in load_statement(session, made).cosponsors]

    asked, joined = CosponsorStanding.ASKED, CosponsorStanding.JOINED
    assert answer(["SWE", "FIN"], asked) == [("FIN", asked), ("SWE", asked)]
    assert answer(["SWE", "ISL"], joined) == [("FIN", asked), ("ISL", joined), ("SWE", joined)]
    assert answer(["FIN", "DNK"], None) == [("ISL", joined), ("SWE", joined)]


def test_only_active_persons_clear(me: Viewer, head: Viewer) -> None:
    save(ANONYMOUS, Person, {"name": "Former head", "roles": CLEARER, "active": False})
    with reading(me) as session:
        assert [person.name for person in who_may_clear(session)] == ["Head"]
