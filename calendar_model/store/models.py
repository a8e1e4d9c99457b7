"""The tables of the workspace.

Every independent record is a :class:`Record`, with one identifier, level of sensitivity, owner and version. Its rows
(texts, follow-ups, links, consents) are visible only with it. Identifiers are random and created here, so that the
history can name a row before the database has it.

Days are local dates, instants are UTC. ``version`` counts a row's changes; saving a row that another person has changed
in the meantime is refused (:class:`sqlalchemy.orm.exc.StaleDataError`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from enum import Enum, StrEnum
from functools import cache
from typing import Any, ClassVar
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, MetaData, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, QueryableAttribute, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from calendar_model.clock import now
from calendar_model.terms import (
    ConsultationAnswer,
    ContactKind,
    CosponsorStanding,
    EngagementForm,
    EngagementKind,
    EventKind,
    FollowKind,
    GivenRole,
    InTheLoop,
    MailRhythm,
    MailStop,
    ProposalOutcome,
    Prospect,
    Publicity,
    ReadKind,
    RecordKind,
    ReprisalState,
    RiskLevel,
    Role,
    RoleSource,
    StatementFormat,
    StatementState,
    Step,
    Suggester,
    UprResponse,
    Voice,
    ordered_kinds,
)
from calendar_model.vocabulary import Sensitivity, Standing

THEME, NAME, LINE, NOTE, PAGE, TEXT = 60, 200, 300, 2_000, 20_000, 100_000
"""Maximum characters of a theme, a name, a line, a few sentences, several pages and a whole text."""


def new_id() -> str:
    """Return a random identifier: 32 hexadecimal digits."""
    return uuid4().hex


class Instant(TypeDecorator[datetime]):
    """An aware datetime, in UTC in the database and when it comes back, also from SQLite, which has no zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone: pass an aware datetime.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(terms: type[Enum]) -> list[str]:
    """A term is kept as its value, so that a new one needs no change of the table."""
    return [term.value for term in terms]


class Base(DeclarativeBase):
    """All tables of the workspace."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: Instant(),
        StrEnum: sa.Enum(StrEnum, native_enum=False, length=40, values_callable=_values, validate_strings=True),
    }

    KEEPS_HISTORY: ClassVar[bool] = True
    """Whether a change of a row is written to the history."""
    EARLIER_NAMES: ClassVar[tuple[str, ...]] = ()
    """Earlier names of the table, which older lines of the history keep."""
    SEALED: ClassVar[frozenset[str]] = frozenset()
    """Columns of which the history records changes with a salted digest, but never values: a name that could harm
    someone must be erasable, and nothing is ever erased from the history. With a key of the installation they are
    encrypted in the database as well, except for ``salt``."""
    VISIBLE_WITH: ClassVar[tuple[str, ...]] = ()
    """Columns that name the records to which a row belongs, the one whose history it is in first: the row is visible
    with all of them, and never without. A kind of row can be visible to fewer still: see
    :mod:`calendar_model.access.permissions`."""

    @classmethod
    def names_in_history(cls) -> tuple[str, ...]:
        """The names under which lines of the history speak of the table."""
        return cls.__tablename__, *cls.EARLIER_NAMES


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _take_terms(_kind: type[Base], _key: str, attribute: QueryableAttribute[Any]) -> None:
    """Make the term of a value that a column of terms is given: rules compare terms, and a text is none."""
    columns = getattr(attribute.property, "columns", ())
    terms = columns[0].type.enum_class if columns and isinstance(columns[0].type, sa.Enum) else None
    if terms is not None:

        @event.listens_for(attribute, "set", retval=True)
        def _term(_target: Base, value: Any, _before: object, _initiator: object) -> Any:
            return terms(value) if isinstance(value, str) else value


class Code(StrEnum):
    """Of what a column holds the code: of a State or an organisation of the reference, or of a time zone (IANA)."""

    STATE = "State"
    ORGANISATION = "organisation"
    ZONE = "time zone"


def _text(longest: int, *, required: bool = False, code: Code | None = None, **options: Any) -> Any:
    """A column of text with at most ``longest`` characters; with ``code`` it holds such a code, or nothing.

    A ``required`` column must be filled in; :mod:`calendar_model.messages.columns` has the sentence for each.
    """
    return mapped_column(info={"longest": longest, "required": required, "code": code}, **options)


def _required(*, past: bool = False, **options: Any) -> Any:
    """A required column of another type.

    With ``past`` it is the day of a past event, never in the future.
    """
    return mapped_column(info={"required": True, "past": past}, **options)


def _happened() -> Any:
    """An optional day of a past event, never in the future."""
    return mapped_column(info={"past": True})


def _number(least: int, most: int, **options: Any) -> Any:
    """A whole number between two others, both included."""
    return mapped_column(info={"least": least, "most": most}, **options)


def _code(kind: Code, **options: Any) -> Any:
    """A column that holds a code of the reference, or nothing."""
    return _text(LINE, code=kind, **{"default": "", **options})


def _id() -> Mapped[str]:
    return mapped_column(String(32), primary_key=True, default=new_id)


def _of(table: str, *, index: bool = True, required: bool = False, **options: Any) -> Any:
    return mapped_column(String(32), ForeignKey(f"{table}.id"), index=index, info={"required": required}, **options)


class Mission(Base):
    """A mission, embassy or desk that shares this installation with others; without one there is only one.

    Its internal records are read by those with a role at it. One that is no longer ``active`` is not offered any more.
    It is never deleted, because lines of the history name it.
    """

    __tablename__ = "mission"

    id: Mapped[str] = _id()
    name: Mapped[str] = _text(NAME, required=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Person(Base):
    """A member of staff. ``roles`` say what they may do; a new person without them has :data:`USUAL_ROLES`.

    ``mission_id`` is the home mission, to which their new records belong. ``roles_changed_at`` raises the version with
    a change of the roles, so that two editors notice each other.
    """

    __tablename__ = "person"

    id: Mapped[str] = _id()
    name: Mapped[str] = _text(NAME, required=True)
    post: Mapped[str] = _text(NAME, default="")
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    mission_id: Mapped[str | None] = _of("mission", index=False)
    roles_changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    role_rows: Mapped[list[PersonRole]] = relationship(
        cascade="all, delete-orphan", order_by="PersonRole.role", back_populates="person"
    )
    subscriptions: Mapped[list[Subscription]] = relationship(cascade="all, delete-orphan", back_populates="person")

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **columns: Any) -> None:
        super().__init__(**{"roles": USUAL_ROLES, **columns})

    @property
    def roles(self) -> frozenset[Role]:
        """The person's roles at any mission; set it to change them.

        A role that stays keeps where it came from and where it holds; a new one holds at all missions.
        """
        return frozenset(one.role for one in self.role_rows)

    @roles.setter
    def roles(self, roles: Iterable[Role]) -> None:
        wanted = set(map(Role, roles))
        stay = {one.given for one in self.role_rows if one.role in wanted}
        self.given = stay | {(role, None) for role in wanted - {role for role, _mission in stay}}

    @property
    def given(self) -> frozenset[GivenRole]:
        """Each role with the mission at which it holds, None for all; set it to change them."""
        return frozenset(one.given for one in self.role_rows)

    @given.setter
    def given(self, given: Iterable[GivenRole]) -> None:
        wanted, known = {(Role(role), mission) for role, mission in given}, {one.given: one for one in self.role_rows}
        if known.keys() != wanted:
            self.role_rows = [
                known.get((role, mission)) or PersonRole(role=role, mission_id=mission)
                for role, mission in sorted(wanted, key=lambda one: (one[0], one[1] or ""))
            ]
            if sa.inspect(self, raiseerr=True).persistent:
                self.roles_changed_at = now()

    @property
    def roles_everywhere(self) -> frozenset[Role]:
        """The roles that hold at all missions; set it to change them."""
        return frozenset(role for role, mission in self.given if mission is None)

    @roles_everywhere.setter
    def roles_everywhere(self, roles: Iterable[Role]) -> None:
        self.given = {one for one in self.given if one[1] is not None} | {(Role(role), None) for role in roles}

    @property
    def roles_at_missions(self) -> frozenset[GivenRole]:
        """The roles that hold at one mission, each with its mission; set it to change them."""
        return frozenset(one for one in self.given if one[1] is not None)

    @roles_at_missions.setter
    def roles_at_missions(self, given: Iterable[GivenRole]) -> None:
        self.given = {one for one in self.given if one[1] is None} | set(given)


USUAL_ROLES = frozenset({Role.EDITOR, Role.CASE_OFFICER})
"""The roles of a new person of whom nothing else is said."""


def _once_everywhere(*columns: str) -> tuple[Index, UniqueConstraint]:
    """What makes rows with these columns unique at a mission, and at all of them: two NULLs would not be the same."""
    at_all: dict[str, Any] = {f"{dialect}_where": sa.text("mission_id IS NULL") for dialect in ("sqlite", "postgresql")}
    return Index(None, *columns, unique=True, **at_all), UniqueConstraint(*columns, "mission_id")


class PersonRole(Base):
    """A role of a person at a mission, or at all of them, given by hand or by a group of the sign-in."""

    __tablename__ = "person_role"
    __table_args__ = _once_everywhere("person_id", "role")

    id: Mapped[str] = _id()
    person_id: Mapped[str] = _of("person", index=False)
    role: Mapped[Role] = mapped_column(index=True)
    mission_id: Mapped[str | None] = _of("mission", index=False)
    source: Mapped[RoleSource] = mapped_column(default=RoleSource.HAND)

    person: Mapped[Person] = relationship(back_populates="role_rows")

    @property
    def given(self) -> GivenRole:
        """The role with the mission at which it holds."""
        return self.role, self.mission_id


class RoleGroup(Base):
    """A group of the sign-in whose members have a role at a mission, or at all of them."""

    __tablename__ = "role_group"
    __table_args__ = _once_everywhere("name", "role")

    id: Mapped[str] = _id()
    name: Mapped[str] = _text(NAME, required=True)
    role: Mapped[Role] = _required()
    mission_id: Mapped[str | None] = _of("mission", index=False)

    @property
    def given(self) -> GivenRole:
        """The role with the mission at which it is given."""
        return self.role, self.mission_id


class Account(Base):
    """An account at an identity provider, bound to the person whose it is: who signs in with it acts as that person.

    ``issuer`` and ``subject`` are the claims ``iss`` and ``sub`` of OpenID Connect, which identify an account; the
    provider gave it the name ``known_as`` when it was bound. Without sign-in, the one account of :data:`LOCAL_ISSUER`
    is bound to the user of this machine.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = _id()
    issuer: Mapped[str] = _text(LINE)
    subject: Mapped[str] = _text(LINE)
    known_as: Mapped[str] = _text(LINE, default="")
    person_id: Mapped[str] = _of("person", required=True)
    bound_at: Mapped[datetime] = mapped_column(default=now)


