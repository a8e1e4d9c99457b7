"""A workspace in which every text that a person can type holds markup."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, member
from calendar_model.access.unit_of_work import staff
from calendar_model.clock import now
from calendar_model.mission import accounts, sample
from calendar_model.mission.access_requests import request_access
from calendar_model.mission.data_protection.notice import set_holding_notice
from calendar_model.mission.digest.choice import MailSettings, save_choice
from calendar_model.mission.missions import add_mission
from calendar_model.mission.persons import set_role_groups
from calendar_model.mission.statements.commands import review_override
from calendar_model.mission.statements.reviews import override_debts
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import FILE, FOLDER_VARIABLE, URL_VARIABLE, Workspace, open_workspace
from calendar_model.store.models import (
    AgreedText,
    ArchivedAs,
    Base,
    Correction,
    DocumentLink,
    Event,
    Follow,
    Imported,
    NotAnnounced,
    Person,
    PersonRole,
    Presence,
    Record,
    RecordTheme,
    RemoteCalendar,
    RemoteVisit,
    RetentionExtension,
    Statement,
    StatementTemplate,
    Subscription,
    TemplateFile,
    Unsaved,
    new_id,
)
from calendar_model.terms import EventKind, FollowKind, MailRhythm, Role, StatementFormat, StatementState, Voice
from calendar_model.vocabulary import Sensitivity
from tests.conftest import TODAY

MARKUP = (
    "[qz](http://evil.example/a) ![qz](http://evil.example/b.png) <b>qz</b> :material/home: :smile: :red[qz] $qz$ "
    "www.evil.example qz@evil.example `qz` **qz** -> qz"
)

CODES = {
    "country",
    "organisation",
    "forum",
    "body",
    "timezone",
    "item",
    "followed_key",
    "url",
    "file",
    "row",
    "query",
    "source_url",
    "etag",
    "values",
    "before",
    "after",
    "quote",
    "prefix",
    "suffix",
}
"""Columns of text that hold a code, or a part of a saved text: the rules, or the page that reads them, take nothing else."""


@dataclass(frozen=True)
class Hostile:
    """Where the workspace is, who sees all of it, and the identifiers of its records by kind."""

    folder: Path
    person: str
    kinds: dict[str, list[str]]


def hostile_workspace(folder: Path) -> Hostile:
    """The sample in a new workspace in ``folder``, with what it has no row of, and markup behind every text."""
    workspace = open_workspace(f"sqlite:///{folder / FILE}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HRD_CALENDAR_TODAY", TODAY.isoformat())
        patch.setenv(FOLDER_VARIABLE, str(folder))
        patch.delenv(URL_VARIABLE, raising=False)
        sample.load(calendar.current()[1], TODAY, workspace)
        _complete(workspace)
    workspace.close()
    engine = sa.create_engine(f"sqlite:///{folder / FILE}")
    with engine.begin() as connection:
        _type_in(connection)
        clears = sa.select(PersonRole.person_id).where(PersonRole.role == Role.CLEARER)
        person = str(connection.scalar(sa.select(Person.id).where(Person.sample, Person.id.in_(clears))))
        kinds: dict[str, list[str]] = {}
        records = Base.metadata.tables["record"]
        for row in connection.execute(sa.select(records.c.id, records.c.kind)):
            kinds.setdefault(str(row.kind), []).append(row.id)
    engine.dispose()
    return Hostile(folder, person, kinds)


def _complete(workspace: Workspace) -> None:
    """A row in the tables that the sample leaves empty."""
    who = next(person for person in staff(workspace) if Role.CLEARER in person.roles)
    staff_member = member(who.id)
    values = {"location": f"Geneva {MARKUP}", "notes": MARKUP}
    # Nobody of the sample corrects anything.
    other = save(ANONYMOUS, Person, {"name": "Desk"}, workspace=workspace)
    save(
        member(other),
        Correction,
        {
            "title": "HRC67",
            "file": "sessions.csv",
            "row": "HRC67",
            "source_url": "https://example.org/",
            "values": json.dumps(values),
        },
        workspace=workspace,
    )
    with writing(member(other), workspace=workspace) as session:
        template = StatementTemplate(name="General debate", format=StatementFormat.GENERAL_DEBATE, text="Thanks.")
        session.add(TemplateFile(template=template, name="Letter.docx", content=b"PK"))
        session.add(
            NotAnnounced(item="session-UPR53", asked_on=TODAY, ask_again_on=TODAY + timedelta(7), person_id=other)
        )
    with writing(staff_member, workspace=workspace) as session:
        event = session.scalars(sa.select(Event)).first()
        assert event is not None
        statement = session.scalars(sa.select(Statement).where(Statement.state == StatementState.DRAFT)).first()
        assert statement is not None
        link = {"url": "https://example.org/d", "document_title": "Letter", "added_by_id": who.id}
        session.add(DocumentLink(record_id=event.id, **link))
        session.add(ArchivedAs(record_id=event.id, reference="2026/17", entered_by_id=who.id))
        session.add(Unsaved(statement_id=statement.id, person_id=who.id, based_on=0, text="Typed"))
        joint = session.scalars(sa.select(Statement).where(Statement.voice == Voice.JOINT)).first()
        assert joint is not None
        number = joint.versions[-1].number
        session.add(AgreedText(statement_id=joint.id, version_number=number, person_id=who.id))
        session.add(Presence(statement_id=statement.id, person_id=who.id))
        later = {"until": TODAY + timedelta(7), "reason": "Still needed.", "person_id": who.id}
        session.add(RetentionExtension(record_id=event.id, **later))
        session.add(RecordTheme(record_id=statement.id, theme="Reprisals"))
        session.add(Imported(record_id=event.id, uid="1", taken_on=TODAY))
        followed = RemoteCalendar(
            id=(id_ := new_id()),
            person_id=who.id,
            name="Theirs",
            address="https://example.org/c.ics",
            body="un-hrc",
            event_kind=EventKind.MEETING,
        )
        session.add(followed)
        session.flush()
        session.add(RemoteVisit(id=id_, asked_at=now()))
        restricted = session.scalars(sa.select(Record).where(Record.sensitivity == Sensitivity.RESTRICTED)).first()
        assert restricted is not None
    set_role_groups(OPERATOR, [("Theirs", Role.READER)], workspace)
    add_mission(OPERATOR, "Theirs", workspace)
    administrator = {"name": "Administrator", "roles": {Role.ADMINISTRATOR}}
    set_holding_notice(member(save(OPERATOR, Person, administrator, workspace=workspace)), "Unclassified", workspace)
    for subject in ("bound", "waiting"):
        account = accounts.sign_in_of({"iss": "https://id.example", "sub": subject, "name": subject, "iat": 0})
        assert account is not None
        accounts.note_waiting(account, workspace)
        if subject == "bound":
            accounts.bind(OPERATOR, account.code, other, workspace=workspace)
    (debt,) = override_debts(staff_member, workspace)
    review_override(staff_member, debt.override_id, "It could not wait.", seen=debt.version_number, workspace=workspace)
    request_access(member(other), restricted.id, "To work on it with you.", workspace)
    save_choice(
        member(other),
        MailSettings(MailRhythm.WEEKLY, (1,), 7, "Europe/Oslo", "en", "qz@example.org"),
        workspace=workspace,
    )
    with writing(staff_member, workspace=workspace) as session:
        session.add(Subscription(person_id=who.id, token_hash="0" * 64))
        session.add(Follow(person_id=who.id, followed_kind=FollowKind.STATE, followed_key="NOR"))


def _type_in(connection: sa.Connection) -> None:
    """Puts markup behind every text, past all rules."""
    for (trigger,) in connection.execute(sa.text("select name from sqlite_master where type = 'trigger'")).all():
        connection.execute(sa.text(f'drop trigger "{trigger}"'))
    for table in Base.metadata.sorted_tables:
        for name in typed_columns(table):
            connection.execute(sa.update(table).values({name: table.c[name] + f" {MARKUP}"}))
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)), table.name
    change = Base.metadata.tables["change"]
    for row in connection.execute(sa.select(change)).all():
        typed = typed_columns(Base.metadata.tables[row.table])
        values = {side: json.dumps(_marked(json.loads(getattr(row, side)), typed)) for side in ("before", "after")}
        connection.execute(sa.update(change).where(change.c.number == row.number).values(values))


def typed_columns(table: sa.Table) -> list[str]:
    return [c.name for c in table.columns if type(c.type) is sa.Text and c.name not in CODES]


def _marked(values: dict[str, object], typed: list[str]) -> dict[str, object]:
    return {
        name: f"{value} {MARKUP}" if name in typed and isinstance(value, str) else value
        for name, value in values.items()
    }
