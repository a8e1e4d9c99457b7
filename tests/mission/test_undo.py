"""Undo gives back what was, all of it, only to the one who wrote it, and only for a short time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.undoing import UNDO_WITHIN
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import contacts, corrections, follow_ups, undo
from calendar_model.mission.records import delete_record, deleted_records
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import Undoable, undoable
from calendar_model.store import history
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    Access,
    Change,
    Consent,
    Contact,
    Correction,
    Engagement,
    FollowUp,
    Person,
    Record,
    RecordLink,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    RecordKind,
    StatementFormat,
    StatementState,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.staff import CLEARER

pytestmark = pytest.mark.usefixtures("either_database")

REASON = "Written down twice."
ENGAGEMENT: dict[str, Any] = {
    "title": "Briefing",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}
Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]


@pytest.fixture
def me() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk", "roles": CLEARER}))


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Other", "roles": CLEARER}))


def rows() -> Rows:
    """All rows of the workspace, without what each write counts up."""
    with current_workspace().snapshot() as connection:
        present = history.present(connection)
    counted = ("version", "updated_at")
    return {
        table: {id_: {name: value for name, value in row.items() if name not in counted} for id_, row in rows.items()}
        for table, rows in present.items()
    }


def delete(who: Viewer, record_id: str, kind: RecordKind = RecordKind.ENGAGEMENT) -> Undoable:
    return delete_record(who, kind, record_id, seen=version(record_id), reason=REASON)


def version(record_id: str) -> int:
    with reading(ANONYMOUS) as session:
        asked = select(Record.version).where(Record.id == record_id).execution_options(everything=True)
        return session.scalars(asked).one()


def engagement_with_all(who: Viewer, other: Viewer) -> str:
    """A restricted engagement of two kinds with a link from either side, an item, a follow-up and two people."""
    contact = save(who, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    made = save(
        who,
        Engagement,
        {**ENGAGEMENT, "sensitivity": Sensitivity.RESTRICTED},
        items=["hrc-session-HRC64"],
        links=[contact],
        named=[who.person_id, other.person_id],
    )
    with writing(who) as session:
        session.get_one(Engagement, made).kinds = (EngagementKind.CONSULTED, EngagementKind.INVITED)
    statement = save(who, Statement, {"title": "Statement", "format": StatementFormat.GENERAL_DEBATE}, links=[made])
    assert statement
    follow_ups.add_follow_up(who, made, what="Write to them", due=TODAY, owner_id=other.person_id)
    return made


def test_a_deleted_record_comes_back_with_all_that_belonged_to_it(me: Viewer, other: Viewer) -> None:
    made = engagement_with_all(me, other)
    before = rows()

    done = delete(me, made)
    assert made not in rows()["engagement"]
    assert undo.can_undo(me, done)
    undo.undo(me, done)

    assert rows() == before
    assert deleted_records(me) == []
    assert verify(current_workspace()).clean
    with reading(other) as session:
        assert session.get(Engagement, made) is not None
        assert [line.reason for line in history.of_record(session, made)][-1] == undo.REASON
    assert not undo.can_undo(me, done)
    # It can be deleted again, and is then among the deleted once.
    delete(me, made)
    assert [one.record_id for one in deleted_records(me)] == [made]


def test_a_contact_comes_back_with_its_consents(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    with writing(me) as session:
        session.add(Consent(contact_id=made, to_what="Being named", given_on=TODAY, taken_by_id=me.person_id))
    before = rows()

    undo.undo(me, delete(me, made, RecordKind.CONTACT))

    assert rows() == before


def test_an_erased_identity_stays_erased(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    contacts.keep_identity(me, made, {"name": "qzcanary"})

    done = delete(me, made, RecordKind.CONTACT)

    assert not undo.can_undo(me, done)
    with pytest.raises(Refused) as refused:
        undo.undo(me, done)
    assert refused.value.problems[0].code == "undo-unknown"
    assert made not in rows()["contact"]


def test_a_code_that_was_given_again_is_not_taken_back(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    done = delete(me, made, RecordKind.CONTACT)
    save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})

    with pytest.raises(Refused):
        undo.undo(me, done)


def test_a_link_does_not_come_back_to_a_record_that_has_gone(me: Viewer, other: Viewer) -> None:
    contact = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    made = save(me, Engagement, ENGAGEMENT, links=[contact])
    done = delete(me, made)
    delete(other, contact, RecordKind.CONTACT)

    with pytest.raises(Refused) as refused:
        undo.undo(me, done)
    assert refused.value.problems[0].code == "undo-changed-since"


def test_only_the_one_who_wrote_it_undoes_it(me: Viewer, other: Viewer) -> None:
    done = delete(me, save(me, Engagement, ENGAGEMENT))

    assert not undo.can_undo(other, done)
    for who in (other, ANONYMOUS):
        with pytest.raises(Refused):
            undo.undo(who, done)


def test_it_is_undone_only_for_a_short_time(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    done = delete(me, save(me, Engagement, ENGAGEMENT))
    late = clock.machine_now() + UNDO_WITHIN + timedelta(seconds=1)
    monkeypatch.setattr(clock, "machine_now", lambda: late)

    with pytest.raises(Refused) as refused:
        undo.undo(me, done)
    assert refused.value.problems[0].code == "undo-too-late"


def statement_in(state: StatementState, who: Viewer, **more: Any) -> str:
    made = save(who, Statement, {"title": "Statement", "format": StatementFormat.GENERAL_DEBATE, **more})
    commands.save_text(who, made, "We thank the rapporteur.", language="en", based_on=0)
    if state is not StatementState.DRAFT:
        commands.move(who, made, StatementState.CONSULTATION, seen=1)
    return made


def test_each_step_of_a_statement_goes_back_to_where_it_was(me: Viewer, other: Viewer) -> None:
    made = statement_in(StatementState.DRAFT, me)
    steps: list[tuple[StatementState, Viewer, dict[str, Any]]] = [
        (StatementState.CONSULTATION, me, {"waiting_for": other.person_id}),
        (StatementState.CLEARED, other, {}),
        (StatementState.DELIVERED, me, {"on": TODAY}),
        (StatementState.FOLLOWED_UP, me, {}),
    ]
    for to, who, more in steps:
        before = rows()
        done = commands.move(who, made, to, seen=1, **more)
        assert rows() != before
        undo.undo(who, done)
        assert rows() == before
        commands.move(who, made, to, seen=1, **more)
    assert verify(current_workspace()).clean


def test_a_clearance_taken_back_is_given_back(me: Viewer, other: Viewer) -> None:
    made = statement_in(StatementState.CONSULTATION, me)
    commands.move(other, made, StatementState.CLEARED, seen=1)
    before = rows()

    undo.undo(me, commands.move(me, made, StatementState.DRAFT, seen=1))

    assert rows() == before


def test_who_was_asked_loses_the_access_that_came_with_it(me: Viewer, other: Viewer) -> None:
    made = statement_in(StatementState.DRAFT, me, sensitivity=Sensitivity.RESTRICTED)
    done = commands.move(me, made, StatementState.CONSULTATION, seen=1, waiting_for=other.person_id)
    with reading(other) as session:
        assert session.get(Statement, made) is not None

    undo.undo(me, done)

    with reading(other) as session:
        assert session.get(Statement, made) is None


def later_text(me: Viewer, statement: str, _case: str) -> object:
    return commands.save_text(me, statement, "Another text.", language="en", based_on=1)


def later_link(me: Viewer, statement: str, engagement: str) -> object:
    return save(me, Engagement, {}, record_id=engagement, seen=version(engagement), links=[statement])


def later_title(me: Viewer, statement: str, _case: str) -> object:
    return save(me, Statement, {"title": "Other"}, record_id=statement, seen=version(statement))


@pytest.mark.parametrize("write", [later_text, later_link, later_title])
def test_a_step_is_not_undone_once_something_was_written_about_it(me: Viewer, other: Viewer, write: Any) -> None:
    made = statement_in(StatementState.CONSULTATION, me)
    engagement = save(other, Engagement, ENGAGEMENT)
    done = commands.move(me, made, StatementState.DRAFT, seen=1)
    write(other if write is not later_text else me, made, engagement)

    with pytest.raises(Refused) as refused:
        undo.undo(me, done)
    assert refused.value.problems[0].code == "undo-changed-since"


def test_a_follow_up_is_open_again_and_done_again(me: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    follow_ups.add_follow_up(me, made, what="Write to them", due=TODAY, owner_id=me.person_id)
    with reading(me) as session:
        line = session.scalars(select(FollowUp)).one()
    before = rows()

    done = follow_ups.complete_follow_up(me, line.id, 1, on=TODAY, outcome="They answered.")
    undo.undo(me, done)
    assert rows() == before

    follow_ups.complete_follow_up(me, line.id, 3, on=TODAY, outcome="They answered.")
    before = rows()
    undo.undo(me, follow_ups.reopen_follow_up(me, line.id, 4))
    assert rows() == before


def test_a_withdrawn_correction_stands_again(me: Viewer) -> None:
    values = {"start": "2027-02-22", "end": "2027-03-31"}
    made = corrections.record_correction(me, "sessions.csv", "HRC64", values, source_url="https://www.ohchr.org/")
    with reading(me) as session:
        (before,) = corrections.recorded_corrections(session)

    undo.undo(me, delete(me, made, RecordKind.CORRECTION))

    with reading(me) as session:
        (after,) = corrections.recorded_corrections(session)
        assert session.get(Correction, made) is not None
    assert not after.withdrawn
    assert (after.values, after.row) == (before.values, before.row)


# --- What could be tried with it


def written(who: Viewer, change: Any) -> Undoable:
    with writing(who, REASON) as session:
        change(session)
    return undoable(session)


def test_nobody_gets_access_back_by_undoing(me: Viewer, other: Viewer) -> None:
    made = save(me, Engagement, {**ENGAGEMENT, "sensitivity": Sensitivity.RESTRICTED}, named=[other.person_id])

    def leave(session: Any) -> None:
        access = session.scalars(select(Access).where(Access.person_id == other.person_id)).one()
        session.delete(access)

    done = written(me, leave)
    opened = written(me, lambda session: setattr(session.get_one(Record, made), "sensitivity", Sensitivity.INTERNAL))
    for one in (done, opened):
        with pytest.raises(Refused):
            undo.undo(me, one)


def test_nothing_comes_back_to_a_record_that_one_sees_no_more(me: Viewer, other: Viewer) -> None:
    made = save(
        me,
        Engagement,
        {**ENGAGEMENT, "sensitivity": Sensitivity.RESTRICTED},
        named=[me.person_id, other.person_id],
    )
    follow_ups.add_follow_up(me, made, what="Write to them", due=TODAY, owner_id=me.person_id)
    done = written(other, lambda session: session.delete(session.scalars(select(FollowUp)).one()))
    save(me, Engagement, {}, record_id=made, seen=version(made), named=[me.person_id])

    with pytest.raises(Refused):
        undo.undo(other, done)
    assert not rows()["follow_up"]


def test_a_session_that_undoes_does_nothing_else(me: Viewer) -> None:
    first, second = (save(me, Engagement, ENGAGEMENT) for _ in range(2))
    done = delete(me, first)
    # With another change beside it, with another value, or only in part.
    for change in ("beside", "value", "nothing"):
        with pytest.raises(Refused), writing(me) as session, session.no_autoflush:  # noqa: PT012
            session.undoes = frozenset(done.changes)
            if change == "value":
                session.add(
                    Engagement(**{**ENGAGEMENT, "id": first, "owner_id": me.person_id, "sensitivity": "public"})
                )
            elif change == "beside":
                for line in session.scalars(select(Change).where(Change.number.in_(done.changes))):
                    undo._take_back(session, line)
                session.get_one(Engagement, second).title = "Other"
            else:
                session.get_one(Engagement, second).title = "Other"
    assert first not in rows()["engagement"]


def test_what_was_created_is_taken_back_with_its_links(me: Viewer) -> None:
    contact = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    before = rows()

    def create(session: Any) -> None:
        engagement = Engagement(**ENGAGEMENT, owner_id=me.person_id)
        engagement.links.append(RecordLink(other_id=contact))
        session.add(engagement)

    undo.undo(me, written(me, create))

    assert rows() == before
