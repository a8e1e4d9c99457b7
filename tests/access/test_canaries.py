"""Nothing of a restricted record reaches anybody who is not named in it, whichever way they ask.

Canaries, words that stand nowhere else, are planted in every text of every kind of restricted record. Then others
open every page, feed, export and command, and look for a canary, for a planted identifier, and for any difference
that the planted records make. As the person who is named the canaries must be there: so these tests can fail.
"""

from __future__ import annotations

import io
import itertools
import logging
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Mapper, Session, aliased, selectinload
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from calendar_model import calendar
from calendar_model.__main__ import main
from calendar_model.access import permissions
from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, OPERATOR, Viewer, member, staff_of
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import TODAY_VARIABLE, now
from calendar_model.documents import table_csv
from calendar_model.feeds import ROUTES
from calendar_model.mission.events import item_of
from calendar_model.mission.said import Said, SaidQuery, what_was_said
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.comments import Passage, add_comment
from calendar_model.mission.statements.consultation import answer_consultation
from calendar_model.mission.statements.presence import note_presence
from calendar_model.mission.themes import themes_in_use
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store import history
from calendar_model.store.database import FILE, FOLDER_VARIABLE, Workspace, open_workspace
from calendar_model.store.models import (
    Access,
    AgreedText,
    ArchivedAs,
    Base,
    Case,
    Comment,
    Consent,
    ConsulteeAnswer,
    Contact,
    Cosponsor,
    DocumentLink,
    Engagement,
    Event,
    FollowUp,
    FurtherKind,
    Identity,
    Imported,
    LanguageProposal,
    Override,
    OverrideReview,
    Person,
    Record,
    RecordLink,
    RecordTheme,
    RemoteCalendar,
    RemoteVisit,
    Reprisal,
    RetentionExtension,
    Statement,
    Unsaved,
    Version,
    new_id,
)
from calendar_model.store.session import UnscopedQueryError, WorkspaceSession
from calendar_model.terms import (
    ConsultationAnswer,
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    Prospect,
    Publicity,
    RecordKind,
    RiskLevel,
    StatementFormat,
    StatementState,
    Step,
    Suggester,
    Voice,
)
from calendar_model.vocabulary import Sensitivity
from pages.components.shell import navigation
from tests.app import _SCRIPT
from tests.day import TODAY
from tests.staff import CLEARER

MARK = "qzcanary"
ITEM = "session-HRC64"
CODES = {"country", "organisation", "forum", "body", "timezone", "item"}
"""Columns of text that hold a code of the reference: no canary can stand there."""

OF_NO_SECRET = {
    "access_request", "account", "correction", "ended_session", "follow", "guess_count", "holding_notice", "last_visit",
    "mail_choice", "mail_policy", "mission", "not_announced", "observed_date", "read_check", "record_read",
    "retention_period", "role_group", "row_key", "sent_mail", "statement_template", "subscription", "subscription_use",
    "template_file", "waiting_account",
}  # fmt: skip
"""Tables in which there is nothing of any restricted record: whose addresses are is tested with the feeds, corrections
and what is not announced yet are public, missions are known to all staff, templates to those of a mission, groups and accounts
are of the sign-in, what is followed is known to its follower, observed dates are public, who wants mails says nothing of a record, and who asks for access writes it
without knowing the record, as the answer is written for them. Without a key of the installation there are no data
keys, and only a server counts guesses."""

PAGES = [page.file for page in navigation.PAGES]
PAGE_OF: Mapping[type[Record], str] = {
    Case: "cases",
    Reprisal: "cases",
    Contact: "contacts",
    Engagement: "engagements",
    Statement: "statements",
    LanguageProposal: "language",
    Event: "meetings",
}


# --- Planting