LOCAL_ISSUER = "local"
"""The issuer, and the subject, of the account of a machine's only user, who does not sign in."""


class WaitingAccount(Base):
    """An account that has signed in and is bound to no one yet; ``id`` is a digest of the issuer and the subject.

    Without history, because anyone of the organisation can sign in.
    """

    __tablename__ = "waiting_account"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    issuer: Mapped[str] = _text(LINE)
    subject: Mapped[str] = _text(LINE)
    known_as: Mapped[str] = _text(LINE, default="")
    since: Mapped[datetime] = mapped_column(default=now)


class EndedSession(Base):
    """A session that was signed out of, by a digest of its sign-in, kept until it would have expired.

    Without history, because it says nothing of a record.
    """

    __tablename__ = "ended_session"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class LastVisit(Base):
    """The days of a person's last two visits. Without history, because reading changes nothing.

    Visible only to the person. ``before`` is None on the first day.
    """

    __tablename__ = "last_visit"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date]
    before: Mapped[date | None]


class MailChoice(Base):
    """How a person wants the digest by e-mail. Without history, so that an address is gone once it is removed.

    Visible only to the person. ``workdays`` are digits of ISO 8601, 1 for Monday: several for a daily digest, one for a
    weekly. It is sent from ``hour`` on, in ``timezone`` (IANA), and in ``language``. ``chosen_at`` is when that was
    last chosen: nothing that was due earlier is sent.

    Nothing is sent to ``address`` before it is confirmed, by a link with a secret whose SHA-256 is ``confirm_hash`` and
    which was mailed at ``asked_at``; nor once mail to it was ``stopped``.
    """

    __tablename__ = "mail_choice"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    rhythm: Mapped[MailRhythm] = mapped_column(default=MailRhythm.WEEKLY)
    workdays: Mapped[str] = mapped_column(String(7), default="1")
    hour: Mapped[int] = _number(0, 23, default=7)
    timezone: Mapped[str] = _text(NAME, code=Code.ZONE, default="UTC")
    language: Mapped[str] = mapped_column(String(8), default="en")
    chosen_at: Mapped[datetime] = mapped_column(default=now)
    address: Mapped[str] = _text(LINE, default="")
    confirm_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    stopped: Mapped[MailStop | None]
    stopped_at: Mapped[datetime | None]


