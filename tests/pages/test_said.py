"""What we said, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import LanguageProposal, Person
from calendar_model.terms import StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, links_on_page, run, sound
from tests.staff import CLEARER

TEXT = "Mr President, <b>human</b> rights defenders must not fear *reprisals*."


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def delivered(me: Viewer, head: Viewer, title: str, *, on: date = TODAY, **values: object) -> str:
    born = {"title": title, "format": StatementFormat.STATEMENT, "forum": "un-hrc"}
    level = {"sensitivity": Sensitivity.INTERNAL, **values}
    named = [me.person_id, head.person_id] if level["sensitivity"] is Sensitivity.RESTRICTED else None
    made = commands.start_statement(me, {**born, **level}, text=TEXT, named=named, themes=["Reprisals"])
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(head, made, state, seen=1, on=on)
    return made


def search(who: Viewer, **fields: object) -> AppTest:
    state = {f"said_{name}": value for name, value in fields.items()}
    return sound(open_page("said", who.person_id, state))


def hits(app: AppTest) -> list[str]:
    return [link.query_string for link in links_on_page(app)]


def passages(app: AppTest) -> list[str]:
    return [one.proto.body for one in app.main.get("html") if "passage" in one.proto.body]


def test_nothing_is_shown_before_anything_is_asked(me: Viewer, head: Viewer) -> None:
    delivered(me, head, "New")
    app = search(me)
    assert (hits(app), passages(app)) == ([], [])
    assert len(app.main.markdown) == 1


def test_a_hit_shows_its_passage_and_leads_to_its_record(me: Viewer, head: Viewer) -> None:
    made = delivered(me, head, "New")
    app = search(me, text='"rights defenders"')
    assert hits(app) == [f"record={made}&in=en"]
    (shown,) = passages(app)
    assert "<mark>rights defenders</mark>" in shown
    assert "&lt;b&gt;human&lt;/b&gt;" in shown
    assert [one.value for one in app.code] == [TEXT]
    assert any("24 Nov 2026 · HRC" in one.value for one in app.caption)


def test_it_leads_to_the_text_in_the_language_in_which_it_was_found(me: Viewer, head: Viewer) -> None:
    born = {"title": "Two languages", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    made = commands.start_statement(me, born, text=TEXT)
    commands.save_text(me, made, "Les défenseurs", language="fr", based_on=0)
    app = sound(open_page("statements", me.person_id, record=made, **{"in": "en"}))
    assert app.selectbox(key=f"language_{made}").value == "en"
    app = sound(open_page("statements", me.person_id, record=made, **{"in": "xx"}))
    assert app.selectbox(key=f"language_{made}").value == "fr"


def test_it_is_narrowed_and_ordered(me: Viewer, head: Viewer) -> None:
    new, old = delivered(me, head, "New"), delivered(me, head, "Old", on=date(2025, 3, 1), forum="osce")
    assert hits(search(me, text="reprisals")) == [f"record={new}&in=en", f"record={old}&in=en"]
    assert hits(search(me, text="reprisals", order=True, end=date(2025, 12, 31))) == [f"record={old}&in=en"]
    assert hits(search(me, forum="osce")) == [f"record={old}&in=en"]
    assert len(hits(search(me, theme="Reprisals"))) == 2
    assert hits(search(me, text="xylophone")) == []


def test_a_period_that_ends_before_it_starts_is_said(me: Viewer, head: Viewer) -> None:
    app = search(me, start=date(1998, 12, 9), end=date(1998, 12, 8))
    assert [one.value for one in app.error] == ["Choose an end date on or after Wed 9 Dec 1998."]


def test_a_passage_begins_a_new_statement(me: Viewer, head: Viewer) -> None:
    delivered(me, head, "New")
    app = click(search(me, text="reprisals"), "use_0")
    assert app.text_area(key="statement_new_text").value == TEXT


def test_it_comes_below_what_was_typed_and_in_its_language(me: Viewer, head: Viewer) -> None:
    born = {"title": "French", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    made = commands.start_statement(me, born, text="Monsieur le Président,", language="fr")
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        commands.move(head, made, state, seen=1, on=TODAY)
    app = click(search(me, text="monsieur"), "use_0")
    assert app.selectbox(key="statement_new_language").value == "fr"
    app.text_area(key="statement_new_text").set_value("We thank the Chair.")
    run(app)
    app = click(search(me, text="monsieur"), "use_0")
    assert app.text_area(key="statement_new_text").value == "We thank the Chair.\n\nMonsieur le Président,"


def test_what_is_restricted_is_shown_to_those_with_access_and_goes_into_no_new_statement(
    me: Viewer, head: Viewer, other: Viewer
) -> None:
    delivered(me, head, "Hidden", sensitivity=Sensitivity.RESTRICTED)
    app = search(head, text="reprisals")
    assert len(passages(app)) == 1
    assert not [one for one in app.button if one.key == "use_0"]
    none = search(other, text="reprisals")
    assert passages(none) == []
    assert "Reprisals" not in str([one.options for one in none.selectbox])
    assert "Hidden" not in everything(none)


def test_language_leads_to_its_page(me: Viewer) -> None:
    made = save(me, LanguageProposal, {"title": "Assembly", "text": "A", "wording": "Calls upon States"})
    app = search(me, text="calls")
    assert hits(app) == [f"record={made}"]


def test_more_are_shown_on_a_click(me: Viewer) -> None:
    for number in range(23):
        save(me, LanguageProposal, {"title": f"Proposal {number}", "text": "A", "wording": "Calls upon States"})
    app = search(me, text="calls")
    assert len(hits(app)) == 20
    assert len(hits(run(click(app, "more_said")))) == 23
