"""What the current user's roles allow: pages offer nothing that the model refuses, and say which role is needed.

The roles are read once a run, by the entrance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

import streamlit as st

from calendar_model.access.roles import (
    SUBJECT_OF_TABLE,
    SUBJECTS_OF_RECORD_TABLE,
    Operation,
    Subject,
    allows,
    missing_role,
    roles_at,
    subject_of,
)
from calendar_model.terms import ContactKind, GivenRole, RecordKind, Role

_KEY = "roles_of_run"


class ButtonOptions(TypedDict):
    """The options of a button that may be disabled; ``help`` says why."""

    disabled: bool
    help: str | None


def begin(given: Iterable[GivenRole]) -> None:
    """For the entrance: the roles of the current user in this run, each with its mission."""
    st.session_state[_KEY] = frozenset(given)


def roles(mission_id: str | None = None) -> frozenset[Role]:
    """The roles of the current user at a mission, or at any; none without a user."""
    return roles_at(st.session_state.get(_KEY, ()), mission_id)


def why_not(action: Operation, *subjects: Subject, at: str | None = None) -> str:
    """Why the current user may not do this with any of these subjects, as plain text; empty if they may.

    ``at`` is the mission of the record that it is about.
    """
    if any(allows(roles(at), subject, action) for subject in subjects):
        return ""
    has_elsewhere = allows(roles(), subjects[0], action)
    return str(missing_role(subjects[0], action, has_elsewhere=has_elsewhere))


def why_not_write(table: str, record: Any) -> str:
    """Why the current user may not save a form of this table; empty if they may, and for a table without permissions.

    ``record`` is the row that it changes, None for a new one.
    """
    action = Operation.CREATE if record is None else Operation.CHANGE
    if table in SUBJECTS_OF_RECORD_TABLE:
        subjects = SUBJECTS_OF_RECORD_TABLE[table]
        if record is not None:
            subjects = (subject_of(record.kind, getattr(record, "contact_kind", None)),)
        return why_not(action, *subjects, at=getattr(record, "mission_id", None))
    return why_not(action, SUBJECT_OF_TABLE[table]) if table in SUBJECT_OF_TABLE else ""


def why_not_create(kind: RecordKind) -> str:
    """Why the current user may not create a record of this kind; empty if they may, or may create some."""
    return why_not(Operation.CREATE, subject_of(kind), subject_of(kind, ContactKind.ORGANISATION))


def why_not_delete(record: Any) -> str:
    """Why the current user may not delete a record; empty if they may."""
    subject = subject_of(record.kind, getattr(record, "contact_kind", None))
    return why_not(Operation.DELETE, subject, at=record.mission_id)


def button_options(why: str) -> ButtonOptions:
    """The options of a button that is disabled for the reason ``why``, if there is one."""
    return {"disabled": bool(why), "help": why or None}
