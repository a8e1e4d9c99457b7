"""What a person follows, and the changes of dates and records that they are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.mission.corrections import record_correction
from calendar_model.mission.events import item_of, save_event
from calendar_model.mission.follows import (
    DateSource,
    changed_by_others,
    changed_dates,
    changed_records,
    follow,
    followed,
    followed_items,
    follows,
    unfollow,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Case, Engagement, Follow, Imported, observed_date
from calendar_model.store.observed_dates import ObservedDate
from calendar_model.terms import EngagementForm, EngagementKind, EventKind, FollowKind, RecordKind, Suggester
from calendar_model.vocabulary import Precision, Sensitivity, Standing
from tests.day import TODAY

SESSION = "session-HRC64"
SOURCE = "https://example.org/notice"
ENGAGEMENT = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}


def before() -> datetime:
    """An instant before all that the test does next."""
    return clock.now() - timedelta(microseconds=1)


def move(who: Viewer, start: str = "2027-03-01", end: str = "2027-04-09") -> None:
    values = {"start": start, "end": end, "date_precision": "day", "standing": "confirmed"}
    record_correction(who, "sessions.csv", "HRC64", values, source_url=SOURCE, note="By notice.")


def test_what_is_followed_is_the_persons_own(me: Viewer, other: Viewer) -> None:
    token = change_token()
    for kind, key in ((FollowKind.ITEM, SESSION), (FollowKind.TRACK, "hrc-resolution"), (FollowKind.STATE, "NOR")):
        follow(me, kind, key)
        follow(me, kind, key)
    assert change_token() == token
    assert [(one.kind, one.key) for one in followed(me)] == [
        (FollowKind.ITEM, SESSION), (FollowKind.TRACK, "hrc-resolution"), (FollowKind.STATE, "NOR"),
    ]  # fmt: skip
    assert all(one.title for one in followed(me))
    assert (follows(other), followed(other), follows(ANONYMOUS)) == (frozenset(), (), frozenset())
    with reading(other) as session:
        assert session.scalars(select(Follow)).all() == []
    unfollow(other, FollowKind.ITEM, SESSION)
    unfollow(me, FollowKind.ITEM, SESSION)
    assert {key for _, key in follows(me)} == {"hrc-resolution", "NOR"}


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (FollowKind.ITEM, "session-HRC999"),
        (FollowKind.TRACK, SESSION),
        (FollowKind.STATE, "XXX"),
        (FollowKind.RECORD, "0" * 32),
        (FollowKind.ITEM, ""),
    ],
)
def test_only_what_is_there_is_followed(me: Viewer, kind: FollowKind, key: str) -> None:
    with pytest.raises(Refused):
        follow(me, kind, key)


def test_nobody_follows_for_another(me: Viewer, other: Viewer) -> None:
    row = {"followed_kind": FollowKind.ITEM, "followed_key": SESSION}
    with pytest.raises(Refused), writing(other) as session:
        session.add(Follow(person_id=me.person_id, **row))
    follow(me, FollowKind.ITEM, SESSION)
    with pytest.raises(Refused), writing(me) as session:
        session.scalars(select(Follow)).one().followed_key = "session-HRC65"
    everything = {"everything": True}
    with pytest.raises(Refused), writing(other) as session:
        session.delete(session.scalars(select(Follow).execution_options(**everything)).one())


def test_a_record_that_one_cannot_see_is_not_followed(me: Viewer, other: Viewer) -> None:
    hidden = save(other, Engagement, {"title": "Talk", "sensitivity": Sensitivity.RESTRICTED, **ENGAGEMENT})
    with pytest.raises(Refused) as refused:
        follow(me, FollowKind.RECORD, hidden)
    assert [one.code for one in refused.value.problems] == ["record-gone"]


def test_a_record_that_is_closed_to_its_follower_has_no_title_any_more(me: Viewer, other: Viewer) -> None:
    talk = save(other, Engagement, {"title": "Talk", **ENGAGEMENT}, items=[SESSION])
    follow(me, FollowKind.RECORD, talk)
    assert (followed(me)[0].title, followed_items(me)) == ("Talk", frozenset({SESSION}))
    save(other, Engagement, {"sensitivity": Sensitivity.RESTRICTED}, record_id=talk, seen=1)
    assert (followed(me)[0].title, followed(me)[0].record_kind, followed_items(me)) == ("", None, frozenset())
    assert changed_records(me, before() - timedelta(days=1)) == []


def test_items_are_followed_through_a_track_and_a_state(me: Viewer) -> None:
    follow(me, FollowKind.TRACK, "hrc-resolution")
    assert "hrc-resolution-HRC67" in followed_items(me)
    unfollow(me, FollowKind.TRACK, "hrc-resolution")
    follow(me, FollowKind.STATE, "NOR")
    found = followed_items(me)
    assert found
    assert not any(item.startswith("session-") for item in found)


def test_a_correction_of_a_followed_date_names_old_and_new_its_source_and_who(me: Viewer, other: Viewer) -> None:
    follow(me, FollowKind.ITEM, SESSION)
    since = before()
    assert changed_dates(me, since) == []
    move(other)
    (change,) = changed_dates(me, since)
    assert (change.item, change.source, change.source_url, change.person_id) == (
        SESSION, DateSource.CORRECTION, SOURCE, other.person_id,
    )  # fmt: skip
    assert (change.new.start, change.new.end) == (date(2027, 3, 1), date(2027, 4, 9))
    assert (change.new.precision, change.new.standing) == (Precision.DAY, Standing.CONFIRMED)
    assert change.old.start != change.new.start
    assert since < change.at <= clock.now()
    assert change.title
    assert changed_dates(me, clock.now()) == []
    assert changed_dates(other, since) == []


def test_two_changes_are_one_and_a_change_taken_back_is_none(me: Viewer, other: Viewer) -> None:
    follow(me, FollowKind.ITEM, SESSION)
    since = before()
    first = changed_dates(me, since)
    move(other)
    (once,) = changed_dates(me, since)
    between = before()
    move(me, "2027-03-08", "2027-04-16")
    (both,) = changed_dates(me, since)
    assert (both.old, both.new.start, both.person_id) == (once.old, date(2027, 3, 8), me.person_id)
    (second,) = changed_dates(me, between)
    assert (second.old, second.new) == (once.new, both.new)
    move(me, str(both.old.start), str(both.old.end))
    changes = changed_dates(me, since)
    assert first == []
    assert [one.new.start for one in changes] in ([], [both.old.start])


def test_however_many_look_a_change_is_noted_once(me: Viewer, other: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(me, FollowKind.ITEM, SESSION)
    since = before()
    move(other)
    for _ in range(3):
        # As another process, which has seen nothing yet.
        monkeypatch.setattr("calendar_model.mission.observed_dates._seen", {})
        assert len(changed_dates(me, since)) == 1
    with current_workspace().single_statements() as connection:
        numbers = connection.scalars(select(observed_date.c.number).where(observed_date.c.item == SESSION))
        assert sorted(numbers) == [1, 2]


def test_nothing_is_noted_while_nobody_follows(me: Viewer, other: Viewer) -> None:
    move(other)
    assert changed_dates(me, before()) == []
    with current_workspace().single_statements() as connection:
        assert connection.scalars(select(observed_date.c.item)).all() == []


EVENT = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "title": "Panel", "start": TODAY, "end": TODAY}


def test_an_event_that_is_moved_is_told_to_those_who_see_it(me: Viewer, other: Viewer) -> None:
    shown = save_event(other, EVENT)
    hidden = save_event(other, {**EVENT, "title": "Closed", "sensitivity": Sensitivity.RESTRICTED}, named=[])
    follow(me, FollowKind.ITEM, item_of(shown))
    follow(other, FollowKind.RECORD, hidden)
    since, later = before(), TODAY + timedelta(days=7)
    save_event(me, {"start": later, "end": later}, event_id=shown, seen=1)
    save_event(other, {"start": later, "end": later}, event_id=hidden, seen=1)
    (change,) = changed_dates(me, since)
    assert (change.item, change.title, change.source) == (item_of(shown), "Panel", DateSource.STAFF)
    assert (change.old.start, change.new.start, change.person_id) == (TODAY, later, me.person_id)
    (closed,) = changed_dates(other, since)
    assert (closed.item, closed.title) == (item_of(hidden), "Closed")
    save_event(me, {"start": TODAY, "end": TODAY}, event_id=shown, seen=2)
    assert changed_dates(me, since) == []


def test_what_staff_change_of_an_imported_event_is_not_told_as_imported(me: Viewer, other: Viewer) -> None:
    made = save_event(me, EVENT)
    with writing(me) as session:
        # Its file had no dates, as of a table in which only the titles were corrected.
        session.add(
            Imported(record_id=made, uid="1", source_name="Side events", values='{"title": "Panel"}', taken_on=TODAY)
        )
    follow(me, FollowKind.RECORD, made)
    since, later = before(), TODAY + timedelta(days=7)
    save_event(other, {"start": later, "end": later}, event_id=made, seen=1)
    (change,) = changed_dates(me, since)
    assert (change.source, change.source_name, change.person_id) == (DateSource.STAFF, "", other.person_id)
    with writing(me) as session:
        session.scalars(select(Imported)).one().values = f'{{"start": "{later}"}}'
    (change,) = changed_dates(me, since)
    assert (change.source, change.source_name) == (DateSource.IMPORT, "Side events")


def test_hours_of_an_event_that_change_are_told_in_words(me: Viewer) -> None:
    made = save_event(me, EVENT)
    follow(me, FollowKind.RECORD, made)
    since = before()
    save_event(me, {"start_time": time(13), "timezone": "Europe/Zurich"}, event_id=made, seen=1)
    (change,) = changed_dates(me, since)
    assert change.old.starts_at is None
    assert change.new.starts_at == datetime(2026, 11, 24, 12, tzinfo=change.at.tzinfo)
    assert change.new.when("Europe/Oslo") != change.old.when("Europe/Oslo")


def test_what_others_have_done_with_records_is_told(me: Viewer, other: Viewer) -> None:
    mine = save(me, Engagement, {"title": "Mine", **ENGAGEMENT})
    theirs = save(other, Engagement, {"title": "Theirs", **ENGAGEMENT})
    apart = save(other, Engagement, {"title": "Apart", **ENGAGEMENT})
    since = before()
    save(other, Engagement, {"outcome": "Agreed"}, record_id=mine, seen=1)
    save(me, Engagement, {"place": "Geneva"}, record_id=mine, seen=2)
    save(other, Engagement, {"outcome": "Agreed"}, record_id=theirs, seen=1)
    save(other, Engagement, {"outcome": "Agreed"}, record_id=apart, seen=1)
    assert [(one.record_id, one.is_own) for one in changed_records(me, since)] == [(mine, True)]
    follow(me, FollowKind.RECORD, theirs)
    save(other, Engagement, {}, record_id=apart, seen=2, items=[SESSION])
    assert [one.title for one in changed_records(me, since)] == ["Theirs", "Mine"]
    follow(me, FollowKind.ITEM, SESSION)
    (linked, followed_one, own) = changed_records(me, since)
    assert (linked.title, linked.is_followed, linked.is_own, linked.kind) == (
        "Apart", False, False, RecordKind.ENGAGEMENT,
    )  # fmt: skip
    assert followed_one.is_followed
    assert [line.person_id for line in own.lines] == [other.person_id]
    assert [step.columns for line in own.lines for step in line.steps] == [("outcome",)]


def test_lists_mark_what_others_have_changed_and_the_reader_can_see(me: Viewer, other: Viewer) -> None:
    mine, theirs = (save(who, Engagement, {"title": "One", **ENGAGEMENT}) for who in (me, other))
    since = before()
    save(me, Engagement, {"place": "Geneva"}, record_id=mine, seen=1)
    hidden = save(other, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY})
    assert changed_by_others(me, since) == frozenset()
    save(other, Engagement, {}, record_id=theirs, seen=1, items=[SESSION])
    assert changed_by_others(me, since) == {theirs}
    assert changed_by_others(other, since) == {mine}
    assert hidden not in changed_by_others(other, since) | changed_by_others(me, since)
    assert changed_by_others(ANONYMOUS, since) == frozenset()


def test_only_the_newest_lines_of_the_history_are_looked_through(
    me: Viewer, other: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = before()
    theirs = save(other, Engagement, {"title": "Theirs", **ENGAGEMENT})
    for number in range(3):
        save(me, Engagement, {"title": f"Mine {number}", **ENGAGEMENT})
    assert changed_by_others(me, since) == {theirs}
    monkeypatch.setattr("calendar_model.mission.follows.LOOKED_THROUGH", 3)
    assert changed_by_others(me, since) == frozenset()


def test_the_number_of_queries_does_not_grow(me: Viewer, other: Viewer) -> None:
    def asked() -> int:
        statements: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        engine = current_workspace().engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", count)
        changed_dates(me, since)
        changed_records(me, since)
        sqlalchemy_event.remove(engine, "before_cursor_execute", count)
        return len(statements)

    since = before()
    made = [save_event(other, {**EVENT, "title": f"Panel {number}"}) for number in range(12)]
    later = TODAY + timedelta(days=7)
    for event_id in made:
        save_event(other, {"start": later, "end": later}, event_id=event_id, seen=1)
    follow(me, FollowKind.RECORD, made[0])
    changed_dates(me, since)
    few = asked()
    for event_id in made[1:]:
        follow(me, FollowKind.RECORD, event_id)
    follow(me, FollowKind.TRACK, "hrc-resolution")
    follow(me, FollowKind.STATE, "NOR")
    many = asked()
    assert len(changed_dates(me, since)) == 12
    assert many <= few + 2
    assert many < 25


@pytest.mark.parametrize(
    ("moved", "precision", "standing", "told"),
    [
        (0, Precision.EXPECTED, Standing.PROJECTED, False),
        (6, Precision.EXPECTED, Standing.PROJECTED, False),
        (7, Precision.EXPECTED, Standing.PROJECTED, True),
        (0, Precision.EXPECTED, Standing.NOT_CONFIRMED, False),
        (0, Precision.DAY, Standing.PROVISIONAL, True),
        (1, Precision.DAY, Standing.CONFIRMED, True),
    ],
)
def test_a_forecast_that_drifts_by_days_is_not_told(
    moved: int, precision: Precision, standing: Standing, *, told: bool
) -> None:
    before = ObservedDate(SESSION, TODAY, TODAY, Precision.EXPECTED, Standing.PROJECTED)
    day = TODAY + timedelta(days=moved)
    assert ObservedDate(SESSION, day, day, precision, standing).tells(before) is told
