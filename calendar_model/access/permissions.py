"""Permissions: the one place that scopes every read of the workspace.

A session reads through the options of a :class:`Viewer`, which SQLAlchemy adds to every ORM select, to lazy loads,
counts and subqueries; without them a session refuses to read. Rows of a table without a rule here are visible to no
one, so a new table stays hidden until it gets a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, SQLColumnExpression, select
from sqlalchemy.orm import with_loader_criteria

from calendar_model.access.protection import NEVER_PUBLIC
from calendar_model.access.roles import RECORD_READERS
from calendar_model.clock import now
from calendar_model.store.criteria import Criteria
from calendar_model.store.history import DELETE
from calendar_model.store.models import (
    Access,
    AccessRequest,
    Account,
    Base,
    Change,
    Follow,
    HoldingNotice,
    Identity,
    Instant,
    LastVisit,
    MailChoice,
    MailPolicy,
    Mission,
    NotAnnounced,
    Person,
    PersonRole,
    Record,
    RecordLink,
    RecordRead,
    RemoteCalendar,
    RemoteVisit,
    RetentionPeriod,
    RoleGroup,
    StatementTemplate,
    Subscription,
    SubscriptionUse,
    TemplateFile,
    Unsaved,
    WaitingAccount,
)
from calendar_model.terms import Role
from calendar_model.vocabulary import Sensitivity


@dataclass(frozen=True)
class Viewer:
    """A reader. ``level`` is the highest they may read; restricted records must give ``person_id`` access.

    A person reads what is not public only while they are active and have a role that reads records; for the internal
    records of a mission they need such a role at it. Who is no person reads the internal records that all missions
    share, and those of ``missions``. ``is_operator``: the one who holds the machine, and what the sign-in does; they
    write persons and roles without being one of them.
    """

    person_id: str = ""
    level: Sensitivity = Sensitivity.PUBLIC
    is_operator: bool = False
    missions: frozenset[str] = frozenset()


ANONYMOUS = Viewer()
"""A viewer without an identity: public records only, without the sample."""

ANY_STAFF = Viewer("", Sensitivity.INTERNAL)
"""A viewer of what all staff may read, for files that one of them passes on: nothing restricted, or of one mission."""

OPERATOR = Viewer("", Sensitivity.INTERNAL, is_operator=True)
"""The command line of the machine, and the sign-in: no person, and nothing restricted, or of one mission."""


def staff_of(missions: Iterable[str]) -> Viewer:
    """A viewer of what the staff of these missions may read, for files and feeds: nothing restricted."""
    return Viewer("", Sensitivity.INTERNAL, missions=frozenset(missions))


def member(person_id: str) -> Viewer:
    """A viewer for a member of staff: public and internal records, and the restricted ones they have access to.

    Their roles are asked for with each read, so that a role that is taken ends at the next one.
    """
    return Viewer(person_id, Sensitivity.RESTRICTED)


_PERSON = sa.bindparam("viewer_person_id", object(), type_=sa.String())
_MISSIONS = sa.bindparam("viewer_missions", object(), type_=sa.String(), expanding=True)
"""The viewer in a statement, to whom :func:`read_criteria` gives values; no database takes those that are here."""


@lru_cache(maxsize=2048)
def read_criteria(viewer: Viewer) -> Sequence[Criteria]:
    """The criteria that narrow every ORM select of a session to what ``viewer`` may see; a shared value."""
    one_of_them = replace(viewer, person_id="anybody" if viewer.person_id else "", missions=frozenset())
    values = {_PERSON.key: viewer.person_id, _MISSIONS.key: sorted(viewer.missions)}
    return (_criteria(one_of_them).bound(values),)


@cache
def _criteria(viewer: Viewer) -> Criteria:
    """The criteria of all who differ from a viewer in values alone: they take a quarter of a second and megabytes."""
    rules = _rules(viewer)
    return Criteria(with_loader_criteria(kind, rules.get(kind, sa.false()), include_aliases=True) for kind in _ROOTS)


def _rules(viewer: Viewer) -> Mapping[type[Base], ColumnElement[bool]]:
    """Which rows of each mapped class are visible; of a class that is not in it, none."""

    def visible(record: SQLColumnExpression[str]) -> ColumnElement[bool]:
        return _visible(viewer, record)

    rules: dict[type[Base], ColumnElement[bool]] = {
        Record: _open_to(viewer, Record.sensitivity, Record.id, Record.sample, Record.mission_id),
        NotAnnounced: sa.true(),
        HoldingNotice: sa.true(),
        MailPolicy: sa.true(),
        **{
            kind: sa.and_(*(visible(getattr(kind, column)) for column in kind.VISIBLE_WITH))
            for kind in _ROOTS
            if kind.VISIBLE_WITH and kind not in _VISIBLE_TO_FEWER
        },
    }
    for kind in NEVER_PUBLIC:
        (column,) = kind.VISIBLE_WITH
        rules[kind] = _visible_within(viewer, getattr(kind, column))
    if viewer.level is not Sensitivity.PUBLIC:
        rules |= {Mission: sa.true(), Person: sa.true(), PersonRole: sa.true(), RoleGroup: sa.true()}
        rules[RetentionPeriod] = sa.true()
        rules[StatementTemplate] = _reads_records(viewer) & _at_mission(viewer, StatementTemplate.mission_id)
        rules[TemplateFile] = _reads_records(viewer) & TemplateFile.template_id.in_(_templates_read(viewer))
        # A digest is made as its person, without their restricted records.
        rules[Follow] = Follow.person_id == _PERSON
        rules[Account] = rules[WaitingAccount] = _administers(viewer)
        theirs = (Subscription.__tablename__, RemoteCalendar.__tablename__)
        own: ColumnElement[bool] = Change.table.not_in(theirs)
        if viewer.level is Sensitivity.RESTRICTED:
            own |= Change.person_id == _PERSON
        of_templates = (StatementTemplate.__tablename__, TemplateFile.__tablename__)
        own &= Change.table.not_in(of_templates) | _reads_records(viewer)
        rules[Change] = _could_read(viewer, Change.level, Change.readers) & (
            ((Change.record_id == "") & own)
            | _reads_records(viewer)
            & (visible(Change.record_id) | _gone(viewer, Change.record_id))
            & (Change.table.not_in(RecordLink.names_in_history()) | visible(_other_end()) | _gone(viewer, _other_end()))
        )
    if viewer.level is Sensitivity.RESTRICTED:
        rules[Identity] = Identity.contact_id.in_(_naming(viewer))
        rules[RecordRead] = RecordRead.record_id.in_(_naming(viewer))
        rules[AccessRequest] = _concerned_with_request(viewer)
        rules[Unsaved] = (Unsaved.person_id == _PERSON) & visible(Unsaved.statement_id)
        rules[Subscription] = Subscription.person_id == _PERSON
        rules[SubscriptionUse] = SubscriptionUse.id.in_(_belonging(viewer, Subscription))
        rules[RemoteCalendar] = RemoteCalendar.person_id == _PERSON
        rules[LastVisit] = LastVisit.id == _PERSON
        rules[MailChoice] = MailChoice.id == _PERSON
        rules[RemoteVisit] = RemoteVisit.id.in_(_belonging(viewer, RemoteCalendar))
    return rules


_VISIBLE_TO_FEWER = (AccessRequest, Identity, Unsaved)
"""Kinds of row with a visibility rule of their own, narrower than that of their record."""

_ROOTS: tuple[type[Base], ...] = tuple(mapper.class_ for mapper in Base.registry.mappers if mapper.inherits is None)
"""Every mapped class except those that inherit their rule from :class:`Record`."""


def _administers(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer manages users: an active administrator, or anybody of the staff while there is none."""
    if viewer.is_operator:
        return sa.true()
    given, person = PersonRole.__table__.alias(), Person.__table__.alias()
    administers = (given.c.role == Role.ADMINISTRATOR) & given.c.mission_id.is_(None)
    active = administers & (person.c.id == given.c.person_id) & person.c.active & ~person.c.sample
    anybody = sa.exists().where(active).correlate_except(given, person)
    themselves = sa.exists().where(active, person.c.id == _PERSON).correlate_except(given, person)
    return themselves | ~anybody & bool(viewer.person_id)


