"""What every change passes, whichever way it comes; through the door that pages use."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.rules import CHECKS
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Access,
    Case,
    Contact,
    Engagement,
    Event,
    Identity,
    ItemLink,
    Person,
    Record,
    RecordLink,
    RetentionExtension,
    Statement,
)
from calendar_model.store.session import UnscopedQueryError
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    StatementFormat,
)
from calendar_model.vocabulary import Sensitivity
from tests.cases import CASE
from tests.refusals import refused_for
from tests.staff import CLEARER

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after all those that are written down here as past."""
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-30")


ENGAGEMENT: dict[str, Any] = {
    "title": "Briefing before the session",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": date(2026, 11, 3),
    "form": EngagementForm.ONLINE,
}


@pytest.fixture
def head() -> Viewer:
    """Somebody who may clear."""
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def titles(who: Viewer) -> list[str]:
    with reading(who) as session:
        return sorted(session.scalars(select(Record.title)))


# --- Who writes, and as what


def test_nothing_is_written_by_nobody() -> None:
    with pytest.raises(Refused, match="Select your name in Settings first"):
        save(ANONYMOUS, Engagement, ENGAGEMENT)
    with pytest.raises(Refused, match="not an active user"):
        save(member("f" * 32), Engagement, ENGAGEMENT)


def test_a_record_needs_a_title(staff_member: Viewer) -> None:
    with pytest.raises(Refused, match="Enter a title"):
        save(staff_member, Engagement, {**ENGAGEMENT, "title": "  "})
    assert titles(staff_member) == []


def test_what_a_fictional_person_writes_is_fictional_and_stays_apart(staff_member: Viewer) -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Sample officer", "sample": True}))
    theirs, ours = save(fictional, Engagement, ENGAGEMENT), save(staff_member, Engagement, ENGAGEMENT)
    with reading(staff_member) as session:
        assert {row.id: row.sample for row in session.execute(select(Record.id, Record.sample))} == {
            theirs: True,
            ours: False,
        }
    with pytest.raises(Refused, match="cannot be linked to your own records"):
        save(staff_member, Engagement, {}, record_id=ours, seen=1, links=[theirs])
    with pytest.raises(Refused, match="cannot become your own"):
        save(staff_member, Engagement, {"sample": False}, record_id=theirs, seen=1)


def test_a_record_of_the_staff_does_not_belong_to_a_fictional_person(staff_member: Viewer) -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Sample: somebody", "sample": True})).person_id
    says = "Choose an owner who is not a sample user."
    with pytest.raises(Refused) as refused:
        save(staff_member, Engagement, {**ENGAGEMENT, "owner_id": fictional})
    assert str(refused.value) == says
    made = save(staff_member, Engagement, ENGAGEMENT)
    with pytest.raises(Refused) as refused:
        save(staff_member, Engagement, {"owner_id": fictional}, record_id=made, seen=1)
    assert str(refused.value) == says
    with reading(staff_member) as session:
        assert session.scalars(select(Engagement.owner_id)).all() == [staff_member.person_id]


def test_somebody_sets_themselves_inactive_and_then_writes_no_more(staff_member: Viewer) -> None:
    save(staff_member, Person, {"active": False}, record_id=staff_member.person_id, seen=1)
    with reading(Viewer("", Sensitivity.INTERNAL)) as session:
        assert session.scalars(select(Person.active)).all() == [False]
    for values in ({"active": True}, {"post": "Geneva"}):
        with pytest.raises(Refused) as refused:
            save(staff_member, Person, values, record_id=staff_member.person_id, seen=2)
        assert str(refused.value) == "You are not an active user. Select your name in Settings."


def test_the_second_of_two_editors_is_told_and_nothing_of_theirs_is_written(staff_member: Viewer, head: Viewer) -> None:
    made = save(staff_member, Engagement, ENGAGEMENT)
    save(head, Engagement, {"outcome": "They ask for visas."}, record_id=made, seen=1)
    with pytest.raises(EditConflict):
        save(staff_member, Engagement, {"outcome": "Nothing new.", "place": "Palais"}, record_id=made, seen=1)
    with reading(staff_member) as session:
        assert session.execute(select(Engagement.outcome, Engagement.place)).all() == [("They ask for visas.", "")]


# --- Who sees


