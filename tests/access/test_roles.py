"""What each role allows: every cell of docs/ROLES.md, tried by a person with exactly that role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.role_table import NO, YES, cell, matrix, roles_page
from calendar_model.access.roles import (
    DELETED_ONCE_DUE,
    OF_THE_INSTALLATION,
    PART_OF_RECORD,
    PERMISSIONS,
    RECORD_READERS,
    RECORD_SUBJECTS,
    SUBJECT_OF_TABLE,
    WRITTEN_BY_NO_PERSON,
    Operation,
    Subject,
    allows,
    reads,
    roles_for,
    subject_of,
)
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import access_requests, accounts, sample, subscriptions
from calendar_model.mission.audit import audit_lines
from calendar_model.mission.data_protection import retention
from calendar_model.mission.digest.choice import MailSettings, holds_contents, save_choice, set_contents
from calendar_model.mission.documents import enter_reference
from calendar_model.mission.handover import hand_over
from calendar_model.mission.missions import add_mission, change_mission
from calendar_model.mission.persons import add_person, change_person, change_roles, set_role_groups
from calendar_model.mission.reads import check_off_reads
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visits import record_visit
from calendar_model.store.models import (
    AccessRequest,
    Base,
    Case,
    Change,
    Comment,
    Consent,
    Consultee,
    ConsulteeAnswer,
    Contact,
    Correction,
    Engagement,
    Event,
    Follow,
    FollowUp,
    HoldingNotice,
    Identity,
    LanguageProposal,
    LastVisit,
    NotAnnounced,
    Person,
    PersonRole,
    Presence,
    Record,
    RecordRead,
    RemoteCalendar,
    Reprisal,
    RetentionPeriod,
    RoleGroup,
    Statement,
    StatementTemplate,
    Subscription,
    TemplateFile,
    new_id,
)
from calendar_model.terms import (
    ConsultationAnswer,
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    FollowKind,
    MailRhythm,
    ReadKind,
    RecordKind,
    ReprisalState,
    Role,
    RoleSource,
    StatementFormat,
    StatementState,
    Step,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

REASON = "A reason that is long enough."
RESTRICTED, INTERNAL = Sensitivity.RESTRICTED, Sensitivity.INTERNAL
EVERYTHING = frozenset(Role) - {Role.ADMINISTRATOR}
RECORDS: dict[Subject, tuple[type[Record], dict[str, Any]]] = {
    Subject.ENGAGEMENT: (
        Engagement,
        {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE},
    ),
    Subject.STATEMENT: (Statement, {"format": StatementFormat.GENERAL_DEBATE}),
    Subject.EVENT: (Event, {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}),
    Subject.LANGUAGE: (LanguageProposal, {"text": "A text", "wording": "Defenders"}),
    Subject.CORRECTION: (
        Correction,
        {
            "file": "sessions.csv",
            "row": "HRC67",
            "values": '{"location": "Geneva"}',
            "source_url": "https://example.org/",
        },
    ),
    Subject.ORGANISATION: (Contact, {"contact_kind": ContactKind.ORGANISATION}),
    Subject.DEFENDER: (Contact, {"contact_kind": ContactKind.DEFENDER}),
    Subject.CASE: (Case, {"suggested_by": Suggester.CIVIL_SOCIETY}),
    Subject.REPRISAL: (Reprisal, {}),
}
_numbers = count()


@dataclass
class World:
    """A workspace with an administrator, a colleague who may do all else, and a person with each role alone.

    Restricted records name all of these persons. ``actor`` is the one who acts at present.
    """

    table: pd.DataFrame
    people: dict[Role, Viewer] = field(default_factory=dict)
    owner: Viewer = OPERATOR
    actor: Viewer = OPERATOR
    role: Role = Role.READER
    shared: dict[tuple[Subject, Sensitivity, bool], str] = field(default_factory=dict)
    elsewhere: str | None = None
    """The mission at which these persons have their roles, while records are made at that of the owner."""

    def __post_init__(self) -> None:
        given = [{(role, None if role in OF_THE_INSTALLATION else self.elsewhere)} for role in Role]
        rows = [Person(id=new_id(), name=f"Person {n}", given=some) for n, some in enumerate(given)]
        home = add_mission(OPERATOR, "Ours") if self.elsewhere else None
        rows.append(Person(id=new_id(), name="Owner", given={(role, home) for role in RECORD_READERS}))
        with writing(OPERATOR) as session:
            session.add_all(rows)
            # An administrator for whom nobody acts, so that there is always another one.
            session.add(Person(name="Administrator", roles={Role.ADMINISTRATOR}))
        self.owner = member(rows.pop().id)
        self.people = {role: member(row.id) for role, row in zip(Role, rows, strict=True)}

    def act_as(self, role: Role) -> None:
        self.role, self.actor = role, self.people[role]

    def give(self, roles: frozenset[Role]) -> None:
        """Give the actor these roles and no others."""
        row = select(Person.version).where(Person.id == self.actor.person_id)
        with reading(OPERATOR) as session:
            seen = session.scalars(row).one()
        save(OPERATOR, Person, {"roles": roles}, record_id=self.actor.person_id, seen=seen)

    def record(self, subject: Subject, level: Sensitivity = INTERNAL) -> str:
        """A record of the owner, in which everybody is named if it is restricted; the same one as long as it is there."""
        key = (subject, level, False)
        if key not in self.shared or not self.is_there(self.shared[key]):
            self.shared[key] = self.new_record(subject, level)
        return self.shared[key]

    def is_there(self, record_id: str) -> bool:
        with reading(self.owner) as session:
            return session.get(Record, record_id) is not None

    def new_record(self, subject: Subject, level: Sensitivity) -> str:
        kind, values = RECORDS[subject]
        born = {"title": title(), **values}
        if subject is Subject.CORRECTION:
            return save(self.owner, kind, born)
        named = [self.owner.person_id, *(one.person_id for one in self.people.values())]
        first = max(level, INTERNAL, key=lambda one: one.rank)
        if subject is Subject.STATEMENT:
            made = commands.start_statement(self.owner, {**born, "sensitivity": first}, text="Thanks.", named=named)
        else:
            made = save(self.owner, kind, {**born, "sensitivity": first}, named=named if first is RESTRICTED else None)
        with reading(self.owner) as session:
            record = session.get_one(Record, made)
        if record.sensitivity is not level:
            save(self.owner, kind, {"sensitivity": level}, record_id=made, seen=record.version, reason=REASON)
        return made

    def row(self, who: Viewer, **values: Any) -> str:
        """A row that is no record, written by ``who``."""
        made: Base = values.pop("kind")(id=new_id(), **values)
        with writing(who, REASON) as session:
            session.add(made)
        return str(made.id)  # type: ignore[attr-defined]

    def consulted(self, *linked: str, level: Sensitivity = INTERNAL) -> str:
        """A statement of the owner, in consultation."""
        key = (Subject.STATEMENT, level, True)
        if key in self.shared:
            with reading(self.owner) as session:
                if session.get_one(Statement, self.shared[key]).state is StatementState.CONSULTATION:
                    return self.shared[key]
        made = self.shared[key] = self.new_record(Subject.STATEMENT, level)
        if linked:
            save(self.owner, Statement, {}, record_id=made, seen=version(Statement, made), links=linked)
        commands.move(self.owner, made, StatementState.CONSULTATION, seen=1)
        return made


def title() -> str:
    return f"Title {next(_numbers)}"


def somebody(name: str, roles: frozenset[Role] = EVERYTHING) -> Viewer:
    return member(save(OPERATOR, Person, {"name": f"{name} {next(_numbers)}", "roles": roles}))


def version(kind: type[Any], row_id: str | Viewer) -> int:
    found = select(kind.version).where(kind.id == getattr(row_id, "person_id", row_id))
    with reading(OPERATOR) as session:
        return int(session.scalars(found.execution_options(everything=True)).one())


def load(session: Any, kind: type[Any], row_id: str) -> Any:
    """A row as the session's reader has it; one that they do not see is refused."""
    row = session.get(kind, row_id)
    if row is None:
        raise Refused
    return row