def _other_end() -> SQLColumnExpression[str]:
    """The record at the other end of a link, from the line of the history about its creation or deletion.

    Such a line is ``{"id":"…","other_id":"…","record_id":"…"}``, in this order and without blanks; any other is hidden.
    """
    line = sa.case((Change.action == DELETE, Change.before), else_=Change.after)
    return sa.func.substr(line, len('{"id":"') + 32 + len('","other_id":"') + 1, 32)


def _could_read(
    viewer: Viewer, level: SQLColumnExpression[Sensitivity], readers: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """Whether the viewer could read a line of the history when it was written, or could with the roles of today."""
    to_staff = level.in_((Sensitivity.PUBLIC, Sensitivity.INTERNAL)) & (
        (readers == "") | _reads_everywhere(viewer) | _reads_at_all(viewer, readers)
    )
    if viewer.level is not Sensitivity.RESTRICTED or not viewer.person_id:
        return to_staff
    return to_staff | (level == Sensitivity.RESTRICTED) & readers.contains(" " + _PERSON + " ")


def _reads_at_all(viewer: Viewer, missions: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether the viewer reads records at each of these missions, as a line of the history names them."""
    mission = Mission.__table__.alias()
    named = missions.contains(sa.literal(" ") + mission.c.id + " ")
    count = select(sa.func.count()).where(mission.c.id.in_(_missions_read(viewer)), named).correlate_except(mission)
    # Each is 32 digits and a blank, after a first blank. A mission that is no longer there is read by nobody.
    return sa.func.length(missions) == 1 + 33 * count.scalar_subquery()


def _gone(viewer: Viewer, record: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether a record was deleted, and the viewer could read it until then."""
    there, line = Record.__table__.alias(), Change.__table__.alias()
    deleted = (line.c.row_id == record) & (line.c.record_id == record) & (line.c.action == DELETE)
    could_read_it = sa.exists().where(deleted, _could_read(viewer, line.c.level, line.c.readers)).correlate_except(line)
    return could_read_it & ~sa.exists().where(there.c.id == record).correlate_except(there)


def _naming(viewer: Viewer) -> Select[str]:
    # Tables and not classes: these are part of the criteria, which must not narrow themselves. Aliases, so that it is
    # not taken for the table of the query around it.
    access = Access.__table__.alias()
    theirs = (access.c.person_id == _PERSON, _lasts(access.c.until))
    return select(access.c.record_id).where(*theirs, _reads_records(viewer))


def _lasts(until: SQLColumnExpression[datetime | None]) -> ColumnElement[bool]:
    """Whether access has not run out; criteria are kept, but the clock is asked whenever the statement is sent."""
    at = sa.bindparam("at", callable_=now, type_=Instant(), unique=True)
    return until.is_(None) | (until > at)


def _reads_records(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer's roles read records at any mission; who is no person reads as far as the level goes."""
    return _has_reading_role(viewer) if viewer.person_id else sa.true()


def _reads_everywhere(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer has a role that reads the records of all missions."""
    return _has_reading_role(viewer, everywhere=True) if viewer.person_id else sa.false()


def _has_reading_role(viewer: Viewer, *, everywhere: bool = False) -> ColumnElement[bool]:
    # Of no row of the statement around it, so that the database asks once a statement.
    person, given = Person.__table__.alias(), PersonRole.__table__.alias()
    theirs = _reading_role(viewer, person, given)
    at_all = (given.c.mission_id.is_(None),) if everywhere else ()
    return sa.exists().where(*theirs, *at_all).correlate_except(person, given)


def _missions_read(viewer: Viewer) -> Select[str] | BindParameter[str]:
    """The missions of which the viewer reads the internal records: by a role at them, or because they are given."""
    if not viewer.person_id:
        return _MISSIONS
    person, given = Person.__table__.alias(), PersonRole.__table__.alias()
    theirs = _reading_role(viewer, person, given)
    return select(given.c.mission_id).where(*theirs, given.c.mission_id.is_not(None)).correlate_except(person, given)


def _reading_role(viewer: Viewer, person: FromClause, given: FromClause) -> tuple[ColumnElement[bool], ...]:
    theirs = (given.c.person_id == _PERSON, given.c.role.in_(sorted(RECORD_READERS)))
    return *theirs, person.c.id == given.c.person_id, person.c.active


def _concerned_with_request(viewer: Viewer) -> ColumnElement[bool]:
    """Visible to the requester, those with access and, if no other active case officer has access, to clearers.

    Of case officers and clearers those count who are so at the record's mission.
    """
    access, record = Access.__table__.alias(), Record.__table__.alias()
    person, given = Person.__table__.alias(), PersonRole.__table__.alias()
    at_its_mission = (record.c.id == AccessRequest.record_id) & (
        given.c.mission_id.is_(None) | record.c.mission_id.is_(None) | (given.c.mission_id == record.c.mission_id)
    )
    active = (given.c.person_id == person.c.id) & person.c.active & at_its_mission
    grants = (access.c.person_id == person.c.id) & _lasts(access.c.until) & (given.c.role == Role.CASE_OFFICER)
    others = (access.c.record_id == AccessRequest.record_id) & (access.c.person_id != AccessRequest.person_id)
    of_nobody = ~sa.exists().where(active, grants, others).correlate_except(access, record, person, given)
    clears = (given.c.role == Role.CLEARER) & (person.c.id == _PERSON)
    return (
        (AccessRequest.person_id == _PERSON)
        | AccessRequest.record_id.in_(_naming(viewer))
        | (of_nobody & sa.exists().where(active, clears).correlate_except(record, person, given))
    )


def _belonging(viewer: Viewer, kind: type[Subscription | RemoteCalendar]) -> Select[str]:
    theirs = kind.__table__.alias()
    return select(theirs.c.id).where(theirs.c.person_id == _PERSON)


def _templates_read(viewer: Viewer) -> Select[str]:
    """The templates of the missions of which the viewer reads what is internal."""
    template = StatementTemplate.__table__.alias()
    return select(template.c.id).where(_at_mission(viewer, template.c.mission_id))


def _open_to(
    viewer: Viewer,
    level: SQLColumnExpression[Sensitivity],
    record: SQLColumnExpression[str],
    sample: SQLColumnExpression[bool],
    mission: SQLColumnExpression[str | None],
) -> ColumnElement[bool]:
    if viewer.level is Sensitivity.PUBLIC:
        return (level == Sensitivity.PUBLIC) & ~sample
    public = level == Sensitivity.PUBLIC
    internal = (level == Sensitivity.INTERNAL) & _reads_records(viewer) & _at_mission(viewer, mission)
    if viewer.level is not Sensitivity.RESTRICTED:
        return public | internal
    return public | internal | record.in_(_naming(viewer))


def _at_mission(viewer: Viewer, mission: SQLColumnExpression[str | None]) -> ColumnElement[bool]:
    """Whether what is internal to this mission, None for all, is open to a viewer who reads records."""
    return mission.is_(None) | _reads_everywhere(viewer) | mission.in_(_missions_read(viewer))


def _visible_within(viewer: Viewer, record: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether the viewer sees a record, and would also if it were internal and not public."""
    if viewer.level is Sensitivity.PUBLIC:
        return sa.false()
    other = Record.__table__.alias()
    within = (other.c.sensitivity != Sensitivity.RESTRICTED) & _reads_records(viewer)
    seen = within & _at_mission(viewer, other.c.mission_id)
    if viewer.level is Sensitivity.RESTRICTED:
        seen |= other.c.id.in_(_naming(viewer))
    return sa.exists().where(other.c.id == record, seen).correlate_except(other)


def _visible(viewer: Viewer, record: SQLColumnExpression[str]) -> ColumnElement[bool]:
    # Looked up row by row: a list of all that is visible would be made for every table of every query, and SQLite
    # then seeks each of its entries instead of the few rows that are asked for.
    other = Record.__table__.alias()
    seen = _open_to(viewer, other.c.sensitivity, other.c.id, other.c.sample, other.c.mission_id)
    return sa.exists().where(other.c.id == record, seen).correlate_except(other)
