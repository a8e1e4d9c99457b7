"""The contributors to a text that is to be cleared, and its earlier clearances.

The statement's columns hold only the present clearance; the history keeps all of them. Everyone who wrote part of a
text since it was last cleared is a contributor, whatever versions were saved since.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.mission.statements.texts import sentences
from calendar_model.store.history import CREATE, DELETE
from calendar_model.store.models import Case, Change, Override, RecordLink, Statement, Version
from calendar_model.terms import Step

_EVERYTHING = {"everything": True}


@dataclass(frozen=True)
class SavedText:
    """A saved text: its number among all texts of the statement, its language, what it says and who saved it."""

    number: int
    language: str
    text: str
    writer: str


@dataclass(frozen=True)
class Clearance:
    """A clearance that was given: of the newest text in each language up to ``version``, by whom and when.

    ``taken_back``: it ended without another text, because it was withdrawn or a case was linked to the statement.
    """

    version: int
    person_id: str
    at: datetime
    taken_back: bool = False


@dataclass(frozen=True)
class Contributors:
    """Who wrote or edited a text since it was last cleared, and who asked to override its checks."""

    writers: frozenset[str] = frozenset()
    askers: frozenset[str] = frozenset()


def contributors(
    texts: Iterable[SavedText], clearances: Iterable[Clearance] = (), asked: Iterable[tuple[int, str]] = ()
) -> Contributors:
    """Who contributed to the text, in any language, since it was last cleared.

    ``asked``: the version for which an override was requested, and by whom. Texts are compared sentence by sentence: a
    version that differs only in white space adds no writer, and one that restores an older text makes its first writer
    a writer again. A clearance counts if it was not withdrawn, was given by a person who had not contributed, and was
    followed by a new text.
    """
    written, kept = _Written(sorted(texts, key=lambda text: text.number)), list(asked)

    def by(since: int, until: int | None = None) -> Contributors:
        askers = {person for version, person in kept if version > since and (until is None or version <= until)}
        return Contributors(written.by(since, until), frozenset(askers))

    since = 0
    for clearance in clearances:
        before = by(since, clearance.version)
        independent = clearance.person_id not in before.writers | before.askers
        if independent and not clearance.taken_back and written.by(clearance.version):
            since = clearance.version
    return by(since)


class _Written:
    """The sentences that each text brought in and took out, compared with the one before it in its language."""

    def __init__(self, texts: Sequence[SavedText]) -> None:
        self.texts = texts
        self.added: dict[int, frozenset[str]] = {}
        self.changed: dict[int, bool] = {}
        newest: dict[str, Sequence[str]] = {}
        for text in texts:
            before, now = newest.get(text.language, ()), _compared(text.text)
            self.added[text.number] = frozenset(now) - frozenset(before)
            self.changed[text.number] = tuple(before) != now
            newest[text.language] = now

    def by(self, since: int, until: int | None = None) -> frozenset[str]:
        """Who changed a text after number ``since``, or first wrote a sentence that was brought in after it."""
        seen = [text for text in self.texts if until is None or text.number <= until]
        changed = [text for text in seen if text.number > since and self.changed[text.number]]
        added = {sentence for text in changed for sentence in self.added[text.number]}
        return frozenset(
            text.writer
            for text in seen
            if (text.number > since and self.changed[text.number]) or self.added[text.number] & added
        )


@lru_cache(maxsize=128)
def _compared(text: str) -> tuple[str, ...]:
    """The sentences of a text, ignoring white space and invisible characters.

    Cached, because a saved text never changes and a page asks several times.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_unseen())
    return tuple(sentences(" ".join(text.split())))


@cache
def _unseen() -> Mapping[int, None]:
    """Format characters, such as a zero-width space."""
    signs = range(sys.maxunicode + 1)
    return dict.fromkeys(sign for sign in signs if unicodedata.category(chr(sign)) == "Cf")


