"""What each role allows: one table of permissions, which reads, writes, pages and docs/ROLES.md follow.

A person has a set of roles, and may do what any of them allows. What has no entry here is refused. Restricted records
are read by the people named in them alone; they need a role that reads records, and the role for its kind to write one.

A role holds at one mission or at all of them. It allows what is done with the records of that mission, and with those
that all missions share.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

from calendar_model.access.problems import Problem
from calendar_model.terms import ContactKind, GivenRole, RecordKind, Role, StatementState
from calendar_model.translation import N_, Translated
from calendar_model.vocabulary import Sensitivity


class Subject(StrEnum):
    """What a permission is about: a kind of record, or of what belongs to records or to persons."""

    ENGAGEMENT = "engagement"
    STATEMENT = "statement"
    EVENT = "event"
    LANGUAGE = "language"
    CORRECTION = "correction"
    ORGANISATION = "organisation-contact"
    DEFENDER = "defender-contact"
    CASE = "case"
    REPRISAL = "reprisal"
    TEMPLATE = "statement-template"
    FOLLOW_UP = "follow-up"
    CONFIRMATION = "answer-about-dates"
    IDENTITY = "identity"
    CONSENT = "consent"
    OVERRIDE = "override"
    OVERRIDE_REVIEW = "review-of-an-override"
    CONSULTEE = "consultee"
    CONSULTEE_ANSWER = "answer-of-a-consultee"
    COMMENT = "comment"
    PRESENCE = "presence-at-a-text"
    ACCESS_REQUEST = "access-request"
    SUBSCRIPTION = "subscription"
    REMOTE_CALENDAR = "remote-calendar"
    VISIT = "last-visit"
    MAIL = "digest-by-mail"
    MAIL_POLICY = "what-mails-hold"
    FOLLOW = "what-one-follows"
    PERSON = "person"
    PERSON_ROLE = "person-role"
    ROLE_GROUP = "role-group"
    MISSION = "mission"
    SAMPLE = "sample-data"
    HANDOVER = "owner-of-what-a-leaver-held"
    ACCOUNT = "account"
    READ_NOTE = "note-of-a-reading"
    READ_CHECK = "check-of-readings"
    EXTENSION = "longer-retention"
    RETENTION = "retention-period"
    NOTICE = "what-may-be-held"
    LEAVER = "what-belongs-to-a-leaver"
    HISTORY = "history-without-contents"


class Operation(StrEnum):
    """What is done with a subject. ``clear``: clear a statement, or return it to its writers."""

    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    CLEAR = "clear"
    CONFIRM = "confirm"
    GRANT = "grant"


Right: TypeAlias = tuple[Subject, Operation]
G = TypeVar("G", Role, GivenRole)

RECORD_READERS = frozenset({Role.READER, Role.EDITOR, Role.CLEARER, Role.CASE_OFFICER})
"""The roles that read internal records, and the restricted ones in which their person is named."""
_EDITORS = frozenset({Role.EDITOR})
_CASE_OFFICERS = frozenset({Role.CASE_OFFICER})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

FIRST_PERSON_ROLES = frozenset({Role.EDITOR, Role.CLEARER, Role.CASE_OFFICER, Role.ADMINISTRATOR})
"""The roles of the first person of a workspace, who does everything until there are others."""

RECORD_SUBJECTS = (
    Subject.ENGAGEMENT, Subject.STATEMENT, Subject.EVENT, Subject.LANGUAGE, Subject.CORRECTION, Subject.ORGANISATION,
    Subject.DEFENDER, Subject.CASE, Subject.REPRISAL,
)  # fmt: skip
"""The subjects that are kinds of record."""


def _written_by(roles: frozenset[Role], *actions: Operation) -> Mapping[Operation, frozenset[Role]]:
    return dict.fromkeys(actions or (Operation.CREATE, Operation.CHANGE, Operation.DELETE), roles)


ARCHIVED_FIRST = frozenset({Subject.STATEMENT, Subject.CASE, Subject.REPRISAL})
"""The kinds of record that are deleted only once a reference in the archive is entered.