@dataclass
class Planted:
    """Two workspaces with the same open records, the second with restricted ones too, and what was planted there."""

    before: Path
    after: Path
    named: str = ""
    head: str = ""
    other: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    """Identifiers of the open records, by what they are."""
    records: dict[type[Record], str] = field(default_factory=dict)
    """The restricted record of each kind."""
    ids: set[str] = field(default_factory=set)
    """Every row that others must not see."""
    canaries: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Every canary, and the table and column in which it stands."""

    def texts(self, kind: type[Base], **known: Any) -> dict[str, Any]:
        """Columns of a new row: what is ``known``, and a canary in every other column of text."""
        mapper: Mapper[Any] = sa.inspect(kind)
        for attribute in mapper.column_attrs:
            column: sa.Column[Any] = attribute.columns[0]  # type: ignore[assignment]  # only columns are mapped
            if type(column.type) is sa.Text and attribute.key not in (*CODES, *known):
                known[attribute.key] = self.text(str(column.table.name), attribute.key)
        return known

    def text(self, table: str, column: str) -> str:
        """A new canary for a column."""
        canary = f"{MARK}{len(self.canaries):03d}z"
        self.canaries[canary] = table, column
        return canary

    def canary(self, kind: type[Record], column: str) -> str:
        """The canary in a column of the restricted record of a kind."""
        with reading(member(self.named)) as session:
            return str(session.scalar(select(getattr(kind, column)).where(kind.id == self.records[kind])))


def plant_open(workspace: Workspace, planted: Planted) -> None:
    planted.named = save(ANONYMOUS, Person, {"name": "Named"}, workspace=workspace)
    planted.head = save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}, workspace=workspace)
    planted.other = save(ANONYMOUS, Person, {"name": "Other", "roles": CLEARER}, workspace=workspace)
    staff_member = member(planted.named)

    def keep(name: str, kind: type[Record], **values: Any) -> None:
        values |= {"title": f"Seen {name}", "sensitivity": Sensitivity.INTERNAL}
        planted.seen[name] = save(staff_member, kind, values, items=[ITEM], workspace=workspace)

    for name in ("public event", "internal event"):
        keep(name, Event, event_kind=EventKind.SIDE_EVENT, start=TODAY, end=TODAY, body="un-hrc")
    public = {"sensitivity": Sensitivity.PUBLIC}
    save(
        staff_member,
        Event,
        public,
        record_id=planted.seen["public event"],
        seen=1,
        reason="It is announced.",
        workspace=workspace,
    )
    consulted, online = EngagementKind.CONSULTED, EngagementForm.ONLINE
    keep("engagement", Engagement, on=TODAY, engagement_kind=consulted, form=online)
    keep("organisation", Contact, contact_kind=ContactKind.ORGANISATION)
    keep("statement", Statement, format=StatementFormat.STATEMENT, forum="un-hrc")
    keep("proposal", LanguageProposal, text="Resolution", wording="defenders", forum="un-hrc")


def plant_restricted(workspace: Workspace, planted: Planted) -> None:
    """One record of each kind with all that can hang on it, named to two, through the door that pages use."""
    staff_member, head = member(planted.named), member(planted.head)

    def keep(kind: type[Record], *links: type[Record], **known: Any) -> None:
        planted.records[kind] = save(
            staff_member,
            kind,
            planted.texts(kind, sensitivity=Sensitivity.RESTRICTED, **known),
            items=[ITEM],
            links=[planted.records[link] for link in links],
            named=[planted.named, planted.head],
            workspace=workspace,
        )

    keep(Contact, contact_kind=ContactKind.DEFENDER, country="BLR")
    keep(
        Case,
        Contact,
        country="BLR",
        suggested_by=Suggester.CIVIL_SOCIETY,
        mission_consulted_on=TODAY,
        risk=RiskLevel.MODERATE,
        prospect=Prospect.UNCLEAR,
        publicity=Publicity.STATEMENT,
    )
    keep(Reprisal, Case, Contact, country="BLR", organisation="un-hrc", alleged_on=TODAY, reported_on=TODAY)
    security, met = EngagementKind.SECURITY_MEASURES, EngagementForm.IN_PERSON
    keep(Engagement, Case, Contact, on=TODAY, organisation="un-hrc", engagement_kind=security, form=met)
    recommendation = {"format": StatementFormat.UPR_RECOMMENDATION, "upr_implementation": ""}
    keep(Statement, Case, voice=Voice.JOINT, **recommendation, forum="un-hrc", due=TODAY)
    keep(
        Event,
        Case,
        event_kind=EventKind.SIDE_EVENT,
        start=TODAY,
        end=TODAY,
        body="un-hrc",
        timezone="Europe/Zurich",
        request_due=TODAY,
        defenders_speak=True,
    )
    keep(LanguageProposal, Event, forum="un-hrc")
    statement = planted.records[Statement]
    with writing(staff_member, workspace=workspace) as session:
        contact = session.get_one(Contact, planted.records[Contact])
        for one in (contact, session.get_one(Contact, planted.seen["organisation"])):
            one.identity = Identity(**planted.texts(Identity))
        contact.consents.append(Consent(**planted.texts(Consent), given_on=TODAY, taken_by_id=planted.named))
        session.add(Cosponsor(statement_id=statement, country="ISL"))
        invited = EngagementKind.INVITED
        session.add(FurtherKind(record_id=planted.records[Engagement], engagement_kind=invited))
        for record in planted.records.values():
            session.add(RecordTheme(**planted.texts(RecordTheme), record_id=record))
            session.add(FollowUp(**planted.texts(FollowUp), record_id=record, due=TODAY, owner_id=planted.named))
        later = {"until": TODAY + timedelta(days=1), "person_id": planted.named}
        session.add(RetentionExtension(**planted.texts(RetentionExtension), record_id=planted.records[Case], **later))
        address = f"https://example.org/{(typed_in := planted.text('document_link', 'url'))}"
        planted.canaries[address] = planted.canaries.pop(typed_in)
        link = planted.texts(DocumentLink, url=address)
        session.add(DocumentLink(**link, record_id=planted.records[Case], added_by_id=planted.named))
        reference = planted.texts(ArchivedAs)
        session.add(ArchivedAs(**reference, record_id=planted.records[Case], entered_by_id=planted.named))
        session.add(Imported(**planted.texts(Imported), record_id=planted.records[Event], taken_on=TODAY))
        followed = planted.texts(RemoteCalendar, body="un-hrc", event_kind=EventKind.MEETING)
        session.add(RemoteCalendar(**followed, id=(remote := new_id()), person_id=planted.named))
        session.flush()
        session.add(RemoteVisit(**planted.texts(RemoteVisit), id=remote, asked_at=now()))
    for based_on in (0, 1):
        text = planted.texts(Version)
        commands.save_text(staff_member, statement, **text, language="en", based_on=based_on, workspace=workspace)
    reason = planted.texts(Override, missing="")["reason"]
    asked = commands.ask_override(staff_member, statement, Step.CLEAR, reason, workspace)
    for id_ in (statement, planted.seen["statement"]):
        typed = planted.texts(Unsaved)
        commands.keep_unsaved(staff_member, id_, **typed, language="en", based_on=0, workspace=workspace)
    commands.confirm_override(head, asked, planted.texts(Override, missing="")["reason"], workspace)
    commands.mark_agreed(staff_member, statement, 2, planted.texts(AgreedText)["agreed_between"], workspace)
    with reading(head, workspace) as session:
        newest = session.scalars(select(Version.text).order_by(Version.number.desc())).first() or ""
    remark = planted.text(Comment.__tablename__, "remark")
    add_comment(staff_member, statement, remark, Passage("en", newest, 0, len(newest)), workspace)
    note_presence(staff_member, statement, workspace=workspace)
    for state in (StatementState.CONSULTATION, StatementState.CLEARED, StatementState.DELIVERED):
        consulted = [planted.named] if state is StatementState.CONSULTATION else []
        commands.move(head, statement, state, seen=2, on=TODAY, consultees=consulted, workspace=workspace)
        if consulted:
            said = planted.texts(ConsulteeAnswer)
            answer = ConsultationAnswer.AGREE
            answer_consultation(staff_member, statement, answer, **said, seen=2, workspace=workspace)
    assessment = planted.texts(OverrideReview)["assessment"]
    commands.review_override(head, asked, assessment, seen=2, workspace=workspace)
    with writing(staff_member, workspace=workspace) as session:
        delivered = session.get_one(Statement, statement)
        delivered.upr_implementation = planted.text(Statement.__tablename__, "upr_implementation")


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, past all doors."""
    engine = sa.create_engine(f"sqlite:///{folder / FILE}")
    with engine.connect() as connection:
        found = {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    # Names of one length: a page that says where the workspace is differs in nothing else.
    found = Planted(tmp_path_factory.mktemp("workspace_0"), tmp_path_factory.mktemp("workspace_1"))
    workspace = open_workspace(f"sqlite:///{found.before / FILE}")
    plant_open(workspace, found)
    workspace.close()
    shutil.copy(found.before / FILE, found.after / FILE)
    workspace = open_workspace(f"sqlite:///{found.after / FILE}")
    plant_restricted(workspace, found)
    workspace.close()
    was, there = rows(found.before), rows(found.after)
    found.ids = {row["id"] for table in there if table != "change" for row in there[table]}
    found.ids -= {row["id"] for table in was if table != "change" for row in was[table]}
    # That the organisation, which all see, has a name on record, and who may read it, is no secret; what it says is.
    found.ids -= {row["id"] for row in there["identity"] if row["contact_id"] == found.seen["organisation"]}
    found.ids -= {row["id"] for row in there["access"] if row["record_id"] == found.seen["organisation"]}
    return found


@pytest.fixture
def after(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """The workspace with the restricted records is the current one."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(planted.after))
    return planted


def test_there_is_a_canary_in_every_text_of_every_table(planted: Planted) -> None:
    all_rows = rows(planted.after)
    there = {
        (table, column)
        for table, kept in all_rows.items()
        for row in kept
        for column, value in row.items()
        if value in planted.canaries
    }
    texts = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        if table.name not in {"person", "change", *OF_NO_SECRET}
        for column in table.columns
        if type(column.type) is sa.Text and column.name not in CODES
    }
    # What misses before an override is written by the rules: it names the case by its code, which is a canary.
    assert all(MARK in row["missing"] for row in all_rows["override"])
    # What a comment quotes is a canary of the text; around it there is nothing.
    assert there == texts - {("override", "missing"), ("comment", "prefix"), ("comment", "suffix")}
    assert {
        value for kept in all_rows.values() for row in kept for value in row.values() if value in planted.canaries
    } == set(planted.canaries)
    assert {table for table, kept in all_rows.items() if not kept} <= OF_NO_SECRET


# --- What a page sends

Visit = tuple[str, tuple[tuple[str, str], ...]]
"""A page, and the parameters of its address."""

_VOLATILE = re.compile(
    rb"(?<=T)\d\d:\d\d:\d\d(?=Z)|\b\d\d:\d\d\b|[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|(?<=T_)[0-9a-f]{5}(?=_)|workspace_[01]|(?<=\n\x05)[0-9a-f]{5}(?=\x1a)"
)
"""The time of day, the addresses of files that are written on demand, the name of a table's style, and where the
workspace is."""


@dataclass
class Sent:
    """All that the server sent for one page: every message, and every file on offer."""

    elements: list[bytes] = field(default_factory=list)
    rest: list[bytes] = field(default_factory=list)
    """Titles, addresses, the menu: all messages that draw nothing on the page."""
    files: list[bytes] = field(default_factory=list)
    began: tuple[int, int] = (0, 0)
    """Elements and files before the last run of the script: a page may run more than once before it stands."""

    def everything(self) -> bytes:
        return b"\n".join((*self.elements, *self.rest, *self.files)).lower()

    def drawn(self) -> list[bytes]:
        """What is on the page and in its files, without what differs from one run to the next anyway."""
        elements, files = self.began
        return [_VOLATILE.sub(b"-", part) for part in (*self.elements[elements:], *self.files[files:])]


def unpacked(file: bytes) -> bytes:
    """A file as it can be looked through: of one that is packed, as those of Word and Excel are, all that is in it."""
    if not file.startswith(b"PK"):
        return file
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return b"\n".join(name.encode() + b"\n" + parts.read(name) for name in sorted(parts.namelist()))


class Server:
    """Opens pages one after the other in one reader's browser, and keeps what is sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent = Sent()
        enqueue, add, add_later = ForwardMsgQueue.enqueue, MediaFileManager.add, MediaFileManager.add_deferred

        def note_message(queue: Any, message: Any) -> Any:
            if message.HasField("new_session"):
                self.sent.began = len(self.sent.elements), len(self.sent.files)
            # That it takes its time is said only where it does.
            stays = message.HasField("delta") and not message.delta.HasField("new_transient")
            kept = self.sent.elements if stays else self.sent.rest
            kept.append((message.delta if message.HasField("delta") else message).SerializeToString(deterministic=True))
            return enqueue(queue, message)

        def note_file(manager: Any, data: bytes | str, *arguments: Any, **named: Any) -> Any:
            self.sent.files.append(unpacked(data if isinstance(data, bytes) else data.encode()))
            self.sent.rest.append(repr((arguments, named)).encode())
            return add(manager, data, *arguments, **named)

        def note_later(manager: Any, data: Callable[[], bytes], *arguments: Any, **named: Any) -> Any:
            self.sent.files.append(unpacked(data()))
            self.sent.rest.append(repr((arguments, named)).encode())
            return add_later(manager, data, *arguments, **named)

        monkeypatch.setattr(ForwardMsgQueue, "enqueue", note_message)
        monkeypatch.setattr(MediaFileManager, "add", note_file)
        monkeypatch.setattr(MediaFileManager, "add_deferred", note_later)

    def walk(self, person: str, visits: Iterable[Visit]) -> dict[Visit, Sent]:
        """What is sent to a person (empty: nobody) on each visit."""
        app = AppTest.from_string(_SCRIPT, default_timeout=60)
        app.session_state["acting"] = person
        self.sent = Sent()
        app.run()
        found: dict[Visit, Sent] = {}
        for page, parameters in visits:
            app.query_params.clear()
            for name, value in parameters:
                app.query_params[name] = value
            self.sent = found[page, parameters] = Sent()
            app.switch_page(str(navigation.FOLDER / f"{page}.py")).run()
            assert [error.value for error in app.exception] == [], page
        return found


def differences(some: list[bytes], others: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Where two lists of parts differ: of each pair of parts a little of both, from where they part."""
    found = []
    for one, other in itertools.zip_longest(some, others, fillvalue=b""):
        if one != other:
            at = next(
                (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
            )
            found.append((one[max(0, at - 40) : at + 40], other[max(0, at - 40) : at + 40]))
    return found


def visits(planted: Planted) -> list[Visit]:
    """Every page as it is, and with all that an address can ask it for: records, links to records, items, panels."""
    event, case = item_of(planted.records[Event]), planted.records[Case]
    found: list[Visit] = [(page, ()) for page in PAGES]
    found += [(page, (("record", planted.records[kind]),)) for kind, page in PAGE_OF.items()]
    for page, new in (("cases", "case"), ("cases", "reprisal"), ("statements", "joint"), ("engagements", "invited")):
        found.append((page, (("new", new), ("with", case), ("tie", event))))
    found += [("language", (("new", "1"), ("tie", event))), ("meetings", (("new", "side-event"), ("with", case)))]
    found += [(page, (("item", item),)) for page in ("timeline", "dossier", "coverage") for item in (event, ITEM)]
    found += [("agenda", ()), ("today", (("item", f"{event}-request"),))]
    return [visit for visit in found if visit[0] in PAGES]


def test_no_page_sends_anything_of_them_to_anybody_else(
    planted: Planted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor does any page differ in anything, a count or an order, from that of a workspace in which they are not."""
    server, wanted = Server(monkeypatch), visits(planted)
    caplog.set_level(logging.INFO)
    for person in ("", planted.other):
        monkeypatch.setenv(FOLDER_VARIABLE, str(planted.before))
        without = server.walk(person, wanted)
        monkeypatch.setenv(FOLDER_VARIABLE, str(planted.after))
        with redirect_stderr(io.StringIO()) as said:
            found = server.walk(person, wanted)
        sent = {visit: found[visit].everything() for visit in wanted}
        assert [visit for visit in wanted if MARK.encode() in sent[visit]] == []
        assert [v for v in wanted if not v[1] and any(i.encode() in sent[v] for i in planted.ids)] == []
        differing = {visit: differences(found[visit].drawn(), without[visit].drawn()) for visit in wanted}
        assert {visit: parts for visit, parts in differing.items() if parts} == {}
    assert MARK not in f"{caplog.text}{said.getvalue()}".lower()


def test_whoever_is_named_sees_them_on_their_page_and_nowhere_in_titles_addresses_and_logs(
    after: Planted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server, wanted = Server(monkeypatch), visits(after)
    caplog.set_level(logging.INFO)
    with redirect_stderr(io.StringIO()) as said:
        found = server.walk(after.named, wanted)
    for kind, page in PAGE_OF.items():
        if page in PAGES:
            for asked in ((), (("record", after.records[kind]),)):
                assert after.canary(kind, "title").encode() in found[page, asked].everything(), (kind, asked)
    for kind, column in ((Case, "risk_reasons"), (Reprisal, "account"), (LanguageProposal, "wording")):
        shown = found[PAGE_OF[kind], (("record", after.records[kind]),)].everything()
        assert after.canary(kind, column).encode() in shown
    sent = [part.lower() for one in found.values() for part in one.rest]
    assert [part for part in sent if MARK.encode() in part] == []
    keys = [key for one in found.values() for key in re.findall(rb"\$\$id-[0-9a-f]*-[\w-]*", one.everything())]
    assert keys
    assert [key for key in keys if MARK.encode() in key] == []
    assert MARK not in f"{caplog.text}{said.getvalue()}".lower()


# --- Feeds, files and commands


def test_no_feed_has_anything_of_them(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(Starlette(routes=ROUTES))
    event = item_of(planted.records[Event])
    asked = ["calendar.ics", "calendar.ics?kind=side-event", "calendar.ics?country=BLR", "calendar.ics?q=joint"]
    asked += ["calendar.ics?organisation=un-hrc", f"item/{event}.ics", f"item/{event}-request.ics", f"item/{ITEM}.ics"]
    asked += ["calendar.ics?windows=1"]
    answers = {}
    for folder in (planted.before, planted.after):
        monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
        answers[folder] = [client.get(f"/feeds/{path}") for path in asked]
    assert [a.status_code for a in answers[planted.after]] == [200, 200, 200, 200, 200, 404, 404, 200, 200]
    assert [a.text for a in answers[planted.after]] == [a.text for a in answers[planted.before]]
    assert "Seen public event" in answers[planted.after][0].text
    sent = [f"{a.text}{a.headers}".lower() for a in answers[planted.after]]
    assert [text for text in sent if MARK in text or any(id_ in text for id_ in planted.ids)] == []


def test_no_export_has_anything_of_them(after: Planted) -> None:
    event = item_of(after.records[Event])
    for viewer in (ANONYMOUS, member(after.other), Viewer(after.named, Sensitivity.INTERNAL)):
        table = calendar_for(viewer)[1]
        written = f"{table_csv(table)!r}{calendar.records(table)}".lower()
        assert "seen public event" in written
        assert MARK not in written
        assert [id_ for id_ in after.ids if id_ in written] == []
    assert {event, f"{event}-request"} < set(calendar_for(member(after.named))[1]["item"])


@pytest.mark.parametrize(
    "command",
    [
        ["items", "--format", "csv"],
        ["items", "--format", "json"],
        ["items", "--search", MARK],
        ["items", "--kind", "side-event"],
        ["feed"],
        ["cycles"],
    ],
)
def test_no_command_prints_anything_of_them(
    after: Planted, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    said = capsys.readouterr()
    printed = f"{said.out}{said.err}".lower()
    assert printed
    # What was looked for is said back.
    assert printed.count(MARK) == command.count(MARK)
    assert [id_ for id_ in after.ids if id_ in printed] == []


# --- What a session reads


def every_value(viewer: Viewer) -> Iterator[tuple[str, object]]:
    """Every column of every row of every mapped class, as a viewer reads it."""
    with reading(viewer) as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                for attribute in mapper.column_attrs:
                    yield f"{mapper.class_.__name__}.{attribute.key}", getattr(row, attribute.key)


def test_every_table_is_closed_to_all_who_are_not_named(after: Planted) -> None:
    """A table without a rule of its own would be hidden, from those who are named too; the last line would miss it."""
    for viewer in (ANONYMOUS, member(after.other), Viewer(after.named, Sensitivity.INTERNAL), member("")):
        found = [where for where, value in every_value(viewer) if MARK in str(value) or str(value) in after.ids]
        assert found == []
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    named = {where.partition(".")[0] for where, value in every_value(member(after.named)) if MARK in str(value)}
    without = {
        "Mission",
        "Person",
        "PersonRole",
        "RoleGroup",
        "ItemLink",
        "RecordLink",
        "Access",
        "LastVisit",
        "Cosponsor",
        "Consultee",
        "Presence",
        "FurtherKind",
        "Follow",
        "Subscription",
        "SubscriptionUse",
        "Correction",
        "NotAnnounced",
        "AccessRequest",
        "Account",
        "WaitingAccount",
        "EndedSession",
        "RecordRead",
        "ReadCheck",
        "RetentionPeriod",
        "HoldingNotice",
        "StatementTemplate",
        "TemplateFile",
        "MailChoice",
        "MailPolicy",
    }
    assert named == tables - without
    with reading(ANONYMOUS) as session:
        counts = {str(kind.__tablename__): len(session.scalars(select(kind)).all()) for kind in permissions._ROOTS}
    assert {name: count for name, count in counts.items() if count} == {"record": 1, "item_link": 1}


def test_the_history_of_an_open_record_does_not_name_what_it_is_tied_to(after: Planted) -> None:
    linked = [after.records[Contact], after.records[Engagement]]
    save(member(after.named), Engagement, {}, record_id=after.seen["engagement"], seen=1, links=linked)
    with reading(member(after.other)) as session:
        told = history.of_record(session, after.seen["engagement"])
    assert told
    assert [change for change in told if any(id_ in f"{change.before}{change.after}" for id_ in after.ids)] == []


def test_no_search_of_what_was_said_finds_them(after: Planted) -> None:
    """Whatever is looked for, nothing is found and nothing counted; people with access find the text and the language."""
    reference, table = calendar.current()

    def found(viewer: Viewer, **asked: Any) -> Said:
        return what_was_said(viewer, SaidQuery(**asked), table, reference)

    themes = [canary for canary, (table_name, _) in after.canaries.items() if table_name == "record_theme"]
    asked: list[dict[str, Any]] = [{"text": MARK}, {"text": f"{MARK}*", "by_match": True}, {"forum": "un-hrc"}]
    asked += [{"country": "BLR"}, {"start": TODAY}, *({"theme": theme} for theme in themes)]
    for viewer in (ANONYMOUS, ANY_STAFF, member(after.other), Viewer(after.named, Sensitivity.INTERNAL)):
        for one in asked:
            assert MARK not in repr(found(viewer, **one)), one
        assert found(viewer, text=MARK) == Said()
        assert not {*themes} & {*themes_in_use(viewer)}
    assert {hit.kind for hit in found(member(after.named), text=MARK).hits} == {
        RecordKind.STATEMENT,
        RecordKind.LANGUAGE,
    }
    assert {*themes} <= {*themes_in_use(member(after.named))}


# --- Whichever way it is asked

LEVELS = {
    Sensitivity.PUBLIC: {Sensitivity.PUBLIC},
    Sensitivity.INTERNAL: {Sensitivity.PUBLIC, Sensitivity.INTERNAL},
    Sensitivity.RESTRICTED: {Sensitivity.PUBLIC, Sensitivity.INTERNAL},
}
PERSONS = ("one", "two", "three")


@dataclass(frozen=True)
class Kept:
    """A record to be: its level, those who are named in it, and the records before it that it is linked to."""

    level: Sensitivity
    named: frozenset[str]
    links: frozenset[int]


kept = st.builds(
    Kept,
    st.sampled_from(list(Sensitivity)),
    st.frozensets(st.sampled_from(PERSONS)),
    st.frozensets(st.integers(0, 5), max_size=3),
)


def fill(engine: sa.Engine, records: list[Kept]) -> None:
    """Cases and engagements in turn, past all rules: each with a follow-up and its links."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Person(id=person, name=person) for person in PERSONS)
        for number, record in enumerate(records):
            common: dict[str, Any] = {
                "id": f"r{number}",
                "title": f"r{number}",
                "sensitivity": record.level,
                "owner_id": "one",
            }
            common["named"] = [Access(person_id=person) for person in sorted(record.named)]
            common["follow_ups"] = [FollowUp(id=f"f{number}", what="", due=TODAY, owner_id="one")]
            common["links"] = [RecordLink(other_id=f"r{other}") for other in sorted(record.links) if other < number]
            if number % 2:
                session.add(Case(**common, suggested_by=Suggester.MINISTRY))
            else:
                kind, form = EngagementKind.INVITED, EngagementForm.ONLINE
                session.add(Engagement(**common, engagement_kind=kind, form=form, on=TODAY))
            session.flush()
        session.commit()


def by_get(session: Session, ids: list[str]) -> set[str]:
    return {id_ for id_ in ids if session.get(Record, id_) is not None}


def by_kind(session: Session, _: list[str]) -> set[str]:
    return {record.id for kind in (Case, Engagement) for record in session.scalars(select(kind))}


def by_count(session: Session, ids: list[str]) -> set[str]:
    counted = {id_ for id_ in ids if session.scalar(select(func.count(Record.id)).where(Record.id == id_))}
    assert session.scalar(select(func.count()).select_from(Record)) == len(counted)
    return counted


def by_column(session: Session, _: list[str]) -> set[str]:
    return set(session.scalars(select(Record.title).order_by(Record.title)))


def by_alias(session: Session, _: list[str]) -> set[str]:
    other = aliased(Record)
    return set(session.scalars(select(other.id)))


def by_join(session: Session, _: list[str]) -> set[str]:
    return set(session.scalars(select(FollowUp.record_id).join(Record, Record.id == FollowUp.record_id)))


def by_outer_join(session: Session, _: list[str]) -> set[str]:
    rows = session.execute(select(FollowUp.id, Record.id).outerjoin(Record, Record.id == FollowUp.record_id))
    return {record for _, record in rows if record}


def by_what_hangs_on_it(session: Session, _: list[str]) -> set[str]:
    return {follow_up.id.replace("f", "r") for follow_up in session.scalars(select(FollowUp))}


def by_relationship(session: Session, _: list[str]) -> set[str]:
    loaded = select(FollowUp).options(selectinload(FollowUp.record))
    return {follow_up.record.id for follow_up in session.scalars(loaded) if follow_up.record is not None}


def by_subquery(session: Session, _: list[str]) -> set[str]:
    inner = select(Record.id).subquery()
    return set(session.scalars(select(Record.id).where(Record.id.in_(select(inner.c.id)))))


def by_alias_of_a_subquery(session: Session, _: list[str]) -> set[str]:
    return set(session.scalars(select(aliased(Record, select(Record).subquery()).id)))


def by_cte(session: Session, _: list[str]) -> set[str]:
    listed = select(Record.id).cte()
    return set(session.scalars(select(Record.id).join(listed, listed.c.id == Record.id)))


def by_exists(session: Session, ids: list[str]) -> set[str]:
    there = aliased(Record)
    return {id_ for id_ in ids if session.scalar(select(exists().where(there.id == id_)).select_from(Record).limit(1))}


def by_scalar_subquery(session: Session, ids: list[str]) -> set[str]:
    there = aliased(Record)
    found = set()
    for id_ in ids:
        counted = select(func.count(there.id)).where(there.id == id_).scalar_subquery()
        if session.scalar(select(counted).select_from(Record).limit(1)):
            found.add(id_)
    return found


def by_union(session: Session, _: list[str]) -> set[str]:
    both = select(Record.id).where(Record.title < "r3").union_all(select(Record.id).where(Record.title >= "r3"))
    return set(session.scalars(select(Record.id).where(Record.id.in_(both))))


WAYS = (
    by_get, by_kind, by_count, by_column, by_alias, by_join, by_outer_join, by_what_hangs_on_it, by_relationship,
    by_subquery, by_alias_of_a_subquery, by_cte, by_exists, by_scalar_subquery, by_union,
)  # fmt: skip


@given(st.lists(kept, max_size=6), st.sampled_from(PERSONS), st.sampled_from(list(Sensitivity)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whichever_way_it_is_asked_the_same_is_seen(records: list[Kept], person: str, level: Sensitivity) -> None:
    engine = sa.create_engine("sqlite://")
    fill(engine, records)
    ids = [f"r{number}" for number in range(len(records))]
    seen = {
        id_
        for id_, record in zip(ids, records, strict=True)
        if record.level in LEVELS[level] or (level is Sensitivity.RESTRICTED and person in record.named)
    }
    links = {
        (id_, f"r{other}")
        for number, (id_, record) in enumerate(zip(ids, records, strict=True))
        for other in record.links
        if other < number and {id_, f"r{other}"} <= seen
    }
    for way in WAYS:
        with WorkspaceSession(engine, write=False) as session:
            session.scope = permissions.read_criteria(Viewer(person, level))
            assert way(session, ids) == seen, way.__name__
    with WorkspaceSession(engine, write=False) as session:
        session.scope = permissions.read_criteria(Viewer(person, level))
        assert {(link.record_id, link.other_id) for link in session.scalars(select(RecordLink))} == links
        linked = select(Record).options(selectinload(Record.links).selectinload(RecordLink.other))
        loaded = session.scalars(linked).all()
        assert {(record.id, link.other.id) for record in loaded for link in record.links} == links
        back = select(Record).options(selectinload(Record.linked_from).selectinload(RecordLink.record))
        assert {(link.record.id, record.id) for record in session.scalars(back) for link in record.linked_from} == links
    engine.dispose()


def test_readers_in_turn_ask_what_each_of_them_would_ask_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled for one reader serves the next, with the values of the next; alone nothing was compiled."""
    # The clock is among these values.
    monkeypatch.setenv(TODAY_VARIABLE, f"{TODAY.isoformat()}T09:00:00+00:00")
    engine = sa.create_engine("sqlite://")
    fill(engine, [Kept(level, frozenset(PERSONS[:2]), frozenset({0})) for level in Sensitivity for _ in range(2)])
    asked: list[tuple[str, object]] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))

    def what_is_asked(session: WorkspaceSession) -> list[tuple[str, object]]:
        asked.clear()
        for way in WAYS:
            way(session, [f"r{number}" for number in range(6)])
        for mapper in Base.registry.mappers:
            session.scalars(select(mapper.class_)).all()
        session.expunge_all()
        for record in session.scalars(select(Record).order_by(Record.id)):
            _ = [link.other for link in record.links], record.owner, record.named
        return list(asked)

    viewers = [Viewer(person, level) for person in PERSONS for level in Sensitivity]
    viewers += [ANONYMOUS, ANY_STAFF, OPERATOR, staff_of(["m1"]), staff_of(["m2", "m3"])]
    for viewer in (*viewers, *reversed(viewers)):
        with WorkspaceSession(engine, write=False) as session:
            session.scope = permissions.read_criteria(viewer)
            together = what_is_asked(session)
        with (
            WorkspaceSession(engine.execution_options(compiled_cache=None), write=False) as session,
            monkeypatch.context() as patch,
        ):
            # In criteria of the viewer's own the values stand from the beginning.
            patch.setattr(permissions._PERSON, "value", viewer.person_id)
            patch.setattr(permissions._MISSIONS, "value", sorted(viewer.missions))
            session.scope = permissions._criteria.__wrapped__(viewer).parts
            assert together == what_is_asked(session), viewer
    engine.dispose()


def test_a_row_of_one_reader_opens_nothing_for_another() -> None:
    engine = sa.create_engine("sqlite://")
    fill(engine, [Kept(Sensitivity.RESTRICTED, frozenset({PERSONS[0]}), frozenset({0})) for _ in range(2)])
    first, second = (Viewer(person, Sensitivity.RESTRICTED) for person in PERSONS[:2])
    with WorkspaceSession(engine, write=False) as session:
        session.scope = permissions.read_criteria(first)
        record = session.scalars(select(Record).where(Record.id == "r1")).one()
        session.expunge(record)
    for viewer in (second, ANY_STAFF):
        with WorkspaceSession(engine, write=False) as session:
            session.scope = permissions.read_criteria(viewer)
            session.add(record)
            with pytest.raises(UnscopedQueryError):
                _ = record.links
            session.expunge(record)
    with WorkspaceSession(engine, write=False) as session:
        session.scope = permissions.read_criteria(first)
        session.add(record)
        assert [link.other.id for link in record.links] == ["r0"]
    engine.dispose()


def test_what_was_compiled_serves_all_readers_of_a_level_and_no_others() -> None:
    compiled: dict[object, object] = {}
    engine = sa.create_engine("sqlite://", execution_options={"compiled_cache": compiled})
    fill(engine, [])
    compiled.clear()
    for number, level in enumerate(Sensitivity, start=1):
        for person in PERSONS:
            with WorkspaceSession(engine, write=False) as session:
                session.scope = permissions.read_criteria(Viewer(person, level))
                session.scalars(select(Record.id)).all()
                assert len(compiled) == number
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        select(Record.__table__),
        select(Record.id).union(select(Record.id)),
        select(Record).from_statement(select(Record)),
        sa.text("SELECT * FROM record"),
        sa.update(Record).values(title=""),
        sa.delete(Record),
    ],
    ids=["table", "union", "from a statement", "text", "update", "delete"],
)
def test_what_cannot_be_narrowed_is_not_read(after: Planted, statement: Any) -> None:
    with reading(member(after.named)) as session, pytest.raises(UnscopedQueryError):
        session.execute(statement)