def contributors_to(
    session: Session, ids: Collection[str], unwritten: Mapping[str, Sequence[Version]]
) -> dict[str, Contributors]:
    """The :func:`contributors` to the texts of these statements, by statement.

    ``unwritten``: versions that the session has not written yet, by statement.
    """
    if not ids:
        return {}
    texts: dict[str, list[SavedText]] = {id_: [] for id_ in ids}
    askers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in ids}
    columns = (Version.statement_id, Version.number, Version.language, Version.text, Version.written_by_id)
    saved = select(*columns).where(Version.statement_id.in_(ids))
    for id_, number, language, text, writer in session.execute(saved.execution_options(**_EVERYTHING)):
        texts[id_].append(SavedText(number, language, text, writer))
    for id_ in ids:
        texts[id_] += [
            SavedText(one.number, one.language or "en", one.text, one.written_by_id) for one in unwritten.get(id_, ())
        ]
    asked = select(Override.statement_id, Override.version_number, Override.person_id).where(
        Override.statement_id.in_(ids), Override.step == Step.CLEAR, Override.confirms_id.is_(None)
    )
    for id_, version, person_id in session.execute(asked.execution_options(**_EVERYTHING)):
        askers[id_].append((version, person_id))
    clearances = _clearances(session, ids, everything=True)
    return {id_: contributors(texts[id_], clearances[id_], askers[id_]) for id_ in ids}


def unlinked_from_a_case(session: Session, ids: Collection[str]) -> set[str]:
    """Those of these statements from which an individual case was ever unlinked; unlinking does not change the text."""
    if not ids:
        return set()
    lines = select(Change.before).where(Change.table.in_(RecordLink.names_in_history()), Change.action == DELETE)
    if len(ids) == 1:
        # Of many it is quicker to read all these lines than to look for each statement in each of them.
        lines = lines.where(Change.before.contains(*ids, autoescape=True))
    links = [json.loads(line) for line in session.scalars(lines.execution_options(**_EVERYTHING))]
    ends = [(link["record_id"], link["other_id"]) for link in links]
    pairs = {pair for one, other in ends for pair in ((one, other), (other, one)) if pair[0] in ids}
    if not pairs:
        return set()
    cases = select(Case.id).where(Case.id.in_({other for _, other in pairs}))
    found = set(session.scalars(cases.execution_options(**_EVERYTHING)))
    return {id_ for id_, other in pairs if other in found}


def clearances_of(session: Session, statement_id: str) -> list[Clearance]:
    """The clearances of a statement, oldest first, as far as the reader may see its history."""
    return _clearances(session, [statement_id], everything=False)[statement_id]


def _clearances(session: Session, ids: Collection[str], *, everything: bool) -> dict[str, list[Clearance]]:
    """The clearances of these statements, each oldest first; with ``everything`` all of them, for checks only."""
    options = {"everything": everything}
    lines = select(Change.record_id, Change.at, Change.before, Change.after).where(
        Change.record_id.in_(ids), Change.table == Statement.__tablename__
    )
    texts = select(Change.record_id, Change.at).where(
        Change.record_id.in_(ids), Change.table == Version.__tablename__, Change.action == CREATE
    )
    # A clearance that a new text ends goes with the line of that text, in one flush and so at one instant.
    written = {(id_, at) for id_, at in session.execute(texts.execution_options(**options))}
    found: dict[str, list[Clearance]] = {id_: [] for id_ in ids}
    for id_, at, before, after in session.execute(lines.order_by(Change.number).execution_options(**options)):
        given = found[id_]
        given += _from_line(at, json.loads(before), json.loads(after), given, ended_by_text=(id_, at) in written)
    return found


def _from_line(
    at: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    found: list[Clearance],
    *,
    ended_by_text: bool,
) -> Iterator[Clearance]:
    version, person_id = after.get("cleared_version"), after.get("cleared_by_id")
    if isinstance(version, int) and isinstance(person_id, str):
        yield Clearance(version, person_id, at)
    elif found and before.get("cleared_version") is not None and "cleared_version" in after and not ended_by_text:
        last = found.pop()
        yield Clearance(last.version, last.person_id, last.at, taken_back=True)
