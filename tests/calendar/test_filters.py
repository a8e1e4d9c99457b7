"""The one filter: what it keeps, and that an address gives the same filter back."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.calendar import Filter, FilterError, allowed_values, describe
from calendar_model.calendar.filters import LONGEST_TEXT, MOST_VALUES, MOST_WORDS
from calendar_model.reference import Reference
from tests.project_calendar import project_reference, project_table

REFERENCE = project_reference()
TABLE = project_table()
ALLOWED = allowed_values(REFERENCE)


def some(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(ALLOWED[name]), max_size=3, unique=True).map(lambda v: tuple(sorted(v)))


PERIODS = st.one_of(
    st.just((None, None)),
    st.tuples(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.dates(date(1990, 1, 1), date(2040, 1, 1))).map(
        lambda days: tuple(sorted(days))
    ),
)
FILTERS = st.builds(
    lambda o, b, k, t, c, s, p, q: Filter(o, b, k, t, c, s, p[0], p[1], q),
    some("organisation"),
    some("body"),
    some("kind"),
    some("track"),
    some("country"),
    some("standing"),
    PERIODS,
    st.sampled_from(["", "defenders", "Geneva session", "norway"]),
)


def titles(found: pd.DataFrame) -> list[str]:
    return list(found["item"])


@given(chosen=FILTERS)
def test_an_address_says_the_same_as_the_filter(chosen: Filter) -> None:
    assert Filter.from_params(chosen.to_params(), REFERENCE) == chosen


@given(FILTERS)
@settings(max_examples=60)
def test_a_filter_that_is_kept_comes_back_as_it_was(chosen: Filter) -> None:
    assert Filter.from_query(chosen.query) == chosen
    assert parse_qsl(chosen.query) == chosen.to_params()


@given(chosen=FILTERS)
@settings(max_examples=60, deadline=None)
def test_a_filter_keeps_order_and_changes_nothing_the_second_time(chosen: Filter) -> None:
    once = chosen.apply(TABLE, REFERENCE)
    assert titles(chosen.apply(once, REFERENCE)) == titles(once)
    kept = set(once["item"])
    assert [item for item in TABLE["item"] if item in kept] == titles(once)
    assert once.attrs == TABLE.attrs


@given(first=FILTERS, second=FILTERS)
@settings(max_examples=40, deadline=None)
def test_two_filters_in_a_row_keep_what_both_keep(first: Filter, second: Filter) -> None:
    both = second.apply(first.apply(TABLE, REFERENCE), REFERENCE)
    assert set(both["item"]) == set(first.apply(TABLE, REFERENCE)["item"]) & set(second.apply(TABLE, REFERENCE)["item"])


def test_the_empty_filter_keeps_everything(table: pd.DataFrame, reference: Reference) -> None:
    assert titles(Filter().apply(table, reference)) == titles(table)
    assert not Filter().active


def test_an_organisation_stands_for_all_beneath_it(table: pd.DataFrame, reference: Reference) -> None:
    council = Filter(organisations=("un-hrc",)).apply(table, reference)
    assert set(council["body"]) == {"un-hrc", "un-hrc-upr"}
    assert set(Filter(organisations=("un-hrc-upr",)).apply(table, reference)["body"]) == {"un-hrc-upr"}
    assert set(Filter(bodies=("un-hrc",)).apply(table, reference)["body"]) == {"un-hrc"}
    family = Filter(organisations=("un",)).apply(table, reference)
    assert {"un-hrc", "un-ga", "un-csw"} <= set(family["organisation"])
    assert "osce" not in set(family["organisation"])


def test_a_period_keeps_what_overlaps_it(table: pd.DataFrame, reference: Reference) -> None:
    inside = Filter(start=date(2026, 3, 30), end=date(2026, 3, 30), organisations=("un-hrc",)).apply(table, reference)
    assert {"session-HRC61", "sr-mandate-HRC61"} <= set(inside["item"])
    assert "session-HRC62" not in set(inside["item"])


def test_a_country_finds_its_reviews_and_its_sessions(table: pd.DataFrame, reference: Reference) -> None:
    found = Filter(countries=("NOR",), kinds=("upr-review",)).apply(table, reference)
    assert titles(found)[:2] == ["upr-3-NOR", "upr-4-NOR"]
    sessions = Filter(countries=("NOR",), kinds=("session",)).apply(table, reference)
    assert titles(sessions)[:2] == ["session-UPR33", "session-UPR47"]


def test_every_word_of_a_search_must_occur(table: pd.DataFrame, reference: Reference) -> None:
    assert titles(Filter(text="norway ÉTAT").apply(table, reference)) == []
    assert "upr-4-NOR" in titles(Filter(text="norway upr").apply(table, reference))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            [("organization", "osce")],
            "Unknown parameter “organization”. Use organisation, body, kind, track, country, standing, period or q.",
        ),
        (
            [("standing", "sure")],
            "“sure” is not a value of “standing”. Use held, confirmed, provisional, projected, not-confirmed or cancelled.",
        ),
        (
            [("country", "Norge")],
            "“Norge” is not a country of the calendar. Use a three-letter code of a UN member state, such as NOR.",
        ),
        (
            [("period", "2026-11-24")],
            (
                "Enter “period” twice, with a start date and an end date on or after it, such as "
                "period=2026-11-24&period=2027-02-22."
            ),
        ),
    ],
)
def test_what_is_not_allowed_gets_a_sentence(params: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(FilterError) as refused:
        Filter.from_params(params, REFERENCE)
    assert str(refused.value) == sentence


def test_values_may_be_written_in_any_case() -> None:
    chosen = Filter.from_params([("country", "nor"), ("organisation", "OSCE"), ("organisation", "osce")], REFERENCE)
    assert (chosen.countries, chosen.organisations) == (("NOR",), ("osce",))


def test_a_filter_is_said_in_a_sentence() -> None:
    chosen = Filter(
        organisations=("un-hrc",), countries=("NOR",), start=date(2026, 11, 24), end=date(2027, 2, 22), text="upr"
    )
    assert describe(chosen, REFERENCE) == "HRC; Norway; Tue 24 Nov 2026 – Mon 22 Feb 2027; with “upr”"
    assert describe(Filter(), REFERENCE) == "everything in the calendar"


@pytest.mark.parametrize(
    "text", ["x" * (LONGEST_TEXT + 1), "a " * (MOST_WORDS + 1), "word " * 20_000, "\u2003".join("x" * (MOST_WORDS + 1))]
)
def test_a_search_that_is_too_long_is_refused_wherever_it_comes_from(text: str) -> None:
    with pytest.raises(FilterError, match=f"{LONGEST_TEXT} characters and {MOST_WORDS} words"):
        Filter.from_params([("q", text)], REFERENCE)
    with pytest.raises(FilterError):
        Filter.from_query(Filter(text=text.strip()).query)


def test_a_search_up_to_the_limit_is_taken() -> None:
    for text in ("x" * LONGEST_TEXT, " ".join("x" * MOST_WORDS)):
        assert Filter.from_params([("q", f" {text} ")], REFERENCE).text == text


def test_values_without_number_are_refused() -> None:
    for name, value in (("organisation", "un-hrc"), ("country", "NOR"), ("period", "2026-11-24"), ("q", "x")):
        assert len(Filter.from_params([(name, value)] * (1 if name != "period" else 2), REFERENCE).to_params()) > 0
        with pytest.raises(FilterError, match=str(MOST_VALUES)):
            Filter.from_params(((name, value) for _ in range(MOST_VALUES + 1)), REFERENCE)
    everything = [("country", code) for code in REFERENCE.states] + [("body", code) for code in REFERENCE.organisations]
    assert Filter.from_params(everything, REFERENCE).active


@pytest.mark.parametrize(("name", "value"), [("country", "X" * 5000), ("organisation", "x" * 5000), ("y" * 5000, "1")])
def test_a_refusal_says_back_the_beginning_alone(name: str, value: str) -> None:
    with pytest.raises(FilterError) as refused:
        Filter.from_params([(name, value)], REFERENCE)
    assert max(len(word) for word in str(refused.value).split()) < 80
