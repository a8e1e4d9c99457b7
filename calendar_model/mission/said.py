"""What did we say: delivered statements, recommendations among them, and proposed language, found by words.

The words are looked for in the database's own index (:mod:`calendar_model.store.full_text`). What is found is read
through the same scope as all else, so that nobody finds, or counts, what they may not see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Date, Select, func, or_, select
from sqlalchemy.orm import Session, with_polymorphic

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.mission.reads import note_passages
from calendar_model.reference import Reference
from calendar_model.store.full_text import (
    Phrase,
    Word,
    contains,
    frequency,
    index,
    phrases_of,
    records_with,
    words_of,
)
from calendar_model.store.models import (
    Case,
    ItemLink,
    LanguageProposal,
    Record,
    RecordLink,
    RecordTheme,
    Statement,
    Version,
)
from calendar_model.terms import AFTER_DELIVERY, ProposalOutcome, RecordKind, StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity

PASSAGE, BEFORE_MATCH = 360, 110
"""Characters of a passage, and how many of them at most come before what was found."""


@dataclass(frozen=True)
class SaidQuery:
    """What is looked for: words, and what narrows them. Empty fields narrow nothing.

    ``text``: words or beginnings of words, and phrases in quotation marks. ``country``: a State that is named in the
    text, or to which it is linked. ``forum``: an organisation with all its bodies, or a body. ``start`` and ``end``
    are days, both included. ``by_match``: the best match comes first, not the newest.
    """

    text: str = ""
    country: str = ""
    theme: str = ""
    forum: str = ""
    start: date | None = None
    end: date | None = None
    by_match: bool = False

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        narrows = (self.country, self.theme, self.forum, self.start, self.end)
        return bool(phrases_of(self.text)) or any(narrows)


@dataclass(frozen=True)
class FoundPassage:
    """A part of a text around what was found: pieces in order, each with whether it was found.

    ``from_start`` and ``to_end``: whether it begins and ends with the text.
    """

    pieces: tuple[tuple[str, bool], ...]
    from_start: bool
    to_end: bool

    @property
    def text(self) -> str:
        """The passage as plain text."""
        return "".join(piece for piece, _found in self.pieces).strip()


@dataclass(frozen=True)
class SaidHit:
    """A text that was found: of a statement as delivered, or of a language proposal.

    ``day`` is that of delivery, or of the proposal. ``number`` and ``language`` are those of the version of a
    statement. ``is_agreed``: language that became part of the text.
    """

    record_id: str
    kind: RecordKind
    title: str
    day: date | None
    forum: str
    passage: FoundPassage
    restricted: bool
    sample: bool
    voice: Voice | None = None
    format: StatementFormat | None = None
    number: int | None = None
    language: str = "en"
    is_agreed: bool = False


@dataclass(frozen=True)
class Said:
    """The first hits, and how many there are."""

    hits: tuple[SaidHit, ...] = ()
    count: int = 0


def what_was_said(
    viewer: Viewer, query: SaidQuery, table: pd.DataFrame, reference: Reference, *, most: int = 20
) -> Said:
    """Find what was said, as far as ``viewer`` may see it, at most ``most`` hits; nothing where nothing is asked.

    ``table`` is the calendar that the viewer may see. That passages of restricted records are shown is noted. Raises
    :class:`~calendar_model.store.database.WorkspaceError` where the database fails.
    """
    if viewer == ANONYMOUS or not query.asks:
        return Said()
    with reading(viewer) as session:
        found = said(session, query, table, reference, most)
    note_passages(viewer, {hit.record_id for hit in found.hits if hit.restricted and not hit.sample})
    return found


def said(session: Session, query: SaidQuery, table: pd.DataFrame, reference: Reference, most: int) -> Said:
    """The answer of :func:`what_was_said`, read through a session; nothing is noted."""
    asked = _Asked(session, query, table, reference)
    first = session.execute(asked.found().limit(most)).all()
    hits = {
        **asked.statement_hits([row.part for row in first if row.kind is RecordKind.STATEMENT]),
        **asked.proposal_hits([(row.id, row.part) for row in first if row.kind is RecordKind.LANGUAGE]),
    }
    shown = (hits.get((row.id, row.part)) for row in first)
    return Said(tuple(hit for hit in shown if hit is not None), first[0].number if first else 0)


class _Asked:
    """A question, as selects."""

    def __init__(self, session: Session, query: SaidQuery, table: pd.DataFrame, reference: Reference) -> None:
        self.session, self.query, self.phrases = session, query, phrases_of(query.text)
        self._dialect = session.get_bind().dialect.name
        self._items = _items_of(table, query.country)
        self._names = _names_of(reference, query.country)
        self._forums = Filter(organisations=(query.forum,)).organisation_codes(reference) if query.forum else None

    def found(self) -> Select[Any]:
        """All that is found, in order: each with its record and part, and how many there are."""
        either = with_polymorphic(Record, [Statement, LanguageProposal])
        statement, proposal = either.Statement, either.LanguageProposal
        # A server would take the day of its own zone.
        created = either.created_at if self._dialect == "sqlite" else func.timezone("UTC", either.created_at)
        day = func.coalesce(statement.delivered_on, func.date(created), type_=Date())
        by_day = (day.desc(), either.id, index.c.part)
        is_ranked = self.query.by_match and self.phrases
        return (
            select(either.id, either.kind, index.c.part, func.count().over().label("number"))
            .select_from(either)
            .join(index, index.c.record_id == either.id)
            .where(or_(statement.state.is_(None), statement.state.in_(sorted(AFTER_DELIVERY))))
            .where(*self._where(either.id, func.coalesce(statement.forum, proposal.forum), day))
            .order_by(*([frequency(self._dialect, self.phrases).desc()] if is_ranked else []), *by_day)
        )

    def _where(self, record: Any, forum: Any, day: Any) -> Iterable[ColumnElement[bool]]:
        query = self.query
        if self.phrases:
            yield contains(self._dialect, self.phrases)
        if self._forums is not None:
            yield forum.in_(self._forums)
        if query.start is not None:
            yield day >= query.start
        if query.end is not None:
            yield day <= query.end
        if query.theme:
            yield record.in_(select(RecordTheme.record_id).where(RecordTheme.theme == query.theme))
        if query.country:
            linked = select(ItemLink.record_id).where(ItemLink.item.in_(self._items))
            of_case = Case.country == query.country
            yield or_(
                record.in_(linked),
                record.in_(select(RecordLink.record_id).join(Case, Case.id == RecordLink.other_id).where(of_case)),
                record.in_(select(RecordLink.other_id).join(Case, Case.id == RecordLink.record_id).where(of_case)),
                *(record.in_(records_with(self._dialect, name)) for name in self._names),
            )

    def statement_hits(self, ids: Collection[str]) -> dict[tuple[str, str], SaidHit]:
        """The hits in these versions, by their identifiers."""
        columns = (
            Statement.id, Statement.title, Statement.voice, Statement.format, Statement.forum, Statement.delivered_on,
            Statement.sensitivity, Statement.sample, Version.number, Version.language, Version.text,
            Version.id.label("part"),
        )  # fmt: skip
        texts = select(*columns).select_from(Version).join(Version.statement).where(Version.id.in_(ids))
        return {
            (row.id, row.part): SaidHit(
                row.id,
                RecordKind.STATEMENT,
                row.title,
                row.delivered_on,
                row.forum,
                passage(row.text, self.phrases or self._names),
                restricted=row.sensitivity is Sensitivity.RESTRICTED,
                sample=row.sample,
                voice=row.voice,
                format=row.format,
                number=row.number,
                language=row.language,
            )
            for row in self.session.execute(texts)
        }

    def proposal_hits(self, parts: Collection[tuple[str, str]]) -> dict[tuple[str, str], SaidHit]:
        """The hits in these columns of proposals, each by the identifier and the name of the column."""
        asked = select(LanguageProposal).where(LanguageProposal.id.in_({id_ for id_, _part in parts}))
        rows = {row.id: row for row in self.session.scalars(asked)}
        return {
            (id_, part): SaidHit(
                id_,
                RecordKind.LANGUAGE,
                row.title,
                row.created_at.date(),
                row.forum,
                passage(getattr(row, part), self.phrases or self._names),
                restricted=row.sensitivity is Sensitivity.RESTRICTED,
                sample=row.sample,
                is_agreed=part == "final_wording" or row.outcome is ProposalOutcome.KEPT,
            )
            for id_, part in parts
            if (row := rows.get(id_)) is not None
        }


def _items_of(table: pd.DataFrame, country: str) -> Collection[str]:
    """The items of the calendar that concern one State alone, such as its review."""
    return list(table.loc[table["countries"] == country, "item"]) if country else ()


def _names_of(reference: Reference, country: str) -> tuple[Phrase, ...]:
    """The names of a State, in the reader's language and as recorded."""
    found = (one.states.get(country) for one in (reference, reference.as_recorded))
    names = (tuple(word.folded for word in words_of(state.name)) for state in found if state is not None)
    return tuple(dict.fromkeys(Phrase(words) for words in names if words))


