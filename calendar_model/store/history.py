"""The history of every change: who, when, old and new values, and why; written together with the change.

A line holds the changed columns before and after, and a hash of itself and of the previous line. The lines form a
chain, and replaying them yields the rows: :func:`verify` checks both. Columns in ``SEALED`` are stored as digests with
the row's own ``salt``: they show that a value changed while the row exists, but never the value. A digest is of the
value as it is in the database, so of the ciphertext of an encrypted one, and no key is needed to verify. Of a file
kept in a column there is only its SHA-256.

Values are read in plain form for JSON: terms by value, days and times as ISO 8601, instants in UTC, bytes in Base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Connection, event, select
from sqlalchemy.engine import Dialect, Row
from sqlalchemy.orm import Mapper, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeEngine, UserDefinedType

from calendar_model.clock import now
from calendar_model.store.models import Base, Change, ItemLink, Record
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity

if TYPE_CHECKING:
    from calendar_model.store.database import Workspace

Plain: TypeAlias = str | int | bool | dict[str, str] | None
Columns: TypeAlias = dict[str, Plain]

CREATE, UPDATE, DELETE = "create", "update", "delete"
START = "0" * 64
"""The previous hash of the first line."""

LAYOUT = 2
"""The layout of new lines: with their audience, which the hash covers."""

_AT_A_TIME = 500


# --- Rows in plain form


def plain(value: object) -> Plain:
    """A column's value for JSON. Raises TypeError for a type that no column has."""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"no plain form for {type(value).__name__}")


def mapper_of(table: str) -> Mapper[Any]:
    """The mapper of the rows of a table; of a record's kind with the columns of the record. Raises KeyError."""
    return _mappers()[table]


@cache
def _mappers() -> dict[str, Mapper[Any]]:
    return {str(mapper.local_table.description): mapper for mapper in Base.registry.mappers}


def row_from_plain(table: str, columns: Columns) -> Any:
    """A new row of a table with these values, the inverse of :func:`plain`; its version begins anew."""
    mapper = mapper_of(table)
    types = {attribute.key: attribute.columns[0].type.python_type for attribute in mapper.column_attrs}
    values = {name: _from_plain(columns[name], types[name]) for name in types if name in columns and name != "version"}
    return mapper.class_(**values)


def _from_plain(value: Plain, kind: type[Any]) -> Any:
    if value is None:
        return None
    return kind.fromisoformat(str(value)) if issubclass(kind, (date, time)) else kind(value)


class AsPlain(UserDefinedType[Plain]):
    """A column's type, read in plain form; a value that the type cannot have is read as a note that it cannot."""

    cache_ok = True

    def __init__(self, inner: TypeEngine[Any]) -> None:
        self.inner = inner

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        process = self.inner.dialect_impl(dialect).result_processor(dialect, coltype)
        truth = isinstance(self.inner, sa.Boolean)

        def read(raw: Any) -> Plain:
            try:
                if truth and raw not in (0, 1, None):
                    raise ValueError
                return plain(process(raw) if process else raw)
            except (ValueError, LookupError, TypeError):
                return {"unreadable": repr(raw)}

        return read


def read_as_plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Plain]:
    """The column, to be selected in plain form."""
    return sa.type_coerce(column, AsPlain(column.type))


def in_bytes(column: sa.ColumnElement[Any], dialect: Dialect) -> sa.ColumnElement[Any]:
    """The column for ordering by character codes, because PostgreSQL's own order depends on the language."""
    return column.collate("C") if dialect.name == "postgresql" and isinstance(column.type, sa.String) else column