class MailPolicy(Base):
    """What mails may hold, one row: without ``contents`` only counts and a link. Set by an administrator."""

    __tablename__ = "mail_policy"

    id: Mapped[str] = _id()
    contents: Mapped[bool] = mapped_column(default=True)


class Follow(Base):
    """What a person follows, visible only to them. Without history, because it changes nothing for others.

    ``followed_key`` is the identifier of an item or a record, or the code of a track or a State. It is no foreign key,
    because it stays when the item or the record goes.
    """

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("person_id", "followed_kind", "followed_key"),)

    KEEPS_HISTORY = False

    id: Mapped[str] = _id()
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id", ondelete="CASCADE"))
    followed_kind: Mapped[FollowKind] = _required()
    followed_key: Mapped[str] = _text(NAME, required=True)
    at: Mapped[datetime] = mapped_column(default=now)


class Record(Base):
    """The columns of all records. ``title`` is the name in lists; if it could identify a person, it is a code.

    ``mission_id`` is the mission to which it belongs, None for all of them. ``sample`` marks fictional records, which
    can be removed together.
    """

    __tablename__ = "record"

    id: Mapped[str] = _id()
    kind: Mapped[RecordKind]
    title: Mapped[str] = _text(LINE, required=True)
    sensitivity: Mapped[Sensitivity] = mapped_column(index=True)
    owner_id: Mapped[str] = _of("person")
    mission_id: Mapped[str | None] = _of("mission", index=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person] = relationship()
    items: Mapped[list[ItemLink]] = relationship(cascade="all, delete-orphan", order_by="ItemLink.item")
    links: Mapped[list[RecordLink]] = relationship(
        cascade="all, delete-orphan", foreign_keys="RecordLink.record_id", back_populates="record"
    )
    linked_from: Mapped[list[RecordLink]] = relationship(
        cascade="all, delete-orphan", foreign_keys="RecordLink.other_id", back_populates="other"
    )
    named: Mapped[list[Access]] = relationship(cascade="all, delete-orphan")
    access_requests: Mapped[list[AccessRequest]] = relationship(cascade="all, delete-orphan")
    read_checks: Mapped[list[ReadCheck]] = relationship(cascade="all, delete-orphan")
    extensions: Mapped[list[RetentionExtension]] = relationship(cascade="all, delete-orphan")
    documents: Mapped[list[DocumentLink]] = relationship(cascade="all, delete-orphan", order_by="DocumentLink.at")
    archived: Mapped[ArchivedAs | None] = relationship(cascade="all, delete-orphan")
    follow_ups: Mapped[list[FollowUp]] = relationship(
        cascade="all, delete-orphan", order_by="FollowUp.due", back_populates="record"
    )
    theme_rows: Mapped[list[RecordTheme]] = relationship(cascade="all, delete-orphan", order_by="RecordTheme.theme")

    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": version}


class ItemLink(Base):
    """Links a record to an item of the calendar by its local identifier, such as ``hrc-resolution-HRC67``."""

    __tablename__ = "item_link"
    __table_args__ = (UniqueConstraint("record_id", "item"),)

    EARLIER_NAMES = ("tie_to_item",)
    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record", index=False)
    item: Mapped[str] = _text(NAME, required=True, index=True)


class RecordTheme(Base):
    """A theme of a record, such as ``reprisals``, in the words of the mission.

    There is no table of themes: one is known only to those who see a record that has it.
    """

    __tablename__ = "record_theme"
    __table_args__ = (UniqueConstraint("record_id", "theme"),)

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record", index=False)
    theme: Mapped[str] = _text(THEME, required=True, index=True)


class RecordLink(Base):
    """Links a record to another: an engagement to its contacts, statements and cases, a statement to its cases."""

    __tablename__ = "record_link"
    __table_args__ = (UniqueConstraint("record_id", "other_id"),)

    EARLIER_NAMES = ("tie_to_record",)
    VISIBLE_WITH = ("record_id", "other_id")

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record", index=False)
    other_id: Mapped[str] = _of("record")

    record: Mapped[Record] = relationship(foreign_keys=[record_id], back_populates="links")
    other: Mapped[Record] = relationship(foreign_keys=[other_id], back_populates="linked_from")


class Access(Base):
    """A person with access to a restricted record; ``until`` an instant, or for good."""

    __tablename__ = "access"
    __table_args__ = (UniqueConstraint("record_id", "person_id"),)

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record", index=False)
    person_id: Mapped[str] = _of("person")
    until: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    @property
    def holds(self) -> bool:
        """Whether the access has not run out."""
        return self.until is None or self.until > now()


class RecordRead(Base):
    """That a person has opened a restricted record, or has had a document made that contains it, and when.

    Without history, because nothing changes; visible to people with access. It stays when the record is deleted, so
    that ``record_id`` is no foreign key.
    """

    __tablename__ = "record_read"
    __table_args__ = (Index("ix_record_read_record_id_at", "record_id", "at"),)

    KEEPS_HISTORY = False

    id: Mapped[str] = _id()
    record_id: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[str] = _of("person", index=False)
    how: Mapped[ReadKind]
    at: Mapped[datetime] = mapped_column(default=now)


class ReadCheck(Base):
    """That a person with access has looked through who has read a restricted record, and when."""

    __tablename__ = "read_check"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record")
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)


class RetentionExtension(Base):
    """That a record which was due for deletion is kept until a later day, by whom and why."""

    __tablename__ = "retention_extension"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record")
    until: Mapped[date] = _required()
    reason: Mapped[str] = _text(NOTE, required=True)
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)


class DocumentLink(Base):
    """A link from a record to a document at a web address, with the title by which readers know it, and who added it.

    The address can say as much as the document: it is visible with the record alone.
    """

    __tablename__ = "document_link"
    __table_args__ = (UniqueConstraint("record_id", "url"),)

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record", index=False)
    url: Mapped[str] = _text(NOTE, required=True)
    document_title: Mapped[str] = _text(LINE, required=True)
    added_by_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)

    added_by: Mapped[Person] = relationship()


class ArchivedAs(Base):
    """Under which reference a record is in the archive, who has entered it and when.

    A row of its own, because to enter it is no change of the record: periods count from the last one.
    """

    __tablename__ = "archived_as"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), unique=True)
    reference: Mapped[str] = _text(NAME, required=True)
    entered_by_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)