def change_row(who: Viewer, kind: type[Any], row_id: str, **values: Any) -> None:
    with writing(who, REASON) as session:
        row = load(session, kind, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def delete_row(who: Viewer, kind: type[Any], row_id: str) -> None:
    with writing(who, REASON) as session:
        session.delete(load(session, kind, row_id))


Act = Callable[[], object]


def record_act(world: World, subject: Subject, action: Operation, level: Sensitivity) -> Act:
    kind, values = RECORDS[subject]
    actor = world.actor
    if action is Operation.CREATE:
        born = {"title": title(), **values, **({} if subject is Subject.CORRECTION else {"sensitivity": level})}
        return lambda: save(actor, kind, born)
    if action is Operation.CLEAR:
        made = world.consulted(level=level)
        return lambda: commands.move(actor, made, StatementState.CLEARED, seen=1)
    made = world.record(subject, level)
    if action is Operation.READ:
        return lambda: read(actor, made)
    if action is Operation.CHANGE:
        return lambda: save(actor, kind, {"title": title()}, record_id=made, seen=version(kind, made))
    if subject in DELETED_ONCE_DUE:
        return lambda: delete_once_due(actor, kind, made)
    return lambda: delete_row(actor, kind, made)


ENDS: dict[type[Record], dict[str, Any]] = {
    Statement: {"state": StatementState.DROPPED},
    Case: {"closed_on": TODAY},
    Reprisal: {"state": ReprisalState.CLOSED, "reported_to": "OHCHR", "reported_on": TODAY, "response": "None"},
}
"""What ends a record that is deleted only once it is due."""


def delete_once_due(who: Viewer, kind: type[Record], record_id: str) -> None:
    with reading(OPERATOR) as session:
        record = session.get_one(kind, record_id, execution_options={"everything": True})
    if any(getattr(record, name) != value for name, value in ENDS[kind].items()):
        save(member(record.owner_id), kind, ENDS[kind], record_id=record_id, seen=record.version)
    enter_reference(member(record.owner_id), record_id, "2026/17")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.TODAY_VARIABLE, TODAY.replace(year=TODAY.year + 12).isoformat())
        delete_row(who, kind, record_id)


