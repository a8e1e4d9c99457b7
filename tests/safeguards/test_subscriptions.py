"""The secret address of a person's own calendar: one each, theirs alone, kept as a hash, gone when it is revoked."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.safeguards import subscriptions
from calendar_model.safeguards.desk import reading, save, tide, writing
from calendar_model.safeguards.rules import Refused
from calendar_model.safeguards.sight import OPEN, Viewer, member
from calendar_model.safeguards.subscriptions import Subscriber, address_of, choose_follow_ups, find, make, revoke
from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.backup import backup, checksum, restore
from calendar_model.workspace.database import current_workspace, open_workspace
from calendar_model.workspace.history import verify
from calendar_model.workspace.records import Base, Change, Person, Subscription, SubscriptionUse, now

DAY = date(2026, 11, 24)
STAFF = Viewer("", Sensitivity.INTERNAL)
pytestmark = pytest.mark.usefixtures("database")


def person(name: str = "Desk", **columns: object) -> Viewer:
    return member(save(OPEN, Person, {"name": name, **columns}))


def everything_kept() -> str:
    """Every value of every row, past all doors."""
    with current_workspace().snapshot() as connection:
        return repr([connection.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_it_is_made_once_and_found_by_its_secret() -> None:
    desk = person()
    assert address_of(desk) is None
    token = make(desk, follow_ups=True)
    found = find(token)
    assert found is not None
    assert found == Subscriber(found.subscription_id, desk.person_id, sample=False, follow_ups=True, last_used=None)
    told = address_of(desk)
    assert told is not None
    assert (told.last_used, told.follow_ups, told.made_at.date()) == (None, True, now().date())


def test_the_secret_has_256_bits_and_is_kept_nowhere() -> None:
    desk = person()
    token = make(desk)
    assert len(token) == 43
    kept = everything_kept()
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() in kept


def test_another_one_takes_the_place_of_the_first() -> None:
    desk = person()
    first = make(desk)
    second = make(desk)
    assert find(first) is None
    assert find(second) is not None
    with reading(desk) as session:
        assert sorted(row.revoked_at is None for row in session.scalars(select(Subscription))) == [False, True]


def test_those_of_two_persons_have_nothing_to_do_with_one_another() -> None:
    one, other = person("One"), person("Other")
    tokens = make(one), make(other)
    revoke(one)
    assert find(tokens[0]) is None
    found = find(tokens[1])
    assert found is not None
    assert found.person_id == other.person_id
    with pytest.raises(Refused, match="There is no address of your own calendar any more; make a new one"):
        revoke(one)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\udcff", "%", "' OR 1=1 --"])
def test_what_is_no_secret_opens_nothing(token: str) -> None:
    make(person())
    assert find(token) is None


def test_whoever_is_no_longer_active_has_lost_it() -> None:
    desk = person()
    token = make(desk)
    save(STAFF, Person, {"active": False}, record_id=desk.person_id, seen=1)
    assert find(token) is None
    save(STAFF, Person, {"active": True}, record_id=desk.person_id, seen=2)
    assert find(token) is not None


def test_nobody_else_sees_it_or_reads_of_it() -> None:
    desk, other = person("Desk"), person("Other")
    token = make(desk)
    found = find(token)
    assert found is not None
    subscriptions.note_use(found, DAY)
    told = {}
    for name, eyes in (
        ("desk", desk),
        ("other", other),
        ("internal", Viewer(desk.person_id, Sensitivity.INTERNAL)),
        ("open", OPEN),
    ):
        with reading(eyes) as session:
            told[name] = [
                len(session.scalars(select(Subscription)).all()),
                len(session.scalars(select(SubscriptionUse)).all()),
                len(session.scalars(select(Change).where(Change.table == "subscription")).all()),
            ]
    assert told == {"desk": [1, 1, 1], "other": [0, 0, 0], "internal": [0, 0, 1], "open": [0, 0, 0]}
    assert address_of(other) is None


def test_nobody_else_makes_changes_or_revokes_it() -> None:
    desk, other = person("Desk"), person("Other")
    theirs = "An address of a calendar is made, changed and revoked by the person whose calendar it is."
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(Subscription(person_id=desk.person_id, token_hash="0" * 64))
    assert str(refused.value) == theirs
    make(desk)
    with reading(desk) as session:
        kept = session.scalars(select(Subscription)).one()
    kept.revoked_at = now()
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(kept)
    assert str(refused.value) == theirs
    with pytest.raises(Refused) as refused, writing(other) as session:
        session.add(SubscriptionUse(id=kept.id, last_used=DAY))
    assert str(refused.value) == theirs
    with pytest.raises(Refused, match="Say who you are first"):
        make(OPEN)


@pytest.mark.parametrize("column", ["revoked_at", "token_hash"])
def test_a_revoked_one_stays_revoked_and_is_not_turned_into_another(column: str) -> None:
    desk = person()
    make(desk)
    revoke(desk)
    with pytest.raises(Refused, match="An address stays what it was"), writing(desk) as session:
        setattr(session.scalars(select(Subscription)).one(), column, None if column == "revoked_at" else "0" * 64)
    with pytest.raises(Refused, match="revoked, and not deleted"), writing(desk) as session:
        session.delete(session.scalars(select(Subscription)).one())


def test_a_fictional_person_goes_away_with_theirs() -> None:
    desk = person(sample=True)
    found = find(make(desk))
    assert found is not None
    assert found.sample
    subscriptions.note_use(found, DAY)
    with writing(STAFF) as session:
        session.delete(session.get_one(Person, desk.person_id))
    with current_workspace().snapshot() as connection:
        assert connection.execute(select(Subscription.__table__)).all() == []
        assert connection.execute(select(SubscriptionUse.__table__)).all() == []
    assert verify(current_workspace()).problems == ()


def test_its_use_is_noted_once_a_day_and_changes_nothing_else() -> None:
    desk = person()
    token = make(desk)
    before = tide()
    for day, last in ((DAY, DAY), (DAY, DAY), (date(2026, 11, 23), DAY), (date(2026, 11, 25), date(2026, 11, 25))):
        found = find(token)
        assert found is not None
        subscriptions.note_use(found, day)
        told = address_of(desk)
        assert told is not None
        assert told.last_used == last
    assert tide() == before


def test_one_revoked_in_the_same_moment_is_noted_no_more() -> None:
    desk = person()
    found = find(make(desk))
    assert found is not None
    save(STAFF, Person, {"active": False}, record_id=desk.person_id, seen=1)
    with pytest.raises(Refused):
        subscriptions.note_use(found, DAY)


def test_it_is_in_a_backup_and_works_when_restored(tmp_path: Path) -> None:
    desk = person()
    token = make(desk)
    found = find(token)
    assert found is not None
    subscriptions.note_use(found, DAY)
    file, url = tmp_path / "one.gz", f"sqlite:///{tmp_path}/restored/workspace.sqlite"
    made = backup(current_workspace(), file)
    assert restore(url, file) == made
    restored = open_workspace(url)
    again = find(token, restored)
    assert again is not None
    assert (again.person_id, again.last_used) == (desk.person_id, DAY)
    with restored.snapshot() as connection:
        assert checksum(connection) == made
    restored.close()


steps = st.lists(st.tuples(st.sampled_from(["make", "revoke", "ask"]), st.integers(0, 1)), max_size=8)


@given(steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_they_do_the_last_one_made_and_not_revoked_opens(taken: list[tuple[str, int]]) -> None:
    persons = [person("One"), person("Other")]
    made: list[list[str]] = [[], []]
    living: list[str | None] = [None, None]
    for step, who in taken:
        if step == "make":
            living[who] = make(persons[who])
            made[who].append(str(living[who]))
        elif living[who] is None:
            with pytest.raises(Refused):
                (revoke(persons[who]) if step == "revoke" else choose_follow_ups(persons[who], True))
        elif step == "revoke":
            revoke(persons[who])
            living[who] = None
        else:
            choose_follow_ups(persons[who], True)
    for who, tokens in enumerate(made):
        opened = {token: found.person_id for token in tokens if (found := find(token)) is not None}
        assert opened == ({living[who]: persons[who].person_id} if living[who] else {})
    assert verify(current_workspace()).problems == ()
