"""The sample workspace: loaded and removed on both databases, in several years, and kept apart from what is real."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import build_table, horizon
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission import sample, subscriptions
from calendar_model.mission.events import event_of, problems
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.facts import facts_for
from calendar_model.mission.statements.requirements import NextStep, next_steps
from calendar_model.mission.statements.workflow import unmet_requirements
from calendar_model.mission.transactions import save, writing
from calendar_model.reference import Reference
from calendar_model.store import full_text, history
from calendar_model.store.database import current_workspace
from calendar_model.store.models import (
    Consent,
    Contact,
    Engagement,
    Event,
    FollowUp,
    ItemLink,
    Override,
    Person,
    Record,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    Role,
    StatementFormat,
    StatementState,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.staff import CLEARER

COUNTS = {
    "person": 3,
    "contact": 6,
    "engagement": 14,
    "statement": 8,
    "case": 3,
    "reprisal": 1,
    "event": 4,
    "language": 3,
}
DAYS = [TODAY, date(2027, 6, 15), date(2028, 3, 1)]


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that is in the database but the history."""
    engine, tables = current_workspace().engine, MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in tables.tables.items()
            if name not in {"change", "alembic_version", *full_text.TABLES - {full_text.NAME}}
        }


def officer() -> Viewer:
    return member(next(one.id for one in staff() if one.name == "Sample: desk officer"))


@pytest.fixture
def me() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Amina Berg", "roles": CLEARER}))


