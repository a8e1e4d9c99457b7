"""The desk of statements as one person has it, through the doors that pages use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import (
    Group,
    Hangs,
    desk,
    hanging,
    set_cosponsors,
    text_in,
    text_of,
    unconfirmed,
    who_may_clear,
    whole,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Case, Override, Person, RecordLink, Statement
from calendar_model.terms import CosponsorStanding, StatementForm, StatementState, Step, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY


@pytest.fixture
def me() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Me"}))


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "may_clear": True}))


def begin(who: Viewer, title: str, *texts: str, **more: Any) -> str:
    links = more.pop("links", None)
    named = more.pop("named", None)
    values = {"title": title, "form": StatementForm.NATIONAL, **more}
    made = save(who, Statement, values, links=links, named=named)
    for text in texts:
        write(who, made, text)
    return made


def write(who: Viewer, made: str, text: str, language: str = "en") -> None:
    with writing(who) as session:
        newest = commands.newest(session, made, language)
        commands.save_text(
            session, found(session, made), text, language=language, based_on=newest.number if newest else 0
        )


def found(session: Any, made: str) -> Statement:
    statement = session.get(Statement, made, options=whole())
    assert isinstance(statement, Statement)
    return statement


def move(who: Viewer, made: str, to: StatementState, **more: Any) -> None:
    with writing(who) as session:
        statement = found(session, made)
        commands.move(session, statement, to, seen=len(statement.versions), **more)


def titles(who: Viewer, **narrowed: Any) -> Mapping[str, list[str]]:
    """The groups that hold something, by name."""
    with reading(who) as session:
        groups = desk(session, who.person_id, TODAY, **narrowed)
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
        "WAITING": ["Waits for me, and is due"],
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
    with writing(me) as session:
        commands.keep_unsaved(session, made, "Text, and more.", language="en", based_on=1)
    with reading(me) as session:
        (line,) = desk(session, me.person_id, TODAY)[Group.MINE]
    assert (line.title, line.typed, line.open, line.restricted) == ("Theirs", True, True, False)
    with reading(head) as session:
        (line,) = desk(session, head.person_id, TODAY)[Group.MINE]
    assert line.typed is False


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


def test_filters_keep_states_and_forms(me: Viewer) -> None:
    begin(me, "An idea")
    begin(me, "A draft", "Text.")
    begin(me, "A joint idea", form=StatementForm.JOINT)
    assert kept(me, states=[StatementState.IDEA]) == ["A joint idea", "An idea"]
    assert kept(me, forms=[StatementForm.NATIONAL]) == ["A draft", "An idea"]
    assert kept(me, states=[StatementState.IDEA], forms=[StatementForm.NATIONAL]) == ["An idea"]


def test_who_is_not_named_finds_nothing_restricted(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Canary in the title", "Canary in the text.", sensitivity=Sensitivity.RESTRICTED)
    assert kept(me, search="canary") == ["Canary in the title"]
    for narrowed in ({}, {"search": "canary"}, {"may_clear": True}):
        assert kept(head, **narrowed) == []
        assert kept(ANONYMOUS, **narrowed) == []
    with reading(head) as session:
        assert text_of(session, made, 1) == ""
        assert hanging(session, [made]) == {made: Hangs()}


def raising(me: Viewer, head: Viewer) -> tuple[str, str]:
    """A statement in consultation that raises a case whose checks are open, both seen by both."""
    both = [me.person_id, head.person_id]
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}, named=both)
    made = begin(me, "Raises it", "Text.", links=[case], sensitivity=Sensitivity.RESTRICTED, named=both)
    move(me, made, StatementState.CONSULTATION)
    return made, case


def ask(who: Viewer, made: str) -> str:
    with writing(who) as session:
        asked = commands.ask_override(session, found(session, made), Step.CLEAR, "The hearing is tomorrow.")
    return asked.id


def test_an_override_waits_for_who_may_clear_until_it_is_confirmed_or_the_text_changes(
    me: Viewer, head: Viewer
) -> None:
    made, _ = raising(me, head)
    assert titles(head, may_clear=True) == {"OTHERS": ["Raises it"]}
    ask(me, made)
    assert titles(head, may_clear=True) == {"WAITING": ["Raises it"]}
    assert titles(head) == {"OTHERS": ["Raises it"]}
    write(me, made, "Another text.")
    with reading(head) as session:
        assert unconfirmed(session) == []
    second = ask(me, made)
    with reading(head) as session:
        assert [(one.id, one.person.name) for one in unconfirmed(session, made)] == [(second, "Me")]
        assert unconfirmed(session, "0" * 32) == []
    with writing(head) as session:
        asked = session.get(Override, second)
        assert asked is not None
        commands.confirm_override(session, asked, "Agreed with the embassy.")
    with reading(head) as session:
        assert unconfirmed(session) == []


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
        assert hanging(session, [made]) == {
            made: Hangs(("hrc-resolution-HRC67", "session-HRC64"), ("Case 1", "Case 2")),
        }
    with reading(head) as session:
        assert hanging(session, [made])[made].cases == ("Case 1",)


def test_one_statement_has_all_its_texts_after_the_session(me: Viewer) -> None:
    made = begin(me, "Two texts", "One.", "Two.")
    with reading(me) as session:
        statement = found(session, made)
        assert [text_of(session, made, number) for number in (1, 2, 3)] == ["One.", "Two.", ""]
    assert [text_in(statement, number) for number in (1, 2, 3)] == ["One.", "Two.", ""]
    assert [version.written_by.name for version in statement.versions] == ["Me", "Me"]


def test_states_that_join_change_their_answer_and_leave_the_list(me: Viewer) -> None:
    made = begin(me, "Together", form=StatementForm.JOINT)

    def answer(countries: list[str], standing: CosponsorStanding | None) -> list[tuple[str, CosponsorStanding]]:
        with writing(me) as session:
            set_cosponsors(found(session, made), countries, standing)
        with reading(me) as session:
            return [(one.country, one.standing) for one in found(session, made).cosponsors]

    asked, joined = CosponsorStanding.ASKED, CosponsorStanding.JOINED
    assert answer(["SWE", "FIN"], asked) == [("FIN", asked), ("SWE", asked)]
    assert answer(["SWE", "ISL"], joined) == [("FIN", asked), ("ISL", joined), ("SWE", joined)]
    assert answer(["FIN", "DNK"], None) == [("ISL", joined), ("SWE", joined)]


def test_only_active_persons_clear(me: Viewer, head: Viewer) -> None:
    save(ANONYMOUS, Person, {"name": "Former head", "may_clear": True, "active": False})
    with reading(me) as session:
        assert [person.name for person in who_may_clear(session)] == ["Head"]
