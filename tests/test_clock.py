"""The day and the instant on which the product stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from calendar_model import clock
from calendar_model.clock import TODAY_VARIABLE


def _machine_stands_at(instant: datetime, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clock, "machine_now", lambda: instant)


def test_without_the_variable_it_is_the_machines_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TODAY_VARIABLE, raising=False)
    instant = datetime(2030, 12, 31, 23, 59, tzinfo=UTC)
    _machine_stands_at(instant, monkeypatch)
    assert (clock.today(), clock.now()) == (date(2030, 12, 31), instant)


def test_a_day_keeps_the_machines_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2028-02-29")
    _machine_stands_at(datetime(2030, 12, 31, 23, 59, tzinfo=UTC), monkeypatch)
    assert clock.now() == datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
    assert clock.today() == date(2028, 2, 29)


def test_an_instant_stands_still_and_is_told_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-10-25T01:30:00+02:00")
    assert clock.now() == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.today() == date(2026, 10, 24)


@pytest.mark.parametrize("text", ["bogus", "2028-02-30", "2028-02-29T12:00:00", "29.2.2028"])
def test_anything_else_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, text)
    with pytest.raises(ValueError, match=r"."):
        clock.now()


@pytest.mark.parametrize(
    ("instant", "day", "has_come"),
    [
        ("2026-11-28T09:59:59+00:00", date(2026, 11, 29), False),
        ("2026-11-28T10:00:00+00:00", date(2026, 11, 29), True),
        ("2026-11-28T10:00:00+00:00", date(2026, 11, 30), False),
        ("2028-02-28T23:00:00+00:00", date(2028, 2, 29), True),
    ],
)
def test_a_day_has_come_once_it_has_begun_in_the_first_zone(
    instant: str, day: date, has_come: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, instant)
    assert clock.has_come(day) is has_come
