"""What section 3.4 asks of a case before and after a statement raises it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from calendar_model.mission.statements.case_checks import CaseFacts, before_clearing, before_closing
from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel
from tests.day import TODAY

WEIGHED = CaseFacts(
    name="Case 1",
    case_id="case1",
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


def test_the_checks_of_a_case_are_named_one_by_one() -> None:
    assert [unmet.code for unmet in before_clearing(CaseFacts("Case 1"))] == [
        "mission-not-consulted",
        "not-consulted-before",
        "risk-not-assessed",
        "prospects-not-assessed",
        "publicity-not-decided",
    ]
    assert before_clearing(WEIGHED) == ()


@pytest.mark.parametrize(
    ("change", "code", "can_be_overridden"),
    [
        ({"risk": RiskLevel.HIGH}, "risk-not-mitigated", True),
        ({"risk": RiskLevel.NOT_ACCEPTABLE}, "risk-not-acceptable", False),
        ({"publicity": Publicity.QUIET}, "works-quietly", False),
    ],
)
def test_a_weighing_that_speaks_against_it_is_an_answer(
    change: dict[str, object], code: str, can_be_overridden: bool
) -> None:
    (found,) = before_clearing(replace(WEIGHED, **change))  # type: ignore[arg-type]
    assert (found.code, found.subject, found.can_be_overridden) == (code, "case1", can_be_overridden)


def test_the_contact_afterwards_counts_from_the_day_of_the_statement() -> None:
    early = replace(WEIGHED, after_on=date(2026, 11, 20), after_with=InTheLoop.DEFENDER)
    unmet = before_closing(early, date(2026, 11, 21))
    assert unmet is not None
    assert (unmet.code, unmet.subject) == ("not-followed-up", "case1")
    assert before_closing(early, date(2026, 11, 20)) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mission": " "}, "mission-advice-missing"),
        ({"mission_advice": ""}, "mission-advice-missing"),
        ({"before_with": None}, "consultation-incomplete"),
        ({"before_note": ""}, "consultation-incomplete"),
        ({"risk_weighed_on": None}, "risk-not-assessed"),
        ({"prospect_weighed_on": None}, "prospects-not-assessed"),
        ({"publicity_decided_on": None}, "publicity-not-decided"),
        *(
            ({day: TODAY + timedelta(days=1)}, code)
            for day, code in (
                ("mission_consulted_on", "mission-not-consulted"),
                ("before_on", "not-consulted-before"),
                ("risk_weighed_on", "risk-not-assessed"),
                ("prospect_weighed_on", "prospects-not-assessed"),
                ("publicity_decided_on", "publicity-not-decided"),
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
    assert before_closing(known, TODAY) is None
    assert before_closing(replace(known, **change), TODAY) is not None  # type: ignore[arg-type]
