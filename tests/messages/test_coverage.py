"""What coverage says of a finding: one sentence a code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from calendar_model.messages.coverage import (
    EXPECTATION_LABELS,
    EXPECTATION_MEANINGS,
    MESSAGES,
    item_work_words,
    readiness_words,
)
from calendar_model.mission.coverage import FindingCode
from calendar_model.mission.coverage.expectations import MET_BY_ENGAGEMENTS
from calendar_model.terms import Expectation


def words(**changes: Any) -> str:
    given: dict[str, Any] = {
        "expectation": "draft",
        "finding": FindingCode.NO_DRAFT,
        "details": {},
        "state": "open",
        "by": date(2026, 12, 1),
        "by_precision": "day",
        "by_passed": False,
    }
    return readiness_words(**{**given, **changes})


def test_every_expectation_and_every_finding_has_words() -> None:
    assert set(EXPECTATION_LABELS) == set(EXPECTATION_MEANINGS) == set(Expectation)
    assert set(MESSAGES) == set(FindingCode)


@pytest.mark.parametrize("expectation", MET_BY_ENGAGEMENTS)
def test_what_engagements_meet_has_words_for_done_planned_and_missing(expectation: Expectation) -> None:
    details = {"expectation": expectation, "count": 2, "last": date(2026, 11, 2), "on": date(2026, 12, 2)}
    codes = (FindingCode.ENGAGED, FindingCode.ENGAGEMENT_PLANNED, FindingCode.NOT_ENGAGED)
    assert len({words(expectation=expectation, finding=code, details=details, state="done") for code in codes}) == 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "No draft yet; by Tue 1 Dec 2026"),
        ({"state": "late", "by_passed": True}, "No draft yet; was due by Tue 1 Dec 2026"),
        ({"state": "done"}, "No draft yet"),
        ({"by_precision": "month"}, "No draft yet; by Dec 2026, based on the earliest possible date"),
        (
            {"by_precision": "month", "state": "due soon", "by_passed": True},
            "No draft yet; due now, based on the earliest possible date",
        ),
        (
            {
                "expectation": "follow-up",
                "finding": FindingCode.NOT_FOLLOWED_UP,
                "by_precision": "month",
                "state": "late",
                "by_passed": True,
            },
            "No follow-up since; was due by Dec 2026, based on the latest possible date",
        ),
    ],
)
def test_it_is_said_by_when_it_is_due(changes: dict[str, Any], sentence: str) -> None:
    assert words(**changes) == sentence


@pytest.mark.parametrize(
    ("code", "details", "sentence"),
    [
        (
            FindingCode.ENGAGED,
            {"expectation": "consulted", "count": 2, "last": date(2026, 3, 2)},
            "Consulted twice, last on Mon 2 Mar 2026",
        ),
        (
            FindingCode.ENGAGED,
            {"expectation": "dialogue", "count": 1, "last": date(2026, 3, 2)},
            "Dialogue with the organisation once, on Mon 2 Mar 2026",
        ),
        (FindingCode.INVITED_ONLY, {"count": 3}, "Invited 3 times, no consultation yet"),
        (FindingCode.DRAFTED, {"count": 1, "furthest": "draft"}, "One text, in draft"),
        (FindingCode.DRAFTED, {"count": 2, "furthest": "followed-up"}, "2 texts, the most advanced followed up"),
        (FindingCode.NOT_CLEARED, {"cleared": 0, "count": 1, "furthest": "idea"}, "Not cleared, still an idea"),
        (FindingCode.NOT_CLEARED, {"cleared": 1, "count": 2, "furthest": "idea"}, "1 of 2 texts cleared"),
        (FindingCode.CLEARED, {"count": 1}, "Cleared"),
        (FindingCode.CLEARED, {"count": 2}, "All 2 texts cleared"),
        (FindingCode.RISKS_NOT_ASSESSED, {"assessed": 1, "count": 2}, "Risk assessed in 1 of 2 cases"),
        (FindingCode.FOLLOW_UPS_OPEN, {"count": 1}, "1 follow-up open"),
        (FindingCode.FOLLOWED_UP, {"last": None}, "Followed up"),
    ],
)
def test_what_was_found(code: FindingCode, details: dict[str, Any], sentence: str) -> None:
    assert words(finding=code, details=details, state="done") == sentence


def test_what_is_linked_to_an_item_in_a_word_or_two() -> None:
    assert item_work_words(engagements=2, drafts=1, cleared=1, behind=True) == (
        "2 engagements · 1 draft · 1 cleared text · behind"
    )
    assert item_work_words(engagements=1, drafts=0, cleared=0, behind=False) == "1 engagement"