# --- Passages


def passage(text: str, phrases: Sequence[Phrase]) -> FoundPassage:
    """Return the part of a text in which most of the phrases are found, or its beginning where none is."""
    words = list(words_of(text))
    first_words = tuple(phrase.words[0] for phrase in phrases)
    spans = [
        (words[place].start, words[place + len(phrase.words) - 1].end, phrase)
        for place, word in enumerate(words)
        if word.folded.startswith(first_words)
        for phrase in phrases
        if phrase.matches(words, place)
    ]
    start = _best_start(words, spans)
    end = start + PASSAGE
    # It ends with a whole word.
    end = len(text) if end >= len(text) else max((word.end for word in words if start < word.end <= end), default=end)
    found = _joined((at, until) for at, until, _phrase in spans if at >= start and until <= end)
    edges = [start, *(edge for span in found for edge in span), end]
    pieces = ((text[at:until], number % 2 == 1) for number, (at, until) in enumerate(pairwise(edges)))
    return FoundPassage(tuple(piece for piece in pieces if piece[0]), from_start=start == 0, to_end=end == len(text))


def _best_start(words: Sequence[Word], spans: Sequence[tuple[int, int, Phrase]]) -> int:
    """Where the passage begins in which most phrases are found, the earliest of several; ``spans`` are in order.

    The work grows with the number of spans and no faster: a text can have a common word on every line.
    """
    beginnings = [word.start for word in words]
    fitting = [span for span in spans if span[1] - span[0] <= PASSAGE]
    by_end = sorted(fitting, key=lambda span: span[1])
    inside: Counter[Phrase] = Counter()
    best, most, come, gone = 0, -1, 0, 0
    for at, _until, _phrase in spans:
        start = _start_before(beginnings, at)
        while come < len(by_end) and by_end[come][1] <= start + PASSAGE:
            inside[by_end[come][2]] += 1
            come += 1
        while gone < len(fitting) and fitting[gone][0] < start:
            inside[fitting[gone][2]] -= 1
            gone += 1
        found = sum(number > 0 for number in inside.values())
        if found > most:
            best, most = start, found
    return best


def _start_before(beginnings: Sequence[int], at: int) -> int:
    """The beginning of the first word that is not too far before a place; that of the text if it is near."""
    return 0 if at <= BEFORE_MATCH else beginnings[bisect_left(beginnings, at - BEFORE_MATCH)]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for at, until in sorted(spans):
        if joined and at < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((at, until))
    return joined
