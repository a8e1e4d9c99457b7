"""What is done with a statement: texts saved and kept unsaved, moves, overrides.

All of it within a session of :func:`calendar_model.mission.transactions.writing`; the rules are checked when the
session writes, and refuse with :class:`~calendar_model.access.problems.Refused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.problems import Problem, Refused, UnmetRequirement
from calendar_model.clock import now
from calendar_model.mission.statements import workflow
from calendar_model.mission.statements.facts import facts_for, linked_records
from calendar_model.store.models import Access, Override, Record, Statement, Unsaved, Version
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import StatementState, Step
from calendar_model.vocabulary import Sensitivity


class NewerText(Refused):
    """Somebody saved another text meanwhile. ``base`` is what both began from, ``theirs`` is the newest."""

    def __init__(self, base: str, theirs: Version) -> None:
        values = {"writer": theirs.written_by.name, "number": theirs.number}
        super().__init__(Problem("newer-text", values=values))
        self.base, self.theirs = base, theirs


def newest(session: Session, statement_id: str, language: str) -> Version | None:
    """The newest text in a language."""
    texts = select(Version).where(Version.statement_id == statement_id, Version.language == language)
    return session.scalars(texts.order_by(Version.number.desc()).limit(1)).first()


def save_text(
    session: WorkspaceSession, statement: Statement, text: str, *, language: str, based_on: int, note: str = ""
) -> Version:
    """Saves a text as the next version and forgets what the writer had unsaved.

    ``based_on`` is the number of the version in this language from which it was written, 0 for none. A cleared
    statement is thereby a draft again. Raises :class:`NewerText` if there is a newer one in the language, and
    Refused for an empty text.
    """
    last = newest(session, statement.id, language)
    if last is not None and last.number != based_on:
        base = session.scalar(
            select(Version.text).where(Version.statement_id == statement.id, Version.number == based_on)
        )
        raise NewerText(base or "", last)
    number = facts_for(session, statement, session.actor).version + 1
    version = Version(number=number, language=language, text=text, note=note, written_by_id=session.actor)
    statement.versions.append(version)
    forget_unsaved(session, statement.id)
    return version


def unsaved(session: Session, statement_id: str) -> Unsaved | None:
    """What the reader has typed into a statement and not saved; of others nobody sees it."""
    return session.scalars(select(Unsaved).where(Unsaved.statement_id == statement_id)).first()


def keep_unsaved(session: WorkspaceSession, statement_id: str, text: str, *, language: str, based_on: int) -> None:
    """Keeps what has been typed so far, in place of what was kept before."""
    kept = unsaved(session, statement_id)
    if kept is None:
        kept = Unsaved(statement_id=statement_id, person_id=session.actor)
        session.add(kept)
    kept.text, kept.language, kept.based_on, kept.at = text, language, based_on, now()


def forget_unsaved(session: WorkspaceSession, statement_id: str) -> None:
    """Forgets what the reader had typed and not saved."""
    if (kept := unsaved(session, statement_id)) is not None:
        session.delete(kept)


def move(
    session: WorkspaceSession,
    statement: Statement,
    to: StatementState,
    *,
    seen: int,
    on: date | None = None,
    waiting_for: str | None = None,
) -> None:
    """Moves a statement on. ``seen`` is the number of the newest version that the reader had before them.

    ``on`` is the day of delivery; ``waiting_for`` the person whose word is waited for in consultation.
    """
    if facts_for(session, statement, session.actor).version != seen:
        raise Refused(Problem("newer-text-unread"))
    if statement.state is to:
        raise Refused(Problem("state-already", values={"state": to}))
    if to is StatementState.DELIVERED:
        statement.delivered_on = on
    statement.state = to
    statement.waiting_for_id = waiting_for if to is StatementState.CONSULTATION else None


def unmet_before(
    session: Session, statement: Statement, actor_id: str, to: StatementState
) -> tuple[UnmetRequirement, ...]:
    """What is missing before somebody can move the statement to a state, for the page to show beforehand.

    The day of delivery is asked for with the move itself and is not counted as missing.
    """
    found = facts_for(session, statement, actor_id)
    if to is StatementState.DELIVERED:
        found = workflow.on_day(found, date.max)
    return workflow.unmet_requirements(found, to)


@dataclass(frozen=True)
class Asked:
    """What it means to wait for somebody's clearance or reply.

    ``becomes_reader``: the statement is restricted, and to ask them gives them access. ``cannot_read``: titles of
    restricted records linked to it that they cannot read, of which nothing can be cleared by them; ``others``: how many
    more there are that the session's reader may not see either.
    """

    becomes_reader: bool = False
    cannot_read: tuple[str, ...] = ()
    others: int = 0


def asked(session: Session, statement: Statement, person_id: str) -> Asked:
    """What it would mean to wait for this person."""
    linked = linked_records(session, statement)
    of_them = select(Access.record_id).where(
        Access.person_id == person_id, Access.record_id.in_({*linked, statement.id})
    )
    named = set(session.scalars(of_them.execution_options(everything=True)))
    restricted = select(Record.id).where(Record.id.in_(linked), Record.sensitivity == Sensitivity.RESTRICTED)
    hidden = set(session.scalars(restricted.execution_options(everything=True))) - named
    titles = session.scalars(select(Record.title).where(Record.id.in_(hidden)).order_by(Record.title)).all()
    return Asked(
        becomes_reader=statement.sensitivity is Sensitivity.RESTRICTED and statement.id not in named,
        cannot_read=tuple(titles),
        others=len(hidden) - len(titles),
    )


def ask_override(session: WorkspaceSession, statement: Statement, step: Step, reason: str) -> Override:
    """Asks to pass over what misses before a step; it passes nothing until :func:`confirm_override`."""
    asked = Override(statement_id=statement.id, step=step, reason=reason.strip())
    session.add(asked)
    return asked


def confirm_override(session: WorkspaceSession, asked: Override, reason: str) -> Override:
    """A second person's word for an override that somebody has asked for."""
    confirmed = Override(statement_id=asked.statement_id, step=asked.step, reason=reason.strip(), confirms_id=asked.id)
    session.add(confirmed)
    return confirmed