class RetentionPeriod(Base):
    """How many months a kind of record is kept, where an administrator has set another period than the default.

    ``kind_of_record`` is one of :data:`calendar_model.access.roles.RECORD_SUBJECTS`.
    """

    __tablename__ = "retention_period"

    id: Mapped[str] = _id()
    kind_of_record: Mapped[str] = mapped_column(String(40), unique=True)
    months: Mapped[int] = _number(6, 360)


class HoldingNotice(Base):
    """What this system may hold, as the administrator words it, in one language of the interface.

    Public, because it is read before a sign-in.
    """

    __tablename__ = "holding_notice"

    id: Mapped[str] = _id()
    language: Mapped[str] = mapped_column(String(8), unique=True)
    wording: Mapped[str] = _text(PAGE, required=True)


class AccessRequest(Base):
    """A person asks for access to a record, with a reason; a second person answers, or it stays open.

    Granted, the access lasts ``until`` an instant, or for good; refused, ``refusal`` tells the asker why.
    """

    __tablename__ = "access_request"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record")
    person_id: Mapped[str] = _of("person", index=False)
    reason: Mapped[str] = _text(NOTE, required=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    granted_by_id: Mapped[str | None] = _of("person", index=False)
    granted_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    refused_by_id: Mapped[str | None] = _of("person", index=False)
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str] = _text(NOTE, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    granted_by: Mapped[Person | None] = relationship(foreign_keys=[granted_by_id])


class FollowUp(Base):
    """An action on a record with a due day and an owner; done once ``done_on`` is set."""

    __tablename__ = "follow_up"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("record")
    what: Mapped[str] = _text(LINE, required=True)
    due: Mapped[date] = _required()
    owner_id: Mapped[str] = _of("person", required=True)
    done_on: Mapped[date | None] = _happened()
    outcome: Mapped[str] = _text(NOTE, default="")
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person] = relationship()
    record: Mapped[Record] = relationship(back_populates="follow_ups")

    __mapper_args__ = {"version_id_col": version}


class Event(Record):
    """The mission's own event, listed in the calendar beside those of the organisations.

    ``start`` and ``end`` (inclusive) are days of the place; with ``start_time`` it is timed, in ``timezone`` (IANA).
    ``body`` is a code of the reference. ``request_due``: the day by which the room must be requested.
    """

    __tablename__ = "event"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    event_kind: Mapped[EventKind] = _required()
    body: Mapped[str] = _code(Code.ORGANISATION)
    start: Mapped[date] = _required()
    end: Mapped[date] = _required()
    start_time: Mapped[time | None]
    end_time: Mapped[time | None]
    timezone: Mapped[str] = _text(NAME, code=Code.ZONE, default="")
    standing: Mapped[Standing] = mapped_column(default=Standing.PROVISIONAL)
    location: Mapped[str] = _text(NOTE, default="")
    room: Mapped[str] = _text(LINE, default="")
    request_due: Mapped[date | None]
    organisers: Mapped[str] = _text(NOTE, default="")
    cosponsors: Mapped[str] = _text(NOTE, default="")
    programme: Mapped[str] = _text(PAGE, default="")
    defenders_speak: Mapped[bool] = mapped_column(default=False)
    moved: Mapped[int] = mapped_column(default=0)
    """How often its time or place has changed: the calendar's sequence follows it."""

    imported: Mapped[Imported | None] = relationship(cascade="all, delete-orphan", back_populates="event")

    __mapper_args__ = {"polymorphic_identity": RecordKind.EVENT}


class Imported(Base):
    """The source of an imported event, to recognise it when its calendar is read again.

    ``uid`` is that of the calendar, ``occurrence`` tells the occurrences of a series apart (the RECURRENCE-ID in UTC or
    as a day; empty for an event that does not recur). ``source`` is the :class:`RemoteCalendar` that brings it, or
    empty for a file; ``source_name`` is for readers. ``values`` are the columns as last imported, as JSON: a
    column of the event with another value was changed by hand, and stays.
    """

    __tablename__ = "imported"

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = mapped_column(String(32), ForeignKey("event.id"), unique=True)
    uid: Mapped[str] = _text(NOTE, index=True)
    occurrence: Mapped[str] = _text(NAME, default="")
    source: Mapped[str] = mapped_column(String(32), default="", index=True)
    source_name: Mapped[str] = _text(LINE, default="")
    values: Mapped[str] = _text(TEXT, default="{}")
    taken_on: Mapped[date]

    event: Mapped[Event] = relationship(back_populates="imported")


class Contact(Record):
    """A defender or an organisation, by a code. An identity, if recorded, is in :class:`Identity`.

    ``preferred_channels`` and ``forbidden_channels`` are kinds of channel (``Signal``, ``no e-mail``), never addresses.
    """

    __tablename__ = "contact"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    contact_kind: Mapped[ContactKind] = _required()
    country: Mapped[str] = _code(Code.STATE)
    field_of_work: Mapped[str] = _text(LINE, default="")
    preferred_channels: Mapped[str] = _text(LINE, default="")
    forbidden_channels: Mapped[str] = _text(LINE, default="")

    identity: Mapped[Identity | None] = relationship(cascade="all, delete-orphan", back_populates="contact")
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", order_by="Consent.given_on")

    __mapper_args__ = {"polymorphic_identity": RecordKind.CONTACT}


class Identity(Base):
    """The identity of a contact. Always restricted, whatever the contact's own level, and erasable."""

    __tablename__ = "identity"

    VISIBLE_WITH = ("contact_id",)

    SEALED = frozenset({"name", "channel", "notes", "salt"})

    id: Mapped[str] = _id()
    contact_id: Mapped[str] = mapped_column(String(32), ForeignKey("contact.id"), unique=True)
    name: Mapped[str] = _text(LINE, default="")
    channel: Mapped[str] = _text(NOTE, default="")
    notes: Mapped[str] = _text(PAGE, default="")
    salt: Mapped[str] = mapped_column(String(32), default=new_id)
    """Makes the history's digests of the sealed columns worthless once this row is gone."""
    version: Mapped[int] = mapped_column()

    contact: Mapped[Contact] = relationship(back_populates="identity")

    __mapper_args__ = {"version_id_col": version}


