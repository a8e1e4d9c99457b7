"""Sentences about data protection: what may be held, how long records are kept and why, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _

DEFAULT_NOTICE = N_(
    "This system may hold information that is unclassified or for internal use.\n\n"
    "It must not hold classified information: no text and no file with a mark of classification.\n\n"
    "Name a defender only where a contact's identity is recorded. Everywhere else, use a code.\n\n"
    "Record health, religion, sexual orientation or family only where a case cannot be followed without it."
)
"""What this system may hold, until an administrator words it otherwise."""

PURPOSES: Mapping[str, str] = Translated(
    {
        "engagement": N_("To know who was consulted and supported, and to prepare the next contact."),
        "statement": N_("To write, clear and deliver what the mission says, and to account for it."),
        "event": N_("To plan and hold the mission's own events."),
        "language": N_("To negotiate language on defenders, with its precedents."),
        "correction": N_("To keep public facts on meetings of the organisations right. No personal data."),
        "organisation-contact": N_("To stay in contact with civil society organisations and coalitions."),
        "defender-contact": N_("To stay in contact with defenders, in the way that is safe for them."),
        "case": N_("To decide whether and how a case is raised, at what risk, and to follow it up."),
        "reprisal": N_("To report allegations of reprisals and to follow up the response."),
    }
)
"""The purpose for which each kind of record is kept."""

ERASED_OF_CONTACT = N_(
    "This erases for good: the identity, the channels and the consents; of a defender also the field of work and a "
    "name in the title. The record stays under its code. The history keeps what was written in it, but not the "
    "identity."
)
HIDDEN_MENTIONS = N_("Records that you cannot see may mention the person too. Ask colleagues to look at theirs.")
KEPT_WARNING = N_("The channels to avoid stay while a linked record is open, because they protect the person.")
ERASED_OF_STAFF = N_(
    "This erases for good: name, post, roles, accounts, subscriptions, followed calendars, unsaved texts and visits. "
    "The history and the notes on who has read a record stay; lines of the history about the user keep the name."
)
"""What an erasure erases, and what it leaves."""

COUNTED_FROM: Mapping[str, str] = Translated(
    {
        "day-held": N_("from the day it was held"),
        "day-delivered": N_("from its delivery, or from the last change of a dropped one"),
        "day-closed": N_("from the day it was closed"),
        "last-contact": N_("from the last contact, consent or change"),
        "last-change": N_("from its last change"),
    }
)
"""The day from which the period of a kind of record counts."""

_BLOCKERS: Mapping[str, str] = Translated(
    {
        "open-follow-up": N_("a follow-up is open"),
        "unreviewed-override": N_("an override has not been reviewed"),
        "running-consent": N_("a consent is still valid"),
        "coming-item": N_("it is linked to an item of the calendar that is not over"),
        "open-linked-record": N_("a linked record is still open"),
        "kept-longer": N_("it is kept longer, for the reason that was given"),
    }
)


def period_words(months: int | None) -> str:
    """A period in words: ``5 years``, ``18 months``; without one as long as the calendar."""
    if months is None:
        return _("as long as the calendar")
    if months % 12:
        return wording.count(months, "{number} month", "{number} months")
    return wording.count(months // 12, "{number} year", "{number} years")


def due_words(counted_from: str, months: int, day: Any) -> str:
    """Why a record is due: ``Kept 5 years from the day it was closed; that ended on 3 Feb 2026.``"""
    return _("Kept {period} {counted}; that ended on {day}.").format(
        period=period_words(months), counted=COUNTED_FROM[counted_from], day=wording.day(day)
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "retention-of-nothing": N_("Choose a kind of record that has a period."),
    "not-due-while-open": N_(
        "Statements, cases and reprisals are deleted only once they are over. Drop the statement, or close the case or "
        "the reprisal."
    ),
    "not-due-before": lambda values: _(
        "This record is kept until {day}. On that day it is listed for deletion."
    ).format(day=wording.day(values["day"])),
    "not-due-blocked": lambda values: _("This record cannot be deleted yet: {reasons}.").format(
        reasons="; ".join(_BLOCKERS[blocker] for blocker in values["blockers"])
    ),
    "not-archived": N_("Enter its reference in the archive, then delete it."),
    "extension-without-reason": N_("Enter in a sentence why it is kept longer; the reason stays in the history."),
    "extension-out-of-bounds": lambda values: _("Choose a day from tomorrow to {day}.").format(
        day=wording.day(values["day"])
    ),
    "extension-changed": N_("That a record is kept longer is not changed. Enter another day instead."),
    "notice-in-no-language": N_("Choose a language that the pages have."),
    # Erasing.
    "erasure-of-active": N_("Set the user inactive first, then erase their personal data."),
    "erasure-of-self": N_("Another administrator erases your personal data."),
    "erasure-while-open": lambda values: _("Personal data of this user are still needed: {reasons}.").format(
        reasons="; ".join(OPEN_OF_LEAVER[one] for one in values["open"])
    ),
    "erasure-not-confirmed": N_("Confirm the erasure: it cannot be undone."),
    # What is held on a person.
    "contact-unknown": N_("No contact that you can see is called {name}. Enter the code or the identifier."),
    "export-file-exists": N_("The file {file} exists already. Choose another name."),
    "export-of-another": N_("Only the person themselves and an administrator get what is kept on a user."),
}

OPEN_OF_LEAVER: Mapping[str, str] = Translated(
    {
        "records": N_("they own records; hand them over first"),
        "follow-ups": N_("they have open follow-ups; hand them over first"),
        "replies": N_("a statement awaits their reply"),
        "answers": N_("they are consulted on a statement and have not answered"),
        "texts": N_("they wrote a text of a statement that is not delivered"),
        "overrides": N_("they asked for an override, or confirmed one, for a statement that is not delivered"),
        "requests": N_("a request for access by them is open"),
    }
)
"""What of a person who has left is still open."""
