"""The United Nations' own holidays, against their published lists and the days on which the Council opened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from calendar_model.reference import Reference, working_calendar
from calendar_model.vocabulary import Precision

OFFICES = ("UN-GE", "UN-NY", "UN-VIC")


def days(code: str, year: int) -> set[date]:
    return set(working_calendar(code, [year]))


def test_new_york_keeps_the_days_of_its_circular_of_2017() -> None:
    circular = {(1, 2), (4, 14), (5, 29), (6, 26), (7, 4), (9, 1), (9, 4), (11, 23), (12, 25)}
    assert days("UN-NY", 2017) == {date(2017, month, day) for month, day in circular}


def test_new_york_keeps_the_days_of_its_circular_of_2020() -> None:
    circular = {(1, 1), (4, 10), (5, 25), (5, 26), (7, 3), (7, 31), (9, 7), (11, 26), (12, 25)}
    assert days("UN-NY", 2020) == {date(2020, month, day) for month, day in circular}


def test_new_york_keeps_the_days_of_its_list_of_2024() -> None:
    listed = {(1, 1), (3, 29), (4, 10), (5, 27), (6, 17), (7, 4), (9, 2), (11, 28), (12, 25)}
    assert days("UN-NY", 2024) == {date(2024, month, day) for month, day in listed}


def test_vienna_keeps_the_days_of_its_list_of_2023() -> None:
    listed = {(1, 2), (4, 7), (4, 10), (4, 24), (5, 1), (6, 29), (10, 26), (12, 25), (12, 26)}
    assert days("UN-VIC", 2023) == {date(2023, month, day) for month, day in listed}


@pytest.mark.parametrize(
    "monday", [date(2009, 6, 1), date(2014, 6, 9), date(2016, 9, 12), date(2017, 6, 5), date(2024, 6, 17)]
)
def test_the_council_opened_on_the_tuesday_after_a_holiday_in_geneva(reference: Reference, monday: date) -> None:
    assert monday in working_calendar("UN-GE")
    assert monday + timedelta(days=1) in {session.start for session in reference.sessions_of["un-hrc"]}


def test_no_session_in_geneva_opens_or_ends_on_a_holiday_there(reference: Reference) -> None:
    calendar = working_calendar("UN-GE")
    sessions = [*reference.sessions_of["un-hrc"], *reference.sessions_of["un-hrc-upr"]]
    held = [session for session in sessions if session.date_precision is Precision.DAY]
    assert not [session.code for session in held if session.start in calendar or session.end in calendar]


@pytest.mark.parametrize("code", OFFICES)
@pytest.mark.parametrize("year", range(2007, 2040))
def test_every_office_has_eight_to_eleven_working_days_off(code: str, year: int) -> None:
    assert 8 <= len(days(code, year)) <= 11
    assert all(day.weekday() < 5 and day.year == year for day in days(code, year))


def test_geneva_gave_up_two_days_for_two_after_christmas() -> None:
    assert {date(2024, 5, 20), date(2024, 9, 5)} <= days("UN-GE", 2024)
    assert not {date(2025, 6, 9), date(2025, 9, 11)} & days("UN-GE", 2025)
    assert {date(2025, 12, 26), date(2025, 12, 29)} <= days("UN-GE", 2025)


@pytest.mark.parametrize("code", ["UN", "UN-XX"])
def test_another_office_is_not_known(code: str) -> None:
    with pytest.raises(NotImplementedError):
        working_calendar(code)
