"""Commands for a statement: save its texts and unsaved typing, change its state, override a check, record co-sponsors.

Each command opens a unit of work as its viewer. What they write passes
:mod:`calendar_model.mission.statements.checks`, and they raise as
:func:`calendar_model.mission.transactions.writing` does: :class:`~calendar_model.access.problems.Refused` if a rule
forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Unpack

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.clock import now
from calendar_model.mission.statements.agreement import agreed_at
from calendar_model.mission.statements.consultation import add_consultees
from calendar_model.mission.statements.facts import facts_for
from calendar_model.mission.statements.queries import load_statement, newest, text_in, text_of, unsaved
from calendar_model.mission.transactions import SaveOptions, save, with_access_where_restricted, writing
from calendar_model.mission.undo import Undoable, undoable
from calendar_model.store.database import Workspace, WorkspaceError
from calendar_model.store.models import (
    AgreedText,
    Cosponsor,
    Override,
    OverrideReview,
    Statement,
    Unsaved,
    Version,
    longest,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import CosponsorStanding, StatementState, Step

LONGEST_NOTE = longest(Version, "note")
LONGEST_REASON = longest(Override, "reason")
LONGEST_ASSESSMENT = longest(OverrideReview, "assessment")
LONGEST_BETWEEN = longest(AgreedText, "agreed_between")
"""Maximum characters of the note on a version, the reason of an override, its review, and of who agreed to a text."""

# --- Details


def start_statement(
    viewer: Viewer, values: Mapping[str, Any], *, text: str = "", language: str = "en", **options: Unpack[SaveOptions]
) -> str:
    """Start a statement and return its identifier: an idea or, with a first ``text``, a draft.

    Options and exceptions as in :func:`~calendar_model.mission.transactions.save`; ``named`` counts if the statement is
    restricted.
    """
    first = Version(number=1, language=language, text=text, written_by_id=viewer.person_id)
    written = {"versions": [first]} if text.strip() else {}
    return save(viewer, Statement, {**values, **written}, **with_access_where_restricted(values, options))


def edit_statement(
    viewer: Viewer, statement_id: str, seen: int, values: Mapping[str, Any], **options: Unpack[SaveOptions]
) -> None:
    """Change the details of the ``seen`` version of a statement; options as in :func:`start_statement`."""
    options = with_access_where_restricted(values, options)
    save(viewer, Statement, values, record_id=statement_id, seen=seen, **options)


def set_cosponsors(
    viewer: Viewer,
    statement_id: str,
    countries: Iterable[str],
    standing: CosponsorStanding | None,
    workspace: Workspace | None = None,
) -> None:
    """Record the answers of these States; None removes them from the list. Raises Refused if none is chosen."""
    wanted = set(countries)
    if not wanted:
        raise Refused(Problem("no-cosponsors-chosen"))
    with writing(viewer, workspace=workspace) as session:
        statement = load_statement(session, statement_id)
        kept = {one.country: one for one in statement.cosponsors if one.country in wanted}
        if standing is None:
            statement.cosponsors = [one for one in statement.cosponsors if one.country not in wanted]
            return
        for one in kept.values():
            one.standing = standing
        statement.cosponsors += [Cosponsor(country=code, standing=standing) for code in sorted(wanted - kept.keys())]


# --- Texts


class NewerText(Refused):
    """Another person saved a text in the meantime. ``base`` is the common version, ``theirs`` the newest."""

    def __init__(self, base: str, theirs: Version) -> None:
        values = {"writer": theirs.written_by.name, "number": theirs.number}
        super().__init__(Problem("newer-text", values=values))
        self.base, self.theirs = base, theirs


def save_text(
    viewer: Viewer,
    statement_id: str,
    text: str,
    *,
    language: str,
    based_on: int,
    note: str = "",
    workspace: Workspace | None = None,
) -> Version:
    """Save a text as the next version, and delete its writer's unsaved text.

    ``based_on`` is the number of the version in this language from which it was written, 0 for none. A cleared
    statement becomes a draft again. Raises :class:`NewerText` if there is a newer one in the language, and Refused
    for an empty text.
    """
    with writing(viewer, workspace=workspace) as session:
        statement = load_statement(session, statement_id)
        return _add_version(session, statement, text, language=language, based_on=based_on, note=note)


def save_edited_text(
    viewer: Viewer, statement_id: str, text: str, *, language: str, based_on: int, note: str = ""
) -> Version:
    """Save a text as :func:`save_text` does, in the workspace of the viewer."""
    with writing(viewer) as session:
        statement = load_statement(session, statement_id)
        return _add_version(session, statement, text, language=language, based_on=based_on, note=note)


def restore_version(viewer: Viewer, statement_id: str, number: int, *, language: str, based_on: int) -> Version:
    """Save the text of an older version as the next one; raises Refused where the writer has unsaved typing."""
    with writing(viewer) as session:
        statement = load_statement(session, statement_id)
        if unsaved(session, statement_id) is not None:
            raise Refused(Problem("unsaved-before-restore"))
        old, note = text_in(statement, number), f"Restored from version {number}"
        return _add_version(session, statement, old, language=language, based_on=based_on, note=note)


def _add_version(
    session: WorkspaceSession, statement: Statement, text: str, *, language: str, based_on: int, note: str
) -> Version:
    last = newest(session, statement.id, language)
    if last is not None and last.number != based_on:
        raise NewerText(text_of(session, statement.id, based_on), last)
    number = facts_for(session, statement, session.actor).version + 1
    version = Version(number=number, language=language, text=text, note=note, written_by_id=session.actor)
    statement.versions.append(version)
    _forget_unsaved(session, statement.id)
    return version


# --- Typing that is not saved


@dataclass(frozen=True)
class TypingKept:
    """Whether the typed text was stored, and the text that it replaced.

    ``displaced``: a text stored from another window, with the number of the version that it was based on.
    """

    is_safe: bool
    displaced: tuple[str, int] | None = None


def keep_typing(
    viewer: Viewer, statement_id: str, text: str, *, language: str, based_on: int, known: str
) -> TypingKept:
    """Store a person's unsaved text; delete it if it equals the version that it is based on.

    ``known`` is the text last shown in their window; a different text stored in the meantime is returned. Raises
    nothing if the workspace cannot be written: the window keeps the text until it can.
    """
    try:
        with writing(viewer) as session:
            kept = unsaved(session, statement_id)
            displaced = (kept.text, kept.based_on) if kept is not None and kept.text not in (text, known) else None
            if text == text_of(session, statement_id, based_on):
                _forget_unsaved(session, statement_id)
            else:
                _keep_unsaved(session, statement_id, text, language=language, based_on=based_on)
    except (Refused, WorkspaceError):
        return TypingKept(is_safe=False)
    return TypingKept(is_safe=True, displaced=displaced)


def keep_unsaved(
    viewer: Viewer,
    statement_id: str,
    text: str,
    *,
    language: str,
    based_on: int,
    workspace: Workspace | None = None,
) -> None:
    """Store a person's unsaved text in place of the earlier one."""
    with writing(viewer, workspace=workspace) as session:
        _keep_unsaved(session, statement_id, text, language=language, based_on=based_on)


