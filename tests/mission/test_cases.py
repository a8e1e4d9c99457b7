"""Queries of cases, reprisals and language, through the eyes of a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.statements import decision
from calendar_model.mission import cases, language
from calendar_model.mission import cases as checks
from calendar_model.mission.cases import Attention
from calendar_model.mission.statements.case_checks import CaseFacts, before_clearing
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.models import (
    Case,
    ItemLink,
    LanguageProposal,
    Person,
    Reprisal,
    Statement,
)
from calendar_model.terms import (
    InTheLoop,
    ProposalOutcome,
    Prospect,
    Publicity,
    ReprisalState,
    RiskLevel,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_field


@pytest.fixture
def staff_member() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head"}))


def case(who: Viewer, title: str, **more: Any) -> str:
    return save(who, Case, {"title": title, "suggested_by": Suggester.MINISTRY}, **more)


def test_cases_come_by_code_and_reprisals_the_newest_first_with_those_named(staff_member: Viewer, head: Viewer) -> None:
    for title in ("Case 2", "Case 1"):
        case(staff_member, title, named=[staff_member.person_id])
    case(head, "Case 0")
    for title, day in (("A", None), ("B", date(2026, 1, 1)), ("C", date(2026, 5, 1))):
        save(staff_member, Reprisal, {"title": title, "alleged_on": day})
    with reading(staff_member) as session:
        found, alleged = cases.list_cases(session), cases.list_reprisals(session)
    assert [(one.title, [access.person.name for access in one.named]) for one in found] == [
        ("Case 1", ["Desk"]),
        ("Case 2", ["Desk"]),
    ]
    assert [one.title for one in alleged] == ["C", "B", "A"]


# --- The questions of section 3.4

days, texts = st.none() | st.just(TODAY), st.sampled_from(["", " ", "Because."])
weighed = st.builds(
    CaseFacts,
    mission_consulted_on=days,
    mission=texts,
    mission_advice=texts,
    before_on=days,
    before_with=st.none() | st.sampled_from(InTheLoop),
    before_note=texts,
    risk=st.none() | st.sampled_from(RiskLevel),
    risk_reasons=texts,
    risk_mitigation=texts,
    risk_weighed_on=days,
    prospect=st.none() | st.sampled_from(Prospect),
    prospect_reasons=texts,
    prospect_weighed_on=days,
    publicity=st.none() | st.sampled_from(Publicity),
    publicity_reason=texts,
    publicity_decided_on=days,
)


@given(weighed)
def test_what_keeps_a_case_from_being_raised_is_a_gap_or_a_decision(found: CaseFacts) -> None:
    assert {*checks.missing(found), *checks.reasons_not_to_raise(found)} == {*before_clearing(found)}
    assert not {*checks.missing(found)} & {*checks.reasons_not_to_raise(found)}
    assert all(str(gap)[0].isupper() for gap in checks.missing(found))
    assert all(decision(one.code) for one in checks.reasons_not_to_raise(found))


def of(**columns: Any) -> Case:
    answered = {
        "mission_consulted_on": TODAY,
        "mission": "The embassy",
        "mission_advice": "No objection.",
        "before_on": TODAY,
        "before_with": InTheLoop.DEFENDER,
        "risk": RiskLevel.LOW,
        "risk_reasons": "Known.",
        "risk_weighed_on": TODAY,
        "prospect": Prospect.UNCLEAR,
        "prospect_reasons": "A review.",
        "prospect_weighed_on": TODAY,
        "publicity": Publicity.STATEMENT,
        "publicity_reason": "They ask for it.",
        "publicity_decided_on": TODAY,
        "after_with": InTheLoop.DEFENDER,
    }
    return Case(title="Case 1", **{**answered, **columns})


@pytest.mark.parametrize(
    ("columns", "delivered", "attention"),
    [
        ({}, [], Attention.REST),
        ({"before_on": None}, [], Attention.MISSING),
        ({"before_on": None, "publicity": Publicity.QUIET}, [], Attention.REST),
        ({"before_on": None, "risk": RiskLevel.NOT_ACCEPTABLE}, [], Attention.REST),
        ({"before_on": None}, [None, TODAY], Attention.WAITING),
        ({"after_on": TODAY - timedelta(days=1)}, [TODAY], Attention.WAITING),
        ({"after_on": TODAY}, [TODAY - timedelta(days=9), TODAY], Attention.REST),
        ({"before_on": None, "closed_on": TODAY}, [TODAY], Attention.CLOSED),
    ],
)
def test_where_a_case_stands(columns: dict[str, Any], delivered: list[date | None], attention: Attention) -> None:
    assert checks.attention(of(**columns), delivered) is attention


def test_what_was_decided_keeps_a_case_back() -> None:
    known = checks.facts(of(publicity=Publicity.QUIET, risk=RiskLevel.NOT_ACCEPTABLE))
    assert [one.code for one in checks.reasons_not_to_raise(known)] == ["risk-not-acceptable", "works-quietly"]


def test_a_form_without_some_columns_has_those_of_its_case() -> None:
    known = checks.facts_of_form({"mission_advice": "", "before_on": None}, of())
    assert [one.code for one in checks.missing(known)] == ["mission-advice-missing", "not-consulted-before"]
    assert checks.missing(checks.facts_of_form({}, of())) == []


def test_a_case_was_raised_by_the_statements_that_are_delivered() -> None:
    found = [Statement(state=state, delivered_on=TODAY) for state in StatementState]
    assert checks.delivered_days(found) == [TODAY, TODAY]


# --- Language


def proposal(title: str, *items: str, **columns: Any) -> LanguageProposal:
    known: dict[str, Any] = {
        "text": "Resolution",
        "forum": "un-hrc",
        "wording": "defenders",
        "outcome": ProposalOutcome.PROPOSED,
    }
    known |= {"precedent": "", "precedent_symbol": "", "final_wording": "", "sensitivity": Sensitivity.INTERNAL}
    known |= {"updated_at": datetime.fromisoformat("2026-11-20T23:30:00+00:00")}
    return LanguageProposal(title=title, items=[ItemLink(item=item) for item in items], **{**known, **columns})


def test_proposals_are_grouped_by_the_next_item_that_they_are_tied_to(table: pd.DataFrame) -> None:
    found = [
        proposal("past", "session-HRC62"),
        proposal("none"),
        proposal("unknown", "nowhere"),
        proposal("later", "session-HRC65", "session-HRC63"),
        proposal("both", "session-HRC65", "session-HRC64"),
        proposal("last", "session-HRC62", "session-HRC63"),
        proposal("next", "session-HRC64"),
    ]
    groups = language.group_by_item(found, table, TODAY)
    assert [(group.item, group.upcoming, [one.title for one in group.proposals]) for group in groups] == [
        ("session-HRC64", True, ["both", "next"]),
        ("session-HRC65", True, ["later"]),
        ("", False, ["none", "unknown"]),
        ("session-HRC63", False, ["last"]),
        ("session-HRC62", False, ["past"]),
    ]
    assert language.group_by_item([], table, TODAY) == []


def test_every_outcome_is_counted() -> None:
    found = [proposal("a", outcome=ProposalOutcome.KEPT), proposal("b", outcome=ProposalOutcome.KEPT), proposal("c")]
    assert language.count_by_outcome(found) == {
        ProposalOutcome.PROPOSED: 1,
        ProposalOutcome.KEPT: 2,
        ProposalOutcome.WEAKENED: 0,
        ProposalOutcome.DROPPED: 0,
    }


def test_a_file_has_no_restricted_proposal() -> None:
    written = language.proposals_table(
        [
            proposal("a", "session-HRC64", "session-HRC65", precedent_symbol="A/RES/78/216"),
            proposal("b", sensitivity=Sensitivity.RESTRICTED),
        ]
    )
    assert written.columns.to_list() == list(language.COLUMNS)
    assert written.to_numpy().tolist() == [
        [
            "a",
            "Resolution",
            "un-hrc",
            "session-HRC64 session-HRC65",
            "defenders",
            "",
            "A/RES/78/216",
            "proposed",
            "",
            "internal",
            "2026-11-20",
        ]
    ]
    assert language.proposals_table([]).columns.to_list() == list(language.COLUMNS)


def test_agreed_language_comes_from_adopted_texts_the_newest_first(reference: Reference) -> None:
    symbols = list(language.precedents(reference))
    adopted = {text.symbol: text.adopted for text in reference.resolutions}
    days = [adopted[symbol] for symbol in symbols]
    assert symbols[0] == "A/HRC/RES/61/22"
    assert days == sorted((day for day in days if day), reverse=True)


def test_proposals_are_read_with_their_items(staff_member: Viewer, head: Viewer) -> None:
    known = {"text": "Resolution", "wording": "defenders"}
    save(staff_member, LanguageProposal, {"title": "b", **known}, items=["session-HRC64"])
    save(head, LanguageProposal, {"title": "a", **known, "sensitivity": Sensitivity.RESTRICTED})
    with reading(staff_member) as session:
        found = language.list_proposals(session)
    assert [(one.title, [link.item for link in one.items]) for one in found] == [("b", ["session-HRC64"])]


# --- Checks of cases and reprisals

YESTERDAY = TODAY - timedelta(days=1)


def test_the_day_of_an_answer_is_that_on_which_it_is_saved(staff_member: Viewer) -> None:
    answers = {"risk": RiskLevel.LOW, "prospect": Prospect.NONE, "publicity": Publicity.QUIET}
    values = {"title": "Case 1", "suggested_by": Suggester.MINISTRY, "prospect_weighed_on": YESTERDAY, **answers}
    made = save(staff_member, Case, values)
    with reading(staff_member) as session:
        case = session.get_one(Case, made)
        found = (case.risk_weighed_on, case.prospect_weighed_on, case.publicity_decided_on)
    assert found == (TODAY, YESTERDAY, TODAY)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"state": ReprisalState.REPORTED, "reported_to": " ", "reported_on": TODAY}, "reported_to"),
        ({"state": ReprisalState.REPORTED, "reported_to": "Office"}, "reported_on"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "Office", "response": "Yes."}, "reported_on"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "", "reported_on": TODAY, "response": "Yes."}, "reported_to"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "Office", "reported_on": TODAY}, "response"),
        ({"alleged_on": TODAY, "reported_on": YESTERDAY}, "reported_on"),
    ],
)
def test_a_reprisal_is_where_it_is_said_to_be(staff_member: Viewer, columns: dict[str, Any], field: str) -> None:
    assert refused_field(staff_member, Reprisal, {"title": "Reprisal 1", **columns}) == field
    made = save(staff_member, Reprisal, {"title": "Reprisal 1"})
    assert refused_field(staff_member, Reprisal, columns, record_id=made, seen=1) == field


def test_a_reprisal_that_was_answered_keeps_what_was_answered(staff_member: Viewer) -> None:
    told = {"reported_to": "Office", "reported_on": TODAY, "response": "Yes.", "alleged_on": YESTERDAY}
    made = save(staff_member, Reprisal, {"title": "Reprisal 1", "state": ReprisalState.ANSWERED, **told})
    assert refused_field(staff_member, Reprisal, {"response": ""}, record_id=made, seen=1) == "response"
    save(staff_member, Reprisal, {"state": ReprisalState.CLOSED}, record_id=made, seen=1)