@pytest.mark.usefixtures("either_database")
def test_it_is_loaded_and_removed_without_a_trace_but_in_the_history(table: Any) -> None:
    me = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
    save(me, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    before = rows()
    assert not sample.loaded()
    assert sample.load(table, TODAY) == COUNTS
    assert sample.loaded()
    assert history.verify(current_workspace()).problems == ()
    assert sample.load(table, TODAY) == {}
    assert sample.remove() == COUNTS
    assert not sample.loaded()
    assert rows() == before
    assert history.verify(current_workspace()).problems == ()
    assert sample.remove() == {}


@pytest.mark.usefixtures("either_database")
def test_what_staff_hang_on_it_goes_with_it_and_what_is_theirs_lets_go_of_it(table: Any, me: Viewer) -> None:
    sample.load(table, TODAY)
    theirs = officer().person_id
    with writing(me) as session:
        fictional = session.scalars(select(Statement).where(Statement.title == "Message for 9 December")).one()
        fictional.follow_ups.append(FollowUp(what="Ask again", due=TODAY, owner_id=me.person_id))
    commands.save_text(me, fictional.id, "One word.", language="en", based_on=0)
    commands.keep_unsaved(me, fictional.id, "One word, and another.", language="en", based_on=1)
    mine = save(
        me, Statement, {"title": "Ours", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    )
    both = [me.person_id, theirs]
    contact = save(me, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER}, named=both)
    with writing(me) as session:
        statement, defender = session.get(Statement, mine), session.get(Contact, contact)
        assert statement is not None
        assert defender is not None
        defender.consents.append(Consent(to_what="To be named", given_on=TODAY, taken_by_id=theirs))
        defender.follow_ups.append(FollowUp(what="Call", due=TODAY, owner_id=theirs))
    commands.save_text(me, mine, "Our word.", language="en", based_on=0)
    commands.move(me, mine, StatementState.CONSULTATION, seen=1, waiting_for=theirs)
    save(me, Contact, {}, record_id=contact, seen=kept(me, Contact, contact).version, named=[me.person_id, theirs])
    sample.remove()
    after = rows()
    assert len(after["record"]) == 2
    assert (len(after["unsaved"]), len(after["follow_up"]), len(after["version"])) == (0, 1, 1)
    statement = kept(me, Statement, mine)
    assert (statement.state, statement.waiting_for_id) == (StatementState.CONSULTATION, None)
    assert [access.person_id for access in statement.named] == [me.person_id]
    defender = kept(me, Contact, contact)
    assert [access.person_id for access in defender.named] == [me.person_id]
    assert [consent.taken_by_id for consent in defender.consents] == [me.person_id]
    assert [follow_up.owner_id for follow_up in defender.follow_ups] == [me.person_id]
    assert [person.id for person in staff()] == [me.person_id]
    assert history.verify(current_workspace()).problems == ()


def kept(who: Viewer, kind: Any, record_id: str) -> Any:
    with reading(who) as session:
        record = session.get(kind, record_id)
        assert record is not None
        for name in ("named", "follow_ups", "consents"):
            getattr(record, name, None)
        return record


@pytest.mark.usefixtures("sample_officer")
def test_nobody_in_particular_sees_nothing_of_it() -> None:
    with reading(ANONYMOUS) as session:
        assert session.scalars(select(Record)).all() == []


def test_staff_see_what_is_not_restricted_of_it_and_its_persons_all(table: Any, me: Viewer) -> None:
    sample.load(table, TODAY)
    with reading(officer()) as session:
        records = session.scalars(select(Record)).all()
        assert len(records) == sum(COUNTS.values()) - COUNTS["person"]
        assert all(record.sample for record in records)
        restricted = {one.id for one in records if one.sensitivity is Sensitivity.RESTRICTED}
    with reading(me) as session:
        assert {one.id for one in session.scalars(select(Record))} == {one.id for one in records} - restricted


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_it_makes_sense_on_any_day(today: date, reference: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, today.isoformat())
    table = build_table(reference, today, horizon(today))
    found = sample.anchors(table, today)
    assert list(found) == ["hrc-text", "ga-text", "hrc-session", "hrc-before", "upr-first", "upr-second", "hrd-day"]
    assert found["hrc-before"]["start"].date() <= today < found["hrc-session"]["start"].date()
    assert all(found[name]["end"].date() >= today for name in ("hrc-text", "ga-text"))
    assert all(found[name]["start"].date() > today for name in ("upr-first", "upr-second", "hrd-day"))
    sample.load(table, today)
    with reading(officer()) as session:
        linked = {link.item for link in session.scalars(select(ItemLink))}
        own = {item for item in linked if event_of(item)}
        assert linked - own == {row["item"] for row in found.values()}
        assert len({event_of(item) for item in own} & {event.id for event in session.scalars(select(Event))}) == 3
        engagements = list(session.scalars(select(Engagement)))
        assert {one.engagement_kind for one in engagements} == set(EngagementKind)
        assert [one.kinds for one in engagements if len(one.kinds) > 1] == [
            (EngagementKind.CONSULTED, EngagementKind.PARTICIPATION_SUPPORTED)
        ]
        assert all((one.on <= today) is bool(one.outcome) for one in engagements)
        faulty = (*Event.__table__.columns.keys(), "title")
        for event in session.scalars(select(Event)):
            columns = {name: getattr(event, name) for name in faulty}
            assert problems(columns) == ()
            assert event.start > today
        statements = list(session.scalars(select(Statement)))
        assert {one.state for one in statements} == set(StatementState)
        said = (StatementState.DELIVERED, StatementState.FOLLOWED_UP)
        assert all(one.due is None or one.due > today for one in statements if one.state not in said)
        assert all((one.delivered_on is not None) is (one.state in said) for one in statements)
        late = [one.what for one in session.scalars(select(FollowUp)) if one.done_on is None and one.due < today]
        assert late == ["Speak with the defender, through Network S-02"]
        expired = [one.to_what for one in session.scalars(select(Consent)) if one.until and one.until < today]
        assert expired == ["To be mentioned in talks with the authorities"]
        asked, confirmed = session.scalars(select(Override).order_by(Override.confirms_id.is_not(None)))
        assert (confirmed.confirms_id, asked.confirms_id) == (asked.id, None)
        assert asked.person_id != confirmed.person_id
        titles = [record.title for record in session.scalars(select(Record))]
        assert not [title for title in titles if "{" in title]
        # What it says was cleared had passed: its open checks were overridden, and its writers did not clear it.
        for one in statements:
            if one.cleared_version is not None:
                known = facts_for(session, one, one.cleared_by_id or "", state=StatementState.CONSULTATION)
                assert unmet_requirements(known, StatementState.CLEARED) == ()
                assert one.cleared_by_id not in {version.written_by_id for version in one.versions}


def test_where_the_calendar_has_nothing_it_stands_by_itself(table: Any) -> None:
    assert sample.load(table.iloc[:0], TODAY) == COUNTS
    with reading(officer()) as session:
        assert [link.item for link in session.scalars(select(ItemLink)) if not event_of(link.item)] == []
        titles = {statement.title for statement in session.scalars(select(Statement))}
        assert "Recommendation, the next review" in titles
        event = session.scalars(select(Event).where(Event.title == "Side event: a safe way home")).one()
        assert event.start == TODAY + timedelta(days=9)


@pytest.mark.usefixtures("sample_officer")
def test_a_statement_with_a_case_is_held_back_by_the_check_that_misses() -> None:
    with reading(officer()) as session:
        titled = Statement.title.startswith("Interactive dialogue")
        statement_id = session.scalars(select(Statement.id).where(titled)).one()
    assert next_steps(officer(), [statement_id]) == {statement_id: NextStep(StatementState.CONSULTATION)}
    head = next(one for one in staff() if Role.CLEARER in one.roles)
    moved(officer(), statement_id, StatementState.CONSULTATION)
    with pytest.raises(Refused) as refused:
        moved(member(head.id), statement_id, StatementState.CLEARED)
    assert str(refused.value) == "Not cleared yet. Case S-1: the bilateral mission has not been consulted."


def moved(who: Viewer, statement_id: str, to: StatementState) -> None:
    commands.move(who, statement_id, to, seen=1)


def test_a_person_of_the_sample_changes_nothing_of_the_staffs(table: Any, me: Viewer) -> None:
    ours = save(me, Statement, {"title": "Ours", "format": StatementFormat.STATEMENT})
    sample.load(table, TODAY)
    says = "You are working as a sample user. Select your own name to change records outside the sample."
    with pytest.raises(Refused) as refused:
        save(officer(), Statement, {"speaker": "Nobody"}, record_id=ours, seen=1)
    assert str(refused.value) == says
    with pytest.raises(Refused) as refused, writing(officer()) as session:
        session.add(Version(statement_id=ours, number=1, text="Nothing.", written_by_id=officer().person_id))
    assert str(refused.value) == says
    with pytest.raises(Refused) as refused, writing(officer()) as session:
        session.add(Unsaved(statement_id=ours, person_id=officer().person_id, based_on=0, text="Nothing."))
    assert str(refused.value) == says


@pytest.mark.usefixtures("sample_officer")
def test_a_person_of_the_sample_adds_to_it() -> None:
    made = save(
        officer(),
        Engagement,
        {
            "title": "Consulted Group S-06",
            "engagement_kind": EngagementKind.CONSULTED,
            "form": EngagementForm.ONLINE,
            "on": TODAY,
        },
        items=["hrc-resolution-HRC67"],
    )
    assert kept(officer(), Engagement, made).sample
    sample.remove()
    assert rows()["record"] == []


@pytest.mark.usefixtures("either_database")
def test_the_calendars_that_its_persons_subscribe_to_go_with_it(table: Any) -> None:
    sample.load(table, TODAY)
    token = subscriptions.create_subscription(officer(), follow_ups=True)
    subscriber = subscriptions.find_subscriber(token)
    assert subscriber is not None
    subscriptions.record_use(subscriber, TODAY)
    sample.remove()
    assert subscriptions.find_subscriber(token) is None
    assert (rows()["subscription"], rows()["subscription_use"]) == ([], [])
    assert history.verify(current_workspace()).problems == ()


def test_nobody_changes_what_is_real_without_saying_who(me: Viewer) -> None:
    ours = save(me, Statement, {"title": "Ours", "format": StatementFormat.STATEMENT})
    for rows_ in (
        [FollowUp(record_id=ours, what="Call", due=TODAY, owner_id=me.person_id)],
        [ItemLink(record_id=ours, item="hrc-resolution-HRC67")],
        [Consent(contact_id=ours, to_what="All", given_on=TODAY, taken_by_id=me.person_id)],
    ):
        with pytest.raises(Refused) as refused, writing(ANONYMOUS) as session:
            session.add_all(rows_)
        assert str(refused.value) == ("Select your name in Settings first. Every change is kept with its author.")
