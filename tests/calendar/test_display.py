"""Dates of items in words: how far an expected day may be off, terms of mandate holders, how firm a date is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.calendar import interval_words, listed_when, listed_when_known
from tests.day import TODAY
from tests.feeds.tables import table_of

EXPECTED: dict[str, Any] = {
    "date_precision": "expected",
    "standing": "projected",
    "start": "2027-02-22",
    "end": "2027-02-22",
    "earliest": "2027-02-22",
    "latest": "2027-03-01",
}


def row(**values: Any) -> Any:
    return table_of([values]).iloc[0]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (EXPECTED, "expected Mon 22 Feb 2027 ± 7 days"),
        (EXPECTED | {"earliest": "2027-02-12"}, "expected Mon 22 Feb 2027 ± 10 days"),
        (EXPECTED | {"latest": "2027-02-23"}, "expected Mon 22 Feb 2027 ± 1 day"),
        (EXPECTED | {"latest": "2027-02-22"}, "expected Mon 22 Feb 2027"),
        (EXPECTED | {"end": "2027-03-30"}, "expected Mon 22 Feb – Tue 30 Mar 2027 ± 7 days"),
        (
            EXPECTED | {"all_day": False, "starts_at": "2027-02-22 12:00", "ends_at": "2027-02-22 12:00"},
            "expected Mon 22 Feb 2027, 13:00 (Geneva time), ± 7 days",
        ),
        ({"start": "2027-02-01", "end": "2027-04-30", "date_precision": "month"} | {"standing": "projected"},
         "Feb–Apr 2027 (dates not set)"),
        ({}, "Mon 23 Feb – Tue 31 Mar 2026"),
    ],
)  # fmt: skip
def test_a_list_says_how_far_an_expected_day_may_be_off(values: dict[str, Any], words: str) -> None:
    assert plain(listed_when(row(**values), as_of=TODAY)) == words


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        ("2017-11-01", TODAY.isoformat(), "month", "since Nov 2017"),
        ("2020-01-01", TODAY.isoformat(), "year", "since 2020"),
        ("2022-06-24", "2028-06-23", "day", "since Fri 24 Jun 2022"),
        ("2014-06-01", "2020-04-30", "month", "Jun 2014 – Apr 2020"),
        ("2027-05-01", "2030-04-30", "month", "from May 2027"),
    ],
)
def test_a_mandate_holder_has_a_term(start: str, end: str, precision: str, words: str) -> None:
    holder = row(kind="mandate-holder", start=start, end=end, date_precision=precision)
    assert listed_when(holder, as_of=TODAY) == words


@pytest.mark.parametrize(
    ("values", "end"),
    [
        (EXPECTED, " days"),
        (EXPECTED | {"standing": "provisional"}, ", provisional"),
        (EXPECTED | {"standing": "not-confirmed"}, ", not confirmed"),
        ({"standing": "projected", "date_precision": "month"}, "(dates not set)"),
        ({"standing": "projected"}, ", projected"),
        ({"standing": "held"}, ", held"),
    ],
)
def test_how_firm_it_is_follows_where_the_phrase_does_not_say_it(values: dict[str, Any], end: str) -> None:
    assert plain(listed_when_known(row(**values), as_of=TODAY)).endswith(end)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_in_words_holds_the_interval(before: int, after: int) -> None:
    start = date(2027, 2, 22)
    interval = {"earliest": start - timedelta(days=before), "latest": start + timedelta(days=after)}
    words = interval_words({"date_precision": "expected", "start": start, **interval})
    assert (int(words.split()[1]) if words else 0) == max(before, after)