def forget_unsaved(viewer: Viewer, statement_id: str) -> None:
    """Delete the viewer's unsaved text."""
    with writing(viewer) as session:
        _forget_unsaved(session, statement_id)


def _keep_unsaved(session: WorkspaceSession, statement_id: str, text: str, *, language: str, based_on: int) -> None:
    kept = unsaved(session, statement_id)
    if kept is None:
        kept = Unsaved(statement_id=statement_id, person_id=session.actor)
        session.add(kept)
    kept.text, kept.language, kept.based_on, kept.at = text, language, based_on, now()


def _forget_unsaved(session: WorkspaceSession, statement_id: str) -> None:
    if (kept := unsaved(session, statement_id)) is not None:
        session.delete(kept)


# --- Moves and overrides


def move(
    viewer: Viewer,
    statement_id: str,
    to: StatementState,
    *,
    seen: int,
    on: date | None = None,
    waiting_for: str | None = None,
    consultees: Iterable[str] = (),
    answer_by: date | None = None,
    workspace: Workspace | None = None,
) -> Undoable:
    """Change the state of a statement. ``seen`` is the number of the newest version that the viewer has read.

    ``on`` is the day of delivery; ``waiting_for`` the person who is asked to clear, ``consultees`` those who are asked
    for their view in consultation, until ``answer_by``.
    Raises Refused where a newer version was saved, the statement is in that state already, or a requirement is unmet.
    """
    with writing(viewer, workspace=workspace) as session:
        statement = load_statement(session, statement_id)
        if facts_for(session, statement, viewer.person_id).version != seen:
            raise Refused(Problem("newer-text-unread"))
        if statement.state is to:
            raise Refused(Problem("state-already", values={"state": to}))
        if to is StatementState.DELIVERED:
            statement.delivered_on = on
        statement.state = to
        statement.waiting_for_id = waiting_for if to is StatementState.CONSULTATION else None
        if to is StatementState.CONSULTATION:
            add_consultees(statement, consultees, answer_by)
    return undoable(session)


