"""The calendar table as a viewer may see it: the corrected reference, and the mission's events visible to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import ChangeToken, change_token, reading
from calendar_model.mission.corrections import changed_since, recorded_corrections
from calendar_model.mission.events import own_items
from calendar_model.reference import Reference, RowCorrection
from calendar_model.store.models import Change
from calendar_model.translation import LANGUAGES, in_language

_MAX_TABLES = 32
_lock = threading.Lock()
_tables: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
"""The cache of tables: by viewer and change token and, because most changes concern no event, by content."""
_corrections: tuple[ChangeToken, tuple[RowCorrection, ...]] = (("", 0, "", None), ())
"""The change token at which corrections were last read, and these corrections."""


def corrections() -> tuple[RowCorrection, ...]:
    """Return the recorded corrections of the reference: the same for everyone, read again when they change.

    Raises :class:`~calendar_model.store.database.WorkspaceError` if the workspace cannot be opened.
    """
    return _corrections_at(change_token())


def _corrections_at(token: ChangeToken) -> tuple[RowCorrection, ...]:
    global _corrections
    with _lock:
        cached_token, cached = _corrections
    if cached_token == token:
        return cached
    with reading(ANONYMOUS) as session:
        if not _continues(session, cached_token, token) or changed_since(session, cached_token[1]):
            cached = recorded_corrections(session)
    with _lock:
        _corrections = token, cached
    return cached


def _continues(session: Session, earlier: ChangeToken, later: ChangeToken) -> bool:
    """Whether ``later`` belongs to the same workspace as ``earlier``, and not to another at the same address."""
    if earlier[0] != later[0] or earlier[1] >= later[1]:
        return False
    then = select(Change.hash).where(Change.number == earlier[1]).execution_options(everything=True)
    return session.scalar(then) == earlier[2]


def calendar_for(viewer: Viewer) -> tuple[Reference, pd.DataFrame]:
    """Return the corrected reference, and today's calendar table for ``viewer``; both are shared, so never change them.

    Both are in the language of the reader, which feeds and what is stored do not have: they ask in English. The table
    has the columns of :mod:`calendar_model.calendar.columns`. It is built again when the reference, the day or the
    workspace changes; its attribute ``version`` changes only with its content.

    Raises :class:`~calendar_model.store.database.WorkspaceError` if the workspace cannot be opened.
    """
    token = change_token()
    reference, table = calendar.current(corrections=_corrections_at(token))
    base = (table.attrs["version"], table.attrs["as_of"], table.attrs["files_changed"])
    by_token = (base, viewer, token)
    if (cached := _cached(by_token)) is not None:
        return reference, cached
    with reading(viewer) as session:
        items = tuple(own_items(session))
    by_content = (base, items)
    visible = _cached(by_content)
    if visible is None:
        visible = calendar.with_items(table, items, reference)
    _store({by_token: visible, by_content: visible})
    return reference, visible


def make_ready() -> None:
    """Build today's calendar in every language. A reader who asks for it meanwhile waits for the same one.

    Raises :class:`~calendar_model.store.database.WorkspaceError` if the workspace cannot be opened.
    """
    for code in LANGUAGES:
        with in_language(code):
            calendar_for(ANONYMOUS)


def _cached(key: Hashable) -> pd.DataFrame | None:
    with _lock:
        if key in _tables:
            _tables.move_to_end(key)
        return _tables.get(key)


def _store(tables: Mapping[Hashable, pd.DataFrame]) -> None:
    with _lock:
        _tables.update(tables)
        while len(_tables) > _MAX_TABLES:
            _tables.popitem(last=False)
