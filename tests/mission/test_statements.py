"""How a statement moves: no path leads round a safeguard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.statements.workflow import (
    MOVES,
    CaseFacts,
    Facts,
    before_clearing,
    before_closing,
    lacks,
    step_lacks,
)
from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel, StatementState, Step
from tests.day import TODAY

WEIGHED = CaseFacts(
    name="Case 1",
    mission_consulted_on=date(2026, 11, 2),
    mission="The embassy",
    mission_advice="No objection.",
    before_on=date(2026, 11, 3),
    before_with=InTheLoop.CIVIL_SOCIETY,
    before_note="The family agrees.",
    risk=RiskLevel.MODERATE,
    risk_reasons="Known to the authorities already.",
    risk_weighed_on=date(2026, 11, 3),
    prospect=Prospect.IMPROVEMENT,
    prospect_reasons="A review is due.",
    prospect_weighed_on=date(2026, 11, 3),
    publicity=Publicity.STATEMENT,
    publicity_reason="The family asks for it.",
    publicity_decided_on=date(2026, 11, 3),
)


texts = st.sampled_from(["", " ", "because"])
days = st.none() | st.dates(date(2026, 10, 1), date(2026, 12, 31))
cases = st.builds(
    CaseFacts,
    name=st.just("Case 1"),
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
    after_on=days,
    after_with=st.none() | st.sampled_from(InTheLoop),
    after_note=texts,
)
situations = st.builds(
    Facts,
    state=st.sampled_from(StatementState),
    version=st.integers(0, 2),
    cleared_version=st.none() | st.integers(1, 2),
    writers=st.frozensets(st.sampled_from(["a", "b"])),
    askers=st.frozensets(st.sampled_from(["a", "b"])),
    actor=st.sampled_from(["a", "b"]),
    actor_may_clear=st.booleans(),
    delivered_on=days,
    open_follow_ups=st.integers(0, 1),
    cases=st.lists(cases, max_size=2).map(tuple),
    overridden=st.frozensets(st.sampled_from(Step)),
)


def says(facts: Facts, to: StatementState) -> list[str]:
    return [lack.says for lack in lacks(facts, to)]


@given(situations, st.sampled_from(StatementState))
def test_only_the_moves_of_the_table_lead_anywhere(facts: Facts, to: StatementState) -> None:
    assert to in MOVES[facts.state] or lacks(facts, to)


@given(situations)
def test_nothing_is_cleared_or_delivered_with_a_case_unweighed_and_not_overridden(facts: Facts) -> None:
    unweighed = [lack for case in facts.cases for lack in before_clearing(case)]
    for to in (StatementState.CLEARED, StatementState.DELIVERED):
        if lacks(facts, to):
            continue
        assert not [lack for lack in unweighed if not lack.can_be_overridden]
        assert not unweighed or Step.CLEAR in facts.overridden
        assert facts.version > 0


@given(situations)
def test_what_raises_a_case_is_cleared_by_two(facts: Facts) -> None:
    if not lacks(facts, StatementState.CLEARED):
        assert facts.actor_may_clear
        assert facts.actor not in facts.writers | facts.askers


@given(situations)
def test_only_the_cleared_text_is_delivered(facts: Facts) -> None:
    if not lacks(facts, StatementState.DELIVERED):
        assert facts.cleared_version == facts.version
        assert facts.delivered_on is not None


@given(situations)
def test_nothing_is_closed_before_the_contact_afterwards(facts: Facts) -> None:
    if not lacks(facts, StatementState.FOLLOWED_UP) and Step.CLOSE not in facts.overridden:
        assert facts.open_follow_ups == 0
        for case in facts.cases:
            assert case.after_on is not None
            assert facts.delivered_on is None or case.after_on >= facts.delivered_on


@given(situations, st.sampled_from(StatementState))
def test_an_override_only_ever_takes_away_what_can_be_overridden(facts: Facts, to: StatementState) -> None:
    without, overridden = replace(facts, overridden=frozenset()), replace(facts, overridden=frozenset(Step))
    assert set(lacks(overridden, to)) <= set(lacks(without, to))
    assert [lack for lack in lacks(without, to) if not lack.can_be_overridden] == list(lacks(overridden, to))


@given(situations)
def test_a_dropped_statement_begins_again_as_a_draft(facts: Facts) -> None:
    dropped = replace(facts, state=StatementState.DROPPED)
    assert [to for to in StatementState if not lacks(dropped, to)] == [StatementState.DRAFT]


def test_the_checks_of_a_case_are_named_one_by_one() -> None:
    assert [lack.says for lack in before_clearing(CaseFacts("Case 1"))] == [
        "Case 1: the bilateral mission has not been consulted.",
        "Case 1: nobody has talked it over with the defender, or with civil society for them.",
        "Case 1: the risk of reprisals has not been weighed, with its reasons.",
        "Case 1: the prospects have not been weighed, with their reasons.",
        "Case 1: publicity has not been decided, with its reason.",
    ]
    assert before_clearing(WEIGHED) == ()


@pytest.mark.parametrize(
    ("change", "sentence", "can_be_overridden"),
    [
        (
            {"risk": RiskLevel.HIGH},
            "Case 1: the risk of reprisals is high, and nothing says what would lessen it.",
            True,
        ),
        (
            {"risk": RiskLevel.NOT_ACCEPTABLE},
            "Case 1: the risk of reprisals was weighed as not acceptable. Take the case out.",
            False,
        ),
        (
            {"publicity": Publicity.QUIET},
            "Case 1: it was decided to work quietly. Take the case out, or decide anew.",
            False,
        ),
    ],
)
def test_a_weighing_that_speaks_against_it_is_an_answer(
    change: dict[str, object], sentence: str, can_be_overridden: bool
) -> None:
    (found,) = before_clearing(replace(WEIGHED, **change))  # type: ignore[arg-type]
    assert (found.says, found.can_be_overridden) == (sentence, can_be_overridden)


def test_the_contact_afterwards_counts_from_the_day_of_the_statement() -> None:
    early = replace(WEIGHED, after_on=date(2026, 11, 20), after_with=InTheLoop.DEFENDER)
    assert [lack.says for lack in before_closing(early, date(2026, 11, 21))] == [
        "Case 1: no contact with the defender, or civil society for them, since the statement."
    ]
    assert before_closing(early, date(2026, 11, 20)) == ()


def test_clearing_without_a_case_needs_a_text_and_somebody_who_may() -> None:
    waiting = Facts(StatementState.CONSULTATION)
    assert says(waiting, StatementState.CLEARED) == [
        "There is no text yet: write and save one first.",
        "Clearing is for somebody who may clear: ask one of them, or set it in Settings.",
    ]
    ready = replace(waiting, version=1, actor="a", actor_may_clear=True)
    assert says(ready, StatementState.CLEARED) == []


def test_open_follow_ups_hold_the_last_step_back() -> None:
    delivered = Facts(StatementState.DELIVERED, version=1, open_follow_ups=2)
    assert says(delivered, StatementState.FOLLOWED_UP) == [
        "Follow-ups still open: 2. Do them, or say what came of them."
    ]
    assert [lack.can_be_overridden for lack in step_lacks(delivered, Step.CLOSE)] == [False]


def test_a_move_that_does_not_exist_is_said() -> None:
    assert says(Facts(StatementState.IDEA), StatementState.DELIVERED) == [
        "A statement does not go from idea to delivered."
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mission": " "}, "mission"),
        ({"mission_advice": ""}, "mission"),
        ({"before_with": None}, "before"),
        ({"before_note": ""}, "before"),
        ({"risk_weighed_on": None}, "risk"),
        ({"prospect_weighed_on": None}, "prospects"),
        ({"publicity_decided_on": None}, "publicity"),
        *(
            ({day: TODAY + timedelta(days=1)}, code)
            for day, code in (
                ("mission_consulted_on", "mission"),
                ("before_on", "before"),
                ("risk_weighed_on", "risk"),
                ("prospect_weighed_on", "prospects"),
                ("publicity_decided_on", "publicity"),
            )
        ),
    ],
)
def test_a_question_is_answered_once_all_that_belongs_to_it_is_there_and_its_day_has_come(
    change: dict[str, object], code: str
) -> None:
    (found,) = before_clearing(replace(WEIGHED, **change))  # type: ignore[arg-type]
    assert (found.code, found.can_be_overridden) == (code, True)


@pytest.mark.parametrize(
    "change",
    [
        {"after_on": TODAY + timedelta(days=1)},
        {"after_with": None},
        {"after_with": InTheLoop.CIVIL_SOCIETY, "after_note": " "},
    ],
)
def test_the_contact_afterwards_is_answered_only_as_a_whole(change: dict[str, object]) -> None:
    known = replace(WEIGHED, after_on=TODAY, after_with=InTheLoop.DEFENDER)
    assert before_closing(known, TODAY) == ()
    (found,) = before_closing(replace(known, **change), TODAY)  # type: ignore[arg-type]
    assert found.code == "after"
