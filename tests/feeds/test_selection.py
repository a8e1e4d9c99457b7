"""What a feed holds of the calendar: its period, what has no dates yet, its size, and what earlier copies become."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.calendar import Filter, build_table, horizon
from calendar_model.feeds import LARGEST_FOR_GOOGLE, build_feed, feed_rows, with_period
from calendar_model.vocabulary import WINDOWS
from tests.day import TODAY
from tests.feeds import readers
from tests.project_calendar import project_reference, project_table

BASE = "https://calendar.example.org"
BEFORE = Path(__file__).parent / "before_expected_days.csv"
"""Entries of the open feed on the same day, before there were expected days: UID, SEQUENCE, DTSTART and DTEND."""
REFERENCE = project_reference()
TABLE = project_table()


class Entry(NamedTuple):
    """Whole days of an entry, the first after it included."""

    start: date
    end: date


def whole_days(feed: bytes) -> dict[str, Entry]:
    """The entries of whole days, by identifier."""
    seen = readers.by_icalendar(feed)
    return {
        uid: Entry(one.start, one.end)
        for uid, one in seen.items()
        if not isinstance(one.start, datetime) and one.end is not None
    }


@pytest.fixture(scope="module")
def open_feed() -> bytes:
    return build_feed(REFERENCE, TABLE, Filter(), BASE)


# Period


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [
        (TODAY, date(2025, 11, 24), date(2028, 11, 24)),
        (date(2028, 2, 29), date(2027, 2, 28), date(2030, 2, 28)),
    ],
)
def test_without_a_period_it_is_one_year_back_and_two_ahead(as_of: date, start: date, end: date) -> None:
    chosen = Filter(kinds=("session",))
    found = with_period(chosen, as_of)
    assert (found.kinds, found.start, found.end) == (("session",), start, end)


@pytest.mark.parametrize(
    "chosen", [Filter(start=TODAY), Filter(end=TODAY), Filter(start=date(2007, 1, 1), end=date(2036, 12, 31))]
)
def test_a_filter_with_a_period_gives_that_period(chosen: Filter) -> None:
    assert with_period(chosen, TODAY) == chosen


periods = st.tuples(st.dates(date(2006, 1, 1), date(2036, 12, 31)), st.integers(0, 1500)).map(
    lambda drawn: Filter(start=drawn[0], end=drawn[0] + timedelta(days=drawn[1]))
)


@given(st.one_of(st.just(Filter()), periods), st.booleans())
def test_every_entry_is_in_the_period_and_none_is_left_out(chosen: Filter, windows: bool) -> None:
    rows = feed_rows(TABLE, chosen, REFERENCE, windows=windows)
    period = with_period(chosen, TODAY)
    assert period.start is not None
    assert period.end is not None
    in_period = (TABLE["start"] <= pd.Timestamp(period.end)) & (TABLE["entry_end"] >= pd.Timestamp(period.start))
    old = TABLE["standing"].eq("cancelled") & (TABLE["updated"] < pd.Timestamp(TODAY - timedelta(days=90)))
    window = TABLE["date_precision"].isin(WINDOWS)
    assert rows["item"].to_list() == TABLE.loc[in_period & ~old & (windows | ~window), "item"].to_list()


# Size, and how full a month is


@pytest.mark.parametrize("windows", [False, True])
def test_the_open_feed_is_smaller_than_google_takes(windows: bool) -> None:
    size = len(build_feed(REFERENCE, TABLE, Filter(), BASE, windows=windows))
    assert size < 0.8 * LARGEST_FOR_GOOGLE


def test_a_subscriber_to_everything_sees_at_most_eight_whole_days_on_a_day_in_march(open_feed: bytes) -> None:
    march = [date(2027, 3, day) for day in range(1, 32)]
    seen = {day: [uid for uid, one in whole_days(open_feed).items() if one.start <= day < one.end] for day in march}
    assert {day: uids for day, uids in seen.items() if len(uids) > 8} == {}
    assert "session-HRC64@hrd-calendar.example" in seen[date(2027, 3, 1)]


def test_no_entry_is_longer_than_what_it_stands_for(open_feed: bytes) -> None:
    ends = dict(zip(TABLE["uid"], TABLE["end"].dt.date, strict=True))
    entries = whole_days(open_feed)
    assert [uid for uid, one in entries.items() if one.end - timedelta(days=1) > ends[uid]] == []
    long = {uid for uid, one in entries.items() if (one.end - one.start).days > 60}
    assert {uid.partition("-GA8")[0] for uid in long} == {"session"}


def test_a_session_of_a_year_is_its_opening_its_main_part_and_its_close(open_feed: bytes) -> None:
    entries = whole_days(open_feed)
    of_year = {
        item: entries[f"{item}@hrd-calendar.example"] for item in ("ga-opening-2027", "session-GA82", "close-GA82")
    }
    assert of_year == {
        "ga-opening-2027": Entry(date(2027, 9, 7), date(2027, 9, 8)),
        "session-GA82": Entry(date(2027, 9, 7), date(2027, 12, 25)),
        "close-GA82": Entry(date(2028, 9, 5), date(2028, 9, 6)),
    }


# What others read


def test_three_unrelated_readers_see_the_same_in_the_open_feed(open_feed: bytes) -> None:
    seen = readers.by_icalendar(open_feed)
    assert readers.by_vobject(open_feed) == seen
    assert readers.by_ical(open_feed) == seen
    expected = TABLE[TABLE["date_precision"].eq("expected")].set_index("uid")
    found = {uid: one for uid, one in seen.items() if uid in expected.index}
    assert len(found) > 100
    for uid, one in found.items():
        row = expected.loc[uid]
        assert one.start == row["start"].date()
        assert one.end == row["entry_end"].date() + timedelta(days=1)
        assert one.status == "TENTATIVE"
        assert one.summary.endswith((" (expected)", " (not confirmed)"))
        assert str(row["basis"]) in one.description
        if row["earliest"] < row["latest"]:
            assert "between " in one.description


# Copies from before


def _before() -> dict[str, tuple[int, Entry]]:
    with BEFORE.open(newline="", encoding="utf-8") as file:
        return {
            row["uid"]: (int(row["sequence"]), Entry(date.fromisoformat(row["start"]), date.fromisoformat(row["end"])))
            for row in csv.DictReader(file, delimiter=";")
        }


def test_old_subscriptions_follow_under_the_same_identifiers() -> None:
    feed = build_feed(REFERENCE, TABLE, Filter(), BASE, windows=True)
    now, sequences = whole_days(feed), {uid: one.sequence for uid, one in readers.by_icalendar(feed).items()}
    for uid, (sequence, old) in _before().items():
        assert sequences[uid] >= sequence, uid
        assert now[uid].end - now[uid].start <= old.end - old.start, uid
        assert now[uid] == old or sequences[uid] > sequence, uid


def test_long_entries_of_windows_give_way(open_feed: bytes) -> None:
    entries = whole_days(open_feed)
    windows = {uid for uid, (_, old) in _before().items() if (old.end - old.start).days > 45}
    kept = windows & set(entries)
    assert len(kept) > 10
    assert TABLE.set_index("uid").loc[[*windows - kept], "date_precision"].isin(WINDOWS).all()
    assert all((entries[uid].end - entries[uid].start).days < 60 for uid in kept if "session-GA8" not in uid)


@pytest.mark.parametrize("days", [97, 296])
def test_no_sequence_falls_as_time_passes(days: int) -> None:
    later = TODAY + timedelta(days=days)
    then = build_table(REFERENCE, later, horizon(later)).set_index("uid")["sequence"]
    now = TABLE.set_index("uid")["sequence"]
    both = now.index.intersection(then.index)
    assert len(both) > 2000
    assert list(both[then[both] < now[both]]) == []