def canonical(value: object) -> str:
    """The canonical JSON of a plain value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class _Layout:
    """How rows of a mapped class are read: those of its table, with the columns of the record that they extend."""

    table: str
    names: tuple[str, ...]
    columns: dict[str, sa.ColumnElement[Any]]
    source: sa.FromClause
    sealed: frozenset[str]
    files: frozenset[str]
    is_record: bool

    @property
    def id(self) -> sa.ColumnElement[Any]:
        return self.columns["id"]

    def select(self) -> sa.Select[*tuple[Any, ...]]:
        return select(*(read_as_plain(c).label(name) for name, c in self.columns.items())).select_from(self.source)

    def sealing(self, row: Row[*tuple[Any, ...]]) -> Columns:
        """The row as stored in the history."""
        columns = dict(row._mapping)
        for name in self.sealed:
            columns[name] = {"sealed": _digest(f"{row.salt}{row._mapping[name]}")}
        for name in self.files:
            columns[name] = {"sha256": hashlib.sha256(base64.b64decode(row._mapping[name])).hexdigest()}
        return columns

    def rows(self, connection: Connection, ids: Sequence[str]) -> dict[str, Columns]:
        """The rows with these identifiers as they are now, sealed."""
        found: dict[str, Columns] = {}
        statement = self.select().where(self.id.in_(sa.bindparam("ids", expanding=True)))
        for start in range(0, len(ids), _AT_A_TIME):
            for row in connection.execute(statement, {"ids": ids[start : start + _AT_A_TIME]}):
                found[row.id] = self.sealing(row)
        return found


@cache
def _layout(mapper: Mapper[Any]) -> _Layout:
    kind = mapper.class_
    columns: dict[str, sa.ColumnElement[Any]] = {one.key: one.columns[0] for one in mapper.column_attrs}
    return _Layout(
        table=str(mapper.local_table.description),
        names=kind.names_in_history(),
        columns=columns,
        source=mapper.persist_selectable,
        sealed=kind.SEALED,
        files=frozenset(name for name, column in columns.items() if isinstance(column.type, sa.LargeBinary)),
        is_record=issubclass(kind, Record),
    )


@cache
def _layouts() -> tuple[_Layout, ...]:
    """Of every table with history; :class:`Record` itself is read with each of its kinds."""
    kept = [m for m in Base.registry.mappers if m.class_.KEEPS_HISTORY and m.class_ is not Record]
    return tuple(sorted((_layout(mapper) for mapper in kept), key=lambda layout: layout.table))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- Writing

_NOTED = "history"
_Noted: TypeAlias = "dict[tuple[Mapper[Any], str], Columns | None]"
"""The rows written by a flush, in order, each with its earlier values; None for a new one."""


@dataclass(frozen=True)
class Written:
    """A row written by a flush, in plain form; ``before`` is None for a new one, ``after`` for a deleted one.

    Both are None for an object that stands for no row of its kind. ``visible_with`` are the columns that name the
    records to which it belongs.
    """

    table: str
    row_id: str
    is_record: bool
    keeps_history: bool
    visible_with: tuple[str, ...]
    before: Columns | None
    after: Columns | None

    @property
    def record_id(self) -> str:
        """The record that the row is or belongs to; empty for one of no record."""
        if self.is_record:
            return self.row_id
        columns = self.after or self.before or {}
        return next((str(columns[name]) for name in self.visible_with if name in columns), "")

    def changed(self) -> set[str]:
        """The columns that the flush has changed; none of a new row or a deleted one."""
        if self.before is None or self.after is None:
            return set()
        return {name for name, value in self.after.items() if value != self.before.get(name)}


@dataclass(frozen=True)
class Audience:
    """The audience of a line: for a restricted one the ``readers``, identifiers of persons; for an internal one the
    staff who read records at all missions among the ``readers``, or all staff without any."""

    level: Sensitivity
    readers: frozenset[str]

    def written(self) -> str:
        """The readers as stored in a line: one text, each identifier between blanks for searching."""
        return f" {' '.join(sorted(self.readers))} " if self.readers else ""


def begin(session: Session) -> None:
    """Start recording the rows that the session writes; :func:`written` returns them."""
    session.info[_NOTED] = {}


def drop_what_stays(session: Session) -> None:
    """Drop changes that set a column to its present value, even if the session had not read it; to be called first.

    Otherwise such a row would be written, and its ``version`` raised, although nothing changed.
    """
    for row in session.dirty:
        state = sa.inspect(row, raiseerr=True)
        history = {attribute.key: state.attrs[attribute.key].history for attribute in state.mapper.column_attrs}
        unread = [key for key, values in history.items() if values.added and not values.deleted]
        if not unread:
            continue
        layout = _layout(state.mapper)
        was = select(*(layout.columns[key].label(key) for key in unread)).select_from(layout.source)
        found = session.connection().execute(was.where(layout.id == state.identity[0])).first()
        for key, value in found._mapping.items() if found else ():
            if value == history[key].added[0]:
                set_committed_value(row, key, value)


def _note(mapper: Mapper[Any], connection: Connection, target: Base, *, was_there: bool) -> None:
    session = object_session(target)
    noted: _Noted | None = session.info.get(_NOTED) if session is not None else None
    if noted is None:
        return
    row_id = str(target.id)  # type: ignore[attr-defined]  # every table but that of the history itself has one
    if (mapper, row_id) not in noted:
        noted[mapper, row_id] = _layout(mapper).rows(connection, [row_id]).get(row_id) if was_there else None


@event.listens_for(Base, "before_update", propagate=True)
@event.listens_for(Base, "before_delete", propagate=True)
def _before(mapper: Mapper[Any], connection: Connection, target: Base) -> None:
    _note(mapper, connection, target, was_there=True)


@event.listens_for(Base, "before_insert", propagate=True)
def _before_insert(mapper: Mapper[Any], connection: Connection, target: Base) -> None:
    # A new object in place of one that is deleted in the same flush becomes an update of its row.
    session = object_session(target)
    if session is not None and mapper.identity_key_from_instance(target) in session.identity_map:
        _note(mapper, connection, target, was_there=True)


@event.listens_for(Base, "after_insert", propagate=True)
def _after_insert(mapper: Mapper[Any], connection: Connection, target: Base) -> None:
    # Only now does the row have its identifier and other defaults.
    _note(mapper, connection, target, was_there=False)


def written(session: Session) -> list[Written]:
    """Return the rows written by the flush, in order, before and after; to be called once, after it."""
    noted: _Noted = session.info.pop(_NOTED, {})
    if not noted:
        return []
    connection = session.connection()
    ids: dict[Mapper[Any], list[str]] = {}
    for mapper, row_id in noted:
        ids.setdefault(mapper, []).append(row_id)
    now_there = {mapper: _layout(mapper).rows(connection, row_ids) for mapper, row_ids in ids.items()}
    rows = []
    for (mapper, row_id), before in noted.items():
        layout, after, kind = _layout(mapper), now_there[mapper].get(row_id), mapper.class_
        rows.append(
            Written(layout.table, row_id, layout.is_record, kind.KEEPS_HISTORY, kind.VISIBLE_WITH, before, after)
        )
    return rows


def rewritten(
    connection: Connection, kind: type[Base], ids: Sequence[str], change: Callable[[], None]
) -> list[Written]:
    """Call ``change``, which changes rows with these identifiers past the objects of a session; return them."""
    layout = _layout(sa.inspect(kind))
    before = layout.rows(connection, ids)
    change()
    after = layout.rows(connection, ids)
    return [
        Written(
            layout.table, row_id, layout.is_record, kind.KEEPS_HISTORY, kind.VISIBLE_WITH, before[row_id], after[row_id]
        )
        for row_id in ids
    ]


def write(session: Session, rows: Iterable[tuple[Written, Audience]], person_id: str, reason: str) -> list[int]:
    """Add a line for each changed row, with its audience; return the numbers of the lines.

    Only one session may write at a time: the next line's number and the hash that it follows are read here.
    """
    lines: list[dict[str, Any]] = []
    at = now()
    for row, audience in rows:
        action, before_kept, after_kept = _difference(row.before, row.after)
        if action and row.keeps_history:
            lines.append(
                {
                    "at": at,
                    "person_id": person_id,
                    "action": action,
                    "table": row.table,
                    "row_id": row.row_id,
                    "record_id": row.record_id,
                    "before": canonical(before_kept),
                    "after": canonical(after_kept),
                    "reason": reason,
                    "layout": LAYOUT,
                    "level": audience.level,
                    "readers": audience.written(),
                }
            )
    if not lines:
        return []
    connection = session.connection()
    last = connection.execute(select(Change.number, Change.hash).order_by(Change.number.desc()).limit(1)).first()
    number, previous = (last.number, last.hash) if last else (0, START)
    for line in lines:
        number += 1
        line |= {"number": number, "previous": previous}
        line["hash"] = previous = line_hash({name: plain(value) for name, value in line.items()})
    connection.execute(sa.insert(Change), lines)
    return [line["number"] for line in lines]


def _difference(before: Columns | None, after: Columns | None) -> tuple[str, Columns, Columns]:
    if after is None:
        return (DELETE, before, {}) if before is not None else ("", {}, {})
    if before is None:
        return CREATE, {}, after
    changed = [name for name in after if after[name] != before.get(name)]
    if not changed:
        return "", {}, {}
    return UPDATE, {name: before[name] for name in changed}, {name: after[name] for name in changed}


_HASHED = (
    "number", "at", "person_id", "action", "table", "row_id", "record_id", "before", "after", "reason", "previous",
)  # fmt: skip
_HASHED_BY_LAYOUT = {1: _HASHED, LAYOUT: (*_HASHED, "layout", "level", "readers")}
"""The columns that the hash of a line covers. Lines of the first layout were written without their audience."""


def line_hash(line: dict[str, Any]) -> str:
    """The SHA-256 of a line, given in plain form, and of the hash before it; empty for an unknown layout."""
    names = _HASHED_BY_LAYOUT.get(line["layout"])
    return _digest(canonical([line[name] for name in names])) if names else ""


# --- Reading


def newest_number() -> sa.ScalarSelect[int]:
    """The number of the last line, for use in a select: of the table, because a reader's criteria would look for the
    last one that they see."""
    return select(sa.func.max(Change.__table__.c.number)).correlate(None).scalar_subquery()


def of_record(session: Session, record_id: str) -> list[Change]:
    """The changes of a record and its rows, oldest first, as far as the session sees them."""
    return list(session.scalars(select(Change).where(Change.record_id == record_id).order_by(Change.number)))


def of_item(session: Session, item: str) -> list[Change]:
    """The changes of the records linked to a calendar item, oldest first."""
    linked = select(ItemLink.record_id).where(ItemLink.item == item)
    return list(session.scalars(select(Change).where(Change.record_id.in_(linked)).order_by(Change.number)))


@dataclass(frozen=True)
class DeletedRecord:
    """A deleted record as it was; ``at``, by whom and why it was deleted."""

    record_id: str
    kind: RecordKind
    title: str
    at: datetime
    person_id: str
    reason: str


def deleted(session: Session) -> list[DeletedRecord]:
    """The deleted staff records whose history the session sees, last deleted first."""
    there = Record.__table__
    is_there = sa.exists().where(there.c.id == Change.row_id)
    lines = select(Change).where(Change.action == DELETE, Change.row_id == Change.record_id, ~is_there)
    last: dict[str, Change] = {}
    for line in session.scalars(lines.order_by(Change.number.desc())):
        last.setdefault(line.record_id, line)
    found = [(line, _columns(line.before)) for line in last.values()]
    return [
        DeletedRecord(
            line.record_id,
            RecordKind(str(was["kind"])),
            str(was["title"]),
            line.at,
            line.person_id,
            line.reason,
        )
        for line, was in found
        if was and not was["sample"]
    ]


# --- Checking

MOST_PROBLEMS = 100
"""The maximum number of problems reported."""


@dataclass(frozen=True)
class Verdict:
    """The result of :func:`verify`.

    ``problems`` are sentences with the place; they never quote a record. ``lines`` counts the history,
    ``rows`` the rows that were compared with it, ``head`` is the hash of the last line.
    """

    problems: tuple[str, ...]
    lines: int
    rows: int
    head: str

    @property
    def clean(self) -> bool:
        """Whether there is nothing to report."""
        return not self.problems


def verify(workspace: Workspace) -> Verdict:
    """Check the chain of the history, replay it, and compare the result with the tables.

    Finds lines that were changed, inserted or removed, and rows that were changed outside the history, even if the row
    was written again since. Reads both row by row from one snapshot, so it can run while others write.

    It cannot detect a history cut off together with its rows, such as an old backup in place of the database, nor one
    rewritten from the beginning with matching rows. For that, keep ``lines`` and ``head`` elsewhere: the same line must
    still have the same hash. It ignores unsaved text, which has no history, and columns newer than the row.
    """
    with workspace.snapshot() as connection:
        return check(connection)


def check(connection: Connection) -> Verdict:
    """:func:`verify`, of what this connection sees."""
    problems = _Problems()
    lines, head = _walk(connection, problems)
    rows = sum(_compare(connection, layout, problems) for layout in _layouts())
    _find_strays(connection, problems)
    return Verdict(problems.sentences(), lines, rows, head)


def replay(connection: Connection) -> dict[str, dict[str, Columns]]:
    """The rows according to the history: by table, identifier and column, in plain form, sealed columns as digests.

    A record is under the table of its kind with the columns of both tables.
    """
    return {
        layout.table: {row_id: row for row_id, row in _played(connection, layout, _Problems()) if row is not None}
        for layout in _layouts()
    }


def present(connection: Connection) -> dict[str, dict[str, Columns]]:
    """The rows in the tables, in the form of :func:`replay`."""
    return {layout.table: dict(_present(connection, layout)) for layout in _layouts()}


class _Problems:
    def __init__(self) -> None:
        self._said: list[str] = []
        self._more = 0

    def add(self, sentence: str) -> None:
        if len(self._said) < MOST_PROBLEMS:
            self._said.append(sentence)
        else:
            self._more += 1

    def sentences(self) -> tuple[str, ...]:
        more = (f"And {self._more} more.",) if self._more else ()
        return (*self._said, *more)


def stream(connection: Connection, statement: sa.Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a select in batches, so that they are never all in memory."""
    with connection.execute(statement.execution_options(yield_per=_AT_A_TIME)) as result:
        yield from result


