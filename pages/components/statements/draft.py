"""What one reader has typed into a statement: kept while it is typed, taken out of the field and put into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import Refused
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import text_of, whole
from calendar_model.mission.transactions import writing
from calendar_model.store.database import WorkspaceError
from calendar_model.store.models import Statement, Unsaved, Version
from calendar_model.store.session import WorkspaceSession
from pages.components.shell.current_user import viewer
from pages.components.widgets.editor import Typed, sent


@dataclass
class Draft:
    """What stands in the field of one reader for one statement and language.

    ``base`` is the number of the version from which it is written, 0 for none; ``revision`` names to the field the
    text that it was given, and begins with the base. ``recovered``: when it was typed, if it was found as not saved.
    ``aside`` was taken out of the field and can be brought back; its base is ``aside_base``.
    """

    base: int
    text: str
    revision: str
    recovered: datetime | None = None
    aside: str = ""
    aside_base: int = 0
    taken: tuple[str, int] = ("", 0)
    saved_from: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def put(self, text: str, base: int) -> None:
        """Puts another text into the field."""
        self.left.add(self.revision)
        self.base, self.text, self.recovered = base, text, None
        self.revision = f"{base}.{len(self.left) + len(self.saved_from)}"

    def put_aside(self, text: str, base: int) -> None:
        """Takes a text out of the way that is not saved; one at a time is there to be brought back."""
        self.aside, self.aside_base = text, base


def moment(at: datetime, zone: str) -> str:
    """``Tue 24 Nov 2026, 10:31`` in the reader's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{wording.day(local.date())}, {local:%H:%M}"


def versions_in(statement: Statement, language: str) -> list[Version]:
    """The texts in a language, the newest last."""
    return [version for version in statement.versions if version.language == language]


def first_language(statement: Statement, kept: Unsaved | None) -> str:
    """The language in which the page opens: of what is not saved, or of the newest text."""
    if kept is not None:
        return kept.language
    return statement.versions[-1].language if statement.versions else "en"


class Desk:
    """One reader's work on the text of one statement in one language."""

    def __init__(self, statement_id: str, language: str) -> None:
        self.statement_id, self.language = statement_id, language
        self.key = f"text_{statement_id}_{language}_{viewer().person_id}"

    def open(self, statement: Statement, kept: Unsaved | None) -> Draft:
        """The draft of this visit; a new one begins with what was typed and not saved, or with the newest text."""
        known: Draft | None = st.session_state.get(self._name)
        if known is None or self.key not in st.session_state:
            texts = versions_in(statement, self.language)
            newest = texts[-1] if texts else None
            if kept is not None and kept.language == self.language:
                draft = Draft(kept.based_on, kept.text, str(kept.based_on), kept.at)
            else:
                draft = Draft(newest.number if newest else 0, newest.text if newest else "", "")
                draft.revision = str(draft.base)
            st.session_state[self._name] = draft
        self.take_in_last()
        return self.draft

    @property
    def draft(self) -> Draft:
        """The draft of this visit, once it is open."""
        draft: Draft = st.session_state[self._name]
        return draft

    def take_in_last(self) -> None:
        """Keeps what the field has sent and nobody has taken in yet."""
        if (typed := sent(self.key)) is not None and typed.fresh:
            self.take_in(typed)

    @property
    def _name(self) -> str:
        return f"{self.key}-draft"

    def take_in(self, typed: Typed) -> bool:
        """Keeps what has come from the field; whether it is safe now."""
        draft, mark = self.draft, (typed.revision, typed.number)
        if mark == draft.taken:
            return True
        if typed.revision in draft.left:
            # Typed into a text that the reader has put away since: the tab has set it aside itself.
            draft.taken = mark
            return True
        foreign = typed.revision != draft.revision and typed.revision not in draft.saved_from
        base = _base_of(typed.revision) if foreign else draft.base
        if not self._keep(typed.text, base):
            return False
        if foreign:
            # A tab that was cut off comes back. What stood here meanwhile is not thrown away for it.
            if draft.recovered is not None and draft.text != typed.text:
                draft.put_aside(draft.text, draft.base)
            draft.base, draft.revision = base, typed.revision
        draft.text, draft.taken = typed.text, mark
        return True

    def put(self, text: str, base: int) -> None:
        """Puts another text into the field, and keeps it as not saved."""
        if not self._keep(text, base):
            raise Refused("The workspace could not be written just now. Nothing is lost; try again.")
        self.draft.put(text, base)

    def _keep(self, text: str, base: int) -> bool:
        try:
            with writing(viewer()) as session:
                kept = commands.unsaved(session, self.statement_id)
                if kept is not None and kept.text not in (text, self.draft.text):
                    # Typed in another window of the same person.
                    self.draft.put_aside(kept.text, kept.based_on)
                if text == text_of(session, self.statement_id, base):
                    commands.forget_unsaved(session, self.statement_id)
                else:
                    commands.keep_unsaved(session, self.statement_id, text, language=self.language, based_on=base)
        except (Refused, WorkspaceError):
            return False
        return True


def _base_of(revision: str) -> int:
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def found(session: WorkspaceSession, statement_id: str) -> Statement:
    """The statement with its texts; raises Refused where it is not there for this reader."""
    statement = session.get(Statement, statement_id, options=whole())
    if statement is None:
        raise Refused("This statement is not there any more, or not for you to see. Go back to the list.")
    return statement


def take_in_all(statement_id: str) -> None:
    """Takes in what any field of the statement has sent, also one that is not drawn any more."""
    opened = [str(key) for key in st.session_state if str(key).startswith(f"text_{statement_id}_")]
    for language in (key.split("_")[2] for key in opened if key.endswith("-draft")):
        Desk(statement_id, language).take_in_last()