def test_what_could_point_at_a_person_is_restricted_from_birth(staff_member: Viewer, head: Viewer) -> None:
    save(
        staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER, "sensitivity": "public"}
    )
    save(staff_member, Case, {**CASE, "sensitivity": Sensitivity.INTERNAL})
    save(
        staff_member, Engagement, {**ENGAGEMENT, "title": "Safety", "engagement_kind": EngagementKind.SECURITY_MEASURES}
    )
    save(staff_member, Engagement, ENGAGEMENT)
    save(staff_member, Contact, {"title": "A network", "contact_kind": ContactKind.ORGANISATION})
    assert titles(staff_member) == ["A network", "Briefing before the session", "Case 1", "Defender 014", "Safety"]
    assert titles(head) == ["A network", "Briefing before the session"]
    assert titles(ANONYMOUS) == []


def test_who_is_named_sees_it(staff_member: Viewer, head: Viewer) -> None:
    made = save(staff_member, Case, CASE)
    save(staff_member, Case, {}, record_id=made, seen=1, named=[staff_member.person_id, head.person_id])
    assert titles(head) == ["Case 1"]
    with pytest.raises(Refused, match="owner must have access"):
        save(head, Case, {}, record_id=made, seen=1, named=[head.person_id])
    save(staff_member, Case, {}, record_id=made, seen=1, named=[staff_member.person_id])
    assert titles(head) == []


def test_a_restricted_record_names_somebody(staff_member: Viewer) -> None:
    made = save(staff_member, Case, CASE)
    with pytest.raises(Refused, match="needs at least one person with access"):
        save(staff_member, Case, {}, record_id=made, seen=1, named=[])
    with pytest.raises(Refused, match="needs at least one person with access"), writing(staff_member) as session:
        session.delete(session.scalars(select(Access)).one())


def test_an_identity_is_for_those_named_even_if_the_contact_is_not_restricted(
    staff_member: Viewer, head: Viewer
) -> None:
    values = {"title": "A network", "contact_kind": ContactKind.ORGANISATION}
    made = save(staff_member, Contact, values)
    with writing(staff_member) as session:
        session.add(Identity(contact=session.get(Contact, made), name="canary"))
    for who, names in ((staff_member, ["canary"]), (head, []), (ANONYMOUS, [])):
        with reading(who) as session:
            assert list(session.scalars(select(Identity.name))) == names


def test_a_level_goes_down_only_with_a_reason_and_never_to_public_for_a_person(
    staff_member: Viewer, head: Viewer
) -> None:
    made = save(staff_member, Case, CASE)
    with pytest.raises(Refused, match="Enter in a sentence why"):
        save(staff_member, Case, {"sensitivity": Sensitivity.INTERNAL}, record_id=made, seen=1, reason="ok")
    with pytest.raises(Refused, match="cannot be public"):
        save(
            staff_member,
            Case,
            {"sensitivity": Sensitivity.PUBLIC},
            record_id=made,
            seen=1,
            reason="The family asks for it.",
        )
    save(
        staff_member,
        Case,
        {"sensitivity": Sensitivity.INTERNAL},
        record_id=made,
        seen=1,
        reason="The family asks for it.",
    )
    assert titles(head) == ["Case 1"]


def test_what_is_linked_to_a_case_is_restricted_with_it(staff_member: Viewer, head: Viewer) -> None:
    case = save(staff_member, Case, CASE)
    made = save(head, Statement, {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE})
    save(
        head, Statement, {"sensitivity": Sensitivity.PUBLIC}, record_id=made, seen=1, reason="It was published already."
    )
    save(staff_member, Statement, {}, record_id=made, seen=2, links=[case])
    with reading(head) as session:
        assert session.scalar(select(Statement.sensitivity)) is Sensitivity.RESTRICTED
    assert titles(ANONYMOUS) == []
    with refused_for("statement-raises-case"):
        save(
            staff_member,
            Statement,
            {"sensitivity": Sensitivity.INTERNAL},
            record_id=made,
            seen=3,
            reason="A long enough reason.",
        )


def test_a_session_reads_nothing_past_its_sight(staff_member: Viewer) -> None:
    save(staff_member, Case, CASE)
    with reading(ANONYMOUS) as session:
        assert session.scalar(select(func.count(Case.id))) == 0
        with pytest.raises(UnscopedQueryError):
            session.execute(select(Case.__table__))
        session.add(Access(record_id="x", person_id="y"))
        with pytest.raises(UnscopedQueryError):
            session.flush()


