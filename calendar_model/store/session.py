"""The session through which the workspace is read and written.

A :class:`WorkspaceSession` reads nothing before it has a ``scope``, and writes nothing before it has ``rules`` and
``access_rules``. Its changes are recorded in the history in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Engine, Select, event, select
from sqlalchemy.orm import ORMExecuteState, QueryableAttribute, Session, UOWTransaction, with_parent
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption

from calendar_model.store import full_text, history
from calendar_model.store.criteria import Criteria
from calendar_model.store.history import Audience, Written
from calendar_model.store.keys import Keyring
from calendar_model.store.models import Change

_ERASES = "erases"
"""Mark in a session's ``info``: it has changed or deleted rows with sealed columns."""


class UnscopedQueryError(RuntimeError):
    """A query or change without a scope or rules; an error of the program, never of the user."""


AccessRules: TypeAlias = "Callable[[WorkspaceSession, Sequence[Written]], Sequence[Audience]]"


class WorkspaceSession(Session):
    """A session that reads within its ``scope`` and writes by its ``rules``; made by :meth:`Workspace.session`.

    ``scope``: criteria added to every ORM select, loads of relationships included; while it is None every read raises
    :class:`UnscopedQueryError`. A statement with ``execution_options(everything=True)`` is not scoped; that is for
    checks only. A statement that is not a select of mapped classes always raises, because it cannot be scoped.

    ``rules`` is called before anything is written and may complete or refuse it. ``access_rules`` is called after each
    flush with the written rows; it may still refuse all of them by raising, and returns for each row who may read
    its line of the history. While either is None a change raises.
    ``actor`` (a person's identifier) and ``reason`` go into the history. ``is_operator``: the one who holds the machine
    writes, without an actor. ``changes`` are the numbers of the lines that the session has written. A session that
    only undoes has the numbers of the lines to undo in ``undoes``.

    ``keyring`` has the keys with which encrypted values are read and written (:mod:`calendar_model.store.sealing`).
    ``erased`` is called after a commit that has changed or deleted rows with sealed columns.

    Objects stay readable after the commit and after the session; they are not refreshed.
    """

    def __init__(
        self, bind: Engine, *, write: bool, keyring: Keyring | None = None, erased: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.keyring = keyring
        self.scope: Sequence[ExecutableOption] | None = None
        self.rules: Callable[[WorkspaceSession], None] | None = None
        self.access_rules: AccessRules | None = None
        self.actor = ""
        self.is_operator = False
        self.reason = ""
        self.changes: list[int] = []
        self.undoes: frozenset[int] = frozenset()
        self._write = write
        self._erased = erased

    def commit(self) -> None:
        """Commit the changes; erased data then leaves no traces, as far as the database allows."""
        super().commit()
        if self.info.pop(_ERASES, False):
            self._erased()

    def delete(self, instance: object) -> None:
        """Delete a row and everything that belongs to it, including rows that the reader cannot see."""
        state = sa.inspect(instance, raiseerr=True)
        super().delete(instance)
        for relation in state.mapper.relationships if state.persistent else ():
            if relation.cascade.delete:
                owned = select(relation.mapper.class_).where(with_parent(instance, relation.class_attribute))
                with self.no_autoflush:
                    for row in self.scalars(owned.execution_options(everything=True)):
                        super().delete(row)

    def bulk_save_objects(self, *_: Any, **__: Any) -> NoReturn:
        """Refused, because it would bypass the rules and the history."""
        raise UnscopedQueryError("Add rows one by one, with session.add.")

    def bulk_insert_mappings(self, *_: Any, **__: Any) -> NoReturn:
        """Refused, because it would bypass the rules and the history."""
        raise UnscopedQueryError("Add rows one by one, with session.add.")

    def bulk_update_mappings(self, *_: Any, **__: Any) -> NoReturn:
        """Refused, because it would bypass the rules and the history."""
        raise UnscopedQueryError("Change rows one by one, as objects.")


@event.listens_for(WorkspaceSession, "do_orm_execute")
def _narrow_to_scope(state: ORMExecuteState) -> None:
    statement, session = state.statement, state.session
    assert isinstance(session, WorkspaceSession)
    # The columns of a record's own kind are read by a statement of another sort, and only of a row already read.
    if not (state.is_orm_statement and (isinstance(statement, Select) or state.is_column_load)):
        raise UnscopedQueryError(
            "A workspace session accepts only selects of mapped classes, because nothing else can be scoped."
        )
    if state.execution_options.get("everything"):
        return
    if session.scope is None:
        raise UnscopedQueryError("Set the scope of this session before reading.")
    if isinstance(statement, Select):
        if any(_evades_scope(part) for part in visitors.iterate(statement)):
            raise UnscopedQueryError(
                "Join an alias over a relationship: a join on another condition would not be scoped."
            )
        # Loads of relationships bring along the options of the row they start from, if that was read through any.
        brought = statement._with_options
        if any(isinstance(option, Criteria) and option not in session.scope for option in brought):
            raise UnscopedQueryError("Read a row again in this session, instead of bringing it from another reader's.")
        state.statement = statement.options(*(option for option in session.scope if option not in brought))


def _evades_scope(part: object) -> bool:
    """Whether a part of a statement joins an alias on a condition: the narrowing then goes to the aliased class itself,
    and the alias shows every row."""
    return isinstance(part, Select) and any(
        getattr(getattr(target, "_annotations", {}).get("parententity"), "is_aliased_class", False)
        and not isinstance(on, QueryableAttribute)
        for target, on, *_ in part._setup_joins
    )


@event.listens_for(WorkspaceSession, "before_flush")
def _by_rules(session: WorkspaceSession, _context: UOWTransaction, _objects: object) -> None:
    history.drop_what_stays(session)
    changed = [row for row in session.dirty if session.is_modified(row)]
    if not (session.new or session.deleted or changed):
        return
    if not session._write:
        raise UnscopedQueryError("This session is read-only; open one with write=True.")
    if session.rules is None or session.access_rules is None:
        raise UnscopedQueryError("Set the rules and the access rules of this session before writing.")
    session.rules(session)
    if any(isinstance(row, Change) for row in (*session.new, *session.dirty, *session.deleted)):
        raise UnscopedQueryError("The history is written automatically and never changes.")
    history.begin(session)


@event.listens_for(WorkspaceSession, "after_flush")
def _with_history(session: WorkspaceSession, _context: UOWTransaction) -> None:
    if (written := history.written(session)) and session.access_rules is not None:
        audiences = session.access_rules(session, written)
        session.changes += history.write(session, zip(written, audiences, strict=True), session.actor, session.reason)
    full_text.keep_in_step(session)
    if any(row.SEALED for row in (*session.dirty, *session.deleted)):
        session.info[_ERASES] = True