def read(who: Viewer, record_id: str) -> None:
    with reading(who) as session:
        load(session, Record, record_id)


def follow_up(world: World, action: Operation) -> Act:
    values = {"record_id": world.record(Subject.ENGAGEMENT), "what": "Ask", "due": TODAY}
    values["owner_id"] = world.owner.person_id
    return part(world, FollowUp, action, values, outcome="Asked")


def part(world: World, kind: type[Any], action: Operation, values: dict[str, Any], **changed: Any) -> Act:
    """Create a row that belongs to a record, or change or delete one of the owner's."""
    if action is Operation.CREATE:
        return lambda: world.row(world.actor, kind=kind, **values)
    made = world.row(world.owner, kind=kind, **values)
    if action is Operation.CHANGE:
        return lambda: change_row(world.actor, kind, made, **changed)
    return lambda: delete_row(world.actor, kind, made)


def own(world: World, kind: type[Any], action: Operation, values: dict[str, Any], **changed: Any) -> Act:
    """Create a row of one's own, or change or delete one that was made when one still might."""
    if action is Operation.CREATE:
        return lambda: world.row(world.actor, kind=kind, **values)
    world.give(EVERYTHING)
    made = world.row(world.actor, kind=kind, **values)
    world.give(frozenset({world.role}))
    if action is Operation.CHANGE:
        return lambda: change_row(world.actor, kind, made, **changed)
    return lambda: delete_row(world.actor, kind, made)


def confirmation(world: World, action: Operation) -> Act:
    values = {"item": title(), "asked_on": TODAY, "ask_again_on": TODAY + timedelta(30)}
    return own(world, NotAnnounced, action, {**values, "person_id": world.actor.person_id}, note="Not yet")


def template(world: World, action: Operation) -> Act:
    values = {"name": title(), "format": StatementFormat.STATEMENT, "text": "Mr President,"}
    made = world.row(world.owner, kind=StatementTemplate, **values)
    file = {"template_id": made, "name": "Letter.docx", "content": b"PK"}
    acts = (
        part(world, StatementTemplate, action, values, name="Other"),
        part(world, TemplateFile, action, file, content=b"PK other"),
    )

    def both() -> None:
        refused = []
        for act in acts:
            try:
                act()
            except Refused as fault:
                refused.append(fault)
        assert len(refused) in (0, len(acts))
        if refused:
            raise refused[0]

    return both


