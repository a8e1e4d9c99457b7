"""Search over all that a viewer may see: the items of the calendar, and the mission's own records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.calendar.filters import LONGEST_TEXT, MOST_WORDS
from calendar_model.reference import Reference
from calendar_model.store.models import Record
from calendar_model.store.text_search import contains_word
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Kind

_NOT_LISTED = (RecordKind.CORRECTION,)


@dataclass(frozen=True)
class RecordHit:
    """A record that was found, by its title."""

    id: str
    kind: RecordKind
    title: str
    sample: bool


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a search, in lower case; as many of them as are searched."""
    return tuple(text[:LONGEST_TEXT].casefold().split()[:MOST_WORDS])


def search_items(table: pd.DataFrame, reference: Reference, text: str, today: date, limit: int) -> pd.DataFrame:
    """Return the rows of a calendar table that a filter with this ``text`` keeps, at most ``limit`` of them.

    What the text names comes before all: a session by its short name (``HRC64``), the reviews of a State by its name,
    an item by its title. Then those under way or still to come, the next one first; then the past ones, the last one
    first.
    """
    words = search_words(text)
    if not words:
        return table.iloc[:0]
    found = Filter(text=" ".join(words)).apply(table, reference)
    to_come = (found["end"] >= pd.Timestamp(today)).to_numpy()
    coming = found[to_come].sort_values("start", kind="stable")
    past = found[~to_come].sort_values("start", ascending=False, kind="stable")
    listed = pd.concat([coming, past])
    is_named = _is_named(listed, reference, " ".join(words))
    return pd.concat([listed[is_named], listed[~is_named]]).head(limit)


def _is_named(table: pd.DataFrame, reference: Reference, text: str) -> pd.Series:
    """Whether each item is named by a text in lower case, as :func:`search_items` says."""
    states = {code for code, name in reference.state_names.items() if name.casefold() == text}
    is_session = (table["kind"] == Kind.SESSION) & (table["session"].str.casefold() == text)
    is_review = (table["kind"] == Kind.UPR_REVIEW) & table["countries"].isin(states)
    named: pd.Series = is_session | is_review | (table["title"].str.casefold() == text)
    return named


def search_organisations(table: pd.DataFrame, reference: Reference, text: str, limit: int) -> Sequence[str]:
    """Return the codes of the organisations and bodies with items in a calendar table whose names match ``text``.

    Every word of the text begins a word of the name or of the short name. A short name that is the whole text is
    first; otherwise the order is that of the reference. At most ``limit`` of them.
    """
    words = search_words(text)
    with_items = {*table["organisation"], *table["body"]}
    found: list[tuple[bool, int, str]] = []
    for code, one in reference.organisations.items():
        names = f"{one.short_name} {one.name}".casefold().split()
        if code in with_items and words and all(any(name.startswith(word) for name in names) for word in words):
            found.append((one.short_name.casefold() != " ".join(words), len(found), code))
    return [code for _differs, _place, code in sorted(found)[:limit]]


def search_records(viewer: Viewer, text: str, limit: int) -> Sequence[RecordHit]:
    """Return the records that ``viewer`` may see with all words of ``text`` in the title, the last changed first.

    Raises :class:`~calendar_model.store.database.WorkspaceError` where the database fails.
    """
    words = search_words(text)
    if not words or viewer == ANONYMOUS:
        return ()
    asked = (
        select(Record.id, Record.kind, Record.title, Record.sample)
        .where(Record.kind.not_in(_NOT_LISTED), *(contains_word(Record.title, word) for word in words))
        .order_by(Record.updated_at.desc(), Record.id)
        .limit(limit)
    )
    with reading(viewer) as session:
        return tuple(RecordHit(*row) for row in session.execute(asked))