They are what the mission has said, and why, and what it has reported: it answers for them once they are gone. Other
records support them, can be deleted at any time with a reason, and are in the archive as far as these link to them."""

DELETED_ONCE_DUE = frozenset({Subject.STATEMENT, Subject.CASE, Subject.REPRISAL})
"""The kinds of record that are deleted only once their retention has ended."""

_NEVER_DELETED = (Operation.CREATE, Operation.CHANGE)

PERMISSIONS: Mapping[Subject, Mapping[Operation, frozenset[Role]]] = {
    Subject.ENGAGEMENT: _written_by(_EDITORS),
    Subject.STATEMENT: {**_written_by(_EDITORS), Operation.CLEAR: frozenset({Role.CLEARER})},
    Subject.EVENT: _written_by(_EDITORS),
    Subject.LANGUAGE: _written_by(_EDITORS),
    Subject.CORRECTION: _written_by(_EDITORS),
    Subject.ORGANISATION: _written_by(_EDITORS),
    Subject.DEFENDER: _written_by(_CASE_OFFICERS),
    Subject.CASE: _written_by(_CASE_OFFICERS),
    Subject.REPRISAL: _written_by(_CASE_OFFICERS),
    Subject.TEMPLATE: _written_by(_EDITORS),
    Subject.FOLLOW_UP: _written_by(_EDITORS | _CASE_OFFICERS),
    Subject.CONFIRMATION: _written_by(_EDITORS),
    Subject.IDENTITY: _written_by(_CASE_OFFICERS),
    Subject.CONSENT: _written_by(_CASE_OFFICERS),
    Subject.OVERRIDE: {Operation.CREATE: _EDITORS, Operation.CONFIRM: frozenset({Role.CLEARER})},
    Subject.OVERRIDE_REVIEW: {Operation.CREATE: frozenset({Role.CLEARER})},
    Subject.CONSULTEE: _written_by(_EDITORS, *_NEVER_DELETED),
    # Who reads a statement answers and comments for themselves, also one who writes no records.
    Subject.CONSULTEE_ANSWER: _written_by(RECORD_READERS, Operation.CREATE),
    Subject.COMMENT: _written_by(RECORD_READERS),
    Subject.PRESENCE: _written_by(RECORD_READERS),
    Subject.ACCESS_REQUEST: {
        Operation.CREATE: RECORD_READERS,
        Operation.GRANT: frozenset({Role.CASE_OFFICER, Role.CLEARER}),
    },
    Subject.SUBSCRIPTION: _written_by(RECORD_READERS, *_NEVER_DELETED),
    # What is followed becomes events that all of the staff read.
    Subject.REMOTE_CALENDAR: _written_by(_EDITORS),
    Subject.VISIT: _written_by(frozenset(Role), Operation.CREATE, Operation.CHANGE),
    Subject.MAIL: _written_by(frozenset(Role), Operation.CREATE, Operation.CHANGE),
    Subject.MAIL_POLICY: _written_by(_ADMINISTRATORS, *_NEVER_DELETED),
    Subject.FOLLOW: _written_by(frozenset(Role), Operation.CREATE, Operation.DELETE),
    Subject.PERSON: _written_by(_ADMINISTRATORS),
    Subject.PERSON_ROLE: _written_by(_ADMINISTRATORS),
    Subject.ROLE_GROUP: _written_by(_ADMINISTRATORS),
    Subject.MISSION: _written_by(_ADMINISTRATORS, *_NEVER_DELETED),
    Subject.ACCOUNT: _written_by(_ADMINISTRATORS, Operation.CREATE, Operation.DELETE),
    # Who reads a restricted record notes it, and who has access to it looks that through.
    Subject.READ_NOTE: _written_by(RECORD_READERS, Operation.CREATE),
    Subject.READ_CHECK: _written_by(RECORD_READERS, Operation.CREATE),
    Subject.EXTENSION: _written_by(_EDITORS | _CASE_OFFICERS, Operation.CREATE),
    Subject.RETENTION: _written_by(_ADMINISTRATORS),
    Subject.NOTICE: _written_by(_ADMINISTRATORS),
    # Subscriptions, followed calendars, unsaved texts, visits, follows and choice of mails of a person who has left.
    Subject.LEAVER: _written_by(_ADMINISTRATORS, Operation.DELETE),
    Subject.SAMPLE: _written_by(_ADMINISTRATORS, Operation.CREATE, Operation.DELETE),
    Subject.HANDOVER: _written_by(_ADMINISTRATORS, Operation.CHANGE),
    Subject.HISTORY: {Operation.READ: frozenset({Role.AUDITOR})},
}
"""The roles that allow an action, by subject; what is missing is allowed to nobody."""

AT_ANY_MISSION = frozenset(
    {
        (Subject.ACCESS_REQUEST, Operation.CREATE),
        (Subject.READ_NOTE, Operation.CREATE),
        (Subject.READ_CHECK, Operation.CREATE),
        (Subject.CONSULTEE_ANSWER, Operation.CREATE),
        *((subject, action) for subject in (Subject.COMMENT, Subject.PRESENCE) for action in PERMISSIONS[subject]),
    }
)
"""What a role at another mission than that of the record allows too: who is named in a restricted record reads it."""

OF_THE_INSTALLATION = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""The roles that hold at all missions, never at one."""