def identity(world: World, action: Operation) -> Act:
    contact = world.new_record(Subject.DEFENDER, RESTRICTED)
    return part(world, Identity, action, {"contact_id": contact, "name": "Name"}, name="Other")


def consent(world: World, action: Operation) -> Act:
    contact = world.record(Subject.DEFENDER, RESTRICTED)
    values = {"contact_id": contact, "to_what": "To be raised", "given_on": TODAY}
    return part(world, Consent, action, {**values, "taken_by_id": world.owner.person_id}, to_what="Nothing")


def override(world: World, action: Operation) -> Act:
    statement = world.consulted(world.record(Subject.CASE, RESTRICTED), level=RESTRICTED)
    if action is Operation.CREATE:
        return lambda: commands.ask_override(world.actor, statement, Step.CLEAR, REASON)
    asked = commands.ask_override(world.owner, statement, Step.CLEAR, REASON)
    return lambda: commands.confirm_override(world.actor, asked, REASON)


def override_review(world: World, action: Operation) -> Act:
    assert action is Operation.CREATE
    statement = world.consulted(world.record(Subject.CASE, RESTRICTED), level=RESTRICTED)
    asked = commands.ask_override(world.owner, statement, Step.CLEAR, REASON)
    clearer = world.people[Role.CLEARER]
    commands.confirm_override(clearer, asked, REASON)
    commands.move(clearer, statement, StatementState.CLEARED, seen=1)
    commands.move(world.owner, statement, StatementState.DELIVERED, seen=1, on=TODAY)
    return lambda: commands.review_override(world.actor, asked, REASON, seen=1)


def consultee(world: World, action: Operation) -> Act:
    values = {"statement_id": world.consulted(level=INTERNAL), "person_id": somebody("Consultee").person_id}
    values["asked_by_id"] = world.owner.person_id
    return part(world, Consultee, action, values, withdrawn_at=clock.now())


def consultee_answer(world: World, action: Operation) -> Act:
    assert action is Operation.CREATE
    statement = world.consulted(level=INTERNAL)
    row = {"statement_id": statement, "person_id": world.actor.person_id, "asked_by_id": world.owner.person_id}
    # Who reads at no mission is not asked, so that there is nothing to answer to.
    asked = world.row(world.owner, kind=Consultee, **row)
    values = {"statement_id": statement, "consultee_id": asked, "version_number": 1}
    return lambda: world.row(world.actor, kind=ConsulteeAnswer, answer=ConsultationAnswer.AGREE, **values)


def comment(world: World, action: Operation) -> Act:
    values = {"statement_id": world.record(Subject.STATEMENT), "person_id": world.actor.person_id, "remark": "Why?"}
    return own(world, Comment, action, values, resolved_at=clock.now())


def presence(world: World, action: Operation) -> Act:
    statement = world.new_record(Subject.STATEMENT, INTERNAL)
    return own(world, Presence, action, {"statement_id": statement, "person_id": world.actor.person_id}, typing=True)


def access_request(world: World, action: Operation) -> Act:
    if action is Operation.CREATE:
        hidden = save(world.owner, Case, {"title": title(), "suggested_by": Suggester.MINISTRY})

        def ask() -> None:
            access_requests.request_access(world.actor, hidden, REASON)
            with reading(OPERATOR) as session:
                asked = select(AccessRequest.id).where(AccessRequest.record_id == hidden)
                assert session.scalar(asked.execution_options(everything=True)) is not None

        return ask
    # Where the owner is away, who is named grants as a case officer, and else who clears.
    owner, asker = somebody("Owner"), somebody("Asker")
    named = [owner.person_id, world.actor.person_id]
    hidden = save(owner, Case, {"title": title(), "suggested_by": Suggester.MINISTRY}, named=named)
    access_requests.request_access(asker, hidden, REASON)
    save(OPERATOR, Person, {"active": False}, record_id=owner.person_id, seen=version(Person, owner))
    with reading(owner) as session:
        found = select(AccessRequest.id).where(AccessRequest.record_id == hidden)
        request = session.scalars(found.execution_options(everything=True)).one()
    return lambda: access_requests.grant_access(world.actor, request)


