"""Themes: words of the mission's own that are given to records, chosen from those in use or new.

A theme is known only to those who see a record that has it. Two spellings of one word become one, as far as their
writer sees both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks
from calendar_model.store.models import Base, Record, RecordTheme, longest
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind

LONGEST_THEME = longest(RecordTheme, "theme")
"""Maximum characters of a theme."""


def _tidy(_session: WorkspaceSession, row: RecordTheme) -> None:
    row.theme = " ".join(row.theme.split())


CHECKS: Mapping[type[Base], Checks] = {RecordTheme: Checks(written=_tidy)}


def themes_of(record: Record) -> list[str]:
    """The themes of a record, by name."""
    return sorted((row.theme for row in record.theme_rows), key=str.casefold)


def themes_in_use(viewer: Viewer, *kinds: RecordKind) -> Sequence[str]:
    """The themes of the records that a viewer may see, of all kinds or these, by name."""
    if viewer == ANONYMOUS:
        return ()
    with reading(viewer) as session:
        return _in_use(session, kinds)


def records_with_theme(viewer: Viewer, themes: Collection[str]) -> frozenset[str]:
    """The records that a viewer may see with one of these themes."""
    with reading(viewer) as session:
        return frozenset(session.scalars(select(RecordTheme.record_id).where(RecordTheme.theme.in_(themes))))


def _in_use(session: Session, kinds: Collection[RecordKind] = ()) -> Sequence[str]:
    asked = select(RecordTheme.theme).distinct()
    if kinds:
        asked = asked.where(RecordTheme.record_id.in_(select(Record.id).where(Record.kind.in_(kinds))))
    return sorted(session.scalars(asked), key=str.casefold)


def set_themes(session: Session, record: Record, themes: Iterable[str]) -> None:
    """Give a record these themes and no others. One that differs from a theme in use only in case is that theme.

    Where two spellings are in use, as of writers who do not see each other's, the one that is given stays.
    """
    in_use = _in_use(session)
    known = {theme.casefold(): theme for theme in in_use}
    typed = (" ".join(theme.split()) for theme in themes)
    wanted = {
        theme.casefold(): theme if theme in in_use else known.get(theme.casefold(), theme) for theme in typed if theme
    }
    record.theme_rows = [row for row in record.theme_rows if row.theme in wanted.values()]
    there = {row.theme for row in record.theme_rows}
    record.theme_rows += [RecordTheme(theme=theme) for theme in sorted(set(wanted.values()) - there)]
