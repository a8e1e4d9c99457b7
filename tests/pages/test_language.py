"""The language tracker, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save
from calendar_model.store.models import LanguageProposal, Person
from calendar_model.terms import ProposalOutcome
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.pages.driver import run, sound

WORDING = "Calls upon States to protect human rights defenders from reprisals"


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head"}))


def language(who: Viewer, **parameters: str) -> AppTest:
    return sound(open_page("language", who.person_id, **parameters))


def proposal(who: Viewer, title: str, *items: str, **values: Any) -> str:
    known = {"title": title, "text": "Resolution on peaceful assembly", "forum": "un-hrc", "wording": WORDING, **values}
    return save(who, LanguageProposal, known, items=items)


def type_in(app: AppTest, **values: Any) -> None:
    for name, value in values.items():
        for fields in (app.text_input, app.text_area, app.selectbox, app.multiselect):
            for widget in fields:
                if (widget.key or "").split("_", 2)[::2] == ["language", name]:
                    widget.set_value(value)


def save_it(app: AppTest) -> AppTest:
    next(button for button in app.button if (button.key or "").endswith("_save")).click()
    return run(app)


def kept(who: Viewer) -> LanguageProposal:
    with reading(who) as session:
        return session.scalars(select(LanguageProposal)).one()


def opens(app: AppTest) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("open_")]


def test_an_empty_tracker_says_what_will_be_there(staff_member: Viewer) -> None:
    app = language(staff_member)
    assert [one.value for one in app.title] == ["Language tracker"]
    assert [one.value for one in app.markdown] == [
        (
            "No proposals yet. Record language on defenders proposed in another text, with the agreed language it draws "
            "on and the outcome."
        )
    ]


def test_proposals_are_listed_by_item_the_next_one_first(staff_member: Viewer) -> None:
    proposal(staff_member, "Past", "session-HRC63", outcome=ProposalOutcome.KEPT, final_wording=WORDING)
    proposal(staff_member, "Loose", forum="osce", wording=f"{WORDING}, and " + "their families " * 20)
    proposal(
        staff_member, "Next", "session-HRC64", "session-HRC63", outcome=ProposalOutcome.WEAKENED, final_wording="Less"
    )
    app = language(staff_member)
    assert [one.value for one in app.subheader] == [
        "Human Rights Council, 64th session",
        "Not linked to a calendar item",
        "Human Rights Council, 63rd session",
    ]
    assert opens(app) == ["**Next**", "**Loose**", "**Past**"]
    assert [one.value for one in app.caption][:5] == [
        "expected Mon 22 Feb – Tue 30 Mar 2027",
        "Weakened · Resolution on peaceful assembly · HRC",
        "Proposed · Resolution on peaceful assembly · OSCE",
        "Mon 7 Sep – Fri 9 Oct 2026, past",
        "Kept · Resolution on peaceful assembly · HRC",
    ]
    loose = next(one.value for one in app.markdown if "families" in one.value)
    assert len(loose) < 230
    assert loose.endswith(" …”")
    app.button(key="item_session-HRC64").click()
    run(app)
    assert app.query_params["item"] == "session-HRC64"


def test_the_strip_counts_the_outcomes_and_a_click_leaves_one(staff_member: Viewer) -> None:
    for title, outcome in (("A", "kept"), ("B", "kept"), ("C", "dropped"), ("D", "proposed")):
        proposal(staff_member, title, outcome=ProposalOutcome(outcome), final_wording=WORDING)
    app = language(staff_member)
    strip = app.button_group(key="language_outcome")
    assert strip.options == ["All 4", "Proposed 1", "Kept 2", "Weakened 0", "Dropped 1"]
    strip.set_value("kept")
    run(app)
    assert opens(app) == ["**A**", "**B**"]


def test_the_filter_leaves_the_forums_of_an_organisation(staff_member: Viewer) -> None:
    proposal(staff_member, "Council")
    proposal(staff_member, "Vienna", forum="osce")
    app = language(staff_member, organisation="osce")
    assert opens(app) == ["**Vienna**"]
    assert "Hidden by the filter: 1." in [one.value for one in app.caption]


def test_a_new_proposal_takes_agreed_language_from_the_resolutions(staff_member: Viewer) -> None:
    app = language(staff_member, new="1", tie="session-HRC64")
    [document] = [box for box in app.selectbox if box.label == "Document"]
    assert document.options[0].startswith("A/HRC/RES/61/22, ")
    type_in(app, title="PP12", forum="un-hrc", precedent_symbol="A/RES/78/216", precedent="a safe environment")
    save_it(app)
    (fault,) = app.error
    assert "Enter the text in which it is proposed." in fault.value
    type_in(app, text="Resolution on peaceful assembly")
    save_it(app)
    assert [one.value for one in app.error] == ["Enter the proposed wording."]
    type_in(app, wording=WORDING, outcome=ProposalOutcome.WEAKENED)
    save_it(app)
    assert [one.value for one in app.error] == ["Enter the final wording; it shows how the proposal was weakened."]
    type_in(app, outcome=ProposalOutcome.KEPT)
    save_it(app)
    assert [one.value for one in app.toast] == ["Proposal saved."]
    made = kept(staff_member)
    assert (made.precedent_symbol, made.outcome, made.final_wording, made.sensitivity) == (
        "A/RES/78/216",
        ProposalOutcome.KEPT,
        WORDING,
        Sensitivity.INTERNAL,
    )
    assert app.query_params == {"record": made.id}
    assert app.caption[0].value == "Kept. Internal: all users. Owner: Desk."
    with reading(staff_member) as session:
        assert [link.item for link in session.get_one(LanguageProposal, made.id).items] == ["session-HRC64"]


@pytest.mark.parametrize(("item", "text"), [("session-HRC64", ""), ("hrc-resolution-HRC67", "HRC text, due in HRC67")])
def test_a_new_proposal_begins_with_its_item(staff_member: Viewer, item: str, text: str) -> None:
    app = language(staff_member, new="language", tie=item)
    assert app.text_input(key="language_new_title").value != ""
    assert app.text_input(key="language_new_text").value == text
    assert app.selectbox(key="language_new_forum").value == "un-hrc"


def test_a_symbol_that_the_reference_does_not_have_stays(staff_member: Viewer) -> None:
    made = proposal(staff_member, "PP12", precedent_symbol="MC.DOC/1/27")
    app = language(staff_member, record=made)
    [document] = [box for box in app.selectbox if box.label == "Document"]
    assert document.value == "MC.DOC/1/27"
    type_in(app, precedent="human rights defenders")
    save_it(app)
    assert (kept(staff_member).precedent_symbol, kept(staff_member).precedent) == (
        "MC.DOC/1/27",
        "human rights defenders",
    )


def test_the_outcome_of_a_proposal_is_compared_word_by_word(staff_member: Viewer) -> None:
    weaker = "Encourages States to protect human rights defenders"
    made = proposal(
        staff_member, "PP12", outcome=ProposalOutcome.WEAKENED, final_wording=weaker, precedent="human rights defenders"
    )
    app = language(staff_member, record=made)
    assert [one.value for one in app.subheader][:2] == [
        "Outcome of the proposal",
        "Comparison with the agreed language",
    ]
    drawn = [html.proto.body for html in app.get("html") if 'class="compared"' in html.proto.body]
    assert len(drawn) == 2
    assert "Encourages" in drawn[0]
    assert "from reprisals" in drawn[0]


def test_who_may_see_it_can_be_changed_with_a_reason(staff_member: Viewer, head: Viewer) -> None:
    made = proposal(staff_member, "Quiet canary", wording="Quiet canary")
    app = language(staff_member, record=made)
    type_in(app, sensitivity=Sensitivity.RESTRICTED)
    run(app)
    save_it(app)
    assert app.caption[0].value == "Proposed. Restricted: visible only to Desk. Owner: Desk."
    for asked in ({}, {"record": made}):
        other = language(head, **asked)
        assert [one.value for one in (*other.markdown, *other.caption, *other.title) if "canary" in one.value] == []
        assert opens(other) == []
    app = language(staff_member, record=made)
    type_in(app, sensitivity=Sensitivity.INTERNAL)
    save_it(app)
    assert [one.value for one in app.error] == [
        "Enter in a sentence why more people may see it; the reason stays in the history."
    ]
    type_in(app, reason="The text is out now.")
    save_it(app)
    assert opens(language(head)) == ["**Quiet canary**"]