_LINE = [read_as_plain(column).label(column.name) for column in Change.__table__.columns]


def _walk(connection: Connection, problems: _Problems) -> tuple[int, str]:
    """Return the number of lines and the hash of the last one."""
    count, number, head, layout = 0, 0, START, 1
    for row in stream(connection, select(*_LINE).order_by(Change.number)):
        line = dict(row._mapping)
        expected, count = number + 1, count + 1
        number = line["number"]
        if number != expected:
            gap = f"change {expected} is" if number == expected + 1 else f"changes {expected} to {number - 1} are"
            problems.add(f"The history has a gap: {gap} missing.")
        elif line["previous"] != head:
            problems.add(f"Change {number} in the history does not follow from the one before it.")
        if line["hash"] != line_hash(line) or line["layout"] < layout:
            problems.add(f"Change {number} in the history has been altered.")
        head, layout = str(line["hash"]), max(layout, line["layout"])
    return count, head


def _played(connection: Connection, layout: _Layout, problems: _Problems) -> Iterator[tuple[str, Columns | None]]:
    """Yield each row in the history, by identifier, as of its last line; None if deleted."""
    statement = (
        select(*_LINE)
        .where(Change.table.in_(layout.names))
        .order_by(in_bytes(Change.__table__.c.row_id, connection.dialect), Change.number)
    )
    for row_id, lines in groupby(stream(connection, statement), key=lambda line: str(line.row_id)):
        row: Columns | None = None
        for line in lines:
            before, after = _columns(line.before), _columns(line.after)
            fits = row is None if line.action == CREATE else row is not None and _begins_from(row, before)
            if not fits:
                problems.add(
                    f"Change {line.number} in the history does not match the earlier state of "
                    f"{_place(layout, row_id)}, which was changed outside the history before it."
                )
            row = None if line.action == DELETE else {**(row or {}), **after}
        yield row_id, row


