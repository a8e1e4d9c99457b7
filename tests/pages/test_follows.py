"""Following from pages, and what Today tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.corrections import record_correction
from calendar_model.mission.follows import follow, follows
from calendar_model.mission.transactions import save
from calendar_model.mission.visits import record_visit
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind, FollowKind
from pages.components.shell import item_panel
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, said, sound

SESSION = "session-HRC64"
VALUES = {"start": "2027-03-01", "end": "2027-04-09", "date_precision": "day", "standing": "confirmed"}
ENGAGEMENT = {
    "title": "Talk",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}


@pytest.mark.parametrize(
    ("page", "kind", "key", "parameters"),
    [
        ("agenda", FollowKind.ITEM, SESSION, {item_panel.ITEM: SESSION}),
        ("resolutions", FollowKind.TRACK, "hrc-resolution", {"track": "hrc-resolution"}),
        ("upr", FollowKind.STATE, "NOR", {"by": "state", "state": "NOR"}),
    ],
)
def test_one_button_follows_and_stops(
    me: Viewer, page: str, kind: FollowKind, key: str, parameters: dict[str, str]
) -> None:
    app = sound(open_page(page, me.person_id, **parameters))
    click(app, f"follow_{kind}_{key}")
    assert follows(me) == {(kind, key)}
    click(app, f"follow_{kind}_{key}")
    assert follows(me) == frozenset()


def test_nobody_follows_without_a_user() -> None:
    app = sound(open_page("agenda", item=SESSION))
    assert [one.key for one in app.button if str(one.key).startswith("follow_")] == []


def test_today_tells_what_has_changed_and_by_whom(me: Viewer, other: Viewer) -> None:
    record_visit(me, TODAY - timedelta(days=3))
    talk = save(other, Engagement, ENGAGEMENT)
    app = sound(open_page("engagements", me.person_id, record=talk))
    click(app, f"follow_record_{talk}")
    follow(me, FollowKind.ITEM, SESSION)
    record_correction(other, "sessions.csv", "HRC64", VALUES, source_url="https://example.org/n", note="By notice.")
    save(other, Engagement, {"outcome": "Agreed"}, record_id=talk, seen=1)
    app = sound(open_page("today", me.person_id, {"followed": True}))
    assert app.button(key=f"changed_open_{SESSION}").label
    assert any("1 Mar" in text for text in said(app))
    told = everything(app)
    assert ("https://example.org/n" in told, f"record={talk}" in told, "Other" in told) == (True, True, True)
    click(app, f"unfollow_record_{talk}")
    assert follows(me) == {(FollowKind.ITEM, SESSION)}
    click(app, f"changed_open_{SESSION}")
    assert app.query_params["item"] in (SESSION, [SESSION])
