"""Themes of records: one spelling where their writer sees both, and none that changes by itself."""

from __future__ import annotations

from sqlalchemy import select

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.missions import add_mission
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Person, RecordTheme
from calendar_model.terms import EngagementForm, EngagementKind, Role
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

MEETING = {
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
    "title": "Talk",
    "sensitivity": Sensitivity.INTERNAL,
}


def themes(who: Viewer, record_id: str) -> list[str]:
    with reading(who) as session:
        return list(session.scalars(select(RecordTheme.theme).where(RecordTheme.record_id == record_id)))


def test_a_theme_is_written_as_others_write_it(me: Viewer, other: Viewer) -> None:
    save(me, Engagement, MEETING, themes=["Reprisals"])
    assert themes(me, save(other, Engagement, MEETING, themes=["reprisals "])) == ["Reprisals"]


def test_a_theme_in_two_spellings_stays_as_it_is(me: Viewer) -> None:
    made = {}
    for name, theme in (("Geneva", "Reprisals"), ("Vienna", "reprisals")):
        mission = add_mission(OPERATOR, name)
        who = member(save(OPERATOR, Person, {"name": name, "given": {(Role.EDITOR, mission)}}))
        # Neither sees the record of the other.
        made[theme] = save(who, Engagement, {**MEETING, "mission_id": mission}, themes=[theme])
    for theme, record_id in made.items():
        save(me, Engagement, {"place": "Palais"}, record_id=record_id, seen=1, themes=[theme])
        assert themes(me, record_id) == [theme]
