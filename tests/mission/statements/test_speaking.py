"""Speaking limits by forum, form and year, out of the reference that the calendar is shipped with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.statements.speaking import SpeakingLimit, applicable_limit, duration, speaking_limits
from calendar_model.reference import Reference, load
from calendar_model.store.models import Statement
from calendar_model.terms import StatementFormat, Voice
from calendar_model.vocabulary import Confidence


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def brief(found: tuple[SpeakingLimit, ...]) -> list[tuple[int, str, str]]:
    return [(limit.seconds, limit.for_whom, limit.milestone) for limit in found]


def test_a_dialogue_of_these_years_is_recalled(reference: Reference) -> None:
    found = speaking_limits(reference, "un-hrc", StatementFormat.INTERACTIVE_DIALOGUE, date(2026, 3, 10))
    assert found == tuple(
        SpeakingLimit(
            90,
            whom,
            "Interactive dialogue (recent sessions)",
            "About 1 minute 30 for all, sometimes less under the liquidity measures.",
            "un-hrc",
            Confidence.RECALLED,
            "",
            "hrc-speaking-dialogue",
        )
        for whom in ("member", "observer")
    )


def test_the_rule_of_the_year_holds(reference: Reference) -> None:
    debate = StatementFormat.GENERAL_DEBATE
    assert brief(speaking_limits(reference, "un-hrc", debate, date(2016, 3, 1))) == [
        (180, "member", "hrc-speaking-general-debate-2013"),
        (120, "observer", "hrc-speaking-general-debate-2013"),
    ]
    found = speaking_limits(reference, "un-hrc", debate, date(2026, 9, 21))
    assert brief(found) == [
        (150, "member", "hrc-speaking-general-debate-2017"),
        (90, "observer", "hrc-speaking-general-debate-2017"),
    ]
    rule = reference.milestones["hrc-speaking-general-debate-2017"]
    assert {(limit.confidence, limit.source_url) for limit in found} == {(rule.confidence, rule.source_url)}


def test_the_newest_of_several_rules_stands_first(reference: Reference) -> None:
    assert brief(speaking_limits(reference, "un-hrc", StatementFormat.INTERACTIVE_DIALOGUE, date(2020, 3, 1))) == [
        (120, "member", "hrc-speaking-clustered-dialogue-2017"),
        (120, "observer", "hrc-speaking-clustered-dialogue-2017"),
        (180, "member", "hrc-speaking-individual-dialogue-2015"),
        (120, "observer", "hrc-speaking-individual-dialogue-2015"),
    ]


def test_third_committee_speaks_by_delegation_and_group(reference: Reference) -> None:
    assert brief(speaking_limits(reference, "un-ga-c3", StatementFormat.GENERAL_DEBATE, date(2026, 10, 5))) == [
        (360, "delegation", "ga-c3-speaking-general-debate"),
        (480, "group", "ga-c3-speaking-general-debate"),
    ]
    assert brief(speaking_limits(reference, "un-ga-c3", StatementFormat.INTERACTIVE_DIALOGUE, date(2026, 10, 5))) == [
        (120, "delegation, at least", "ga-c3-speaking-dialogue"),
        (180, "delegation, at most", "ga-c3-speaking-dialogue"),
    ]


@pytest.mark.parametrize(("voice", "seconds"), [(Voice.NATIONAL, 360), (Voice.JOINT, 360), (Voice.GROUP, 480)])
def test_a_group_speaks_longer_where_groups_may(reference: Reference, voice: Voice, seconds: int) -> None:
    made = Statement(forum="un-ga-c3", voice=voice, format=StatementFormat.GENERAL_DEBATE, due=date(2026, 10, 5))
    assert applicable_limit(made, reference, date(2026, 9, 1))[0] == seconds


def test_a_review_has_its_own_and_falls_back_on_the_council(reference: Reference) -> None:
    day = date(2027, 1, 25)
    assert brief(speaking_limits(reference, "un-hrc-upr", StatementFormat.UPR_RECOMMENDATION, day)) == [
        (180, "member", "upr-speaking-time"),
        (120, "observer", "upr-speaking-time"),
    ]
    debate = StatementFormat.GENERAL_DEBATE
    assert speaking_limits(reference, "un-hrc-upr", debate, day) == speaking_limits(reference, "un-hrc", debate, day)


def test_a_national_statement_is_made_wherever_one_may_speak(reference: Reference) -> None:
    found = speaking_limits(reference, "un-hrc", StatementFormat.STATEMENT, date(2026, 3, 1))
    assert [limit.occasion for limit in found] == [
        "Interactive dialogue (recent sessions)",
        "Interactive dialogue (recent sessions)",
        "General debate (from about 2017)",
        "General debate (from about 2017)",
        "General segment (2014)",
        "General segment (2014)",
        "High-level segment",
        "Panel discussion",
        "Panel discussion",
    ]


@pytest.mark.parametrize(
    ("forum", "made_as"),
    [
        ("un-hrc", StatementFormat.RESOLUTION_TEXT),
        ("un-hrc-upr", StatementFormat.UPR_ADVANCE_QUESTION),
        ("osce", StatementFormat.INTERACTIVE_DIALOGUE),
        ("un-hrc", StatementFormat.UPR_RECOMMENDATION),
        ("nowhere", StatementFormat.GENERAL_DEBATE),
        ("", StatementFormat.STATEMENT),
    ],
)
def test_no_limit_is_known(reference: Reference, forum: str, made_as: StatementFormat) -> None:
    assert speaking_limits(reference, forum, made_as, date(2026, 3, 1)) == ()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.1, "1 s"), (45, "45 s"), (60, "1 min"), (59.2, "1 min"), (90, "1 min 30 s"), (480, "8 min")],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@given(st.integers(0, 10_000))
def test_a_duration_can_be_read_back(seconds: int) -> None:
    parts = duration(seconds).split(" ")
    units = {"min": 60, "s": 1}
    assert sum(int(n) * units[u] for n, u in zip(parts[::2], parts[1::2], strict=True)) == seconds
