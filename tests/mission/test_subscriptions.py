"""Subscriptions: a person's own, each under a secret that is kept as a hash, and gone when it is revoked or has ended."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.calendar import Filter
from calendar_model.clock import now
from calendar_model.mission import subscriptions
from calendar_model.mission.subscriptions import (
    Subscriber,
    SubscriptionSummary,
    change_subscription,
    create_subscription,
    find_subscriber,
    list_subscriptions,
    replace_address,
    revoke_subscription,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.backup import backup, checksum, restore
from calendar_model.store.database import current_workspace, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Base, Change, Person, Subscription, SubscriptionUse, new_id
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

STAFF = Viewer("", Sensitivity.INTERNAL)
GONE = "This address has been revoked. Create a new one."
pytestmark = pytest.mark.usefixtures("either_database")


def person(name: str = "Desk", **columns: object) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": name, **columns}))


def everything_kept() -> str:
    """Every value of every row, past all doors."""
    with current_workspace().snapshot() as connection:
        return repr([connection.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def only(viewer: Viewer) -> SubscriptionSummary:
    """The one address of a person."""
    (found,) = list_subscriptions(viewer)
    return found


def test_no_address_lives_for_longer_than_two_years_whoever_writes_it() -> None:
    staff_member = person()
    ends = clock.today() + timedelta(days=733)
    with pytest.raises(Refused, match="within two years"), writing(staff_member) as session:
        session.add(Subscription(person_id=staff_member.person_id, token_hash="0" * 64, expires_on=ends))


def test_it_is_made_once_and_found_by_its_secret() -> None:
    staff_member = person()
    assert list_subscriptions(staff_member) == []
    chosen = Filter(organisations=("osce",), text="human dimension; & more")
    token = create_subscription(staff_member, name=" Vienna ", chosen=chosen, alarm_days=7, follow_ups=True)
    told = only(staff_member)
    query = "organisation=osce&q=human%20dimension%3B%20%26%20more"
    assert find_subscriber(token) == Subscriber(
        told.id, staff_member.person_id, False, "Vienna", query, Sensitivity.INTERNAL, True, 7, None
    )
    assert told == SubscriptionSummary(
        told.id, "Vienna", query, Sensitivity.INTERNAL, True, 7, told.made_at, date(2027, 11, 24), False, None
    )
    assert told.made_at.date() == now().date()


def test_one_without_a_name_is_called_something() -> None:
    staff_member = person()
    found = find_subscriber(create_subscription(staff_member))
    assert found is not None
    assert (found.name, only(staff_member).name) == ("My HRD calendar", "My HRD calendar")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"alarm_days": 0}, "Enter 1 to 60 days before a deadline, or leave blank for no reminders."),
        ({"alarm_days": 61}, "Enter 1 to 60 days before a deadline, or leave blank for no reminders."),
        ({"name": "x" * 81}, "Enter a name of at most 80 characters."),
        (
            {"level": Sensitivity.PUBLIC, "follow_ups": True},
            "Your follow-ups are internal. Create an internal subscription to include them.",
        ),
        (
            {"level": Sensitivity.RESTRICTED},
            "Choose public or internal: restricted records are never in calendars.",
        ),
        (
            {"expires_on": TODAY},
            "Choose an expiry date after today and within two years; the address can be renewed when it expires.",
        ),
        (
            {"expires_on": date(2028, 11, 25)},
            "Choose an expiry date after today and within two years; the address can be renewed when it expires.",
        ),
        ({"chosen": Filter(start=TODAY)}, "Enter the first and last day of the period."),
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any], says: str) -> None:
    staff_member = person()
    with pytest.raises(Refused) as refused:
        create_subscription(staff_member, **asked)
    assert (str(refused.value), list_subscriptions(staff_member)) == (says, [])


@pytest.mark.parametrize("last_day", [date(2026, 11, 25), date(2028, 11, 24), None])
def test_it_ends_after_its_last_day(last_day: date | None, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_member = person()
    token = create_subscription(staff_member, expires_on=last_day)
    ends = last_day or date(2027, 11, 24)
    for day, living in ((ends, True), (ends + timedelta(days=1), False)):
        monkeypatch.setenv("HRD_CALENDAR_TODAY", day.isoformat())
        assert (find_subscriber(token) is not None, only(staff_member).expired, only(staff_member).ends_on) == (
            living,
            not living,
            ends,
        )


def test_one_from_before_there_were_last_days_ends_a_year_after_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    staff_member = person()
    with writing(staff_member) as session:
        hashed = hashlib.sha256(b"old").hexdigest()
        made = datetime(2026, 2, 27, 23, tzinfo=UTC)
        session.add(Subscription(person_id=staff_member.person_id, token_hash=hashed, created_at=made, follow_ups=True))
    assert only(staff_member).ends_on == date(2027, 2, 27)
    for day, living in (("2027-02-27", True), ("2027-02-28", False)):
        monkeypatch.setenv("HRD_CALENDAR_TODAY", day)
        assert (find_subscriber("old") is not None) == living
    found = find_subscriber(replace_address(staff_member, only(staff_member).id))
    assert found is not None
    assert (found.query, found.level, found.follow_ups, found.alarm_days) == ("", Sensitivity.INTERNAL, True, None)
    assert only(staff_member).ends_on == date(2028, 2, 28)


def test_the_secret_has_256_bits_and_is_kept_nowhere() -> None:
    staff_member = person()
    token = create_subscription(staff_member)
    assert len(token) == 43
    kept = everything_kept()
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() in kept


def test_it_is_replaced_by_another_of_the_same_settings_and_the_others_live_on() -> None:
    staff_member = person()
    asked: dict[str, Any] = {
        "name": "Vienna",
        "chosen": Filter(kinds=("deadline",)),
        "level": Sensitivity.PUBLIC,
        "alarm_days": 3,
        "windows": True,
    }
    first, beside = (
        create_subscription(staff_member, **asked, expires_on=date(2027, 1, 31)),
        create_subscription(staff_member),
    )
    was = find_subscriber(first)
    assert was is not None
    second = replace_address(staff_member, was.subscription_id)
    found = find_subscriber(second)
    assert found is not None
    assert found.subscription_id != was.subscription_id
    assert dataclasses.replace(found, subscription_id=was.subscription_id) == was
    assert (find_subscriber(first), find_subscriber(beside) is None) == (None, False)
    assert sorted(one.ends_on for one in list_subscriptions(staff_member)) == [date(2027, 1, 31), date(2027, 11, 24)]
    with pytest.raises(Refused, match=GONE):
        replace_address(staff_member, was.subscription_id)


def test_those_of_two_persons_have_nothing_to_do_with_one_another() -> None:
    one, other = person("One"), person("Other")
    tokens = create_subscription(one), create_subscription(other)
    theirs = only(other).id
    for act in (revoke_subscription, replace_address):
        with pytest.raises(Refused, match=GONE):
            act(one, theirs)
    with pytest.raises(Refused, match=GONE):
        change_subscription(one, theirs, name="Mine", alarm_days=None, follow_ups=False)
    revoke_subscription(one, only(one).id)
    assert find_subscriber(tokens[0]) is None
    found = find_subscriber(tokens[1])
    assert found is not None
    assert found.person_id == other.person_id


def test_its_name_alarms_and_follow_ups_change_and_what_it_shows_does_not() -> None:
    staff_member = person()
    token = create_subscription(staff_member, chosen=Filter(kinds=("deadline",)))
    change_subscription(
        staff_member, only(staff_member).id, name="Deadlines", alarm_days=14, follow_ups=True, windows=True
    )
    told = only(staff_member)
    assert (told.name, told.alarm_days, told.follow_ups, told.windows) == ("Deadlines", 14, True, True)
    found = find_subscriber(token)
    assert found is not None
    assert (found.name, found.alarm_days, found.follow_ups, found.query) == ("Deadlines", 14, True, "kind=deadline")
    assert found.windows
    for column, value in (("query", ""), ("level", Sensitivity.PUBLIC)):
        with pytest.raises(Refused, match="This address cannot be changed"), writing(staff_member) as session:
            setattr(session.scalars(select(Subscription)).one(), column, value)
    public = create_subscription(staff_member, level=Sensitivity.PUBLIC)
    found = find_subscriber(public)
    assert found is not None
    with pytest.raises(Refused, match="Your follow-ups are internal"):
        change_subscription(staff_member, found.subscription_id, name="", alarm_days=None, follow_ups=True)


def test_a_secret_is_judged_after_one_query_whatever_comes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    staff_member, inactive = person(), person("Gone")
    tokens = [
        create_subscription(staff_member),
        create_subscription(staff_member, expires_on=date(2026, 12, 1)),
        create_subscription(inactive),
        create_subscription(staff_member),
        "unknown",
    ]
    revoke_subscription(staff_member, list_subscriptions(staff_member)[0].id)
    save(STAFF, Person, {"active": False}, record_id=inactive.person_id, seen=1)
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-12-02")
    asked: list[str] = []
    engine = current_workspace().engine
    note = lambda _c, _k, statement, *_: asked.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    found = [find_subscriber(token) is not None for token in tokens]
    event.remove(engine, "before_cursor_execute", note)
    assert found == [False, False, False, True, False]
    selects = [statement for statement in asked if statement.startswith("SELECT")]
    assert (len(selects), len(set(selects))) == (5, 1)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\udcff", "%", "' OR 1=1 --"])
def test_what_is_no_secret_opens_nothing(token: str) -> None:
    create_subscription(person())
    assert find_subscriber(token) is None


def test_whoever_is_no_longer_active_has_lost_it() -> None:
    staff_member = person()
    token = create_subscription(staff_member)
    save(STAFF, Person, {"active": False}, record_id=staff_member.person_id, seen=1)
    assert find_subscriber(token) is None
    save(STAFF, Person, {"active": True}, record_id=staff_member.person_id, seen=2)
    assert find_subscriber(token) is not None


def test_nobody_else_sees_it_or_reads_of_it() -> None:
    staff_member, other = person("Desk"), person("Other")
    token = create_subscription(staff_member)
    found = find_subscriber(token)
    assert found is not None
    subscriptions.record_use(found, TODAY)
    told = {}
    for name, eyes in (
        ("desk", staff_member),
        ("other", other),
        ("internal", Viewer(staff_member.person_id, Sensitivity.INTERNAL)),
        ("open", ANONYMOUS),
    ):
        with reading(eyes) as session:
            told[name] = [
                len(session.scalars(select(Subscription)).all()),
                len(session.scalars(select(SubscriptionUse)).all()),
                len(session.scalars(select(Change).where(Change.table == "subscription")).all()),
            ]
    assert told == {"desk": [1, 1, 1], "other": [0, 0, 0], "internal": [0, 0, 0], "open": [0, 0, 0]}
    assert list_subscriptions(other) == []


def test_nobody_else_makes_changes_or_revokes_it() -> None:
    staff_member, other = person("Desk"), person("Other")
    theirs = "Only the person whose calendar it is can create, change or revoke its address."
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(Subscription(person_id=staff_member.person_id, token_hash="0" * 64))
    assert str(refused.value) == theirs
    create_subscription(staff_member)
    with reading(staff_member) as session:
        kept = session.scalars(select(Subscription)).one()
    kept.revoked_at = now()
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(kept)
    assert str(refused.value) == theirs
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(SubscriptionUse(id=kept.id, last_used=TODAY))
    assert str(refused.value) == theirs
    with pytest.raises(Refused, match="Select your name in Settings first"):
        create_subscription(ANONYMOUS)


@pytest.mark.parametrize("column", ["revoked_at", "token_hash"])
def test_a_revoked_one_stays_revoked_and_is_not_turned_into_another(column: str) -> None:
    staff_member = person()
    create_subscription(staff_member)
    revoke_subscription(staff_member, only(staff_member).id)
    with pytest.raises(Refused, match="This address cannot be changed"), writing(staff_member) as session:
        setattr(session.scalars(select(Subscription)).one(), column, None if column == "revoked_at" else "0" * 64)
    with pytest.raises(Refused, match="cannot be deleted, only revoked"), writing(staff_member) as session:
        session.delete(session.scalars(select(Subscription)).one())


def test_a_fictional_person_goes_away_with_theirs() -> None:
    staff_member = person(sample=True)
    found = find_subscriber(create_subscription(staff_member))
    assert found is not None
    assert found.sample
    subscriptions.record_use(found, TODAY)
    with writing(STAFF) as session:
        session.delete(session.get_one(Person, staff_member.person_id))
    with current_workspace().snapshot() as connection:
        assert connection.execute(select(Subscription.__table__)).all() == []
        assert connection.execute(select(SubscriptionUse.__table__)).all() == []
    assert verify(current_workspace()).problems == ()


def test_its_use_is_noted_once_a_day_and_changes_nothing_else() -> None:
    staff_member = person()
    token = create_subscription(staff_member)
    before = change_token()
    for day, last in (
        (TODAY, TODAY),
        (TODAY, TODAY),
        (date(2026, 11, 23), TODAY),
        (date(2026, 11, 25), date(2026, 11, 25)),
    ):
        found = find_subscriber(token)
        assert found is not None
        subscriptions.record_use(found, day)
        assert only(staff_member).last_used == last
    assert change_token() == before


def test_one_revoked_in_the_same_moment_is_noted_no_more() -> None:
    staff_member = person()
    found = find_subscriber(create_subscription(staff_member))
    assert found is not None
    save(STAFF, Person, {"active": False}, record_id=staff_member.person_id, seen=1)
    with pytest.raises(Refused):
        subscriptions.record_use(found, TODAY)


def test_it_is_in_a_backup_and_works_when_restored(tmp_path: Path) -> None:
    staff_member = person()
    token = create_subscription(staff_member)
    found = find_subscriber(token)
    assert found is not None
    subscriptions.record_use(found, TODAY)
    file, url = tmp_path / "one.gz", f"sqlite:///{tmp_path}/restored/workspace.sqlite"
    made = backup(current_workspace(), file)
    assert restore(url, file) == made
    restored = open_workspace(url)
    again = find_subscriber(token, restored)
    assert again is not None
    assert (again.person_id, again.last_used) == (staff_member.person_id, TODAY)
    with restored.snapshot() as connection:
        assert checksum(connection) == made
    restored.close()


steps = st.lists(st.tuples(st.sampled_from(["make", "revoke", "replace"]), st.integers(0, 1)), max_size=8)


@given(steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_they_do_those_made_and_not_revoked_open_for_whom_they_were_made(taken: list[tuple[str, int]]) -> None:
    persons = [person(new_id()), person(new_id())]
    made: list[str] = []
    living: list[list[str]] = [[], []]
    for step, who in taken:
        if step == "make":
            living[who].append(create_subscription(persons[who]))
            made.append(living[who][-1])
        elif living[who]:
            found = find_subscriber(living[who].pop(0))
            assert found is not None
            if step == "revoke":
                revoke_subscription(persons[who], found.subscription_id)
            else:
                living[who].append(replace_address(persons[who], found.subscription_id))
                made.append(living[who][-1])
    opened = {token: found.person_id for token in made if (found := find_subscriber(token)) is not None}
    assert opened == {token: persons[who].person_id for who, tokens in enumerate(living) for token in tokens}
    assert verify(current_workspace()).problems == ()
