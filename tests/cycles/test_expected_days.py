"""Expected days: what a forecast may know, what it must obey, and how good it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.cycles import SessionForecasts, is_working_day
from calendar_model.cycles.day_rules import ByProcedure, DatedRule, DayRule, NthWeekday, WeekdayBetween, WeekdayOfWeek
from calendar_model.cycles.expected_days import (
    DaySeries,
    expect,
    expected_length,
    length_range,
    on_working_day,
    rule_records,
)
from calendar_model.reference import Reference, in_readers_language
from calendar_model.translation import in_language
from calendar_model.vocabulary import Precision, Standing
from tests.day import TODAY

RULES = st.one_of(
    st.builds(NthWeekday, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6), st.integers(1, 12)),
    st.builds(WeekdayBetween, st.integers(0, 6), st.integers(1, 352)),
    st.builds(WeekdayOfWeek, st.integers(0, 6), st.integers(1, 52)),
)
YEARS = st.integers(1990, 2060)


@st.composite
def pasts(draw: st.DrawFn) -> tuple[date, ...]:
    """Days of some years in order, one a year, around one day of the year."""
    first = draw(st.integers(1995, 2015))
    middle = draw(st.integers(30, 330))
    offsets = draw(st.lists(st.one_of(st.none(), st.integers(-20, 20)), min_size=3, max_size=14))
    days = [
        date(first + n, 1, 1) + timedelta(days=middle + offset)
        for n, offset in enumerate(offsets)
        if offset is not None
    ]
    return tuple(day for day in days if day.weekday() < 5)


@given(RULES, YEARS)
def test_a_rule_is_its_recurrence_rule(rule: NthWeekday | WeekdayBetween | WeekdayOfWeek, year: int) -> None:
    first = datetime(year - 1, 12, 25)  # noqa: DTZ001  a day has no zone
    found = rrulestr(rule.rrule, dtstart=first).between(first, datetime(year + 1, 1, 6), inc=True)  # noqa: DTZ001
    assert rule.in_year(year) in [day.date() for day in found]
    assert sum(day.date().year == year for day in found) <= 2


@given(pasts(), st.integers(1, 6))
def test_the_interval_holds_the_expected_day(past: tuple[date, ...], ahead: int) -> None:
    year = max((day.year for day in past), default=2020) + ahead
    found = expect(DaySeries(past), year)
    if found is not None:
        assert found.earliest <= found.day <= found.latest
        assert found.day.year == year
        assert found.hits <= found.of <= len(past)


@given(pasts(), st.integers(0, 3))
def test_no_forecast_uses_what_comes_later(past: tuple[date, ...], cut: int) -> None:
    if len(past) < 4 + cut:
        return
    year = past[-1 - cut].year
    before = tuple(day for day in past if day.year < year)
    assert expect(DaySeries(past), year) == expect(DaySeries(before), year)


@given(pasts(), YEARS)
def test_a_forecast_falls_on_a_weekday_of_the_past_and_on_no_holiday(past: tuple[date, ...], year: int) -> None:
    found = expect(DaySeries(past, "UN-GE"), year)
    if found is not None:
        assert is_working_day(found.day, "UN-GE")
        assert on_working_day(found.nominal, "UN-GE") == found.day


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_a_length_has_occurred(lengths: list[int]) -> None:
    assert expected_length(lengths) in lengths
    found = length_range(lengths)
    assert found is not None
    assert found.usual in lengths
    assert 0 <= found.least <= found.usual <= found.most


def test_lengths_that_changed_lately_leave_a_wide_interval() -> None:
    steady, changing = length_range([11] * 12), length_range([25] * 9 + [30, 32, 36])
    assert steady is not None
    assert changing is not None
    assert (steady.least, steady.usual, steady.most) == (11, 11, 11)
    assert changing.least <= 30
    assert changing.most >= 36


def test_two_past_days_allow_no_forecast() -> None:
    assert expect(DaySeries((date(2024, 3, 4), date(2025, 3, 3))), 2026) is None


def test_one_past_day_is_enough_to_count_from_another_day() -> None:
    anchors = ((2026, date(2026, 2, 23)), (2027, date(2027, 2, 22)))
    found = expect(DaySeries((date(2026, 2, 23),), anchors=anchors, anchored_on="the opening"), 2027)
    assert found is not None
    assert (found.day, found.rule.words) == (date(2027, 2, 22), "on the day of the opening")


def test_a_holiday_moves_a_monday_to_the_tuesday() -> None:
    past = (date(2021, 6, 14), date(2022, 6, 13), date(2023, 6, 12), date(2025, 6, 16))
    found = expect(DaySeries(past, "UN-GE"), 2024)
    assert found is None or found.day.weekday() == 0
    mondays = tuple(
        date(year, 6, 1) + timedelta(days=(7 - date(year, 6, 1).weekday()) % 7 + 14) for year in range(2015, 2024)
    )
    found = expect(DaySeries(mondays, "UN-GE"), 2024)
    assert found is not None
    assert (found.nominal, found.day) == (date(2024, 6, 17), date(2024, 6, 18))  # Eid al-Adha


def test_a_rule_of_procedure_alone_gives_the_day() -> None:
    first = DatedRule("FREQ=YEARLY;BYMONTH=9;BYDAY=TU;BYMONTHDAY=12,13,14,15,16,17,18", "on the third", 2003, 2022)
    second = DatedRule("FREQ=YEARLY;BYMONTH=9;BYDAY=TU;BYMONTHDAY=5,6,7,8,9,10,11", "on the second", 2023)
    past = tuple(day for year in range(2011, 2027) if (day := ByProcedure((first, second)).in_year(year)))
    found = expect(DaySeries(past, procedure=ByProcedure((first, second))), 2027)
    assert found is not None
    assert (found.day, found.earliest, found.latest) == (date(2027, 9, 7),) * 3
    assert (found.hits, found.of, found.by_procedure) == (12, 12, True)


def test_the_records_name_the_rule_with_the_best_one_first(reference: Reference) -> None:
    openings = SessionForecasts(reference, TODAY).openings("hrc-spring")
    best, second = rule_records(DaySeries(openings, "UN-GE"), 2027)[:2]
    assert best.rule == NthWeekday(-1, 0, 2)
    assert [best.errors[year] for year in range(2016, 2027)] == [0] * 11
    assert best.weight > second.weight


@pytest.mark.parametrize("code", ["hrc-spring", "hrc-summer", "hrc-autumn", "upr-winter", "upr-spring", "upr-autumn"])
def test_expected_sessions_obey_the_pattern_of_the_past(reference: Reference, code: str) -> None:
    forecasts = SessionForecasts(reference, TODAY)
    season = reference.seasons[code]
    held = [s for s in reference.sessions.values() if s.body == season.body and s.standing is Standing.HELD]
    weekdays = {s.start.weekday() for s in held if s.date_precision is Precision.DAY}
    lengths = {(s.end - s.start).days for s in held}
    for year in range(2027, 2034):
        forecast = forecasts.in_season(code, year)
        assert forecast is not None
        assert forecast.precision is Precision.EXPECTED
        assert forecast.start.weekday() in weekdays
        # A holiday at either end shortens it by a day or two.
        assert any(0 <= length - (forecast.end - forecast.start).days <= 4 for length in lengths)


def test_a_confirmed_day_wins_over_the_expected_one(reference: Reference) -> None:
    row = reference.sessions["HRC64"]
    days = {"start": date(2027, 3, 1), "end": date(2027, 4, 9), "date_precision": Precision.DAY}
    confirmed = row.model_copy(update={**days, "standing": Standing.CONFIRMED})
    changed = replace(reference, sessions={**reference.sessions, "HRC64": confirmed})
    before, after = (SessionForecasts(one, TODAY).known("HRC64") for one in (reference, changed))
    assert before is not None
    assert after is not None
    assert before.code == after.code
    assert (before.precision, after.precision) == (Precision.EXPECTED, Precision.DAY)
    assert (after.start, after.end, after.earliest, after.latest) == (date(2027, 3, 1), date(2027, 4, 9), None, None)


@pytest.mark.parametrize(
    ("rule", "english", "norwegian"),
    [
        (NthWeekday(-1, 0, 2), "on the last Monday of February", "den siste mandagen i februar"),
        (WeekdayBetween(2, 35), "on the Wednesday between 4 and 10 February", "onsdagen mellom 4. og 10. februar"),
        (
            WeekdayBetween(2, 28),
            "on the Wednesday between 28 January and 3 February",
            "onsdagen mellom 28. januar og 3. februar",
        ),
        (WeekdayOfWeek(4, 20), "on the Friday of week 20", "fredagen i uke 20"),
    ],
)
def test_the_words_of_a_shared_rule_follow_the_language(rule: DayRule, english: str, norwegian: str) -> None:
    for _ in range(2):
        with in_language("nb"):
            assert rule.words == norwegian
        assert rule.words == english


def test_an_expectation_that_is_kept_for_one_reader_is_not_given_to_a_reader_of_another_language(
    reference: Reference,
) -> None:
    with in_language("nb"):
        norwegian = SessionForecasts(in_readers_language(reference), TODAY).in_season("hrc-spring", 2027)
    english = SessionForecasts(reference, TODAY).in_season("hrc-spring", 2027)
    assert english is not None
    assert norwegian is not None
    assert (english.start, english.end, english.earliest) == (norwegian.start, norwegian.end, norwegian.earliest)
    assert english.basis.endswith(
        "the HRC spring session opened on the last Monday of February in 11 of the last 12 years."
    )
    assert norwegian.basis.endswith(
        "Menneskerettighetsrådets vårsesjon åpnet den siste mandagen i februar i 11 av de siste 12 årene."
    )
