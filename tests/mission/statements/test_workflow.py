"""How a statement moves: no path leads round a safeguard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.statements.case_checks import CaseFacts, before_clearing
from calendar_model.mission.statements.workflow import MOVES, StatementFacts, unmet_in_step, unmet_requirements
from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel, StatementState, Step

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
    StatementFacts,
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


def codes(facts: StatementFacts, to: StatementState) -> list[str]:
    return [unmet.code for unmet in unmet_requirements(facts, to)]


@given(situations, st.sampled_from(StatementState))
def test_every_unmet_requirement_has_a_sentence(facts: StatementFacts, to: StatementState) -> None:
    assert all(str(unmet).endswith(".") for unmet in unmet_requirements(facts, to))


@given(situations, st.sampled_from(StatementState))
def test_only_the_moves_of_the_table_lead_anywhere(facts: StatementFacts, to: StatementState) -> None:
    assert to in MOVES[facts.state] or unmet_requirements(facts, to)


@given(situations)
def test_nothing_is_cleared_or_delivered_with_a_case_unweighed_and_not_overridden(facts: StatementFacts) -> None:
    unweighed = [unmet for case in facts.cases for unmet in before_clearing(case)]
    for to in (StatementState.CLEARED, StatementState.DELIVERED):
        if unmet_requirements(facts, to):
            continue
        assert not [unmet for unmet in unweighed if not unmet.can_be_overridden]
        assert not unweighed or Step.CLEAR in facts.overridden
        assert facts.version > 0


@given(situations)
def test_what_raises_a_case_is_cleared_by_two(facts: StatementFacts) -> None:
    if not unmet_requirements(facts, StatementState.CLEARED):
        assert facts.actor_may_clear
        assert facts.actor not in facts.writers | facts.askers


@given(situations)
def test_only_the_cleared_text_is_delivered(facts: StatementFacts) -> None:
    if not unmet_requirements(facts, StatementState.DELIVERED):
        assert facts.cleared_version == facts.version
        assert facts.delivered_on is not None


@given(situations)
def test_nothing_is_closed_before_the_contact_afterwards(facts: StatementFacts) -> None:
    if not unmet_requirements(facts, StatementState.FOLLOWED_UP) and Step.CLOSE not in facts.overridden:
        assert facts.open_follow_ups == 0
        for case in facts.cases:
            assert case.after_on is not None
            assert facts.delivered_on is None or case.after_on >= facts.delivered_on


@given(situations, st.sampled_from(StatementState))
def test_an_override_only_ever_takes_away_what_can_be_overridden(facts: StatementFacts, to: StatementState) -> None:
    without, overridden = replace(facts, overridden=frozenset()), replace(facts, overridden=frozenset(Step))
    assert set(unmet_requirements(overridden, to)) <= set(unmet_requirements(without, to))
    assert [unmet for unmet in unmet_requirements(without, to) if not unmet.can_be_overridden] == list(
        unmet_requirements(overridden, to)
    )


@given(situations)
def test_a_dropped_statement_begins_again_as_a_draft(facts: StatementFacts) -> None:
    dropped = replace(facts, state=StatementState.DROPPED)
    assert [to for to in StatementState if not unmet_requirements(dropped, to)] == [StatementState.DRAFT]


def test_clearing_without_a_case_needs_a_text_and_somebody_who_may() -> None:
    waiting = StatementFacts(StatementState.CONSULTATION)
    assert codes(waiting, StatementState.CLEARED) == ["no-text", "may-not-clear"]
    ready = replace(waiting, version=1, actor="a", actor_may_clear=True)
    assert codes(ready, StatementState.CLEARED) == []


def test_open_follow_ups_hold_the_last_step_back() -> None:
    delivered = StatementFacts(StatementState.DELIVERED, version=1, open_follow_ups=2)
    (unmet,) = unmet_requirements(delivered, StatementState.FOLLOWED_UP)
    assert (unmet.code, dict(unmet.values)) == ("open-follow-ups", {"count": 2})
    assert [unmet.can_be_overridden for unmet in unmet_in_step(delivered, Step.CLOSE)] == [False]


def test_a_move_that_does_not_exist_is_said() -> None:
    assert codes(StatementFacts(StatementState.IDEA), StatementState.DELIVERED) == ["no-such-move"]
