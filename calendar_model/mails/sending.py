"""Send the digests that are due: each once, however many dashboards and commands do it at the same time.

A person's digest is claimed, written, and handed over to the mail server (:mod:`calendar_model.store.sent_mails`). Each
has a thread and a limit of time of its own, so that an address that does not answer delays nobody. Where the server
itself does not answer, the claims are given back and the next round tries again.

Logs and results have counts, never an address, a name or what is in a mail.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.mails import messages, smtp
from calendar_model.mails.smtp import MailFailure, MailServer, NotSent
from calendar_model.mission.digest import choice
from calendar_model.mission.digest.choice import KIND, MailStatus, Recipient
from calendar_model.mission.digest.contents import Digest, digest_of
from calendar_model.mission.digest.schedule import due_day
from calendar_model.mission.observed_dates import observe
from calendar_model.store import sent_mails
from calendar_model.store.database import Workspace, WorkspaceError, current_workspace
from calendar_model.store.sent_mails import MailState
from calendar_model.terms import MailStop
from calendar_model.translation import in_language

EVERY = timedelta(minutes=1)
"""How often the server looks which digests are due."""
AT_ONCE = 8
"""How many mails are handed over at the same time."""
FURTHEST_BACK = timedelta(days=35)
"""How far back changes are told at most, after a long time without a digest."""

ENDED: Counter[str] = Counter()
"""How many digests this process has tried to send, by how that ended."""

_log = logging.getLogger(__name__)
_confirmations = ThreadPoolExecutor(max_workers=2, thread_name_prefix="confirmation")


@dataclass
class Round:
    """What became of the digests that were due: how many ended in which state, or were not handed over and why."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{state}: {number}" for state, number in sorted(self.counts.items())) or "nothing was due"


def send_due(at: datetime | None = None, stopped: Callable[[], bool] = lambda: False) -> Round:
    """Send the digests that are due at an instant (default: now), and return what became of them.

    Nothing is sent without a mail server and a public address. ``stopped`` is asked before each whether to stop. Raises
    :class:`~calendar_model.store.database.WorkspaceError` and, for a configuration that start would refuse, ValueError.
    """
    at = at or clock.now()
    server, result = smtp.configured(), Round()
    if server is None or not messages.public_address():
        return result
    workspace = current_workspace()
    found = [(one, day) for one in choice.recipients(workspace) if (day := due_day(one.status.schedule, at))]
    waiting = sent_mails.open_for(workspace, KIND, {one.person_id: day for one, day in found}, at)
    due = [(one, day) for one, day in found if one.person_id in waiting]
    if not due:
        return result
    sent_mails.forget(workspace, at.date())
    # Noted as of the claims, from which the next digests count: what these tell, the next do not tell again.
    observe(workspace, at)
    contents, away = choice.holds_contents(workspace), Event()

    def send(one: Recipient, day: date) -> str:
        if stopped() or away.is_set():
            return "later"
        try:
            return _send(workspace, server, one, day, at, contents=contents)
        except NotSent as fault:
            if fault.failure is MailFailure.SERVER:
                away.set()
            return fault.failure.value
        except (Refused, WorkspaceError):
            return "later"
        except Exception as fault:  # noqa: BLE001  the others get theirs; its text could hold what is in the mail
            _log.error("A digest could not be written (%s).", type(fault).__name__)
            return "failed"

    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="digest") as threads:
        result.counts.update(threads.map(lambda pair: send(*pair), due))
    ENDED.update(result.counts)
    if away.is_set():
        _log.warning("The mail server does not answer, or not safely. Digests are tried again.")
    _log.info("Digests: %s.", result)
    return result


def _send(workspace: Workspace, server: MailServer, one: Recipient, day: date, at: datetime, *, contents: bool) -> str:
    """Claim, write and hand over one digest; return the state in which it ends. Raises NotSent."""
    token = choice.new_secret()
    last = sent_mails.last_done(workspace, one.person_id, KIND)
    mine = sent_mails.claim(workspace, one.person_id, KIND, day, choice.hash_of(token), at)
    if mine is None:
        return "claimed by another"
    settings = one.status.settings
    with in_language(settings.language):
        digest = _digest(one.person_id, one.status, day, at, last)
        if digest.is_empty:
            sent_mails.mark(workspace, mine, MailState.EMPTY)
            return MailState.EMPTY.value
        link = f"{messages.public_address()}{messages.UNSUBSCRIBE}{token}"
        letter = messages.digest_letter(digest, settings, day, contents=contents, link=link)
        message = messages.message_of(
            letter, smtp.sender(), settings.address, identity=f"{mine.id}.{mine.token_hash[:8]}", unsubscribe=link
        )
    try:
        smtp.hand_over(server, message, settings.address, lambda: sent_mails.mark(workspace, mine, MailState.SENDING))
    except NotSent as fault:
        _note_failure(workspace, mine, one, fault.failure)
        raise
    sent_mails.mark(workspace, mine, MailState.SENT)
    return MailState.SENT.value


