"""The official holidays of the United Nations at Geneva, New York and Vienna.

About ten a year, set by each office: some of the host's, and Eid al-Fitr and Eid al-Adha everywhere since 1998
(General Assembly resolution 52/214 A, decision 52/468). A holiday on a weekend is observed on a working day beside it.

Sources: for New York the information circulars for 2017, 2020 (ST/IC/2019/23, ask.un.org/faq/112514) and 2024; for
Vienna the list of 2023 (unis.unvienna.org/unis/en/events/calendar/un-holidays/holidays.html) and, from 2021, that of
an embassy (mofa.gov.pk/holidays-to-be-observed-by-the-embassy-of-pakistan-during-2021); for Geneva the staff union on
the list of 2025
(unogstaffunion.org/results-of-the-official-holidays-survey-resultats-de-lenquete-sur-les-jours-feries), and before it
the sessions of the Human Rights Council that opened on a Tuesday.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from holidays.calendars.gregorian import APR, JUN, SAT, SUN
from holidays.calendars.islamic import _CustomIslamicHolidays
from holidays.constants import PUBLIC
from holidays.groups.christian import ChristianHolidays
from holidays.groups.international import InternationalHolidays
from holidays.groups.islamic import IslamicHolidays
from holidays.observed_holiday_base import (
    SAT_SUN_TO_NEXT_WORKDAY,
    SAT_TO_PREV_WORKDAY,
    SUN_TO_NEXT_WORKDAY,
    ObservedHolidayBase,
)

UNITED_NATIONS = "UN"
"""Stands for the country in a code: ``UN-GE``, ``UN-NY``, ``UN-VIC``."""

_PRESIDENTS_DAY_UNTIL = 2015
"""In New York; from 2016 it is one of the floating holidays, of which each member of staff chooses one."""

_GENEVA_FASTS_UNTIL = 2024
"""Whit Monday and the Jeûne genevois in Geneva; from 2025 two days after Christmas take their place."""

_VIENNA_WHIT_MONDAY_UNTIL = 2021
"""The last year for which it is seen in Vienna; the list for 2023 is without it."""


class _ViennaIslamicHolidays(_CustomIslamicHolidays):
    """The days on which Vienna's own lists differ from the calendar of the library."""

    EID_AL_ADHA_DATES = {2023: (JUN, 29)}  # noqa: RUF012  the library's way
    EID_AL_FITR_DATES = {2023: (APR, 22)}  # noqa: RUF012


class UnitedNationsHolidays(ObservedHolidayBase, ChristianHolidays, InternationalHolidays, IslamicHolidays):
    """The official holidays of a United Nations office; ``subdiv`` is ``GE``, ``NY`` or ``VIC``.

    Raises NotImplementedError for any other. Floating holidays, which each member of staff chooses, are left out.
    """

    country = UNITED_NATIONS
    subdivisions = ("GE", "NY", "VIC")
    supported_categories = (PUBLIC,)
    observed_label = "%s (observed)"
    start_year = 1998

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every calendar of the library takes."""
        vienna = kwargs.get("subdiv") == "VIC"
        ChristianHolidays.__init__(self)
        InternationalHolidays.__init__(self)
        IslamicHolidays.__init__(self, cls=_ViennaIslamicHolidays if vienna else None, show_estimated=False)
        # New York goes back to the Friday, as the Federal Government does: Independence Day 2020, Eid al-Adha 2022.
        new_york = kwargs.get("subdiv") == "NY"
        rule = SAT_TO_PREV_WORKDAY + SUN_TO_NEXT_WORKDAY if new_york else SAT_SUN_TO_NEXT_WORKDAY
        super().__init__(rule, None, *args, **kwargs)

    def _populate_public_holidays(self) -> None:
        self._add_new_years_day("New Year's Day")
        self._add_good_friday("Good Friday")
        self._add_christmas_day("Christmas Day")
        self._add_eid_al_fitr_day("Eid al-Fitr")
        self._add_eid_al_adha_day("Eid al-Adha")

    def _populate_subdiv_ge_public_holidays(self) -> None:
        self._add_easter_monday("Easter Monday")
        self._add_ascension_thursday("Ascension Day")
        if self._year <= _GENEVA_FASTS_UNTIL:
            self._add_pentecost_monday("Whit Monday")
            self._add_holiday_4_days_past_1st_sun_of_sep("Jeûne genevois")
        self._move_from_weekends()
        if self._year > _GENEVA_FASTS_UNTIL:
            for name in ("Day after Christmas", "Second day after Christmas"):
                self._add_holiday(name, self._get_next_workday(date(self._year, 12, 25)))

    def _populate_subdiv_ny_public_holidays(self) -> None:
        if self._year <= _PRESIDENTS_DAY_UNTIL:
            self._add_holiday_3rd_mon_of_feb("Presidents' Day")
        self._add_holiday_last_mon_of_may("Memorial Day")
        self._add_holiday_jul_4("Independence Day")
        self._add_holiday_1st_mon_of_sep("Labour Day")
        self._add_holiday_4th_thu_of_nov("Thanksgiving Day")
        self._move_from_weekends()

    def _populate_subdiv_vic_public_holidays(self) -> None:
        self._add_easter_monday("Easter Monday")
        self._add_holiday_may_1("May Day")
        if self._year <= _VIENNA_WHIT_MONDAY_UNTIL:
            self._add_pentecost_monday("Whit Monday")
        self._add_holiday_oct_26("Austrian National Day")
        self._add_christmas_day_two("St Stephen's Day")
        self._move_from_weekends()

    def _move_from_weekends(self) -> None:
        """Move what falls on a weekend to a working day that is no other holiday, once all of them are in place.

        In New York Eid al-Fitr of Sunday 24 May 2020 was observed on the Tuesday, after Memorial Day.
        """
        weekend = sorted(day for day in self if day.year == self._year and day.weekday() in (SAT, SUN))
        for day in weekend:
            # The eve of a New Year's Day lies in another year: here New York too goes on to the Monday, as in 2005.
            self._move_holiday(day, rule=SAT_SUN_TO_NEXT_WORKDAY if day.timetuple().tm_yday == 1 else None)