_SUBJECT_OF_KIND: Mapping[RecordKind, Subject] = {
    RecordKind.ENGAGEMENT: Subject.ENGAGEMENT,
    RecordKind.STATEMENT: Subject.STATEMENT,
    RecordKind.EVENT: Subject.EVENT,
    RecordKind.LANGUAGE: Subject.LANGUAGE,
    RecordKind.CORRECTION: Subject.CORRECTION,
    RecordKind.CONTACT: Subject.DEFENDER,
    RecordKind.CASE: Subject.CASE,
    RecordKind.REPRISAL: Subject.REPRISAL,
}

SUBJECTS_OF_RECORD_TABLE: Mapping[str, tuple[Subject, ...]] = {
    "case_file": (Subject.CASE,),
    "contact": (Subject.ORGANISATION, Subject.DEFENDER),
    "correction": (Subject.CORRECTION,),
    "engagement": (Subject.ENGAGEMENT,),
    "event": (Subject.EVENT,),
    "language_proposal": (Subject.LANGUAGE,),
    "reprisal": (Subject.REPRISAL,),
    "statement": (Subject.STATEMENT,),
}
"""The subjects of a new record, by the table of its kind."""

PART_OF_RECORD = frozenset({
    "access", "agreed_text", "archived_as", "cosponsor", "document_link", "further_kind", "imported", "item_link",
    "record_link", "record_theme", "unsaved", "version",
})  # fmt: skip
"""Tables whose rows are written by the roles that write their record."""

WRITTEN_BY_NO_PERSON = frozenset({"ended_session"})
"""Tables whose rows are written by the sign-in, never by a person."""

SUBJECT_OF_TABLE: Mapping[str, Subject] = {
    "access_request": Subject.ACCESS_REQUEST,
    "account": Subject.ACCOUNT,
    "comment": Subject.COMMENT,
    "consent": Subject.CONSENT,
    "consultee": Subject.CONSULTEE,
    "consultee_answer": Subject.CONSULTEE_ANSWER,
    "follow": Subject.FOLLOW,
    "follow_up": Subject.FOLLOW_UP,
    "holding_notice": Subject.NOTICE,
    "identity": Subject.IDENTITY,
    "last_visit": Subject.VISIT,
    "mail_choice": Subject.MAIL,
    "mail_policy": Subject.MAIL_POLICY,
    "mission": Subject.MISSION,
    "not_announced": Subject.CONFIRMATION,
    "override": Subject.OVERRIDE,
    "override_review": Subject.OVERRIDE_REVIEW,
    "person": Subject.PERSON,
    "person_role": Subject.PERSON_ROLE,
    "presence": Subject.PRESENCE,
    "read_check": Subject.READ_CHECK,
    "record_read": Subject.READ_NOTE,
    "remote_calendar": Subject.REMOTE_CALENDAR,
    "remote_visit": Subject.REMOTE_CALENDAR,
    "retention_extension": Subject.EXTENSION,
    "retention_period": Subject.RETENTION,
    "role_group": Subject.ROLE_GROUP,
    "statement_template": Subject.TEMPLATE,
    "subscription": Subject.SUBSCRIPTION,
    "subscription_use": Subject.SUBSCRIPTION,
    "template_file": Subject.TEMPLATE,
    "waiting_account": Subject.ACCOUNT,
}
"""The subject of the rows of a table; a table that is missing here and above is written by nobody."""

