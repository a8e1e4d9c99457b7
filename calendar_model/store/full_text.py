"""The index of what was said: the words of delivered statements and of proposed language, in the database's own search.

SQLite has it in an FTS5 table, PostgreSQL in a table with a ``tsvector`` under a GIN index. Words are found and folded
here, so that both know the same ones: without case and diacritics, and in Chinese and Japanese a sign at a time. The
index is kept in the transaction that changes the records, and what is deleted leaves it.

It has no scope. Ask it in a subquery of a scoped select of the mapped classes, never by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select
from sqlalchemy.orm import InstanceState

from calendar_model.store.models import LanguageProposal, Statement, Version
from calendar_model.terms import AFTER_DELIVERY

if TYPE_CHECKING:
    from calendar_model.store.session import WorkspaceSession

LONGEST_QUERY, MOST_PHRASES = 300, 12
"""How many characters of a question are read, and how many words or phrases of it."""

WORDINGS = ("wording", "final_wording")
"""The columns of a language proposal that are in the index."""

NAME = "full_text"
TABLES = frozenset({NAME, *(f"{NAME}_{part}" for part in ("data", "idx", "content", "docsize", "config"))})
"""The tables of the index, with those that SQLite keeps under it: no model has them, and no backup."""

index = sa.table(NAME, sa.column("record_id"), sa.column("part"), sa.column("folded"), sa.column("words"))
"""One row a text: ``part`` is the identifier of its version, or the column of a proposal; ``folded`` are its words,
each between blanks. ``words`` is there on PostgreSQL alone."""

_AT_A_TIME = 200
_LONGEST_WORD = 64


# --- Words


@dataclass(frozen=True)
class Word:
    """A folded word of a text, and where it stands there."""

    folded: str
    start: int
    end: int


_ASCII = re.compile(r"[A-Za-z0-9]+")
_OTHER_LETTERS = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "\u0640": ""}
"""Letters without a decomposition in Unicode; the last one only draws an Arabic word out."""


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text, from its beginning to its end."""
    if text.isascii():
        for found in _ASCII.finditer(text):
            yield Word(found[0].lower()[:_LONGEST_WORD], found.start(), found.end())
        return
    start, letters = 0, ""
    for place, sign in enumerate(text):
        folded = _folded(sign)
        is_end = folded is None or _is_ideograph(sign)
        if is_end and letters:
            yield Word(letters[:_LONGEST_WORD], start, place)
            letters = ""
        if is_end:
            if folded:
                yield Word(folded, place, place + 1)
            continue
        if not letters:
            start = place
        letters += folded or ""
    if letters:
        yield Word(letters[:_LONGEST_WORD], start, len(text))


@lru_cache(maxsize=10_000)
def _folded(sign: str) -> str | None:
    """A sign without case and diacritics; empty for one that only marks its letter, None for one between words."""
    folded = "".join(_OTHER_LETTERS.get(one, one) for one in sign.casefold())
    letters = "".join(
        _OTHER_LETTERS.get(one, one) for one in unicodedata.normalize("NFKD", folded).casefold() if one.isalnum()
    )
    is_mark = folded == "" or unicodedata.category(sign)[0] == "M"
    return letters or ("" if is_mark else None)


def _is_ideograph(sign: str) -> bool:
    """Whether a sign is of a script without blanks between words: Chinese, or Japanese."""
    return (
        "\u3041" <= sign <= "\u30ff"
        or "\u3400" <= sign <= "\u9fff"
        or "\uf900" <= sign <= "\ufaff"
        or sign >= "\U00020000"
    )


def folded_text(text: str) -> str:
    """The words of a text as the index has them, each between blanks."""
    return f" {' '.join(word.folded for word in words_of(text))} "


# --- What is asked for


@dataclass(frozen=True)
class Phrase:
    """Folded words that stand next to each other; of the last one only the beginning if it ``is_begun``."""

    words: tuple[str, ...]
    is_begun: bool = False

    @property
    def pattern(self) -> str:
        """What a folded text contains if it has the phrase."""
        return f" {' '.join(self.words)}{'' if self.is_begun else ' '}"

    def matches(self, words: Sequence[Word], place: int) -> bool:
        """Whether the words of a text from this place on are the phrase."""
        last = place + len(self.words) - 1
        if last >= len(words) or any(words[place + n].folded != one for n, one in enumerate(self.words[:-1])):
            return False
        found = words[last].folded
        return found.startswith(self.words[-1]) if self.is_begun else found == self.words[-1]


