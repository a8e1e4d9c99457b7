"""The mails as messages: plain text, and the same as HTML; without pictures, scripts and anything that tells a reader.

Subjects have no titles: they are shown on locked screens and kept in logs of mail servers. Links lead to what a line is
about by its identifier, under the public address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from html import escape

from calendar_model import clock, wording
from calendar_model.calendar.display import city
from calendar_model.feeds.links import PUBLIC_URL_VARIABLE, item_page, record_page
from calendar_model.messages import message
from calendar_model.mission.digest.choice import CONFIRMED_WITHIN, MailSettings
from calendar_model.mission.digest.contents import Digest
from calendar_model.mission.follows import DateChange
from calendar_model.mission.tasks import Task
from calendar_model.terms import MailRhythm
from calendar_model.translation import NN_, language
from calendar_model.translation import gettext as _

FOLDER = "/mail/"
"""The addresses of links in mails, below the public address."""
CONFIRM, UNSUBSCRIBE = f"{FOLDER}confirm/", f"{FOLDER}unsubscribe/"
_MOST_LINES = 30
"""Lines of a section; of more, the rest is counted."""


@dataclass(frozen=True)
class LetterLine:
    """A line of a section: a title with what comes before and after it, and the address to which it leads, if any."""

    before: str
    title: str = ""
    after: str = ""
    address: str = ""

    def text(self) -> str:
        """The line as plain text, with its address on the next one."""
        # A typed line break must not look like a line of its own.
        words = f"- {' '.join(f'{self.before}{self.title}{self.after}'.split())}"
        return f"{words}\n  {self.address}" if self.address else words

    def html(self) -> str:
        """The line as HTML, with a link in its title."""
        title = _linked(self.title, self.address) if self.address else escape(self.title)
        return f"{escape(self.before)}{title}{escape(self.after)}"


@dataclass(frozen=True)
class LetterSection:
    """A part of a digest: its heading with the count, and a line for each entry."""

    heading: str
    count: int
    lines: Sequence[LetterLine]


@dataclass(frozen=True)
class Letter:
    """What a mail says: paragraphs, sections, a link with its words, and lines at the end, each with an address or
    without one (empty)."""

    subject: str
    opening: Sequence[str]
    sections: Sequence[LetterSection]
    link: tuple[str, str]
    ending: Sequence[tuple[str, str]]

    def text(self) -> str:
        """The letter as plain text."""
        sections = ("\n".join([one.heading, *(line.text() for line in one.lines)]) for one in self.sections)
        words, address = self.link
        ending = [f"{words}: {address}" if address else words for words, address in self.ending]
        return "\n\n".join([*self.opening, *sections, f"{words}: {address}", "-- \n" + "\n".join(ending)]) + "\n"

    def html(self) -> str:
        """The letter as a page of HTML."""
        return "".join(self._html())

    def _html(self) -> Iterator[str]:
        yield f'<!DOCTYPE html><html lang="{escape(language())}"><head><meta charset="utf-8">'
        yield f"<title>{escape(self.subject)}</title></head>"
        yield '<body style="font-family:sans-serif;line-height:1.4;max-width:40em">'
        for paragraph in self.opening:
            yield f"<p>{escape(paragraph)}</p>"
        for section in self.sections:
            yield f'<h2 style="font-size:1.1em;margin:1.2em 0 .3em">{escape(section.heading)}</h2>'
            if section.lines:
                yield f'<ul style="margin:0">{"".join(f"<li>{line.html()}</li>" for line in section.lines)}</ul>'
        words, address = self.link
        yield f"<p>{_linked(words, address)}</p>"
        yield '<p style="font-size:.85em;opacity:.8">'
        yield "<br>".join(_linked(words, address) if address else escape(words) for words, address in self.ending)
        yield "</p></body></html>"


def _linked(words: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(words)}</a>'


def public_address() -> str:
    """The address of the dashboard in mails, without a slash at the end; empty if the environment names none."""
    return os.environ.get(PUBLIC_URL_VARIABLE, "").strip().rstrip("/")


# --- The digest


def digest_letter(digest: Digest, settings: MailSettings, day: date, *, contents: bool, link: str) -> Letter:
    """The digest of a local day in the reader's language; without ``contents`` it has counts alone.

    ``link`` is the address that ends these mails.
    """
    zone = settings.timezone
    found = (
        (_("Mine to do"), [_task_line(task, day, digest) for task in digest.mine]),
        (_("Waiting for others"), [_task_line(task, day, digest) for task in digest.waiting]),
        (
            _("Deadlines within two weeks"),
            [LetterLine(f"{one.when}: ", one.title, "", _address(item_page(one.item))) for one in digest.deadlines],
        ),
        (_("Changed dates of what you follow"), [_change_line(one, zone, digest) for one in digest.changes]),
    )
    sections = [
        LetterSection(f"{heading} ({len(lines)})", len(lines), _shortened(lines) if contents else ())
        for heading, lines in found
        if lines
    ]
    return Letter(
        subject=_("HRD calendar: {counts}").format(counts=_counts(digest)),
        opening=[_("Your digest for {day}.").format(day=wording.full_day(day))],
        sections=sections,
        link=(_("Open the calendar"), f"{public_address()}/"),
        ending=[
            (_("Restricted records are never in these mails. Open the calendar to see them."), ""),
            (schedule_words(settings), ""),
            (_("Change this in Settings"), f"{public_address()}/settings"),
            (_("Stop the digest"), link),
        ],
    )


def schedule_words(settings: MailSettings) -> str:
    """When digests are sent, as a sentence."""
    hour, place = f"{settings.hour:02d}:00", city(settings.timezone)
    if settings.rhythm is MailRhythm.OFF:
        return _("No digest is sent.")
    days = ", ".join(wording.weekday(day - 1) for day in settings.workdays)
    if settings.rhythm is MailRhythm.WEEKLY:
        return _("Sent every week: {days} from {hour} ({place} time).").format(days=days, hour=hour, place=place)
    return _("Sent on these days: {days}, from {hour} ({place} time).").format(days=days, hour=hour, place=place)


def _counts(digest: Digest) -> str:
    counts = (
        (digest.mine, NN_("{number} for you", "{number} for you")),
        (digest.waiting, NN_("{number} waiting", "{number} waiting")),
        (digest.deadlines, NN_("{number} deadline", "{number} deadlines")),
        (digest.changes, NN_("{number} changed date", "{number} changed dates")),
    )
    return " · ".join(wording.count(len(found), *forms) for found, forms in counts if found)


def _address(page: str) -> str:
    """The address of a page of the dashboard; empty where its own is not known."""
    public = public_address()
    return f"{public}/{page}" if public else ""


def _task_line(task: Task, day: date, digest: Digest) -> LetterLine:
    when = _("No due date") if task.due is None else wording.day(task.due)
    if task.due is not None and task.due < day:
        when = _("Late, {day}").format(day=when)
    name = digest.names.get(task.waiting_for, _("another user"))
    says = message(task.code, {"about": task.about, "name": name})
    return LetterLine(f"{when}: ", task.what, f" ({says})", _address(record_page(task.record_kind, task.record_id)))


def _change_line(change: DateChange, zone: str, digest: Digest) -> LetterLine:
    after = f": {change.old.when(zone)} → {change.new.when(zone)}"
    if name := digest.names.get(change.person_id):
        after += _(", entered by {name}").format(name=name)
    if change.source_url:
        after += f" ({change.source_url})"
    return LetterLine("", change.title, after, _address(item_page(change.item)))


def _shortened(lines: Sequence[LetterLine]) -> Sequence[LetterLine]:
    if len(lines) <= _MOST_LINES:
        return lines
    more = len(lines) - _MOST_LINES
    rest = wording.count(more, "{number} more in the calendar", "{number} more in the calendar")
    return [*lines[:_MOST_LINES], LetterLine(rest)]


# --- The question whether an address is right


def confirmation_letter(token: str) -> Letter:
    """The mail with the link that confirms an address, in the reader's language."""
    days = CONFIRMED_WITHIN.days
    return Letter(
        subject=_("HRD calendar: confirm your address"),
        opening=[
            _("This address was entered in the calendar for human rights defenders, to receive its digest."),
            wording.count(
                days,
                "Open this link within {number} day to confirm it. If you did not enter it, do nothing.",
                "Open this link within {number} days to confirm it. If you did not enter it, do nothing.",
            ),
        ],
        sections=(),
        link=(_("Confirm the address"), f"{public_address()}{CONFIRM}{token}"),
        ending=[(_("Unless you confirm it, nothing else will be sent to you."), "")],
    )


# --- As messages


class _WholeHeader(UnstructuredHeader, BaseHeader):
    """A header whose address stays as it is: the library encodes a long one, and then no mail program finds it."""

    def fold(self, *, policy: Policy) -> str:
        """The header on one line. RFC 5322 allows 998 characters."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _WholeHeader)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def message_of(letter: Letter, sender: str, recipient: str, *, identity: str, unsubscribe: str = "") -> EmailMessage:
    """A letter as a message; ``identity`` is unique to it, ``unsubscribe`` the address that ends mails (RFC 8058).

    Raises ValueError if one of the addresses is none.
    """
    mail = EmailMessage(policy=_POLICY)
    from_address = Address(addr_spec=sender)
    mail["From"] = Address(_("HRD calendar"), from_address.username, from_address.domain)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(_second(clock.machine_now()))
    mail["Message-ID"] = f"<{identity}@{from_address.domain}>"
    # Nobody's absence note answers (RFC 3834; the second is Exchange's).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text(), cte="quoted-printable")
    mail.add_alternative(letter.html(), subtype="html", cte="quoted-printable")
    # To set a content takes away what was said of it before.
    mail["Content-Language"] = language()
    return mail


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