def subscription(world: World, action: Operation) -> Act:
    if action is Operation.CREATE:
        return lambda: subscriptions.create_subscription(world.actor)
    world.give(EVERYTHING)
    subscriptions.create_subscription(world.actor)
    with reading(world.actor) as session:
        made = session.scalars(select(Subscription.id).order_by(Subscription.created_at.desc())).first() or ""
    world.give(frozenset({world.role}))
    return lambda: change_row(world.actor, Subscription, made, name="Mine")


def remote_calendar(world: World, action: Operation) -> Act:
    values = {"name": title(), "address": "https://example.org/a.ics", "body": "un-hrc"}
    values |= {"person_id": world.actor.person_id, "event_kind": EventKind.MEETING}
    return own(world, RemoteCalendar, action, values, name="Other")


def visit(world: World, action: Operation) -> Act:
    day = TODAY + timedelta(days=action is Operation.CHANGE)
    return lambda: record_visit(world.actor, day)


def mail_choice(world: World, action: Operation) -> Act:
    hour = next(_numbers) % 24
    settings = MailSettings(MailRhythm.WEEKLY, (1,), hour, "Europe/Oslo", "en", "desk@example.org")
    return lambda: save_choice(world.actor, settings)


def mail_policy(world: World, action: Operation) -> Act:
    if action is Operation.CHANGE:
        set_contents(world.people[Role.ADMINISTRATOR], contents=False)
    return lambda: set_contents(world.actor, contents=not holds_contents())


def followed(world: World, action: Operation) -> Act:
    values = {"person_id": world.actor.person_id, "followed_kind": FollowKind.ITEM, "followed_key": title()}
    return own(world, Follow, action, values)


def person(world: World, action: Operation) -> Act:
    if action is Operation.CREATE:
        return lambda: add_person(world.actor, {"name": title()})
    other = somebody("Other").person_id
    if action is Operation.CHANGE:
        return lambda: change_person(world.actor, other, 1, {"post": "Geneva"})
    return lambda: delete_row(world.actor, Person, other)


def person_role(world: World, action: Operation) -> Act:
    other = somebody("Other", EVERYTHING - {Role.READER}).person_id
    if action is Operation.CREATE:
        return lambda: change_roles(world.actor, other, give={Role.READER})
    if action is Operation.DELETE:
        return lambda: change_roles(world.actor, other, take={Role.EDITOR})
    with reading(world.owner) as session:
        row = session.scalars(select(PersonRole.id).where(PersonRole.person_id == other).limit(1)).one()
    return lambda: change_row(world.actor, PersonRole, row, source=RoleSource.GROUP)


def mission(world: World, action: Operation) -> Act:
    if action is Operation.CREATE:
        return lambda: add_mission(world.actor, title())
    made = add_mission(OPERATOR, title())
    return lambda: change_mission(world.actor, made, 1, {"active": False})


def role_group(world: World, action: Operation) -> Act:
    if action is Operation.CREATE:
        return lambda: set_role_groups(world.actor, [(title(), Role.READER)])
    made = world.row(OPERATOR, kind=RoleGroup, name=title(), role=Role.READER)
    if action is Operation.CHANGE:
        return lambda: change_row(world.actor, RoleGroup, made, name=title())
    return lambda: delete_row(world.actor, RoleGroup, made)


def account(world: World, action: Operation) -> Act:
    waiting = accounts.sign_in_of({"iss": "https://id.example", "sub": title(), "iat": 0})
    assert waiting is not None
    accounts.note_waiting(waiting)
    if action is Operation.CREATE:
        return lambda: accounts.bind(world.actor, waiting.code, world.owner.person_id)
    accounts.bind(OPERATOR, waiting.code, world.owner.person_id)
    made = next(one.id for one in accounts.bound_accounts(OPERATOR) if one.subject == waiting.subject)
    return lambda: accounts.unbind(world.actor, made)


def read_note(world: World, action: Operation) -> Act:
    assert action is Operation.CREATE
    values = {"record_id": world.record(Subject.CASE, RESTRICTED), "how": ReadKind.OPENED}
    return lambda: world.row(world.actor, kind=RecordRead, person_id=world.actor.person_id, **values)