_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)(?:[\"“”„«»](\*?)|$)|([^\s\"“”„«»]+)")
_BEGUN_FROM = 3


def phrases_of(query: str) -> tuple[Phrase, ...]:
    """Return what a question asks for: every phrase in quotation marks as it is, and every other word or its beginning.

    A word of one or two letters is looked for as it is; a star at the end asks for a beginning. What has no word in it
    asks for nothing.
    """
    found: dict[Phrase, None] = {}
    for quoted, star, word in _QUOTED.findall(query[:LONGEST_QUERY]):
        words = tuple(one.folded for one in words_of(quoted or word))
        if not words:
            continue
        is_begun = bool(star) or word.endswith("*") or (bool(word) and len(words[-1]) >= _BEGUN_FROM)
        found[Phrase(words, is_begun and not _is_ideograph(words[-1][-1]))] = None
    return tuple(found)[:MOST_PHRASES]


def contains(dialect: str, phrases: Iterable[Phrase]) -> ColumnElement[bool]:
    """Whether a row of the :data:`index` has all of these phrases, one or more, on a database of this dialect.

    Words of phrases are letters and digits alone, so that nothing in them can be taken for syntax.
    """
    wanted = list(phrases)
    if dialect == "sqlite":
        asked = (f'"{" ".join(one.words)}"{" *" if one.is_begun else ""}' for one in wanted)
        return sa.literal_column(NAME).op("MATCH", is_comparison=True)(" AND ".join(asked))
    lexemes = (
        f"'{word}'{':*' if one.is_begun and n == len(one.words) - 1 else ''}"
        for one in wanted
        for n, word in enumerate(one.words)
    )
    query = sa.cast(" & ".join(lexemes), sa.dialects.postgresql.TSQUERY)
    # The words of a text are kept without their places, of which PostgreSQL notes no more than 256 a word.
    next_to_each_other = (index.c.folded.contains(one.pattern) for one in wanted if len(one.words) > 1)
    return and_(index.c.words.op("@@", is_comparison=True)(query), *next_to_each_other)


def records_with(dialect: str, phrase: Phrase) -> Select[Any]:
    """The records of which a text has a phrase, as a subquery of its own."""
    return select(index.c.record_id).where(contains(dialect, [phrase])).correlate(None)


def frequency(dialect: str, phrases: Iterable[Phrase]) -> ColumnElement[Any]:
    """How much of a row's text the phrases are.

    It depends on that row alone: what a reader may not see does not order what they see.
    """

    def size(text: ColumnElement[str]) -> ColumnElement[int]:
        # In bytes, because signs would be counted one by one.
        return func.length(sa.cast(text, sa.LargeBinary)) if dialect == "sqlite" else func.octet_length(text)

    length = size(index.c.folded)
    without = (length - size(func.replace(index.c.folded, one.pattern, "")) for one in phrases)
    return sum(without, sa.literal(0.0)) / (length + _NEVER_SHORTER)


_NEVER_SHORTER = 400
"""Added to the length of a text, so that one of a few words does not come before all others."""


# --- Kept in step


def keep_in_step(session: WorkspaceSession) -> None:
    """Bring the index to what a flush has written; called after it, in its transaction.

    Of a statement the newest text in each language is in it, from its delivery on. What is deleted leaves it by itself,
    and its traces go here.
    """
    connection = session.connection()
    new, changed = set[str](), set[str]()
    written = {row.statement_id for row in session.new if isinstance(row, Version)}
    if written:
        # Most texts are saved before a statement is made.
        made = select(Statement.id).where(Statement.id.in_(written), Statement.state.in_(sorted(AFTER_DELIVERY)))
        changed.update(connection.scalars(made))
    gone = any(isinstance(row, (Statement, LanguageProposal)) for row in session.deleted)
    for row in (*session.new, *session.dirty):
        if isinstance(row, (Statement, LanguageProposal)) and _is_said_otherwise(row):
            (new if row in session.new else changed).add(row.id)
            gone |= row not in session.new
    changed -= new
    if changed:
        connection.execute(sa.delete(index).where(index.c.record_id.in_(changed)))
    _put(connection, new | changed)
    if gone and connection.dialect.name == "sqlite":
        # Otherwise words of a deleted row stay in the index until it is next merged.
        connection.exec_driver_sql(f"INSERT INTO {NAME} ({NAME}) VALUES ('optimize')")


def _is_said_otherwise(row: Statement | LanguageProposal) -> bool:
    """Whether a new or changed record has, or had, another text in the index."""
    if isinstance(row, LanguageProposal):
        return any(_values(row, name) for name in WORDINGS)
    return not AFTER_DELIVERY.isdisjoint(_values(row, "state"))


def _values(row: object, column: str) -> set[Any]:
    """What a column was and what it is, where it has changed."""
    state: InstanceState[Any] = sa.inspect(row, raiseerr=True)
    history = state.attrs[column].history
    return {*(history.added or ()), *(history.deleted or ())}


def rebuild(connection: Connection) -> None:
    """Make the index anew from the rows of the workspace, for what was put there past its sessions."""
    connection.exec_driver_sql(f"DELETE FROM {NAME}")
    delivered = select(Statement.id).where(Statement.state.in_(sorted(AFTER_DELIVERY)))
    ids = [*connection.scalars(delivered), *connection.scalars(select(LanguageProposal.id))]
    for start in range(0, len(ids), _AT_A_TIME):
        _put(connection, ids[start : start + _AT_A_TIME])


def _put(connection: Connection, ids: Collection[str]) -> None:
    """Put the texts of these records, of which it has none, into the index."""
    if not ids:
        return
    rows = [
        {"record_id": record_id, "part": part, "folded": folded_text(text)}
        for record_id, part, text in (*_delivered_texts(connection, ids), *_wordings(connection, ids))
    ]
    if rows:
        connection.execute(sa.insert(index), rows)


def _delivered_texts(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
    of_these = Version.statement_id.in_(ids)
    newest = (
        select(Version.statement_id, func.max(Version.number).label("number"))
        .where(of_these)
        .group_by(Version.statement_id, Version.language)
        .subquery()
    )
    texts = (
        select(Version.statement_id, Version.id, Version.text)
        .join(newest, and_(newest.c.statement_id == Version.statement_id, newest.c.number == Version.number))
        .join(Statement, Statement.id == Version.statement_id)
        .where(Statement.state.in_(sorted(AFTER_DELIVERY)))
    )
    for row in connection.execute(texts):
        yield row.statement_id, row.id, row.text


def _wordings(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
    columns = [getattr(LanguageProposal, name) for name in WORDINGS]
    for row in connection.execute(select(LanguageProposal.id, *columns).where(LanguageProposal.id.in_(ids))):
        # Most final wordings are those that were proposed.
        for text, name in {row.final_wording: "final_wording", row.wording: "wording"}.items():
            if text.strip():
                yield row.id, name, text
