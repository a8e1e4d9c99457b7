"""The commands for follow-ups."""

from __future__ import annotations

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.engagements import log_engagement
from calendar_model.mission.follow_ups import (
    add_follow_up,
    change_follow_up,
    complete_follow_up,
    list_follow_ups,
    reopen_follow_up,
)
from calendar_model.mission.persons import add_person
from calendar_model.terms import EngagementForm, EngagementKind
from tests.day import TODAY


@pytest.fixture
def engagement(desk: Viewer) -> str:
    values = {
        "title": "Breakfast",
        "engagement_kind": EngagementKind.INVITED,
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
    }
    return log_engagement(desk, values, follow_up={"what": "Thank them", "due": TODAY, "owner_id": desk.person_id})


def test_a_follow_up_is_logged_with_its_engagement_changed_done_and_opened_again(desk: Viewer, engagement: str) -> None:
    other = add_person(ANONYMOUS, {"name": "Other"})

    def only() -> tuple[str, str, object, str, str, int]:
        with reading(desk) as session:
            (line,) = list_follow_ups(session, engagement)
        return line.what, line.owner_id, line.done_on, line.outcome, line.id, line.version

    *columns, id_, version = only()
    assert columns == ["Thank them", desk.person_id, None, ""]
    change_follow_up(desk, id_, version, what=" Write to them ", due=TODAY, owner_id=other)
    complete_follow_up(desk, id_, version + 1, on=TODAY, outcome=" They answered. ")
    assert only()[:4] == ("Write to them", other, TODAY, "They answered.")
    reopen_follow_up(desk, id_, version + 2)
    assert only()[:4] == ("Write to them", other, None, "They answered.")


def test_a_follow_up_is_refused_where_it_is_incomplete_or_its_record_is_not_there(
    desk: Viewer, engagement: str
) -> None:
    with pytest.raises(Refused) as refusal:
        add_follow_up(desk, engagement, what=" ", due=None, owner_id=None)
    assert [problem.field for problem in refusal.value.problems] == ["what", "due", "owner_id"]
    with pytest.raises(Refused) as refusal:
        add_follow_up(member("f" * 32), "0" * 32, what="Write", due=TODAY, owner_id=desk.person_id)
    assert [problem.code for problem in refusal.value.problems] == ["record-gone"]
