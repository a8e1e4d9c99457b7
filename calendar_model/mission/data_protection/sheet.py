"""The data-protection sheet: what is kept, why, how long, who sees it and what is encrypted, from the declarations.

It is in English, as all documents. A test compares it with docs/DATA-PROTECTION.md, and another one with the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import inspect

from calendar_model.access.role_table import cell, levels_of
from calendar_model.access.roles import RECORD_SUBJECTS, Operation, Subject, allowed_roles
from calendar_model.messages.data_protection import COUNTED_FROM, PURPOSES, period_words
from calendar_model.mission.accounts import WAITING_DAYS
from calendar_model.mission.data_protection.retention import LEAST_MONTHS, MOST_MONTHS, RULES
from calendar_model.store.models import Base, Record
from calendar_model.store.sealing import columns_of
from calendar_model.store.sent_mails import KEPT
from calendar_model.terms import RecordKind, Role
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import english_term

_INTRODUCTION = f"""\
# Data protection: what is kept, why, how long, and who sees it

This page is written by `python -m calendar_model data-protection` from the declarations that the code follows. A test
compares the two, and another one looks for every table of the workspace here.

It is the technical part of a record of processing activities (GDPR, Article 30). The controller is the mission or
ministry that runs the system. It decides on the legal basis and on the periods, and adds both to its own record. The
periods below are defaults, to be set by the controller: an administrator changes them under *Data protection*, from
{LEAST_MONTHS} to {MOST_MONTHS} months. `python -m calendar_model retention table` prints those in force.

The people concerned are human rights defenders and others who work with the mission, and the mission's own staff. For
defenders the risk is not abstract: who reads that they are in contact with a mission can harm them. Where an identity
is not needed, none is recorded.
"""

_ENDING = """\
## What is due for deletion

Nothing is deleted by itself. *Data protection* and `python -m calendar_model retention due` list what is due, for
those who may delete it, with the reason and the day. They delete it, or keep it until a later day with a reason.

A record is not due while any of these holds, also where the reader cannot see it:

- The record or a linked record is open.
- A follow-up on it is open.
- A consent of the contact is valid.
- It is linked to an item of the calendar that is not over.

Statements, cases and reprisals can be deleted only once they are due, and once it is entered under which reference the
archive has them. A statement that was never delivered needs no reference. Other records can be deleted at any time,
with a reason.

## What the history keeps

The history is append-only: each line proves the lines before it. A deleted record is gone from every list, but the
history keeps what was written in it. It is readable by the people who could read the record until it was deleted.
Nothing is ever taken out of it. Values that are sealed were never in it: it has digests of them, and their keys and
salts are destroyed with the value.

So an identity can be erased wholly, and free text cannot. Write names into the fields of the identity, and nowhere
else. With a key of the installation, an erased identity can be read from no backup either
([ENCRYPTION.md](ENCRYPTION.md)).

## Erasing a person (GDPR, Article 17)

- **A contact.** The identity, the channels and the consents are erased. For a defender the field of work is erased
  too, and a name in the title becomes a code. The record stays under its code, so that engagements and cases stay
  whole. The channels to avoid stay while a linked record is open, because they protect the person. The linked
  records are listed, because their texts may mention the person: read and correct these by hand.
- **A member of staff who has left.** Name and post become *Former colleague* with a number. Roles, accounts,
  subscriptions, followed calendars, unsaved texts, visits, follows, presence and the address for mails are deleted.
  This is possible once nothing of theirs is open, and no text is undelivered of which it counts who wrote it. The
  history keeps the name in the lines about the user. It points to the person by an identifier, as do the notes on who
  has read a record: both account for what was done. Comments and answers to a consultation stay with their statement,
  under that name.

## What is held on a person, as a file (GDPR, Article 15)