class Consent(Base):
    """A consent of a contact: to what, when, who recorded it, until when."""

    __tablename__ = "consent"

    VISIBLE_WITH = ("contact_id",)

    id: Mapped[str] = _id()
    contact_id: Mapped[str] = _of("contact")
    to_what: Mapped[str] = _text(LINE, required=True)
    given_on: Mapped[date] = _required(past=True)
    taken_by_id: Mapped[str] = _of("person", required=True)
    until: Mapped[date | None]
    withdrawn_on: Mapped[date | None] = _happened()

    taken_by: Mapped[Person] = relationship()


class Engagement(Record):
    """An activity with or for defenders, with missions and desks, or with an organisation about defenders."""

    __tablename__ = "engagement"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    engagement_kind: Mapped[EngagementKind] = _required(index=True)
    on: Mapped[date] = _required(index=True)
    place: Mapped[str] = _text(LINE, default="")
    form: Mapped[EngagementForm] = _required()
    organisation: Mapped[str] = _code(Code.ORGANISATION)
    """Code of the organisation where it took place, or with which the dialogue was held."""
    participants: Mapped[str] = _text(NOTE, default="")
    """The participants, without identifying anyone: codes, functions, numbers."""
    outcome: Mapped[str] = _text(PAGE, default="")

    further_kinds: Mapped[list[FurtherKind]] = relationship(
        cascade="all, delete-orphan", back_populates="record", lazy="selectin"
    )

    __mapper_args__ = {"polymorphic_identity": RecordKind.ENGAGEMENT}

    @property
    def kinds(self) -> tuple[EngagementKind, ...]:
        """All its kinds, the main one first; set it to change them, the first becomes the main one."""
        return ordered_kinds(self.engagement_kind, (one.engagement_kind for one in self.further_kinds))

    @kinds.setter
    def kinds(self, kinds: Iterable[EngagementKind]) -> None:
        wanted = list(dict.fromkeys(map(EngagementKind, kinds)))
        main, others = next(iter(wanted), None), wanted[1:]
        if self.engagement_kind is not main:
            self.engagement_kind = main  # type: ignore[assignment]
        known = {one.engagement_kind: one for one in self.further_kinds}
        if known.keys() != set(others):
            self.further_kinds = [known.get(kind) or FurtherKind(engagement_kind=kind) for kind in others]
            if sa.inspect(self, raiseerr=True).persistent:
                # Otherwise the version would stay, and two editors would not notice each other.
                self.updated_at = now()


class FurtherKind(Base):
    """A kind that an engagement has besides its main one, such as support for participation at a consultation."""

    __tablename__ = "further_kind"
    __table_args__ = (UniqueConstraint("record_id", "engagement_kind"),)

    VISIBLE_WITH = ("record_id",)

    id: Mapped[str] = _id()
    record_id: Mapped[str] = _of("engagement", index=False)
    engagement_kind: Mapped[EngagementKind] = _required(index=True)

    record: Mapped[Engagement] = relationship(back_populates="further_kinds")


class Statement(Record):
    """A statement to be made or a text to be tabled. Its texts are in :class:`Version`, the newest number last.

    ``cleared_version`` is the number of the version that was cleared; empty while nothing is cleared.
    ``speaking_seconds`` overrides the forum's speaking limit where the order of the day sets another. ``upr_response``
    is the answer of the State under review to a UPR recommendation, ``upr_implementation`` what it has done since.
    """

    __tablename__ = "statement"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    voice: Mapped[Voice] = mapped_column(default=Voice.NATIONAL)
    format: Mapped[StatementFormat] = _required()
    state: Mapped[StatementState] = mapped_column(default=StatementState.IDEA, index=True)
    forum: Mapped[str] = _code(Code.ORGANISATION)
    agenda_item: Mapped[str] = _text(NAME, default="")
    speaker: Mapped[str] = _text(NAME, default="")
    lead: Mapped[str] = _text(NAME, default="")
    speaking_seconds: Mapped[int | None] = _number(10, 7200)
    due: Mapped[date | None] = mapped_column(index=True)
    waiting_for_id: Mapped[str | None] = _of("person")
    cleared_version: Mapped[int | None]
    cleared_by_id: Mapped[str | None] = _of("person", index=False)
    cleared_at: Mapped[datetime | None]
    delivered_on: Mapped[date | None] = _happened()
    upr_response: Mapped[UprResponse | None]
    upr_implementation: Mapped[str] = _text(NOTE, default="")

    versions: Mapped[list[Version]] = relationship(
        cascade="all, delete-orphan", order_by="Version.number", back_populates="statement"
    )
    cosponsors: Mapped[list[Cosponsor]] = relationship(cascade="all, delete-orphan", order_by="Cosponsor.country")
    overrides: Mapped[list[Override]] = relationship(cascade="all, delete-orphan", order_by="Override.at")
    override_reviews: Mapped[list[OverrideReview]] = relationship(
        cascade="all, delete-orphan", order_by="OverrideReview.at"
    )
    agreed_texts: Mapped[list[AgreedText]] = relationship(
        cascade="all, delete-orphan", order_by="AgreedText.version_number"
    )
    unsaved: Mapped[list[Unsaved]] = relationship(cascade="all, delete-orphan")
    consultees: Mapped[list[Consultee]] = relationship(
        cascade="all, delete-orphan", order_by="Consultee.asked_at, Consultee.id", back_populates="statement"
    )
    consultee_answers: Mapped[list[ConsulteeAnswer]] = relationship(cascade="all, delete-orphan")
    comments: Mapped[list[Comment]] = relationship(
        cascade="all, delete-orphan", order_by="Comment.at, Comment.id", back_populates="statement"
    )
    waiting_for: Mapped[Person | None] = relationship(foreign_keys=[waiting_for_id])
    cleared_by: Mapped[Person | None] = relationship(foreign_keys=[cleared_by_id])

    __mapper_args__ = {"polymorphic_identity": RecordKind.STATEMENT}