def read_check(world: World, action: Operation) -> Act:
    assert action is Operation.CREATE
    made = world.record(Subject.CASE, RESTRICTED)
    return lambda: check_off_reads(world.actor, made)


def extension(world: World, action: Operation) -> Act:
    assert action is Operation.CREATE
    made = world.record(Subject.ENGAGEMENT)
    return lambda: retention.keep_longer(world.actor, made, until=TODAY + timedelta(1), reason=REASON)


def retention_period(world: World, action: Operation) -> Act:
    values = {"kind_of_record": Subject.EVENT, "months": 12}
    return the_only_one(world, RetentionPeriod, action, values, months=24)


def holding_notice(world: World, action: Operation) -> Act:
    return the_only_one(world, HoldingNotice, action, {"language": "en", "wording": "Little"}, wording="Less")


def the_only_one(world: World, kind: type[Any], action: Operation, values: dict[str, Any], **changed: Any) -> Act:
    """Create the one row that there can be, or change or delete it."""
    administrator = world.people[Role.ADMINISTRATOR]
    with writing(administrator) as session:
        for row in session.scalars(select(kind)):
            session.delete(row)
    if action is Operation.CREATE:
        return lambda: world.row(world.actor, kind=kind, **values)
    made = world.row(administrator, kind=kind, **values)
    if action is Operation.CHANGE:
        return lambda: change_row(world.actor, kind, made, **changed)
    return lambda: delete_row(world.actor, kind, made)


def what_a_leaver_left(world: World, action: Operation) -> Act:
    assert action is Operation.DELETE
    leaver = somebody("Leaver")
    record_visit(leaver, TODAY)
    save(OPERATOR, Person, {"active": False}, record_id=leaver.person_id, seen=1)

    def delete() -> None:
        with writing(world.actor) as session:
            session.delete(session.get(LastVisit, leaver.person_id, execution_options={"everything": True}))

    return delete


def the_sample(world: World, action: Operation) -> Act:
    sample.remove()
    if action is Operation.CREATE:
        return lambda: sample.load(world.table, TODAY, by=world.actor)
    sample.load(world.table, TODAY)
    return lambda: sample.remove(by=world.actor)


def handover(world: World, action: Operation) -> Act:
    assert action is Operation.CHANGE
    leaver = somebody("Leaver")
    kind, values = RECORDS[Subject.ENGAGEMENT]
    save(leaver, kind, {"title": title(), **values})
    save(OPERATOR, Person, {"active": False}, record_id=leaver.person_id, seen=1)
    return lambda: hand_over(world.actor, leaver.person_id, world.owner.person_id)


def history(world: World, action: Operation) -> Act:
    assert action is Operation.READ
    return lambda: audit_lines(world.actor, 10)


OTHERS: dict[Subject, Callable[[World, Operation], Act]] = {
    Subject.FOLLOW_UP: follow_up,
    Subject.TEMPLATE: template,
    Subject.CONFIRMATION: confirmation,
    Subject.IDENTITY: identity,
    Subject.CONSENT: consent,
    Subject.OVERRIDE: override,
    Subject.OVERRIDE_REVIEW: override_review,
    Subject.CONSULTEE: consultee,
    Subject.CONSULTEE_ANSWER: consultee_answer,
    Subject.COMMENT: comment,
    Subject.PRESENCE: presence,
    Subject.ACCESS_REQUEST: access_request,
    Subject.SUBSCRIPTION: subscription,
    Subject.REMOTE_CALENDAR: remote_calendar,
    Subject.VISIT: visit,
    Subject.MAIL: mail_choice,
    Subject.MAIL_POLICY: mail_policy,
    Subject.FOLLOW: followed,
    Subject.PERSON: person,
    Subject.PERSON_ROLE: person_role,
    Subject.ROLE_GROUP: role_group,
    Subject.MISSION: mission,
    Subject.ACCOUNT: account,
    Subject.READ_NOTE: read_note,
    Subject.READ_CHECK: read_check,
    Subject.EXTENSION: extension,
    Subject.RETENTION: retention_period,
    Subject.NOTICE: holding_notice,
    Subject.LEAVER: what_a_leaver_left,
    Subject.SAMPLE: the_sample,
    Subject.HANDOVER: handover,
    Subject.HISTORY: history,
}