`python -m calendar_model people export` and *Data protection* give a file in JSON. On a contact it has all that its
reader may see: the record, the identity, the consents and the linked records. It is noted as a reading of each
restricted record in it. On a user it has their own data without anything of the records; the user and administrators
get it.
"""


@dataclass(frozen=True)
class HeldData:
    """What is kept beside the records themselves: the tables, and in words why, how long, and who sees it."""

    name: str
    tables: tuple[str, ...]
    purpose: str
    how_long: str
    who_sees: str


_WITH_RECORD = "as long as the record"
_WHO_SEES_RECORD = "who sees the record"
_NEVER_PUBLIC = "who sees the record; of a public one, the staff of its mission"

HELD: tuple[HeldData, ...] = (
    HeldData(
        "identity of a contact",
        ("identity",),
        "To know who a contact is, and how to reach them.",
        "until it is erased, at the latest with the contact",
        "people with access to the contact",
    ),
    HeldData(
        "consent of a contact", ("consent",), "To act only as agreed.", "as long as the contact", _WHO_SEES_RECORD
    ),
    HeldData("follow-up", ("follow_up",), "To do what was promised, in time.", _WITH_RECORD, _WHO_SEES_RECORD),
    HeldData(
        "links, themes, further kinds, and where an event was imported from",
        ("item_link", "record_link", "record_theme", "further_kind", "imported"),
        "To find what belongs together.",
        _WITH_RECORD,
        "who sees the record, and both ends of a link",
    ),
    HeldData(
        "links to documents, and the reference in the archive",
        ("document_link", "archived_as"),
        "To find the documents of a record, and to know that the archive has it.",
        _WITH_RECORD,
        _NEVER_PUBLIC,
    ),
    HeldData(
        "texts and co-sponsors of a statement, and what is agreed",
        ("version", "cosponsor", "agreed_text"),
        "To show who wrote, agreed and cleared what.",
        "as long as the statement",
        "who sees the statement",
    ),
    HeldData(
        "overrides of a statement, with their reviews",
        ("override", "override_review"),
        "To show which check was overridden, why, and who reviewed it.",
        "as long as the statement",
        _NEVER_PUBLIC,
    ),
    HeldData(
        "template of statements, and its Word file",
        ("statement_template", "template_file"),
        "To begin a statement in the mission's own words, and print it on its own paper. No personal data.",
        "until it is deleted",
        "who reads the mission's internal records",
    ),
    HeldData(
        "consultees of a statement and their answers",
        ("consultee", "consultee_answer"),
        "To show who was asked for their view, and what each answered to which version.",
        "as long as the statement",
        _NEVER_PUBLIC,
    ),
    HeldData(
        "comments on a text",
        ("comment",),
        "To work on a text together; a comment quotes the passage that it is about.",
        "as long as the statement, or until its author deletes it",
        _NEVER_PUBLIC,
    ),
    HeldData(
        "who is looking at a statement now",
        ("presence",),
        "To keep colleagues from writing over each other.",
        "until the user looks at another statement, or is erased; shown for a minute",
        _NEVER_PUBLIC,
    ),
    HeldData("unsaved text", ("unsaved",), "To lose nothing that was typed.", "until it is saved", "its writer"),
    HeldData(
        "who has access, and requests for it",
        ("access", "access_request"),
        "To keep restricted records to those who need them.",
        _WITH_RECORD,
        "who sees the record; requests: the person who asks and those who can answer",
    ),
    HeldData(
        "who has read a restricted record, and who looked that through",
        ("record_read", "read_check"),
        "To notice access without need.",
        "as long as the workspace, also once the record is deleted",
        "people with access to the record",
    ),
    HeldData(
        "that a record is kept longer",
        ("retention_extension",),
        "To account for a longer period.",
        _WITH_RECORD,
        _WHO_SEES_RECORD,
    ),
    HeldData(
        "that dates are not announced",
        ("not_announced",),
        "To ask again in time; names the user who asked.",
        "until the next answer",
        "everyone",
    ),
    HeldData(
        "user, roles and groups",
        ("person", "person_role", "role_group"),
        "To know who acts, and what they may do.",
        "name and post until they are erased, after the user has left; the row as long as the workspace",
        "all users",
    ),
    HeldData(
        "mission",
        ("mission",),
        "To know which records and roles belong to which mission. No personal data.",
        "as long as the workspace",
        "all users",
    ),
    HeldData(
        "account",
        ("account",),
        "To recognise a user who signs in: issuer, subject, and the name that the provider gives.",
        "until it is removed, or the user is erased",
        "administrators",
    ),
    HeldData(
        "account that waits for a user",
        ("waiting_account",),
        "To let an administrator link it.",
        f"{WAITING_DAYS} days at most",
        "administrators",
    ),
    HeldData(
        "session that was signed out of",
        ("ended_session",),
        "To keep a copied cookie from opening anything; a digest.",
        "until the session would have expired",
        "nobody",
    ),
    HeldData(
        "last two visits",
        ("last_visit",),
        "To mark what is new since then.",
        "two days of each user, each overwritten by the next; until the user is erased",
        "the user",
    ),
    HeldData(
        "digest by e-mail: address, days, hour, and when it was confirmed or stopped",
        ("mail_choice",),
        "To send the digest that the user asked for.",
        "until the user removes the address, or is erased; never in the history",
        "the user; administrators: that mail to the user was stopped, and why",
    ),
    HeldData(
        "which digests were sent",
        ("sent_mail",),
        "To send each once, and to end them by the link in it: day, state, and a digest of the secret. No contents.",
        f"{KEPT.days} days at most",
        "nobody",
    ),
    HeldData(
        "whether mails hold contents",
        ("mail_policy",),
        "To follow the controller's decision. No personal data.",
        "as long as the workspace",
        "everyone",
    ),
    HeldData(
        "what a user follows",
        ("follow",),
        "To tell the user what has changed: items, tracks, States and records, by their codes.",
        "until the user stops following it, or is erased",
        "the user",
    ),
    HeldData(
        "dates of items as they were seen",
        ("observed_date",),
        "To say from which day to which a date was changed. No personal data: public dates alone.",
        "as long as the workspace",
        "all users",
    ),
    HeldData(
        "subscription, and the day of its last use",
        ("subscription", "subscription_use"),
        "To serve the calendar to a user's own program; of the secret only a digest is kept.",
        "it opens nothing after two years at the latest; the row until the user is erased",
        "the user",
    ),
    HeldData(
        "followed calendar, and the last visit to it",
        ("remote_calendar", "remote_visit"),
        "To read events of others.",
        "until the user stops following it, or is erased",
        "the user",
    ),
    HeldData(
        "periods and the notice on what may be held",
        ("retention_period", "holding_notice"),
        "To follow the controller's decisions. No personal data.",
        "as long as the workspace",
        "all users; the notice: everyone",
    ),
    HeldData(
        "guesses at secret addresses",
        ("guess_count",),
        "To refuse a host that guesses, at all dashboards together: a digest of its network address, and until when.",
        "an hour at most; on PostgreSQL alone",
        "nobody",
    ),
    HeldData(
        "keys of encrypted values",
        ("row_key",),
        "To read encrypted values; each key is itself encrypted.",
        "until its value is changed or erased",
        "nobody",
    ),
    HeldData(
        "history",
        ("change",),
        "To hold to account who wrote what, when and why, and to notice forgery.",
        "as long as the workspace",
        "who could read the record at the time and can today; auditors without contents",
    ),
)
"""What is kept beside the records, with every table of the workspace that is no kind of record."""

_OUTSIDE: tuple[tuple[str, str, str, str], ...] = (
    (
        "backups",
        "To come back after a loss.",
        "as scheduled by who runs the machine ([OPERATIONS.md](OPERATIONS.md))",
        "who holds the files, and with encryption the key",
    ),
    (
        "log of the server",
        "To find faults and abuse: time, address as a pattern, user by identifier, no values.",
        "as the machine keeps its logs",
        "who runs the machine",
    ),
    (
        "files that users make",
        "To carry a note or a statement into a meeting.",
        "on the server until the session ends; elsewhere as long as the user keeps them",
        "the user who made them",
    ),
)


def data_protection_sheet() -> str:
    """The whole sheet, in English, as a text in Markdown."""
    with in_language(SOURCE):
        return "\n".join([_INTRODUCTION, *_records(), "", *_others(), "", *_outside(), "", _ENDING])


def _records() -> Iterator[str]:
    yield "## Records"
    yield ""
    yield "Everyone reads public records. The people named in a restricted record read it, if they have a role below."
    yield ""
    yield _row(("record", "purpose", "kept by default", "levels", "read by", "deleted by", "encrypted with a key"))
    yield _row(["---"] * 7)
    for subject in RECORD_SUBJECTS:
        rule = RULES[subject]
        counted = "" if rule.months is None else f" {COUNTED_FROM[rule.counted_from]}"
        yield _row(
            (
                _words(subject),
                PURPOSES[subject],
                f"{period_words(rule.months)}{counted}",
                ", ".join(level.value for level in levels_of(subject, Operation.READ)),
                _readers(subject),
                _named(allowed_roles(subject, Operation.DELETE)),
                _encrypted(_TABLES_OF_SUBJECT.get(subject, ())),
            )
        )


_TABLES_OF_SUBJECT: Mapping[Subject, tuple[str, ...]] = {
    Subject.ORGANISATION: ("identity",),
    Subject.DEFENDER: ("identity",),
}
"""The tables with encrypted columns that belong to a kind of record."""


def _readers(subject: Subject) -> str:
    levels = levels_of(subject, Operation.READ)
    if levels == (Sensitivity.PUBLIC,):
        return "everyone"
    return _named(role for role in Role if cell(role, subject, Operation.READ, Sensitivity.INTERNAL) == "yes")


def _others() -> Iterator[str]:
    yield "## What belongs to records, and to users"
    yield ""
    yield _row(("what", "purpose", "kept", "seen by", "encrypted with a key"))
    yield _row(["---"] * 5)
    for one in HELD:
        yield _row((one.name, one.purpose, one.how_long, one.who_sees, _encrypted(one.tables)))


def _outside() -> Iterator[str]:
    yield "## Outside the workspace"
    yield ""
    yield _row(("what", "purpose", "kept", "seen by"))
    yield _row(["---"] * 4)
    yield from map(_row, _OUTSIDE)


def _encrypted(tables: Iterable[str]) -> str:
    kinds = {str(mapper.class_.__tablename__): mapper.class_ for mapper in Base.registry.mappers}
    columns = [
        f"{table.replace('_', ' ')}: {', '.join(columns_of(kinds[table]))}"
        for table in tables
        if table in kinds and kinds[table].SEALED
    ]
    return "; ".join(columns) or "–"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _named(roles: Iterable[Role]) -> str:
    wanted = set(roles)
    return ", ".join(_words(role) for role in Role if role in wanted)


def _words(term: str) -> str:
    return english_term(term).lower()


def tables_in_sheet() -> frozenset[str]:
    """The tables of the workspace of which the sheet speaks."""
    records = {str(inspect(Record).polymorphic_map[kind].class_.__tablename__) for kind in RecordKind}
    return frozenset({Record.__tablename__, *records, *(table for one in HELD for table in one.tables)})