def _begins_from(row: Columns, before: Columns) -> bool:
    """Whether a line's earlier values match the lines before it; columns newer than the row are not compared."""
    return all(row[name] == value for name, value in before.items() if name in row)


def _columns(text: object) -> Columns:
    try:
        columns = json.loads(str(text))
    except ValueError:
        return {}
    return columns if isinstance(columns, dict) else {}


def _present(connection: Connection, layout: _Layout) -> Iterator[tuple[str, Columns]]:
    for row in stream(connection, layout.select().order_by(in_bytes(layout.id, connection.dialect))):
        yield str(row.id), layout.sealing(row)


def _compare(connection: Connection, layout: _Layout, problems: _Problems) -> int:
    """Compare the rows of the history with those in the tables; return the number of rows in the tables."""
    count = 0
    played, there = _played(connection, layout, problems), _present(connection, layout)
    told, found = next(played, None), next(there, None)
    while told or found:
        if found is None or (told and told[0] < found[0]):
            assert told is not None
            if told[1] is not None:
                problems.add(f"The row of {_place(layout, told[0])} is missing: it was deleted outside the history.")
            told = next(played, None)
            continue
        count += 1
        row_id, row = found
        if told is None or told[0] != row_id or told[1] is None:
            problems.add(f"The history has no entry for {_place(layout, row_id)}: it was added outside the history.")
        elif changed := [name for name in layout.columns if name in told[1] and told[1][name] != row[name]]:
            names = ", ".join(sorted(changed))
            problems.add(f"{names} of {_place(layout, row_id)} does not match the history: it was changed outside it.")
        if told is not None and told[0] == row_id:
            told = next(played, None)
        found = next(there, None)
    return count


def _find_strays(connection: Connection, problems: _Problems) -> None:
    """Report records without a row in the table of their kind, which the comparison does not cover."""
    record = Record.__table__
    kinds = [layout.source for layout in _layouts() if layout.is_record]
    known = sa.union_all(*(select(kind.right.c.id) for kind in kinds if isinstance(kind, sa.Join)))
    for (row_id,) in stream(connection, select(record.c.id).where(record.c.id.not_in(known)).order_by(record.c.id)):
        problems.add(f"Part of record {row_id} is missing: it was deleted outside the history.")


def _place(layout: _Layout, row_id: str) -> str:
    return f"{layout.table} {row_id}"