@pytest.mark.parametrize("subject", Subject)
def test_every_cell_is_as_the_page_says(subject: Subject, table: pd.DataFrame) -> None:
    world = World(table)
    done, says = {}, {}
    for _, action, level in (row for row in matrix() if row[0] is subject):
        for role in Role:
            world.act_as(role)
            act = record_act(world, subject, action, level) if level is not None else OTHERS[subject](world, action)
            key = (action, level, role)
            says[key] = cell(role, subject, action, level) != NO
            try:
                act()
            except Refused:
                done[key] = False
            else:
                done[key] = True
    assert done == says
    usual = {Subject.CORRECTION, Subject.FOLLOW, Subject.MAIL, Subject.VISIT}
    assert set(says.values()) == {True, False} or subject in usual


@pytest.mark.parametrize("subject", [one for one in RECORD_SUBJECTS if one is not Subject.CORRECTION])
def test_a_role_at_another_mission_is_none_here_but_to_read_what_names_one(subject: Subject) -> None:
    """Corrections are shared by all missions."""
    world = World(pd.DataFrame(), elsewhere=add_mission(OPERATOR, "Theirs"))
    done, says = {}, {}
    for _, action, level in (row for row in matrix() if row[0] is subject):
        assert level is not None
        for role in Role:
            world.act_as(role)
            key = (action, level, role)
            is_read = action is Operation.READ and level is not INTERNAL
            # What one makes oneself belongs to one's own mission.
            says[key] = cell(role, subject, action, level) != NO and (is_read or action is Operation.CREATE)
            try:
                record_act(world, subject, action, level)()
            except Refused:
                done[key] = False
            else:
                done[key] = True
    assert done == says


def test_the_page_is_that_of_the_code() -> None:
    page = Path(__file__).parents[2] / "docs" / "ROLES.md"
    assert page.read_text(encoding="utf-8") == roles_page(), "Run: python -m calendar_model roles > docs/ROLES.md"


def test_every_table_and_every_kind_of_record_has_its_entry() -> None:
    kinds = {mapper.class_ for mapper in Base.registry.mappers} - {Change, Record}
    tables = {str(kind.__tablename__) for kind in kinds if not issubclass(kind, Record)}
    assert tables == {*PART_OF_RECORD, *SUBJECT_OF_TABLE, *WRITTEN_BY_NO_PERSON}
    assert not WRITTEN_BY_NO_PERSON & {*PART_OF_RECORD, *SUBJECT_OF_TABLE}
    assert not PART_OF_RECORD & set(SUBJECT_OF_TABLE)
    assert set(RECORD_SUBJECTS) == {
        *(subject_of(kind) for kind in RecordKind),
        subject_of(RecordKind.CONTACT, ContactKind.COALITION),
    }
    assert set(PERMISSIONS) == set(Subject) == {*RECORDS, *OTHERS}


roles = st.frozensets(st.sampled_from(Role))


@given(roles, roles, st.sampled_from(Subject), st.sampled_from(Operation), st.sampled_from(Sensitivity), st.booleans())
def test_roles_together_allow_what_any_of_them_allows(
    some: frozenset[Role], others: frozenset[Role], subject: Subject, action: Operation, level: Sensitivity, named: bool
) -> None:
    assert allows(some | others, subject, action) == (allows(some, subject, action) or allows(others, subject, action))
    one, another = (reads(each, level, is_named=named) for each in (some, others))
    assert reads(some | others, level, is_named=named) == (one or another)
    assert allows(some, subject, action) == any(cell(role, subject, action) == YES for role in some)
    assert not allows((), subject, action)


@given(
    st.lists(st.sampled_from(["desk", "heads", "it"])),
    st.lists(st.tuples(st.sampled_from(["desk", " heads", "it "]), st.sampled_from(Role))),
)
def test_groups_give_the_roles_that_are_declared_for_them(groups: list[str], mapping: list[tuple[str, Role]]) -> None:
    assert roles_for(groups, mapping) == {role for name, role in mapping if name.strip() in groups}
    assert roles_for((), mapping) == frozenset()
