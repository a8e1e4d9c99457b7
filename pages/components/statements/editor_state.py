"""The text that one reader types into a statement: kept while typing, taken from the field and put into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.mission.statements.commands import keep_typing
from pages.components.shell.current_user import viewer
from pages.components.statements.presence import note_typing
from pages.components.widgets.editor import Typed, sent

if TYPE_CHECKING:
    from calendar_model.store.models import Statement, Unsaved, Version


@dataclass
class EditorState:
    """The state of one reader's field for one statement and language.

    ``base`` is the number of the version from which it is written, 0 for none; ``revision`` names to the field the
    text that it was given, and begins with the base. ``recovered_at``: when it was typed, if it was found as not saved.
    ``set_aside`` was taken out of the field and can be brought back; its base is ``set_aside_base``. ``received`` is
    the revision and number of what the field has sent last. Revisions are ``saved`` from, or ``left`` for other texts.
    """

    base: int
    text: str
    revision: str
    recovered_at: datetime | None = None
    set_aside: str = ""
    set_aside_base: int = 0
    received: tuple[str, int] = ("", 0)
    saved: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def show(self, text: str, base: int) -> None:
        """Put another text into the field."""
        self.left.add(self.revision)
        self.base, self.text, self.recovered_at = base, text, None
        self.revision = f"{base}.{len(self.left) + len(self.saved)}"

    def set_text_aside(self, text: str, base: int) -> None:
        """Set an unsaved text aside; one at a time can be brought back."""
        self.set_aside, self.set_aside_base = text, base


def versions_in(statement: Statement, language: str) -> list[Version]:
    """The texts in a language, the newest last."""
    return [version for version in statement.versions if version.language == language]


def first_language(statement: Statement, kept: Unsaved | None) -> str:
    """Return the language in which the page opens: that of the unsaved text, or of the newest text."""
    if kept is not None:
        return kept.language
    return statement.versions[-1].language if statement.versions else "en"


class StatementEditor:
    """One reader's work on the text of one statement in one language."""

    def __init__(self, statement_id: str, language: str) -> None:
        self.statement_id, self.language = statement_id, language
        self.key = f"text_{statement_id}_{language}_{viewer().person_id}"

    def open(self, statement: Statement, kept: Unsaved | None) -> EditorState:
        """Return the state of this visit; a new one starts with the unsaved text, or else with the newest text."""
        known: EditorState | None = st.session_state.get(self._name)
        if known is None or self.key not in st.session_state:
            texts = versions_in(statement, self.language)
            newest = texts[-1] if texts else None
            if kept is not None and kept.language == self.language:
                state = EditorState(kept.based_on, kept.text, str(kept.based_on), kept.at)
            else:
                state = EditorState(newest.number if newest else 0, newest.text if newest else "", "")
                state.revision = str(state.base)
            st.session_state[self._name] = state
        self.take_in_last()
        return self.state

    @property
    def state(self) -> EditorState:
        """The state of this visit, once it is open."""
        state: EditorState = st.session_state[self._name]
        return state

    @property
    def is_open(self) -> bool:
        """Whether there is a state of this visit."""
        return self._name in st.session_state

    def take_in_last(self) -> None:
        """Keep what the field has sent and has not been taken in yet."""
        if (typed := sent(self.key)) is not None and typed.fresh:
            self.take_in(typed)

    @property
    def _name(self) -> str:
        return f"{self.key}{_STATE}"

    def take_in(self, typed: Typed) -> bool:
        """Keep what has come from the field; whether it is safe now."""
        state, mark = self.state, (typed.revision, typed.number)
        if mark == state.received:
            return True
        if typed.revision in state.left:
            # Typed into a text that the reader has put away since: the tab has set it aside itself.
            state.received = mark
            return True
        is_foreign = typed.revision != state.revision and typed.revision not in state.saved
        base = _base_of(typed.revision) if is_foreign else state.base
        if not self._keep(typed.text, base):
            return False
        if is_foreign:
            # A tab that was cut off comes back. The text that the field held meanwhile is set aside, not lost.
            if state.recovered_at is not None and state.text != typed.text:
                state.set_text_aside(state.text, state.base)
            state.base, state.revision = base, typed.revision
        state.text, state.received = typed.text, mark
        note_typing(self.statement_id)
        return True

    def show(self, text: str, base: int) -> None:
        """Put another text into the field, and keep it as not saved; raises Refused where it cannot be kept."""
        if not self._keep(text, base):
            raise Refused(Problem("typing-not-kept"))
        self.state.show(text, base)

    def _keep(self, text: str, base: int) -> bool:
        try:
            reader = viewer()
        except WorkspaceError:
            # Who the reader is, is in the same database: without it nothing can be kept yet.
            return False
        known = self.state.text
        kept = keep_typing(reader, self.statement_id, text, language=self.language, based_on=base, known=known)
        if kept.displaced is not None:
            self.state.set_text_aside(*kept.displaced)
        return kept.is_safe


_STATE = "-draft"
"""The suffix of the key of an editor's state in the session."""


def _base_of(revision: str) -> int:
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def take_in_all(statement_id: str) -> None:
    """Take in what any field of the statement has sent, also one that is not drawn any more."""
    opened = [str(key) for key in st.session_state if str(key).startswith(f"text_{statement_id}_")]
    for language in (key.split("_")[2] for key in opened if key.endswith(_STATE)):
        StatementEditor(statement_id, language).take_in_last()