class Version(Base):
    """A saved text of a statement in one language; it never changes."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("statement_id", "number"),)

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement", index=False)
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(8), default="en")
    text: Mapped[str] = _text(TEXT, required=True)
    note: Mapped[str] = _text(LINE, default="")
    written_by_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)

    statement: Mapped[Statement] = relationship(back_populates="versions")
    written_by: Mapped[Person] = relationship()


class Cosponsor(Base):
    """A state that was asked to join a joint statement or to co-sponsor a text."""

    __tablename__ = "cosponsor"
    __table_args__ = (UniqueConstraint("statement_id", "country"),)

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement", index=False)
    country: Mapped[str] = _text(LINE, code=Code.STATE, required=True)
    standing: Mapped[CosponsorStanding] = mapped_column(default=CosponsorStanding.ASKED)


class Override(Base):
    """An override of unmet requirements: one person asks with a reason, another confirms. Kept with its statement.

    A row that asks has no ``confirms_id``; one that confirms names the row that it confirms. ``missing`` has the
    requirements unmet at the request, for ``version_number`` of the text.
    """

    __tablename__ = "override"

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement")
    step: Mapped[Step]
    version_number: Mapped[int]
    missing: Mapped[str] = _text(TEXT, default="")
    reason: Mapped[str] = _text(NOTE, required=True)
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)
    confirms_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("override.id"), unique=True)

    person: Mapped[Person] = relationship()
    confirms: Mapped[Override | None] = relationship(remote_side="Override.id")


class OverrideReview(Base):
    """That a person who neither wrote it nor asked has reviewed what was said under an override, and their assessment.

    ``override_id`` is the request; ``version_number`` the newest text that the person has read, that is, the text as
    it was delivered. Kept with its statement.
    """

    __tablename__ = "override_review"

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement")
    override_id: Mapped[str] = mapped_column(String(32), ForeignKey("override.id"), unique=True)
    version_number: Mapped[int]
    assessment: Mapped[str] = _text(NOTE, required=True)
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()
    override: Mapped[Override] = relationship()


class AgreedText(Base):
    """That a version of a negotiated text is agreed to the last word, between whom, and who recorded it."""

    __tablename__ = "agreed_text"
    __table_args__ = (UniqueConstraint("statement_id", "version_number"),)

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement", index=False)
    version_number: Mapped[int]
    agreed_between: Mapped[str] = _text(LINE, default="")
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()


class Unsaved(Base):
    """A person's unsaved text in a statement, visible only to them.

    ``based_on`` is the number of the version from which it was typed, 0 for none.
    """

    __tablename__ = "unsaved"
    __table_args__ = (UniqueConstraint("statement_id", "person_id"),)

    VISIBLE_WITH = ("statement_id",)

    KEEPS_HISTORY = False

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement", index=False)
    person_id: Mapped[str] = _of("person", index=False)
    language: Mapped[str] = mapped_column(String(8), default="en")
    based_on: Mapped[int]
    text: Mapped[str] = _text(TEXT, default="")
    at: Mapped[datetime] = mapped_column(default=now)


class StatementTemplate(Base):
    """The mission's own beginning of a statement: a text in one language with placeholders such as ``{forum}``.

    It fits statements of a ``format`` and, where they are given, of a ``voice`` and a ``forum``. It is internal to the
    mission, or to all of them, and never made from a restricted record.
    """

    __tablename__ = "statement_template"

    id: Mapped[str] = _id()
    name: Mapped[str] = _text(NAME, required=True)
    mission_id: Mapped[str | None] = _of("mission", index=False)
    format: Mapped[StatementFormat] = _required()
    voice: Mapped[Voice | None]
    forum: Mapped[str] = _code(Code.ORGANISATION)
    language: Mapped[str] = mapped_column(String(8), default="en")
    text: Mapped[str] = _text(TEXT, required=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class TemplateFile(Base):
    """The Word file of a template, in which statements of its format are laid out: as checked, without what it needs
    not. The history has the SHA-256 of its ``content``, never the bytes.
    """

    __tablename__ = "template_file"

    id: Mapped[str] = _id()
    template_id: Mapped[str] = _of("statement_template", index=False, unique=True)
    name: Mapped[str] = _text(NAME, required=True)
    content: Mapped[bytes] = _required()

    template: Mapped[StatementTemplate] = relationship()


class Consultee(Base):
    """A person who was asked for their view of a statement, by whom and until when; ``answers`` has the newest last.

    One who is ``withdrawn`` is not asked any more; asked again, the row holds for the new request.
    """

    __tablename__ = "consultee"
    __table_args__ = (UniqueConstraint("statement_id", "person_id"),)

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement", index=False)
    person_id: Mapped[str] = _of("person")
    asked_by_id: Mapped[str] = _of("person", index=False)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    due: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[str | None] = _of("person", index=False)

    statement: Mapped[Statement] = relationship(back_populates="consultees")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    answers: Mapped[list[ConsulteeAnswer]] = relationship(
        order_by="ConsulteeAnswer.at, ConsulteeAnswer.id", back_populates="consultee", passive_deletes="all"
    )


class ConsulteeAnswer(Base):
    """The answer of a consultee to one version of the text; it never changes, a later one comes after it."""

    __tablename__ = "consultee_answer"

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement")
    consultee_id: Mapped[str] = _of("consultee")
    answer: Mapped[ConsultationAnswer] = _required()
    remark: Mapped[str] = _text(NOTE, default="")
    version_number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)

    consultee: Mapped[Consultee] = relationship(back_populates="answers")


class Comment(Base):
    """A comment on a text, or a reply to one.

    One on a passage has its anchor: ``quote`` with ``prefix`` and ``suffix``, at ``position`` of the text
    ``version_number`` in ``language`` (:mod:`calendar_model.mission.statements.anchors`). One on the text as a whole
    has no position. A reply names what it replies to, and has neither anchor nor resolution.
    """

    __tablename__ = "comment"

    VISIBLE_WITH = ("statement_id",)

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = _of("statement")
    replies_to_id: Mapped[str | None] = _of("comment")
    person_id: Mapped[str] = _of("person", index=False)
    at: Mapped[datetime] = mapped_column(default=now)
    remark: Mapped[str] = _text(NOTE, required=True)
    language: Mapped[str] = mapped_column(String(8), default="")
    version_number: Mapped[int | None]
    position: Mapped[int | None]
    quote: Mapped[str] = _text(NOTE, default="")
    prefix: Mapped[str] = _text(NAME, default="")
    suffix: Mapped[str] = _text(NAME, default="")
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[str | None] = _of("person", index=False)

    statement: Mapped[Statement] = relationship(back_populates="comments")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])
    replies_to: Mapped[Comment | None] = relationship(remote_side="Comment.id")


class Presence(Base):
    """That a person looks at a statement, or types in it, and when they last did. Without history: reading changes
    nothing."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("statement_id", "person_id"),)

    VISIBLE_WITH = ("statement_id",)

    KEEPS_HISTORY = False

    id: Mapped[str] = _id()
    statement_id: Mapped[str] = mapped_column(String(32), ForeignKey("statement.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)
    typing: Mapped[bool] = mapped_column(default=False)


class LanguageProposal(Record):
    """Language on defenders proposed in a text of others.

    ``precedent`` is agreed language that says the same, ``precedent_symbol`` the document that has it.
    """

    __tablename__ = "language_proposal"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    text: Mapped[str] = _text(LINE, required=True)
    forum: Mapped[str] = _code(Code.ORGANISATION)
    wording: Mapped[str] = _text(PAGE, required=True)
    precedent: Mapped[str] = _text(PAGE, default="")
    precedent_symbol: Mapped[str] = _text(NAME, default="")
    outcome: Mapped[ProposalOutcome] = mapped_column(default=ProposalOutcome.PROPOSED)
    final_wording: Mapped[str] = _text(PAGE, default="")

    __mapper_args__ = {"polymorphic_identity": RecordKind.LANGUAGE}


class Case(Record):
    """An individual case (section 3.4 of the guidelines): its assessments and consultations.

    A pair of a day and a note is answered once the day is set.
    """

    __tablename__ = "case_file"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    country: Mapped[str] = _code(Code.STATE)
    suggested_by: Mapped[Suggester] = _required()
    suggested_note: Mapped[str] = _text(PAGE, default="")
    mission_consulted_on: Mapped[date | None] = _happened()
    mission: Mapped[str] = _text(LINE, default="")
    mission_advice: Mapped[str] = _text(PAGE, default="")
    before_on: Mapped[date | None] = _happened()
    before_with: Mapped[InTheLoop | None]
    before_note: Mapped[str] = _text(PAGE, default="")
    risk: Mapped[RiskLevel | None]
    risk_reasons: Mapped[str] = _text(PAGE, default="")
    risk_mitigation: Mapped[str] = _text(PAGE, default="")
    risk_weighed_on: Mapped[date | None] = _happened()
    prospect: Mapped[Prospect | None]
    prospect_reasons: Mapped[str] = _text(PAGE, default="")
    prospect_weighed_on: Mapped[date | None] = _happened()
    publicity: Mapped[Publicity | None]
    publicity_reason: Mapped[str] = _text(PAGE, default="")
    publicity_decided_on: Mapped[date | None] = _happened()
    after_on: Mapped[date | None] = _happened()
    after_with: Mapped[InTheLoop | None]
    after_note: Mapped[str] = _text(PAGE, default="")
    since: Mapped[str] = _text(PAGE, default="")
    closed_on: Mapped[date | None] = _happened()

    __mapper_args__ = {"polymorphic_identity": RecordKind.CASE}


class Reprisal(Record):
    """An allegation of reprisal after cooperation with an organisation (section 3.2 of the guidelines)."""

    __tablename__ = "reprisal"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    country: Mapped[str] = _code(Code.STATE)
    organisation: Mapped[str] = _code(Code.ORGANISATION)
    alleged_on: Mapped[date | None] = _happened()
    account: Mapped[str] = _text(PAGE, default="")
    reported_to: Mapped[str] = _text(LINE, default="")
    reported_on: Mapped[date | None] = _happened()
    response: Mapped[str] = _text(PAGE, default="")
    state: Mapped[ReprisalState] = mapped_column(default=ReprisalState.ALLEGED)

    __mapper_args__ = {"polymorphic_identity": RecordKind.REPRISAL}


class Correction(Record):
    """A corrected fact of the reference: it applies over the row of the CSV file, which stays as it is.

    ``file`` is that of the reference (``sessions.csv``), ``row`` the row's key there, its parts separated by a blank;
    a key that the file has not makes a new row. ``values`` are the corrected columns, as a JSON object of
    texts as in the file. ``source_url`` is the source, ``note`` a remark for readers. Always public, because it
    concerns meetings of the organisations, and applies to everyone.
    """

    __tablename__ = "correction"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("record.id"), primary_key=True)
    file: Mapped[str] = mapped_column(String(40))
    row: Mapped[str] = _text(LINE, required=True)
    values: Mapped[str] = _text(TEXT, required=True)
    source_url: Mapped[str] = _text(NOTE)
    note: Mapped[str] = _text(NOTE, default="")

    __mapper_args__ = {"polymorphic_identity": RecordKind.CORRECTION}


class NotAnnounced(Base):
    """The answer that the dates of a calendar item are not announced yet, and when to ask again.

    ``item`` is its local identifier; there is one answer an item, the latest. Public, because it concerns meetings of
    the organisations, and names no one.
    """

    __tablename__ = "not_announced"

    id: Mapped[str] = _id()
    item: Mapped[str] = _text(NAME, required=True, unique=True)
    asked_on: Mapped[date] = _required(past=True)
    ask_again_on: Mapped[date] = _required()
    person_id: Mapped[str] = _of("person", index=False)
    note: Mapped[str] = _text(NOTE, default="")
    source_url: Mapped[str] = _text(NOTE, default="")


class Subscription(Base):
    """A filter of the calendar that a person has saved under a secret address.

    ``token_hash`` is the SHA-256 of the secret, in hexadecimal: the secret itself is kept nowhere. ``query`` holds the
    filter's parameters as an address has them, empty for the whole calendar; ``level`` is public or internal.
    ``follow_ups``: the person has asked for their open follow-ups in it; ``alarm_days``: for an alarm so many days
    before each deadline, None for none; ``windows``: for items whose dates are not set. It opens nothing any more from
    ``revoked_at`` on, nor after the day ``expires_on`` (UTC); one made before there was such a day ends a year after it
    was made.
    """

    __tablename__ = "subscription"

    id: Mapped[str] = _id()
    person_id: Mapped[str] = _of("person")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = _text(80, default="")
    query: Mapped[str] = _text(NOTE, default="")
    level: Mapped[Sensitivity] = mapped_column(default=Sensitivity.INTERNAL)
    follow_ups: Mapped[bool] = mapped_column(default=False)
    alarm_days: Mapped[int | None] = _number(1, 60)
    windows: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="subscriptions")
    use: Mapped[SubscriptionUse | None] = relationship(passive_deletes="all")


