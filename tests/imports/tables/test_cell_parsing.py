"""What people write into cells: read where it is certain, and asked for again where it is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model import wording
from calendar_model.access.problems import Problem
from calendar_model.imports.tables import cell_parsing
from calendar_model.imports.tables.cell_parsing import CellPeriod, UnclearCell
from calendar_model.reference import Reference

MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)

FRENCH = (
    ("janvier", "janv."),
    ("février", "févr."),
    ("mars", "mars"),
    ("avril", "avr."),
    ("mai", "mai"),
    ("juin", "juin"),
    ("juillet", "juil."),
    ("août", "août"),
    ("septembre", "sept."),
    ("octobre", "oct."),
    ("novembre", "nov."),
    ("décembre", "déc."),
)
SHORT = ("jan.", "feb.", "mar.", "apr.", "mai", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "des.")
WEEKDAYS = (
    ("mandag", "lundi", "lun."),
    ("tirsdag", "mardi", "mar."),
    ("onsdag", "mercredi", "mer."),
    ("torsdag", "jeudi", "jeu."),
    ("fredag", "vendredi", "ven."),
    ("lørdag", "samedi", "sam."),
    ("søndag", "dimanche", "dim."),
)

days = st.dates(date(1948, 1, 1), date(2100, 12, 31))
hours = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(days)
@settings(max_examples=60, deadline=None)
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    written = [
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}. {day.year}",
        f"{day.day} {day:%B %Y}",
        f"{day:%A} {day.day}. {MONTHS[day.month - 1]} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day}-{day:%b-%Y}".upper(),
        wording.day(day),
    ]
    assert {text: cell_parsing.parse_day(text) for text in written} == dict.fromkeys(written, day)


@given(days)
@settings(max_examples=60, deadline=None)
def test_a_day_is_read_in_french_and_norwegian(day: date) -> None:
    whole, short = FRENCH[day.month - 1]
    month, brief = MONTHS[day.month - 1], SHORT[day.month - 1]
    norwegian, french, french_short = WEEKDAYS[day.weekday()]
    first = "1er" if day.day == 1 else str(day.day)
    written = [
        f"{first} {whole} {day.year}",
        f"le {first} {whole} {day.year}",
        f"{french} {first} {whole} {day.year}",
        f"{french_short} {first} {short} {day.year}",
        f"{day.day} {short} {day.year}",
        f"{day.day}-{short}-{day.year}",
        f"{day.day}. {month} {day.year}",
        f"{norwegian} den {day.day}. {month} {day.year}",
        f"{norwegian[:3]}. {day.day}. {brief} {day.year}",
    ]
    forms: tuple[Callable[[str], str], ...] = (
        str,
        str.upper,
        str.title,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.translate(str.maketrans("éû", "eu")),
    )
    found = {form(text): cell_parsing.parse_day(form(text)) for text in written for form in forms}
    assert found == dict.fromkeys(found, day)


@pytest.mark.parametrize("text", ["3 jui 2027", "3 ju 2027", "3 ma 2027", "3 j 2027", "3 mars", "mars 2027", "3 marts 2027"])  # fmt: skip
def test_a_month_that_can_be_two_or_none_is_asked_for_again(text: str) -> None:
    with pytest.raises(UnclearCell, match=r"^cell-not-a-day$"):
        cell_parsing.parse_day(text)


def test_mar_is_march_before_its_day_and_tuesday_before_a_date() -> None:
    written = ("Mar 2 2027", "mar. 2 mars 2027", "2 Mar 2027", "Mar 2, 2027", "mar 2 mar 2027")
    assert {cell_parsing.parse_day(text) for text in written} == {date(2027, 3, 2)}
    with pytest.raises(UnclearCell, match=r"^cell-other-weekday$"):
        cell_parsing.parse_day("mar. 3 mars 2027")


@given(days)
@settings(max_examples=60, deadline=None)
def test_a_day_between_slashes_is_read_only_where_it_can_be_one_day_alone(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day:%m-%d-%Y}"):
        if day.day <= 12 and day.day != day.month:
            with pytest.raises(UnclearCell, match=r"^cell-day-or-month-first$"):
                cell_parsing.parse_day(text)
        else:
            assert cell_parsing.parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        (
            "03/04/2027",
            "cell-day-or-month-first",
            {"day_first": date(2000, 4, 3), "month_first": date(2000, 3, 4), "year": "2027"},
        ),
        ("31.02.2027", "cell-no-such-day", {}),
        ("Mon 3 March 2027", "cell-other-weekday", {"day": date(2027, 3, 3)}),
        ("3.3.27", "cell-no-year", {}),
        ("0203-03-03", "cell-year-out-of-range", {"first": 1948, "last": 2100}),
        ("46449", "cell-excel-number", {}),
        ("in spring", "cell-not-a-day", {}),
    ],
)
def test_what_is_no_certain_day_is_asked_for_again(text: str, code: str, values: dict[str, object]) -> None:
    with pytest.raises(UnclearCell) as unclear:
        cell_parsing.parse_day(text)
    assert unclear.value.problem == Problem(code, values={"cell": text, **values})


@given(days, st.integers(0, 400), hours, hours)
@settings(max_examples=60, deadline=None)
def test_the_phrases_of_our_own_lists_are_read_as_they_are_meant(
    first: date, length: int, at: time, until: time
) -> None:
    last = min(date.fromordinal(first.toordinal() + length), date(2100, 12, 31))
    span = wording.span(first, last)
    assert cell_parsing.parse_period(span) == CellPeriod(first, None if first == last else last)
    timed = CellPeriod(first, None if first == last else last, at, until, "Geneva")
    assert cell_parsing.parse_period(f"{span}, {at:%H:%M}–{until:%H:%M} (Geneva time), 12:00 in New York") == timed


def test_an_hour_is_read_in_the_usual_ways() -> None:
    written = {
        "13:00": time(13),
        "kl. 13.30": time(13, 30),
        "1 pm": time(13),
        "12 a.m.": time(0),
        "1900-01-00 09:15": time(9, 15),
    }
    assert {text: cell_parsing.parse_hour(text) for text in written} == written
    assert cell_parsing.parse_hours("13.00 – 14.30") == (time(13), time(14, 30))
    for text in ("13", "25:00", "13 pm", "noon"):
        with pytest.raises(UnclearCell):
            cell_parsing.parse_hour(text)


def test_zones_organisations_and_states_go_by_the_names_that_people_give_them(reference: Reference) -> None:
    zones = ("europe/zurich", "W. Europe Standard Time", "Geneva", "new york")
    assert [cell_parsing.parse_zone(text, reference) for text in zones] == [
        "Europe/Zurich",
        "Europe/Berlin",
        "Europe/Zurich",
        "America/New_York",
    ]
    names = ("un-hrc", "hrc", "UN Human Rights Council", "HRC, UN Human Rights Council")
    assert {cell_parsing.parse_organisation(text, reference) for text in names} == {"un-hrc"}
    assert [cell_parsing.parse_state(text, reference) for text in ("nor", "Norway", "viet-nam")] == [
        "NOR",
        "NOR",
        "VNM",
    ]


@pytest.mark.parametrize(
    ("parse", "text", "code", "values"),
    [
        (cell_parsing.parse_zone, "Mars/Olympus", "cell-unknown-zone", {}),
        (cell_parsing.parse_organisation, "Human Right Council", "cell-unknown-organisation", {"nearest": "UN Human Rights Council"}),
        (cell_parsing.parse_state, "Norwey", "cell-unknown-state", {"nearest": "Norway"}),
    ],
)  # fmt: skip
def test_what_is_nearly_a_name_is_not_taken_for_it(
    parse: Callable[[str, Reference], str], text: str, code: str, values: dict[str, str], reference: Reference
) -> None:
    with pytest.raises(UnclearCell) as unclear:
        parse(text, reference)
    assert unclear.value.problem == Problem(code, values={"cell": text, **values})