CLEARING_COLUMNS = frozenset({"state", "cleared_version", "cleared_by_id", "cleared_at", "waiting_for_id"})
"""The columns of a statement that change when it is cleared, or returned to its writers."""


def subject_of(kind: RecordKind | str, contact_kind: ContactKind | str | None = None) -> Subject:
    """The subject of a kind of record; a contact that is no organisation or coalition is a defender."""
    kind = RecordKind(kind)
    if kind is RecordKind.CONTACT and contact_kind in (ContactKind.ORGANISATION, ContactKind.COALITION):
        return Subject.ORGANISATION
    return _SUBJECT_OF_KIND[kind]


def clears(before: Mapping[str, object], changed: Collection[str], state: object) -> bool:
    """Whether a change of a statement clears it, or returns it to its writers from consultation."""
    is_return = before.get("state") == StatementState.CONSULTATION and state == StatementState.DRAFT
    return set(changed) <= CLEARING_COLUMNS and "state" in changed and (state == StatementState.CLEARED or is_return)


def roles_at(given: Iterable[GivenRole], mission_id: str | None) -> frozenset[Role]:
    """The roles that count at a mission: those for all missions, and those for this one.

    Without a mission all of them count, as they do for what all missions share.
    """
    return frozenset(role for role, at in given if at is None or mission_id is None or at == mission_id)


def allowed_roles(subject: Subject, action: Operation) -> frozenset[Role]:
    """The roles that allow an action; none for one that is not declared."""
    return PERMISSIONS.get(subject, {}).get(action, frozenset())


def allows(roles: Iterable[Role], subject: Subject, action: Operation) -> bool:
    """Whether one of these roles allows an action."""
    return not allowed_roles(subject, action).isdisjoint(roles)


def reads(roles: Iterable[Role], level: Sensitivity, *, is_named: bool = False) -> bool:
    """Whether one of these roles reads a record of this level; ``is_named``: its person has access to it."""
    if level is Sensitivity.PUBLIC:
        return True
    return not RECORD_READERS.isdisjoint(roles) and (level is Sensitivity.INTERNAL or is_named)


def missing_role(subject: Subject, action: Operation, *, has_elsewhere: bool = False) -> Problem:
    """The problem of a person whose roles do not allow an action: it says which role does.

    ``has_elsewhere``: they have such a role, but at another mission than that of the record.
    """
    code = "role-at-mission-needed" if has_elsewhere else "role-needed"
    return Problem(code, values={"roles": tuple(sorted(allowed_roles(subject, action))), "subject": subject})


def roles_for(groups: Iterable[str], mapping: Iterable[tuple[str, G]]) -> frozenset[G]:
    """The roles of a person who is in these groups of the sign-in; ``mapping`` pairs groups with roles.

    Names of groups are compared as they are, but for blanks around them.
    """
    names = {group.strip() for group in groups}
    return frozenset(given for name, given in mapping if name.strip() in names)


MEANING: Mapping[Role, str] = Translated(
    {
        Role.READER: N_("Reads public and internal records, and restricted ones on which they are named."),
        Role.EDITOR: N_(
            "Writes engagements, statements, events, language proposals, corrections, follow-ups and contacts that are "
            "organisations."
        ),
        Role.CLEARER: N_(
            "Clears statements, confirms overrides that colleagues ask for, and reviews what was said under them."
        ),
        Role.CASE_OFFICER: N_(
            "Writes cases, reprisals, defenders, identities and consents, and grants access to restricted records."
        ),
        Role.ADMINISTRATOR: N_(
            "Manages users, roles, sample data and how long records are kept; reads public records only."
        ),
        Role.AUDITOR: N_(
            "Sees who changed what kind of record and when, and who read which restricted record, without contents; "
            "reads public records only."
        ),
    }
)
"""A sentence for each role."""