def _note_failure(workspace: Workspace, mine: sent_mails.Claim, one: Recipient, failure: MailFailure) -> None:
    # Of one that may have arrived the claim stays as it is: it is not sent again.
    if failure is MailFailure.SERVER:
        sent_mails.release(workspace, mine)
    elif failure is MailFailure.PUT_OFF:
        sent_mails.mark(workspace, mine, MailState.PUT_OFF)
    elif failure is MailFailure.REFUSED:
        sent_mails.mark(workspace, mine, MailState.REFUSED)
        choice.stop_mail(one.person_id, MailStop.REFUSED, one.status.settings.address, workspace)


def _digest(person_id: str, status: MailStatus, day: date, at: datetime, last: datetime | None) -> Digest:
    since = max(last or status.chosen_at, at - FURTHEST_BACK)
    return digest_of(person_id, status.settings.timezone, day, since)


def preview(viewer: Viewer, at: datetime | None = None) -> str:
    """The digest that a person would get now, as text; empty if there would be none. Nothing is claimed or sent.

    Raises Refused for a person who has not chosen any mail.
    """
    at = at or clock.now()
    status = choice.must_have_chosen(viewer)
    workspace = current_workspace()
    day = status.schedule.local_day(at)
    last = sent_mails.last_done(workspace, viewer.person_id, KIND)
    with in_language(status.settings.language):
        digest = _digest(viewer.person_id, status, day, at, last)
        if digest.is_empty:
            return ""
        link = f"{messages.public_address()}{messages.UNSUBSCRIBE}…"
        contents = choice.holds_contents(workspace)
        letter = messages.digest_letter(digest, status.settings, day, contents=contents, link=link)
        return f"{letter.subject}\n\n{letter.text()}"


def ask_for_confirmation(viewer: Viewer) -> None:
    """Have the mail sent that asks whether the viewer's address is right; nobody waits for it.

    Raises Refused as :func:`~calendar_model.mission.digest.choice.ask_confirmation` does.
    """
    token = choice.ask_confirmation(viewer)
    status = choice.must_have_chosen(viewer)
    _confirmations.submit(_confirm, status, token)


def _confirm(status: MailStatus, token: str) -> None:
    settings = status.settings
    try:
        server = smtp.configured()
        if server is None or not messages.public_address():
            return
        with in_language(settings.language):
            letter = messages.confirmation_letter(token)
            identity = choice.hash_of(token)[:32]
            message = messages.message_of(letter, smtp.sender(), settings.address, identity=identity)
        smtp.hand_over(server, message, settings.address)
    except NotSent as fault:
        _log.warning("A mail that asks for confirmation was not sent (%s).", fault.failure)
    except Exception as fault:  # noqa: BLE001  its text could hold the address
        _log.error("A mail that asks for confirmation was not written (%s).", type(fault).__name__)


def _send_or_log(stopped: Callable[[], bool]) -> None:
    """Send what is due. Whatever else goes wrong is logged, so that the next round comes."""
    try:
        send_due(None, stopped)
    except WorkspaceError:
        raise
    except Exception as fault:  # noqa: BLE001  its text could hold what is in a mail
        _log.error("The digests that are due were not sent (%s).", type(fault).__name__)


async def keep_sending(every: timedelta = EVERY) -> None:
    """Send due digests repeatedly, until cancelled; at once nothing where no mail server is set up."""
    if not smtp.is_set_up():
        return
    over = False
    try:
        while True:
            await asyncio.sleep(every.total_seconds())
            # Pages tell readers of an outage, and the log of its beginning and end.
            with suppress(WorkspaceError):
                await asyncio.to_thread(_send_or_log, lambda: over)
    finally:
        over = True
