"""When a digest is due, across zones and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.digest.schedule import Schedule, due_day, next_begin
from calendar_model.terms import MailRhythm

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DAILY, WEEKLY, OFF = MailRhythm.DAILY, MailRhythm.WEEKLY, MailRhythm.OFF
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "instant", "day"),
    [
        # Oslo is two hours ahead of UTC in summer and one in winter.
        (Schedule(DAILY, (1, 2, 3, 4, 5), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T05:59", None),
        (Schedule(DAILY, (1, 2, 3, 4, 5), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T06:00", date(2026, 11, 24)),
        (Schedule(DAILY, (1, 2, 3, 4, 5), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T22:59", date(2026, 11, 24)),
        (Schedule(DAILY, (1, 2, 3, 4, 5), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T23:00", None),
        (Schedule(DAILY, (1, 2, 3, 4, 5), 7, "Europe/Oslo", LONG_AGO), "2026-11-28T08:00", None),
        # In Auckland it is thirteen hours later: Wednesday.
        (Schedule(DAILY, (3,), 7, "Pacific/Auckland", LONG_AGO), "2026-11-24T18:00", date(2026, 11, 25)),
        # A weekly one that was missed on Monday goes out on Tuesday at the same hour, and not on a Saturday.
        (Schedule(WEEKLY, (1,), 7, "Europe/Oslo", LONG_AGO), "2026-11-23T06:00", date(2026, 11, 23)),
        (Schedule(WEEKLY, (1,), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T05:00", None),
        (Schedule(WEEKLY, (1,), 7, "Europe/Oslo", LONG_AGO), "2026-11-24T06:00", date(2026, 11, 23)),
        (Schedule(WEEKLY, (1,), 7, "Europe/Oslo", LONG_AGO), "2026-11-28T09:00", None),
        (Schedule(WEEKLY, (7,), 7, "Europe/Oslo", LONG_AGO), "2026-11-29T06:00", date(2026, 11, 29)),
        # What was due before it was chosen is not sent.
        (Schedule(WEEKLY, (1,), 7, "Europe/Oslo", at("2026-11-23T06:01")), "2026-11-24T06:00", None),
        (Schedule(OFF, (1,), 7, "Europe/Oslo", LONG_AGO), "2026-11-23T06:00", None),
        # On 29 March 2026 Oslo has no hour from 02:00 to 03:00: it begins as the clock goes on, at 01:00 UTC.
        (Schedule(DAILY, EVERY_DAY, 2, "Europe/Oslo", LONG_AGO), "2026-03-29T00:59", None),
        (Schedule(DAILY, EVERY_DAY, 2, "Europe/Oslo", LONG_AGO), "2026-03-29T01:00", date(2026, 3, 29)),
        # On 25 October 2026 it has the hour from 02:00 twice: the first begins at 00:00 UTC.
        (Schedule(DAILY, EVERY_DAY, 2, "Europe/Oslo", LONG_AGO), "2026-10-25T00:00", date(2026, 10, 25)),
        (Schedule(DAILY, EVERY_DAY, 2, "Europe/Oslo", LONG_AGO), "2026-10-25T01:00", date(2026, 10, 25)),
    ],
)
def test_a_digest_is_due_on_its_day_from_its_hour_on(schedule: Schedule, instant: str, day: date | None) -> None:
    assert due_day(schedule, at(instant)) == day


schedules = st.builds(
    Schedule,
    st.just(DAILY),
    st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    st.integers(0, 23),
    st.sampled_from(["Europe/Oslo", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "Pacific/Apia"]),
    st.just(LONG_AGO),
)

instants = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00") + timedelta(minutes=minutes))


@given(schedules, instants)
def test_who_asks_every_half_hour_gets_each_chosen_day_once(schedule: Schedule, start: datetime) -> None:
    """In nine days each chosen day is due, and all at once: never again once another is."""
    asked = [start + timedelta(minutes=30) * number for number in range(48 * 9)]
    due = [day for day in (due_day(schedule, instant) for instant in asked) if day is not None]
    assert due == sorted(due)
    whole = {(schedule.local_day(start) + timedelta(days=number)) for number in range(1, 8)}
    assert {day for day in whole if day.isoweekday() in schedule.workdays} == set(due) & whole


@given(schedules, instants)
def test_the_next_one_is_due_when_it_begins(schedule: Schedule, instant: datetime) -> None:
    begin = next_begin(schedule, instant)
    assert begin is not None
    assert begin > instant
    assert due_day(schedule, begin) == schedule.local_day(begin)