def ask_somebody(viewer: Viewer, statement_id: str, seen: int, person_id: str | None) -> None:
    """Ask another person, or no one in particular, to clear the ``seen`` version of a statement."""
    save(viewer, Statement, {"waiting_for_id": person_id}, record_id=statement_id, seen=seen)


def ask_override(viewer: Viewer, statement_id: str, step: Step, reason: str, workspace: Workspace | None = None) -> str:
    """Request an override of the unmet requirements of a step, and return its identifier.

    It counts once :func:`confirm_override` has been called for it.
    """
    with writing(viewer, workspace=workspace) as session:
        asked = Override(statement_id=load_statement(session, statement_id).id, step=step, reason=reason.strip())
        session.add(asked)
    return asked.id


def confirm_override(viewer: Viewer, override_id: str, reason: str, workspace: Workspace | None = None) -> None:
    """Confirm a requested override as the second person; raises Refused if there is none."""
    with writing(viewer, workspace=workspace) as session:
        asked = session.get(Override, override_id)
        if asked is None:
            raise Refused(Problem("override-gone"))
        values = {"statement_id": asked.statement_id, "step": asked.step, "confirms_id": asked.id}
        session.add(Override(**values, reason=reason.strip()))


def review_override(
    viewer: Viewer, override_id: str, assessment: str, *, seen: int, workspace: Workspace | None = None
) -> None:
    """Record that the viewer has reviewed what was said under an override, with their assessment.

    ``seen`` is the number of the newest version that they have read. Raises Refused for an override that is not to be
    reviewed, or not by this person, and where the text is another one.
    """
    with writing(viewer, workspace=workspace) as session:
        asked = session.get(Override, override_id)
        if asked is None:
            raise Refused(Problem("override-gone"))
        if facts_for(session, load_statement(session, asked.statement_id), viewer.person_id).version != seen:
            raise Refused(Problem("newer-text-unread"))
        session.add(
            OverrideReview(
                statement_id=asked.statement_id,
                override_id=asked.id,
                version_number=seen,
                assessment=assessment.strip(),
                person_id=viewer.person_id,
            )
        )


# --- Agreed texts


def mark_agreed(
    viewer: Viewer, statement_id: str, number: int, between: str = "", workspace: Workspace | None = None
) -> None:
    """Record that version ``number`` is agreed to the last word, ``between`` whom if that is worth a word.

    Raises Refused if it is marked already, is not the newest in its language, or has passages in square brackets.
    """
    with writing(viewer, workspace=workspace) as session:
        statement = load_statement(session, statement_id)
        if agreed_at(statement, number) is not None:
            raise Refused(Problem("agreed-already", values={"number": number}))
        session.add(
            AgreedText(
                statement_id=statement.id,
                version_number=number,
                agreed_between=between.strip(),
                person_id=viewer.person_id,
            )
        )


def unmark_agreed(viewer: Viewer, statement_id: str, number: int, workspace: Workspace | None = None) -> None:
    """Take back that version ``number`` is agreed; nothing happens if it is not marked."""
    with writing(viewer, workspace=workspace) as session:
        statement = load_statement(session, statement_id)
        statement.agreed_texts = [one for one in statement.agreed_texts if one.version_number != number]