class SubscriptionUse(Base):
    """The day on which a subscribed calendar was last fetched. Without history, because fetching changes nothing."""

    __tablename__ = "subscription_use"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(32), ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True)
    last_used: Mapped[date]


class RemoteCalendar(Base):
    """A followed calendar at an address, read by hand or at an interval in hours, for the person who set it up.

    ``address`` may be a secret of its own, and is sealed in the history. Its events become events of ``body`` and
    ``event_kind`` at the level ``sensitivity``; hours without a zone are in ``timezone`` (IANA). ``every_hours``:
    0 for by hand only.
    """

    __tablename__ = "remote_calendar"

    SEALED = frozenset({"address", "salt"})

    id: Mapped[str] = _id()
    person_id: Mapped[str] = _of("person")
    name: Mapped[str] = _text(NAME, required=True)
    address: Mapped[str] = _text(NOTE, required=True)
    salt: Mapped[str] = mapped_column(String(32), default=new_id)
    body: Mapped[str] = _text(
        LINE,
        code=Code.ORGANISATION,
        required=True,
    )
    event_kind: Mapped[EventKind] = _required()
    sensitivity: Mapped[Sensitivity] = mapped_column(default=Sensitivity.INTERNAL)
    timezone: Mapped[str] = _text(NAME, code=Code.ZONE, default="")
    every_hours: Mapped[int] = _number(0, 24 * 366, default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    visit: Mapped[RemoteVisit | None] = relationship(passive_deletes="all")

    __mapper_args__ = {"version_id_col": version}


class RemoteVisit(Base):
    """The last visit to a remote calendar and its outcome. Without history, because reading changes nothing.

    ``etag`` and ``last_modified`` are from its server, for the next visit. ``outcome`` is a sentence for readers.
    """

    __tablename__ = "remote_visit"

    KEEPS_HISTORY = False

    id: Mapped[str] = mapped_column(String(32), ForeignKey("remote_calendar.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    etag: Mapped[str] = _text(NAME, default="")
    last_modified: Mapped[str] = _text(NAME, default="")
    outcome: Mapped[str] = _text(NOTE, default="")


class Change(Base):
    """A line of the history; :mod:`calendar_model.store.history` writes, reads and checks it.

    ``before`` and ``after`` hold the columns that changed. ``hash`` covers the line and the hash of the one before, and
    ``layout`` says which columns of the line. ``level`` and ``readers`` say who could read the line when it was
    written: of a restricted one the ``readers``, identifiers of persons, each between blanks; of an internal one those
    who read records at all missions that ``readers`` names in the same way.
    """

    __tablename__ = "change"

    KEEPS_HISTORY = False

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person_id: Mapped[str] = mapped_column(String(32), default="")
    action: Mapped[str] = mapped_column(String(8))
    table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[str] = mapped_column(String(32), index=True)
    record_id: Mapped[str] = mapped_column(String(32), index=True, default="")
    """The record that the row is or belongs to; empty for a person."""
    before: Mapped[str] = _text(1_000_000, default="{}")
    after: Mapped[str] = _text(1_000_000, default="{}")
    reason: Mapped[str] = _text(NOTE, default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    layout: Mapped[int]
    level: Mapped[Sensitivity]
    readers: Mapped[str] = _text(1_000_000)

    @property
    def table_now(self) -> str:
        """The table of the row, by the name that it has today."""
        return _present_names().get(self.table, self.table)


@cache
def _present_names() -> dict[str, str]:
    """The names of today, by those that tables had before."""
    kinds = (mapper.class_ for mapper in Base.registry.mappers)
    return {earlier: kind.__tablename__ for kind in kinds for earlier in kind.EARLIER_NAMES}


def longest(kind: type[Base], column: str) -> int:
    """The maximum characters of a text column of a mapped class; raises KeyError if none is declared."""
    kept = sa.inspect(kind).columns[column]
    length = kept.type.length if isinstance(kept.type, String) else None
    return int(length if length is not None else kept.info["longest"])


def bounds(kind: type[Base], column: str) -> tuple[int, int]:
    """The minimum and maximum of an integer column; raises KeyError if none are declared."""
    declared = sa.inspect(kind).columns[column].info
    return int(declared["least"]), int(declared["most"])


row_key = sa.Table(
    "row_key",
    Base.metadata,
    sa.Column("row_id", String(32), primary_key=True),
    sa.Column("column_name", String(40), primary_key=True),
    sa.Column("table_name", String(40), nullable=False),
    sa.Column("key_id", String(16), nullable=False),
    sa.Column("wrapped", String(200), nullable=False),
)
"""The data keys of encrypted values, one a value, each wrapped by the master key ``key_id``.

No session reads them, they have no history, and no backup holds them: without its key a value is gone wherever it was
copied. :mod:`calendar_model.store.sealing` reads and writes them."""

guess_count = sa.Table(
    "guess_count",
    Base.metadata,
    sa.Column("host", String(64), primary_key=True),
    sa.Column("full_at", Instant(), nullable=False),
)
"""For each host that has guessed at secret addresses, under a digest, when its bucket of guesses is full again.

No session reads them, they have no history, and no backup holds them. :mod:`calendar_model.store.guesses` counts."""

sent_mail = sa.Table(
    "sent_mail",
    Base.metadata,
    sa.Column("id", String(32), primary_key=True),
    sa.Column("person_id", String(32), ForeignKey("mail_choice.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", String(40), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("state", String(40), nullable=False),
    sa.Column("claimed_at", Instant(), nullable=False),
    sa.Column("tries", sa.Integer(), nullable=False),
    sa.Column("token_hash", String(64), nullable=False, unique=True),
    UniqueConstraint("person_id", "kind", "day"),
)
"""Mails that were claimed to be sent: one a person, kind and local day, however many dashboards run.

``token_hash`` is the SHA-256 of the secret with which its reader ends these mails without signing in. No session reads
them, and they have no history. :mod:`calendar_model.store.sent_mails` reads and writes them."""


observed_date = sa.Table(
    "observed_date",
    Base.metadata,
    sa.Column("item", String(NAME), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", sa.Date, nullable=False),
    sa.Column("end", sa.Date, nullable=False),
    sa.Column("date_precision", String(40), nullable=False),
    sa.Column("standing", String(40), nullable=False),
    sa.Column("starts_at", Instant()),
    sa.Column("timezone", String(NAME), nullable=False),
    sa.Column("source_url", Text, nullable=False),
    sa.Column("correction_id", String(32), nullable=False),
    sa.Column("at", Instant(), nullable=False, index=True),
)
"""The dates of the items of the reference as a dashboard saw them, ``at`` when: a row for each time that they differed.

Public, and without the mission's own events. No session reads them, and they have no history.
:mod:`calendar_model.store.observed_dates` reads and writes them."""

APPEND_ONLY = ("change", "override", "override_review", "version")
"""Tables of which the database itself refuses to change a row, and to delete one.

A text, an override or a review can be deleted with a statement that is of the sample, or has come to its end."""

Index("ix_follow_up_open", FollowUp.owner_id, FollowUp.due)
