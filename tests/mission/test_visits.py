"""The day of the visit before: once a day, of the person alone, without a trace in the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.mission.transactions import writing
from calendar_model.mission.visits import record_visit
from calendar_model.store.models import LastVisit
from tests.day import TODAY


def test_the_visit_before_is_that_of_another_day(me: Viewer) -> None:
    days = [TODAY, TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=3), TODAY + timedelta(days=4)]
    assert [record_visit(me, day) for day in days] == [None, None, TODAY, TODAY, TODAY + timedelta(days=3)]


def test_a_clock_that_goes_back_changes_nothing(me: Viewer) -> None:
    record_visit(me, TODAY)
    assert record_visit(me, TODAY - timedelta(days=2)) is None
    assert record_visit(me, TODAY + timedelta(days=1)) == TODAY


def test_nobody_has_no_visits() -> None:
    assert record_visit(ANONYMOUS, TODAY) is None


def test_it_is_the_persons_own_and_changes_nothing_for_others(me: Viewer, other: Viewer) -> None:
    before = change_token()
    record_visit(me, TODAY)
    assert change_token() == before
    with reading(other) as session:
        assert session.scalars(select(LastVisit)).all() == []
    with reading(me) as session:
        assert [visit.day for visit in session.scalars(select(LastVisit))] == [TODAY]


def test_nobody_writes_the_visit_of_another(me: Viewer, other: Viewer) -> None:
    with pytest.raises(Refused), writing(other) as session:
        session.add(LastVisit(id=me.person_id, day=TODAY, before=None))