def test_a_hidden_record_is_tied_by_nobody(staff_member: Viewer, head: Viewer) -> None:
    case = save(staff_member, Case, CASE)
    with pytest.raises(Refused, match="you do not have access"):
        save(head, Engagement, ENGAGEMENT, links=[case])


# --- What stays


def test_statements_and_cases_are_kept_and_other_records_go_with_a_reason(staff_member: Viewer) -> None:
    case, engagement = save(staff_member, Case, CASE), save(staff_member, Engagement, ENGAGEMENT)
    with (
        refused_for("not-due-while-open"),
        writing(staff_member, "It was a mistake of mine.") as session,
    ):
        session.delete(session.get(Case, case))
    with pytest.raises(Refused, match="why it is deleted"), writing(staff_member) as session:
        session.delete(session.get(Engagement, engagement))
    with writing(staff_member, "It was a mistake of mine.") as session:
        session.delete(session.get(Engagement, engagement))
    assert titles(staff_member) == ["Case 1"]


def test_a_hidden_record_stays_hidden_behind_an_alias_and_in_a_subquery(staff_member: Viewer, head: Viewer) -> None:
    case = save(staff_member, Case, CASE)
    made = save(staff_member, Engagement, ENGAGEMENT, links=[case], items=["session-HRC64"])
    for who, seen in ((staff_member, [case]), (head, [])):
        with reading(who) as session:
            link, record = aliased(RecordLink), aliased(Record)
            assert list(session.scalars(select(link.other_id).where(link.record_id == made))) == seen
            assert list(session.scalars(select(record.id).join(record.linked_from.of_type(link)))) == seen
            assert list(session.scalars(select(Record.id).where(Record.linked_from.any()))) == seen
            counted = select(func.count(link.id)).where(link.record_id == Record.id).scalar_subquery()
            assert list(session.scalars(select(counted).where(Record.id == made))) == [1][: len(seen)]
            items = select(func.count(ItemLink.id)).scalar_subquery()
            assert session.scalar(select(items)) == len(seen)


def test_an_alias_joined_on_a_condition_of_its_own_is_refused(staff_member: Viewer) -> None:
    save(staff_member, Case, CASE)
    other = aliased(Record)
    joined = select(Person.name, other.title).join(other, other.owner_id == Person.id)
    with reading(ANONYMOUS) as session:
        for statement in (joined, select(Person.name).where(joined.exists())):
            with pytest.raises(UnscopedQueryError, match="Join an alias over a relationship"):
                session.execute(statement)


def test_an_event_with_impossible_hours_is_refused_whoever_writes_it(staff_member: Viewer) -> None:
    day = date(2027, 3, 4)
    event = {"title": "Panel", "event_kind": EventKind.PANEL, "body": "un-hrc", "start": day, "end": day}
    with pytest.raises(Refused, match="is before the start date"):
        save(staff_member, Event, {**event, "end": date(2027, 3, 3)})
    made = save(staff_member, Event, event)
    with pytest.raises(Refused, match="Enter a time zone"):
        save(staff_member, Event, {"start_time": time(13)}, record_id=made, seen=1)
    save(staff_member, Event, {"start_time": time(13), "timezone": "Europe/Zurich"}, record_id=made, seen=1)
    with reading(staff_member) as session:
        assert session.execute(select(Event.start_time, Event.moved)).all() == [(time(13), 1)]


# --- What the nouns declare


def test_each_kind_of_record_declares_its_checks() -> None:
    kinds = {mapper.class_ for mapper in Record.__mapper__.self_and_descendants} - {Record}
    assert kinds <= set(CHECKS)


def test_what_is_taken_out_of_a_list_passes_the_checks_of_a_deletion(staff_member: Viewer) -> None:
    made = save(staff_member, Engagement, ENGAGEMENT)
    with writing(staff_member) as session:
        later = {"until": date(2027, 1, 1), "reason": "An appeal is pending.", "person_id": staff_member.person_id}
        session.add(RetentionExtension(record_id=made, **later))
    with refused_for("extension-changed"), writing(staff_member) as session:
        record = session.get_one(Engagement, made)
        record.extensions.clear()
    with reading(staff_member) as session:
        assert len(session.get_one(Engagement, made).extensions) == 1
